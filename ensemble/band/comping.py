"""Chords as instruments play them: keys on a rhythm, strummed and picked guitars, mallet arpeggios, brass stabs."""

from __future__ import annotations

from random import Random

from ensemble.band import pads
from ensemble.band.arpeggio import picked
from ensemble.band.frame import Frame, Span, density, finish, level
from ensemble.band.guitar import strummed
from ensemble.band.instruments import Instrument
from ensemble.band.metre import Hit, bars_of, fit
from ensemble.band.rhythm import bar_hits, cover
from ensemble.band.score import Note, Part
from ensemble.band.voicing import tones_of, voiced
from ensemble.protocols import Character

_STROKES = {"X": 104, "x": 88, "o": 68, "B": 86, "5": 82}
_PICKED_FAMILIES = frozenset({"chromatic percussion", "ethnic", "percussive"})
_PICKED = frozenset({"orchestral harp", "pizzicato strings", "fx 3 (crystal)", "guitar harmonics"})
_STABBED = frozenset({"brass", "reed", "pipe"})
_SUSTAINED = frozenset({"organ", "ensemble", "synth pad", "synth effects", "strings"})
_RHYTHM_ORGAN = frozenset({"reggae", "funk", "house", "disco", "latin", "r&b"})
_ARPEGGIATED = frozenset({"trance", "techno", "synthwave"})
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
            notes = picked(frame, instrument, rng, busy, centre, shape="pick")
        else:
            notes = strummed(frame, instrument, rng, busy, centre)
    elif family in _PICKED_FAMILIES or instrument.name in _PICKED:
        shape = "roll" if instrument.name == "banjo" else str(frame.style.arp["shape"])
        notes = picked(frame, instrument, rng, busy, centre, shape)
    elif arpeggiates(frame, instrument):
        notes = picked(frame, instrument, rng, busy, centre, str(frame.style.arp["shape"]))
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
