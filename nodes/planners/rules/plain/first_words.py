"""What a first loop is wanted for or is to be like, said without a word of music, as the grammar says it.

'I miss my grandmother. can you turn that into music'    -> 'music that feels like I miss my grandmother'
'turn the feeling of missing an old friend into music'   -> 'music that feels like missing an old friend'
'something for studying at 3am, rain on the window'      -> 'music for studying at 3am, rain on the window'
"""

from __future__ import annotations

import re

from nodes.planners.rules.plain.rewording import reworded, text_of
from nodes.planners.rules.words.attributes import read
from nodes.planners.rules.words.impressions import associate
from nodes.planners.rules.words.openings import OPENERS
from nodes.planners.rules.words.references import is_instrument, mentions
from nodes.planners.rules.words.speech import BREAKS, Clause, clause, word_set

_MUSIC = r"(?:music|sound|sounds|a (?:\w+ )?(?:song|loop|tune|piece|track|melody|piece of music)|some music|notes|chords and notes)"
_POLITE = (
    r"(?:(?:please|can you|could you|would you|i want you to|i'd like you to|let's|try to|hi|hello|hey|ok|so) ,? ?)*"
)
_INTO = re.compile(
    rf"^{_POLITE}(?P<all>(?:turn|make|put|translate|transform|convert|bring|render|set|capture|express|pour|shape|distil|distill) (?P<what>.+?) (?:in|into|to|as|with|through) {_MUSIC})(?= ?[.,;!?]| please| for me|$)"
)
_OUT_OF = re.compile(
    rf"^{_POLITE}(?P<all>(?:make|create|write|compose|do) (?:me )?{_MUSIC} (?:out of|from|about|based on) (?P<what>(?:the|a|an|my|our|how) .+?))(?= ?[.;!?]|$)"
)
_THAT = r"(?:(?:all )?(?:it|this|that|those|these)(?: all)?|(?:all of |all )?(?:the|this|that|these|those|my) (?:feelings?|mood|picture|scene|image|memory|memories|moment|story|thought|emotions?|atmosphere|idea|vibe|sentiment|experience|place))"
_AFTER_TALK = re.compile(
    rf"^(?P<told>.*\w.*?) [.!?;:,-]+ (?:(?:and|so|now|maybe|then) )*{_POLITE}(?P<all>(?:turn|make|put|translate|transform|convert|bring|render|set|capture|express|pour|shape|write|compose|create|do|play|give|(?:can|could) {_THAT} (?:be|become)|could you|can you) ?(?:me |us )?"
    rf"(?:(?:{_THAT} )?(?:(?:in|into|to|as|with|through|be|become) )?(?P<music>{_MUSIC}|(?:an? |some )?(?:\w+ )?(?:beat|groove|something)))(?: (?:out of|from|about|based on|for|to fit|that fits|that captures|like|of|with|around|inspired by) {_THAT})?)(?: for me| please| somehow| ?[.!?])*$"
)
_THAT_AS = re.compile(
    rf"^(?P<told>.*\w.*?) [.!?;:,-]+ (?P<all>{_THAT} ,? ?(?:as|in|for) (?P<music>{_MUSIC}))(?: please| ?[.!?])*$"
)
_ABOUT = re.compile(
    rf"^{_POLITE}(?P<all>(?:a|an|some) (?:\w+ )?(?:song|tune|piece|music|track|piece of music) about (?P<what>.+?))(?= ?[.;!?]|$)"
)
_HEARD = re.compile(
    rf"^{_POLITE}(?P<all>(?:what (?:does|do|would|might) (?P<what>(?!it |this |that |the loop).+?) sound like|(?:i want to hear|i'd like to hear|let me hear|show me|play me) what (?P<seen>.+?) (?:sounds?|feels?|would sound|would feel) like))(?= ?[.,;!?]|$)"
)
_QUOTED = re.compile(
    rf"^{_POLITE}(?P<all>(?:turn|make|put|set|transform) (?:this|these|the|my|the following|following) (?:poem|haiku|lyrics|lines?|text|words|sentence|quote|verse|title|story) (?:in|into|to) {_MUSIC} ?[:,-]) "
)
_FOR = re.compile(
    rf"^{_POLITE}(?P<open>(?:(?:i|we) (?:need|want|'d like|would like)|i'd like|make|make me|give me|play|create|looking for|i'm looking for)? ?(?:something|anything|a little something|sth)(?: nice| good| new)?(?: (?:to|that i can|i can|we can) (?:listen to|play|have on|put on|use|hear))?)"
    r" (?P<for>for|to|while|when) (?P<what>.+)$"
)
_CUT = re.compile(
    rf"^{_POLITE}(?P<all>cut|track|spin up|roll|bang out|print|run) (?:me |us )?(?=(?:an?|some|the|\d+|two|four|eight|one) )"
)
_POINTING = re.compile(r"^(?:it|this|that|these|those|them|the (?:drums|beat|loop|song|track|recording|file))\b")
_FEELING = re.compile(
    r"^(?:the )?(?:feeling|mood|sense|atmosphere|feel|emotion|idea|experience|image|picture) of (?=\w)"
)


def of_music(message: Clause) -> Clause:
    """The message in those words, where it is one of these and speaks of no instrument, style or figure."""
    cut = _CUT.match(text_of(message))
    message = message if cut is None else reworded(message, cut, "make", "all")  # 'cut me a lofi beat'
    text = text_of(message)
    if (quoted := _QUOTED.match(text)) is not None:
        return reworded(message, quoted, "music that feels like", "all")
    if (after := _AFTER_TALK.match(text) or _THAT_AS.match(text)) is not None and re.search(_THAT, after["all"]):
        told = message.part(0, len(after["told"].split()))
        for at in (at for at, word in enumerate(told.words) if word in BREAKS):
            told = told.replaced(at, at + 1, ",")
        made = after["music"] if len(after["music"].split()) == len(_STYLED) else "music"
        seen = told.part(1) if told.words[0] in {"imagine", "picture"} else told
        return told if _musical(told.text.lower()) else clause(f"{made} that feels like").joined(seen)
    found = _INTO.match(text) or _OUT_OF.match(text) or _ABOUT.match(text) or _HEARD.match(text)
    if found is not None:
        what = _FEELING.sub("", found["what"] or found["seen"])
        if _POINTING.match(what) or _musical(what):
            return message
        return reworded(message, found, f"music that feels like {what}", "all")
    found = _FOR.match(text)
    if found is None or _POINTING.match(found["what"]) or (len(found["what"].split()) < _FEWEST) or _musical(text):
        return message
    how = {"for": "for", "to": "for when you", "while": "for", "when": "for when"}[found["for"]]
    return reworded(reworded(message, found, how, "for"), found, "music", "open")


_FEWEST = 2
_STYLED = ("a", "lofi", "beat")


def scenery(whole: Clause) -> Clause | None:
    """'sunday morning, coffee, rain': a scene and nothing else, where it suggests a mood."""
    if len(whole.words) < _SCENE or whole.has("pronoun", "undo", "export", "louder", "quieter", "faster", "slower"):
        return None
    if set(whole.words) & _PERSONAL or whole.words[0] in OPENERS or not associate(whole.text).get("mood"):
        return None
    return clause(f"music for {whole.text}")


_SCENE = 3
_PERSONAL = word_set("i you we my your me us can could would will do does did is are what why how who when where")


def _musical(text: str) -> bool:
    """Whether words name players, a style, a tempo or a key: then they describe the loop themselves."""
    said = read(text)
    words = tuple(text.split())
    named = (said.genre and "genre" not in said.inferred) or (said.bpm and "bpm" not in said.inferred) or said.key
    return bool(
        named
        or said.bars
        or said.chords
        or said.instruments
        or any(is_instrument(one.words) for one in mentions(Clause(words, words)))
    )
