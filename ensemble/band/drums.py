"""Drum kits and percussion: a style's groove, its small changes from bar to bar, and fills at the end of a phrase."""

from __future__ import annotations

from random import Random

from ensemble.band.frame import Frame, density, finish, level
from ensemble.band.instruments import Instrument
from ensemble.band.metre import Hit, Metre, bars_of, fit
from ensemble.band.score import Note, Part
from ensemble.protocols import Character

KEYS = {
    "kick": 36, "snare": 38, "rim": 37, "clap": 39, "hat": 42, "pedal": 44, "open": 46, "crash": 49, "ride": 51, "china": 52,
    "tomlow": 41, "tommid": 45, "tomhigh": 48, "tamb": 54, "cowbell": 56, "shaker": 82,
}  # fmt: skip
"""General MIDI drum keys by voice."""
KICKS = frozenset({35, 36})
SNARES = frozenset({37, 38, 39, 40})
_TIMEKEEPERS = frozenset({"hat", "ride", "shaker", "open", "tamb", "pedal"})
_BACKBEATS = frozenset({"snare", "clap", "rim"})
_STROKES = {"X": 112, "x": 94, "o": 68, "g": 40}
_WEIGHT = {
    "hat": 0.74, "open": 0.78, "ride": 0.76, "pedal": 0.66, "shaker": 0.6, "tamb": 0.66, "cowbell": 0.7, "rim": 0.84, "crash": 0.92,
    "china": 0.7, "clap": 0.94, "tomlow": 0.92, "tommid": 0.9, "tomhigh": 0.9,
}  # fmt: skip
_FILLS: dict[str, dict[str, str]] = {
    "ghosts": {"snare": "g.xg.gXg", "kick": "x..x...."},
    "toms": {"snare": "x.xx....", "tomhigh": "....xx..", "tomlow": "......xX", "kick": "x...x..."},
    "snares": {"snare": "x.xxo.xX", "kick": "x...x..."},
    "flams": {"snare": "X..X....", "tommid": "....X.x.", "tomlow": ".......X", "kick": "x..x..x."},
    "rolltail": {"snare": "....goxX"},
    "drop": {"open": "......x."},
    "claps": {"clap": "x..xx.xx"},
    "kicks": {"kick": "x.x..xxx", "snare": "....X..g"},
    "hatroll": {"hat": "x.xxxxxx", "open": "....x..."},
    "breakroll": {"snare": "x.gx.gxX", "kick": "..x.x..."},
    "jazz": {"snare": "..o.x.x.", "kick": "o.....o.", "ride": "x...x.x."},
    "rims": {"rim": "x.x.xx.x"},
    "timbales": {"tomhigh": "x.xxx.xx", "cowbell": "x...x..."},
}
"""The last two beats of a phrase, sixteenth by sixteenth."""
_SHORT_FILLS = frozenset({"rolltail", "drop", "rims"})
"""Fills of which only the last beat is played."""


def write(frame: Frame, instrument: Instrument, rng: Random, character: Character) -> Part:
    """A kit's part over the whole loop."""
    pattern = rng.choice(frame.style.drums)
    busy = density(frame, character) + (0.6 if character.solo else 0.0)
    last = frame.bars - 1
    notes: list[Note] = []
    for bar in range(frame.bars):
        hits = {voice: list(_bar(grid, bar, frame.metre, voice)) for voice, grid in pattern.items()}
        hits = felt(hits, frame.metre, frame.brief.feel)
        _colour(hits, frame, bar, busy, rng)
        if frame.bars > 1 and (bar == last or (character.solo and bar % 2 == 1) or (frame.bars > 8 and bar % 8 == 7)):
            _fill(hits, frame, rng, full=frame.bars >= 4 and busy > -0.8)
        elif frame.bars >= 8 and bar % 4 == 3 and busy > -0.8:
            _fill(hits, frame, rng, full=False)
        if frame.style.crash and bar % 8 == 0 and frame.bars >= 4 and busy > -0.8:
            hits["crash"] = [Hit(0.0, 1.0, "x")]
            hits["hat"] = [hit for hit in hits.get("hat", []) if hit.time > 0]
        for voice, strokes in hits.items():
            notes.extend(_played(voice, hit, bar, frame, instrument, rng) for hit in strokes)
    return finish(_hands(notes), frame, instrument, level(frame, character))


def _bar(grid: str, bar: int, metre: Metre, voice: str) -> tuple[Hit, ...]:
    bars = bars_of(grid)
    return fit(bars[bar % len(bars)], metre, voice in _TIMEKEEPERS)


def felt(hits: dict[str, list[Hit]], metre: Metre, feel: str | None) -> dict[str, list[Hit]]:
    """One bar's hits at half or double time: the backbeat moves, the time-keepers stay."""
    if feel == "half_time":
        starts = metre.starts
        middle = starts[(len(starts) + 1) // 2] if len(starts) > 1 else metre.quarters / 2
        moved = dict(hits)
        voices = [voice for voice in ("snare", "clap", "rim") if hits.get(voice)] or ["snare"]
        for voice in voices:
            moved[voice] = [Hit(middle, 0.25, "X")]
        kicks = [
            hit for hit in hits.get("kick", []) if abs(hit.time - middle) > 0.3 and not 0.4 < hit.time < middle - 0.6
        ]
        moved["kick"] = kicks if any(hit.time == 0 for hit in kicks) else [Hit(0.0, 0.25, "X"), *kicks]
        return moved
    if feel == "double_time":
        half = metre.quarters / 2
        return {
            voice: [Hit(hit.time / 2 + side, hit.length / 2, hit.sign) for side in (0.0, half) for hit in strokes]
            if voice in _BACKBEATS | {"kick"}
            else strokes
            for voice, strokes in hits.items()
        }
    return hits


def _colour(hits: dict[str, list[Hit]], frame: Frame, bar: int, busy: float, rng: Random) -> None:
    """Small changes from bar to bar, and what sparse and busy mean to a drummer."""
    if busy < -0.3:
        for voice, strokes in hits.items():
            kept = [hit for hit in strokes if hit.sign in "Xx" or (busy > -0.8 and hit.sign == "o")]
            if voice in _TIMEKEEPERS and busy <= -0.8:
                kept = [hit for hit in kept if frame.metre.on_beat(hit.time)] or kept[::2]
            hits[voice] = kept or strokes[:1]
        if busy <= -0.8:
            for voice in ("shaker", "tamb", "cowbell"):
                if len(hits) > 3:
                    hits.pop(voice, None)
    if busy > 0.5:
        keeper = next((voice for voice in ("hat", "ride", "shaker") if hits.get(voice)), "hat")
        _sixteenths(hits.setdefault(keeper, []), frame.metre, "o")
        ghosts = [Hit(time, 0.25, "g") for time in (0.75, 1.75, 2.25, 3.25) if time < frame.bar and rng.random() < 0.75]
        hits.setdefault("snare", []).extend(ghosts)
    if bar % 2 == 1 and busy > -0.8:
        kicks = hits.get("kick", [])
        place = rng.choice((frame.bar - 0.5, frame.bar - 0.75, frame.bar - 1.5))
        if 1 < len(kicks) < 6 and rng.random() < 0.5 and place > 0 and all(abs(k.time - place) > 0.2 for k in kicks):
            kicks.append(Hit(place, 0.25, "o"))
        if rng.random() < 0.4 and hits.get("hat") and not hits.get("open"):
            hits["open"] = [Hit(frame.bar - 0.5, 0.25, "o")]
    if frame.style.rolls and hits.get("hat"):
        _roll(hits["hat"], frame, rng, busy)


def _sixteenths(strokes: list[Hit], metre: Metre, sign: str) -> None:
    taken = {round(hit.time * 4) for hit in strokes}
    strokes.extend(Hit(step / 4, 0.25, sign) for step in range(round(metre.quarters * 4)) if step not in taken)


def _roll(hats: list[Hit], frame: Frame, rng: Random, busy: float) -> None:
    """Trap's hi-hat rolls: thirty-seconds or triplets within a beat."""
    for start in frame.metre.starts[1:]:
        if rng.random() < 0.3 + 0.15 * busy:
            count = rng.choice((6, 8, 3))
            length = 0.5 if count == 3 else 1.0
            hats[:] = [hit for hit in hats if not start + 1 - length - 1e-6 <= hit.time < start + 1 - 1e-6]
            base = start + 1 - length
            hats.extend(
                Hit(base + index * length / count, 0.1, "x" if index % 2 == 0 else "o") for index in range(count)
            )


def _fill(hits: dict[str, list[Hit]], frame: Frame, rng: Random, full: bool) -> None:
    name = rng.choice(frame.style.fills)
    steps = 8 if full and name not in _SHORT_FILLS else 4
    start = frame.bar - steps / 4
    if start < 0:
        return
    fill = _FILLS[name]
    quiet = {"hat", "open", "ride", "snare", "clap", "rim", "crash"} if name != "ghosts" else {"snare"}
    for voice, strokes in hits.items():
        if voice in quiet or voice in fill or (name == "drop" and voice not in ("clap", "snare")):
            hits[voice] = [hit for hit in strokes if hit.time < start - 1e-6]
    for voice, grid in fill.items():
        tail = grid[-steps:]
        hits.setdefault(voice, []).extend(
            Hit(start + index / 4, 0.25, sign) for index, sign in enumerate(tail) if sign != "."
        )


def _played(voice: str, hit: Hit, bar: int, frame: Frame, instrument: Instrument, rng: Random) -> Note:
    velocity = _STROKES[hit.sign] * _WEIGHT.get(voice, 1.0)
    if voice in _TIMEKEEPERS and hit.sign in "xo":
        velocity *= 1.06 if frame.metre.on_beat(hit.time) else 0.9
    velocity += rng.uniform(-4, 4)
    late = frame.style.late if voice in _BACKBEATS and hit.sign in "Xx" and hit.time + 0.1 < frame.bar else 0.0
    length = 0.5 if voice in ("open", "crash", "ride", "china") else 0.2
    return Note(bar * frame.bar + hit.time + late, _key(voice, frame, instrument), length, round(velocity))


def _key(voice: str, frame: Frame, instrument: Instrument) -> int:
    if instrument.name == "orchestra kit" and voice.startswith("tom"):
        fifth = 0 if voice == "tomlow" else 7  # there, keys 41 to 53 are timpani from F up: play tonic and fifth
        return 41 + (frame.key.tonic + fifth - 5) % 12
    return KEYS[voice]


def _hands(notes: list[Note]) -> list[Note]:
    """An open hat and a closed one at once are one open hat."""
    opened = {round(note.start * 24) for note in notes if note.pitch == KEYS["open"]}
    return [note for note in notes if note.pitch != KEYS["hat"] or round(note.start * 24) not in opened]


def percussion(frame: Frame, instrument: Instrument, rng: Random, character: Character) -> Part:
    """A part for hand percussion (keys of the drum map) or for a pitched drum such as timpani or taiko."""
    grid = rng.choice(frame.style.percussion)
    busy = density(frame, character) + (0.6 if character.solo else 0.0)
    notes: list[Note] = []
    for bar in range(frame.bars):
        bars = bars_of(grid)
        strokes = list(fit(bars[bar % len(bars)], frame.metre, True))
        if busy < -0.5:
            strokes = [hit for hit in strokes if hit.sign in "Xx"][:: 1 if len(strokes) < 4 else 2] or strokes[:1]
        elif busy > 0.5:
            _sixteenths(strokes, frame.metre, "g")
        if bar == frame.bars - 1 and frame.bars > 1 and busy > -0.5:
            tail = frame.bar - min(1.0, frame.bar / 2)
            strokes = [hit for hit in strokes if hit.time < tail]
            strokes += [Hit(tail + i / 4, 0.25, s) for i, s in enumerate(rng.choice(("x.xx", "xoxX", "x.x.", "xxxX")))
                        if s != "." and tail + i / 4 < frame.bar]  # fmt: skip
        for index, hit in enumerate(sorted(strokes, key=lambda hit: hit.time)):
            loud = hit.sign in "Xx"
            keys = instrument.pitches or _tuned(frame, instrument, bar * frame.bar + hit.time)
            if len(keys) <= 2:
                key = keys[0] if len(keys) == 1 or (loud and index % 3 == 0) else keys[1]
            else:
                key = keys[0] if index == 0 else keys[(2 if loud else 1 + index % (len(keys) - 1)) % len(keys)]
            velocity = _STROKES[hit.sign] * 0.9 + rng.uniform(-4, 4)
            length = max(0.25, hit.length) if not instrument.is_drum else 0.25
            notes.append(Note(bar * frame.bar + hit.time, key, length, round(velocity)))
    return finish(notes, frame, instrument, level(frame, character))


def _tuned(frame: Frame, instrument: Instrument, time: float) -> tuple[int, int]:
    """Tonic and fifth of the key inside the instrument's range; the chord's root and fifth where those would clash."""
    span = frame.at(time)
    tones = span.chord.pitches
    wanted = [tone for tone in (frame.key.tonic, (frame.key.tonic + 7) % 12) if tone in tones]
    wanted = [*wanted, *(tone for tone in (span.root, tones[min(2, len(tones) - 1)]) if tone not in wanted)]
    one, other = (instrument.low + (tone - instrument.low) % 12 for tone in (*wanted, *wanted)[:2])
    return (one, other)
