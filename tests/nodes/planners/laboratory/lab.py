"""A loop, and requests to plan on it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from ensemble.band.band import BuiltInBand
from ensemble.tools.registry import ALL, Toolbox
from ensemble.tools.tool import Stage
from nodes.planners.planner import PlanRequest
from nodes.rehearsal import rehearse
from state.artifacts import ArtifactStore
from state.gat import GlobalAttributeTable
from state.plan import Plan, Step


class Shelf:
    """Revisions of a session that holds three, each the same table."""

    def __init__(self, table: GlobalAttributeTable | None) -> None:
        self.table = table

    def revision(self, number: int) -> GlobalAttributeTable | None:
        return self.table if number in self.lineage() else None

    def lineage(self) -> list[int]:
        return [3, 2, 1]


@dataclass(frozen=True)
class Room:
    """A store and the table of the loop in it."""

    store: ArtifactStore
    table: GlobalAttributeTable


def loop(store: ArtifactStore) -> GlobalAttributeTable:
    """A played loop of one bar."""
    call = Step(
        tool="text_to_music",
        arguments={
            "genre": "rock",
            "bpm": 120,
            "key": "A minor",
            "bars": 1,
            "instruments": ["guitar", "bass", "drums"],
        },
    )
    tool, arguments = ALL.parse(call)
    made = tool.perform(arguments, None, Stage(store, BuiltInBand(), 1, Shelf(None))).gat
    assert made is not None
    return made


def request(
    store: ArtifactStore,
    *,
    seed: int = 0,
    gat: GlobalAttributeTable | None = None,
    tools: Toolbox = ALL,
    text: str = "more",
    turn: int = 1,
    note: Callable[[str, str, str], None] = lambda kind, name, detail: None,
) -> PlanRequest:
    """A request on `gat`, whose steps are rehearsed as the graph rehearses them."""
    stage = Stage(store, BuiltInBand(), seed, Shelf(gat))

    def check(steps: Sequence[Step]) -> None:
        rehearse(steps, gat, stage, tools, seed=seed, turn=turn)

    made = PlanRequest(text=text, gat=gat, revisions=Shelf(gat), tools=tools, turn=turn, seed=seed, check=check)
    return replace(made, note=note)


class Fixed:
    """Always plans the same."""

    name = "fixed"

    def __init__(self, plan: Plan) -> None:
        self._plan = plan

    def plan(self, request: PlanRequest) -> Plan:
        return self._plan.model_copy(deep=True)
