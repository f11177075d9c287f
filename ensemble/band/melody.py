"""Lines that lead: a motif, its answer, and a cadence; solos are the same with more notes and more room."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from ensemble.band.frame import Frame, Span, density, finish, level
from ensemble.band.instruments import Instrument
from ensemble.band.metre import bars_of, fit
from ensemble.band.score import Note, Part
from ensemble.protocols import Character

_PENTATONIC = {True: (0, 3, 5, 7, 10), False: (0, 2, 4, 7, 9)}
_BLUES = (0, 3, 5, 6, 7, 10)
_SOLO_CELLS = (
    "x-x- x-x- xxx- x-..", "x-xx x-x- x--- ..xx", "..xx xxx- x-x- --..", "x--- xxxx x-x- x---", "x-x- xx.x -x-x --..", "xxx- x-xx x-x- ..x-",
)  # fmt: skip
_SPARSE_CELLS = ("x--- ---- x--- ----", "x--- --x- ---- ....", "..x- ---- x--- ....")
_HELD_CELLS = ("x--- ---- ---- ----", "..x- ---- ---- ----")
_FORMS = (("A", "B", "A", "C"), ("A", "A", "B", "C"), ("A", "B", "A", "D"))


@dataclass(frozen=True)
class _Step:
    """One note of a motif: when in the bar, how long, and how many rungs from the note before."""

    time: float
    length: float
    rungs: int


def write(
    frame: Frame, instrument: Instrument, rng: Random, character: Character, centre: float, low_line: bool = False
) -> Part:
    """A melody about `centre` (a MIDI pitch). `low_line`: a bass instrument that leads."""
    busy = density(frame, character) + (0.5 if character.solo else 0.0)
    reach = 12 if character.solo else 9
    low = max(instrument.low, round(centre) - reach)
    high = min(instrument.high, round(centre) + reach)
    if high - low < 12:
        low, high = (
            max(instrument.low, min(low, instrument.high - 12)),
            min(instrument.high, max(high, instrument.low + 12)),
        )
    cells = _cells(frame, character, busy)
    first = rng.randrange(len(cells))
    second = (first + 1 + rng.randrange(max(1, len(cells) - 1))) % len(cells)
    motifs = {
        "A": _motif(cells[first], frame, rng, busy, character.solo),
        "B": _motif(cells[second], frame, rng, busy, character.solo),
    }
    motifs["D"] = _inverted(motifs["A"])
    form = rng.choice(_FORMS)
    singer = _Singer(frame, rng, low, high, centre, character.solo)
    notes: list[Note] = []
    for bar in range(frame.bars):
        last = bar == frame.bars - 1 and frame.bars > 1
        label = form[bar % 4] if frame.bars > 1 else "A"
        if last or label == "C":
            notes.extend(singer.sing(_cadence(motifs["A"], frame), bar, question=False, cadence=True))
        else:
            motif = motifs[label] if bar < 4 else _ornamented(motifs[label], frame, rng, character.solo)
            notes.extend(singer.sing(motif, bar, question=bar % 2 == 1, cadence=False))
    return finish(
        _phrased(notes, frame, rng), frame, instrument, level(frame, character) * (1.06 if character.solo else 1.0)
    )


def _cells(frame: Frame, character: Character, busy: float) -> Sequence[str]:
    own: Sequence[str] = frame.style.lead["cells"]
    if busy <= -0.8:
        return _HELD_CELLS if frame.style.name == "ambient" else _SPARSE_CELLS
    if character.solo or busy > 0.6:
        return _SOLO_CELLS
    return own


def _motif(cell: str, frame: Frame, rng: Random, busy: float, solo: bool) -> tuple[_Step, ...]:
    """The cell's rhythm with a contour: mostly steps, one skip, turning back after it."""
    hits = list(fit(bars_of(cell)[0], frame.metre))
    if frame.brief.bpm > 150 and len(hits) > 4 and busy <= 0.6:  # room to breathe at fast tempi
        hits = [hit for hit in hits if abs(hit.time * 2 - round(hit.time * 2)) < 0.01] or hits
    rungs: list[int] = []
    direction = rng.choice((1, 1, -1))
    skip = rng.randrange(1, max(2, len(hits)))
    for index in range(len(hits)):
        if index == 0:
            rungs.append(0)
        elif index == skip:
            rungs.append(2 * direction)
            direction = -direction
        else:
            still = direction if solo or 0 in rungs[1:] else 0  # one repeated note to a motif
            rungs.append(rng.choice((direction, direction, direction, still, -direction)))
            if rng.random() < 0.2:
                direction = -direction
    return tuple(_Step(hit.time, hit.length, rung) for hit, rung in zip(hits, rungs, strict=True))


def _inverted(motif: tuple[_Step, ...]) -> tuple[_Step, ...]:
    return tuple(_Step(step.time, step.length, -step.rungs) for step in motif)


def _cadence(motif: tuple[_Step, ...], frame: Frame) -> tuple[_Step, ...]:
    """The first half of the motif, and then one held tone."""
    starts = frame.metre.starts
    middle = starts[(len(starts) + 1) // 2] if len(starts) > 1 else frame.bar / 2
    head = [step for step in motif if step.time < middle - 0.01]
    head = [_Step(s.time, min(s.length, middle - s.time), s.rungs) for s in head]
    return (*head, _Step(middle, max(0.5, (frame.bar - middle) * 0.75), -1))


def _ornamented(motif: tuple[_Step, ...], frame: Frame, rng: Random, solo: bool) -> tuple[_Step, ...]:
    """A repetition that is not a copy: one long note broken in two, or the last step turned."""
    steps = list(motif)
    long = [i for i, step in enumerate(steps) if step.length >= 0.5]
    if long and rng.random() < (0.9 if solo else 0.6):
        index = rng.choice(long)
        step = steps[index]
        half = 0.5 if step.length >= 1.0 else step.length / 2
        steps[index : index + 1] = [
            _Step(step.time, half, step.rungs),
            _Step(step.time + half, step.length - half, rng.choice((1, -1))),
        ]
    elif len(steps) > 1:
        steps[-1] = _Step(steps[-1].time, steps[-1].length, -steps[-1].rungs or 1)
    return tuple(steps)


class _Singer:
    """Turns motifs into pitches over the harmony, and remembers where it is."""

    def __init__(self, frame: Frame, rng: Random, low: int, high: int, centre: float, solo: bool) -> None:
        self.frame, self.rng, self.low, self.high, self.solo = frame, rng, low, high, solo
        self.centre = min(max(centre, low + 2), high - 2)
        self.last = round(self.centre)
        self.anchors: dict[tuple[_Step, ...], int] = {}

    def palette(self, span: Span) -> frozenset[int]:
        """Pitch classes for this style over `span`; always with the chord's own tones."""
        return _palette(self.frame, span)

    def sing(self, motif: tuple[_Step, ...], bar: int, question: bool, cadence: bool) -> list[Note]:
        """The motif in this bar: long and strong notes on chord tones, the rest by rungs of the scale."""
        frame = self.frame
        anchor = self.anchors.get(motif)
        if anchor is None or (self.solo and self.rng.random() < 0.7):
            anchor = self._toward_arc(self.last, bar)
        if abs(anchor - self.last) > 9:
            anchor = round((anchor + self.last) / 2)
        current = anchor
        notes: list[Note] = []
        for index, step in enumerate(motif):
            time = bar * frame.bar + step.time
            span = frame.at(time)
            final = index == len(motif) - 1
            rungs = step.rungs
            if not self.low + 2 <= current + 2 * rungs <= self.high - 2:
                rungs = -rungs
            pitch = self._climb(current, rungs, self.palette(span))
            stable = frame.metre.strong(step.time) or step.length >= 1.0 or index == 0 or final
            if stable:
                moving = notes[-1].pitch if notes and step.rungs and not (final and cadence) else None
                pitch = self._settle(pitch, span, final and cadence, question and final, moving)
            if index == 0:
                self.anchors.setdefault(motif, pitch)
            notes.append(Note(time, pitch, step.length, 92))
            current = self.last = pitch
        return notes

    def _climb(self, pitch: int, rungs: int, palette: frozenset[int]) -> int:
        """`rungs` up (or down) the ladder of the palette."""
        way = 1 if rungs > 0 else -1
        if pitch % 12 not in palette:
            rungs_near = [p for p in range(self.low, self.high + 1) if p % 12 in palette]
            pitch = min(rungs_near, key=lambda p: (abs(p - pitch), p), default=pitch)
        for _ in range(abs(rungs)):
            following = pitch + way
            while following % 12 not in palette:
                following += way
            if not self.low <= following <= self.high:
                return pitch
            pitch = following
        return pitch

    def _settle(self, pitch: int, span: Span, home: bool, open_end: bool, leaving: int | None) -> int:
        """The nearest chord tone, other than `leaving`: root or third to close, any but the root to leave a question open."""
        tones = span.chord.pitches
        wanted = set(tones[:2]) if home else set(tones[1:]) if open_end else set(tones[:4])
        options = [p for p in range(self.low, self.high + 1) if p % 12 in wanted and p != leaving] or [pitch]
        onward = 0 if leaving is None else pitch - leaving
        return min(options, key=lambda p: (abs(p - pitch) + (1.5 if leaving and (p - leaving) * onward < 0 else 0), p))

    def _toward_arc(self, pitch: int, bar: int) -> int:
        """Toward the height that this bar should have: a line rises to two thirds of its way and comes back."""
        place = (bar + 0.5) / self.frame.bars
        rise = place / 0.65 if place < 0.65 else (1 - place) / 0.35
        height = self.centre + (rise - 0.5) * (0.9 if self.solo else 0.35) * (self.high - self.centre)
        return round(pitch + (height - pitch) * (0.8 if self.solo else 0.5))


def _palette(frame: Frame, span: Span) -> frozenset[int]:
    kind = frame.style.lead["palette"]
    tonic, minor = frame.key.tonic, frame.key.minor
    chord = set(span.chord.pitches[:4])
    if kind == "blues":
        wanted = {(tonic + step) % 12 for step in _BLUES} & set(span.scale)
    elif kind == "pentatonic":
        wanted = {(tonic + step) % 12 for step in _PENTATONIC[minor]} & set(span.scale)
    else:
        wanted = set(span.scale)
    if kind != "scale":  # a pentatonic with two tones a semitone apart is none: the chord's own tone stays
        wanted = {p for p in wanted if p in chord or not any((p - c) % 12 in (1, 11) for c in chord)}
    return frozenset(wanted | chord)


def _phrased(notes: list[Note], frame: Frame, rng: Random) -> list[Note]:
    """Dynamics of a line (up to the middle of each two bars, and down) and its articulation."""
    gate = float(frame.style.lead["gate"])
    out: list[Note] = []
    for index, note in enumerate(notes):
        following = notes[index + 1].start if index + 1 < len(notes) else frame.quarters
        place = (note.start % (2 * frame.bar)) / (2 * frame.bar)
        velocity = note.velocity + 8 * (1 - abs(2 * place - 1)) - 4 + rng.randrange(-4, 5)
        velocity += 4 if frame.metre.on_beat(note.start) else -2
        length = min(note.duration * gate, following - note.start)
        out.append(Note(note.start, note.pitch, max(0.1, length), round(velocity)))
    return out
