"""From a wish to a brief: every gap filled, every choice that was not the user's named."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from random import Random

from ensemble.band.instruments import matches, resolve
from ensemble.band.metre import parse_metre
from ensemble.band.moods import mood_in, mood_of
from ensemble.band.styles import Style, find_style, nearest_style, styles
from ensemble.band.theory import Chord, Key, key_of_chords, parse_chord, parse_key, pitch_class, roman
from ensemble.protocols import Brief, Settled, Wish
from state.errors import Refusal
from state.gat import SAMPLE_RATE, TEMPO_RANGE, loop_seconds
from state.seeds import derived_seed

_MAX_BARS = 64
_ADAPTS = 0.08
"""How far a tempo that the user did not name is bent to meet a duration in a round number of bars."""
_ADAPTS_AT_MOST = 0.25
"""How far when no other number of bars would meet it."""


def settle(wish: Wish, seed: int) -> Settled:
    """`wish` with every gap filled. Raises Refusal for a tempo, key, chord, metre or instrument that cannot be."""
    rng = Random(derived_seed(seed, "settle"))
    inferred: set[str] = set()
    notes: list[str] = []
    if wish.bpm is not None and not TEMPO_RANGE[0] <= wish.bpm <= TEMPO_RANGE[1]:
        raise Refusal(f"I can play from 30 to 300 bpm, but not {wish.bpm:g}. Which tempo would you like?", field="bpm")
    if wish.bars is not None and wish.bars < 1:
        raise Refusal("A loop has at least one bar. How many would you like?", field="bars")
    style, genre = _style(wish, inferred)
    mood = wish.mood or _mood(style, wish, inferred)
    given = _chords(wish.chords)
    key = _key(wish, style, mood, given, rng, inferred)
    time_signature = wish.time_signature or style.metre
    if wish.time_signature is None:
        inferred.add("time_signature")
    time_signature = parse_metre(time_signature).time_signature
    usual = float(wish.bpm) if wish.bpm is not None else _tempo(style, mood, wish, rng)
    if wish.bpm is None:
        inferred.add("bpm")
    bars, bpm = _length(wish, time_signature, usual, len(given), inferred, notes)
    if given:
        chords = tuple(str(chord) for chord in spread([*given], bars))
    else:
        chords = _progression(style, key, bars, rng)
        inferred.add("chords")
    instruments = _instruments(wish, style, genre, inferred)
    brief = Brief(bpm, str(key), time_signature, bars, chords, genre, mood, wish.feel)
    return Settled(brief, instruments, frozenset(inferred), tuple(notes))


def _style(wish: Wish, inferred: set[str]) -> tuple[Style, str]:
    """The style and the word for it: the one asked for, one found in the description, or one that suits the rest."""
    if wish.genre and wish.genre.strip():
        return nearest_style(wish.genre), wish.genre
    inferred.add("genre")
    style = find_style(wish.description) or find_style(wish.mood)
    if style is None and wish.time_signature in ("3/4",):
        style = styles()["waltz"]
    if style is None:
        mood = mood_of(wish.mood)
        name = (
            "ambient"
            if mood.density <= -0.5
            else "rock"
            if mood.level >= 1.15
            else "hip hop"
            if wish.mood and mood.mode == "minor"
            else "pop"
        )
        if wish.bpm is not None and name == "pop":
            name = (
                "drum and bass"
                if wish.bpm >= 160
                else "house"
                if 120 <= wish.bpm <= 130
                else "lofi"
                if wish.bpm < 88
                else "pop"
            )
        style = styles()[name]
    return style, style.name


def _mood(style: Style, wish: Wish, inferred: set[str]) -> str:
    inferred.add("mood")
    asked = mood_in(wish.description)
    if asked.mode or asked.density:
        words = [word for word in wish.description.lower().replace(",", " ").split() if mood_in(word) is asked]
        if words:
            return words[0].strip(".!?;:")
    return style.mood


def _chords(symbols: Sequence[str]) -> list[Chord]:
    try:
        return [parse_chord(symbol) for symbol in symbols]
    except ValueError as error:
        raise Refusal(f"{error}.", field="chords") from None


def _key(wish: Wish, style: Style, mood: str, chords: Sequence[Chord], rng: Random, inferred: set[str]) -> Key:
    if wish.key:
        try:
            return parse_key(wish.key)
        except ValueError as error:
            raise Refusal(f"{error}.", field="key") from None
    inferred.add("key")
    if chords:
        return key_of_chords(chords, prefer_minor=style.mode != "major")
    tonic = pitch_class(rng.choice(style.tonics))
    asked = mood_of(mood).mode if wish.mood or mood != style.mood else None
    mode = style.mode
    if asked == "major" and Key(0, mode).minor:
        mode = "major"
    elif asked == "minor" and not Key(0, mode).minor:
        mode = "minor"
    return Key(tonic, mode)


def _tempo(style: Style, mood: str, wish: Wish, rng: Random) -> float:
    low, high, usual = style.tempo
    factor = mood_of(mood).tempo if wish.mood or mood != style.mood else 1.0
    return float(round(min(high, max(low, usual * factor * rng.uniform(0.97, 1.03)))))


def _length(
    wish: Wish, time_signature: str, bpm: float, chords: int, inferred: set[str], notes: list[str]
) -> tuple[int, float]:
    """Bars and tempo that meet what was asked of bars, tempo, duration and number of chords."""
    if wish.duration_seconds is None:
        if wish.bars is not None:
            return wish.bars, bpm
        inferred.add("bars")
        return _bars_for(chords), bpm
    seconds = wish.duration_seconds
    one = loop_seconds(1, bpm, time_signature)
    if wish.bars is not None:
        needed = loop_seconds(wish.bars, 1.0, time_signature) / seconds
        if wish.bpm is None:
            if not TEMPO_RANGE[0] <= needed <= TEMPO_RANGE[1]:
                raise Refusal(
                    f"{wish.bars} bars of {time_signature} in {seconds:g} s would need {needed:.0f} bpm; I can play from 30 to 300. "
                    "Shall I keep the bars or the duration?",
                    field="duration_seconds",
                )
            return wish.bars, _exact(needed, wish.bars, time_signature, seconds)
        _say_length(wish.bars, bpm, time_signature, seconds, notes)
        return wish.bars, bpm
    inferred.add("bars")
    bars = max(1, round(seconds / one))
    if wish.bpm is None:
        near = _bars_near(bars, bpm, seconds, one, chords)
        if near is not None:
            return near, _exact(loop_seconds(near, 1.0, time_signature) / seconds, near, time_signature, seconds)
    _say_length(bars, bpm, time_signature, seconds, notes)
    return bars, bpm


def _bars_for(chords: int) -> int:
    if chords <= 4:
        return 4
    return chords if chords <= 16 else -(-chords // 2) if chords <= 2 * _MAX_BARS else _MAX_BARS


def _bars_near(bars: int, bpm: float, seconds: float, one: float, chords: int) -> int | None:
    """A number of bars that the tempo can be bent to, or None.

    Within `_ADAPTS` a multiple of the chords, of four or of two is preferred; failing that the nearest number of
    bars within `_ADAPTS_AT_MOST`: a duration that was asked for outranks a tempo that was not.
    """
    options = [
        n for n in range(max(1, bars - 4), bars + 5) if TEMPO_RANGE[0] <= bpm * n * one / seconds <= TEMPO_RANGE[1]
    ]
    near = [n for n in options if abs(n * one / seconds - 1) <= _ADAPTS]

    def roundness(n: int) -> int:
        return 3 * (chords > 0 and n % chords == 0) + 2 * (n % 4 == 0) + (n % 2 == 0)

    if near:
        return min(near, key=lambda n: (-roundness(n), abs(n * one - seconds), n))
    near = [n for n in options if abs(n * one / seconds - 1) <= _ADAPTS_AT_MOST]
    return min(near, key=lambda n: (abs(n * one - seconds), n), default=None)


def _exact(needed: float, bars: int, time_signature: str, seconds: float) -> float:
    """`needed` bpm with as few decimals (two or more) as give the duration to the sample."""
    wanted = round(seconds * SAMPLE_RATE)
    for decimals in range(2, 9):
        bpm = round(needed, decimals)
        if round(loop_seconds(bars, bpm, time_signature) * SAMPLE_RATE) == wanted:
            return bpm
    return needed


def _say_length(bars: int, bpm: float, time_signature: str, seconds: float, notes: list[str]) -> None:
    real = loop_seconds(bars, bpm, time_signature)
    if abs(real - seconds) > 0.0005:
        whole = f"{bars} whole bar{'s' if bars != 1 else ''}"
        notes.append(f"{seconds:g} s is not {whole} of {time_signature} at {bpm:g} bpm; the loop lasts {real:.2f} s.")


def spread(chords: Sequence[Chord], bars: int) -> list[Chord]:
    """`chords` over `bars`: as many symbols as bars, or a whole multiple of that.

    Fewer chords than bars are repeated (the last one is held where they do not come out even); more than bars are
    spread evenly over the smallest multiple of `bars` that holds them.
    """
    count = len(chords)
    if count <= bars:
        rounds = bars // count
        return [*list(chords) * rounds, *[chords[-1]] * (bars - rounds * count)]
    slots = bars * -(-count // bars)
    return [chords[index * count // slots] for index in range(slots)]


def _progression(style: Style, key: Key, bars: int, rng: Random) -> tuple[str, ...]:
    """A chord a bar in `key`, from the style's own progressions."""
    mode = "minor" if key.minor else "major"
    if bars == 12 and mode in style.twelve:
        numerals = list(style.twelve[mode])
    else:
        choices = style.progressions_in(key.mode)
        own = rng.choice(choices)
        other = rng.choice(choices)
        if bars < 4:
            numerals = _short(own, bars)
        else:
            numerals = []
            while len(numerals) < bars:
                numerals.extend(other if len(numerals) % 16 == 8 and bars - len(numerals) >= 8 else own)
            numerals = numerals[:bars]
            if bars % 4 == 3:
                numerals[-1] = own[-1]
    modal = replace(key, mode="minor") if key.mode == "harmonic minor" else key
    return tuple(str(roman(numeral, modal)) for numeral in numerals)


def _short(own: Sequence[str], bars: int) -> list[str]:
    """One to three of a progression's chords: from its tonic on, and at the end the one that leads back to it."""
    home = next((index for index, numeral in enumerate(own) if is_tonic(numeral)), 0)
    turned = [*own[home:], *own[:home]]
    back = turned[-1] if turned[-1] != turned[0] else turned[2 % len(turned)]
    return [*turned[: bars - 1], back] if bars > 1 else turned[:1]


def is_tonic(numeral: str) -> bool:
    """Whether a numeral stands for a chord on the first degree: 'I', 'i7', 'Imaj9', but not 'V7/I' or 'IV'."""
    return re.match(r"[iI](?![iIvV])", numeral) is not None and "/" not in numeral.replace("6/9", "")


def _instruments(wish: Wish, style: Style, genre: str, inferred: set[str]) -> tuple[str, ...]:
    words = wish.instruments or style.instruments
    if not wish.instruments:
        inferred.add("instruments")
    kept: list[str] = []
    for word in words:
        choice = resolve(word, genre) or resolve(word, style.name)
        if choice is None:
            raise Refusal(
                f"There is no {word!r} in the band. Any General MIDI instrument or drum kit would do; what shall play instead?",
                field="instruments",
            )
        if not any(matches(left_out, choice.stem, choice.instrument.name) for left_out in wish.without):
            kept.append(word)
    if not kept:
        raise Refusal("That leaves nobody to play. Which instrument should stay?", field="without")
    return tuple(kept)
