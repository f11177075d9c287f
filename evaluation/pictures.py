"""Pictures of a loop as SVG text: its waveform and its notes.

Colours are CSS variables with a fallback, so that a page can theme a picture and the picture also stands alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ensemble.band.score import Part
    from state.artifacts import Audio

    Extremes = NDArray[np.float32]
    """Shape (2, columns): the lowest and the highest value in each stretch of a sound."""

STEM_COLOURS = ("#0f7fb8", "#c2571a", "#2c8a57", "#a8477f", "#8a6d00", "#6a5fc4", "#b0413e", "#4b7a8c")
"""Fallbacks of --stem-0 ... --stem-7; at least 3:1 on white. A page sets its own for a dark ground."""


def colour(index: int) -> str:
    """The CSS colour of stem `index`, which repeats after eight."""
    place = index % len(STEM_COLOURS)
    return f"var(--stem-{place}, {STEM_COLOURS[place]})"


def extremes(audio: Audio, columns: int) -> Extremes:
    """The lowest and highest sample of either channel in each of `columns` equal stretches (fewer if `audio`, shape
    (2, samples), is shorter than that), clipped to -1..1: shape (2, columns), lows first."""
    edges = np.linspace(0, audio.shape[1], min(columns, audio.shape[1]), endpoint=False).astype(np.int64)
    low = np.minimum.reduceat(audio.min(axis=0), edges)
    high = np.maximum.reduceat(audio.max(axis=0), edges)
    found: Extremes = np.clip(np.stack([low, high]), -1, 1).astype(np.float32)
    return found


def waveform(
    peaks: Extremes,
    *,
    label: str,
    bars: int | None = None,
    width: int = 640,
    height: int = 96,
    fill: str = "var(--wave, #4a5568)",
) -> str:
    """The outline of a sound from its `extremes`, with a line at each of `bars` bar starts.

    The scale is fixed (full height is full scale), so that pictures of different loops can be compared by eye.
    """
    low, high = peaks
    columns = peaks.shape[1]
    step = width / columns
    middle = height / 2
    top = [f"{_short((i + 0.5) * step)},{_short(middle - value * middle)}" for i, value in enumerate(high)]
    bottom = [f"{_short((i + 0.5) * step)},{_short(middle - value * middle)}" for i, value in enumerate(low)]
    outline = "M" + " ".join(top + bottom[::-1]) + "Z"
    return _svg(
        label,
        width,
        height,
        _bar_lines(bars, width, height)
        + f'<path d="M0,{_short(middle)}H{width}" stroke="var(--grid, #cbd5e0)" fill="none"/>'
        + f'<path d="{outline}" fill="{fill}" stroke="{fill}" stroke-width="0.6" stroke-linejoin="round"/>',
    )


def piano_roll(
    parts: Mapping[str, Part],
    quarters: float,
    *,
    label: str,
    bars: int | None = None,
    width: int = 640,
    height: int = 230,
    colours: Mapping[str, int] | None = None,
) -> str:
    """Every note of `parts` by time (`quarters` quarter notes wide) and pitch; drums stand in a band of their own below.

    `colours` gives each part the number of its colour; without it they are numbered in order. Velocity is opacity.
    """
    order = colours or {name: index for index, name in enumerate(parts)}
    pitched = {name: part for name, part in parts.items() if not part.is_drum and part.notes}
    drums = {name: part for name, part in parts.items() if part.is_drum and part.notes}
    drum_height = round(height * (0.28 if pitched else 1.0)) if drums else 0
    shapes = [_bar_lines(bars, width, height)]
    if drums and pitched:
        edge = height - drum_height
        shapes.append(f'<path d="M0,{edge}H{width}" stroke="var(--axis, #718096)" fill="none"/>')
    shapes += _notes(pitched, quarters, 0, height - drum_height, width, order)
    shapes += _notes(drums, quarters, height - drum_height, drum_height, width, order)
    return _svg(label, width, height, "".join(shapes))


def _notes(
    parts: Mapping[str, Part], quarters: float, top: float, height: float, width: int, order: Mapping[str, int]
) -> list[str]:
    pitches = sorted({note.pitch for part in parts.values() for note in part.notes})
    if not pitches:
        return []
    is_drum = any(part.is_drum for part in parts.values())
    # A drum's pitch is a name, not a height: the keys in use share the band evenly.
    rows: Sequence[int] = pitches if is_drum else range(pitches[0] - 1, pitches[-1] + 2)
    place = {pitch: index for index, pitch in enumerate(rows)}
    row = height / len(rows)
    tall = max(2.4, min(row * 0.9, 9.0))
    shapes = []
    for name, part in parts.items():
        marks = []
        for note in part.notes:
            left = note.start / quarters * width
            wide = max(2.0, min(note.duration, quarters - note.start) / quarters * width - 0.6)
            if is_drum:
                wide = min(wide, 4.0)
            middle = top + height - (place[note.pitch] + 0.5) * row
            marks.append(
                f'<rect x="{_short(left)}" y="{_short(middle - tall / 2)}" width="{_short(wide)}" '
                f'height="{_short(tall)}" opacity="{_short(0.45 + 0.55 * note.velocity / 127)}"/>'
            )
        shapes.append(f'<g fill="{colour(order.get(name, 0))}">{"".join(marks)}</g>')
    return shapes


def _bar_lines(bars: int | None, width: int, height: int) -> str:
    if not bars or bars > width / 3:
        return ""
    lines = "".join(f"M{_short(bar * width / bars)},0V{height}" for bar in range(1, bars))
    return f'<path d="{lines}" stroke="var(--grid, #cbd5e0)" fill="none"/>' if lines else ""


def _svg(label: str, width: int, height: int, content: str) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" preserveAspectRatio="none" '
        f'role="img" aria-label="{escape(label)}"><title>{escape(label)}</title>{content}</svg>'
    )


def _short(value: float) -> str:
    """At most one decimal: a tenth of a unit is finer than a screen shows, and pages stay small."""
    return f"{value:.1f}".removesuffix(".0")
