"""What a model can do for the ensemble. Tools know these protocols, never a model's name.

Audio at this seam is a `Sound`: float32 of shape (channels, samples), nominally -1..1, with its rate. Callers bring audio to
the rate and channels that the model's `Sheet` states; what comes back is as the model made it. Every call takes a `Work`,
through which it tells how far it is and learns that it shall stop.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Literal, Protocol, get_args, runtime_checkable

from state.errors import Cancelled

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

Capability = Literal["generate", "continue", "rearrange", "inpaint", "vary", "separate", "caption", "score"]
CAPABILITIES: tuple[Capability, ...] = get_args(Capability)


@dataclass(frozen=True)
class Sound:
    """Audio of any rate and number of channels."""

    samples: NDArray[np.float32] = field(repr=False)
    """Shape (channels, samples)."""
    rate: int

    @property
    def seconds(self) -> float:
        return float(self.samples.shape[1]) / self.rate


@dataclass(frozen=True)
class Sheet:
    """What a loaded model states of itself."""

    sample_rate: int
    channels: int
    longest_seconds: float
    """Of one call, the prompt included; longer audio is not taken."""
    deterministic: bool
    """Whether equal arguments, seeds among them, give equal samples on one machine."""
    licence: str
    """Of the weights; stands with everything that the model makes."""


@dataclass(frozen=True)
class Work:
    """How a long call is watched and stopped."""

    progress: Callable[[str], None] = lambda message: None
    cancelled: Callable[[], bool] = lambda: False

    def report(self, message: str) -> None:
        """Tell whoever watches; raises Cancelled when the person stopped the work."""
        if self.cancelled():
            raise Cancelled("stopped by the user")
        self.progress(message)


def weights_named(weights: str) -> str:
    """How weights are called in notes and records: a hub's name as it is, a local path by its last part, which says the
    same on every machine."""
    path = PurePath(weights)
    return path.name if path.is_absolute() or weights.startswith((".", "~")) else weights


def weights_anywhere(weights: str) -> str:
    """The same weights for a process that runs in another folder, maybe on another machine: a relative path made absolute."""
    relative = weights.startswith(("./", "../")) or (not weights.startswith(("/", "~")) and Path(weights).exists())
    return str(Path(weights).absolute()) if relative else weights


class Model(Protocol):
    """A model that is or can be loaded. Loading and calling raise ToolError in one clear line when weights are wrong,
    truncated or missing, or when the call fails; SetupError when a package is not installed."""

    name: str
    weights: str
    """A name at a hub, or the path of a local folder."""
    make_room: Callable[[], None]
    """Called by the model right before it loads, so that others can give memory back."""
    cancelled: Callable[[], bool]
    """Asked while it loads: whether the person stopped the work. A call brings its own `Work`."""

    @property
    def sheet(self) -> Sheet:
        """Known once the model is loaded; loads it."""
        ...

    @property
    def memory_bytes(self) -> int:
        """What it holds while loaded; 0 while it is not."""
        ...

    @property
    def device(self) -> str:
        """Where it runs and in which precision, such as 'cpu float32' or 'cuda bfloat16'."""
        ...

    def load(self) -> None:
        """Bring the weights into memory; nothing happens when they are there."""
        ...

    def unload(self) -> None:
        """Give the memory back; the next call loads again."""
        ...


@runtime_checkable
class Generate(Protocol):
    """Text to audio."""

    def generate(self, text: str, seconds: float, seeds: Sequence[int], work: Work) -> list[Sound]:
        """One take of at least `seconds` for each seed, made in one batch. Equal seeds, equal takes."""
        ...


@runtime_checkable
class Continue(Protocol):
    """Audio and text to what comes next."""

    def continue_(self, prompt: Sound, text: str, seconds: float, seeds: Sequence[int], work: Work) -> list[Sound]:
        """For each seed what follows `prompt`, at least `seconds` long, without the prompt itself."""
        ...


@runtime_checkable
class Rearrange(Protocol):
    """A melody and text to a new arrangement."""

    def rearrange(self, melody: Sound, text: str, seconds: float, seeds: Sequence[int], work: Work) -> list[Sound]:
        """For each seed music of at least `seconds` on the melody of `melody`, in the style of `text`."""
        ...


@runtime_checkable
class Inpaint(Protocol):
    """A hole in audio, filled."""

    def inpaint(
        self, sound: Sound, start_seconds: float, end_seconds: float, text: str, seeds: Sequence[int], work: Work
    ) -> list[Sound]:
        """For each seed `sound` with new music between the two times; outside it may come back changed: whoever calls
        splices the original back. Same length."""
        ...


@runtime_checkable
class Vary(Protocol):
    """Audio to something like it."""

    def vary(self, sound: Sound, amount: float, seeds: Sequence[int], work: Work) -> list[Sound]:
        """For each seed a variation of the same length; `amount` 0 (nearly the same) to 1 (freest)."""
        ...


@runtime_checkable
class Separate(Protocol):
    """A mix to its sources."""

    @property
    def sources(self) -> tuple[str, ...]:
        """What it tells apart, such as drums, bass, vocals, other."""
        ...

    def separate(self, sound: Sound, work: Work) -> Mapping[str, Sound]:
        """Every source, each as long as `sound`."""
        ...


@runtime_checkable
class Caption(Protocol):
    """Audio to words."""

    def caption(self, sound: Sound, work: Work) -> str:
        """What the model hears, in a sentence or a few. Words of a model, not measured."""
        ...


@runtime_checkable
class Score(Protocol):
    """How well audio fits text."""

    def score(self, sound: Sound, texts: Sequence[str], work: Work) -> list[float]:
        """One score for each text, higher is better. Scores of different models have nothing in common."""
        ...


PROTOCOLS: Mapping[Capability, type] = {
    "generate": Generate,
    "continue": Continue,
    "rearrange": Rearrange,
    "inpaint": Inpaint,
    "vary": Vary,
    "separate": Separate,
    "caption": Caption,
    "score": Score,
}
