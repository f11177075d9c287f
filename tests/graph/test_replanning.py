"""A planner that is asked again: with the evidence of a step that failed for good, and when it cannot go on."""

from __future__ import annotations

from typing import Any

import pytest

from graph.conductor import Conductor
from nodes.planners.planner import PlanRequest
from scripted import LOOP, ScriptedPlanner, SpoiltBand, steps
from state.errors import BudgetSpent, LoopCopilotError, PlannerError, ServerError
from state.plan import Plan
from state.settings import Settings
from state.strategy import Retry, Strategy

REPLAN = Strategy.model_validate({"planner": "plan_execute", "retry": {"kind": "replan", "attempts": 3}})
UP: tuple[str, dict[str, Any]] = ("shift_pitch", {"semitones": 2})
SLOWER: tuple[str, dict[str, Any]] = ("change_speed", {"bpm": 80})


def conduct(settings: Settings, *plans: Plan, silent: int = 1) -> tuple[Conductor, ScriptedPlanner]:
    planner = ScriptedPlanner(plans)
    return Conductor(settings, planner=planner, strategy=REPLAN, band=SpoiltBand(silent=silent)), planner


def test_a_failed_step_goes_back_to_the_planner_with_its_checks(settings: Settings) -> None:
    conductor, planner = conduct(settings, steps(LOOP, UP), steps(LOOP, SLOWER))
    record = conductor.send(conductor.start(seed=1), "a loop")
    assert record.status == "done", record.reply
    assert [(step.tool, step.status) for step in record.plan] == [
        ("text_to_music", "superseded"),
        ("shift_pitch", "superseded"),
        ("text_to_music", "passed"),
        ("change_speed", "passed"),
    ]
    assert record.gat is not None
    assert "Not reached" not in record.reply, "what failed was replaced and is not heard"
    assert (record.gat.bpm, record.gat.key, record.gat.revision) == (80, "G minor", 1)
    evidence = planner.requests[1]
    assert [(step.tool, step.status) for step in evidence.steps] == [("text_to_music", "failed")]
    assert [check for check in evidence.verdicts[-1].checks if check.status == "failed"]
    assert evidence.gat is None
    assert {verdict.step for verdict in record.verdicts} == {0, 2, 3}


def test_what_passed_before_the_failed_step_stays(settings: Settings) -> None:
    # LOOP renders three stems; the fourth rendering is the first of the shift.
    class Late(SpoiltBand):
        def render(self, part: Any, bpm: float, samples: int) -> Any:
            self.rendered += 1
            made = super(SpoiltBand, self).render(part, bpm, samples)
            return made * 0 if self.rendered == 4 else made

    planner = ScriptedPlanner([steps(LOOP, ("add_track", {"instrument": "flute"})), steps(UP)])
    conductor = Conductor(settings, planner=planner, strategy=REPLAN, band=Late(silent=0))
    record = conductor.send(conductor.start(seed=1), "a loop with a flute")
    assert record.status == "done", record.reply
    assert [step.status for step in record.plan] == ["passed", "superseded", "passed"]
    assert record.gat is not None
    assert (record.gat.stem_names, record.gat.key) == (["piano", "bass", "drums"], "A minor")


def test_when_plans_are_spent_the_best_take_is_kept_as_partial(settings: Settings) -> None:
    conductor, planner = conduct(settings, *[steps(LOOP)] * 3, silent=100)
    record = conductor.send(conductor.start(seed=1), "a loop")
    assert record.status == "partial"
    assert [step.status for step in record.plan] == ["superseded", "superseded", "failed"]
    assert len(planner.requests) == 3
    assert record.gat is not None
    assert "Not reached" in record.reply


@pytest.mark.parametrize(
    "second", [Plan(question="Shall I?"), Plan(unmet=["No way was found."]), Plan(steps=steps(("fly", {})).steps)]
)
def test_a_planner_that_knows_no_way_on_leaves_the_best_take_and_says_why(settings: Settings, second: Plan) -> None:
    conductor, _ = conduct(settings, steps(LOOP), second)
    record = conductor.send(conductor.start(seed=1), "a loop")
    assert record.status == "partial"
    assert [step.status for step in record.plan] == ["failed"]
    assert record.gat is not None
    said = second.question or (second.unmet[0] if second.unmet else "there is no tool 'fly'")
    assert said in record.reply


class Broken:
    """Fails on its `at`-th visit."""

    name = "broken"

    def __init__(self, error: LoopCopilotError, *plans: Plan) -> None:
        self.error, self.plans = error, list(plans)

    def plan(self, request: PlanRequest) -> Plan:
        request.note("fault", "malformed_json", "line 1")
        if not self.plans:
            raise self.error
        return self.plans.pop(0)


ERRORS = [
    (PlannerError("the model's answer is no plan: line 1"), "planner", "no plan"),
    (BudgetSpent("The limit of 3 language model calls a turn was reached."), "budget", "limit of 3"),
    (ServerError("http://127.0.0.1:9 is away"), "server", "is away"),
]


@pytest.mark.parametrize(("error", "kind", "words"), ERRORS)
def test_a_planner_that_fails_before_anything_was_done_fails_the_turn(
    settings: Settings, error: LoopCopilotError, kind: str, words: str
) -> None:
    conductor = Conductor(settings, planner=Broken(error))
    session = conductor.start(seed=1)
    record = conductor.send(session, "a loop")
    assert (record.status, record.gat, record.plan) == ("failed", None, [])
    assert record.error is not None
    assert record.error.kind == kind
    assert words in record.error.message
    assert words in record.reply
    assert [note.name for note in record.planning] == ["malformed_json"]
    again = Conductor(settings, planner=ScriptedPlanner([steps(LOOP)]))
    assert again.send(session, "a loop").status == "done"


@pytest.mark.parametrize(("error", "kind", "words"), ERRORS)
def test_a_planner_that_fails_later_leaves_what_was_done(
    settings: Settings, error: LoopCopilotError, kind: str, words: str
) -> None:
    conductor = Conductor(settings, planner=Broken(error, steps(LOOP, complete=False)))
    record = conductor.send(conductor.start(seed=1), "a loop")
    assert record.status == "partial"
    assert record.error is None
    assert words in record.reply
    assert record.gat is not None
    assert record.gat.revision == 1
    assert [note.name for note in record.planning] == ["malformed_json"] * 2


def test_a_question_after_a_step_was_done_is_no_question_but_a_partial_turn(settings: Settings) -> None:
    planner = ScriptedPlanner([steps(LOOP, complete=False), Plan(question="Which flute?")])
    record = Conductor(settings, planner=planner).send(Conductor(settings).start(seed=1), "a loop")
    assert (record.status, record.gat is not None) == ("partial", True)
    assert "Which flute?" in record.reply


def test_words_that_nothing_checked_are_marked(settings: Settings) -> None:
    conductor = Conductor(settings, planner=ScriptedPlanner([Plan(answer="I added a flute.", grounded=False)]))
    record = conductor.send(conductor.start(seed=1), "add a flute")
    assert record.status == "done"
    assert "unchecked" in record.reply
    assert "Nothing was changed" in record.reply


def test_unchecked_words_after_work_do_not_deny_the_work(settings: Settings) -> None:
    last = Plan(answer="There you are.", grounded=False)
    conductor = Conductor(settings, planner=ScriptedPlanner([steps(LOOP, complete=False), last]))
    record = conductor.send(conductor.start(seed=1), "a loop")
    assert 'unchecked: "There you are."' in record.reply
    assert "Nothing was changed" not in record.reply


@pytest.mark.parametrize("kind", ["rules", "single_shot", "vote", "liar"])
def test_a_planner_that_reads_no_evidence_cannot_replan(kind: str) -> None:
    with pytest.raises(ValueError, match="plan_execute"):
        Strategy.model_validate({"planner": kind, "retry": {"kind": "replan"}})


def test_replanning_counts_plans_and_not_attempts_at_a_step() -> None:
    assert Strategy.model_validate({"planner": "react", "retry": {"kind": "replan", "attempts": 2}}).retry == Retry(
        kind="replan", attempts=2
    )
