"""Corrections of the last change: 'no, the other one', 'only the drums', 'I meant down', 'half that', 'make that 2 dB'.

A correction is short, says one thing and no verb of its own. The last change is taken back and made with that one thing
otherwise; where the new value does not depend on the old (a tempo, a place between left and right), it is just set.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from nodes.planners.rules.ask import listed
from nodes.planners.rules.edits import revising
from nodes.planners.rules.moods import taken_apart
from nodes.planners.rules.outcome import Outcome, ask, do, say, step
from nodes.planners.rules.scene import Scene
from nodes.planners.rules.words.amounts import amounts
from nodes.planners.rules.words.references import Mention, mentions, named
from nodes.planners.rules.words.speech import BREAKS, Clause, clause, word_set
from state.plan import Step

_LONGEST = 12
_FIRM = (
    "i meant", "i mean", "i said", "i wanted", "meant", "no", "nope", "nah", "sorry", "oops", "whoops", "wait", "my mistake", "my bad",
    "make that", "make it", "instead", "rather", "wrong way", "that's wrong", "actually", "should be", "should have been", "was good",
    "wrong one", "i wanted that", "i wanted it", "was better", "was fine", "was right", "was perfect", "was nice", "let's say", "say",
)  # fmt: skip
"""Words that say of a message that it corrects something."""
_FILL = word_set(
    """ok okay ah oh hm hmm um uh er well please then though tho haha lol thanks a the an my it that this was for of on to by in with at and
    but is be one i'd i we so bit little touch just quite still all you what hey sounds feels now maybe it's that's bpm not want"""
)
_ASIDE = word_set("no nope nah oops whoops sorry wait actually now meant mean round around")
_EVERYBODY = frozenset(
    [
        "whole band",
        "whole mix",
        "whole loop",
        "whole thing",
        "everything",
        "everyone",
        "everybody",
        "all",
        "all them",
        "them all",
        "lot",
    ]
)
_ONLY = word_set("only just solely")
_SMALL = _FILL | _ONLY
_OTHER_WAY = (
    "other way around", "other way round", "other way", "other side", "other direction", "opposite way", "opposite direction", "opposite",
    "wrong way", "wrong direction", "wrong side", "reverse",
)  # fmt: skip
_SO = word_set("that so quite as too this")
_DEGREES = word_set(
    "much far loud quiet soft fast slow high low left right bright dark wide wet hard heavy strong big long"
)
_LESS = (
    "half of that", "half that", "half as much", "half as far", "only half", "half so much", "less than that", "a bit less", "a little less",
    "a touch less", "a tad less", "bit less", "slightly less", "less of that", "less of it", "less", "too much", "too far", "a bit much", "bit much", "overdone", "halfway", "half way",
)  # fmt: skip
_FURTHER = ("further", "farther", "a bit further", "even further", "more to the side")


@dataclass(frozen=True)
class _Said:
    """What a message holds beside words of correction."""

    firm: bool
    only: bool
    rest: Clause
    """Without the words of correction and without fill."""


def corrected(message: Clause, scene: Scene) -> Outcome | None:
    """What a message asks for that only says what was meant instead; None for any other."""
    steps = _last(scene)
    if not steps:
        return None
    return _as_one(message, steps, scene) or _after_reaction(message, steps, scene)


def _after_reaction(message: Clause, steps: tuple[Step, ...], scene: Scene) -> Outcome | None:
    """'Hmm, that's rushed. Only 5 percent.': a sentence or two of talk before the correction."""
    pieces = taken_apart(message.text)
    for at, piece in enumerate(pieces[1:], 1):
        ended = message.text[pieces[at - 1].start : piece.start].rstrip()[-1:] in {".", "!", "?"}
        talk = all(one.mood != "order" and not amounts(one.bare) for one in pieces[:at])
        if ended and talk and (made := _as_one(clause(message.text[piece.start :]), steps, scene)) is not None:
            return made
    return None


def _as_one(message: Clause, steps: tuple[Step, ...], scene: Scene) -> Outcome | None:
    """A message that is nothing but a correction."""
    if len([word for word in message.words if word not in BREAKS]) > _LONGEST:
        return None
    said = _said(message)
    if not said.rest.words:
        return None
    for correction in (_still, _another, _other_way, _by_less, _of_whom, _otherwise):
        made = correction(message, said, steps, scene)
        if isinstance(made, Outcome):
            return made
        if made is not None and made != list(steps):
            return _redone(steps, made)
    return None


def _last(scene: Scene) -> tuple[Step, ...]:
    """The steps of the last turn, where they were changes that can be taken back."""
    past = scene.request.history[-2:]
    if not past or past[-1].status not in {"done", "partial"} or len(scene.request.revisions.lineage()) < 2:
        return ()
    if len(past) == 2 and past[0].revision == past[1].revision:
        return ()  # it changed nothing, and taking it back would take back what was before it
    steps = past[-1].steps
    if len(steps) > 1 and steps[0].tool == "undo" and steps[0].arguments == {"steps": 1}:
        steps = steps[1:]  # a correction, which is itself corrected
    return steps if all(made.tool in revising.REVISABLE for made in steps) else ()


def _redone(before: tuple[Step, ...], after: list[Step]) -> Outcome:
    """The changes as they were meant: from where they began, unless the new ones say where they end."""
    changed = [(made, old) for made, old in zip(after, before, strict=True) if made != old]
    if all(revising.says_where_it_ends(made, old) for made, old in changed):
        return do(*(made for made, _ in changed))
    return do(step("undo", steps=1), *after)


def _said(message: Clause) -> _Said:
    taken: set[int] = set()
    firm = False
    there = set(message.words)
    for phrase in _FIRM:
        words = tuple(phrase.split())
        if words[0] not in there:
            continue
        for at in range(len(message.words) - len(words) + 1):
            if message.words[at : at + len(words)] == words and not taken & set(range(at, at + len(words))):
                taken |= set(range(at, at + len(words)))
                firm = True
    only = bool(set(message.words) & _ONLY)
    left = [
        (at, at + 1)
        for at, word in enumerate(message.words)
        if at in taken or word in BREAKS or (word in _SMALL and not _needed(message, at))
    ]
    return _Said(firm, only, message.without(left))


def _needed(message: Clause, at: int) -> bool:
    """'a fourth', 'one bar': small words that are part of an amount, and those of a name."""
    beside = message.words[at + 1 : at + 2]
    inside = any(found.start < at < found.end for found in mentions(message))
    chord = message.raw[at] == "A" and at > 0
    return inside or chord or (message.words[at] in {"a", "an"} and bool(beside) and beside[0] in revising.UNITS)


def _still(message: Clause, said: _Said, steps: tuple[Step, ...], scene: Scene) -> list[Step] | Outcome | None:
    """'still too much', 'still not loud enough': the last move once more."""
    words = tuple(word for word in message.words if word not in BREAKS)
    told = words[1:] if words[:1] == ("still",) else words[2:] if words[:2] == ("it's", "still") else ()
    too = told[:1] == ("too",) and len(told) == 2
    enough = told[:1] == ("not",) and told[-1:] == ("enough",) and len(told) == 3
    if not (too or enough):
        return None
    there = revising.goes(steps, told[1], scene)  # 'still too fast' after it was made faster says nothing of the kind
    moved = [revising.repeated(made, scene) for made in steps]
    if None in moved or (told[1] != "much" and there != enough):
        return None
    return do(*(made for made in moved if made is not None))


def _another(message: Clause, said: _Said, steps: tuple[Step, ...], scene: Scene) -> list[Step] | Outcome | None:
    """'another 2 off', 'another semitone': the last move goes on by so much."""
    words = tuple(word for word in message.words if word not in BREAKS)
    if words[:1] != ("another",) or len(steps) != 1 or len(words) > 4:
        return None
    rest = clause(f"a {' '.join(words[1:])}") if not words[1][0].isdigit() else clause(" ".join(words[1:]))
    rest = rest.without((at, at + 1) for at, word in enumerate(rest.words) if word in {"off", "more", "again"})
    made = revising.valued(steps[0], rest, scene) if amounts(rest) else None
    return do(made) if made is not None and "bpm" not in made.arguments else None


def _other_way(message: Clause, said: _Said, steps: tuple[Step, ...], scene: Scene) -> list[Step] | None:
    """'the other way', 'oops, I meant down': the last move, in the other direction."""
    rest = " ".join(word for word in message.words if word not in BREAKS)
    phrase = next((phrase for phrase in _OTHER_WAY if phrase in rest), "")
    beside = set(rest.replace(phrase, " ").split()) - _FILL - _ASIDE
    turned = revising.direction(said.rest)
    alone = turned is not None and set(said.rest.words) <= revising.DIRECTIONS
    if phrase and not beside - revising.DIRECTIONS:
        return [revising.turned(made, None, scene) or made for made in steps]
    words = [word for word in message.words if word not in BREAKS and (word == "not" or word in revising.DIRECTIONS)]
    if (
        len(words) == 3 and "not" in words[:2] and not set(rest.split()) - _FILL - _ASIDE - set(words)
    ):  # 'right, not left'
        denied = words.index("not") + 1
        wanted = next(word for at, word in enumerate(words) if at != denied and word != "not")
        return [revising.turned(made, wanted, scene) or made for made in steps]
    if said.firm and alone:
        return [revising.turned(made, turned, scene) or made for made in steps]
    return None


def _by_less(message: Clause, said: _Said, steps: tuple[Step, ...], scene: Scene) -> list[Step] | Outcome | None:
    """'not that much', 'too far', 'half that', 'a bit less than that': the last move, half as far."""
    words = tuple(word for word in message.words if word not in BREAKS)
    rest = " ".join(words)
    factor = None
    for phrase in sorted(_LESS, key=len, reverse=True):
        if f" {phrase} " in f" {rest} ":
            factor, rest = 0.5, f" {rest} ".replace(f" {phrase} ", " ")
            break
    for at, word in enumerate(words[:-1]):
        if word in {"not", "too"} and (set(words[at + 1 : at + 3]) & _DEGREES):
            end = at + 2 if words[at + 1] in _DEGREES else at + 3
            degree = words[end - 1]
            if (word == "too" or set(words[at + 1 : end - 1]) <= _SO) and revising.goes(steps, degree, scene):
                factor, rest = 0.5, " ".join(words[:at] + words[end:])
    if factor is None and rest in _FURTHER:
        factor, rest = 1.5, ""
    named_there = {word for one in mentions(message, scene) for word in one.words.split()}
    if factor is None or set(rest.split()) - named_there - _FILL - _ASIDE - {"than", "not", "far", "much"}:
        return None
    if found := _names(mentions(message, scene), scene):  # 'less on the piano'
        steps = tuple(one for one in steps if set(found) <= set(one.arguments.get("stems") or scene.names))
        return _for_some(steps, found, factor, scene)
    made = [revising.scaled(one, factor, scene) or one for one in steps]
    return made if any(a != b for a, b in zip(made, steps, strict=True)) else None


def _for_some(steps: tuple[Step, ...], stems: list[str], factor: float, scene: Scene) -> Outcome | None:
    """'(some reverb on both.) less on the piano': only an effect can be set anew for some of those that wear it."""
    if len(steps) != 1 or steps[0].tool != "add_effect":
        return None
    made = revising.scaled(steps[0], factor, scene)
    return do(revising.on(made, stems)) if made is not None else None


def _of_whom(message: Clause, said: _Said, steps: tuple[Step, ...], scene: Scene) -> list[Step] | Outcome | None:
    """'no, the bass', 'only the drums', 'not the keys': the last change, on other stems."""
    found = mentions(said.rest, scene)
    covered = {at for one in found for at in range(one.start, one.end)}
    left = {word for at, word in enumerate(said.rest.words) if at not in covered}
    if " ".join(said.rest.words) in _EVERYBODY and said.firm and all(one.tool in revising.PORTABLE for one in steps):
        return [
            step(one.tool, **{name: value for name, value in one.arguments.items() if name != "stems"}) for one in steps
        ]
    if not found:
        return _other(steps, scene) if left == {"other"} and said.firm | ("one" in message.words) else None
    if left or not all(revising.takes_stems(made) for made in steps):
        return None
    denied = [
        one for one in mentions(message, scene) if message.words[max(0, one.start - 2) : one.start][:1] == ("not",)
    ]
    wanted = _names([one for one in mentions(message, scene) if one not in denied], scene)
    touched = [name for made in steps for name in (made.arguments.get("stems") or scene.names)]
    if wanted and set(wanted) == set(touched) and all("stems" in made.arguments for made in steps):
        told = f"That was done on the {listed(wanted)} only. To hear nothing else, say 'solo the {wanted[0]}'."
        return say(told) if said.only or _apologises(message) else None
    if not wanted and denied and (said.firm or len(message.words) <= 5):
        wanted = [name for name in dict.fromkeys(touched) if name not in _names(denied, scene)]
    elif not (said.firm or denied or (said.only and _was_asked_widely(steps, wanted, scene))):
        return None  # 'no drums' takes them out
    if not wanted or set(wanted) == set(touched):
        return None
    if message.words[0] == "no" and message.words[1:2] != (",",) and not said.only and not _apologises(message):
        return None
    return [revising.on(made, wanted) for made in steps]


def _was_asked_widely(steps: tuple[Step, ...], wanted: list[str], scene: Scene) -> bool:
    """Whether the last change touched more than those that are now named: 'just the drums' narrows it."""
    return all(
        made.tool in revising.PORTABLE
        and (not made.arguments.get("stems") or set(wanted) < set(made.arguments["stems"]))
        and "mute" not in made.arguments
        for made in steps
    ) and set(wanted) < set(scene.names)


def _names(found: list[Mention], scene: Scene) -> list[str]:
    return list(dict.fromkeys(name for one in found for name in named(one.words, scene)))


def _apologises(message: Clause) -> bool:
    return bool({"meant", "mean", "oops", "whoops", "sorry"} & set(message.words))


def _other(steps: tuple[Step, ...], scene: Scene) -> list[Step] | Outcome | None:
    """'no, the other one': the other stem of its kind, or of two."""
    before: Sequence[str] = steps[0].arguments.get("stems") or []
    if len(steps) != 1 or len(before) != 1:
        return None
    others = [name for name in scene.names if name != before[0]]
    kin = set(named(clause(before[0]).words[-1], scene))
    others = [name for name in others if name in kin] or others
    if len(others) != 1:
        return ask(f"Which other one do you mean: {listed(others, 'or')}?") if others else None
    return [revising.on(steps[0], others)]


def _otherwise(message: Clause, said: _Said, steps: tuple[Step, ...], scene: Scene) -> list[Step] | None:
    """'make that 2 dB', 'I meant bar 3', 'no, a clarinet', 'a third I meant': the last change with another value."""
    figure = said.only and len(said.rest.words) <= 3
    if not (said.firm or figure) or len(steps) != 1:
        return None
    made = revising.valued(steps[0], said.rest, scene)
    return [made] if made is not None else None
