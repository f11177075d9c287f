"""What a clause names beside what its matcher took up: 'make it reggae at 75 bpm in F' is a style, a tempo and a key.

A matcher knows one verb. Whatever else the clause names becomes a step of its own here, in the order style, key, length,
tempo; what even so reaches no step is found by `unheard`.
"""

from __future__ import annotations

from collections.abc import Sequence

from nodes.planners.rules.ask import impossible_tempo
from nodes.planners.rules.edits import edit_whole, pitch
from nodes.planners.rules.edits.effects import kinds_in, marks_in
from nodes.planners.rules.edits.lasting import lasts
from nodes.planners.rules.outcome import Outcome, ask, step
from nodes.planners.rules.scene import CREATING, Scene
from nodes.planners.rules.words.amounts import Amount, amounts
from nodes.planners.rules.words.attributes import Reading, read
from nodes.planners.rules.words.figures import hertz
from nodes.planners.rules.words.references import named
from nodes.planners.rules.words.spans import ORDINALS
from nodes.planners.rules.words.speech import Clause
from state.gat import TEMPO_RANGE
from state.plan import Step

_FRAMED = frozenset({"rearrange", "shift_pitch", "vary", "set_chords", "change_speed"})
"""Edits of the whole loop, beside which a tempo, a key, a length or a style can stand in one clause."""
_ELSEWHERE = frozenset({"undo", "export", "describe", "extract_track"})
"""Edits beside which an attribute only says which version or part is meant."""


def completed(clause: Clause, outcome: Outcome, scene: Scene) -> Outcome:
    """The outcome with steps for the tempo, key, length, style and metre that the clause names and no step carries."""
    steps = list(outcome.steps)
    if not scene.exists or not steps or not all(made.tool in _FRAMED for made in steps):
        return outcome
    reading = read(clause.text)
    steps = _styled(clause, reading, steps, scene)
    if reading.key and not reading.chords and not _carries_key(steps):
        steps = _keyed(clause, steps, scene)
    placed = any(word in ORDINALS for word in clause.words)  # 'F on the last two bars' is no length
    if (
        reading.bars
        and "bars" not in reading.inferred
        and not placed
        and not _has(steps, "bars")
        and reading.bars != scene.bars
    ):
        steps.append(step("vary", bars=reading.bars, amount=0.0))
    if reading.bpm and "bpm" not in reading.inferred and not _has(steps, "bpm", "factor"):
        if not TEMPO_RANGE[0] <= reading.bpm <= TEMPO_RANGE[1]:
            return ask(impossible_tempo(reading.bpm))
        steps.append(step("change_speed", bpm=float(reading.bpm)))
    return Outcome(steps=tuple(steps), unmet=outcome.unmet)


def _has(steps: Sequence[Step], *names: str) -> bool:
    return any(name in made.arguments for made in steps for name in names)


def _carries_key(steps: Sequence[Step]) -> bool:
    return _has(steps, "key", "to_key") or any(made.tool in {"shift_pitch", "set_chords"} for made in steps)


def _styled(clause: Clause, reading: Reading, steps: list[Step], scene: Scene) -> list[Step]:
    """With the style or the metre in front, where one is named and no step carries it."""
    genre = reading.genre if "genre" not in reading.inferred else None
    metre = reading.time_signature if "time_signature" not in reading.inferred and not _has(steps, "factor") else None
    if not (
        (genre and not _has(steps, "genre"))
        or (metre and metre != scene.time_signature and not _has(steps, "time_signature"))
    ):
        return steps
    styled = edit_whole.rearrange(clause, scene)
    if styled is None or not styled.steps:
        return steps
    mine = styled.steps[0].arguments
    return [step("rearrange", **mine), *(made for made in steps if made.tool != "rearrange")]


def _keyed(clause: Clause, steps: list[Step], scene: Scene) -> list[Step]:
    moved = pitch.key(clause, scene)
    if moved is None or not moved.steps:
        return steps
    made = moved.steps[0]
    at = next((index for index, other in enumerate(steps) if other.tool == "rearrange"), None)
    if made.tool == "rearrange" and at is not None:
        joined = step("rearrange", **{**steps[at].arguments, "key": made.arguments["key"]})
        return [*steps[:at], joined, *steps[at + 1 :]]
    return [*steps[: (at + 1 if at is not None else 0)], made, *steps[(at + 1 if at is not None else 0) :]]


def unheard(heard: Sequence[tuple[Clause, Sequence[Step]]], scene: Scene) -> list[str]:
    """The words of attributes that clauses name and that no step carries; empty when all was heard.

    `heard` holds each clause with the steps it led to. A tempo, key, length, metre or chords may be carried by a step of
    another clause; amounts, styles, effects and instruments belong to their own.
    """
    steps = [made for _, own in heard for made in own]
    tools = {made.tool for made in steps}
    if not steps or tools & _ELSEWHERE:
        return []
    lost: list[str] = []
    for clause, own in heard:
        reading = read(clause.text)
        lost += [words for words in _frame_lost(clause, reading, steps, tools, scene) if words]
        lost += _amounts_lost(clause, own or steps)
        if not tools & CREATING and own:
            lost += _sound_lost(clause, reading, own, steps, scene)
    return list(dict.fromkeys(lost))


def _frame_lost(
    clause: Clause, reading: Reading, steps: Sequence[Step], tools: set[str], scene: Scene
) -> list[str | None]:
    """Tempo, key, metre, length, chords and style."""

    def said(name: str) -> bool:
        return bool(getattr(reading, name)) and name not in reading.inferred

    def words(name: str) -> str:
        span = reading.spans.get(name)
        return reading.text[slice(*span)] if span else str(getattr(reading, name))

    key_moves = tools & {"shift_pitch", "set_chords"}
    sized = _has(steps, "bars", "start_bar", "duration_seconds", "start_seconds")
    sized = sized or lasts(reading.duration_seconds, steps, scene)
    placed = "set_chords" in tools and any(word in ORDINALS for word in clause.words)  # 'F on the last two bars'
    effected = bool(tools & {"add_effect", "adjust_track", "regenerate_span"})
    return [
        words("bpm") if said("bpm") and not _has(steps, "bpm", "factor") and not effected else None,
        words("key") if said("key") and not _has(steps, "key", "to_key", "chords") and not key_moves and reading.key != scene.key else None,
        words("time_signature") if said("time_signature") and not _has(steps, "time_signature", "factor") and not effected
        and reading.time_signature != scene.time_signature else None,
        words("bars") if said("bars") and not sized and not placed and reading.bars != scene.bars else None,
        words("duration_seconds") if said("duration_seconds") and not sized and not effected else None,
        words("chords") if said("chords") and not _has(steps, "chords") and not key_moves else None,
    ]  # fmt: skip


def _amounts_lost(clause: Clause, steps: Sequence[Step]) -> list[str]:
    """Decibels, percentages, intervals and tempi that no step has a field for."""

    def shown(found: Amount) -> str:
        return clause.part(found.start, found.end).text

    tools = {made.tool for made in steps}
    fields = {name for made in steps for name in made.arguments}
    homes = {
        "bpm": tools & {"change_speed", *CREATING},
        "db": fields & {"gain_db", "effects"} or tools & CREATING,
        "percent": fields & {"gain_db", "pan", "effects", "amount", "factor", "bpm"} or tools & CREATING,
        "semitones": tools & {"shift_pitch", "set_chords", "add_track", "add_effect", *CREATING},
    }
    lost = [shown(found) for found in amounts(clause) if found.unit in homes and not homes[found.unit]]
    for unit, tool in (("semitones", "shift_pitch"), ("db", "adjust_track")):
        said = [found for found in amounts(clause) if found.unit == unit]
        said = [
            found for found in said if not any(found.start == other.end + 1 and unit == "semitones" for other in said)
        ]
        if tools == {tool} and len(said) > len(steps):
            lost += [shown(found) for found in said[len(steps) :]]  # 'an octave and a fifth'
    return lost


def _sound_lost(
    clause: Clause, reading: Reading, own: Sequence[Step], steps: Sequence[Step], scene: Scene
) -> list[str]:
    """A style, effects, and instruments that the loop has not, of which no step speaks."""
    lost = []
    tools = {made.tool for made in own}
    told = str([made.arguments for made in steps])
    if (
        reading.genre
        and "genre" not in reading.inferred
        and not _has(steps, "genre")
        and reading.genre != scene.genre
        and tools <= _FRAMED
    ):
        lost.append(reading.genre)
    if not tools & {"add_effect", "add_track", "rearrange"}:
        lost += _hertz_lost(clause)
    if not tools & {"add_effect", "add_track", "rearrange", "vary"}:
        worded = any(mark.words in told for mark in marks_in(clause))  # 'a distorted one'
        lost += [
            kind
            for kind in kinds_in(clause)[:1]
            if f"'{kind}'" not in told and not worded and _names_effect(reading, kind)
        ]
    if tools <= {"change_speed", "shift_pitch", "adjust_track", "add_effect", "set_chords"}:
        lost += [
            m.words
            for m in reading.instruments
            if not named(m.words.lower(), scene) and m.words.lower() not in told.lower() and not m.vague
        ]
    return lost


def _hertz_lost(clause: Clause) -> list[str]:
    found = hertz(clause)
    return [clause.part(found[1], found[2]).text] if found else []


def _names_effect(reading: Reading, kind: str) -> bool:
    return f" {kind} " in f" {reading.text.lower()} " or any(
        effect.kind == kind for words in reading.effects if words.named for effect in words.effects
    )


def question(lost: Sequence[str]) -> str:
    """Asks about what was named and reached no step."""
    shown = "' and '".join(lost[:3])
    return (
        f"I understood the rest, but not what to do with '{shown}', so nothing was changed. Could you say that part by itself, "
        "for example 'at 96 bpm', 'in D minor', '8 bars' or 'add a clarinet'?"
    )
