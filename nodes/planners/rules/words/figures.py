"""Figures beside an effect: '800 hertz', '3:1', 'threshold -18', '40 % feedback', '300 ms', 'an eighth note', '6 bit'."""

from __future__ import annotations

from typing import Any

from nodes.planners.rules.words.amounts import amount, number
from nodes.planners.rules.words.speech import Clause

_HERTZ = {"hz": 1.0, "hertz": 1.0, "khz": 1000.0, "kilohertz": 1000.0, "k": 1000.0}
_NOTES = {
    "quarter": 1.0, "eighth": 0.5, "8th": 0.5, "1/8": 0.5, "1/4": 1.0, "dotted": 0.75, "half": 2.0, "sixteenth": 0.25, "16th": 0.25,
    "1/16": 0.25, "1/2": 2.0,
}  # fmt: skip


PACES = {"slow": 1, "slower": 1, "lazy": 1, "fast": 2, "quick": 2, "faster": 2, "rapid": 2}
_PACED: dict[str, tuple[Any, ...]] = {
    "tremolo": ("beats", 2.0, 0.25),
    "chorus": ("rate_hz", 0.4, 3.0),
    "phaser": ("rate_hz", 0.2, 1.5),
}
"""Kind of effect: its field, and what it is where the effect is to move slowly or fast."""


def hertz(clause: Clause, after: int = 0) -> tuple[float, int, int] | None:
    """(frequency in Hz, first token, end) of the first frequency from token `after` on, else of the last before it."""
    found = []
    for at in range(len(clause.words)):
        counted = number(clause.words, at)
        if counted is None or clause.words[at] in {"a", "an", "half"}:
            continue
        value, end = counted
        unit = clause.words[end] if end < len(clause.words) else ""
        if unit in _HERTZ:
            found.append((value * _HERTZ[unit], at, end + 1))
    later = [one for one in found if one[1] >= after]
    return later[0] if later else found[-1] if found else None


def figures(kind: str, clause: Clause, at: int, bpm: float | None = None) -> dict[str, Any]:
    """Fields of the effect `kind`, named at token `at`, that the clause gives in figures, even out of the effect's bounds: then the planner asks."""
    fields: dict[str, Any] = {}
    if kind in {"lowpass", "highpass"} and (found := hertz(clause, at)) is not None:
        fields["cutoff_hz"] = found[0]
    elif kind == "compressor":
        fields = _compression(clause)
    elif kind == "delay":
        fields = _echoes(clause, bpm)
    elif kind == "tremolo":
        fields = dict.fromkeys(["beats"], notes[0]) if (notes := _notes(clause)) else {}
    elif kind == "bitcrush":
        fields = dict.fromkeys(["bits"], bits[0]) if (bits := _before(clause, "bit", "bits")) else {}
    elif kind == "distortion" and (said := amount(clause, "db")) is not None:
        fields["drive_db"] = abs(said.value)
    if at and clause.words[at - 1] in PACES and kind in _PACED and not fields:
        fields = {_PACED[kind][0]: _PACED[kind][PACES[clause.words[at - 1]]]}
    shares = [(value, place) for value, what, place in _shares(clause) if what not in {"feedback", "of"}]
    share = next((value for value, place in shares if place >= at), shares[-1][0] if shares else None)
    if share is not None and kind in {"reverb", "delay", "chorus", "phaser"}:
        fields["wet"] = share / 100
    return fields


def _compression(clause: Clause) -> dict[str, float]:
    words, fields = clause.words, {}
    for at in range(len(words) - 2):
        if words[at + 1] in {":", "to"} and words[at + 2] in {"1", "one"} and (ratio := number(words, at)) is not None:
            fields["ratio"] = ratio[0]
    if "threshold" in words:
        at = words.index("threshold") + 1
        while at < len(words) and words[at] in {"at", "of", "=", ":", "to", "is", "minus", "-"}:
            at += 1
        level = number(words, at) if at < len(words) else None
        if level is not None:
            fields["threshold_db"] = -abs(level[0])
    return fields


def _echoes(clause: Clause, bpm: float | None) -> dict[str, float]:
    fields = {}
    notes = _notes(clause)
    if notes:
        fields["beats"] = 0.75 if "dotted" in clause.words else notes[0]
    for value in _before(clause, "ms", "millisecond", "milliseconds"):
        fields["beats"] = round(value / 1000 * (bpm or 120.0) / 60, 3)
    for value, what, _ in _shares(clause):
        if what == "feedback":
            fields["feedback"] = value / 100
    return fields


def _notes(clause: Clause) -> list[float]:
    """Note values in quarter notes."""
    return [value for word, value in _NOTES.items() if word in clause.words]


def _before(clause: Clause, *units: str) -> list[float]:
    """Numbers that stand right before one of the units."""
    return [
        counted[0]
        for at in range(len(clause.words))
        if clause.words[at][0].isdigit()
        and (counted := number(clause.words, at)) is not None
        and counted[1] < len(clause.words)
        and clause.words[counted[1]] in units
    ]


def _shares(clause: Clause) -> list[tuple[float, str, int]]:
    """(percentage, the word after it, its first token)."""
    found = []
    for at in range(len(clause.words)):
        counted = number(clause.words, at)
        end = counted[1] if counted else len(clause.words)
        if counted and clause.words[end : end + 1] in (("%",), ("percent",), ("pct",)) and 0 < counted[0] <= 100:
            found.append((counted[0], clause.words[end + 1] if end + 1 < len(clause.words) else "", at))
    return found
