"""Line breaks: inside a sentence they are spaces, between instructions they separate."""

from __future__ import annotations

from nodes.planners.rules.words.openings import OPENERS
from nodes.planners.rules.words.references import mentions
from nodes.planners.rules.words.speech import Clause, clause, word_set

_DANGLING = word_set(
    """a an the my some with without and or to of on in at by for more less into from under over please could can you
    bit little touch"""
)
_MOVING = word_set("turn bring push pull make pan move put set take pitch shift transpose speed slow")
_LINKS = word_set("to on onto of for under over behind with from at by")
_TAILS = word_set("up down left right louder quieter softer faster slower higher lower by to a out in off hard center")


def unwrapped(text: str) -> str:
    """The message with the line breaks that fall inside a sentence made into spaces."""
    if "\n" not in text.strip() and "\r" not in text:
        return text
    lines = [line.strip() for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n")]
    kept: list[str] = []
    for line in lines:
        if (
            kept
            and line
            and kept[-1]
            and kept[-1][-1] not in ".!?;:,"
            and _goes_on(clause(kept[-1]).bare(), clause(line).bare())
        ):
            kept[-1] = f"{kept[-1]} {line}"
        elif line or not kept or kept[-1]:
            kept.append(line)
    return "\n".join(kept)


def _goes_on(before: Clause, after: Clause) -> bool:
    """Whether a sentence that breaks off after `before` goes on with `after`."""
    if not before.words or not after.words:
        return False
    if before.words[-1] in _DANGLING:
        return True
    opens = after.words[0] in OPENERS
    if before.words[0] not in OPENERS or (opens and after.words[0] not in _TAILS):
        return False
    if after.words[0] in _LINKS and not opens:
        return True
    if len(before.words) == 1:
        return before.words[0] not in {"undo", "redo", "export", "describe"}
    last = before.words[-3:]
    if before.words[0] in _MOVING and after.words[0] in _TAILS and not set(last) & _TAILS:
        return True
    return len(after.words) <= 2 and not mentions(before) and bool(mentions(after)) and not before.has("pronoun", "all")
