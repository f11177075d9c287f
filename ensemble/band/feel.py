"""Swing, half time and double time in notes that are there: heard, and brought to them."""

from __future__ import annotations

from dataclasses import replace

from ensemble.band import arrange
from ensemble.band.drums import KEYS, KICKS, SNARES, felt
from ensemble.band.frame import Frame, frame_of, retuned
from ensemble.band.instruments import Instrument
from ensemble.band.metre import Hit, Swing
from ensemble.band.score import TICKS_PER_QUARTER, Note, Part
from ensemble.protocols import Character, Feel

_TICK = 1 / TICKS_PER_QUARTER


def played_swing(part: Part, frame: Frame) -> Swing:
    """The swing under which the part's notes lie nearest to sixteenths; the frame's own where several do."""
    if not frame.metre.swings:
        return Swing()
    unit, share = frame.style.swing
    options = [frame.swing, Swing(), Swing(unit, share), Swing(unit, max(share, 0.62 if unit == 0.5 else 0.65))]

    def strays(swing: Swing) -> float:
        return sum(abs(place - round(place)) for place in (swing.unwarp(note.start) * 4 for note in part.notes))

    found = [(round(strays(swing), 2), index) for index, swing in enumerate(options)]
    return options[min(found)[1]]


def heard_feel(part: Part, frame: Frame) -> Feel | None:
    """'half_time' or 'double_time' where a drum part's loud backbeats say so, else None."""
    starts = frame.metre.starts
    if not part.is_drum or len(starts) < 3:
        return None
    middle = starts[(len(starts) + 1) // 2]
    snares = [n for n in part.notes if n.pitch in SNARES and n.start < (frame.bars - 0.5) * frame.bar]  # a fill is none
    loudest = max((n.velocity for n in snares), default=0)
    places = [frame.swing.unwarp(n.start) % frame.bar for n in snares if n.velocity > 0.7 * loudest]
    if not places:
        return None
    if sum(abs(place - middle) < 0.1 for place in places) > 0.8 * len(places):
        return "half_time"
    return "double_time" if len(places) > 0.8 * (frame.bars - 0.5) * len(starts) else None


def as_played(part: Part, player: Instrument, frame: Frame, seed: int) -> Frame:
    """`frame` with the swing and the drum feel of the part as it is, which no table records."""
    if frame.brief.feel is None and part.is_drum and not player.pitches:
        heard = heard_feel(part, frame)
        usual = heard_feel(arrange.write(frame, player, seed, Character(), {}), frame)
        if heard != usual and heard is not None:
            frame = frame_of(frame.brief.but(feel=heard))
    return replace(frame, swing=played_swing(part, frame)) if part.notes else frame


def with_feel(part: Part, frame: Frame) -> Part:
    """The part at the brief's feel, from whatever feel it has now; without one, as it is."""
    feel = frame.brief.feel
    if feel is None:
        return part
    if feel in ("swing", "straight"):
        usual = played_swing(part, frame)
        if usual == frame.swing:
            return part
        moved = []
        for note in part.notes:
            start = frame.swing.warp(usual.unwarp(note.start))
            end = frame.swing.warp(usual.unwarp(note.start + note.duration))
            if start < frame.quarters - _TICK:
                moved.append(Note(start, note.pitch, max(_TICK, min(end, frame.quarters) - start), note.velocity))
        return retuned(part, moved)
    if not part.is_drum:
        return part
    return part if heard_feel(part, frame) == feel else _drum_feel(part, frame)


def _drum_feel(part: Part, frame: Frame) -> Part:
    """Kick and backbeat of each bar at half or double time; everything else as it was."""
    moved: list[Note] = []
    for bar in range(frame.bars):
        start = bar * frame.bar
        inside = [n for n in part.notes if start - 0.01 <= n.start < start + frame.bar - 0.01]
        voices: dict[str, list[Hit]] = {"kick": [], "snare": []}
        key = KEYS["snare"]
        for note in inside:
            time = max(0.0, frame.swing.unwarp(note.start) - start)
            if note.pitch in KICKS:
                voices["kick"].append(Hit(round(time * 4) / 4, 0.25, "X" if note.velocity > 70 else "o"))
            elif note.pitch in SNARES:
                voices["snare"].append(Hit(round(time * 4) / 4, 0.25, "X" if note.velocity > 60 else "g"))
                key = note.pitch if note.velocity > 60 else key
            else:
                moved.append(note)
        level = max((n.velocity for n in inside if n.pitch in SNARES | KICKS), default=100)
        for voice, hits in felt(voices, frame.metre, frame.brief.feel).items():
            pitch = KEYS["kick"] if voice == "kick" else key
            for hit in hits:
                velocity = round(level * {"X": 1.0, "o": 0.7, "g": 0.4}[hit.sign])
                time = start + frame.swing.warp(hit.time)
                moved.append(Note(time, pitch, min(0.2, frame.quarters - time), max(1, velocity)))
    inside_loop = [note for note in moved if 0 <= note.start < frame.quarters]
    return retuned(part, inside_loop)
