"""Questions about something else than this loop: 'what key is Stairway to Heaven in?', 'how do I mute a track in Ableton?'."""

from __future__ import annotations

import re

from nodes.planners.rules.outcome import Outcome, say
from nodes.planners.rules.plain.unasked import words_of
from nodes.planners.rules.scene import Scene
from nodes.planners.rules.words import formats
from nodes.planners.rules.words.openings import OPENERS
from nodes.planners.rules.words.references import mentions
from nodes.planners.rules.words.speech import Clause, word_set
from nodes.planners.rules.words.spelling import is_known

ONLY_THIS = (
    "I can only tell of the loop that we make here: its tempo, key, chords, instruments, levels, effects and versions. I can "
    "also change it: say for example 'mute the drums', 'a little slower' or 'add a clarinet'."
)
_ASKING = word_set("what what's which who who's where where's how how's when why does do did is are was explain define")
_WOULD_DO = re.compile(r"^(?:what|how) (?:would|might|could|does|did) (?!(?:it|this|that|they|we|i|you|he|she|the|happen|change|be|these|those|a|an|my|sound|our|your)\b)(?:\w+ ){1,3}?(?:do|say|think|add|use|play|approach|mix|handle|make)\b")  # fmt: skip
_HOW_TO = re.compile(r"^how (?:do|can|would|should|could|might) (?:i|we) (?P<order>.+?)(?: here| with you)?$")
_GENERAL = re.compile(
    r"\b(?:difference between|explain (?:what|how|why|the difference)(?! you)|define \w+|what does \w+(?: \w+)? mean|the meaning of|how long does it take|"
    r"how (?:many bpm|fast|many beats per minute) (?:is|are) (?!it|this|that|the|we|my)\w+|how (?:do|does) (?:a|an) \w+ work)\b|"
    r"^what(?:'s| is) an? (?!good|better|nice|suitable|fitting|different|possible)\w+(?: (?:effect|chord|scale|filter))?$"
)
_SOUNDING = re.compile(
    r"^(?:get|have|make|achieve) (?:(?P<what>it|this|that|the \w+|everything) )?(?:to (?:be|sound|feel) |sound |feel )?(?:(?:a|an|some) )?(?P<how>(?:bit |little |more |much )*\w+)"
    r"(?: (?:sound|tone|mix|feel|vibe|groove|tempo|loop))?$"
)
_QUALITIES = (
    "timbre_bright", "timbre_dark", "timbre_warm", "timbre_bassy", "timbre_thin", "mood_move", "louder", "quieter", "faster", "slower", "busier",
    "sparser",
)  # fmt: skip
_KEEPING = word_set(
    "export save download get share open load import send use know tell say ask find go start begin see hear"
)


def beyond(clause: Clause, scene: Scene) -> Outcome | None:
    """That only this loop can be told of; or, to 'how do I ...?' about this loop, the words that do it."""
    if clause.words[0] not in _ASKING:
        return None
    text = " ".join(clause.words)
    if (
        _WOULD_DO.match(text)
        or _GENERAL.search(text)
        or _of_a_program(clause)
        or _names(clause, scene)
        or _of_the_world(clause)
    ):
        return say(ONLY_THIS)
    asked = _HOW_TO.match(text)
    if asked is not None and (how := _SOUNDING.match(asked["order"])) is not None and clause.has(*_QUALITIES):
        return say(f"Say it as it is: 'make {how['what'] or 'it'} {how['how']}'. Nothing was changed yet.")
    away = asked is not None and asked["order"].startswith("get ") and clause.says("out of", "rid of", "away")
    if (
        asked is None
        or (asked["order"].split()[0] not in OPENERS - _KEEPING and not away)
        or clause.has("vague", "export")
    ):
        return None
    return say(f"Say it as it is: '{asked['order']}'. Nothing was changed yet.")


def _of_a_program(clause: Clause) -> bool:
    """'how do I remove the drums in Ableton?'; what to open there is a question of formats."""
    named = any(clause.says(f"{link} {program}") for program in words_of("programs") for link in ("in", "with", "on", "does", "can", "is", "than"))  # fmt: skip
    opening = clause.says("open", "load", "import", "export", "format", "file", "files", "midi", "this into", "it into", "use this", "use it")  # fmt: skip
    return named and not (opening and formats.asks(clause))


def _names(clause: Clause, scene: Scene) -> bool:
    """A name that is no word of music: 'what is the tempo of Billie Jean?'."""
    if clause.says("like"):
        return False  # 'is it a bit like Daft Punk?'
    known = {piece for upload in scene.request.uploads for piece in upload.name.lower().replace(".", " ").split()}
    covered = {at for mention in mentions(clause) for at in range(mention.start, mention.end)}
    return any(
        at
        and at not in covered
        and len(word) > 2
        and clause.raw[at].isalpha()
        and clause.raw[at][0].isupper()
        and not clause.raw[at].isupper()
        and not is_known(word)
        and word not in known
        for at, word in enumerate(clause.words)
    )


_WORLD = re.compile(r"\b(?:weather|capital of|president|world cup|what day is it|what time is it|what year is it|what date|football|stock market|meaning of life)\b")  # fmt: skip


def _of_the_world(clause: Clause) -> bool:
    """'what is the capital of France': nothing in it is of music."""
    if mentions(clause):
        return False
    person = clause.words[0] == "who" and clause.words[1:2] in (("is",), ("are",), ("was",), ("were",))
    return _WORLD.search(" ".join(clause.words)) is not None or (person and not is_known(clause.words[-1]))
