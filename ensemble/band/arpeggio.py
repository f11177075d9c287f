"""Broken chords: mallets, harps, banjos, fingerpicked guitars and sequenced synths."""

from __future__ import annotations

from random import Random

from ensemble.band.frame import Frame, Span
from ensemble.band.instruments import Instrument
from ensemble.band.score import Note

_SHAPES: dict[str, tuple[int, ...]] = {
    "up": (0, 1, 2, 3), "updown": (0, 1, 2, 3, 4, 3, 2, 1), "broken": (0, 2, 1, 3, 2, 4, 3, 2), "alberti": (0, 2, 1, 2),
    "roll": (0, 2, 4, 1, 3, 4, 2, 3), "sequence": (0, 3, 1, -1, 2, 0, -1, 4, 0, -1, 3, 1, 0, 2, -1, 3),
    "ostinato": (0, 0, 2, 0, 1, 0, 2, 1), "pick": (0, 3, 2, 4, 1, 3, 2, 3), "montuno": (0, 2, 1, 3, -1, 2, 1, 3),
}  # fmt: skip
"""Arpeggios as steps on the ladder of chord tones; -1 is a rest."""


def picked(frame: Frame, instrument: Instrument, rng: Random, busy: float, centre: float, shape: str) -> list[Note]:
    """Chord tones one after another in `shape`, one of `_SHAPES`; a bar in four turns another way."""
    rate = 0.5 if shape in ("pick", "roll") and frame.brief.bpm > 130 else float(frame.style.arp["rate"])
    rate = 0.25 if shape == "roll" and frame.brief.bpm <= 130 else rate
    if busy <= -0.8:
        rate *= 2
    elif busy > 0.5:
        rate /= 2
    if (rate < 0.5 and frame.brief.bpm * (0.25 / rate) > 168) or (
        busy <= 0.5 and rate == 0.25 and frame.brief.bpm > 150
    ):
        rate *= 2  # no hand, and hardly a machine that is meant to be heard, plays faster
    pattern = _SHAPES[shape]
    turn = rng.choice((0, 0, len(pattern) // 2))
    ladders = {span.start: _ladder(span, instrument, centre) for span in frame.spans}
    alternate = _SHAPES["updown" if shape != "updown" else "broken"]
    sounding = shape in ("pick", "roll") or instrument.family in ("chromatic percussion", "strings")
    notes: list[Note] = []
    steps = round(frame.bar / rate)
    for bar in range(frame.bars):
        row = alternate if bar % 4 == 3 and shape != "alberti" else pattern
        for step in range(max(1, steps)):
            time = bar * frame.bar + step * rate
            if time >= (bar + 1) * frame.bar - 0.01:
                continue
            span = frame.at(time)
            degree = row[(step + turn) % len(row)]
            if abs(time - span.start) < 0.01:
                degree = 0
            if degree < 0 or (busy > -0.8 and step == steps - 1 and bar % 2 == 1 and rng.random() < 0.3):
                continue
            ladder = ladders[span.start]
            velocity = (
                82 + (10 if frame.metre.strong(time) else 4 if frame.metre.on_beat(time) else -4) + rng.randrange(-4, 5)
            )
            length = min(rate * (2.0 if sounding else 0.9), span.end - time)
            notes.append(Note(time, ladder[min(degree, len(ladder) - 1)], max(0.1, length), velocity))
    return notes


def _ladder(span: Span, instrument: Instrument, centre: float) -> tuple[int, ...]:
    """Five chord tones upward from about a fifth below the centre."""
    low = max(instrument.low, round(centre) - 8)
    tones = set(span.chord.pitches[:4])
    ladder = [p for p in range(low, instrument.high + 1) if p % 12 in tones][:5]
    while len(ladder) < 5 and ladder:
        low -= 1
        if low < instrument.low:
            break
        if low % 12 in tones:
            ladder.insert(0, low)
    return tuple(ladder or (instrument.low + (span.chord.root - instrument.low) % 12,))
