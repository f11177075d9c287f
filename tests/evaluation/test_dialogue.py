"""A dialogue file: what is read, and what is said of one that cannot be."""

from __future__ import annotations

from pathlib import Path

import pytest

from evaluation.dialogue import load
from state.errors import DialogueError


def write(folder: Path, text: str) -> Path:
    path = folder / "dialogue.yaml"
    path.write_text(text, "utf-8")
    return path


def test_a_full_dialogue_is_read_and_its_paths_are_relative_to_it(tmp_path: Path) -> None:
    (tmp_path / "drums.wav").write_bytes(b"x")
    (tmp_path / "bold.yaml").write_text("candidates: 3")
    text = "id: first\nseed: 7\nstrategy: bold.yaml\nturns:\n  - text: around this\n    attach: drums.wav\n  - {text: slower}\n"
    dialogue = load(write(tmp_path, text))
    assert (dialogue.id, dialogue.seed) == ("first", 7)
    assert dialogue.strategy == str(tmp_path / "bold.yaml")
    assert dialogue.turns[0].attach == tmp_path / "drums.wav"
    assert (dialogue.turns[1].text, dialogue.turns[1].attach) == ("slower", None)


def test_id_seed_and_strategy_are_optional_and_a_shipped_strategy_keeps_its_name(tmp_path: Path) -> None:
    dialogue = load(write(tmp_path, "turns: [{text: a loop}]"))
    assert (dialogue.id, dialogue.seed, dialogue.strategy) == ("", None, None)
    assert load(write(tmp_path, "strategy: unverified\nturns: [{text: a loop}]")).strategy == "unverified"


def test_a_turn_may_say_which_plan_is_expected_and_that_nothing_should_be_done(tmp_path: Path) -> None:
    text = """turns:
  - text: a clarinet, softly
    plan:
      - {tool: add_track, arguments: {instrument: clarinet, dynamics: soft}}
      - tool: undo
  - {text: thanks, plan: []}
  - text: slower
"""
    first, second, third = load(write(tmp_path, text)).turns
    assert first.plan is not None
    assert [(step.tool, step.arguments) for step in first.plan] == [
        ("add_track", {"instrument": "clarinet", "dynamics": "soft"}),
        ("undo", {}),
    ]
    assert (second.plan, third.plan) == ((), None)


@pytest.mark.parametrize(
    ("text", "field", "says"),
    [
        ("", "dialogue", "turns"),
        ("- a\n- b", "dialogue", "a mapping with 'turns"),
        ("turns: [", "dialogue", "not YAML: line"),
        ("!!python/object/apply:os.system [ls]", "dialogue", "not YAML"),
        ("id: x", "turns", "is missing"),
        ("turns: []", "turns", "at least one"),
        ("turns: a loop", "turns", "list of {text"),
        ("turns: [a loop]", "turns[0]", "{text: add a clarinet}"),
        ("turns: [{txt: a loop}]", "turns[0].text", "is missing"),
        ("turns: [{text: a loop, file: x.wav}]", "turns[0].file", "text, attach"),
        ("turns: [{text: 5}]", "turns[0].text", "in quotes"),
        ("turns: [{text: yes}]", "turns[0].text", "in quotes"),
        ("turns: [{text: '  '}]", "turns[0].text", "what the user says"),
        ("turns: [{text: a}, {text: b, attach: no.wav}]", "turns[1].attach", "relative to the dialogue"),
        ("turns: [{text: b, attach: [1]}]", "turns[0].attach", "audio file"),
        ("seed: -1\nturns: [{text: a}]", "seed", "whole number"),
        ("seed: 1.5\nturns: [{text: a}]", "seed", "1.5"),
        ("seed: true\nturns: [{text: a}]", "seed", "yes/no"),
        ("speed: 1\nturns: [{text: a}]", "speed", "id, seed, strategy, turns"),
        ("id: 12\nturns: [{text: a}]", "id", "in quotes"),
        ("turns: [{text: a, plan: undo}]", "turns[0].plan", "a list of steps"),
        ("turns: [{text: a, plan: {tool: undo}}]", "turns[0].plan", "is a mapping"),
        ("turns: [{text: a}, {text: b, plan: [undo]}]", "turns[1].plan[0]", "a step such as {tool"),
        ("turns: [{text: a, plan: [{tool: 5}]}]", "turns[0].plan[0].tool", "the name of a tool"),
        ("turns: [{text: a, plan: [{arguments: {}}]}]", "turns[0].plan[0].tool", "is missing; a step is {tool"),
        ("turns: [{text: a, plan: [{tool: undo, args: {}}]}]", "turns[0].plan[0].args", "tool, arguments"),
        (
            "turns: [{text: a, plan: [{tool: undo, arguments: [1]}]}]",
            "turns[0].plan[0].arguments",
            "a mapping of names",
        ),
    ],
)
def test_a_wrong_dialogue_is_told_which_field_and_what_would_be_right(
    tmp_path: Path, text: str, field: str, says: str
) -> None:
    with pytest.raises(DialogueError) as caught:
        load(write(tmp_path, text))
    assert caught.value.field == field
    assert says in caught.value.message
    assert "\n" not in str(caught.value)


def test_a_file_that_is_not_there_or_not_text_is_told(tmp_path: Path) -> None:
    with pytest.raises(DialogueError, match="there is no file"):
        load(tmp_path / "none.yaml")
    with pytest.raises(DialogueError, match="cannot be read"):
        load(tmp_path)
    (tmp_path / "b.yaml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(DialogueError, match="UTF-8"):
        load(tmp_path / "b.yaml")
