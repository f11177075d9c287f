"""One player's part for another, told otherwise than by replacing: 'score the violin line for oboe', 'keys out, accordion in'."""

from __future__ import annotations

import re

from nodes.planners.rules.plain.kinds import told_by_kind
from nodes.planners.rules.plain.leaving import named_here
from nodes.planners.rules.plain.rewording import HEAD, reworded, text_of
from nodes.planners.rules.scene import Scene
from nodes.planners.rules.words.references import mentions
from nodes.planners.rules.words.speech import Clause

_PART = r"(?: ?'s)?(?: (?:part|line|riff|melody|solo|chords|tune|role|notes|bit|hook|figure|pattern))?"
_OWN = r"(?: ?'s)? (?:part|line|riff|melody|solo|chords|tune|role|notes|bit|hook|figure|pattern)"
_OLD = r"(?:the|my|that|this|those|these|our) (?P<old>\w+(?: \w+){0,1}?)"
_NEW = r"(?:(?:a|an|some|the) )?(?P<new>\w+(?: \w+){0,2}?)"
_END = r"(?: (?:instead|please|now|then|for me|from now on))*(?= [.,;!?]| and |$)"
_TAKEOVERS = tuple(
    re.compile(pattern)
    for pattern in (
        rf"{HEAD}(?:re ?)?(?:score|transcribe|write|rewrite|rescore|arrange|rearrange|recast|reassign|orchestrate|reorchestrate|adapt|set) {_OLD}{_PART} (?:out )?(?:for|on|onto) {_NEW}{_END}",
        rf"{HEAD}(?:(?:let|have|get|make|want|i want|i'd like|i'd prefer|i'd rather|i'd love|could|can|maybe)(?: (?:to )?(?:have|hear))? )?(?:a|an|some) (?P<new>\w+(?: \w+){{0,2}}?) (?:to |should |could |can )?(?:take|have|do|handle|get|play|cover|carry|take over|taking|doing|playing|covering|carrying|pick up|double for|stand in for) {_OLD}{_OWN}{_END}",
        rf"{HEAD}(?:(?:put|move|play|give|hand|pass|have|i want|i'd like|could|can|let's have) )?what(?:ever)? {_OLD} (?:plays?|(?:is|are|was|were) (?:playing|doing)|does|do|has|have)(?: (?:should|could|can|must|has to|needs to))?(?: (?:go|be|be played|sound|move))? (?:over )?(?:on|onto|to|by) (?:a|an|some) (?P<new>\w+(?: \w+){{0,2}}?){_END}",
        rf"{HEAD}{_OLD}{_PART} (?:should|could|can|must|needs to|has to|ought to|might|would) (?:go|move|be given|be handed|be passed|pass|be moved) (?:over )?to (?:a|an|some) (?P<new>\w+(?: \w+){{0,2}}?){_END}",
        rf"{HEAD}(?:put|move|play|place|shift|give|hand|pass|transfer|i want|i'd like|try|have|do|let's have|let's put|let's hear|how about|hear) {_OLD}{_OWN} (?:over )?(?:on|onto|to|over to|by|with) (?:a|an|some) (?P<new>\w+(?: \w+){{0,2}}?){_END}",
        rf"{HEAD}{_OLD}{_OWN} on (?:a|an|some) (?P<new>\w+(?: \w+){{0,2}}?){_END}",
        rf"{HEAD}(?:the |my )?(?P<old>\w+(?: \w+)?) out (?:, |and |, and |; |/ )?(?:a |an |the |some )?(?P<new>\w+(?: \w+){{0,2}}?) in{_END}",
        rf"{HEAD}(?:a |an |the |some )?(?P<new>\w+(?: \w+){{0,2}}?) in (?:, |and |, and |; )?(?:the |my )?(?P<old>\w+(?: \w+)?) out{_END}",
        rf"(?:^|(?<=[.,;!?:&] )|(?<=\band ))(?:the |my )?(?P<old>\w+(?: \w+)?) (?:in)?to (?:an? )?(?P<new>\w+(?: \w+){{0,2}}?){_END}",
        rf"{HEAD}out with (?:the |my )?(?P<old>\w+(?: \w+)?) (?:, |and |, and )?in with {_NEW}{_END}",
        rf"{HEAD}in with {_NEW} (?:, |and |, and )?out with (?:the |my )?(?P<old>\w+(?: \w+)?){_END}",
    )
)  # fmt: skip


def taken_over(message: Clause, scene: Scene) -> Clause:
    """'score the violin line for oboe instead' -> 'replace the violin with an oboe'."""
    for pattern in _TAKEOVERS:
        found = pattern.search(text_of(message))
        if found is None or not named_here(found["old"], scene):
            continue
        words = tuple(found["new"].split())
        named = mentions(Clause(words, words))
        if (named and named[-1].end == len(words)) or told_by_kind(Clause(("a", *words), ("a", *words))):
            return reworded(message, found, f"replace the {found['old']} with a {found['new']}")
    return message
