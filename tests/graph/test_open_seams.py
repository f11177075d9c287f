"""Planners, tools, scorers and graphs from outside: from a module beside the strategy file, and from entry points."""

from __future__ import annotations

import importlib
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from graph.conductor import Conductor
from graph.equip import check
from state.errors import StrategyError
from state.settings import Settings
from state.strategy import Strategy, load_strategy

PLANNER = """
from state.plan import Plan, Step

class Own:
    name = "own"
    def __init__(self, instrument="piano"):
        self.instrument = instrument
    def plan(self, request):
        if request.gat is None:
            return Plan(steps=[Step(tool="text_to_music", arguments={"instruments": [self.instrument], "bars": 1, "bpm": 120})])
        return Plan(steps=[Step(tool="louder", arguments={})])

class NoPlanner:
    name = "none"

instance = Own("flute")
"""
TOOL = """
from ensemble.tools.mixing import mixed, unmixed
from ensemble.tools.tool import Arguments, Contract, Tool
from state.take import Take

class Louder(Tool[Arguments]):
    name = "louder"
    summary = "Every stem 3 dB up."
    arguments = Arguments
    contract = Contract(changes="levels", preserves="takes")
    def _up(self, gat):
        return gat.revised(stems=tuple(stem.model_copy(update={"gain_db": stem.gain_db + 3}) for stem in gat.stems))
    def foresee(self, arguments, gat, stage):
        return unmixed(self._up(gat))
    def perform(self, arguments, gat, stage):
        return Take(gat=mixed(self._up(gat), stage), seed=stage.seed)

made = Louder()
no_tool = object()

class Same(Louder):
    name = "add_track"

class Unmade(Louder):
    def __init__(self):
        raise SystemExit("no\\nway")
"""
SCORER = """
class Own:
    name = "own scorer"
    def score(self, table, store, band, text):
        return float(len(text))
"""
GRAPH = """
from parts_of_a_graph import straight

def build(checkpointer=None):
    return straight(checkpointer)

no_function = 3
"""
GRAPH_PARTS = """
from langgraph.graph import END, START, StateGraph
from graph.build import Channels
from nodes.context import Context
from nodes.plan import plan
from nodes.respond import respond
from nodes.understand import understand

def on_turn(node):
    def on_turn(channels, runtime):
        return {"turn": node(channels["turn"], runtime)}
    return on_turn

def straight(checkpointer):
    graph = StateGraph(Channels, context_schema=Context)
    for node in (understand, plan, respond):
        graph.add_node(node.__name__, on_turn(node))
    graph.add_edge(START, "understand")
    graph.add_edge("understand", "plan")
    graph.add_edge("plan", "respond")
    graph.add_edge("respond", END)
    return graph.compile(checkpointer=checkpointer)
"""
EXIT = """
raise SystemExit(3)
"""
FILES = {
    "own_exit.py": EXIT,
    "own_planner.py": PLANNER,
    "own_tool.py": TOOL,
    "own_scorer.py": SCORER,
    "own_graph.py": GRAPH,
    "parts_of_a_graph.py": GRAPH_PARTS,
}
ENTRY_POINTS = """
[loopcopilot.planners]
own_by_name = own_planner:Own
[loopcopilot.tools]
louder_by_name = own_tool:Louder
[loopcopilot.scorers]
scorer_by_name = own_scorer:Own
[loopcopilot.graphs]
graph_by_name = own_graph:build
"""
REFERENCES = {
    "planner": "own_planner:Own",
    "tool": "own_tool:Louder",
    "scorer": "own_scorer:Own",
    "graph": "own_graph:build",
}
NAMES = {"planner": "own_by_name", "tool": "louder_by_name", "scorer": "scorer_by_name", "graph": "graph_by_name"}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder that is not on the path, with parts of somebody's own; what is imported from there is forgotten."""
    place = tmp_path / "elsewhere"
    place.mkdir()
    for name, content in FILES.items():
        (place / name).write_text(content, "utf-8")
    monkeypatch.setattr(sys, "path", [*sys.path])
    yield place
    forget()


@pytest.fixture
def installed(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The same parts as a package that was installed names them."""
    place = folder / "own-1.0.dist-info"
    place.mkdir()
    (place / "METADATA").write_text("Metadata-Version: 2.1\nName: own\nVersion: 1.0\n")
    (place / "entry_points.txt").write_text(ENTRY_POINTS)
    monkeypatch.syspath_prepend(str(folder))
    return folder


def forget() -> None:
    for name in FILES:
        sys.modules.pop(name.removesuffix(".py"), None)
    importlib.invalidate_caches()


def written(folder: Path, content: str, name: str = "mine") -> Strategy:
    path = folder / f"{name}.yaml"
    path.write_text(content, "utf-8")
    return load_strategy(str(path))


def everything(parts: dict[str, str]) -> str:
    return (
        f"planner: {{kind: {parts['planner']!r}, options: {{instrument: violin}}}}\n"
        f"tools: [text_to_music, {parts['tool']!r}]\n"
        f"verifier: both\nscorer: {parts['scorer']!r}\n"
    )


def holds(strategy: Strategy, settings: Settings) -> None:
    """Two turns in which the planner, the tool and the scorer of the strategy did their work."""
    conductor = Conductor(settings, strategy=strategy)
    session = conductor.start(seed=1)
    first, second = conductor.send(session, "a loop"), conductor.send(session, "louder")
    assert (first.status, second.status) == ("done", "done"), (first.reply, second.reply)
    assert first.gat is not None
    assert second.gat is not None
    assert first.gat.stem_names == ["violin"]
    assert second.gat.stems[0].gain_db == first.gat.stems[0].gain_db + 3
    assert (first.verdicts[0].scorer, first.verdicts[0].clap) == (
        "own scorer",
        float(len("bpm: 120. bars: 1. instruments: violin")),
    )


def test_a_planner_a_tool_and_a_scorer_beside_the_strategy_file_are_found(folder: Path, settings: Settings) -> None:
    holds(written(folder, everything(REFERENCES)), settings)


def test_they_are_found_by_the_names_that_a_package_gave_them(
    installed: Path, tmp_path: Path, settings: Settings
) -> None:
    (tmp_path / "studies").mkdir()
    holds(written(tmp_path / "studies", everything(NAMES)), settings)


def test_what_is_an_object_already_is_taken_as_it_is(folder: Path, settings: Settings) -> None:
    strategy = written(folder, "planner: 'own_planner:instance'\ntools: [text_to_music, 'own_tool:made']\n")
    conductor = Conductor(settings, strategy=strategy)
    record = conductor.send(conductor.start(seed=1), "a loop")
    assert record.gat is not None
    assert record.gat.stem_names == ["flute"]


@pytest.mark.parametrize("reference", ["own_graph:build", "graph_by_name"])
def test_a_whole_graph_takes_the_place_of_ours(installed: Path, settings: Settings, reference: str) -> None:
    conductor = Conductor(settings, strategy=written(installed, f"graph: {reference!r}\n"))
    record = conductor.send(conductor.start(seed=1), "a lofi loop")
    # This one plans, plays nothing, and answers.
    assert [step.status for step in record.plan] == ["skipped"]
    assert (record.gat, record.verdicts) == (None, [])


@pytest.mark.parametrize(
    ("content", "field", "says"),
    [
        ("planner: no_such_planner", "planner.kind", "there is no planner 'no_such_planner'"),
        ("planner: 'nowhere_at_all:Own'", "planner.kind", "cannot be imported"),
        ("planner: 'own_planner:Missing'", "planner.kind", "cannot be imported"),
        ("planner: 'own_planner:NoPlanner'", "planner.kind", "it has no method 'plan'"),
        ("planner: {kind: 'own_planner:Own', options: {colour: red}}", "planner.options", "cannot be made"),
        ("tools: [text_to_music, louder]", "tools", "'louder' is neither shipped"),
        ("tools: ['own_tool:no_tool']", "tools", "is no Tool"),
        ("tools: [add_trak]", "tools", "there are text_to_music, "),
        ("tools: ['own_tool:Same']", "tools", "'own_tool:Same' is called 'add_track' like a shipped one"),
        ("tools: ['own_tool:made', 'own_tool:Louder']", "tools", "is called 'louder' like another of the list"),
        ("tools: ['own_tool:Unmade']", "tools", "cannot be made: SystemExit: no way (own_tool.py, line "),
        ("tools: ['own_exit:Anything']", "tools", "cannot be imported: SystemExit: 3 (own_exit.py, line 2)"),
        ("planner: {kind: single_shot, prompt: v99}", "planner.prompt", "there is no prompt plan.v99; there is v1"),
        ("planner: {kind: react, prompt: V1.2}", "planner.prompt", "there is no prompt react.V1.2"),
        (
            "planner: {kind: noisy, planner: {kind: reflect, prompt: v0}}",
            "planner.prompt",
            "there is no prompt plan.v0",
        ),
        ("verifier: clap\nscorer: 'nowhere_at_all:Own'", "scorer", "cannot be imported"),
        ("verifier: clap\nscorer: clop", "scorer", "there is no scorer 'clop'"),
        ("graph: 'own_graph:missing'", "graph", "cannot be imported"),
        ("graph: 'own_graph:no_function'", "graph", "is no function"),
        ("graph: no_graph", "graph", "neither shipped"),
    ],
)
def test_what_cannot_be_had_is_told_by_its_field_before_a_turn_begins(
    folder: Path, settings: Settings, content: str, field: str, says: str
) -> None:
    for refuse in (Conductor(settings).equip, lambda strategy: check(strategy, settings)):
        with pytest.raises(StrategyError) as caught:
            refuse(written(folder, content))
        assert caught.value.field == field
        assert says in caught.value.message


def test_what_only_a_dialogue_or_a_server_gives_is_not_asked_for_beforehand(settings: Settings) -> None:
    for planner in ("oracle", {"kind": "noisy", "planner": "oracle"}, "react"):
        check(Strategy.model_validate({"planner": planner}), settings)


def test_a_strategy_file_in_the_working_folder_finds_its_parts_in_a_new_process(folder: Path) -> None:
    written(folder, everything(REFERENCES))
    program = "from state.strategy import load_strategy; from nodes.planners.choose import planner_of; print(planner_of(load_strategy('mine.yaml')).name)"
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, cwd=folder, env={"PYTHONPATH": str(Path.cwd())}
    )
    assert done.stdout == "own\n", done.stderr


def edit(path: Path, before: str, after: str) -> None:
    content = path.read_text("utf-8")
    assert before in content
    path.write_text(content.replace(before, after), "utf-8")


CHANGES: dict[str, tuple[str, Callable[[Path], None]]] = {
    "the planner's source": (
        "planner: 'own_planner:Own'",
        lambda f: edit(f / "own_planner.py", '"bars": 1', '"bars": 2'),
    ),
    "the tool's source": ("tools: ['own_tool:Louder']", lambda f: edit(f / "own_tool.py", "+ 3", "+ 4")),
    "the scorer's source": (
        "verifier: clap\nscorer: 'own_scorer:Own'",
        lambda f: edit(f / "own_scorer.py", "len(text)", "-len(text)"),
    ),
    "the graph's source": ("graph: 'own_graph:build'", lambda f: edit(f / "own_graph.py", "no_function = 3", "# less")),
    "the graph that an imported builder builds": (
        "graph: 'own_graph:build'",
        lambda f: edit(f / "parts_of_a_graph.py", 'graph.add_edge("plan", "respond")', 'graph.add_edge("plan", END)'),
    ),
    "an installed planner's source": (
        "planner: own_by_name",
        lambda f: edit(f / "own_planner.py", '"bars": 1', '"bars": 2'),
    ),
    "an installed graph's parts": (
        "graph: graph_by_name",
        lambda f: edit(f / "parts_of_a_graph.py", 'graph.add_edge("plan", "respond")', 'graph.add_edge("plan", END)'),
    ),
    "the options": (
        "planner: {kind: 'own_planner:Own', options: {instrument: organ}}",
        lambda f: edit(f / "mine.yaml", "organ", "oboe"),
    ),
}


@pytest.mark.parametrize("change", CHANGES)
def test_the_hash_follows_what_comes_from_outside(installed: Path, change: str) -> None:
    content, make = CHANGES[change]
    hashes = []
    (installed / "mine.yaml").write_text(content, "utf-8")
    for changed in (False, False, True):
        if changed:
            make(installed)
        forget()
        hashes.append(load_strategy(str(installed / "mine.yaml")).hash)
    assert hashes[0] == hashes[1]
    assert hashes[1] != hashes[2], change


def test_ours_and_an_own_graph_of_the_same_name_differ_in_hash(folder: Path) -> None:
    assert written(folder, "graph: 'own_graph:build'").hash != Strategy().hash
