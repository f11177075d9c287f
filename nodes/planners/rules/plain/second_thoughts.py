"""Second thoughts within one message: 'add a guitar. wait no, a ukulele', 'take it to 126, no hang on, 128', 'try it in A minor.
Actually no, B minor'. What was said first is not done."""

from __future__ import annotations

import re

from nodes.planners.rules.edits.premature import EFFECTS
from nodes.planners.rules.moods import mood_of
from nodes.planners.rules.plain.rewording import places, text_of
from nodes.planners.rules.words.amounts import amounts, number
from nodes.planners.rules.words.attributes import read
from nodes.planners.rules.words.openings import OPENERS
from nodes.planners.rules.words.references import mentions
from nodes.planners.rules.words.speech import BREAKS, Clause, word_set

_OH = r"(?:(?:oh|ah|hm|hmm|um|uh|er|ok|okay|well|but|and) ,? ?)*"
_WORD = r"(?:or no|wait|hang on|hold on|actually|sorry|no|nah|nope|oops|scratch that|strike that|correction|i mean|i meant|i meant to say|or rather|or actually|make that(?! one)|make it|rather|let's say|on second thought|on second thoughts|(?:or )?better (?:yet|still)|my bad|my mistake)"
_REMARK = r"(?:(?:that|it)(?:'s| is| was|'d be| would be) (?:\w+ ){0,3}?\w+ ?[,.!-]+ (?=make (?:it|that) ))"
_WHY = r"(?<=no , )[^,.;!?]+ [,-](?= (?:have|take|get|use|try|add|put in) (?:a|an|some) [\w ]+ instead)"
_TURN = re.compile(
    rf"(?:^|(?<= ))(?:[,.;!?:-] )*{_OH}(?P<said>{_WORD}(?: ?[,.!-])*(?: {_OH}{_REMARK}?{_WORD}(?: ?[,.!-])*)*(?: {_WHY})?) (?=\S)"
)
_FIRM = re.compile(
    r"\b(?:scratch that|strike that|correction|i mean|i meant|i meant to say|or rather|or actually|make that|oops|on second thoughts?|my bad|my mistake|better yet|better still)\b"
)
_TURNS = word_set("wait hang hold sorry actually make or hm hmm")
_DENIALS = word_set("no nah nope")
_BESIDE = word_set(
    "a an the my some in at to i think please then maybe instead rather , it be should for with on of key let's say that one will do is enough plenty fine"
)
_STOPS = frozenset(".!?;\n")


def thought_over(message: Clause) -> Clause:
    """The message with what was said last in place of what it takes back."""
    message = _with_unit(message)
    text = " ".join(message.words)
    for found in _TURN.finditer(text):
        if any(f"i mean {stop}" in found[0] for stop in ".!?"):
            continue  # 'the middle, bars 2 and 3 I mean.' takes nothing back
        begin, end = text[: found.start()].count(" "), text[: found.end()].rstrip().count(" ") + 1
        anew = begin > 0 and _anew(found["said"], message.part(0, begin), message.part(end))
        if not begin or not (anew or _takes_back(found["said"]) or _plainly_back(found["said"], message.words[end:])):
            continue
        stop = next((at for at in range(end, len(message.words)) if message.words[at] in _STOPS), len(message.words))
        commas = [at for at in range(end + 1, stop) if message.words[at] == ","]
        said, mildly = set(found["said"].split()), message.words[end] in {"just", "only"}
        only = bool(said & _INSTEAD) or (mildly and bool(said & _DENYING))
        end, firm = end + mildly, only or anew or _takes_back(found["said"])
        for until in dict.fromkeys([*commas[:1], stop]):
            head, tail, rest = message.part(0, begin), message.part(end, until), message.part(until)
            mended = _mended(head, tail, firm=firm, only=only) if tail.words else None
            if mended is not None:
                return thought_over(mended.joined(rest))
    return message


_FIGURE = re.compile(
    r"(?:^|(?<=[.,;!?-] ))(?:(?:so|and|please|just|no|can you|can we|could you|could we|let's|i'd like to) )*"
    r"(?:make (?:it|that|this)|give me|give us|have|i need|we need|i want|take|try|so) (?P<count>\d+|[a-z]+)(?= (?:please|instead|then|now|at least) ?| ?[.,;!?]|$)"
)


def _with_unit(message: Clause) -> Clause:
    """'four bars isn't enough, make it eight' -> '..., make it eight bars': the unit of a figure that a statement complained of."""
    found = _FIGURE.search(text_of(message))
    if found is None or number((found["count"],), 0) is None or found["count"] in _NO_FIGURES:
        return message
    start, end = places(found.string, *found.span("count"))
    told = [said for said in amounts(message.part(0, start)) if said.unit in {"bars", "bpm"}]
    if not told:
        return message
    breaks = [at for at, word in enumerate(message.words[:start]) if word in BREAKS]
    first = max((at + 1 for at in breaks if at < told[-1].start), default=0)
    last = min((at for at in breaks if at >= told[-1].end), default=start)
    told_of = message.part(first, last)
    mood = mood_of(told_of.text)
    if mood == "order" or (mood != "statement" and not set(told_of.words) & _SHORT_OF):
        return message
    return message.replaced(end, end, told[-1].unit).without([(first, min(last + 1, start))])


_SHORT_OF = word_set("isn't aren't won't not too only is are goes go just doesn't don't")


def _takes_back(said: str) -> bool:
    """Whether such words take back whatever comes after them: 'no' alone may refuse, 'no, hold on' and 'wait, actually' do not."""
    words = set(re.findall(r"\w+", said))
    return _FIRM.search(said) is not None or bool(words & _DENIALS and words & _TURNS) or {"wait", "actually"} <= words


def _anew(said: str, head: Clause, tail: Clause) -> bool:
    """'mute the drums, sorry, mute the keys': the same order begun once more; 'actually, do it on the keys': for somebody else."""
    last = max((at for at, word in enumerate(head.words) if word in BREAKS), default=-1)
    again = head.part(last + 1).bare().words[:1] == tail.words[:1]
    if _elsewhere(tail) and mentions(head) and not {"too", "also", "well"} & set(tail.words):
        return bool(mentions(tail.part(3, 6)) or {"left", "right"} & set(tail.words[3:6]))
    return (
        again
        and bool(tail.words)
        and tail.words[0] in OPENERS
        and bool({"sorry", "oops", "wait", *_DENIALS} & set(said.split()))
    )


def _plainly_back(said: str, after: tuple[str, ...]) -> bool:
    """'no, a ukulele' and 'sorry, 128' take back; 'no drums' refuses, and 'actually' alone says little."""
    word = said.replace(",", " ").replace(".", " ").removeprefix("or ").split()
    if word[-2:] == ["make", "it"] and after and after[0] not in _NO_FIGURES and number(after, 0) is not None:
        return True  # '(six dB, no, that's brutal,) make it three'
    if {"no", "nah", "nope"} & set(word) and after[:1] and after[0] in _TAKING and "instead" in after[:8]:
        return True  # '(an accordion, or no,) have a mandolin instead'
    word = ["wait"] if word in (["hang", "on"], ["hold", "on"]) else word
    if len(word) != 1 or word[0] not in _BARE or not after:
        return False
    if after[0] in {"a", "an"} or after[0][0].isdigit():
        return True
    if word[0] == "actually" and after[0] in {"just", "only"}:
        return bool(set(after[1:4]) & {"it", "them"})  # 'actually just turn them down'
    return word[0] != "actually" and said.rstrip().endswith((",", ".", "-")) and after[0] != "no"


_INSTEAD = word_set("rather yet still")
_DENYING = word_set("no nah nope actually")
_NO_FIGURES = word_set("a an another half couple few single dozen")
_TAKING = word_set("have take get use try put bring give add")
_BARE = word_set("no sorry nah nope actually wait hm hmm")


def _mended(head: Clause, tail: Clause, *, firm: bool, only: bool) -> Clause | None:
    """The head with the constituent of the tail in place of its own last one of that kind; None where there is none. `only`:
    it was 'no, just mute them' or 'or rather mute them', whatever 'them' are in the head."""
    if tail.words[0] in _TAKING and "instead" in tail.words:
        tail = tail.part(1)
    tail = tail.part(3) if _elsewhere(tail) else tail
    before, after = mentions(head), mentions(tail)
    named = {at for mention in after for at in range(mention.start, mention.end)}
    if len(after) == 1 and before and not _left(tail, named):
        return head.replaced(before[-1].start, before[-1].end, after[0].words)
    was, now = amounts(head), amounts(tail)
    if len(now) == 1 and was and not _left(tail, set(range(now[0].start, now[0].end))):
        old = was[-1]
        if old.unit == now[0].unit or "bare" in {old.unit, now[0].unit}:
            told = tail.part(now[0].start, now[0].end).text
            keeps = old.unit != "bare" and now[0].unit == "bare" and old.end - old.start > 1
            return head.replaced(old.start, old.end - 1 if keeps else old.end, told)
    key = _replaced_effect(head, tail) or _replaced_key(head, tail)
    key = key or _replaced_style(head, tail) or _turned_round(head, tail)
    if key is not None:
        return key
    if " ".join(tail.words) in _STAYS or _stays_after_all(head, tail):
        last = max((at for at, word in enumerate(head.words[:-1]) if word in BREAKS), default=-1)
        return head.part(0, last + 1)
    if firm and tail.words[0] in OPENERS:
        last = max(
            (at for at, word in enumerate(head.words) if word in BREAKS and at < len(head.words) - 1), default=-1
        )
        pointed, ordered = tail.first("pronoun"), mentions(head.part(last + 1))
        if only and pointed is not None and len(ordered) == 1:
            tail = tail.replaced(pointed.start, pointed.end, f"the {ordered[0].words}")
        if not tail.has("pronoun") or _contrary(head.part(last + 1), tail):
            return head.part(0, last + 1).joined(tail)
    return None


def _elsewhere(tail: Clause) -> bool:
    """'do it on the keys', 'put that on the guitar': where instead."""
    first, it, on = (*tail.words[:3], "", "", "")[:3]
    return first in {"do", "put", "try", "have", "use"} and it in {"it", "that"} and on in {"on", "to", "for", "with"}


def _stays_after_all(head: Clause, tail: Clause) -> bool:
    """'drop the bass' ... 'leave the bass': what the order named last is to stay."""
    before, after = mentions(head), mentions(tail)
    if tail.words[0] not in {"leave", "keep", "spare"} or len(after) != 1 or not before:
        return False
    named = set(range(after[0].start, after[0].end)) | {0}
    return before[-1].words == after[0].words and not _left(tail, named) - {"alone", "in", "as", "is", "are"}


_WAYS = (("faster", "slower"), ("louder", "quieter"), ("higher", "lower"), ("longer", "shorter"), ("busier", "sparser"))


def _contrary(order: Clause, other: Clause) -> bool:
    """'slow it down' ... 'speed it up': both of the same 'it', and one the contrary of the other."""
    return any(
        order.has(one) and other.has(two) and not order.has(two) and not other.has(one)
        for pair in _WAYS
        for one, two in (pair, pair[::-1])
    )


def _left(tail: Clause, covered: set[int]) -> set[str]:
    return {word for at, word in enumerate(tail.words) if at not in covered} - _BESIDE - BREAKS


_PAIRS = (("left", "right"), ("up", "down"), ("louder", "quieter"), ("faster", "slower"), ("higher", "lower"), ("major", "minor"), ("louder", "softer"), ("brighter", "darker"))  # fmt: skip


def _turned_round(head: Clause, tail: Clause) -> Clause | None:
    """'pan the keys left' ... 'right': the other way."""
    said = [word for word in tail.words if word not in _BESIDE and word not in BREAKS]
    other = {one: two for pair in _PAIRS for one, two in (pair, pair[::-1])}
    if len(said) != 1 or said[0] not in other or other[said[0]] not in head.words:
        return None
    at = len(head.words) - 1 - head.words[::-1].index(other[said[0]])
    return head.replaced(at, at + 1, said[0])


_STAYS = frozenset(
    [
        "keep it",
        "keep that",
        "leave it",
        "leave that",
        "keep them",
        "leave them",
        "don't",
        "keep him",
        "it stays",
        "that stays",
        "they stay",
    ]
)


def _replaced_style(head: Clause, tail: Clause) -> Clause | None:
    """'make it a waltz' ... 'a tango': the style that was named last."""
    old, new = read(head.text), read(tail.text)
    span, place = old.spans.get("genre"), new.spans.get("genre")
    if not (span and place) or "genre" in old.inferred | new.inferred:
        return None
    if set(f"{tail.text[: place[0]]} {tail.text[place[1] :]}".lower().replace(",", " ").split()) - _BESIDE:
        return None
    start = len(head.text[: span[0]].split())
    return head.replaced(start, start + len(head.text[slice(*span)].split()), tail.text[slice(*place)])


def _replaced_effect(head: Clause, tail: Clause) -> Clause | None:
    """'a bit of delay' ... 'chorus': the effect that was named last."""
    old, new = head.marks(*EFFECTS), tail.marks(*EFFECTS)
    if not old or len(new) != 1 or _left(tail, set(range(new[0].start, new[0].end))):
        return None
    return head.replaced(old[-1].start, old[-1].end, new[0].words)


def _replaced_key(head: Clause, tail: Clause) -> Clause | None:
    """'in A minor' ... 'B minor': the key that was named last."""
    old, new = read(head.text), read(tail.text)
    span, place = old.spans.get("key"), new.spans.get("key")
    if not (old.key and new.key and span and place):
        return None
    outside = f"{tail.text[: place[0]]} {tail.text[place[1] :]}".lower().replace(",", " ").split()
    if set(outside) - _BESIDE:
        return None
    start = len(head.text[: span[0]].split())
    count = len(head.text[slice(*span)].split())
    return head.replaced(start, start + count, tail.text[slice(*place)])
