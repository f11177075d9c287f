"""What every tool is: typed arguments, a contract, a forecast and the work.

To add a tool: one file with an `Arguments` model and a `Tool` subclass, and one line in `registry.py`.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, ClassVar, Generic, Protocol, TypeVar

from pydantic import BaseModel, ConfigDict, field_validator

from ensemble.protocols import Band
from state.artifacts import ArtifactStore
from state.errors import Cancelled, LoopCopilotError, Refusal
from state.gat import GlobalAttributeTable
from state.take import Take, Upload
from state.verdict import Check

if TYPE_CHECKING:
    from ensemble.capabilities import Capability
    from ensemble.players import Players

_LARGEST = 2**53
"""From here on JSON's readers do not agree on a number."""
_LONGEST = 4_000
"""Characters of one text."""
_MOST = 64
"""Stems, instruments or chords in one call."""


class Arguments(BaseModel):
    """Base of every tool's arguments: unknown fields are refused, bounds are checked, nothing is a path."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    @field_validator("*")
    @classmethod
    def _has_an_end(cls, value: Any) -> Any:
        """What a field without bounds of its own may hold."""
        several = isinstance(value, list | tuple | dict)
        if several and len(value) > _MOST:
            raise ValueError(f"Input should hold at most {_MOST}, and holds {len(value)}")
        for item in value if several else (value,):
            if isinstance(item, int) and abs(item) > _LARGEST:
                raise ValueError(f"Input should be a number from -{_LARGEST} to {_LARGEST}")
            if isinstance(item, str) and len(item) > _LONGEST:
                raise ValueError(f"Input should have at most {_LONGEST} characters, and has {len(item)}")
        return value

    def said(self) -> dict[str, Any]:
        """The arguments as JSON values, without those that are as if they had not been said. What they hold stays whole: of
        an effect its kind, too, which is what tells it from others."""
        whole = self.model_dump(mode="json")
        unsaid = {
            name
            for name, field in type(self).model_fields.items()
            if not field.is_required() and getattr(self, name) == field.get_default(call_default_factory=True)
        }
        return {name: value for name, value in whole.items() if name not in unsaid}


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


class Batch:
    """Candidate takes that one call of a model makes together."""

    def __init__(self, seeds: Sequence[int]) -> None:
        self.seeds = tuple(seeds)
        self._made: dict[Hashable, Sequence[Any]] = {}
        self._failed: dict[Hashable, LoopCopilotError] = {}

    def take(self, seed: int, key: Hashable, make: Callable[[Sequence[int]], Sequence[Any]]) -> Any:
        """The result for `seed` of `make(all seeds)`, which is called once for equal `key`: where it failed, it fails for
        every take without being tried again."""
        if key in self._failed:
            raise self._failed[key]
        if key not in self._made:
            try:
                self._made[key] = make(self.seeds)
            except LoopCopilotError as error:
                self._failed[key] = error
                raise
        return self._made[key][self.seeds.index(seed)]


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
    players: Players | None = None
    """The models that the strategy seats; None where the band plays everything."""
    batch: Batch | None = None
    """The takes that are made together with this one, in one call of a model."""
    export_folder: Callable[[], str] | None = None
    """Makes and returns a new folder for `export`; None where nothing may be written."""

    def player(self, capability: Capability) -> Any | None:
        """The model seated for `capability`, as its protocol of `ensemble.capabilities`; None where the band plays."""
        return None if self.players is None else self.players.get(capability)

    def stood_in(self, capability: Capability) -> tuple[str, ...]:
        """What to say where the band plays for a model that is seated and not here; nothing where none is seated."""
        missing = self.players.missing.get(capability) if self.players is not None else None
        return () if missing is None else (f"{missing} The band played in its place.",)

    def leading(self) -> Stage:
        """This stage with the seed of the attempt's first take: what a model is asked to play is the same for all takes,
        so that one call makes them."""
        return self if self.batch is None else replace(self, seed=self.batch.seeds[0])

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
    brief: ClassVar[str] = ""
    """The summary in fewer words, for prompts that list every tool; the summary itself where there is none."""
    arguments: ClassVar[type[Any]]
    contract: ClassVar[Contract]
    needs_loop: ClassVar[bool] = True
    seeded: ClassVar[bool] = True
    """Whether another seed can give another take; where not, one candidate is enough."""

    def __init_subclass__(cls, **more: Any) -> None:
        """A tool with a summary of its own is not told by the brief words of the tool it builds on."""
        super().__init_subclass__(**more)
        if "summary" in vars(cls) and "brief" not in vars(cls):
            cls.brief = ""

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
