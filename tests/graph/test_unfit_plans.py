"""What planners, scorers and graphs from outside may hand over, and how a turn ends on it."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from graph.conductor import Conductor
from loopcopilot.__main__ import main
from nodes import respond as responding
from scripted import LOOP, ScriptedPlanner, steps
from state.errors import InputError, StrategyError
from state.plan import Plan, Step
from state.settings import Settings
from state.strategy import Retry, Strategy
from state.turn import TurnRecord

MUTE: tuple[str, dict[str, Any]] = ("adjust_track", {"stems": ["piano"], "mute": True})


def second(settings: Settings, plan: Any, strategy: Strategy | None = None) -> TurnRecord:
    """The second turn of a session, on a loop, with that plan. Its record is the one that is kept."""
    planner = ScriptedPlanner([steps(LOOP), plan])
    with Conductor(settings, planner=planner, strategy=strategy) as conductor:
        session = conductor.start(seed=1)
        assert conductor.send(session, "a loop").status == "done"
        record = conductor.send(session, "more")
        assert conductor.history(session)[-1] == record
        assert conductor.sessions.open_turn(session) is None
    record.model_dump_json().encode()
    return record


@pytest.mark.parametrize(
    "plan",
    [
        None,
        {"steps": []},
        steps(("adjust_track", {"stems": ["piano"], "gain_db": float("nan")})),
        steps(("adjust_track", {"stems": ["piano"], "gain_db": np.float32(1)})),
        steps(("undo", {"revision": 10**24})),
        steps(("undo", {"revision": {1: 2}})),
        Plan.model_construct(
            steps=[Step(tool="undo")], answer=3, question=None, unmet=None, grounded=True, complete=True
        ),
    ],
    ids=["none", "mapping", "nan", "numpy", "integer", "names", "unchecked"],
)
def test_a_plan_that_cannot_be_kept_is_the_planners_fault(settings: Settings, plan: Any) -> None:
    record = second(settings, plan)
    assert record.status == "failed"
    assert record.error is not None
    assert record.error.kind == "planner", record.error
    assert record.gat is not None
    assert record.gat.revision == 1


def test_a_planners_words_are_cleaned_and_cut(settings: Settings) -> None:
    record = second(settings, Plan(answer="half \ud83d" + "why " * 100_000))
    assert record.status == "done"
    assert "half \ufffd" in record.reply
    assert len(record.reply) < 3_000
    record = second(settings, steps(MUTE, unmet=["No \x1b[31m \ud83d."] * 500))
    assert record.status == "partial"
    assert "480 more" in record.reply
    record = second(settings, steps(("add_track", {"instrument": "cl\ud800" + "y" * 3_000})))
    assert record.status == "asked"
    assert len(record.reply) < 1_500


@pytest.mark.parametrize("revision", [10**24, 2**63, 10**9])
def test_an_edited_plan_may_name_any_revision(settings: Settings, revision: int) -> None:
    planner = ScriptedPlanner([steps(LOOP), steps(MUTE)])
    with Conductor(settings, planner=planner, strategy=Strategy(approval="destructive")) as first:
        session = first.start(seed=1)
        first.send(session, "a loop")
    with Conductor(settings, planner=ScriptedPlanner([steps(MUTE)]), strategy=Strategy(approval="always")) as conductor:
        assert conductor.send(session, "mute").status == "awaiting_approval"
        edited = {"decision": "edit", "steps": [{"tool": "undo", "arguments": {"revision": revision}}]}
        with pytest.raises(InputError, match="revision"):
            conductor.resume(session, edited)
        accepted = conductor.resume(session, {"decision": "accept"})
        assert accepted is not None
        assert accepted.status == "done"


def test_a_record_that_cannot_be_written_does_not_hide_what_was_committed(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    reply = responding._reply

    def unwritable(*given: Any) -> str:
        said = reply(*given)
        return said if "muted" not in said else f"{said} \ud83d"

    monkeypatch.setattr(responding, "_reply", unwritable)
    record = second(settings, steps(MUTE))
    assert (record.status, record.gat and record.gat.revision) == ("partial", 2)
    assert "revision 2 is what is heard now" in record.reply
    assert record.error is not None
    assert record.error.kind == "internal"


def test_a_message_that_cannot_be_written_is_refused_before_a_turn_begins(settings: Settings) -> None:
    with Conductor(settings) as conductor:
        session = conductor.start(seed=1)
        with pytest.raises(InputError, match="half a character"):
            conductor.send(session, "a loop \udcff")
        assert conductor.history(session) == []


class Scoring:
    name = "mine"

    def score(self, *given: Any) -> Any:
        return scores[0]() if callable(scores[0]) else scores[0]


scores: list[Any] = [None]
"""What the scorer 'test_unfit_plans:Scoring' returns, or calls."""


def scored(settings: Settings, value: Any) -> TurnRecord:
    scores[0] = value
    strategy = Strategy(verifier="clap", scorer="test_unfit_plans:Scoring", retry=Retry(kind="none", attempts=1))
    with Conductor(settings, planner=ScriptedPlanner([steps(LOOP)]), strategy=strategy) as conductor:
        return conductor.send(conductor.start(seed=1), "a loop")


@pytest.mark.parametrize("value", [np.float32(0.5), np.array(0.5), np.int64(0), 1])
def test_any_number_is_a_score(settings: Settings, value: Any) -> None:
    record = scored(settings, value)
    assert record.status == "done", record.reply
    assert record.verdicts[0].clap == float(value)


@pytest.mark.parametrize(
    ("value", "says"),
    [
        ("0.5", "returned '0.5'"),
        (True, "returned True"),
        (float("nan"), "returned nan"),
        (np.float32("inf"), "returned inf"),
        ([1], "TypeError"),
        (lambda: 1 / 0, "ZeroDivisionError"),
        (lambda: sys.exit(3), "SystemExit: 3"),
    ],
)
def test_a_scorer_that_gives_no_score_ends_the_turn_and_is_named(settings: Settings, value: Any, says: str) -> None:
    record = scored(settings, value)
    assert record.status == "failed"
    assert record.error is not None
    assert (record.error.kind, record.error.field) == ("tool", "scorer")
    assert "'mine'" in record.error.message
    assert says in record.error.message
    assert record.gat is None


GRAPHS = """
import json, sys
from langgraph.graph import END, START, StateGraph
from typing_extensions import TypedDict

class Other(TypedDict):
    other: int

class Builder:
    def __init__(self, checkpointer=None): ...

def nothing(checkpointer=None): ...
def raises(checkpointer=None):
    raise RuntimeError("no such node")
def leaves(checkpointer=None):
    sys.exit(3)
def needs(checkpointer, more): ...
def other(checkpointer=None):
    graph = StateGraph(Other)
    graph.add_node("a", lambda state: {})
    graph.add_edge(START, "a")
    graph.add_edge("a", END)
    return graph.compile(checkpointer=checkpointer)
def uncompiled(checkpointer=None):
    return StateGraph(Other)
def late(checkpointer=None):
    if checkpointer is not None:
        raise RuntimeError("not with a checkpointer")
    from graph.build import build
    return build()
"""


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("nothing", "returns no compiled graph, but None"),
        ("raises", "RuntimeError: no such node"),
        ("leaves", "SystemExit: 3"),
        ("needs", "TypeError"),
        ("Builder", "is no function that builds a graph"),
        ("json.dumps", "returns no compiled graph, but 'null'"),
        ("other", "without the channel 'turn'"),
        ("uncompiled", "returns no compiled graph"),
    ],
)
def test_a_graph_that_is_none_is_refused_everywhere(
    settings: Settings,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    name: str,
    says: str,
) -> None:
    (tmp_path / "unfit_graphs.py").write_text(GRAPHS)
    monkeypatch.syspath_prepend(str(tmp_path))
    strategy = Strategy(graph=f"unfit_graphs:{name}")
    with pytest.raises(StrategyError, match="graph"):
        _ = strategy.hash
    with Conductor(settings, strategy=strategy) as conductor:
        session = conductor.start(seed=1)
        with pytest.raises(StrategyError) as caught:
            conductor.send(session, "a loop")
        assert caught.value.field == "graph"
        assert says in caught.value.message
        assert conductor.sessions.open_turn(session) is None
    path = tmp_path / "mine.yaml"
    path.write_text(f"graph: 'unfit_graphs:{name}'\n")
    monkeypatch.setenv("LOOPCOPILOT_HOME", str(settings.home))
    monkeypatch.setenv("LOOPCOPILOT_TRACKING", "off")
    for command in (["strategies", str(path)], ["say", "a loop", "--strategy", str(path)]):
        monkeypatch.setattr(sys, "argv", ["loopcopilot", *command])
        with pytest.raises(SystemExit) as ended:
            sys.exit(main())
        assert ended.value.code == 2, command
        told = capsys.readouterr().err
        assert "graph: " in told
        assert "Traceback" not in told


def test_a_graph_that_builds_without_a_checkpointer_only_leaves_no_turn_open(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "unfit_graphs.py").write_text(GRAPHS)
    monkeypatch.syspath_prepend(str(tmp_path))
    with Conductor(settings, strategy=Strategy(graph="unfit_graphs:late")) as conductor:
        session = conductor.start(seed=1)
        with pytest.raises(StrategyError, match="not with a checkpointer"):
            conductor.send(session, "a loop")
        assert conductor.sessions.open_turn(session) is None
