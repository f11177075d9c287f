"""Questions that name a key, a metre or a tempo and ask for no change: 'is this minor?', 'are we in four?', 'bpm and key?',
'what was the tempo before?', 'will it mix with a track in D minor?'."""

from __future__ import annotations

import re

from ensemble.band.theory import parse_key
from nodes.planners.rules.outcome import Outcome, do, say, step
from nodes.planners.rules.scene import Scene
from nodes.planners.rules.talk.facts import FACTS
from nodes.planners.rules.words.references import find
from nodes.planners.rules.words.speech import Clause, word_set
from state.errors import LoopCopilotError
from state.gat import GlobalAttributeTable

_IT = r"(?:it|this|that|the loop|this loop|the track|this track|the song|the beat|the tune|we|the piece|the thing|everything)"
_MODE = re.compile(
    rf"(?:is|are|was) {_IT} (?:in )?(?:a |an )?(?P<mode>minor|major)(?: key| or (?:major|minor)| thing| one)?"
)
_BEATS = {"two": "2", "three": "3", "four": "4", "five": "5", "six": "6", "seven": "7"}
_METRE = re.compile(
    rf"(?:is|are) {_IT} (?:in )?(?:a )?(?:(?P<count>two|three|four|five|six|seven)(?: (?:four|eight|time|four time|eight time|beats (?:a|to the|per) bar))?|"
    r"(?P<metre>\d+/\d+)(?: time)?|(?:a )?(?P<waltz>waltz)(?: time)?)(?: time| or (?:two|three|four|six|\d+/\d+)| here| now)*"
)
_MIXES = re.compile(
    rf"(?:will|would|does|do|did|is|are|can|could|should|might) {_IT} (?:really |actually |even |still |ever )?(?:mix|blend|match|fit|fits|clash|go well|go with|go together|"
    r"work well|work with|work over|work in|work for|work as|layer|sit well|compatible|close to|anywhere near|play well|pass for|suit|loop|end|start|begin|last|have|has)\b.*"
)
_BEFORE = re.compile(
    r"(?:what|which|how)\b.*\b(?:was|were|did)\b.*\b(?:before|originally|at first|to begin with|at the start|in the beginning|earlier|previously|initially)\b.*"
)
_LINKING = word_set("and or & , the what what's is its our whats are plus also current please in at then so")


def wonders(clause: Clause, scene: Scene) -> Outcome | None:
    """The answer to such a question; None for any other clause."""
    gat = scene.request.gat
    if gat is None or scene.steps:
        return None
    text = " ".join(clause.words)
    if _MODE.fullmatch(text) and gat.key:
        return _of_mode(text, gat)
    if (found := _METRE.fullmatch(text)) is not None:
        asked = found["metre"] or ("3/4" if found["waltz"] else _beats(found["count"], text))
        return say(
            f"{'Yes' if asked == gat.time_signature or asked == gat.time_signature.split('/')[0] else 'No'}, it is in {gat.time_signature}."
        )
    if _BEFORE.fullmatch(text) and (then := _earlier(scene, gat)) is not None:
        told = _facts(clause, then)
        return say(f"In version {then.revision}: {told[0].lower()}{told[1:]}") if told else None
    if _listed(clause, scene):
        return say(_facts(clause, gat))
    if _MIXES.fullmatch(text) and _is_question(clause, scene):
        return do(step("describe", question=clause.text[:500]))
    return None


_RHETORICAL = re.compile(
    r"why\b(?! (?:can't|can i|don't i hear|do i not hear)).*|what would (?:i|we) do\b.*|who (?:needs|asked|wants|cares|said)\b.*|how come\b.*|what an? .*|when (?:i|we|he|she|they|my|our)\b.*|"
    r"how (?:am|are|is|was|were|can|could|on earth) (?:(?:i|we) (?:supposed|meant|going|ever)|anyone|anybody|can|am|could)\b.*"
)


def rhetorical(clause: Clause, scene: Scene) -> bool:
    """'how am I supposed to rap over this?', 'who needs two guitars?', 'what a mess': no answer is wanted beside an order. What it
    speaks of is what 'it' means next."""
    told = _RHETORICAL.fullmatch(" ".join(clause.words)) is not None and clause.words[1:2] != ("not",)
    if told and (stems := find(clause, scene).stems):
        scene.focus = scene.spoken = stems
    return told


_YES_OR_NO = word_set("is are was were does did has")


def unanswered(clause: Clause, scene: Scene) -> Outcome | None:
    """'is there any swing on this?': a question that no fact answers changes nothing; what was measured does."""
    asks = (
        clause.words[0] in _YES_OR_NO
        and "you" not in clause.words
        and not clause.says("possible", "okay if", "ok if", "able to")
    )
    if not asks or scene.request.gat is None or len(clause.words) < 3 or not _is_question(clause, scene):
        return None
    return do(step("describe", question=clause.text[:500]))


def _of_mode(text: str, gat: GlobalAttributeTable) -> Outcome | None:
    try:
        minor = parse_key(gat.key or "").minor
    except (ValueError, LoopCopilotError):
        return None
    if " or " in text:
        return say(f"It is in {gat.key}.")
    return say(f"{'Yes' if minor == (' minor' in text) else 'No'}, it is in {gat.key}.")


def _beats(count: str, text: str) -> str:
    return (
        f"{_BEATS[count]}/8" if " eight" in text else f"{_BEATS[count]}/4" if f"{count} four" in text else _BEATS[count]
    )


def _earlier(scene: Scene, gat: GlobalAttributeTable) -> GlobalAttributeTable | None:
    return scene.request.revisions.revision(gat.parent) if gat.parent else None


def _facts(clause: Clause, gat: GlobalAttributeTable) -> str:
    return " ".join(tell(gat) for words, tell in FACTS if clause.says(*words))


def _listed(clause: Clause, scene: Scene) -> bool:
    """'bpm and key?': names of facts and nothing else, with a question mark."""
    rest = [word for word in clause.words if word not in _LINKING]
    return bool(rest) and all(word in _NAMES for word in rest) and _is_question(clause, scene)


_NAMES = word_set("bpm tempo key chords length metre meter instruments effects speed")


def _is_question(clause: Clause, scene: Scene) -> bool:
    """Whether the sentence ends with a question mark, as it was written."""
    squeezed = re.sub(r"[^a-z0-9?#/]+", " ", scene.request.text.lower().replace("?", " ? "))
    words = re.sub(r"[^a-z0-9#/]+", " ", clause.text.lower()).strip()
    return f"{words} ?" in squeezed
