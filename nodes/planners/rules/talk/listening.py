"""Wishes to hear what there is: 'play it', 'let me hear it', 'stop'. Nothing plays here by itself; the files do."""

from __future__ import annotations

import re

from nodes.planners.rules.outcome import UNDERSTOOD, Outcome, say
from nodes.planners.rules.scene import Scene
from nodes.planners.rules.words.references import mentions
from nodes.planners.rules.words.speech import Clause

_WHAT = r"(?: (?:it|this|that|them|the (?:loop|song|track|music|mix|result|audio|beat|thing|whole thing)|what we have|what you have|my loop))?"
_WHEN = r"(?: (?:back|now|again|please|for me|to me|so far|once|first|then|once more|out loud|aloud|one more time))*"
_HEAR = re.compile(
    rf"(?:(?:play(?: me| us)?|replay|hit play|press play|start playing|playback|preview|audition|hear|listen(?: to)?|have a listen(?: to)?){_WHAT}{_WHEN}"
    rf"|(?:i (?:want|would like|need) to|i'd like to|let me|let us|let's|can i|may i|could i) (?:hear|listen(?: to)?|play){_WHAT}{_WHEN}"
    rf"|(?:stop|pause|halt|stop playing|stop it|pause it|stop the music))"
)
_WHERE = re.compile(
    r"where(?:'s| is| are) (?:the|my|all the) (?:files?|audio|wavs?|mix|recording|result|sound)|where (?:do|can|could) (?:i|we) (?:find|get|hear|listen|open).*"
    r"|how (?:do|can|could|would|should|to) ?(?:i|we)? ?(?:hear|listen|play|open)(?: to)?(?: (?:it|this|that|the (?:loop|mix|files?|result|audio|music)).*)?"
)
_HERE = (
    "I cannot play sound in this conversation: the mix and the stems lie as WAV files, whose paths come with every turn. "
    "Open the mix in any player, or say 'export it' for a folder of files."
)


def listening(clause: Clause, scene: Scene) -> Outcome | None:
    """Where the sound is."""
    text = " ".join(clause.words)
    asks = _HEAR.fullmatch(text) is not None or (
        _WHERE.fullmatch(text) is not None and len(clause.words) <= 9 and not mentions(clause)
    )
    if not scene.exists or not asks:
        return None
    beside = scene.steps or re.search(r"\w,|\b(?:and|but|then)\b", scene.request.text.lower())
    return UNDERSTOOD if beside else say(_HERE)  # the reply to an edit names the files
