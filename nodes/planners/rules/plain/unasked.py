"""What stands in a message without being asked for: orders that are forbidden, what might have been done, and likenesses.

forbidden  = whatever you do | never | under no circumstances ... + order   'never remove the piano' -> "don't remove the piano"
unreal     = if I could | had I known, I would ... | I almost ...           'I would have removed the drums'
likened    = statement + reminds me of | like a ...                         'the drums remind me of a bright morning'

What is unreal or likened changes nothing. Beside an instruction it says what 'it' means next; alone it is asked about.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import get_args

import yaml

from nodes.planners.rules.plain.unwanted import unwanted
from nodes.planners.rules.plain.wishes import new_player
from nodes.planners.rules.scene import Scene
from nodes.planners.rules.talk import complaints
from nodes.planners.rules.words.openings import COMPARATIVES, OPENERS
from nodes.planners.rules.words.references import find, mentions
from nodes.planners.rules.words.speech import BREAKS, Clause, word_set
from state.effects import EffectKind

_FILE = Path(__file__).parent.parent / "lexicon" / "unasked.yaml"


@cache
def words_of(kind: str) -> tuple[str, ...]:
    """The phrases of one class of lexicon/unasked.yaml, longest first."""
    classes: dict[str, list[str]] = yaml.safe_load(_FILE.read_text("utf-8"))
    return tuple(sorted((phrase for line in classes[kind] for phrase in line.split(", ")), key=len, reverse=True))


@cache
def _beginning(kind: str) -> dict[str, tuple[tuple[str, ...], ...]]:
    """The same phrases as words, by their first one."""
    listed: dict[str, list[tuple[str, ...]]] = {}
    for phrase in words_of(kind):
        listed.setdefault(phrase.split()[0], []).append(tuple(phrase.split()))
    return {word: tuple(found) for word, found in listed.items()}


_LEADS = BREAKS | word_set("now um uh actually and but please so then also just or - well ok okay")
_AFTER_FORBIDDING = word_set("to please ever")


def forbidden(message: Clause) -> Clause:
    """Every way of forbidding as "don't": 'whatever you do, never ever mute the drums' -> "don't mute the drums"."""
    at = 0
    while at < len(message.words) - 1:
        if at and message.words[at - 1] not in _LEADS:
            at += 1
            continue
        if (end := _phrase(message, at, "emphases")) is not None:
            end += message.words[end : end + 1] in ((",",), (":",), (";",))
            if end < len(message.words):
                message = message.without([(at, end)])
                continue
        if (end := _phrase(message, at, "forbidding")) is not None:
            while message.words[end : end + 1] and message.words[end] in _AFTER_FORBIDDING:
                end += 1
            if end < len(message.words) - 1 and message.words[end] in (OPENERS | _TOUCHING) - _HAD:
                message = message.replaced(at, end, "don't")
        elif (end := _phrase(message, at, "untouched")) is not None and end < len(message.words):
            message = message.replaced(at, end, "don't touch")
        at += 1
    return _less(message)


_HAD = word_set("have could should can would will i'd we i'm are is re what which how what's how's")
_TOUCHING = word_set("touch alter mess modify exclude discard")


def _phrase(message: Clause, at: int, kind: str) -> int | None:
    """Where a phrase of that class ends that begins at token `at`."""
    for parts in _beginning(kind).get(message.words[at] if at < len(message.words) else "", ()):
        if message.words[at : at + len(parts)] == parts:
            return at + len(parts)
    return None


_SO = re.compile(r"(?:don't|do not|(?:i'd|we'd|i would|we would) rather not) (?:make|play|have|hear|let|put) (?P<what>(?:it|this|that|them|the(?: \w+){1,2}?)(?: be)?) (?:so|that|as|quite so) (?P<how>\w+)$")  # fmt: skip


_STAYS = re.compile(r"^make sure (?:that )?(?P<what>(?:the|my) \w+(?: and (?:the |my )?\w+)?) (?:stays?|remains?|survives?|is kept|are kept)\b")  # fmt: skip
_AVOIDED = r"(?:rather than|instead of) (?!(?:having|using|playing|making)\b)\w+ing"
_AND_NOT = re.compile(rf" {_AVOIDED} (?:it|them|that|this|him|her)$")
_WANTS_LESS = re.compile(r"^(?:(?:i|we|it) )?could (?:really )?do with (?=(?:a )?(?:\w+ )?(?:less|fewer)\b)")


def _less(message: Clause) -> Clause:
    """ "don't make the bass so loud" -> 'make the bass less loud'."""
    text = " ".join(message.words)
    if (stays := _STAYS.match(text)) is not None:
        return message.replaced(0, len(stays[0].split()), f"keep {stays['what']}")
    if (wants := _WANTS_LESS.match(text)) is not None:
        return message.part(len(wants[0].split()))
    if (avoided := _AND_NOT.search(text)) is not None:
        return message.part(0, len(text[: avoided.start()].split(" ")))
    found = _SO.fullmatch(text)
    if found is None or found["how"] in {"much", "often"}:
        return message
    return message.replaced(0, len(message.words), f"make {found['what'].removesuffix(' be')} less {found['how']}")


_WE = r"(?:i|we)"
_WOULD = r"(?:i'd|we'd|(?:i|we) (?:would|could|might))"
_MAYBE = r"(?: (?:probably|maybe|perhaps|just|also|even|definitely|surely|then|have to|consider|totally|simply))*"
_LONGED = r"(?!(?:have|like|love|prefer|want|need|appreciate|rather|wish|hope)\b)"
_CONDITION = r"(?:if (?:it|that|this) (?:were|was)\b|if (?:i|we|you) (?:could|were|was|had)\b|if only\b|had (?:i|we)\b|were (?:i|we|it)\b)"
_VERBS = "|".join(sorted(OPENERS))  # 'removed' has been taken for a slip of 'remove' by now
_PAST = rf"(?!(?:used|liked|loved|preferred|wanted|wished|expected|hoped|needed|asked|said|use|want)\b)(?P<past>\w+ed|\w+en|made|brought|sped|lost|kept|got|shut|done|gone|begun|{_VERBS})\b"
_UNREAL = tuple(
    re.compile(pattern)
    for pattern in (
        rf"^(?:{_CONDITION}.*? )(?:then )?{_WOULD}{_MAYBE} {_LONGED}(?P<deed>.+)$",
        rf"^{_WOULD}{_MAYBE} {_LONGED}(?P<deed>.+?) {_CONDITION}",
        rf"^(?:i'd|we'd|{_WE} (?:would|should|could|might))(?: \w+)?? (?:have|of|'ve) (?:\w+ly )?{_PAST}(?P<rest>.*)$",
        rf"^(?:i'd've|i would've|i should've|i could've|i might've|we should've|we could've|we would've) {_PAST}(?P<rest>.*)$",
        rf"^{_WE} wish(?:ed)? (?:that )?(?:i|we|i'd|we'd)(?: had)? (?:never )?{_PAST}(?P<rest>.*)$",
        rf"^{_WE}(?: had|'d|'ve| have)? (?:almost|nearly|just about)(?: already)? (?!(?:can|can't|cannot|couldn't|don't|didn't|like|love|feel|forgot)\b)(?P<past>\w+)(?P<rest>.*)$",
        rf"^(?:{_WE} (?:was|were|had been)|i'd been) (?:almost |just |actually )?(?:going|about|tempted|planning|supposed|ready|this close) to (?!(?:ask|say|suggest|request)\b)(?P<deed>.+)$",
        r"^(?:should i|would you (?:ever|personally|normally)) (?:just |maybe |rather )?(?P<deed>.+)$",
        rf"^(?:{_WOULD}|{_WE}) (?:never|rarely|seldom|hardly ever) (?P<never>\w+)\b",
        rf"^(?:{_WE} (?:don't|do not)|never) mind (?:the|my|your|it|that|this)\b",
        rf"^{_AVOIDED} (?:the|my|it|them|that|this)\b",
        rf"^{_WE} (?:thought about|considered|was considering|toyed with|had thought about|once thought of) \w+ing\b",
    )
)  # fmt: skip
_REPROACH = re.compile(r"^you (?:shouldn't|should not|should never|shouldnt) have \w+")
_ONLY_CONDITION = re.compile(rf"^{_CONDITION}")
_ONLY_WOULD = re.compile(rf"^(?:then )?{_WOULD}{_MAYBE} {_LONGED}(?P<deed>.+)$")
_OPENING = re.compile(
    r"^(?:(?:well|so|honestly|and|ok|okay|oh|hm|hmm|you know|actually|normally|usually|funny|yesterday|last time|haha|lol) )+"
)
_IRREGULAR = {
    "took": "take", "taken": "take", "made": "make", "brought": "bring", "threw": "throw", "thrown": "throw", "sped": "speed",
    "lost": "lose", "kept": "keep", "got": "get", "left": "leave", "gave": "give", "given": "give", "cut": "cut", "put": "put",
}  # fmt: skip


def set_aside(message: Clause, scene: Scene) -> tuple[Clause, str | None]:
    """The message without what is unreal or a likeness; a question where nothing else is said."""
    gone: list[tuple[int, int]] = []
    question = None
    for start, end in _pieces(message):
        piece = message.part(start, end)
        if scene.exists and (spared := _spared(piece, scene)) and len(message.words) > len(piece.words) + 1:
            scene.protected = (*scene.protected, *spared)
            gone.append((start, end))
            continue
        asked = _unreal(piece) if not gone or gone[-1][1] < start - 1 else _unreal(piece, message.part(*gone[-1]))
        asked = asked or (_likened(piece) if scene.exists or "remind" in piece.text else None)
        asked = asked or unwanted(piece, message.part(end), scene)
        if asked is None:
            continue
        if asked != _CONDITION_ONLY or question is None:
            question = asked
        gone.append((start, end))
        if scene.exists and (stems := find(piece, scene).stems):
            scene.focus = scene.spoken = stems
    if not gone or question == _CONDITION_ONLY:
        return message, None
    left = message.without((start, end + 1) for start, end in gone).bare()
    named_anew = scene.exists and any(new_player(left.part(*piece), scene) for piece in _pieces(left))
    more = question is None or _says_more(left) or named_anew
    return left, None if more else question


def _spared(piece: Clause, scene: Scene) -> tuple[str, ...]:
    """'(remove the drums,) not the bass': the stems that an instruction beside it leaves alone."""
    if piece.words[0] != "not" or piece.words[1:2] not in (("the",), ("my",)):
        return ()
    named = {at for mention in mentions(piece) for at in range(mention.start, mention.end)}
    if {at for at, word in enumerate(piece.words) if word not in _NAMING} - named:
        return ()
    return find(piece, scene).stems


_NAMING = word_set("not the my and or nor")


def _says_more(left: Clause) -> bool:
    return any(word.isalpha() for word in left.words) and bool(
        left.marks(*_ORDERS) or set(left.words) & (OPENERS - _HAD | {"bar", "bars", "chord"})
    )


_ORDERS = ("add", "remove", "create", "replace", "undo", "mute", "export", *COMPARATIVES)


def _pieces(message: Clause) -> Iterator[tuple[int, int]]:
    """Runs of tokens between signs and before 'but'."""
    start = 0
    for at, word in enumerate((*message.words, ".")):
        if word in BREAKS or word == "but":
            if at > start:
                yield start, at
            start = at + 1


_CONDITION_ONLY = "condition"


def _unreal(piece: Clause, before: Clause | None = None) -> str | None:
    """What to ask about what might have been done; None where it is no such thing."""
    text = _OPENING.sub("", " ".join(piece.words))
    if _REPROACH.match(text):
        return "Nothing was changed yet. Shall I go back one version?"
    found = next((match for pattern in _UNREAL if (match := pattern.match(text))), None)
    if found is None and before is not None and _ONLY_CONDITION.match(" ".join(before.words)):
        found = _ONLY_WOULD.match(text)
    if found is None:
        others = any(re.match(rf"^(?:some|many|most|other|a lot of|lots of) (?:\w+ )?{word}\b", text) for word in words_of("imagined"))  # fmt: skip
        if not others:
            return _CONDITION_ONLY if _ONLY_CONDITION.match(text) and not _polite(text) else None
        return f"'{piece.text}' tells what others do, so nothing was changed. What should I change here?"
    said = found.groupdict()
    if (said.get("never") or "go") not in OPENERS:
        return None  # 'I never liked the bass'
    deed = said.get("deed") or _present(said.get("past") or "", said.get("rest") or "")
    deed = re.sub(rf" {_CONDITION}.*$| (?:earlier|before|already|then)$", "", deed).strip(" ,")
    if not deed or deed.split()[0] not in OPENERS:
        return f"'{piece.text}' tells what might have been, so nothing was changed. What should I change now?"
    return f"Nothing was changed, since that only tells what might be done. Shall I {deed}?"


def _polite(text: str) -> bool:
    """'if you could mute the drums' is an order."""
    return text.startswith(("if you could", "if i could have", "if we could have", "if i could get", "if we could get"))


def _present(past: str, rest: str) -> str:
    """'removed', ' the drums' -> 'remove the drums'."""
    stems = (past, _IRREGULAR.get(past), past.removesuffix("d"), past.removesuffix("ed"), past.removesuffix("ed")[:-1])
    verb = next((word for word in stems if word and word in OPENERS), None)
    return f"{verb}{rest}" if verb else ""


_SUBJECTS = word_set("it it's its this that that's these those they they're he she the my your there reminds reminded")
_SENSING = word_set("sound sounds sounded feel feels felt look looks looked is are was were be it's that's they're seems seem")  # fmt: skip
_WISHING = word_set("should must need needs could ought want wants wanted has have to can would let make please")
_FAULTS = word_set("too more less enough not")
_REMINDS = re.compile(
    r"\bremind(?:s|ed|ing)? (?:me|us|you|one|everyone|my \w+) (?:so much |a bit |a little |a lot |strongly )?of\b"
)
_LIKE = re.compile(r"\b(?:like|as if|as though) (?:a|an|the|my|some|when|one of|your|somebody|someone)\b")
_THING = re.compile(r"^(?:do|use|try|work|pull) (?:the|that|your|this|a) (?:\w+ )?(?:thing|things|trick|stuff|magic|thingy) (?:with|where|that|like|you|of)\b")  # fmt: skip
_INSTRUCTIVE = (
    *COMPARATIVES, "timbre_bassy", "timbre_thin", "timbre_mids", "timbre_scoop", "mute", "remove", "left", "right",
    *(f"effect_{kind}" for kind in get_args(EffectKind)),
)  # fmt: skip


def _likened(piece: Clause) -> str | None:
    """What to ask about a likeness: what it is to change is not said."""
    bare = piece.bare()
    if not bare.words:
        return None
    text = " ".join(bare.words)
    if not (_THING.match(text) or (bare.words[0] in _SUBJECTS and (_REMINDS.search(text) or _compares(bare, text)))):
        return None
    return (
        f"'{bare.text}' is a likeness that I cannot turn into a change, so nothing was changed. Should the tempo, the mood, the "
        "sound or an instrument be different, and how? For example 'slower', 'make it darker' or 'more reverb on it'."
    )


def _compares(piece: Clause, text: str) -> bool:
    """'it should breathe like a slow dog', 'it sounds like a fast car': nothing before the likeness says what to do."""
    found = _LIKE.search(text)
    if found is None:
        return False
    at = len(text[: found.start()].split())
    head, tail = piece.part(0, at), piece.part(at)
    if not head.words or head.words[-1] in {"i", "i'd", "would", "you", "don't", "we", "more", "something"}:
        return False
    wished = bool(set(head.words) & _WISHING)
    if wished:
        return head.words[0] in _SUBJECTS and head.words[-1] not in _SENSING and "should" in head.words
    if set(head.words) & _FAULTS or complaints.complains(head) or head.has(*_INSTRUCTIVE):
        return False
    return bool(tail.words)
