"""Everything that a model may get wrong in a whole plan: named, sent back once with the reason, ended as a result."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from llm_situations import MOST_STEPS, ScriptedModel, Turn, block, called, planned, tools_of

from nodes.planners.exchange import Answer
from state.errors import BudgetSpent, PlannerError, ServerError
from state.strategy import Budget

MUTE: tuple[str, dict[str, Any]] = ("adjust_track", {"stems": ["piano"], "mute": True})
GOOD = planned(MUTE)
KINDS = ["single_shot", "plan_execute", "reflect", "hybrid"]
VAGUE = "do the thing with the piano please, you know which"
"""A request that the rules are not sure about, so that hybrid asks the model."""

FAULTS: list[tuple[str, str | Answer, str]] = [
    ("malformed_json", '{"steps": [{"tool": "undo", "arguments": {},}]}', "column"),
    ("malformed_json", '{"steps": {"tool": "undo"}}', "steps must be a list"),
    ("malformed_json", '{"steps": ["undo"]}', "steps[0] must be an object"),
    ("malformed_json", '{"steps": [{"tool": "undo", "steps": 1}]}', "arguments stand inside"),
    ("malformed_json", '{"steps": [{"tool": "undo", "arguments": 3}]}', "steps[0].arguments"),
    ("malformed_json", '{"plan": "undo"}', "none of steps, answer, question, unmet"),
    ("malformed_json", '{"steps": [{"tool": "undo", "arguments": {}}], "question": "Which?"}', "fill one"),
    ("malformed_json", '{"steps": [{"tool": "describe", "arguments": {"question": "what key?"}}', "delimiter"),
    ("malformed_json", '{"steps": ' + "[" * 100_000, "nested too deeply"),
    ("malformed_json", '{"steps": [], "answer": 7}', "answer must hold text"),
    ("malformed_json", planned(("change_speed", {"factor": float("nan")})), "NaN"),
    ("no_json", "I would mute the piano.", "I would mute"),
    ("no_json", "", "no JSON object"),
    ("unknown_tool", planned(("fly", {})), "there is no tool 'fly'"),
    ("bad_arguments", planned(("shift_pitch", {"semitones": 500})), "shift_pitch.semitones"),
    ("bad_arguments", planned(("shift_pitch", {"semitones": "up"})), "shift_pitch.semitones"),
    ("bad_arguments", planned(MUTE, ("add_track", {})), "step 2: add_track.instrument"),
    ("bad_arguments", planned(("add_track", {"instrument": "flute", "file": "/etc/passwd"})), "no such field"),
    ("impossible", planned(("remove_track", {"stems": ["oboe"]})), "piano, bass, guitar and drums"),
    ("impossible", planned(("undo", {"steps": 9})), "There is nothing 9 steps back"),
    ("impossible", planned(("undo", {"revision": 99})), "There is no revision 99"),
    ("empty_plan", planned(), "empty"),
    ("empty_plan", "{}", "empty"),
    ("endless_plan", planned(*[("add_track", {"instrument": "flute", "pan": i / 100}) for i in range(40)]), "at most"),
    ("endless_plan", planned(*[("shift_pitch", {"semitones": 1})] * 3), "stands 3 times"),
    ("refusal", Answer(refusal="I cannot help with that."), "I cannot help"),
    ("refusal", Answer(finish="content_filter"), "content filter"),
    ("truncated", Answer(text='{"steps": [{"tool": "adjust_track", "argu', finish="length"), "cut off"),
    ("truncated", Answer(text="", finish="length"), "cut off"),
    ("invalid_tool_call", called("undo", {}), "'undo' was called"),
]
IDS = [f"{name}-{index}" for index, (name, _, _) in enumerate(FAULTS)]
ONE_OF_EACH = {name: answer for name, answer, _ in FAULTS}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", ONE_OF_EACH)
def test_every_planner_of_whole_plans_recovers(kind: str, name: str, tmp_path: Path) -> None:
    server = ScriptedModel(ONE_OF_EACH[name], *[GOOD] * (2 if kind == "reflect" else 1))
    turn = Turn(VAGUE)
    assert tools_of(turn.ask(server, tmp_path, kind=kind)) == [MUTE]
    assert turn.faults == [name]
    assert server.answers == []


@pytest.mark.parametrize(("name", "answer", "reason"), FAULTS, ids=IDS)
def test_a_fault_goes_back_once_with_its_reason(name: str, answer: Any, reason: str, tmp_path: Path) -> None:
    server = ScriptedModel(answer, GOOD)
    turn = Turn()
    plan = turn.ask(server, tmp_path, kind="single_shot")
    assert tools_of(plan) == [MUTE]
    assert turn.faults == [name]
    first, second = server.prompts
    assert first.messages[0] == second.messages[0]
    assert block(first, "error") is None
    (error,) = block(second, "error") or [""]
    assert reason in error
    assert error == turn.notes[0][2]
    assert first.seed != second.seed


ASKED = {
    (
        "impossible",
        "piano, bass, guitar and drums",
    ): "There is no oboe in this loop; it has piano, bass, guitar and drums.",
    ("impossible", "There is no revision 99"): "There is no revision 99; there are 1, 2, 3.",
    ("impossible", "There is nothing 9 steps back"): (
        "There is nothing 9 steps back: the first version is 2 steps back. Shall I go there?"
    ),
    ("endless_plan", "at most"): f"That is 40 steps, and a turn has at most {MOST_STEPS}.",
    ("refusal", "I cannot help"): "The language model declined: I cannot help with that.",
    ("refusal", "content filter"): "The language model declined: its content filter stopped it",
}


@pytest.mark.parametrize(("name", "answer", "reason"), FAULTS, ids=IDS)
def test_a_fault_that_stays_ends_as_a_question_or_a_planner_error(
    name: str, answer: Any, reason: str, tmp_path: Path
) -> None:
    server = ScriptedModel(answer, answer)
    turn = Turn()
    if (name, reason) in ASKED:
        plan = turn.ask(server, tmp_path, kind="single_shot")
        assert (plan.question, plan.steps) == (ASKED[name, reason], [])
    else:
        with pytest.raises(PlannerError, match=name):
            turn.ask(server, tmp_path, kind="single_shot")
    assert len(turn.faults) == 2
    assert server.answers == []


@pytest.mark.parametrize("repairs", [0, 1, 3])
def test_repairs_are_bounded_by_the_strategy(repairs: int, tmp_path: Path) -> None:
    server = ScriptedModel(*["no plan"] * 9)
    with pytest.raises(PlannerError, match="no_json"):
        Turn().ask(server, tmp_path, kind="single_shot", repairs=repairs)
    assert len(server.prompts) == repairs + 1


@pytest.mark.parametrize(
    "text",
    [
        f"Sure! Here is the plan:\n```json\n{GOOD}\n```\nEnjoy.",
        f"{GOOD}\nI muted the piano {{softly}}.",
        f'Use {{tools}} so: {GOOD} and not {{"steps": []}}',
        planned(MUTE, answer="I have muted the piano."),
    ],
)
def test_prose_around_the_plan_is_left_out_and_noted(text: str, tmp_path: Path) -> None:
    turn = Turn()
    plan = turn.ask(ScriptedModel(text), tmp_path, kind="single_shot")
    assert tools_of(plan) == [MUTE]
    assert plan.answer is None
    assert turn.faults == ["prose_around_json"]


def test_a_draft_inside_a_models_thoughts_is_no_plan(tmp_path: Path) -> None:
    thought = f"<think>Perhaps {planned(('undo', {}))}? No.</think>\n{GOOD}"
    turn = Turn()
    assert tools_of(turn.ask(ScriptedModel(thought), tmp_path, kind="single_shot")) == [MUTE]
    assert turn.faults == []


@pytest.mark.parametrize("given", [json.dumps(MUTE[1]), {**MUTE[1], "gain_db": None, "pan": None}])
def test_arguments_as_text_and_nulls_for_what_was_not_given_are_understood(given: Any, tmp_path: Path) -> None:
    text = json.dumps({"steps": [{"tool": "adjust_track", "arguments": given}]})
    assert tools_of(Turn().ask(ScriptedModel(text), tmp_path, kind="single_shot")) == [MUTE]


def test_what_no_tool_can_do_is_unmet_beside_steps_and_a_question_without(tmp_path: Path) -> None:
    sing = "None of the tools can sing."
    beside = Turn().ask(ScriptedModel(planned(MUTE, unmet=[sing])), tmp_path, kind="single_shot")
    assert (tools_of(beside), beside.unmet, beside.question) == ([MUTE], [sing], None)
    alone = Turn().ask(ScriptedModel(planned(unmet=[sing])), tmp_path, kind="single_shot")
    assert (alone.question, alone.unmet) == (sing, [])


def test_an_answer_is_marked_as_the_models_own_words(tmp_path: Path) -> None:
    plan = Turn("hello").ask(ScriptedModel(planned(answer="Hello!")), tmp_path, kind="single_shot")
    assert (plan.answer, plan.grounded) == ("Hello!", False)
    assert Turn().ask(ScriptedModel(planned(question="Which?")), tmp_path, kind="single_shot").question == "Which?"


def test_the_server_and_the_budget_are_not_the_models_faults(tmp_path: Path) -> None:
    with pytest.raises(ServerError):
        Turn().ask(ScriptedModel(ServerError("away")), tmp_path, kind="single_shot")
    turn = Turn()
    with pytest.raises(BudgetSpent):
        turn.ask(ScriptedModel("prose"), tmp_path, budget=Budget(llm_calls=1), kind="single_shot")
    assert turn.faults == ["no_json"]
