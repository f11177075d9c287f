"""Other chords for some of the bars: 'bars 3 to 4: other chords', 'new chords for the last two bars'. Every other bar keeps its own."""

from __future__ import annotations

from nodes.planners.rules.edits.chords import other_chords
from nodes.planners.rules.edits.one_chord import present
from nodes.planners.rules.outcome import Outcome, do, step
from nodes.planners.rules.scene import Scene
from nodes.planners.rules.words import spans
from nodes.planners.rules.words.chord_words import chords_in
from nodes.planners.rules.words.references import mentions
from nodes.planners.rules.words.speech import Clause, word_set

_OTHER = ("other", "different", "new", "another", "fresh", "else")
_CHANGING = word_set(
    "change vary swap switch replace alter redo rewrite reharmonize reharmonise rework renew mix shake"
)
_HARMONY = ("chords", "chord progression", "progression", "harmony", "harmonies", "chord changes")


def some_chords(clause: Clause, scene: Scene) -> Outcome | None:
    """Chords of the key that are not the present ones, in the bars that are said; of one bar it is asked which chord."""
    span = spans.find(clause, scene.bars, scene.seconds)
    if span is None or span.start_bar is None or span.end_bar is None or not scene.bars:
        return None
    other = clause.says(*_OTHER) or (clause.words[0] in _CHANGING and not any(chords_in(clause, set())))
    if not (clause.says(*_HARMONY) and other) or mentions(clause) or clause.has("louder", "quieter"):
        return None
    now = present(scene)
    if not now or not 1 <= span.start_bar < span.end_bar <= scene.bars:
        return None
    each = max(1, len(now) // scene.bars)
    after = list(now)
    others = other_chords(scene)
    for slot in range((span.start_bar - 1) * each, min(span.end_bar * each, len(after))):
        ways = others[slot % len(others) :] + others[: slot % len(others)]
        before = after[slot - 1] if slot else ""
        after[slot] = next((way for way in ways if not _alike(way, now[slot]) and way != before), ways[0])
    return do(step("set_chords", chords=after))


def _alike(one: str, other: str) -> bool:
    """'Cm' and 'Cm7' would be heard as the same chord."""
    short, long = sorted((one, other), key=len)
    return short == long or long.removeprefix(short) in {"7", "maj7", "6", "9"}
