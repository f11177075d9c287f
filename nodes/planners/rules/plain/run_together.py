"""What is written together or apart against its sense: 'lose the piano it's doing way too much', 'ii - V - i', 'w/ stems'."""

from __future__ import annotations

import re

from nodes.planners.rules.words.openings import OPENERS
from nodes.planners.rules.words.references import mentions
from nodes.planners.rules.words.speech import BREAKS, Clause, word_set

_SENSED = word_set("is are was were sounds sound feels feel seems seem does do gets keeps")


def reasoned(message: Clause) -> Clause:
    """'lose the piano it's doing way too much' -> 'lose the piano, it's ...': an order and its reason in one breath."""
    ends = {mention.end for mention in mentions(message)}
    for at in range(len(message.words) - 2, 1, -1):
        word = message.words[at]
        said = word in _IT_IS or (word in {"it", "they"} and message.words[at + 1] in _SENSED)
        if at not in ends or not said:
            continue
        start = max((i + 1 for i in range(at) if message.words[i] in BREAKS), default=0)
        head = message.part(start, at).bare()
        if head.words and head.words[0] in OPENERS and not set(head.words) & _LEADS_ON:
            message = message.replaced(at, at, ",")
    return message


_IT_IS = word_set("it's they're he's she's its")
_LEADS_ON = word_set(
    "if when while until because like as than what how where so but since think make sure whether though"
)
_DEGREE = re.compile(r"[b#]?(?:vii|vi|iv|v|iii|ii|i)(?:7|maj7|m7|dim|o)?")


def within_a_word(message: Clause, at: int) -> bool:
    """Whether a sign parts what belongs together: 'w / stems', 'ii - V - i'."""
    before, sign, after = message.words[at - 1 : at + 2]
    if sign == "/":
        return message.raw[at - 1].lower() == "w"
    return sign == "-" and bool(_DEGREE.fullmatch(before) and _DEGREE.fullmatch(after))
