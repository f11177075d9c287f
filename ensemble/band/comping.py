"""Chords as instruments play them: keys on a rhythm, strummed and picked guitars, mallet arpeggios, brass stabs."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

from ensemble.band import pads
from ensemble.band.frame import Frame, Span, density, finish, level
from ensemble.band.instruments import Instrument
from ensemble.band.metre import Hit, bars_of, fit
from ensemble.band.score import Note, Part
from ensemble.band.voicing import power, strings, tones_of, voiced
from ensemble.protocols import Character

_STROKES = {"X": 104, "x": 88, "o": 68, "B": 86, "5": 82}
_PICKED_FAMILIES = frozenset({"chromatic percussion", "ethnic", "percussive"})
_PICKED = frozenset({"orchestral harp", "pizzicato strings", "fx 3 (crystal)", "guitar harmonics"})
_STABBED = frozenset({"brass", "reed", "pipe"})
_SUSTAINED = frozenset({"organ", "ensemble", "synth pad", "synth effects", "strings"})
_RHYTHM_ORGAN = frozenset({"reggae", "funk", "house", "disco", "latin", "r&b"})
_ARPEGGIATED = frozenset({"trance", "techno", "synthwave"})
_HIGH_STRINGS = frozenset({"reggae", "funk", "disco", "house", "techno"})
_FINGERED = frozenset({"ballad", "classical", "ambient", "waltz", "cinematic"})


def write(
    frame: Frame,
    instrument: Instrument,
    rng: Random,
    character: Character,
    centre: float,
    bass_below: bool,
) -> Part:
    """The harmony, played as `instrument` plays it; `bass_below` says that a bass plays the roots."""
    busy = density(frame, character)
    family, style = instrument.family, frame.style.name
    if family == "guitar" and instrument.name != "guitar harmonics":
        if "nylon" in instrument.name and style in _FINGERED | {"folk", "lofi"}:
            notes = _picked(frame, instrument, rng, busy, centre, shape="pick")
        else:
            notes = _strummed(frame, instrument, rng, busy, centre)
    elif family in _PICKED_FAMILIES or instrument.name in _PICKED:
        shape = "roll" if instrument.name == "banjo" else str(frame.style.arp["shape"])
        notes = _picked(frame, instrument, rng, busy, centre, shape)
    elif arpeggiates(frame, instrument):
        notes = _picked(frame, instrument, rng, busy, centre, str(frame.style.arp["shape"]))
    elif family in _STABBED or instrument.name == "orchestra hit":
        notes = _stabbed(frame, instrument, rng, busy, centre)
    elif (
        family in _SUSTAINED and not (family == "organ" and style in _RHYTHM_ORGAN) and instrument.role != "chords"
    ) or (family == "organ" and style not in _RHYTHM_ORGAN):
        return pads.write(frame, instrument, rng, character, centre)
    else:
        notes = _keys(frame, instrument, rng, busy, centre, bass_below)
    return finish(notes, frame, instrument, level(frame, character))


def arpeggiates(frame: Frame, instrument: Instrument) -> bool:
    """True where a synth's own figure is an arpeggio: trance, techno, synthwave."""
    synth = instrument.family == "synth lead" or instrument.name == "pad 3 (polysynth)"
    return synth and frame.style.name in _ARPEGGIATED


def voicings(frame: Frame, instrument: Instrument, centre: float, rootless: bool) -> dict[float, tuple[int, ...]]:
    """A voicing for each span, by its start: each the nearest to the one before."""
    kind = frame.style.voicing
    low, high = max(instrument.low, round(centre) - 14), min(instrument.high, round(centre) + 14)
    if high - low < 14:
        low, high = instrument.low, instrument.high
    found: dict[float, tuple[int, ...]] = {}
    previous: tuple[int, ...] = ()
    for span in frame.spans:
        tones = tones_of(span, kind, rootless)
        previous = voiced(tones, low, high, centre, previous, spread=kind == "open")
        found[span.start] = previous
    return found


def bar_hits(grids: Sequence[str], frame: Frame, rng: Random, busy: float) -> list[Hit]:
    """Hits over the whole loop from a style's grids: one grid for most bars, another to answer it."""
    first = rng.randrange(len(grids))
    second = rng.randrange(len(grids))
    hits: list[Hit] = []
    for bar in range(frame.bars):
        pattern = bars_of(grids[second if bar % 4 == 3 else first])
        own = list(fit(pattern[bar % len(pattern)], frame.metre))
        if busy <= -0.8:
            own = own[:1] if len(own) < 4 else own[::3]
            own = [Hit(h.time, max(h.length, 1.0), h.sign) for h in own]
        elif busy > 0.5:
            taken = {round(h.time * 4) for h in own}
            added = [s for s in range(0, round(frame.bar * 4), 2) if s not in taken and s + 1 not in taken]
            own = sorted([*own, *(Hit(s / 4, 0.25, "o") for s in added)], key=lambda h: h.time)
            own = [Hit(h.time, min(h.length, (own[i + 1].time if i + 1 < len(own) else frame.bar) - h.time), h.sign)
                   for i, h in enumerate(own)]  # fmt: skip
        hits.extend(Hit(bar * frame.bar + h.time, h.length, h.sign) for h in own)
    return hits


def cover(hits: list[Hit], frame: Frame, sign: str) -> list[Hit]:
    """`hits` cut where the harmony changes, with a stroke at each change that would go unheard or ring on too long."""
    out: list[Hit] = []
    for span in frame.spans:
        inside = [hit for hit in hits if span.start - 0.01 <= hit.time < span.end - 0.01]
        ringing = any(hit.time < span.start - 0.01 and hit.time + hit.length > span.start + 0.3 for hit in hits)
        if not inside or (ringing and inside[0].time > span.start + 0.9):
            until = inside[0].time if inside else span.end
            inside = [Hit(span.start, min(until - span.start, frame.bar), sign), *inside]
        out.extend(Hit(hit.time, min(hit.length, span.end - hit.time), hit.sign) for hit in inside)
    return out


def _keys(
    frame: Frame, instrument: Instrument, rng: Random, busy: float, centre: float, bass_below: bool
) -> list[Note]:
    chords = voicings(frame, instrument, centre, rootless=True)
    notes: list[Note] = []
    montuno = frame.style.voicing == "montuno"
    hits = cover(bar_hits(frame.style.keys, frame, rng, busy), frame, "x")
    has_left = any(hit.sign == "B" for hit in hits)
    for index, hit in enumerate(hits):
        span = frame.at(hit.time)
        chord = chords[span.start]
        velocity = _STROKES[hit.sign] + rng.randrange(-4, 5) + (4 if frame.metre.strong(hit.time) else 0)
        length = max(0.15, hit.length * 0.96)
        if hit.sign in "B5":
            notes.extend(_left(span, instrument, hit.time, length, velocity, fifth=hit.sign == "5" or (index % 4 == 2)))
            continue
        if montuno:
            pitches = (
                (chord[0], chord[0] + 12)
                if index % 2 == 0
                else chord[1:]
                if index % 4 == 1
                else (chord[-1], chord[-1] - 12)
            )
        elif hit.sign == "o" and len(chord) > 2:
            pitches = chord[1:]
        else:
            pitches = chord
        top = max(pitches)
        for pitch in pitches:
            notes.append(Note(hit.time, pitch, length, velocity + (3 if pitch == top else -3)))
    if not bass_below and not has_left:
        for span in frame.spans:
            for time in _bar_points(span, frame):
                length = min(span.end, time + frame.bar) - time
                notes.extend(_left(span, instrument, time, length * 0.95, 78 + rng.randrange(-3, 4), fifth=False))
    return notes


def _bar_points(span: Span, frame: Frame) -> list[float]:
    points = [span.start]
    while points[-1] + frame.bar < span.end - 0.01:
        points.append(points[-1] + frame.bar)
    return points


def _left(span: Span, instrument: Instrument, time: float, length: float, velocity: int, fifth: bool) -> list[Note]:
    """The left hand: the root (or the fifth) between low C and the middle of the keyboard."""
    low = max(instrument.low, 36)
    tone = span.chord.pitches[2] if fifth and len(span.chord.pitches) > 2 else span.root
    return [Note(time, low + (tone - low) % 12, max(0.15, length), velocity)]


def _strummed(frame: Frame, instrument: Instrument, rng: Random, busy: float, centre: float) -> list[Note]:
    style = frame.style
    gritty = instrument.name in ("distortion guitar", "overdriven guitar")
    notes: list[Note] = []
    hits = cover(bar_hits(style.strum, frame, rng, busy), frame, "D")
    spread = min(0.03, 0.008 * frame.brief.bpm / 60)  # quarters from string to string
    previous: tuple[int, ...] = ()
    lift = max(0, min(12, round(centre) - 64))  # up the neck only for a high register
    shapes: dict[float, tuple[int, ...]] = {}
    for span in frame.spans:
        if gritty or style.voicing == "power":
            previous = power(span, instrument.low, instrument.high, previous)
        else:
            previous = strings(span, instrument.low, instrument.high, previous, lift)
            if style.voicing == "rootless" and style.name == "jazz":
                previous = previous[:1] + previous[2:4]
        shapes[span.start] = _register(previous, centre) if len(previous) > 4 else previous
    for index, hit in enumerate(hits):
        span = frame.at(hit.time)
        shape = shapes[span.start]
        sign = "D" if hit.sign in "xXo" else hit.sign
        if style.name in _HIGH_STRINGS and not gritty:
            shape = shape[-4:] if sign == "D" else shape[-3:]
        if sign == "B":
            bass = shape[0] if index % 2 == 0 or hit.time == span.start or len(shape) < 3 else shape[1]
            notes.append(Note(hit.time, bass, max(0.2, hit.length * 0.95), 90 + rng.randrange(-4, 5)))
        elif hit.sign in "xX" and style.name == "bossa nova":
            notes += [Note(hit.time, p, max(0.2, hit.length * 0.9), 80 + rng.randrange(-4, 5)) for p in shape[-4:]]
        elif sign == "m":
            muted = shape[:2] if gritty else shape[-3:]
            notes += [Note(hit.time, p, 0.11, (72 if gritty else 50) + rng.randrange(-4, 5)) for p in muted]
        else:
            up = sign in "Uu"
            order = list(reversed(shape[-3:])) if up else list(shape)
            base = {"D": 94, "U": 80, "u": 62}[sign] + rng.randrange(-4, 5) + (4 if frame.metre.strong(hit.time) else 0)
            length = max(0.15, hit.length * (0.97 if hit.length > 0.3 else 0.7))
            for step, pitch in enumerate(order):
                notes.append(Note(hit.time + step * spread, pitch, max(0.1, length - step * spread), base - 2 * step))
    return notes


def _register(shape: tuple[int, ...], centre: float) -> tuple[int, ...]:
    """All strings, or the four upper or lower ones where the part is to lie high or low."""
    return shape[-4:] if centre >= 69 else shape[:4] if centre <= 55 else shape


_SHAPES: dict[str, tuple[int, ...]] = {
    "up": (0, 1, 2, 3), "updown": (0, 1, 2, 3, 4, 3, 2, 1), "broken": (0, 2, 1, 3, 2, 4, 3, 2), "alberti": (0, 2, 1, 2),
    "roll": (0, 2, 4, 1, 3, 4, 2, 3), "sequence": (0, 3, 1, -1, 2, 0, -1, 4, 0, -1, 3, 1, 0, 2, -1, 3),
    "ostinato": (0, 0, 2, 0, 1, 0, 2, 1), "pick": (0, 3, 2, 4, 1, 3, 2, 3), "montuno": (0, 2, 1, 3, -1, 2, 1, 3),
}  # fmt: skip
"""Arpeggios as steps on the ladder of chord tones; -1 is a rest."""


def _picked(frame: Frame, instrument: Instrument, rng: Random, busy: float, centre: float, shape: str) -> list[Note]:
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


_STABS = (
    "..x. .... ...x x---",
    "x..x .... .... ..x.",
    ".... ..x. x--- ....",
    "x... ..x. .... x-..",
    "...x x--- ...x ..X.",
)


def _stabbed(frame: Frame, instrument: Instrument, rng: Random, busy: float, centre: float) -> list[Note]:
    """A horn section: two-bar sentences of short hits, and a held chord to end a phrase."""
    first, second = rng.sample(range(len(_STABS)), 2)
    chords = voicings(frame, instrument, centre, rootless=True)
    notes: list[Note] = []
    for bar in range(frame.bars):
        grid = _STABS[first if bar % 2 == 0 else second]
        hits = list(fit(bars_of(grid)[0], frame.metre))
        if busy <= -0.8:
            hits = hits[-1:]
        elif busy > 0.5:
            hits = sorted({*hits, *fit(bars_of("x..x ..x. ..x. ..x.")[0], frame.metre)}, key=lambda h: h.time)
        if bar % 4 == 3 and busy <= 0.5:
            hits = [Hit(0.0, frame.bar * 0.75, "X")]
        for hit in hits:
            time = bar * frame.bar + hit.time
            span = frame.at(time)
            length = min(hit.length if hit.length > 0.3 else 0.22, span.end - time)
            velocity = _STROKES[hit.sign] + 8 + rng.randrange(-4, 5)
            notes += [Note(time, pitch, length, velocity) for pitch in chords[span.start]]
    return notes
