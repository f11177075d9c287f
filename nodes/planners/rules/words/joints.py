"""Words that join clauses, and the expressions inside which they join nothing: '3-5s', 'drum and bass', 'a hundred and twenty'."""

from __future__ import annotations

from nodes.planners.rules.words.amounts import amounts
from nodes.planners.rules.words.harmony import is_chord
from nodes.planners.rules.words.openings import OPENERS
from nodes.planners.rules.words.speech import Clause, word_set

_PAIRS = frozenset(
    {
        ("drum", "bass"), ("r", "b"), ("d", "b"), ("pitch", "all"), ("rock", "roll"), ("rhythm", "blues"), ("country", "western"), ("call", "response"), ("more", "more"),
        ("louder", "louder"), ("again", "again"), ("over", "over"), ("left", "right"), ("faster", "faster"), ("slower", "slower"),
    }
)  # fmt: skip
"""Words that 'and' joins to one expression."""


def inside(message: Clause, at: int) -> bool:
    """Whether a joint belongs to an expression: '3-5s', 'bars 2 and 3', 'a hundred and twenty', 'drum and bass'."""
    words = message.words
    joint, before, after = words[at], words[at - 1] if at else "", words[at + 1] if at + 1 < len(words) else ""
    if joint == "-" or _among_chords(message.raw, at):
        return True
    if joint == "but" and before in {"everyone", "everybody"}:
        return True
    if joint == "so":
        return before in {"not", "is", "or", "are"} or after in {"loud", "fast", "quiet", "slow", "much", "bright"}
    if joint == "also":
        return after not in OPENERS or after in {
            "need",
            "needs",
            "have",
            "want",
            "could",
            "can",
            "should",
            "would",
            "will",
        }
    if joint not in {"and", "&", "n"}:
        return False
    if before == "hundred":
        return bool(amounts(message.part(at + 1, at + 2)))
    numeric = before[-1:].isdigit() and after[:1].isdigit()
    return (
        numeric
        or (before, after) in _PAIRS
        or (words[at + 1 : at + 3] == ("a", "half") and words[at + 3 : at + 4] != ("step",))
    )


def _among_chords(raw: tuple[str, ...], at: int) -> bool:
    """'Dm7 then G7, then Cmaj7 and A7': one list of chords."""
    before = next((word for word in reversed(raw[:at]) if word.lower() not in _LISTING), "")
    after = next((word for word in raw[at + 1 :] if word.lower() not in _LISTING), "")
    return is_chord(before) and is_chord(after) and "then" in {word.lower() for word in raw[max(0, at - 2) : at + 3]}


_LISTING = word_set("and then , to")
