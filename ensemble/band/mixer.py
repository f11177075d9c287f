"""Balances stems and masters their sum.

Audio has shape (2, samples), float32, 44.1 kHz. Mastering is one gain: without mix effects the mix is the sum of the
rendered stems times 10 ** (master_gain_db / 20), sample for sample.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from ensemble.band.kept import Kept
from ensemble.band.loudness import loudness_lufs, true_peak_db
from ensemble.protocols import Dynamics, Mixdown, MixStem, Role

if TYPE_CHECKING:
    from state.artifacts import Audio

TARGET_LUFS = -16.0
"""Loudness of a mix whose master gain is ours to choose."""
CEILING_DBTP = -1.0
"""True peak that no mix passes."""

_BED_DB: dict[Role, float] = {
    "drums": 0.0,
    "bass": -0.5,
    "lead": -1.0,
    "chords": -4.5,
    "percussion": -6.0,
    "pad": -7.5,
}
"""Gain of a part of the common loudness, by role. K weighting discounts lows, so a bass this loud is strong."""
_DYNAMICS_DB: dict[Dynamics, float] = {"soft": -4.0, "normal": 0.0, "loud": 3.0}
_PLACES: dict[Role, tuple[float, ...]] = {
    "drums": (0.0,),
    "bass": (0.0,),
    "lead": (0.0, 0.25, -0.25, 0.45, -0.45),
    "chords": (-0.15, 0.35, -0.5, 0.6, -0.3, 0.15),
    "percussion": (0.35, -0.4, 0.6, -0.65),
    "pad": (0.0, 0.3, -0.35),
}
"""Where the first, second, ... part of a role stands."""

_effected: Kept[tuple[Audio, Audio]] = Kept(128 * 1024 * 1024)


def mix(
    stems: Sequence[MixStem],
    bpm: float | None,
    mix_effects: Sequence[object] = (),
    master_gain_db: float | None = None,
    *,
    strict: bool = False,
) -> Mixdown:
    """Render and sum `stems`; see `ensemble.protocols.Mixer`. Raises ValueError without stems or on unequal lengths."""
    lengths = {stem.audio.shape[1] for stem in stems}
    if len(lengths) != 1:
        raise ValueError(f"a mix needs stems of one length, got lengths {sorted(lengths)}")
    rendered = {stem.name: render_stem(stem, bpm) for stem in stems}
    total = np.zeros((2, lengths.pop()), np.float32)
    for audio in rendered.values():
        total += audio
    if mix_effects:
        from ensemble.band.effects import apply

        total = apply(mix_effects, total, bpm)
    peak = true_peak_db(total)
    if peak == -math.inf:
        return Mixdown(rendered, total, master_gain_db or 0.0)
    room = CEILING_DBTP - peak
    if master_gain_db is None:
        master_gain_db = _in_steps(min(TARGET_LUFS - loudness_lufs(total), room))
    elif not strict:
        master_gain_db = master_gain_db if master_gain_db <= room else _in_steps(room)
    total *= np.float32(10 ** (master_gain_db / 20))
    if strict and master_gain_db > room:
        from ensemble.band.limiter import limit_peaks

        total = limit_peaks(total, CEILING_DBTP)
    return Mixdown(rendered, total, master_gain_db)


def _in_steps(decibels: float) -> float:
    """Whole hundredths of a dB, never above: a gain that can be read, and does not hang on the last bit."""
    return math.floor(decibels * 100) / 100


def render_stem(stem: MixStem, bpm: float | None) -> Audio:
    """One stem through its effects, gain and pan, in this order; zeros when muted."""
    if stem.muted:
        return np.zeros_like(stem.audio)
    audio = _with_effects(stem, bpm) if stem.effects else stem.audio
    return pan(audio, stem.pan, 10 ** (stem.gain_db / 20))


def _with_effects(stem: MixStem, bpm: float | None) -> Audio:
    """The stem through its chain. What came of it is kept for takes that nobody can change, such as the artifact
    store's: a turn that adds one stem would spend most of its time on the effects of the others."""
    from ensemble.band.effects import apply

    if stem.audio.flags.writeable:
        return apply(stem.effects, stem.audio, bpm)
    key = (id(stem.audio), tuple(stem.effects), bpm)
    known = _effected.get(key)
    if known is None:
        # The take is kept beside the result: while it lives, no other array can have its id.
        known = (stem.audio, apply(stem.effects, stem.audio, bpm))
        _effected.put(key, known, known[1].nbytes + stem.audio.nbytes)
    return known[1]


def pan(audio: Audio, place: float, gain: float = 1.0) -> Audio:
    """`audio` times `gain`, moved to `place` (-1 left .. 1 right), at constant power.

    At 0 the image is unchanged. Towards a side it narrows before it moves, so that nothing that sounded only on the
    other side is lost.
    """
    if place == 0:
        return audio * np.float32(gain)
    angle = (place + 1) * math.pi / 4
    left, right = math.sqrt(2) * math.cos(angle) * gain, math.sqrt(2) * math.sin(angle) * gain
    own, other = 1 - abs(place) / 2, abs(place) / 2
    out = np.empty_like(audio)
    out[0] = audio[0] * np.float32(left * own) + audio[1] * np.float32(left * other)
    out[1] = audio[1] * np.float32(right * own) + audio[0] * np.float32(right * other)
    return out


def balance(instrument: str, role: Role | None, dynamics: Dynamics, among: Sequence[str] = ()) -> tuple[float, float]:
    """(gain_db, pan) for a new stem of `instrument` beside stems of the instruments `among`.

    Drums and bass are strong and centred, a lead in front, chords beside each other, pads behind.
    """
    part = role or role_of(instrument)
    taken = sum(role_of(other) == part for other in among)
    places = _PLACES[part]
    return _BED_DB[part] + _DYNAMICS_DB[dynamics], places[taken % len(places)]


def role_of(instrument: str) -> Role:
    """What `instrument` usually plays; chords for what the band does not know, such as a recording."""
    from ensemble.band.instruments import INSTRUMENTS

    known = INSTRUMENTS.get(instrument)
    return known.role if known else "chords"
