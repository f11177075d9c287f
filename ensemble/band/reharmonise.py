"""A part over other chords and in another key: rhythm kept, pitches moved no further than they must."""

from __future__ import annotations

from collections.abc import Sequence

from ensemble.band.arrange import likeness
from ensemble.band.frame import Frame, Span, frame_of, instrument_of, into_range, retuned
from ensemble.band.score import Note, Part
from ensemble.band.theory import QUALITIES
from ensemble.band.voicing import voiced
from ensemble.protocols import Brief


def reharmonise(part: Part, instrument: str, before: Brief, after: Brief) -> Part:
    """The same part over `after.chords` and in `after.key`; rhythm kept; drums unchanged.

    Chords are voiced anew near where they lay, a bass keeps its degrees over the new roots, a melody moves to the
    nearest fitting tones. A note that rang into what is now another harmony is struck again there, or ends.
    """
    if part.is_drum or not part.notes:
        return part
    old, new, player = frame_of(before), frame_of(after), instrument_of(instrument)
    if (old.spans, old.key) == (new.spans, new.key):
        return part
    role = likeness(part, player, old)[0].role
    if player.family == "sound effects":
        return part
    held = [piece for note in part.notes for piece in _pieces(note, new, again=role in ("chords", "pad"))]
    groups: dict[tuple[float, int], list[Note]] = {}
    for note in held:
        groups.setdefault((round(note.start * 6) / 6, new.spans.index(_span(new, note))), []).append(note)
    out: list[Note] = []
    last = 0
    for notes in groups.values():
        span = _span(new, notes[0])
        source = _span(old, notes[0])
        if player.role != "percussion" and role in ("chords", "pad") and len({n.pitch for n in notes}) >= 2:
            out.extend(_revoiced(notes, span, source, player.low, player.high))
        elif role == "bass" and player.role != "percussion":
            out.extend(_degree(note, source, span, new, player.low, player.high) for note in notes)
        else:
            for note in notes:
                out.append(_nearest(note, source, span, new, last, player.low, player.high))
                last = out[-1].pitch
    return retuned(part, out)


def _span(frame: Frame, note: Note) -> Span:
    return frame.at(frame.swing.unwarp(note.start) + 0.02)


def _pieces(note: Note, frame: Frame, again: bool) -> list[Note]:
    """`note` cut where the harmony changes under it to one that it may not fit; struck again there if `again`."""
    pieces: list[Note] = []
    start, end = note.start, note.start + note.duration
    while True:
        change = frame.swing.warp(_span(frame, Note(start, 0, 1, 1)).end)
        if end - change <= (0.3 if again else 0.6) or change >= frame.quarters - 0.01:
            length = min(end, frame.quarters) - start
            if end > change and end - change > 0.02:
                length = change - start
            return [*pieces, Note(start, note.pitch, length, note.velocity)]
        pieces.append(Note(start, note.pitch, change - start, note.velocity))
        if not again:
            return pieces
        start = change


def _revoiced(notes: Sequence[Note], span: Span, source: Span, low: int, high: int) -> list[Note]:
    """The same number of voices on the new chord, each near to where it was; a root at the bottom stays a root."""
    ordered = sorted(notes, key=lambda note: note.pitch)
    pitches = [note.pitch for note in ordered]
    tones = span.chord.pitches
    if {p % 12 for p in pitches} <= set(tones) and source.chord == span.chord:
        return list(notes)
    count = len(pitches)
    rooted = pitches[0] % 12 == source.root and (pitches[0] < 55 or count > 4)
    if rooted and count == 3 and (pitches[1] - pitches[0]) in (6, 7, 8) and pitches[2] - pitches[0] == 12:
        fifth = next((s for s in QUALITIES[span.chord.quality] if s in (6, 7, 8)), 7)
        root = _near(pitches[0], {span.chord.root}, low, high - 12)
        new = [root, root + fifth, root + 12]
    elif rooted:
        root = _near(pitches[0], {span.root}, low, high)
        new = [root]
        for pitch in pitches[1:]:
            floor = new[-1] + 1
            new.append(_near(max(pitch, floor + 2), set(tones[1:] if len(new) == 1 else tones), floor, 127))
    else:
        wanted = list(tones[-count:] if len(tones) > count else tones)
        if len(tones) > count >= 2:
            wanted = (
                [tones[1], *tones[3:]][:count]
                if len(tones) >= 4 and count <= len(tones) - 2
                else list(tones[1:])[:count]
            )
        new = list(voiced(wanted, max(low, pitches[0] - 6), min(high, pitches[-1] + 6), sum(pitches) / count, pitches))
        while len(new) < count:
            new.append(_near(new[-1] + 4, set(tones), new[-1] + 1, 127))
    fitted = [into_range(p, low, high) for p in new[:count]]
    return [Note(note.start, pitch, note.duration, note.velocity) for note, pitch in zip(ordered, fitted, strict=True)]


def _near(pitch: int, classes: set[int], low: int, high: int) -> int:
    options = [p for p in range(max(0, low), min(127, high) + 1) if p % 12 in classes]
    return min(options, key=lambda p: (abs(p - pitch), p)) if options else pitch


def _degree(note: Note, source: Span, span: Span, frame: Frame, low: int, high: int) -> Note:
    """Root to root, third to third, fifth to fifth; other tones by the root's motion, then to the scale."""
    steps, new_steps = QUALITIES[source.chord.quality], QUALITIES[span.chord.quality]
    step = (note.pitch - source.chord.root) % 12
    if note.pitch % 12 == source.root:
        target = span.root
    elif step in (3, 4):
        target = span.chord.root + next((s for s in new_steps if s in (3, 4)), 7)
    elif step in (6, 7, 8) and step in steps:
        target = span.chord.root + next((s for s in new_steps if s in (6, 7, 8)), 7)
    else:
        shifted = note.pitch + (span.root - source.root + 6) % 12 - 6
        if source == span or (shifted % 12 in span.scale):
            return Note(note.start, into_range(shifted, low, high), note.duration, note.velocity)
        return Note(note.start, _near(shifted, set(span.scale), low, high), note.duration, note.velocity)
    return Note(note.start, _near(note.pitch, {target % 12}, low, high), note.duration, note.velocity)


def _nearest(note: Note, source: Span, span: Span, frame: Frame, last: int, low: int, high: int) -> Note:
    """The tone itself where it fits; else the nearest chord tone for what was one, the nearest scale tone for others."""
    structural = note.pitch % 12 in source.chord.pitches and (
        frame.metre.on_beat(frame.swing.unwarp(note.start)) or note.duration >= 0.9
    )
    fitting = set(span.chord.pitches) if structural else set(span.scale)
    if note.pitch % 12 in fitting:
        return note
    options = [p for p in range(max(low, note.pitch - 6), min(high, note.pitch + 6) + 1) if p % 12 in fitting]
    if not options:
        return note
    pitch = min(options, key=lambda p: (abs(p - note.pitch) + (0.3 if p == last else 0.0), p))
    return Note(note.start, pitch, note.duration, note.velocity)
