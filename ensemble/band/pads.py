"""Held chords: pads, organs, string and choir ensembles."""

from __future__ import annotations

from random import Random

from ensemble.band.frame import Frame, density, finish, level
from ensemble.band.instruments import Instrument
from ensemble.band.score import Note, Part
from ensemble.band.voicing import tones_of, voiced
from ensemble.protocols import Character


def write(frame: Frame, instrument: Instrument, rng: Random, character: Character, centre: float) -> Part:
    """Each harmony held to the next, its voices moving as little as they can."""
    busy = density(frame, character)
    low, high = max(instrument.low, round(centre) - 13), min(instrument.high, round(centre) + 15)
    if high - low < 14:
        low, high = instrument.low, instrument.high
    previous: tuple[int, ...] = ()
    notes: list[Note] = []
    for span in frame.spans:
        tones = tones_of(span, frame.style.voicing if frame.style.voicing != "power" else "triad", rootless=True)
        if busy <= -0.8:
            tones = tones[:2] if len(tones) < 4 else tones[1:3]
        previous = voiced(tones, low, high, centre, previous, spread=frame.style.voicing == "open")
        pieces = _pieces(span.start, span.end, frame, busy)
        for index, (start, end) in enumerate(pieces):
            velocity = 78 + (4 if index == 0 else -4) + rng.randrange(-3, 4)
            chord = previous
            if index % 2 == 1 and len(chord) >= 3:
                chord = _moved(chord, span.scale, set(span.chord.pitches), rng)
            for rank, pitch in enumerate(chord):
                notes.append(Note(start, pitch, (end - start) * 0.99, velocity - 2 * (rank == 0)))
    return finish(notes, frame, instrument, level(frame, character))


def _pieces(start: float, end: float, frame: Frame, busy: float) -> list[tuple[float, float]]:
    """A long chord in parts: never longer than two bars; halves of a bar when busy; a turn in the last bar else."""
    limit = 2 * frame.bar
    if busy > 0.5:
        starts = frame.metre.starts
        limit = starts[(len(starts) + 1) // 2] if len(starts) > 1 else frame.bar
    points = [start]
    while points[-1] + limit < end - 0.01:
        points.append(points[-1] + limit)
    if (
        busy > -0.5
        and end - points[-1] >= frame.bar - 0.01
        and end >= frame.quarters - 0.01
        and frame.bars > 1
        and frame.bar >= 3
    ):
        points.append(end - frame.bar / 2 if frame.bar == 4 else end - frame.metre.groups[-1])
    return list(zip(points, [*points[1:], end], strict=True))


def _moved(chord: tuple[int, ...], scale: tuple[int, ...], tones: set[int], rng: Random) -> tuple[int, ...]:
    """The same chord with one upper voice on the scale's neighbour: a sixth or a passing ninth."""
    voice = rng.randrange(1, len(chord))
    options = [
        chord[voice] + step
        for step in (2, 1, -1, -2)
        if (chord[voice] + step) % 12 in scale
        and (chord[voice] + step) % 12 not in tones
        and not {(chord[voice] + step + 1) % 12, (chord[voice] + step - 1) % 12} & tones  # others may hold those
        and all(abs(chord[voice] + step - other) > 1 for other in chord[:voice] + chord[voice + 1 :])
    ]
    if not options:
        return chord
    return tuple(sorted((*chord[:voice], options[0], *chord[voice + 1 :])))
