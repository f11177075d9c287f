"""kill -9 in every node, after its work and before its result is kept: the worst moment."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest
from asking import ScriptedServer

from graph.conductor import Conductor
from scripted import LOOP, ScriptedPlanner, steps
from state.errors import InputError
from state.settings import Settings

NODES = ("understand", "plan", "execute", "verify", "retry", "commit", "respond")

SECOND = steps(("add_track", {"instrument": "clarinet"}))
THIRD = steps(("shift_pitch", {"semitones": 2}))

DYING = """
import importlib, os, signal, sys
sys.path.insert(0, {tests!r})
node = importlib.import_module("nodes.{node}")
work = node.{node}

def {node}(state, runtime):
    update = work(state, runtime)
    if state["turn"] == 2:
        os.kill(os.getpid(), signal.SIGKILL)
    return update

node.{node} = {node}
from pathlib import Path
from graph.conductor import Conductor
from scripted import LOOP, ScriptedPlanner, SpoiltBand, steps
from state.settings import Settings
settings = Settings.read({{"LOOPCOPILOT_TRACKING": "off"}}, home=Path({home!r}))
plans = [steps(LOOP), steps(("add_track", {{"instrument": "clarinet"}}))]
band = SpoiltBand(0)
conductor = Conductor(settings, planner=ScriptedPlanner(plans), band=band)
session = conductor.start(seed=3, name="s")
conductor.send(session, "a loop")
if {node!r} == "retry":
    band.silent = band.rendered + 1
conductor.send(session, "a clarinet")
"""


@pytest.mark.parametrize("node", NODES)
def test_a_killed_process_loses_no_revision_and_the_session_goes_on(
    node: str, settings: Settings, tmp_path: Path
) -> None:
    program = DYING.format(node=node, home=str(settings.home), tests=str(Path("tests").absolute()))
    died = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert died.returncode == -signal.SIGKILL, died.stderr

    survivors = ScriptedPlanner([SECOND, THIRD] if node in ("understand", "plan") else [THIRD])
    conductor = Conductor(settings, planner=survivors)
    assert conductor.sessions.revision("s", 1) is not None
    third = conductor.send("s", "up a tone")
    records = conductor.history("s")
    assert [record.status for record in records] == ["done", "done", "done"], [record.reply for record in records]
    assert [table.revision for table in conductor.sessions.revisions("s")] == [1, 2, 3]
    assert third.turn == 3
    assert third.gat is not None
    assert (third.gat.parent, third.gat.key) == (2, "A minor")

    if node != "retry":
        unharmed = Conductor(
            settings.model_copy(update={"home": tmp_path / "unharmed"}),
            planner=ScriptedPlanner([steps(LOOP), SECOND, THIRD]),
        )
        session = unharmed.start(seed=3)
        tables = [unharmed.send(session, text).gat for text in ("a loop", "a clarinet", "up a tone")]
        assert tables == [record.gat for record in records], "a crash must not be audible"


APPROVING = """
import importlib, os, signal, sys
sys.path.insert(0, {tests!r})
node = importlib.import_module("nodes.{node}")
work = node.{node}

def {node}(state, runtime):
    update = work(state, runtime)  # approve raises its interrupt here until a person has answered
    os.kill(os.getpid(), signal.SIGKILL)
    return update

node.{node} = {node}
from pathlib import Path
from graph.conductor import Conductor
from scripted import LOOP, ScriptedPlanner, steps
from state.settings import Settings
from state.strategy import Strategy
settings = Settings.read({{"LOOPCOPILOT_TRACKING": "off"}}, home=Path({home!r}))
conductor = Conductor(settings, planner=ScriptedPlanner([steps(LOOP)]), strategy=Strategy(approval="always"))
session = conductor.start(seed=3, name="s")
assert conductor.send(session, "a loop").status == "awaiting_approval"
conductor.resume(session, {{"decision": "accept"}})
"""


@pytest.mark.parametrize("node", ["approve", "execute", "commit"])
def test_a_process_killed_after_a_yes_was_given_loses_no_plan(node: str, settings: Settings) -> None:
    program = APPROVING.format(node=node, home=str(settings.home), tests=str(Path("tests").absolute()))
    died = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert died.returncode == -signal.SIGKILL, died.stderr
    conductor = Conductor(settings, planner=ScriptedPlanner([]))
    record = conductor.resume("s")
    assert record is not None
    assert record.status == "done", record.reply
    assert [table.revision for table in conductor.sessions.revisions("s")] == [1]


def test_a_turn_that_kills_the_process_again_and_again_is_given_up(settings: Settings) -> None:
    program = DYING.format(node="plan", home=str(settings.home), tests=str(Path("tests").absolute()))
    subprocess.run([sys.executable, "-c", program], capture_output=True)
    conductor = Conductor(settings, planner=ScriptedPlanner([THIRD]))
    for _ in range(2):
        conductor.sessions.count_recovery("s", 2)
    record = conductor.send("s", "up a tone")
    crashed = conductor.history("s")[1]
    assert crashed.error is not None
    assert crashed.error.kind == "crashed"
    assert crashed.gat is not None
    assert crashed.gat.revision == 1
    assert record.status == "done"


WAITING = """
import os, signal, sys
sys.path.insert(0, {tests!r})
from asking import ScriptedServer, said
from nodes.planners.exchange import Answer
from pathlib import Path
from graph.conductor import Conductor
from graph.turns import TurnRunner
from scripted import LOOP
from state.settings import Settings
from state.strategy import Strategy

def die(*_, **__):
    os.kill(os.getpid(), signal.SIGKILL)

if {where!r} == "before the record":
    TurnRunner._finish = die
settings = Settings.read({{"LOOPCOPILOT_TRACKING": "off"}}, home=Path({home!r}))
strategy = Strategy.model_validate({strategy!r})
conductor = Conductor(settings, server=ScriptedServer([said(LOOP)]), strategy=strategy)
session = conductor.start(seed=3, name="s")
if {where!r} == "after the answer":
    complete = conductor._server.complete
    def last(prompt, timeout_seconds):
        answer = complete(prompt, timeout_seconds)
        conductor.sessions.exchanges.keep = lambda *call, keep=conductor.sessions.exchanges.keep: (
            keep(*call), die())
        return answer
    conductor._server.complete = last
assert conductor.send(session, "a loop").status == "awaiting_approval"
die()
"""

ASKING = {"planner": {"kind": "asking:AskingPlanner", "model": "scripted"}, "approval": "always"}


@pytest.mark.parametrize("where", ["after the answer", "before the record", "while it waits"])
@pytest.mark.parametrize("decision", ["accept", "reject"])
def test_a_process_killed_around_a_waiting_approval_calls_no_model_twice(
    where: str, decision: str, settings: Settings
) -> None:
    program = WAITING.format(home=str(settings.home), tests=str(Path("tests").absolute()), where=where, strategy=ASKING)
    died = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert died.returncode == -signal.SIGKILL, died.stderr
    server = ScriptedServer([])
    with Conductor(settings, server=server) as conductor:
        if where != "while it waits":
            waiting = conductor.resume("s")
            assert waiting is not None
            assert waiting.status == "awaiting_approval"
        with pytest.raises(InputError, match="waits for approval"):
            conductor.send("s", "something else")
        record = conductor.resume("s", {"decision": decision})
        assert record is not None
        assert record.status == "done", record.reply
        assert (record.gat is not None) == (decision == "accept")
        assert (record.usage.llm_calls, record.usage.input_tokens) == (1, 40)
    assert server.prompts == [], "the answer was kept and is not bought again"


KNOWING = """
import json, os, signal, sys
sys.path.insert(0, {tests!r})
from asking import ScriptedServer
from nodes.planners.exchange import Answer, Unsupported
from pathlib import Path
from graph.conductor import Conductor
from state.settings import Settings
from state.strategy import Strategy

loop = Answer(text=json.dumps({{"steps": [{{"tool": "text_to_music", "arguments": {{"bars": 1, "instruments": ["piano"]}}}}]}}))
server = ScriptedServer([Unsupported("no schema"), Unsupported("no functions"), loop, loop])
settings = Settings.read({{"LOOPCOPILOT_TRACKING": "off"}}, home=Path({home!r}))
strategy = Strategy.model_validate({{"planner": {{"kind": "single_shot", "model": "scripted"}}}})
conductor = Conductor(settings, server=server, strategy=strategy)
session = conductor.start(seed=3, name="s")
assert conductor.send(session, "a loop").usage.llm_calls == 3
keep = conductor.sessions.exchanges.keep
conductor.sessions.exchanges.keep = lambda *call: (keep(*call), os.kill(os.getpid(), signal.SIGKILL))
conductor.send(session, "another loop")
"""


def test_what_was_learnt_about_the_server_is_not_paid_for_again_after_a_crash(settings: Settings) -> None:
    program = KNOWING.format(home=str(settings.home), tests=str(Path("tests").absolute()))
    died = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert died.returncode == -signal.SIGKILL, died.stderr
    server = ScriptedServer([])
    with Conductor(settings, server=server) as conductor:
        record = conductor.resume("s")
    assert record is not None
    assert (record.status, record.usage.llm_calls) == ("done", 1), record.reply
    assert server.prompts == []


CUT_SHORT = """
import os, signal, sys
sys.path.insert(0, {tests!r})
from pathlib import Path
from langgraph.checkpoint.sqlite import SqliteSaver
from graph.conductor import Conductor
from scripted import LOOP, ScriptedPlanner, steps
from state.settings import Settings
put = SqliteSaver.put
def dying(self, config, checkpoint, metadata, new_versions):
    if config["configurable"]["thread_id"] == "s:2" and metadata["step"] == {step}:
        os.kill(os.getpid(), signal.SIGKILL)
    return put(self, config, checkpoint, metadata, new_versions)
SqliteSaver.put = dying
settings = Settings.read({{"LOOPCOPILOT_TRACKING": "off"}}, home=Path({home!r}))
plans = [steps(LOOP), steps(("add_track", {{"instrument": "clarinet"}}))]
conductor = Conductor(settings, planner=ScriptedPlanner(plans))
session = conductor.start(seed=3, name="s")
conductor.send(session, "a loop")
conductor.send(session, "a clarinet")
"""


@pytest.mark.parametrize("step", range(1, 7))
def test_a_process_killed_before_a_checkpoint_is_written_goes_on_from_what_its_node_left(
    step: int, settings: Settings
) -> None:
    program = CUT_SHORT.format(step=step, home=str(settings.home), tests=str(Path("tests").absolute()))
    died = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert died.returncode == -signal.SIGKILL, died.stderr

    with Conductor(settings, planner=ScriptedPlanner([SECOND])) as conductor:
        record = conductor.resume("s")
    assert record is not None
    assert (record.status, [one.tool for one in record.plan]) == ("done", ["add_track"])
    assert record.gat is not None
    assert (record.gat.revision, "clarinet" in record.gat.stem_names) == (2, True)
