"""The ladder of structured outputs, from the strictest that a server takes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from llm_situations import ScriptedModel, Turn, called, nothing_kept, planned, tools_of

from nodes.planners.choose import planner_of
from nodes.planners.exchange import Answer
from nodes.planners.llm.forms import LADDER, PLAN_SCHEMA
from state.errors import PlannerError
from state.strategy import Budget, Strategy

CALLS: list[tuple[str, dict[str, Any]]] = [("undo", {})]
UNDO = planned(*CALLS)
REFUSED = [(), ("json_schema",), ("json_schema", "tools"), ("json_schema", "tools", "json_object")]


@pytest.mark.parametrize(("rung", "refuses"), list(enumerate(REFUSED)))
def test_auto_takes_the_best_form_that_the_server_takes(rung: int, refuses: tuple[str, ...], tmp_path: Path) -> None:
    form = LADDER[rung]
    server = ScriptedModel(called("plan", UNDO) if form == "function_calling" else UNDO, refuses=refuses)
    turn = Turn()
    assert tools_of(turn.ask(server, tmp_path, kind="single_shot")) == CALLS
    assert len(server.prompts) == rung + 1
    assert turn.notes == ([("form", form, "")] if rung else [])


@pytest.mark.parametrize("kind", ["single_shot", "reflect", "vote"])
def test_what_the_server_refused_once_it_is_not_asked_again(kind: str, tmp_path: Path) -> None:
    server = ScriptedModel(*[UNDO] * 6, refuses=REFUSED[2])
    strategy = Strategy.model_validate({"planner": {"kind": kind, "model": "a"}})
    calls, kept = {"single_shot": 1, "reflect": 2, "vote": 3}[kind], nothing_kept()
    for number, expected in enumerate((2 + calls, 2 + 2 * calls), 1):
        turn = Turn(number=number, kept=kept)
        planner_of(strategy).plan(turn.request(server, tmp_path, strategy, Budget()))
        assert len(server.prompts) == expected
        assert [note for note in turn.notes if note[0] == "form"] == [("form", "json_mode", "")] * calls


def test_what_one_model_refused_another_is_asked(tmp_path: Path) -> None:
    server, kept = ScriptedModel(*[UNDO] * 2, refuses=REFUSED[2]), nothing_kept()
    for number, model in enumerate("ab", 1):
        strategy = Strategy.model_validate({"planner": {"kind": "single_shot", "model": model}})
        planner_of(strategy).plan(Turn(number=number, kept=kept).request(server, tmp_path, strategy, Budget()))
    assert [prompt.model for prompt in server.prompts] == ["a"] * 3 + ["b"] * 3


def test_the_first_form_carries_the_plans_schema(tmp_path: Path) -> None:
    server = ScriptedModel(UNDO)
    Turn().ask(server, tmp_path, kind="single_shot")
    assert server.prompts[0].response_format == {
        "type": "json_schema",
        "json_schema": {"name": "plan", "schema": PLAN_SCHEMA, "strict": False},
    }


@pytest.mark.parametrize("form", LADDER)
def test_a_form_that_is_named_is_used_and_no_other(form: str, tmp_path: Path) -> None:
    server = ScriptedModel(called("plan", UNDO) if form == "function_calling" else UNDO)
    turn = Turn()
    assert tools_of(turn.ask(server, tmp_path, kind="single_shot", structured=form)) == CALLS
    (prompt,) = server.prompts
    asked = (prompt.response_format or {}).get("type"), bool(prompt.tools), prompt.tool_choice
    assert (
        asked
        == {
            "json_schema": ("json_schema", False, None),
            "function_calling": (None, True, "plan"),
            "json_mode": ("json_object", False, None),
            "text": (None, False, None),
        }[form]
    )
    assert turn.notes == []


def test_a_named_form_that_is_not_taken_says_so(tmp_path: Path) -> None:
    with pytest.raises(PlannerError, match=r"json_schema.*planner\.structured"):
        Turn().ask(ScriptedModel(refuses=["json_schema"]), tmp_path, kind="single_shot", structured="json_schema")


def test_a_server_that_takes_nothing_says_so(tmp_path: Path) -> None:
    everything = ["json_schema", "tools", "json_object", "text"]
    with pytest.raises(PlannerError, match="no form"):
        Turn().ask(ScriptedModel(refuses=everything), tmp_path, kind="single_shot")


FUNCTION_FAULTS: list[tuple[str, Answer]] = [
    ("invalid_tool_call", called("undo", {})),
    ("malformed_json", called("plan", '{"steps": [')),
    ("no_json", called("plan", "undo it")),
    ("no_json", Answer(text="I undo it.")),
    ("truncated", called("plan", '{"steps": [').model_copy(update={"finish": "length"})),
    ("several_actions", Answer(calls=called("plan", UNDO).calls * 2)),
]


@pytest.mark.parametrize(("name", "answer"), FUNCTION_FAULTS)
def test_a_wrong_call_goes_back_like_any_fault(name: str, answer: Answer, tmp_path: Path) -> None:
    server = ScriptedModel(answer, called("plan", UNDO))
    turn = Turn()
    plan = turn.ask(server, tmp_path, kind="single_shot", structured="function_calling")
    assert (tools_of(plan), turn.faults) == (CALLS, [name])


def test_a_plan_in_the_text_instead_of_a_call_is_taken(tmp_path: Path) -> None:
    turn = Turn()
    plan = turn.ask(ScriptedModel(UNDO), tmp_path, kind="single_shot", structured="function_calling")
    assert (tools_of(plan), turn.faults) == (CALLS, [])
