"""One step a visit, in the paper's format and on native calls: the same loop, the same faults."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from llm_situations import ScriptedModel, Turn, action, block, called, spoken, tools_of

from nodes.planners.choose import planner_of
from nodes.planners.exchange import Answer
from state.errors import PlannerError
from state.plan import Plan, Step
from state.strategy import Budget, Strategy
from state.verdict import Check, Verdict

UP: tuple[str, dict[str, Any]] = ("shift_pitch", {"semitones": 2})
MUTE: tuple[str, dict[str, Any]] = ("adjust_track", {"stems": ["piano"], "mute": True})
KINDS = ["react", "react_tools"]


def step_of(kind: str, tool: str, arguments: Any) -> Any:
    return action(tool, arguments) if kind == "react" else called(tool, arguments)


def words(kind: str, text: str) -> str:
    return spoken(text) if kind == "react" else text


def done(*calls: tuple[str, dict[str, Any]], status: Any = "passed") -> list[Step]:
    return [Step(tool=tool, arguments=arguments, status=status) for tool, arguments in calls]


@pytest.mark.parametrize("kind", KINDS)
def test_one_step_a_visit_until_the_model_speaks(kind: str, tmp_path: Path) -> None:
    server = ScriptedModel(step_of(kind, *UP), step_of(kind, *MUTE), words(kind, "It is up and the piano rests."))
    first = Turn().ask(server, tmp_path, kind=kind)
    assert (tools_of(first), first.complete) == ([UP], False)
    second = Turn(steps=done(UP)).ask(server, tmp_path, kind=kind)
    assert (tools_of(second), second.complete) == ([MUTE], False)
    last = Turn(steps=done(UP, MUTE)).ask(server, tmp_path, kind=kind)
    assert last == Plan(answer="It is up and the piano rests.", grounded=False)


@pytest.mark.parametrize("kind", KINDS)
def test_the_turn_so_far_is_told_with_what_was_found(kind: str, tmp_path: Path) -> None:
    server = ScriptedModel(words(kind, ""))
    failed = Check(name="key", expected="B minor", measured="A minor", status="failed")
    turn = Turn(
        steps=[*done(MUTE), *done(UP, status="failed")],
        verdicts=[Verdict(step=0, attempt=1, passed=True), Verdict(step=1, attempt=2, passed=False, checks=[failed])],
        said=["The piano is muted."],
    )
    assert turn.ask(server, tmp_path, kind=kind) == Plan()
    (prompt,) = server.prompts
    passed = {"status": "passed", "failed_checks": [], "said": []}
    evidence = [{"check": "key", "expected": "B minor", "measured": "A minor"}]
    missed = {"status": "failed", "failed_checks": evidence, "said": ["The piano is muted."]}
    assert block(prompt, "steps") is None
    if kind == "react":
        lines = prompt.messages[1].content.split("</request>\n")[1].split("\n")
        assert [line.split(": ")[0] for line in lines] == ["Thought", "Action", "Action Input", "Observation"] * 2
        assert lines[1] == "Action: adjust_track"
        assert json.loads(lines[2].removeprefix("Action Input: ")) == MUTE[1]
        assert [json.loads(line.removeprefix("Observation: ")) for line in lines[3::4]] == [passed, missed]
        assert prompt.stop == ("\nObservation:",)
    else:
        assert [message.role for message in prompt.messages[2:]] == ["assistant", "tool", "assistant", "tool"]
        assert [json.loads(m.content) for m in prompt.messages if m.role == "tool"] == [passed, missed]
        (call,) = prompt.messages[2].calls
        assert (call.id, call.name, json.loads(call.arguments)) == (prompt.messages[3].call_id, *MUTE)
        assert prompt.tool_choice == "auto"


@pytest.mark.parametrize("kind", KINDS)
def test_what_the_model_says_first_is_an_answer_or_a_question(kind: str, tmp_path: Path) -> None:
    assert Turn().ask(ScriptedModel(words(kind, "Hello.")), tmp_path, kind=kind) == Plan(
        answer="Hello.", grounded=False
    )
    assert Turn().ask(ScriptedModel(words(kind, "Which\none?")), tmp_path, kind=kind) == Plan(question="Which one?")


FAULTS: list[tuple[str, str, Any]] = [
    ("react", "malformed_json", action("shift_pitch", '{"semitones": 2,}')),
    ("react", "no_json", action("shift_pitch", "2")),
    ("react", "no_json", "Thought: Do I need to use a tool? Yes\nAction: shift_pitch"),
    ("react", "no_json", "I shift it up."),
    ("react", "unknown_tool", action("fly", {})),
    ("react", "bad_arguments", action("shift_pitch", {"semitones": 500})),
    ("react", "impossible", action("remove_track", {"stems": ["oboe"]})),
    ("react", "empty_plan", spoken("")),
    ("react", "refusal", Answer(refusal="No.")),
    ("react", "truncated", Answer(text='Action: shift_pitch\nAction Input: {"semi', finish="length")),
    ("react", "truncated", Answer(text="Thought: Do I", finish="length")),
    ("react", "truncated", Answer(text="AI: Well, as to the", finish="length")),
    ("react", "invalid_tool_call", called("shift_pitch", UP[1])),
    ("react", "several_actions", action(*UP) + "\n" + action(*MUTE)),
    ("react", "several_actions", action(*UP) + "\nAI: Done."),
    ("react_tools", "invalid_tool_call", called("shift_pitch", '{"semitones": 2,}')),
    ("react_tools", "invalid_tool_call", called("shift_pitch", "[2]")),
    ("react_tools", "unknown_tool", called("fly", {})),
    ("react_tools", "bad_arguments", called("shift_pitch", {"semitones": 500})),
    ("react_tools", "impossible", called("remove_track", {"stems": ["oboe"]})),
    ("react_tools", "empty_plan", ""),
    ("react_tools", "refusal", Answer(finish="content_filter")),
    ("react_tools", "truncated", called("shift_pitch", '{"semi').model_copy(update={"finish": "length"})),
    ("react_tools", "several_actions", Answer(calls=called(*UP).calls + called(*MUTE).calls)),
]
IDS = [f"{kind}-{name}-{index}" for index, (kind, name, _) in enumerate(FAULTS)]


@pytest.mark.parametrize(("kind", "name", "answer"), FAULTS, ids=IDS)
def test_a_fault_goes_back_once_with_its_reason(kind: str, name: str, answer: Any, tmp_path: Path) -> None:
    server, turn = ScriptedModel(answer, step_of(kind, *UP)), Turn()
    assert tools_of(turn.ask(server, tmp_path, kind=kind)) == [UP]
    assert turn.faults == [name]
    reason = turn.notes[0][2]
    second = server.prompts[1]
    if kind == "react":
        assert block(second, "error") == [reason]
    elif isinstance(answer, Answer) and answer.calls:
        assert [json.loads(m.content) for m in second.messages if m.role == "tool"] == [{"error": reason}] * len(
            answer.calls
        )
        for message in second.messages:
            assert all(isinstance(json.loads(call.arguments), dict) for call in message.calls)
    else:
        assert json.dumps(reason) in second.messages[-1].content
        assert second.messages[-1].content.startswith("<error>\n")


@pytest.mark.parametrize(("kind", "name", "answer"), FAULTS, ids=IDS)
def test_a_fault_that_stays_ends_as_a_question_or_a_planner_error(
    kind: str, name: str, answer: Any, tmp_path: Path
) -> None:
    server, turn = ScriptedModel(answer, answer), Turn()
    if name in ("impossible", "refusal"):
        plan = turn.ask(server, tmp_path, kind=kind)
        assert (plan.steps, plan.answer) == ([], None)
        assert plan.question is not None
        assert plan.question.startswith("There is no oboe" if name == "impossible" else "The language model declined: ")
    else:
        with pytest.raises(PlannerError, match=name):
            turn.ask(server, tmp_path, kind=kind)
    assert turn.faults == [name, name]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("before", [[UP], [MUTE, UP], [UP, MUTE, UP, MUTE]])
def test_the_same_step_again_and_again_is_stopped(kind: str, before: list[Any], tmp_path: Path) -> None:
    circle = step_of(kind, *UP)
    server, turn = ScriptedModel(circle, circle), Turn(steps=done(*before))
    with pytest.raises(PlannerError, match="endless_plan"):
        turn.ask(server, tmp_path, kind=kind)
    assert turn.faults == ["endless_plan"] * 2


@pytest.mark.parametrize("kind", KINDS)
def test_a_step_that_failed_may_be_tried_again_and_one_may_come_back_later(kind: str, tmp_path: Path) -> None:
    for before in (done(UP, status="failed"), done(UP, MUTE)):
        plan = Turn(steps=before).ask(ScriptedModel(step_of(kind, *UP)), tmp_path, kind=kind)
        assert tools_of(plan) == [UP]


def test_an_imagined_observation_is_not_read(tmp_path: Path) -> None:
    text = f"{action(*UP)}\nObservation: done\n{action(*MUTE)}\nObservation: done\n{spoken('All done.')}"
    turn = Turn()
    assert tools_of(turn.ask(ScriptedModel(text), tmp_path, kind="react")) == [UP]
    assert turn.faults == []


@pytest.mark.parametrize("text", ["Thought: Do I need to use a tool? No\nIt is up.", "Final Answer: It is up."])
def test_what_is_said_without_its_mark_is_still_said(text: str, tmp_path: Path) -> None:
    turn = Turn()
    assert turn.ask(ScriptedModel(text), tmp_path, kind="react") == Plan(answer="It is up.", grounded=False)
    assert turn.faults == []


def test_prose_around_the_arguments_is_noted(tmp_path: Path) -> None:
    text = action("shift_pitch", f"```json\n{json.dumps(UP[1])}\n```\nThat should do.")
    turn = Turn()
    assert tools_of(turn.ask(ScriptedModel(text), tmp_path, kind="react")) == [UP]
    assert turn.notes == [("fault", "prose_around_json", "That should do.")]


@pytest.mark.parametrize("kind", KINDS)
def test_a_server_without_the_form_says_what_would_work(kind: str, tmp_path: Path) -> None:
    server = ScriptedModel(refuses=["text", "tools"])
    with pytest.raises(PlannerError, match="form of request" if kind == "react" else "use the planner react"):
        Turn().ask(server, tmp_path, kind=kind)


@pytest.mark.parametrize("kind", KINDS)
def test_a_turn_goes_on_in_another_planner_object(kind: str, tmp_path: Path) -> None:
    """Nothing is kept between calls: a fresh planner and one that made the first step send the same prompt."""
    strategy = Strategy.model_validate({"planner": kind})
    server = ScriptedModel(step_of(kind, *UP), *[words(kind, "Done.")] * 2)
    old = planner_of(strategy)
    old.plan(Turn().request(server, tmp_path, strategy, Budget()))
    for planner in (old, planner_of(strategy)):
        planner.plan(Turn(steps=done(UP)).request(server, tmp_path, strategy, Budget()))
    assert server.prompts[1] == server.prompts[2]
