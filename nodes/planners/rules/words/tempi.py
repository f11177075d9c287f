"""Words of tempo that are no direction: 'knock 6 bpm off', 'make it allegro'."""

from __future__ import annotations

from nodes.planners.rules.words.amounts import Amount, amounts
from nodes.planners.rules.words.attributes import read
from nodes.planners.rules.words.marks import first
from nodes.planners.rules.words.speech import Clause, word_set
from state.gat import TEMPO_RANGE

_OFF = word_set("knock take cut shave trim lose shed drop chop reduce lower subtract deduct dial pull minus")
_ONTO = word_set("add bump nudge push raise lift kick crank gain plus increase")


def moved_by(clause: Clause, said: Amount) -> int:
    """'knock 6 bpm off', 'bump it up by 5 bpm', 'cut the tempo by 10 bpm': 1 or -1 for a change, 0 for a tempo."""
    words = clause.words
    after = words[said.end : said.end + 1]
    if after in (("off",), ("down",), ("less",)) or "off" in words[: said.start]:
        return -1
    aimed = set(words[max(0, said.start - 3) : said.start]) & {"to", "at", "="}
    verb = next((word for word in words[:4] if word in _OFF | _ONTO), None)
    if aimed or verb is None or (said.value > 40 and words[said.start - 1 : said.start] != ("by",)):
        return 0
    return -1 if verb in _OFF else 1


def taken_off(piece: Clause, order: Clause) -> bool:
    """'(lose the drums and) 4 bpm': so few are no tempo, they are what the tempo loses."""
    said = amounts(piece)
    few = len(said) == 1 and said[0].unit == "bpm" and said[0].end - said[0].start == len(piece.words)
    return few and 0 < said[0].value < TEMPO_RANGE[0] and order.words[0] in _OFF


def term_of(clause: Clause) -> float | None:
    """The tempo of 'make it allegro', 'andante please'."""
    reading = read(clause.text)
    term = first(reading.marks, "term")
    return float(reading.bpm or 0) or None if term is not None and "bpm" in reading.inferred else None
