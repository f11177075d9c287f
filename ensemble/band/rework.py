"""New takes of what is there: variations, and passages written again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from random import Random

from ensemble.band import arrange
from ensemble.band.drums import KEYS, KICKS, SNARES
from ensemble.band.feel import as_played, played_swing, with_feel
from ensemble.band.frame import Frame, frame_of, instrument_of, into_range, retuned, untangled
from ensemble.band.instruments import Instrument
from ensemble.band.score import TICKS_PER_QUARTER, Note, Part
from ensemble.protocols import Brief
from state.seeds import derived_seed

_TICK = 1 / TICKS_PER_QUARTER


def vary(part: Part, instrument: str, brief: Brief, seed: int, amount: float) -> Part:
    """A recognisable variation; `amount` 0 (the same notes) to 1 (as free as a variation may be).

    About `amount` times two fifths of the notes change: a neighbouring tone, a note split or left out, a stroke more or
    less. First beats and backbeats stay. A `feel` in the brief is brought to the notes whatever the amount.
    """
    frame, player = frame_of(brief), instrument_of(instrument)
    base = with_feel(part, frame)
    frame = replace(frame, swing=played_swing(base, frame))
    if amount <= 0 or not part.notes:
        return base
    for attempt in range(6):
        rng = Random(derived_seed(seed, "vary", instrument, attempt))
        strength = min(1.0, amount * (1 + 0.5 * attempt))
        notes = _drums(base, frame, rng, strength) if base.is_drum else _pitched(base, player, frame, rng, strength)
        varied = retuned(base, notes)
        if _figure(varied.notes) != _figure(base.notes):
            return varied
    return retuned(base, _split(base, frame))


def _split(part: Part, frame: Frame) -> list[Note]:
    """The longest note struck once more halfway: the change for parts that have nothing else to vary."""
    longest = max(part.notes, key=lambda note: (note.duration, -note.start))
    half = longest.duration / 2 if longest.duration > 0.1 else 0.25
    place = longest.start + half
    rest = [note for note in part.notes if note != longest]
    again = Note(place, longest.pitch, max(_TICK, longest.duration - half), max(1, longest.velocity - 8))
    first = Note(longest.start, longest.pitch, half, longest.velocity)
    return [*rest, first, again] if place < frame.quarters - _TICK else [*rest, first]


def _figure(notes: tuple[Note, ...]) -> list[tuple[float, int]]:
    return [(note.start, note.pitch) for note in notes]


def _drums(part: Part, frame: Frame, rng: Random, amount: float) -> list[Note]:
    out: list[Note] = []
    hats = [n for n in part.notes if n.pitch not in KICKS | SNARES]
    for note in part.notes:
        time = frame.swing.unwarp(note.start)
        pillar = frame.metre.on_beat(time) and (note.pitch in KICKS | SNARES)
        if not pillar and rng.random() < 0.28 * amount:
            if rng.random() < 0.45:
                continue
            step = frame.swing.warp(max(0.0, round(time * 4) / 4 + rng.choice((-0.25, 0.25))))
            if 0 <= step < frame.quarters - _TICK:
                length = min(note.duration, frame.quarters - step)
                out.append(Note(step, note.pitch, length, max(1, round(note.velocity * 0.9))))
            continue
        out.append(note)
    extra = max(1, round(amount * 1.5 * frame.bars))
    for _ in range(extra):
        step = rng.randrange(round(frame.quarters * 4))
        keys = [KEYS["kick"], KEYS["snare"]] if any(n.pitch in KICKS | SNARES for n in part.notes) else []
        pitch = rng.choice([*keys, *(sorted({n.pitch for n in hats}) or keys)])
        time = frame.swing.warp(step / 4)
        if all(abs(n.start - time) > 0.1 or n.pitch != pitch for n in out):
            out.append(Note(time, pitch, min(0.2, frame.quarters - time), rng.randrange(38, 70)))
    return out


def _pitched(part: Part, player: Instrument, frame: Frame, rng: Random, amount: float) -> list[Note]:
    groups: dict[int, list[Note]] = {}
    for note in part.notes:
        groups.setdefault(round(note.start * 8), []).append(note)
    out: list[Note] = []
    for notes in groups.values():
        span = frame.at(frame.swing.unwarp(notes[0].start) + 0.02)
        anchor = abs(frame.swing.unwarp(notes[0].start) - span.start) < 0.05
        if rng.random() >= 0.42 * amount:
            out.extend(notes)
        elif len(notes) > 1:
            out.extend(_inverted(notes, span.chord.pitches, player, rng))
        else:
            out.extend(_turned(notes[0], span.scale, span.chord.pitches, anchor, player, frame, rng))
    return out or list(part.notes)


def _inverted(notes: list[Note], tones: tuple[int, ...], player: Instrument, rng: Random) -> list[Note]:
    """A chord with its lowest note an octave up or its highest an octave down, or struck twice."""
    ordered = sorted(notes, key=lambda n: n.pitch)
    choice = rng.random()
    if choice < 0.35 and min(n.duration for n in ordered) >= 0.9:
        half = round(ordered[0].duration) / 2
        again = [
            Note(n.start + half, n.pitch, n.duration - half, max(1, n.velocity - 12))
            for n in ordered
            if n.duration > half
        ]
        return [*(Note(n.start, n.pitch, min(half, n.duration) * 0.95, n.velocity) for n in ordered), *again]
    if choice < 0.7 and ordered[0].pitch + 12 <= player.high and ordered[0].pitch >= 50:
        moved, rest = ordered[0], ordered[1:]
        pitch = moved.pitch + 12
    else:
        moved, rest = ordered[-1], ordered[:-1]
        pitch = moved.pitch - 12
        if pitch < max(player.low, ordered[0].pitch - 3):
            pitch = into_range(
                moved.pitch + next((s for s in (3, 4, 5, -3, -4, -5) if (moved.pitch + s) % 12 in tones), 12),
                player.low,
                player.high,
            )
    return [*rest, Note(moved.start, pitch, moved.duration, moved.velocity)]


def _turned(
    note: Note,
    scale: tuple[int, ...],
    tones: tuple[int, ...],
    anchor: bool,
    player: Instrument,
    frame: Frame,
    rng: Random,
) -> list[Note]:
    """One note of a line: another chord tone, a neighbour, two notes for one, or a rest."""
    choice = rng.random()
    if anchor or choice < 0.5:
        fitting = tones if anchor or frame.metre.on_beat(note.start) else scale
        options = [
            p
            for p in range(note.pitch - 5, note.pitch + 6)
            if p % 12 in fitting and p != note.pitch and player.low <= p <= player.high
        ]
        if options and not (anchor and rng.random() < 0.6):
            return [
                Note(
                    note.start,
                    min(options, key=lambda p: (abs(p - note.pitch) + 2 * rng.random(), p)),
                    note.duration,
                    note.velocity,
                )
            ]
        return [note]
    if choice < 0.8 and note.duration >= 0.45:
        half = note.duration / 2 if note.duration <= 1 else 0.5
        neighbours = [
            p
            for p in (note.pitch + 1, note.pitch + 2, note.pitch - 1, note.pitch - 2)
            if p % 12 in scale and player.low <= p <= player.high
        ]
        second = rng.choice(neighbours) if neighbours else note.pitch
        place = frame.swing.warp(round((frame.swing.unwarp(note.start) + half) * 4) / 4)
        if note.start + 0.1 < place < note.start + note.duration - 0.1:
            return [
                Note(note.start, note.pitch, place - note.start, note.velocity),
                Note(place, second, note.start + note.duration - place, max(1, note.velocity - 8)),
            ]
    return [] if not frame.metre.on_beat(note.start) and choice >= 0.8 else [note]


def regenerate(
    part: Part,
    instrument: str,
    brief: Brief,
    seed: int,
    start: float,
    end: float,
    beside: Mapping[str, Part] = {},
) -> Part:
    """New notes that start in `start`..`end` (quarter notes); notes outside are kept; none rings past `end`.

    The passage is played in the manner of the old part (role, register, loudness), and differs from what stood there.
    """
    frame, player = frame_of(brief), instrument_of(instrument)
    start, end = max(0.0, start), min(end, frame.quarters)
    kept = [
        Note(n.start, n.pitch, _until(n, start) if n.start < start else n.duration, n.velocity)
        for n in part.notes
        if not start <= n.start < end
    ]
    old = [note for note in part.notes if start <= note.start < end]
    frame = as_played(part, player, frame, seed)
    character, centre = arrange.likeness(part, player, frame)
    loudness = sum(n.velocity for n in part.notes) / len(part.notes) if part.notes else 0.0
    new: list[Note] = []
    for attempt in range(8):
        fresh = arrange.write(
            frame,
            player,
            derived_seed(seed, "again", attempt),
            character,
            beside,
            None if part.is_drum or not part.notes else centre,
        )
        new = _cut(fresh, start, end, loudness)
        if new and _figure(tuple(new)) != _figure(tuple(old)):
            break
    else:
        new = _otherwise(part, old, instrument, frame, seed, start, end)
    return part.with_notes([*kept, *new])


def _fits(start: float, end: float) -> bool:
    """Whether a note that begins at `start` can last a tick before `end`."""
    return start + _TICK <= end + 1e-6


def _until(note: Note, end: float) -> float:
    """How long `note` lasts when it may not ring past `end`: whole ticks, at least one."""
    room = int((end - note.start) * TICKS_PER_QUARTER + 1e-6)
    return max(1, min(round(note.duration * TICKS_PER_QUARTER), room)) / TICKS_PER_QUARTER


def _cut(fresh: Part, start: float, end: float, loudness: float) -> list[Note]:
    """The notes of `fresh` inside the span, as loud as the old part was."""
    inside = [n for n in fresh.notes if start <= n.start and _fits(n.start, end)]
    own = sum(n.velocity for n in fresh.notes) / len(fresh.notes) if fresh.notes else 1.0
    factor = min(1.6, max(0.5, loudness / own)) if loudness else 1.0
    return [Note(n.start, n.pitch, _until(n, end), max(1, min(127, round(n.velocity * factor)))) for n in inside]


def _otherwise(
    part: Part, old: list[Note], instrument: str, frame: Frame, seed: int, start: float, end: float
) -> list[Note]:
    """A span so short that every take begins alike: its notes varied, or with one more among them."""
    trimmed = [Note(n.start, n.pitch, _until(n, end), n.velocity) for n in old if _fits(n.start, end)]
    straight = frame.brief.but(feel=None)  # the notes have their feel already
    for attempt in range(4 if old else 0):
        varied = vary(part.with_notes(old), instrument, straight, derived_seed(seed, "otherwise", attempt), 1.0)
        new = _cut(varied, start, end, 0.0)
        if new and _figure(tuple(new)) != _figure(tuple(old)):
            return new
    return _forced(trimmed, instrument_of(instrument), frame, start, end, Random(derived_seed(seed, "forced")))


def _forced(old: list[Note], player: Instrument, frame: Frame, start: float, end: float, rng: Random) -> list[Note]:
    """When nothing else differs: one stroke or tone more in the span, where none begins yet; one less where it is full."""
    taken = {round(note.start * TICKS_PER_QUARTER) for note in old}
    spread = (round((start + (end - start) * share) * TICKS_PER_QUARTER) for share in (0.5, 0.25, 0.75, 0.125, 0.375))
    free = [
        tick
        for tick in spread
        if tick not in taken and start <= tick / TICKS_PER_QUARTER and _fits(tick / TICKS_PER_QUARTER, end)
    ]
    if not free:
        return old[:-1]
    time = free[0] / TICKS_PER_QUARTER
    length = _until(Note(time, 0, 0.25, 1), end)
    if player.is_drum:
        pitch = player.pitches[-1] if player.pitches else rng.choice((KEYS["hat"], KEYS["snare"]))
    else:
        tones = frame.at(time).chord.pitches
        centre = old[0].pitch if old else (player.low + player.high) // 2
        options = [p for p in range(player.low, player.high + 1) if p % 12 in tones and all(p != n.pitch for n in old)]
        pitch = (
            min(options, key=lambda p: (abs(p - centre), p)) if options else into_range(centre, player.low, player.high)
        )
    return untangled([*old, Note(time, pitch, length, 70)])
