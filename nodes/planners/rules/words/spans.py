"""Spans of the loop: 'the last bar', 'bars 2 to 3', '3-5s', 'the second half', 'from 3 to 5 seconds'."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import lru_cache

from nodes.planners.rules.words.amounts import number
from nodes.planners.rules.words.speech import Clause

ORDINALS = {
    "first": 1, "1st": 1, "second": 2, "2nd": 2, "third": 3, "3rd": 3, "fourth": 4, "4th": 4, "fifth": 5, "5th": 5, "sixth": 6,
    "6th": 6, "seventh": 7, "7th": 7, "eighth": 8, "8th": 8, "last": -1, "final": -1, "penultimate": -2, "opening": 1,
    "closing": -1,
}  # fmt: skip
_BARS = {"bar", "bars", "measure", "measures"}
_SECONDS = {"s", "sec", "secs", "second", "seconds"}
_OPENINGS = {"beginning", "start", "intro", "opening", "pickup"}
_ENDINGS = {"end", "ending", "outro", "turnaround", "tag", "turnback"}
_TO = {"-", "to", "till", "until", "and", "through", "thru", "til"}


@dataclass(frozen=True)
class Span:
    """Seconds, or whole bars counted from 1 (`end_bar` included)."""

    start_seconds: float | None = None
    end_seconds: float | None = None
    start_bar: int | None = None
    end_bar: int | None = None
    start: int = 0
    end: int = 0

    @property
    def arguments(self) -> dict[str, float | int]:
        """The fields of `regenerate_span` that are set."""
        names = ("start_seconds", "end_seconds", "start_bar", "end_bar")
        return {name: getattr(self, name) for name in names if getattr(self, name) is not None}


def find(clause: Clause, bars: int | None, seconds: float) -> Span | None:
    """The span that a clause names, on a loop of so many bars and seconds; it may lie outside the loop."""
    return _found(clause.words, bars, seconds)


@lru_cache(maxsize=64)
def _found(words: tuple[str, ...], bars: int | None, seconds: float) -> Span | None:
    """Several rules ask for that of one clause."""
    for at in range(len(words)):
        span = (
            _inside_bar(words, at, bars, seconds)
            or _range(words, at)
            or _onwards(words, at, bars)
            or _numbered_bar(words, at)
            or _ordinal(words, at, bars, seconds)
            or _share(words, at, bars, seconds)
            or _tail(words, at, seconds)
        )
        if span is not None:
            return _told_where(words, span, bars, seconds) or span
    return None


def _told_where(words: tuple[str, ...], span: Span, bars: int | None, seconds: float) -> Span | None:
    """'the turnaround, bars 3 and 4', 'the end of bar 2': bars that say where a section is that has only a name."""
    after = range(span.end, len(words) if words[span.start] in _OPENINGS | _ENDINGS else 0)
    told = (_range(words, at) or _numbered_bar(words, at) or _ordinal(words, at, bars, seconds) for at in after)
    return next((found for found in told if found), None)


def _inside_bar(words: tuple[str, ...], at: int, bars: int | None, seconds: float) -> Span | None:
    """'the last half bar', 'the second half of bar 2', 'the last half of the last bar', in seconds."""
    place = ORDINALS.get(words[at])
    if place is None or not bars or at + 2 >= len(words) or words[at + 1] not in {"half", "quarter"}:
        return None
    share = 0.5 if words[at + 1] == "half" else 0.25
    bar = seconds / bars
    then = at + 2
    if words[then] in {"a", "of"} and then + 1 < len(words) and words[then + 1] in {"a"} | _BARS:
        then += 1
    if words[then] == "a" and then + 1 < len(words):
        then += 1
    named = bars if place < 0 else 1
    if words[then] == "of" or (words[then - 1] == "of" and words[then] in _BARS):
        inner = then + 1 if words[then] == "of" else then
        inner += words[inner : inner + 1] == ("the",)
        rest = words[inner:]
        numbered = _numbered_bar(words, inner) if rest else None
        ordinal = _ordinal(words, inner, bars, seconds) if rest else None
        found = numbered or ordinal
        if found is None or found.start_bar is None or found.start_bar != found.end_bar:
            return None
        begin = (found.start_bar - 1) * bar
        index = place - 1 if place > 0 else round(1 / share) + place
        return _timed(begin + index * share * bar, begin + (index + 1) * share * bar, at, found.end)
    if words[then] not in _BARS:
        return None
    low = (named - share) * bar if place < 0 else (place - 1) * share * bar
    return _timed(low, low + share * bar, at, then + 1)


def _timed(low: float, high: float, start: int, end: int) -> Span:
    return Span(start_seconds=round(low, 3), end_seconds=round(high, 3), start=start, end=end)


def _range(words: tuple[str, ...], at: int) -> Span | None:
    """'3-5s', 'from 3 to 5 seconds', 'between 2s and 4s', 'bars 2 to 3', 'bar 2 and 3', 'second 3 to 5'."""
    begin = at
    unit = ""
    if words[at] in {"from", "between"} and at + 1 < len(words):
        begin += 1
    if words[begin] in _BARS | _SECONDS and begin + 1 < len(words):
        unit = "bars" if words[begin] in _BARS else "seconds"
        begin += 1
    if words[begin] == "number" and begin + 1 < len(words):
        begin += 1
    low = number(words, begin) if words[begin] not in {"a", "an", "half"} else None
    if low is None:
        return None
    value, then = low
    if then < len(words) and words[then] in _BARS | _SECONDS:
        unit = "bars" if words[then] in _BARS else "seconds"
        then += 1
    if then < len(words) and words[then] in _TO and then + 1 < len(words):
        joined = words[then]
        then += 1
        if words[then] in _BARS | _SECONDS and then + 1 < len(words):
            then += 1
        high = number(words, then) if words[then] not in {"a", "an", "half"} else None
        if high is None:
            return None
        end_value, end = high
        if end < len(words) and words[end] in _BARS | _SECONDS:
            unit = "bars" if words[end] in _BARS else "seconds"
            end += 1
        if end < len(words) and words[end] in {"bpm", "db", "%", "percent", "semitones"}:
            return None
        if not unit and (words[at] in {"from", "between"} or joined == "-"):
            unit = "seconds"
        return _spanned(unit, value, end_value, at, end) if unit else None
    return None


def _spanned(unit: str, low: float, high: float, start: int, end: int) -> Span:
    if unit == "bars":
        return Span(start_bar=int(low), end_bar=int(high), start=start, end=end)
    return Span(start_seconds=low, end_seconds=high, start=start, end=end)


def _numbered_bar(words: tuple[str, ...], at: int) -> Span | None:
    """'bar 2', 'measure number three'."""
    if words[at] not in _BARS or at + 1 >= len(words):
        return None
    begin = at + 2 if words[at + 1] == "number" and at + 2 < len(words) else at + 1
    if words[begin] in {"a", "an", "half"}:
        return None
    found = number(words, begin)
    if found is None:
        return None
    return Span(start_bar=int(found[0]), end_bar=int(found[0]), start=at, end=found[1])


_ONWARDS = re.compile(
    r"(?:(?:right |all the way )?(?:to|till|until|through(?: to)?|up to) (?:the |its )?(?:very )?end|onwards?|forwards?|(?:and )?on(?: out)?(?! the| my| it| that| this))(?!\w)"
)


def _onwards(words: tuple[str, ...], at: int, bars: int | None) -> Span | None:
    """'from bar 3 to the end', 'bar 3 onwards', 'from the third bar on', 'everything after bar 2'."""
    place = _numbered_bar(words, at) or (_ordinal(words, at, bars, 0.0) if words[at] not in {"last", "final"} else None)
    if not bars or place is None or place.start_bar is None or place.start_bar != place.end_bar:
        return None
    led = set(words[max(0, at - 2) : at])
    on = _ONWARDS.match(" ".join(words[place.end :]))
    if on is not None and ("from" in led or not on[0].startswith(("on", "and")) or on[0].startswith("onw")):
        end = place.end + len(on[0].split())
        return replace(place, end_bar=bars, start=at - ("from" in words[at - 1 : at]), end=end)
    if words[at - 1 : at] == ("from",) and place.end == len(words) and place.start_bar < bars:
        return replace(place, end_bar=bars, start=at - 1)  # 'again from bar 3'
    if at and words[at - 1] == "after" and place.start_bar < bars:
        return replace(place, start_bar=place.start_bar + 1, end_bar=bars, start=at - 1)
    return None


def _ordinal(words: tuple[str, ...], at: int, bars: int | None, seconds: float) -> Span | None:
    """'the last bar', 'the first two bars', 'the last 2 seconds', 'second bar'."""
    place = ORDINALS.get(words[at])
    if place is None or _endures(words, at):
        return None
    then, count = at + 1, 1.0
    if (then < len(words) and words[then] in {"couple", "few"}) or (
        then < len(words) and words[then] not in {"a", "an", "half"}
    ):
        found = number(words, then)
        if found is not None:
            count, then = found
    if then >= len(words):
        return None
    if words[then] in _BARS and bars and count != int(count):
        length = count * seconds / bars
        low = 0.0 if place == 1 else seconds - length
        return _timed(low, low + length, at, then + 1) if place in {1, -1} and low >= 0 else None
    if words[then] in _BARS and bars:
        first = place if place > 0 else bars + 1 + place - (int(count) - 1 if place == -1 else 0)
        return Span(start_bar=max(1, first), end_bar=max(1, first) + int(count) - 1, start=at, end=then + 1)
    if words[then] in _SECONDS and then > at + 1 and place in {1, -1}:
        if place == 1:
            return Span(start_seconds=0.0, end_seconds=count, start=at, end=then + 1)
        return Span(
            start_seconds=round(max(0.0, seconds - count), 3), end_seconds=round(seconds, 3), start=at, end=then + 1
        )
    return None


_BEFORE_LASTING = {"to", "it", "should", "must", "can", "could", "will", "would", "loop", "this", "track", "that"}


def _endures(words: tuple[str, ...], at: int) -> bool:
    """Whether 'last' is the verb: 'make it last 20 seconds', 'it has to last 8 bars'."""
    counted = number(words, at + 1) if at + 1 < len(words) and words[at + 1] not in {"half"} else None
    return words[at] == "last" and at > 0 and words[at - 1] in _BEFORE_LASTING and counted is not None


def _share(words: tuple[str, ...], at: int, bars: int | None, seconds: float) -> Span | None:
    """'the second half', 'the first quarter', 'the beginning', 'the middle', 'the end'."""
    place = ORDINALS.get(words[at])
    named = words[at + 1] if at + 1 < len(words) else ""
    low, high, end = 0.0, 0.0, at + 2
    if place is not None and named in {"half", "halves"}:
        low, high = (0.0, 0.5) if place == 1 else (0.5, 1.0)
    elif place is not None and named in {"quarter"}:
        index = place - 1 if place > 0 else 4 + place
        low, high = index / 4, index / 4 + 0.25
    elif place is not None and named == "third":
        index = place - 1 if place > 0 else 3 + place
        low, high = index / 3, index / 3 + 1 / 3
    elif at > 0 and words[at - 1] in {"the", "its"} and words[at] in _OPENINGS:
        low, high, end = 0.0, 0.25, at + 1
    elif at > 0 and words[at - 1] in {"the", "its"} and words[at] in _ENDINGS:
        low, high, end = 0.75, 1.0, at + 1
    elif words[at] == "middle" and at > 0 and words[at - 1] == "the":
        low, high, end = 0.25, 0.75, at + 1
        if words[max(0, at - 3) : at] and words[max(0, at - 2)] in {"in", "to"}:
            return None  # 'in the middle' is a place in the stereo field
    else:
        return None
    if bars and abs(low * bars - round(low * bars)) < 1e-9 and abs(high * bars - round(high * bars)) < 1e-9:
        return Span(start_bar=round(low * bars) + 1, end_bar=round(high * bars), start=at, end=end)
    return Span(start_seconds=round(low * seconds, 3), end_seconds=round(high * seconds, 3), start=at, end=end)


def _tail(words: tuple[str, ...], at: int, seconds: float) -> Span | None:
    """'after 5 seconds', 'from second 4 on', 'the part at 3 seconds'."""
    if words[at] in {"after", "from"} and at + 2 < len(words):
        begin = at + 2 if words[at + 1] in _SECONDS else at + 1
        found = number(words, begin) if words[begin] not in {"a", "an", "half"} else None
        if found and (begin == at + 2 or (found[1] < len(words) and words[found[1]] in _SECONDS)):
            return Span(
                start_seconds=found[0], end_seconds=round(seconds, 3), start=at, end=min(len(words), found[1] + 1)
            )
    return None
