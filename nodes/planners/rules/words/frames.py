"""Tempo, metre and length in running text: "86 bpm", "in 3/4", "eight bars", "half a minute"."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from nodes.planners.rules.words.marks import Mark, first
from nodes.planners.rules.words.numerals import number
from nodes.planners.rules.words.tokens import Span, Token, span_of

LIKELY_BPM = (40, 250)
"""A number without a unit is a tempo only in this range, e.g. in "at 120"."""

_METRE = re.compile(r"(?<![\d/])(\d{1,2})\s?/\s?(2|4|8|16)(?![\d/])(?!\s*-?(?:notes?|delay|echo|triplet))")
_CLOCK = re.compile(r"(?<!\d)(\d{1,2}):([0-5]\d)(?!\d)")
_OTHER_UNITS = frozenset(["hz", "khz", "db", "percent", "%", "ms", "seconds", "s", "bars", "notes"])
_BARS = frozenset(["bar", "bars", "measure", "measures", "barre", "barres"])
_SECONDS = frozenset(["second", "seconds", "sec", "secs", "s"])
_MINUTES = frozenset(["minute", "minutes", "min", "mins"])
_HOURS = frozenset(["hour", "hours"])
_LEADS_TO_BPM = frozenset(
    ["at", "tempo", "bpm", "around", "about", "roughly", "approximately", "circa", "ca", "to", "of", "speed", "is"]
)
_STOPS = frozenset(
    ["hz", "db", "percent", "%", "khz", "ms", "beats", "degrees", "cents", "k", "times", "semitones", "drums", "kick", "808", "drum", "bit", "bits"]
)  # fmt: skip
_LOOPS = frozenset(["beat", "beats", "loop", "loops", "groove", "jam", "track", "riddim", "breakbeat"])
_ISH = frozenset(["ish", "something", "or"])


@dataclass
class Frame:
    """What was found. `spans` holds the characters of each."""

    bpm: float | None = None
    bpm_guessed: bool = False
    time_signature: str | None = None
    bars: int | None = None
    duration_seconds: float | None = None
    spans: dict[str, Span] = field(default_factory=dict)


def find(text: str, tokens: Sequence[Token], marks: Sequence[Mark], taken: set[int]) -> Frame:
    """Tempo, metre and length in `text`. Tokens used up are added to `taken`."""
    frame = Frame()
    _metre(text, tokens, marks, frame, taken)
    norms = [token.norm for token in tokens]
    words, places = _split_units(norms)
    at = 0
    while at < len(words):
        found = number(words, at)
        if found is None or places[at] in taken:
            at += 1
            continue
        value, used = found
        after = at + used
        used += _measure(frame, tokens, marks, words, places, at, after, value, taken)
        at += used
    _fixed_lengths(frame, tokens, words, places, taken)
    if frame.bars is None:
        blues = next((mark for mark in marks if mark.words in ("twelve bar blues", "12 bar blues")), None)
        if blues is not None:
            frame.bars, frame.spans["bars"] = 12, blues.span
    return frame


def _split_units(norms: Sequence[str]) -> tuple[list[str], list[int]]:
    """The words with "86bpm" and "10s" as two, and the token that each came from."""
    words: list[str] = []
    places: list[int] = []
    for place, norm in enumerate(norms):
        parts = re.fullmatch(r"(\d+(?:[.,]\d+)?)(bpm|s|sec|secs|ish|bars?|min|mins|m)", norm)
        for part in parts.groups() if parts else (norm,):
            words.append(part)
            places.append(place)
    return words, places


def _metre(text: str, tokens: Sequence[Token], marks: Sequence[Mark], frame: Frame, taken: set[int]) -> None:
    for found in _METRE.finditer(text):
        if 2 <= int(found[1]) <= 19 and text[max(0, found.start() - 5) : found.start()].strip().lower() not in (
            "bar",
            "bars",
        ):
            frame.time_signature = f"{int(found[1])}/{found[2]}"
            frame.spans["time_signature"] = found.span()
            taken.update(i for i, token in enumerate(tokens) if found.start() <= token.start < found.end())
            return
    named = first(marks, "metre")
    if named is not None:
        frame.time_signature = named.meanings["metre"]
        frame.spans["time_signature"] = named.span
        taken.update(named.tokens)


def _measure(
    frame: Frame,
    tokens: Sequence[Token],
    marks: Sequence[Mark],
    words: Sequence[str],
    places: Sequence[int],
    at: int,
    after: int,
    value: float,
    taken: set[int],
) -> int:
    """Reads the unit after a number; returns how many words it took."""
    unit = words[after] if after < len(words) else ""
    between = unit == "and" and words[at - 1 : at] == ["between"]
    if between or unit == "to" or (unit and number(words, after) and _is_range(tokens, places, after)):
        joint = 1 if unit in ("and", "to") else 0
        high = number(words, after + joint) if after + joint < len(words) else None
        end = after + joint + (high[1] if high else 0)
        unit = words[end] if end < len(words) else ""
        likely = high and LIKELY_BPM[0] <= value < high[0] <= min(LIKELY_BPM[1], value * 1.5)
        bare = (between or _beside_genre(marks, places, at, end)) and unit not in _SECONDS | _BARS | _STOPS
        if high and (unit == "bpm" or (likely and bare)):  # "80-90 bpm"
            last = end if unit == "bpm" else end - 1
            _note(frame, "bpm", (value + high[0]) / 2, tokens, places, at, last, taken)
            frame.bpm_guessed = True
            return last - after + 1
        if likely and unit in _SECONDS:
            return end - after  # 'house, 60 to 90 seconds'
        unit = words[after]
    ish = 1 if unit in _ISH and (unit == "ish" or _is_hyphen(tokens, places, after)) else 0
    unit = words[after + ish] if after + ish < len(words) else ""
    beats = list(words[after + ish : after + ish + 3])
    labelled = at > 0 and words[at - 1] in _BARS and tokens[places[at]].gap.strip() in (":", "=")
    if labelled and float(value).is_integer():  # "bars: 8"
        _note(frame, "bars", int(value), tokens, places, at, after - 1, taken)
        return 0
    if (unit in ("bpm", "bpms") and not _parted(tokens, places, after + ish)) or beats in (
        ["beats", "per", "minute"],
        ["beats", "a", "minute"],
        ["b", "p", "m"],
    ):
        length = 1 if unit in ("bpm", "bpms") else 3
        _note(frame, "bpm", value, tokens, places, at, after + ish + length - 1, taken)
        return ish + length
    if unit in _BARS and float(value).is_integer() and value >= 1 and not _ordinal_before(words, at):
        _note(frame, "bars", int(value), tokens, places, at, after, taken)
        return 1
    decade = unit == "s" and (value >= 300 or value in (50, 60, 70, 80, 90))  # "808s", "an 80s synth"
    if unit in _SECONDS | _MINUTES | _HOURS and _joined(tokens, places, after) and not decade:
        seconds = value * (60 if unit in _MINUTES else 3600 if unit in _HOURS else 1)
        end = after
        more = number(words, after + 1) if after + 1 < len(words) else None
        if unit in _MINUTES and more and (after + 1 + more[1] >= len(words) or words[after + 1 + more[1]] in _SECONDS):
            seconds += more[0]
            end = min(after + 1 + more[1], len(words) - 1)
        _note(frame, "duration_seconds", seconds, tokens, places, at, end, taken)
        return end - after + 1
    if unit == "s" and places[after] == places[at]:
        return 1
    if frame.bpm is None and LIKELY_BPM[0] <= value <= LIKELY_BPM[1]:
        before = words[at - 1] if at else ""
        alone = _alone(tokens, places, at, after)
        counted = before in _BARS and frame.bars is not None  # "8 bars 110"
        led = (
            before in ("tempo", "bpm", "at", "speed")
            or counted
            or (before in _LEADS_TO_BPM and any(w in ("tempo", "bpm", "speed") for w in words[max(0, at - 3) : at]))
        )
        stops = unit in _STOPS and not _parted(tokens, places, after)
        beside = _beside_genre(marks, places, at, after)
        if not stops and (
            led
            or ish
            or alone
            or beside
            or (
                before in ("around", "about", "roughly", "circa", "to")
                and ("tempo" in words or words[at - 2 : at - 1] == ["at"])
            )
        ):
            start = at - 1 if before in ("tempo", "bpm", "at") else at
            _note(frame, "bpm", value, tokens, places, start, after - 1 + ish, taken)
            return ish
    return 0


def _fixed_lengths(
    frame: Frame, tokens: Sequence[Token], words: Sequence[str], places: Sequence[int], taken: set[int]
) -> None:
    phrases: tuple[tuple[str, float], ...] = (
        ("half a minute", 30.0), ("half minute", 30.0), ("a minute and a half", 90.0), ("a minute", 60.0),
        ("quarter of a minute", 15.0), ("a quarter minute", 15.0),
    )  # fmt: skip
    if frame.duration_seconds is not None:
        return
    for phrase, seconds in phrases:
        parts = phrase.split(" ")
        for at in range(len(words) - len(parts) + 1):
            if list(words[at : at + len(parts)]) == parts and words[at - 1 : at] not in (["beats"], ["per"]):
                _note(frame, "duration_seconds", seconds, tokens, places, at, at + len(parts) - 1, taken)
                return


def _note(
    frame: Frame,
    name: str,
    value: float,
    tokens: Sequence[Token],
    places: Sequence[int],
    first_word: int,
    last_word: int,
    taken: set[int],
) -> None:
    if getattr(frame, name) is not None:
        return
    setattr(frame, name, value)
    start, end = places[first_word], places[last_word]
    frame.spans[name] = span_of(tokens, start, end - start + 1)
    taken.update(range(start, end + 1))


def _parted(tokens: Sequence[Token], places: Sequence[int], at: int) -> bool:
    """Whether a comma stands before the word: "bars: 8, bpm: 90"."""
    return tokens[places[at]].gap.strip() in {",", ";", "|", "."}


def _joined(tokens: Sequence[Token], places: Sequence[int], at: int) -> bool:
    return tokens[places[at]].glued


def _is_hyphen(tokens: Sequence[Token], places: Sequence[int], at: int) -> bool:
    return tokens[places[at]].hyphenated


def _is_range(tokens: Sequence[Token], places: Sequence[int], at: int) -> bool:
    return tokens[places[at]].gap.strip() in {"-", "–", "—", "‑"}


def _ordinal_before(words: Sequence[str], at: int) -> bool:
    """ "bar 3": then the number counts a place, not a length."""
    return at > 0 and words[at - 1] in _BARS


def _alone(tokens: Sequence[Token], places: Sequence[int], at: int, after: int) -> bool:
    """Whether the number stands by itself between commas: "lofi, 82, D minor"."""
    first_token, last_token = places[at], places[after - 1]
    left = first_token > 0 and not tokens[first_token].glued and tokens[first_token].gap.strip() in {",", ";", "|"}
    right = last_token + 1 >= len(tokens) or not tokens[last_token + 1].glued
    return left and right


def _beside_genre(marks: Sequence[Mark], places: Sequence[int], at: int, after: int) -> bool:
    """Whether a genre or the loop stands right before or after the number: "trap 140", "a 124 house loop", "beat 90"."""
    before, behind = places[at] - 1, places[after - 1] + 1
    if any(before in mark.tokens and mark.words.split()[-1] in _LOOPS for mark in marks):
        return True  # "a garage beat 132", "loop 120"
    return any("genre" in mark.meanings and (before in mark.tokens or behind == mark.start) for mark in marks)
