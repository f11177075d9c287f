"""What is said of a strategy's file: where it is no YAML, and why a part that it names cannot be had."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import ValidationError

from state.errors import StrategyError
from state.references import load
from state.strategy import Strategy, load_strategy


def refused(tmp_path: Path, content: str) -> StrategyError:
    (tmp_path / "mine.yaml").write_text(content, "utf-8")
    with pytest.raises(StrategyError) as caught:
        load_strategy(str(tmp_path / "mine.yaml"))
    return caught.value


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("candidates: 2\nverifier: both\ncandidates: 3\n", "repeats the key 'candidates' in line 3, which line 1 has"),
        ("planner:\n  kind: vote\n  votes: 3\n  kind: rules\n", "repeats the key 'kind' in line 4, which line 2 has"),
        ("planner: {kind: 'asking:AskingPlanner', options: {a: 1, 'a': 2}}", "repeats the key 'a' in line 1"),
        ("tools:\n  - undo\n  - [", "is not YAML: line 3: "),
        ("name: 2020-13-45", "is not YAML: "),
    ],
)
def test_a_repeated_key_and_what_is_no_yaml_are_told_with_their_line(tmp_path: Path, content: str, says: str) -> None:
    error = refused(tmp_path, content)
    assert (error.field, says in error.message) == ("strategy", True), str(error)
    assert "mine.yaml" in error.message
    assert "\n" not in str(error)


def test_a_key_that_takes_the_place_of_a_merged_one_is_not_repeated(tmp_path: Path) -> None:
    (tmp_path / "mine.yaml").write_text(
        "planner:\n  kind: 'asking:AskingPlanner'\n"
        "  options: {a: &a {x: 1, y: 1}, b: &b {<<: *a, x: 2}, c: {<<: *b, x: 3}}\n"
    )
    options = load_strategy(str(tmp_path / "mine.yaml")).model_dump()["planner"]["options"]
    assert (options["b"], options["c"]) == ({"x": 2, "y": 1}, {"x": 3, "y": 1})


@pytest.mark.parametrize(
    ("content", "field", "says"),
    [
        ("ensemble: {sing: musicgen}", "ensemble.sing", "generate, continue, rearrange"),
        ("ensemble: {generate: {name: musicgen}}", "ensemble.generate.model", "Field required"),
        ("ensemble: {continue: {model: musicgen, size: 1}}", "ensemble.continue.size", "are model, weights, device"),
        ("planner: {kind: oracle, plans: [[{tool: a, args: 1}]]}", "planner.plans.0.0.args", "are tool, arguments"),
    ],
)
def test_a_wrong_field_of_a_section_names_those_that_there_are(
    tmp_path: Path, content: str, field: str, says: str
) -> None:
    error = refused(tmp_path, content)
    assert (error.field, says in error.message) == (field, True), str(error)


@pytest.mark.parametrize(
    ("content", "name", "says"),
    [
        (None, "absent_module:Own", "ModuleNotFoundError: No module named 'absent_module'"),
        ("", "broken_part:Own", "AttributeError: module 'broken_part' has no attribute 'Own'"),
        ("import absent_module\n", "broken_part:Own", "No module named 'absent_module' (broken_part.py, line 1)"),
        ("\n1 / 0\n", "broken_part:Own", "ZeroDivisionError: division by zero (broken_part.py, line 2)"),
        ("a b\n", "broken_part:Own", "SyntaxError: invalid syntax (broken_part.py, line 1)"),
    ],
)
def test_why_a_part_cannot_be_imported_is_told_with_its_own_place_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: str | None, name: str, says: str
) -> None:
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.delitem(__import__("sys").modules, "broken_part", raising=False)
    if content is not None:
        (tmp_path / "broken_part.py").write_text(content)
    with pytest.raises(StrategyError) as caught:
        load(name, "planners", field="planner.kind")
    assert caught.value.message.endswith(says), caught.value.message


def test_what_options_cannot_hold_is_told_in_english() -> None:
    for value, says in ((object(), "holds an object;"), ({1}, "holds a set;")):
        with pytest.raises(ValidationError, match=says):
            Strategy.model_validate({"planner": {"kind": "asking:AskingPlanner", "options": {"a": value}}})


@pytest.mark.parametrize(
    ("seat", "field", "says"),
    [
        ("5", "ensemble.generate", "must be a model's name, or {model: ..."),
        ("[musicgen]", "ensemble.generate", "must be a model's name, or {model: ..."),
        ("{model: musicgen, weights: ''}", "ensemble.generate.weights", "at least 1 character"),
    ],
)
def test_a_seat_is_a_name_or_a_mapping_with_weights_that_are_some(
    tmp_path: Path, seat: str, field: str, says: str
) -> None:
    error = refused(tmp_path, f"ensemble: {{generate: {seat}}}")
    assert error.field == field
    assert says in error.message
