"""Versions that are told by who plays in them: 'the version without the clarinet', 'the one with the guitar'."""

from __future__ import annotations

import re

from ensemble.band.instruments import matches
from nodes.planners.rules.scene import Scene
from nodes.planners.rules.words.references import mentions, named
from nodes.planners.rules.words.speech import Clause
from state.gat import GlobalAttributeTable

_TOLD = re.compile(
    r"(?:(?:i (?:want|need|prefer|preferred|liked)|i'd (?:like|prefer|rather have)|give me|play me|play|use|take|load|open|get me|show me|"
    r"bring back|let's (?:use|take|have|keep)|let me (?:hear|have)|back to|go back to|return to|what about|how about) )?"
    r"(?:the|that) (?:old |earlier |previous |last )?(?:version|take|one|revision|state)(?: (?:that|which) (?:had|was))? "
    r"(?P<how>without|with no|with)\b"
)


_PACED = re.compile(
    r"(?!make|do|try|add|create|write)(?P<from>.*)\b(?:the|that) (?P<pace>slow|fast|quick)(?:er)? (?:one|version|take|mix|tempo|loop)(?P<to>(?: (?:back|again|after all|from before))*)(?: please)*"
)


def _of_pace(clause: Clause, scene: Scene) -> int | None:
    """'I want the slow one back': the newest version that is slower than this one, wherever it lies."""
    told = _PACED.fullmatch(" ".join(clause.words))
    if told is None or not (told["to"] or "back" in told["from"]) or not scene.exists:
        return None
    past = [table for n in range(200, 0, -1) if (table := scene.request.revisions.revision(n)) and table.bpm]
    apart = [(table.revision, (table.bpm or 0) - (scene.bpm or 0)) for table in past if table.bpm != scene.bpm]
    return next((number for number, more in apart if (more < 0) == (told["pace"] == "slow")), None)


def recalled(clause: Clause, scene: Scene) -> int | None:
    """The newest revision before this one in which the named instrument plays, or does not; None where there is none, or
    where that is how it is now."""
    if (paced := _of_pace(clause, scene)) is not None:
        return paced
    told = _TOLD.match(" ".join(clause.words))
    found = mentions(clause)
    if told is None or len(found) != 1 or not scene.exists:
        return None
    word, wanted = found[0].words, told["how"] == "with"
    if bool(named(word, scene)) == wanted:
        return None
    for number in scene.request.revisions.lineage()[1:]:
        past = scene.request.revisions.revision(number)
        if past is not None and holds(past, word) == wanted:
            return number
    return None


def holds(table: GlobalAttributeTable, word: str) -> bool:
    """Whether a stem of the table answers to the word."""
    return any(matches(word, stem.name, stem.instrument) for stem in table.stems)
