"""The seams at which players stand. Tools know these protocols, never a model's name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Literal, Protocol

from state.gat import loop_seconds, quarters_per_bar

if TYPE_CHECKING:
    from ensemble.band.score import Part
    from state.artifacts import Audio

Role = Literal["drums", "percussion", "bass", "chords", "lead", "pad"]
Dynamics = Literal["soft", "normal", "loud"]
Density = Literal["sparse", "normal", "busy"]
Register = Literal["low", "normal", "high"]
Feel = Literal["straight", "swing", "half_time", "double_time"]


@dataclass(frozen=True)
class Brief:
    """The musical frame that every part of a loop shares. All fields are settled."""

    bpm: float
    key: str
    time_signature: str
    bars: int
    chords: tuple[str, ...]
    """`bars` symbols, or a whole multiple of `bars` (then so many a bar, evenly)."""
    genre: str | None
    """The word asked for; the band maps it to the nearest style that it knows."""
    mood: str | None
    feel: Feel | None = None

    @property
    def quarters(self) -> float:
        """Length of the loop in quarter notes."""
        return self.bars * quarters_per_bar(self.time_signature)

    @property
    def seconds(self) -> float:
        return loop_seconds(self.bars, self.bpm, self.time_signature)

    def but(self, **changes: object) -> Brief:
        """A copy with some fields changed."""
        return replace(self, **changes)  # type: ignore[arg-type]


@dataclass(frozen=True)
class Wish:
    """What is known of a loop that does not exist yet. None or empty means: the band decides."""

    description: str = ""
    bpm: float | None = None
    key: str | None = None
    time_signature: str | None = None
    bars: int | None = None
    duration_seconds: float | None = None
    chords: tuple[str, ...] = ()
    genre: str | None = None
    mood: str | None = None
    instruments: tuple[str, ...] = ()
    """Instrument names or synonyms, in the order asked for."""
    without: tuple[str, ...] = ()
    """Instruments or families to leave out."""
    feel: Feel | None = None


@dataclass(frozen=True)
class Settled:
    """A wish with every gap filled."""

    brief: Brief
    instruments: tuple[str, ...]
    """Instrument names or synonyms, one a stem."""
    inferred: frozenset[str]
    """Table attributes that the band chose: among bpm, key, time_signature, bars, chords, genre, mood, instruments."""
    notes: tuple[str, ...] = ()
    """Full sentences for the user, e.g. that a duration was rounded to whole bars."""


@dataclass(frozen=True)
class Character:
    """How one part is to be played."""

    role: Role | None = None
    dynamics: Dynamics = "normal"
    density: Density = "normal"
    register: Register = "normal"
    solo: bool = False
    """A part that leads: more notes, more range, in front."""


@dataclass(frozen=True)
class Mixdown:
    """Stems and their sum. All arrays have shape (2, samples), float32, equal length."""

    stems: Mapping[str, Audio]
    """Rendered stems (effects, gain and pan; silence when muted); they sum to the mix before `mix_effects` and mastering."""
    mix: Audio
    master_gain_db: float


class Composer(Protocol):
    """Writes parts. Every method is pure: equal arguments give equal notes."""

    def settle(self, wish: Wish, seed: int) -> Settled:
        """Fill every gap of a wish. Raises Refusal for what cannot be (a tempo outside 30-300 bpm, no such chord)."""
        ...

    def compose(
        self,
        instrument: str,
        brief: Brief,
        seed: int,
        *,
        character: Character = Character(),
        beside: Mapping[str, Part] = {},
    ) -> Part:
        """A part for `instrument` (a General MIDI name) that fits `beside`, the other stems' parts by stem name."""
        ...

    def vary(self, part: Part, instrument: str, brief: Brief, seed: int, amount: float) -> Part:
        """A recognisable variation; `amount` 0 (the same notes) to 1 (as free as a variation may be)."""
        ...

    def regenerate(
        self,
        part: Part,
        instrument: str,
        brief: Brief,
        seed: int,
        start: float,
        end: float,
        beside: Mapping[str, Part] = {},
    ) -> Part:
        """New notes that start in `start`..`end` (quarter notes); notes outside are kept; none rings past `end`."""
        ...

    def reharmonise(self, part: Part, instrument: str, before: Brief, after: Brief) -> Part:
        """The same part over `after.chords` and in `after.key`; rhythm kept; drums unchanged."""
        ...

    def transpose(self, part: Part, instrument: str, semitones: int) -> Part:
        """Every note moved by `semitones`, octave-folded only where MIDI's range forces it; drums unchanged."""
        ...

    def adapt(self, part: Part, instrument: str, before: str) -> Part:
        """What instrument `before` played, for another instrument: its program, its range, its articulation."""
        ...

    def extend(self, part: Part, before: Brief, after: Brief) -> Part:
        """The part over another number of bars: repeated or cut."""
        ...


class Renderer(Protocol):
    """Makes sound. Bit-deterministic."""

    def render(self, part: Part, bpm: float, samples: int) -> Audio:
        """The dry take of a part as a loop of exactly `samples`: what rings past the end is folded to the start.

        Normalised to a common loudness, so that `gain_db` alone sets the balance.
        """
        ...

    def render_span(self, before: Audio, part: Part, bpm: float, start: int, end: int) -> Audio:
        """`before` with samples `start`..`end` replaced by the rendering of `part`, level matched, cross-fades inside
        the span; every sample outside is identical to `before`."""
        ...

    def stretch(self, audio: Audio, samples: int) -> Audio:
        """`audio` time-stretched to exactly `samples` at unchanged pitch, still a loop."""
        ...

    def shift(self, audio: Audio, semitones: float) -> Audio:
        """`audio` pitch-shifted, same length, still a loop."""
        ...

    def resample(self, audio: Audio, samples: int) -> Audio:
        """`audio` played faster or slower to exactly `samples`, pitch moving with it, still a loop."""
        ...

    def balance(
        self, instrument: str, role: Role | None, dynamics: Dynamics, among: Sequence[str] = ()
    ) -> tuple[float, float]:
        """(gain_db, pan) for a new stem of `instrument` beside stems of the instruments `among`."""
        ...


class Mixer(Protocol):
    """Balances and masters."""

    def mix(
        self,
        stems: Sequence[MixStem],
        bpm: float | None,
        mix_effects: Sequence[object] = (),
        master_gain_db: float | None = None,
        *,
        strict: bool = False,
    ) -> Mixdown:
        """Render and sum `stems`. `master_gain_db` None: chosen for a common loudness within the peak ceiling.
        Given: kept, and lowered only if peaks would pass the ceiling; `strict` keeps it and limits those peaks."""
        ...


@dataclass(frozen=True)
class MixStem:
    """One stem as the mixer sees it."""

    name: str
    audio: Audio = field(repr=False)
    gain_db: float = 0.0
    pan: float = 0.0
    muted: bool = False
    effects: tuple[object, ...] = ()


class Band(Composer, Renderer, Mixer, Protocol):
    """Who plays where no model does: composer, renderer and mixer in one."""

    name: str
