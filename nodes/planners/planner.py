"""The seam at which planners stand: what one is given and what it returns.

A planner of one's own is any object with `name` and `plan`; a strategy names the callable that makes it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from ensemble.tools.registry import ALL, Toolbox
from ensemble.tools.tool import Revisions
from nodes.planners.exchange import Llm
from state.gat import GlobalAttributeTable
from state.plan import Plan, Step
from state.take import Upload
from state.turn import TurnStatus
from state.verdict import Verdict


@dataclass(frozen=True)
class PastTurn:
    """One earlier turn as a planner may see it."""

    turn: int
    request: str
    reply: str
    status: TurnStatus
    steps: tuple[Step, ...]
    revision: int | None
    """The head after that turn."""


@dataclass(frozen=True)
class PlanRequest:
    """Everything a planner may look at. `gat` is the draft as it stands: an upload may already be in it; None where
    there is no loop, and where the strategy hides the table."""

    text: str
    gat: GlobalAttributeTable | None
    revisions: Revisions
    history: Sequence[PastTurn] = ()
    """The last turns of the session, oldest first."""
    uploads: Sequence[Upload] = ()
    """Files attached to this message, or to earlier ones and not yet used (newest last)."""
    attached: int | None = None
    """How many of `uploads` came with this message; None where that is not known."""
    steps: Sequence[Step] = ()
    """For incremental planners and replanning: this turn's steps so far, with their status."""
    verdicts: Sequence[Verdict] = field(default=())
    """This turn's verdicts so far: the evidence for replanning."""
    notes: Sequence[str] = ()
    """What the tools said so far in this turn, each a full sentence: a ReAct planner's observations."""
    sources: Sequence[str] = ()
    """What the seated separation model tells apart in the draft's recordings, such as vocals; empty where none is seated."""
    tools: Toolbox = ALL
    """The tools that the strategy allows."""
    turn: int = 1
    seed: int = 0
    """For planners that draw: differs by turn and by visit, equal in equal conversations."""
    llm: Llm | None = None
    """The language model; None where the strategy names none."""
    note: Callable[[str, str, str], None] = field(default=lambda kind, name, detail: None)
    """Keep something about how the plan came to be with the turn's record: kind, name, detail of a `PlanningNote`."""
    check: Callable[[Sequence[Step]], None] = field(default=lambda steps: None)
    """Walks through steps on paper, on the table as it stands. Raises InputError (no such tool, arguments out of bounds,
    more steps than a turn may have) or Refusal (impossible on this table) with the precise reason."""


class Planner(Protocol):
    """Turns a request into a plan. It must not change anything."""

    name: str

    def plan(self, request: PlanRequest) -> Plan:
        """The plan for `request`. Arguments it emits validate against the tools' own models.

        Raises PlannerError when a model gave nothing usable, BudgetSpent when a limit was reached: the turn then ends
        with what was verified so far.
        """
        ...
