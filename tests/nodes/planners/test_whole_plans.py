"""What sets the planners of whole plans apart: replanning, a critic, votes, rules first."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from llm_situations import LOOP, ScriptedModel, Turn, block, planned, tools_of

from nodes.planners.hybrid import sure
from state.errors import PlannerError
from state.plan import Plan, Step
from state.strategy import load_strategy
from state.verdict import Check, Verdict

MUTE: tuple[str, dict[str, Any]] = ("adjust_track", {"stems": ["piano"], "mute": True})
UP: tuple[str, dict[str, Any]] = ("shift_pitch", {"semitones": 2})
DOWN: tuple[str, dict[str, Any]] = ("shift_pitch", {"semitones": -2})
FASTER: tuple[str, dict[str, Any]] = ("change_speed", {"factor": 1.1})
VAGUE = "do the thing with the piano please, you know which"


@pytest.mark.parametrize(
    ("kind", "retry"),
    [
        ("single_shot", "none"),
        ("plan_execute", "replan"),
        ("react", "replan"),
        ("react_tools", "replan"),
        ("reflect", "repair"),
        ("vote", "repair"),
        ("hybrid", "repair"),
    ],
)
def test_each_ships_as_a_strategy(kind: str, retry: str) -> None:
    strategy = load_strategy(kind)
    assert (strategy.name, strategy.planner.kind, strategy.retry.kind) == (kind, kind, retry)


@pytest.mark.parametrize("kind", ["single_shot", "plan_execute"])
def test_one_call_plans_the_whole_turn(kind: str, tmp_path: Path) -> None:
    server = ScriptedModel(planned(MUTE, UP, FASTER))
    plan = Turn().ask(server, tmp_path, kind=kind)
    assert (tools_of(plan), plan.complete) == ([MUTE, UP, FASTER], True)
    assert server.answers == []


def test_plan_execute_sees_what_failed_and_its_prompt_stays_the_same(tmp_path: Path) -> None:
    server = ScriptedModel(planned(MUTE), planned(DOWN))
    Turn().ask(server, tmp_path, kind="plan_execute")
    failed = Check(name="key", expected="B minor", measured="A minor", status="failed")
    again = Turn(
        steps=[
            Step(tool=MUTE[0], arguments=MUTE[1], status="passed"),
            Step(tool=UP[0], arguments=UP[1], status="failed"),
        ],
        verdicts=[Verdict(step=0, attempt=1, passed=True), Verdict(step=1, attempt=1, passed=False, checks=[failed])],
    )
    assert tools_of(again.ask(server, tmp_path, kind="plan_execute")) == [DOWN]
    first, second = server.prompts
    assert first.messages[0] == second.messages[0]
    shown = block(second, "steps")
    assert shown is not None
    assert [(step["tool"], step["status"]) for step in shown] == [("adjust_track", "passed"), ("shift_pitch", "failed")]
    assert shown[1]["failed_checks"] == [{"check": "key", "expected": "B minor", "measured": "A minor"}]


def test_plan_execute_may_give_a_part_up(tmp_path: Path) -> None:
    turn = Turn(steps=[Step(tool=UP[0], arguments=UP[1], status="failed")])
    plan = turn.ask(ScriptedModel(planned(unmet=["It cannot go up."])), tmp_path, kind="plan_execute")
    assert (plan.steps, plan.question, plan.unmet) == ([], None, ["It cannot go up."])


def test_the_critic_sees_the_plan_and_has_the_last_word(tmp_path: Path) -> None:
    server = ScriptedModel(planned(UP, MUTE), planned(MUTE, UP))
    turn = Turn()
    assert tools_of(turn.ask(server, tmp_path, kind="reflect")) == [MUTE, UP]
    first, second = server.prompts
    assert block(first, "plan") is None
    shown = block(second, "plan")
    assert shown is not None
    assert [step["tool"] for step in shown[0]["steps"]] == ["shift_pitch", "adjust_track"]
    assert second.messages[0] != first.messages[0]
    assert block(second, "table") == block(first, "table")
    ((kind, name, detail),) = turn.notes
    assert (kind, name) == ("reflection", "changed")
    assert "adjust_track" in detail.split(" -> ")[1].split(" > ")[0]


def test_a_critic_that_agrees_is_noted_and_one_that_is_unusable_changes_nothing(tmp_path: Path) -> None:
    turn = Turn()
    turn.ask(ScriptedModel(planned(MUTE), planned(MUTE)), tmp_path, kind="reflect")
    assert turn.notes == [("reflection", "unchanged", "")]
    turn = Turn()
    plan = turn.ask(ScriptedModel(planned(MUTE), "Good!", "Fine!"), tmp_path, kind="reflect")
    assert tools_of(plan) == [MUTE]
    assert turn.faults == ["no_json", "no_json"]
    assert [name for kind, name, _ in turn.notes if kind == "reflection"] == ["unusable"]


def vote(tmp_path: Path, *answers: str) -> tuple[Plan, Turn, ScriptedModel]:
    server, turn = ScriptedModel(*answers), Turn()
    plan = turn.ask(server, tmp_path, kind="vote", votes=3)
    assert server.answers == []
    return plan, turn, server


@pytest.mark.parametrize(
    ("answers", "winner"),
    [
        ([[UP], [MUTE, UP], [MUTE, UP]], [MUTE, UP]),
        ([[UP], [DOWN], [DOWN]], [DOWN]),
        ([[UP], [DOWN], [MUTE]], [UP]),
        ([[MUTE], [FASTER], [UP]], [MUTE]),
        ([[UP, MUTE, FASTER], [MUTE], [UP, MUTE]], [UP, MUTE]),
        (
            [[FASTER], [("shift_pitch", {"semitones": 2, "stems": []})], [UP]],
            [("shift_pitch", {"semitones": 2, "stems": []})],
        ),
    ],
)
def test_the_plan_that_the_others_agree_with_most_is_run(answers: list[Any], winner: list[Any], tmp_path: Path) -> None:
    plan, turn, server = vote(tmp_path, *[planned(*calls) for calls in answers])
    assert tools_of(plan) == winner
    assert len({prompt.seed for prompt in server.prompts}) == 3
    assert {prompt.temperature for prompt in server.prompts} == {0.8}
    assert [kind for kind, _, _ in turn.notes] == ["vote"]


def test_the_votes_are_counted_and_unusable_plans_drop_out(tmp_path: Path) -> None:
    plan, turn, _ = vote(tmp_path, "no plan", planned(UP), planned(UP))
    assert tools_of(plan) == [UP]
    assert turn.faults == ["no_json"]
    assert turn.notes[-1] == ("vote", "shift_pitch", "2 of 3 equal, 1 unusable: shift_pitch; shift_pitch")


def test_plans_that_differ_in_writing_alone_are_equal(tmp_path: Path) -> None:
    whole = ("shift_pitch", {"semitones": 2.0, "stems": []})
    _, turn, _ = vote(tmp_path, planned(UP), planned(whole), planned(MUTE))
    assert turn.notes[-1][2].startswith("2 of 3 equal, 0 unusable")


def test_effects_of_two_kinds_are_two_votes(tmp_path: Path) -> None:
    reverb, delay = (("add_effect", {"effects": [{"kind": kind}]}) for kind in ("reverb", "delay"))
    plan, _, _ = vote(tmp_path, planned(delay), planned(reverb), planned(reverb))
    assert tools_of(plan) == [reverb]


def test_when_no_vote_is_usable_the_model_is_told_why(tmp_path: Path) -> None:
    plan, turn, server = vote(tmp_path, "no", "nothing", planned(("fly", {})), planned(UP))
    assert tools_of(plan) == [UP]
    assert turn.faults == ["no_json", "no_json", "unknown_tool"]
    assert "fly" in (block(server.prompts[-1], "error") or [""])[0]
    with pytest.raises(PlannerError):
        vote(tmp_path, "no", "nothing", "never", "no")


def test_a_question_can_win_the_vote(tmp_path: Path) -> None:
    plan, _, _ = vote(tmp_path, planned(question="Which?"), planned(UP), planned(question="Which one?"))
    assert plan.question == "Which?"


def test_rules_that_are_sure_ask_no_model(tmp_path: Path) -> None:
    server, turn = ScriptedModel(), Turn("mute the piano")
    plan = turn.ask(server, tmp_path, kind="hybrid")
    assert [step.tool for step in plan.steps] == ["adjust_track"]
    assert turn.notes == [("form", "rules", "adjust_track")]
    assert server.prompts == []


@pytest.mark.parametrize("text", [VAGUE, "mute the oboe", "make it faster and sing along to it"])
def test_what_the_rules_ask_about_or_leave_out_goes_to_the_model(text: str, tmp_path: Path) -> None:
    turn = Turn(text)
    assert tools_of(turn.ask(ScriptedModel(planned(FASTER)), tmp_path, kind="hybrid")) == [FASTER]
    ((kind, name, detail),) = turn.notes
    assert (kind, name, bool(detail)) == ("form", "language_model", True)


def test_rules_that_leave_a_part_out_are_not_sure() -> None:
    steps = [Step(tool="undo")]
    assert sure(Plan(steps=steps))
    assert sure(Plan(answer="Hello."))
    unsure = [
        Plan(),
        Plan(steps=steps, unmet=["No."]),
        Plan(steps=steps, question="?"),
        Plan(answer="Hm", grounded=False),
    ]
    assert not any(sure(plan) for plan in unsure)


def test_rules_do_not_use_a_tool_that_the_strategy_forbids(tmp_path: Path) -> None:
    from ensemble.tools.registry import Toolbox

    turn = Turn("mute the piano", gat=LOOP, tools=Toolbox.of(["undo"]))
    plan = turn.ask(ScriptedModel(planned(question="I can only undo. Shall I?")), tmp_path, kind="hybrid")
    assert plan.question == "I can only undo. Shall I?"
