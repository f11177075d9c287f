"""The seam at which planners stand: what one is given and what it returns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

from ensemble.tools.tool import Revisions
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
    """Everything a planner may look at. `gat` is the draft as it stands: an upload may already be in it."""

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


class Planner(Protocol):
    """Turns a request into a plan. It must not change anything."""

    name: str

    def plan(self, request: PlanRequest) -> Plan:
        """The plan for `request`. Arguments it emits validate against the tools' own models."""
        ...
