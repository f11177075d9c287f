"""Bass lines: a style's figure, locked to the kick where the style wants that, or walking."""

from __future__ import annotations

from collections.abc import Mapping
from random import Random

from ensemble.band.drums import KICKS
from ensemble.band.frame import Frame, Span, density, finish, level
from ensemble.band.instruments import Instrument
from ensemble.band.metre import Hit, bars_of, fit
from ensemble.band.score import Note, Part
from ensemble.band.theory import QUALITIES
from ensemble.protocols import Character

_CHROMATIC = frozenset({"jazz", "funk", "blues", "latin", "r&b", "disco", "bossa nova"})
"""Styles whose bass may approach the next root by a semitone outside the scale, on the last weak place before it."""


def write(
    frame: Frame, instrument: Instrument, rng: Random, character: Character, beside: Mapping[str, Part], centre: float
) -> Part:
    """The bass over the whole loop; `centre` is the MIDI pitch about which roots lie."""
    line = _Line(frame, instrument, rng, centre)
    busy = density(frame, character)
    if frame.style.bass["kind"] == "walking":
        notes = _walk(line, busy)
    else:
        notes = _figure(line, busy, _kicks(frame, beside) if frame.style.bass["kind"] == "lock" else [])
    return finish(notes, frame, instrument, level(frame, character))


class _Line:
    """Where the bass is, and how it gets to the next tone."""

    def __init__(self, frame: Frame, instrument: Instrument, rng: Random, centre: float) -> None:
        self.frame, self.instrument, self.rng, self.centre = frame, instrument, rng, centre
        self.low, self.high = max(instrument.low, round(centre) - 8), min(instrument.high, round(centre) + 12)
        self.last = round(centre)
        self.roots: dict[float, int] = {}

    def place(self, pitch_class: int, near: float) -> int:
        """The pitch of that class nearest to `near` that the line may play."""
        options = [p for p in range(self.low, self.high + 1) if p % 12 == pitch_class % 12]
        options = options or [
            p for p in range(self.instrument.low, self.instrument.high + 1) if p % 12 == pitch_class % 12
        ]
        return min(options, key=lambda p: (abs(p - near), p)) if options else self.instrument.low

    def root(self, span: Span) -> int:
        """The root near the centre, leaning to where the line was when this harmony began."""
        if span.start not in self.roots:
            self.roots[span.start] = self.place(span.root, 0.7 * self.centre + 0.3 * self.last)
        return self.roots[span.start]

    def degree(self, span: Span, sign: str) -> int:
        """The pitch of a grid sign over `span`."""
        root = self.root(span)
        steps = QUALITIES[span.chord.quality]
        base = span.chord.root
        fifth = next((s for s in steps if s in (6, 7, 8)), 7)
        if sign == "5":
            return self.place(base + fifth, root if root - 5 < self.low else root - 5)
        if sign == "8":
            return root + 12 if root + 12 <= min(self.instrument.high, self.high + 3) else root
        if sign == "3":
            return self.place(base + next((s for s in steps if s in (3, 4)), fifth), root + 3)
        if sign == "7":
            seventh = next((s for s in (10, 11, 9) if s in steps or (base + s) % 12 in span.scale), fifth)
            return self.place(base + seventh, root + 10 if root + 10 <= self.high else root - 2)
        if sign == "6":
            sixth = next((s for s in (9, 8) if (base + s) % 12 in span.scale), fifth)
            return self.place(base + sixth, root + 9)
        return root

    def approach(self, span: Span, following: Span) -> int:
        """A tone that leads into the next root."""
        if following.root == span.root:
            return self.degree(span, self.rng.choice("57"))
        target = self.place(following.root, 0.7 * self.centre + 0.3 * self.last)
        steps = [target + s for s in (-2, 2, -1, 1) if (target + s) % 12 in span.scale]
        if self.frame.style.name in _CHROMATIC and self.rng.random() < 0.6:
            steps = [target - 1, target + 1]
        steps = [p for p in steps if self.instrument.low <= p <= self.instrument.high] or [self.degree(span, "5")]
        return min(steps, key=lambda p: (abs(p - self.last) + self.rng.random() * 3, p))


def _kicks(frame: Frame, beside: Mapping[str, Part]) -> list[float]:
    """Straight start times of the kick in the drums beside, if there are any."""
    times = {
        round(frame.swing.unwarp(note.start) * 4) / 4
        for part in beside.values()
        if part.is_drum
        for note in part.notes
        if note.pitch in KICKS and note.velocity >= 45
    }
    return sorted(time for time in times if time < frame.quarters)


def _figure(line: _Line, busy: float, kicks: list[float]) -> list[Note]:
    frame, rng = line.frame, line.rng
    grids = frame.style.bass["grids"]
    first = rng.randrange(len(grids))
    second = (first + 1) % len(grids) if rng.random() < 0.6 else first
    gate = float(frame.style.bass["gate"])
    events: list[tuple[float, float, str]] = []
    for bar in range(frame.bars):
        chosen = grids[second if bar % 4 == 3 or (bar % 2 == 1 and first != second and rng.random() < 0.3) else first]
        pattern = bars_of(chosen)
        hits = list(fit(pattern[bar % len(pattern)], frame.metre))
        start = bar * frame.bar
        hits = _locked(hits, [time - start for time in kicks if start <= time < start + frame.bar], frame, busy)
        hits = _thinned(hits, frame, busy, rng)
        if frame.style.bass.get("alternate") and bar % 2 == 1 and frame.at(start).start < start:
            hits = [Hit(h.time, h.length, "5" if h.sign == "R" else h.sign) for h in hits]
        events.extend((start + hit.time, hit.length, hit.sign) for hit in hits)
    events = _with_changes(events, frame)
    notes: list[Note] = []
    for index, (time, length, sign) in enumerate(events):
        following = events[index + 1][0] if index + 1 < len(events) else frame.quarters
        span = frame.at(time)
        if sign == "x":
            notes.append(Note(time, line.last, 0.1, 48 + rng.randrange(8)))
            continue
        opens = abs(time - span.start) < 0.01
        pitch = (
            line.approach(span, frame.after(span))
            if sign == "a"
            else line.degree(span, "R" if opens and sign in "a357" else sign)
        )
        if line.last - pitch > 12 or pitch - line.last > 12:
            pitch = line.place(pitch % 12, line.last)
        length = min(length * gate if gate < 1 else length, following - time, span.end + 1.0 - time)
        if (
            span.end < time + length
            and frame.after(span).root != span.root
            and pitch % 12 not in frame.after(span).scale
        ):
            length = max(0.1, span.end - time)
        accent = 8 if opens else 3 if frame.metre.on_beat(time) else -4
        notes.append(Note(time, pitch, max(0.1, length), 94 + accent + rng.randrange(-4, 5)))
        line.last = pitch
    return notes


def _locked(hits: list[Hit], kicks: list[float], frame: Frame, busy: float) -> list[Hit]:
    """The figure moved onto the kick: its strokes are kept where the kick is, at the bar's start and as approaches."""
    if len(kicks) < 2 or len(kicks) > 9:
        return hits
    signs = {round(hit.time * 4): hit.sign for hit in hits}
    times = {round(time * 4) for time in kicks}
    keep = {step for step, sign in signs.items() if sign in "ax" or step == 0}
    if frame.style.bass.get("eighths") or busy > 0.5:
        keep |= set(signs)
    steps = sorted(times | keep)
    end = round(frame.bar * 4)
    locked: list[Hit] = []
    for index, step in enumerate(steps):
        gap = ((steps[index + 1] if index + 1 < len(steps) else end) - step) / 4
        own = next((hit.length for hit in hits if round(hit.time * 4) == step), None)
        locked.append(
            Hit(step / 4, min(gap, max(own or 0.0, 0.75) if gap < 1.5 else max(own or 0.0, 1.0)), signs.get(step, "R"))
        )
    return locked


def _thinned(hits: list[Hit], frame: Frame, busy: float, rng: Random) -> list[Hit]:
    if busy <= -0.8:
        kept = [hit for hit in hits if hit.time == 0 or frame.metre.strong(hit.time)] or hits[:1]
        return [Hit(h.time, max(h.length, 1.0), h.sign) for h in kept]
    if busy > 0.5:
        taken = {round(hit.time * 4) for hit in hits}
        eighths = [step for step in range(0, round(frame.bar * 4), 2) if step not in taken]
        sixteenths = [step for step in range(1, round(frame.bar * 4), 2) if step not in taken and rng.random() < 0.25]
        added = [Hit(step / 4, 0.25, rng.choice("RR85")) for step in (*eighths, *sixteenths)]
        every = sorted([*hits, *added], key=lambda hit: hit.time)
        return [
            Hit(h.time, min(h.length, (every[i + 1].time if i + 1 < len(every) else frame.bar) - h.time), h.sign)
            for i, h in enumerate(every)
        ]
    return hits


def _with_changes(events: list[tuple[float, float, str]], frame: Frame) -> list[tuple[float, float, str]]:
    """`events` with a root at each change of harmony that would pass unheard."""
    events = sorted(events)
    for span in frame.spans:
        inside = [e for e in events if span.start - 0.01 <= e[0] < span.end - 0.01]
        if not inside:
            events.append((span.start, span.end - span.start, "R"))
    return sorted(events)


def _walk(line: _Line, busy: float) -> list[Note]:
    """A note on each beat: root, then by chord and scale tones toward an approach to the next root."""
    frame, rng = line.frame, line.rng
    notes: list[Note] = []
    gate = float(frame.style.bass["gate"])
    heading = 1
    for span in frame.spans:
        beats = [
            bar * frame.bar + start
            for bar in range(frame.bars)
            for start in frame.metre.starts
            if span.start - 0.01 <= bar * frame.bar + start < span.end - 0.01
        ] or [span.start]
        if beats[0] > span.start + 0.01:
            beats = [span.start, *beats]
        if busy <= -0.8:
            beats = beats[::2]
        following = frame.after(span)
        target = line.place(following.root, line.centre)
        for index, time in enumerate(beats):
            length = (beats[index + 1] if index + 1 < len(beats) else span.end) - time
            if index == 0:
                pitch = line.root(span)
            elif index == len(beats) - 1 and busy > -0.8:
                pitch = line.approach(span, following)
            else:
                pitch = _stride(line, span, target, heading, rng)
            heading = 1 if pitch > line.last else -1 if pitch < line.last else heading
            accent = 5 if index % 2 == 0 else 0
            notes.append(Note(time, pitch, length * gate, 92 + accent + rng.randrange(-4, 5)))
            line.last = pitch
            if length >= 1 and busy > -0.5 and rng.random() < (0.5 if busy > 0.5 else 0.12):
                notes[-1] = Note(time, pitch, 0.45, notes[-1].velocity)
                notes.append(Note(time + 0.5, pitch, 0.3, 62 + rng.randrange(8)))
    return notes


def _stride(line: _Line, span: Span, target: int, heading: int, rng: Random) -> int:
    """The next tone of a walk: a chord or scale tone a step or a skip away, mostly onward."""
    tones = set(span.chord.pitches)
    options = []
    for pitch in range(line.low, line.high + 1):
        distance = pitch - line.last
        if pitch % 12 not in span.scale or not 1 <= abs(distance) <= 5:
            continue
        cost = abs(abs(distance) - 2.5) + (0 if pitch % 12 in tones else 0.9) + (0 if distance * heading > 0 else 0.8)
        cost += 0.08 * abs(pitch - target) + rng.random() * 1.2
        options.append((cost, pitch))
    return min(options)[1] if options else line.degree(span, "5")
