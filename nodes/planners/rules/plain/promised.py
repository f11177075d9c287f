"""A file that a message says is attached, where none has come: 'the drum loop I just attached', "here's my riff, ..."."""

from __future__ import annotations

import re

from nodes.planners.rules.plain.rewording import text_of
from nodes.planners.rules.scene import Scene
from nodes.planners.rules.words.speech import Clause

_FILE = (
    r"(?:file|recording|sample|clip|upload|attachment|audio|wav|mp3|flac|ogg|demo|stem|stems|voice memo|memo|bounce)"
)
_MUSIC = rf"(?:{_FILE}|loop|drum loop|break|beat|drums|riff|take|track|song|groove|part|line|melody|idea|bassline|chords|vocals?|vocal take|guitar|piano|bass)"
_OWN = r"(?:\w+ ){0,3}?"
_SENDING = r"(?:uploaded|attached|sent|shared|dropped in|added as a file|gave you|provided|linked)(?! (?:my|him|her|them|to|myself|yourself|the)\b)"
_HANDED = r"(?:uploaded|attached|(?:sent|shared|dropped) (?:you|over|in|here))(?! (?:myself|yourself|to)\b)"
_PROMISES = tuple(
    re.compile(pattern)
    for pattern in (
        rf"\b(?:i|we|i've|we've|i have|we have) (?:just |have |already |'ve |had )*{_HANDED} (?:you |here |over |up |a |an |the |my |our |this |some )*{_OWN}{_MUSIC}\b",
        rf"\b(?:the|this|that|my|our|a|an) {_OWN}{_MUSIC} (?:that |which )?(?:i|we|i've|we've) (?:just |have |already |had )*(?:{_SENDING})\b",
        r"\b(?:what|whatever) (?:i|we|i've|we've) (?:just |have |already )*(?:uploaded|attached|sent you|shared)\b",
        rf"\b(?:the|this|that|my|our|these|those) (?:attached|uploaded|enclosed) {_OWN}{_MUSIC}\b",
        r"\b(?:attached|enclosed|uploaded) (?:is|are|you'll find|you will find|please find)\b",
        r"\b(?:see|in|from|to|with|using|use|on|over|under|around) (?:the|my) (?:attachment|attached file|upload)\b",
        r"\b(?:use|take|put|mix|add|layer|chop|transcribe|convert|extend|remix|make|on|over|under|around|with|for|to|from) (?:the|this|my) (?:attached|uploaded)(?= |$)",
        rf"^(?:\w+ ){{0,2}}?(?:here's|here is|heres|here are) (?:my|our|a|the|an) {_OWN}(?:{_FILE}|loop|drum loop|break|beat|drums|riff|take|bassline|guitar part|drum part)(?= [.,;!?:-]| and | can | could | -|$)",
        r"\bmy (?:uploaded|attached) ",
    )
)  # fmt: skip
_NOT_SENT = re.compile(r"\b(?:can i|could i|may i|how do i|how can i|should i|if i|when i|i'll|i will|i want to|i'd like to|i could|i can|let me) (?:upload|attach|send|share)|\b(?:if|when) i (?:uploaded|attached|sent)\b")  # fmt: skip


def missing_file(message: Clause, scene: Scene) -> str | None:
    """What to ask where a file is spoken of as sent, and the session has none."""
    text = text_of(message)
    if scene.request.uploads or _NOT_SENT.search(text):
        return None
    if not any(pattern.search(text) for pattern in _PROMISES):
        return None
    if scene.exists:
        return "No file has come with this conversation. Could you attach it again, or say what to do with the loop that is here?"
    return (
        "No file has come with your message, so there is nothing to build on yet. Could you attach it (WAV, FLAC, MP3 or OGG)? Or say which "
        "style, tempo and key the music should have, and I make it from scratch."
    )
