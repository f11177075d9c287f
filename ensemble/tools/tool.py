"""What every tool is: typed arguments, a contract, a forecast and the work.

To add a tool: one file with an `Arguments` model and a `Tool` subclass, and one line in `registry.py`.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, ClassVar, Generic, Protocol, TypeVar

from pydantic import BaseModel, ConfigDict

from ensemble.protocols import Band
from state.artifacts import ArtifactStore
from state.errors import Cancelled, Refusal
from state.gat import GlobalAttributeTable
from state.take import Take, Upload
from state.verdict import Check


class Arguments(BaseModel):
    """Base of every tool's arguments: unknown fields are refused, bounds are checked, nothing is a path."""

    model_config = ConfigDict(frozen=True, extra="forbid")


A = TypeVar("A", bound=Arguments)


@dataclass(frozen=True)
class Contract:
    """What a tool promises, in words for people and planners."""

    changes: str
    preserves: str
    destructive: bool = False
    """True when something the user made is lost from the table (undo brings it back)."""


class Revisions(Protocol):
    """Read access to the session's revisions."""

    def revision(self, number: int) -> GlobalAttributeTable | None:
        """The table of that revision, or None."""
        ...

    def lineage(self) -> list[int]:
        """Revision numbers from the head to the first, along parents."""
        ...


@dataclass
class Stage:
    """What a tool works with. One is made for each candidate take."""

    store: ArtifactStore
    band: Band
    seed: int
    revisions: Revisions
    uploads: tuple[Upload, ...] = ()
    progress: Callable[[str], None] = field(default=lambda message: None)
    cancelled: Callable[[], bool] = field(default=lambda: False)
    export_folder: Callable[[], str] | None = None
    """Makes and returns a new folder for `export`; None where nothing may be written."""

    def report(self, message: str) -> None:
        """Tell whoever watches what is being done; raises Cancelled when the person stopped the work."""
        if self.cancelled():
            raise Cancelled("stopped by the user")
        self.progress(message)


class Tool(ABC, Generic[A]):
    """One musical verb."""

    name: ClassVar[str]
    paper_task: ClassVar[str | None] = None
    """The task of the paper's table that this tool serves."""
    summary: ClassVar[str]
    """One sentence for people and planners."""
    arguments: ClassVar[type[Any]]
    contract: ClassVar[Contract]
    needs_loop: ClassVar[bool] = True
    seeded: ClassVar[bool] = True
    """Whether another seed can give another take; where not, one candidate is enough."""

    @abstractmethod
    def foresee(self, arguments: A, gat: GlobalAttributeTable | None, stage: Stage) -> GlobalAttributeTable | None:
        """The table as this call would leave it, with `PENDING` where audio is not made yet. Renders nothing.

        Raises Refusal, in words fit for the user, when the call is impossible on `gat`.
        """

    @abstractmethod
    def perform(self, arguments: A, gat: GlobalAttributeTable | None, stage: Stage) -> Take:
        """Do the work with `stage.seed`. Raises Refusal or ToolError; changes nothing but the artifact store."""

    def repair(self, arguments: A, failed: list[Check]) -> A:
        """Arguments for another attempt, mended by what failed; unchanged when only a new seed can help."""
        return arguments


PENDING = "pending"
"""Stands for an artifact id in a forecast."""


def require_loop(gat: GlobalAttributeTable | None, verb: str) -> GlobalAttributeTable:
    """`gat`, or a Refusal that asks for a loop first."""
    if gat is None:
        raise Refusal(f"There is no loop to {verb} yet. Describe one first, or attach an audio file.", field="loop")
    return gat
