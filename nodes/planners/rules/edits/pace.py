"""A complaint about the pace and its mending: 'still dragging, push it a hair faster' is one wish told twice."""

from __future__ import annotations

import re
from collections.abc import Sequence

from nodes.planners.rules.words.amounts import amounts
from nodes.planners.rules.words.references import mentions
from nodes.planners.rules.words.speech import Clause, clause, word_set

_DRAGS = word_set("dragging drags drag sluggish slow lagging lags plodding slowish draggy")
_RUSHES = word_set("quick rushing rushes rush rushed hurried hasty fast fastish")
_PLAIN = word_set("quick slow fast slowish fastish")
"""Words that complain only beside one of `_FELT`: 'still slow'."""
_FELT = word_set("still too bit little tad touch way much far slightly somewhat kinda kind rather")
_BESIDE = word_set(
    "i find me we it's its it is this that's that feels sounds seems the tempo all whole thing a of sort just so yet now pretty quite getting"
)
_MOVES = word_set("shave trim dip bump push pull nudge bring take move kick pick lift crank drop knock dial ease hold")
_WAYS = word_set("it that this the tempo up down back on along again then please by about roughly off a")
_PURPOSE = word_set("for to so")
_TEMPO = word_set("tempo pace speed bpm")


def mended(parts: Sequence[Clause]) -> list[Clause]:
    """The clauses without a complaint about the pace that the next one mends; what 'it' moves there is the tempo."""
    kept: list[Clause] = []
    rest = list(parts)
    while rest:
        part, *rest = rest
        way = _complaint(part) if rest else 0
        if way and not mentions(rest[0]) and (mending := _mending(rest[0], way)) is not None:
            rest[0] = mending
        else:
            kept.append(part)
    return kept


def _complaint(part: Clause) -> int:
    """1: it drags, so faster is what is wished; -1: it rushes; 0: the clause is about something else, or says more."""
    end = next((at for at in range(2, len(part.words)) if part.words[at] in _PURPOSE), len(part.words))
    part = part if mentions(part.part(end)) else part.part(0, end)  # 'too fast | to sing along'
    if set(part.words) & _TEMPO and part.words[-1] in {"high", "low"} and set(part.words) & _FELT:
        return -1 if part.words[-1] == "high" else 1
    if " ".join(part.words[-3:]) in {"can't keep up", "cannot keep up"}:
        return -1
    ails = [word for word in part.words if word in _DRAGS | _RUSHES]
    if len(ails) != 1 or set(part.words) - _BESIDE - _FELT - set(ails):
        return 0
    if ails[0] in _PLAIN and not set(part.words) & _FELT:
        return 0
    return 1 if ails[0] in _DRAGS else -1


_SHARES = re.compile(r"by (?:a|one) (?:quarter|third|half|fifth|tenth)$")


def _told(order: Clause) -> str | None:
    """How much an order of that kind says: 'bring it down by 10 percent', 'take it up by 4', 'drop it by a tenth'."""
    if order.words[0] not in _MOVES | {"cut", "reduce", "raise", "lower", "slow", "speed", "make", "turn", "set"}:
        return None
    said = amounts(order)
    share = _SHARES.search(" ".join(order.words))
    if share is not None and set(order.words[1:-3]) <= _WAYS:
        return f"make it {share[0]}"
    if len(said) != 1 or said[0].unit not in {"percent", "bpm", "bare"} or "to" in order.words:
        return None
    if set(order.without([(said[0].start, said[0].end)]).words[1:]) - _WAYS or (
        said[0].unit == "bare" and said[0].value > 40
    ):
        return None
    amount = order.part(said[0].start, said[0].end).text
    return f"{amount} bpm" if said[0].unit == "bare" else amount


def _mending(order: Clause, way: int) -> Clause | None:
    """The order in words of tempo; None where it asks for something else."""
    if order.has("faster" if way > 0 else "slower") and not order.has("slower" if way > 0 else "faster"):
        return order
    if (told := _told(order)) is not None:
        return clause(f"{told} {'faster' if way > 0 else 'slower'}")
    degrees = order.marks("small", "large")
    left = order.without((mark.start, mark.end) for mark in degrees)
    bare = not amounts(order) and left.words[:1] and left.words[0] in _MOVES and set(left.words[1:]) <= _WAYS
    if not bare or not {"it", "that", "this", "tempo"} & set(left.words):
        return None
    degree = f"{degrees[0].words} " if degrees else ""
    return clause(f"{degree}{'faster' if way > 0 else 'slower'}")
