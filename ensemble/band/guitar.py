"""Strummed guitars: open chords, shells and skanks on the upper strings, power chords with muted strokes, thumb and fingers."""

from __future__ import annotations

from random import Random

from ensemble.band.frame import Frame
from ensemble.band.instruments import Instrument
from ensemble.band.rhythm import bar_hits, cover
from ensemble.band.score import Note
from ensemble.band.voicing import power, strings

_HIGH_STRINGS = frozenset({"reggae", "funk", "disco", "house", "techno"})
"""Styles in which a rhythm guitar leaves the low strings to the bass."""


def strummed(frame: Frame, instrument: Instrument, rng: Random, busy: float, centre: float) -> list[Note]:
    """The style's strumming about `centre`; overdriven and distorted guitars play power chords."""
    style = frame.style
    gritty = instrument.name in ("distortion guitar", "overdriven guitar")
    notes: list[Note] = []
    hits = cover(bar_hits(style.strum, frame, rng, busy), frame, "D")
    spread = min(0.03, 0.008 * frame.brief.bpm / 60)  # quarters from string to string
    previous: tuple[int, ...] = ()
    lift = max(0, min(12, round(centre) - 64))  # up the neck only for a high register
    shapes: dict[float, tuple[int, ...]] = {}
    for span in frame.spans:
        if gritty or style.voicing == "power":
            previous = power(span, instrument.low, instrument.high, previous)
        else:
            previous = strings(span, instrument.low, instrument.high, previous, lift)
            if style.voicing == "rootless" and style.name == "jazz":
                previous = previous[:1] + previous[2:4]
        shapes[span.start] = _register(previous, centre) if len(previous) > 4 else previous
    for index, hit in enumerate(hits):
        span = frame.at(hit.time)
        shape = shapes[span.start]
        sign = "D" if hit.sign in "xXo" else hit.sign
        if style.name in _HIGH_STRINGS and not gritty:
            shape = shape[-4:] if sign == "D" else shape[-3:]
        if sign == "B":
            bass = shape[0] if index % 2 == 0 or hit.time == span.start or len(shape) < 3 else shape[1]
            notes.append(Note(hit.time, bass, max(0.2, hit.length * 0.95), 90 + rng.randrange(-4, 5)))
        elif hit.sign in "xX" and style.name == "bossa nova":
            notes += [Note(hit.time, p, max(0.2, hit.length * 0.9), 80 + rng.randrange(-4, 5)) for p in shape[-4:]]
        elif sign == "m":
            muted = shape[:2] if gritty else shape[-3:]
            notes += [Note(hit.time, p, 0.11, (72 if gritty else 50) + rng.randrange(-4, 5)) for p in muted]
        else:
            up = sign in "Uu"
            order = list(reversed(shape[-3:])) if up else list(shape)
            base = {"D": 94, "U": 80, "u": 62}[sign] + rng.randrange(-4, 5) + (4 if frame.metre.strong(hit.time) else 0)
            length = max(0.15, hit.length * (0.97 if hit.length > 0.3 else 0.7))
            for step, pitch in enumerate(order):
                notes.append(Note(hit.time + step * spread, pitch, max(0.1, length - step * spread), base - 2 * step))
    return notes


def _register(shape: tuple[int, ...], centre: float) -> tuple[int, ...]:
    """All strings, or the four upper or lower ones where the part is to lie high or low."""
    return shape[-4:] if centre >= 69 else shape[:4] if centre <= 55 else shape
