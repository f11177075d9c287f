"""Chatter: clauses beside an instruction that hold none. 'interesting', "I'll play that myself", 'the rest is fine'.

chatter  = comment | own | told | life | content
comment  = [degree] word of judgement that names no sound and no style      'interesting', 'fair enough', 'getting there'
own      = "I'll" | we're going to ... + a player's verb [the instrument]   "I'll play that myself", 'we rehearse tomorrow'
told     = my | our | the + a person + verb ...                             'my drummer is coming at eight'
life     = time | nobody | everyone + verb ...                              'nobody will notice', "don't worry about the bass"
content  = the rest | everything else + is | sounds + word of praise        'the rest is fine'

A clause that names an amount, an effect, a direction, a wish or a style is none of these, whatever else it says.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import get_args

from nodes.planners.rules.outcome import Outcome
from nodes.planners.rules.plain.purposes import is_purpose
from nodes.planners.rules.scene import Scene
from nodes.planners.rules.talk.praise import PRAISING
from nodes.planners.rules.talk.smalltalk import courteous
from nodes.planners.rules.words.amounts import amounts
from nodes.planners.rules.words.attributes import read
from nodes.planners.rules.words.lexicon import meanings
from nodes.planners.rules.words.references import find, mentions
from nodes.planners.rules.words.speech import BREAKS, Clause, word_set
from state.effects import EffectKind

_COMMENTS = word_set(
    """interesting fascinating hilarious surprising unexpected confusing tricky fair curious neat understood noted agreed
    exactly indeed true whatever anyway impressive amusing puzzling promising close closer wild crazy cute nearly almost
    ok okay good wow right hm hmm well"""
)
_DEGREES = word_set(
    "that's it's this is that so very really quite kind of sort kinda how pretty a bit too enough point but oh and just"
)
_REMARKS = frozenset(
    {
        "i see", "works", "works for me", "makes sense", "that makes sense", "fair enough", "good point", "good question", "of course", "no worries", "no problem", "my bad",
        "my mistake", "my fault", "i was wrong", "you're right", "you are right", "i get it", "i understand", "getting there", "we're getting there",
        "almost there", "nearly there", "not there yet", "not quite there", "we're close", "getting closer", "that's closer", "not what i expected",
        "not what i thought", "who knows", "what else", "let me see", "let me think", "let's see", "long story short", "to be honest", "believe me",
        "trust me", "don't worry", "don't hate me", "bear with me", "here goes", "here we go", "not gonna lie", "not going to lie", "i won't lie", "can't lie", "truth be told", "believe it or not", "funnily enough", "strangely enough", "in all honesty", "gotta say", "one thing", "one more thing", "last thing",
        "not my thing", "not my style", "not my cup of tea", "not for me", "not my kind of thing", "not what i had in mind", "not really my thing", "final thing", "change of plan", "change of plans", "new idea", "another idea", "i have an idea", "let me explain", "here's why", "the reason is simple", "this is why", "i've got an idea", "quick one", "hang on", "hold on", "one sec", "one second", "one moment", "just a sec", "just a second", "just a moment", "give me a second", "give me a minute", "quick question",
    }
)  # fmt: skip
_COMING = (
    "i'll", "i will", "we'll", "we will", "i'm going to", "i'm gonna", "i am going to", "we're going to", "we are going to", "we're gonna",
    "i plan to", "we plan to", "i have to", "we have to", "i usually", "i always", "so i can", "so we can", "so that i can", "i can", "we can", "because i", "because i'll", "since i", "since i'll", "cause i", "as i", "i'd rather", "i", "we",
)  # fmt: skip
_DOING = word_set(
    "play sing record perform practise practice improvise jam rehearse overdub strum hum cover handle rap whistle dance perform solo listen sleep study drive walk run"
)
_HANDLING = word_set("do doing add take bring")
_SELF = word_set("myself ourselves himself herself themselves")
PERSONS = word_set(
    """drummer bassist guitarist pianist singer keyboardist vocalist producer friend boss client wife husband brother sister
    mum mom dad mother father son daughter girlfriend boyfriend partner teacher student students pupils kids children
    band bandmate bandmates director editor manager neighbour neighbours neighbor neighbors team colleague audience dog cat boy girl roommate
    flatmate choir grandma grandpa customer customers dj host hosts guest guests listener listeners caller viewer viewers player players
    dancer dancers rapper singers bride groom couple actor actors class coach doctor crowd guys guy lads
    trumpeter clarinettist violinist cellist flautist saxophonist fan fans cousin uncle aunt roommate mates mate label computer laptop headphones speakers phone internet deadline gig exam lesson"""
)
_WISHES = word_set(
    """want wants wanted need needs should would could must like likes prefer prefers wish wishes hope hopes love loves ask asks
    asked says said say suggests suggested thinks think too enough not more less without instead please if let maybe than rather
    missing lacks lack fix change make add remove mute turn bring put give"""
)
_OTHERS = (
    "the rest", "everything else", "all the rest", "all else", "the others", "the other instruments", "the other stems", "the other parts",
    "the other tracks", "the other bars", "the remaining bars", "the remaining instruments", "the remaining stems", "rest",
)  # fmt: skip
_SENSING = word_set("is are sounds sound feels feel works work was")
_CONTENT = word_set(
    "fine good great perfect ok okay lovely nice cool alright spot on excellent awesome already as it they i like love just really very quite pretty all so now for me is are solid brilliant beautiful"
)
_EFFECTS = tuple(f"effect_{kind}" for kind in get_args(EffectKind))
_INSTRUCTIVE = (
    "faster", "slower", "higher", "lower", "busier", "sparser", "mood_move", "timbre_bright", "timbre_dark", "timbre_warm", "timbre_bassy",
    "timbre_thin", "level_louder", "level_quieter", "left", "center", "spread", "half_time", "double_time", "swing", "tempo", "volume", "chords",
    "effect_unknown", "undo", "export", "remove", "instead",
)  # fmt: skip
_LINKS = word_set("on in at with for after before when tomorrow tonight later over and to next live during along")


def comments(part: Clause) -> bool:
    """Whether a clause is nothing but a remark: 'interesting', 'fair enough'."""
    words = tuple(word for word in part.words if word not in BREAKS)
    if " ".join(words) in _REMARKS or courteous(part):
        return True
    if words[:2] in {("is", "that"), ("is", "this")} and set(words[2:]) <= _PERMITTED:
        return True  # '(a waltz in D,) is that possible?'
    if (hoped := _WOULD_BE.fullmatch(" ".join(words))) is not None:
        return hoped["how"] in PRAISING | {"funny", "hilarious", "helpful", "kind"}
    judged = [word for word in words if word in _COMMENTS and not _names_sound(word)]
    return (
        bool(judged)
        and len(words) <= 4
        and all(word in _COMMENTS | _DEGREES and not _names_sound(word) for word in words)
    )


_PERMITTED = word_set("ok okay possible alright fine doable cool too much to ask right for you at all")
_WOULD_BE = re.compile(
    r"(?:(?:it|that|this) would|would|it'd|that'd) be (?:(?:so|very|really|just|too) )*(?P<how>\w+)(?: for \w+)?"
)


def _names_sound(word: str) -> bool:
    return bool(
        (meanings().get(word) or {}).keys() & {"mood", "genre", "hint", "effect", "tempo", "dynamics", "instrument"}
    )


def tells(part: Clause) -> bool:
    """Whether a clause tells of what people do, or that something else is to stay: no instruction is in it."""
    return _content(part) or _own(part) or _of_people(part) or _of_life(part) or _moved(part) or is_purpose(part)


def only_talks(parts: Sequence[Clause], kind: Callable[[Clause], bool]) -> bool:
    """Whether all that is said tells and asks for nothing: 'haha my flatmate just started dancing'. `kind`: what small talk is."""
    return all((tells(part) or comments(part) or kind(part)) and not _UNHAPPY & set(part.words) for part in parts)


_UNHAPPY = word_set("not missing lacks lacking wrong off don't isn't doesn't can't couldn't wasn't didn't")
"""'it's just not quite there yet': what is amiss is asked about."""


def parting(parts: Sequence[Clause], kind: Callable[[Clause], Outcome | None]) -> Outcome | None:
    """The answer to "I'll listen to it on the train and get back to you": to the greeting or farewell in talk that is all there is."""
    said = [kind(part) for part in parts if courteous(part)]
    return said[-1] if said and only_talks(parts, lambda part: kind(part) is not None) else None


def _moved(part: Clause) -> bool:
    """'I'm dancing in my kitchen', 'that gave me chills': what the music does to who listens."""
    return bool(_MOVED & set(part.words)) and _plain(part) and not mentions(part)


_MOVED = word_set(
    """goosebumps chills shivers smile smiling grinning dancing speechless tears crying obsessed hooked stoked hyped addicted
    bobbing nodding tapping humming earworm jaw"""
)


def ends(part: Clause) -> bool:
    """Whether a piece after chatter begins anew, rather than going on with it ('on my old guitar')."""
    return part.words[0] not in _LINKS


_IGNORED = word_set("that this me it last bit noise thing please")
_LESS = (("less",), ("not", "so"), ("not", "as"), ("not", "too"))


def _less_of_a_style(part: Clause) -> bool:
    """'less rock', beside what it should be instead."""
    words = part.bare().words
    at = next((at + len(less) for less in _LESS for at in (0, 1, 2) if words[at : at + len(less)] == less), 0)
    style = read(" ".join(words[at:]))
    return bool(at and len(words) <= at + 2 and style.genre and "genre" not in style.inferred and not mentions(part))


def without_chatter(parts: Sequence[Clause], scene: Scene) -> list[Clause]:
    """The clauses without those of chatter, where others are left; what chatter speaks of is what 'it' means next."""
    kept = [part for part in parts if not (tells(part) or comments(part) or _less_of_a_style(part))]
    while len(kept) > 1 and kept[0].words[0] == "ignore" and set(kept[0].words[1:]) <= _IGNORED:
        kept = kept[1:]  # '(my cat walked over the keyboard,) ignore that. now ...'
    if not kept or len(kept) == len(parts):
        return list(parts)
    left_out = [part for part in parts if all(part is not one for one in kept) and not _content(part)]
    spoken = [stems for part in left_out if (stems := find(part, scene).stems)] if scene.exists else []
    if spoken and not any(mentions(part, scene) for part in kept[:1]):
        scene.focus = scene.spoken = spoken[-1]
    return kept


def pictures(part: Clause, after: Clause) -> bool:
    """'make it high like a mouse, (up an octave)': a likeness whose direction the next clause gives in plain words."""
    at = next(
        (
            at
            for at, word in enumerate(part.words)
            if word in {"like", "as"} and part.words[at + 1 : at + 2] in _ARTICLES
        ),
        None,
    )
    if at is None:
        return False
    head = set(part.words[:at])
    return any(head & words and after.has(*kinds) for words, kinds in _DIRECTIONS)


_ARTICLES = (("a",), ("an",), ("the",), ("my",), ("some",))
_DIRECTIONS = (
    (word_set("high higher squeaky tiny small"), ("higher", "way_up")),
    (word_set("low lower deep deeper huge big"), ("lower", "way_down")),
    (word_set("fast faster quick quicker run race"), ("faster",)),
    (word_set("slow slower lazy crawl sleepy"), ("slower",)),
    (word_set("loud louder roar"), ("louder",)),
    (word_set("quiet quieter soft softer whisper"), ("quieter",)),
)


def _plain(part: Clause) -> bool:
    """Whether no word of the clause is one of instruction."""
    if (
        set(part.words) & _WISHES
        or part.words[-1:] == ("?",)
        or part.has(*_INSTRUCTIVE, *_EFFECTS)
        or any(said.unit != "bare" for said in amounts(part))
    ):
        return False
    if any(mark.words not in {"notes", "note"} for mark in part.marks("pitch")):
        return False
    reading = read(part.text)
    return not (reading.genre or reading.key or reading.bpm or reading.bars or reading.chords or reading.time_signature)


def _content(part: Clause) -> bool:
    text = " ".join(part.words)
    head = next((phrase for phrase in _OTHERS if text.startswith(f"{phrase} ")), None)
    if head is None:
        return False
    rest = part.words[len(head.split()) :]
    return len(rest) > 1 and rest[0] in _SENSING and set(rest[1:]) <= _CONTENT


def _own(part: Clause) -> bool:
    text = f"{' '.join(part.words)} "
    head = max((phrase for phrase in _COMING if text.startswith(f"{phrase} ")), key=len, default="")
    rest = part.part(len(head.split()))
    while rest.words and rest.words[0] in word_set(
        "just also probably then maybe only be always usually can will rather"
    ):
        rest = rest.part(1)
    own = bool(_SELF & set(rest.words))
    if not rest.words or not (head or own):
        return False
    verb = rest.words[0]
    if not (verb in _DOING or verb.removesuffix("ing") in _DOING or (own and verb in _HANDLING)):
        return False
    if len(rest.words) == 1:
        return bool(head)
    return _plain(rest.part(1)) and not {"a", "an", "some"} & set(rest.words[1:3])


def _of_people(part: Clause) -> bool:
    words = part.words
    if words[0] not in word_set("my our the his her their") or not (set(words[1:3]) & PERSONS):
        return False
    at = next(at for at in (1, 2) if words[at : at + 1] and words[at] in PERSONS)
    verb = words[at + 1 : at + 2]
    acting = bool(verb) and (
        verb[0]
        in word_set(
            "is was has will can does did went just are were have can't cannot won't doesn't isn't hasn't didn't wasn't couldn't"
        )
        or verb[0].endswith(("s", "ed"))
    )
    return acting and _plain(part)


_ANYONE = word_set(
    "time life nobody everybody everyone people somebody someone things he she today tomorrow tonight yesterday"
)
_CALMING = (("don't", "worry"), ("don't", "mind"), ("no", "worries"))


def _of_life(part: Clause) -> bool:
    """'time flies', 'nobody will notice', "don't worry about the bass"."""
    if part.words[:2] in _CALMING:
        return _plain(part.part(2)) if len(part.words) > 2 else True
    return part.words[0] in _ANYONE and len(part.words) > 1 and _plain(part) and not mentions(part)
