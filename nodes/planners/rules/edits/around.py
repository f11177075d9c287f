"""Loops around drums that are there, said over one clause or two.

'use my beat as the base and write bass and keys to go with it'     the drums named as the base, then what is built on them
'keep the drums and make a jazz loop around them'                   the drums kept, then what is built around them
'build something moody around this, with keys'                      'this', where there are only drums
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from ensemble.band.instruments import resolve
from nodes.planners.rules.edits.create import around_drums
from nodes.planners.rules.edits.first_loop import is_edit, reach, together
from nodes.planners.rules.edits.keyless import laid, told_key
from nodes.planners.rules.outcome import Outcome, do, step
from nodes.planners.rules.scene import Scene
from nodes.planners.rules.words.attributes import read
from nodes.planners.rules.words.described import fields_of
from nodes.planners.rules.words.references import mentions
from nodes.planners.rules.words.speech import Clause

_DRUMS = "drums?|beats?|drum loop|drumloop|drum pattern|drum track|drum part|drum beat|drumbeat|groove|rhythm|percussion|break|breakbeat|kit|drum take|drum performance|drum recording|drummer|drumming|playing"
_NAMED = rf"(?:this|these|my|the|that|those|our|his|her) (?:\w+ ){{0,2}}?(?:{_DRUMS})(?: (?:loop|file|recording|i uploaded|i attached|i sent))?"
_POINTED = "this|these|it|that|them|those|him|her"
_BASE = r"as (?:a|an|the|my|your|our|its) (?:\w+ )?(?:base|basis|foundation|backbone|bed|starting point|groundwork|skeleton|core|anchor|root)"
_USING = "use|using|taking|take|keep|hold|hold on to|hang on to|retain|have|treat|make|let|start with|start from|go from|with|build on|leave"
_LINK = "around|over|on top of|based on|on|from|out of|using|to|with|that fits|that fit|that goes with|that go with|for|against|onto"
_AS_BASE = re.compile(
    rf"(?:{_USING}) (?P<what>{_NAMED}|{_POINTED}) (?:(?:be )?{_BASE}(?: (?:of|for) (?:it|this|a new one))?|(?:for|in)(?= (?:a|an|some) ))"
)
_KEPT = re.compile(
    rf"(?:(?:{_USING})(?: only| just)?|only keep|just keep|here are|here is|here's|these are|this is) (?P<what>{_NAMED})(?: (?:only|(?:exactly |just )?as (?:they are|it is|is)|untouched|intact|alone))?"
)
_BUILT = re.compile(
    rf"(?:(?:it )?to )?(?:go|goes|going|fit|fits|match|matches|play|sit) (?:along )?(?:with|over|on|on top of|to|around)? ?(?:{_NAMED}|{_POINTED})"
    rf"|(?:{_LINK}) (?P<what>{_NAMED}|{_POINTED})\b"
)
_ROUND = re.compile(rf"\b(?:around|over|on top of|based on|out of|from) (?P<what>{_NAMED}|{_POINTED})(?= |$)")


_LAID = re.compile(rf"\b(?:around|over|on top of|on|onto|to|behind|under|with) (?P<what>{_NAMED}|{_POINTED})(?= |$)")


def around(left: Sequence[Clause], scene: Scene) -> tuple[int, Outcome] | None:
    """(number of clauses taken up, what they mean); None where nothing is to be built around the drums."""
    source = _source(scene)
    if source is None:
        return None
    tail = _tail(left)
    if tail and (made := around_drums(together(left[: 1 + tail]), scene)) is not None and made.steps:
        return 1 + tail, made
    if listed := _listed_for(left, scene):
        return _built(together(left[:listed]), left[listed - 1 :], 1, source, listed)
    first = " ".join(left[0].words)
    if keyed := told_key(left, scene):
        return _built(together(left[:keyed]), left[keyed - 1 :], 1, source, keyed)
    if laid(left[0]) and (over := _LAID.search(first)) is not None and _means_drums(over["what"], scene):
        return _built(left[0], left, 1, source)
    said = _AS_BASE.match(first)
    if said is not None:
        if not (_means_drums(said["what"], scene)):
            return None
        return _built(left[0].part(len(said.group().split())), left, 1, source)
    if len(left) > 1 and (kept := _KEPT.fullmatch(first)) is not None and _makes(left[1]):
        built = (
            _ROUND.search(" ".join(left[1].words))
            or _to_go_with(left[1])
            or _onto(left[1], scene)
            or _upon(left[1])
            or _stands_on(left[1])
        )
        if built and _means_drums(kept["what"], scene):
            return _built(left[1], left, 2, source)
    if _only_drums(scene) and _stands_on(left[0]):
        return _built(left[0], left, 1, source)
    around_it = _ROUND.search(first)
    pointed = around_it["what"] in _POINTED.split("|") if around_it is not None else _to_go_with(left[0]) is not None
    if pointed and left[0].begins("create") and _only_drums(scene):
        return _built(left[0], left, 1, source)
    return None


def _tail(left: Sequence[Clause]) -> int:
    """How many clauses after the first go on describing: '(a funk track around these drums,) E minor', 'dark', 'with keys'."""
    used = 1
    while used < len(left):
        said = read(left[used].text)
        material = said.key or said.chords or said.mood or said.genre or said.instruments or said.without
        timed = said.bpm or said.bars or said.duration_seconds or said.time_signature
        if (
            not material
            or timed
            or is_edit(left[used])
            or left[used].begins("add", "remove", "replace", "louder", "quieter")
        ):
            break
        used += 1
    return used - 1


def _listed_for(left: Sequence[Clause], scene: Scene) -> int:
    """How many clauses list players and end with the drums that they are for: 'make some bass', 'and keys to go with my beat'."""
    ends = [at + 1 for at, part in enumerate(left) if at and _FOR_THEM.search(" ".join(part.words))]
    if not ends or not _only_drums(scene) or left[0].begins("create") is None:
        return 0
    return ends[0] if all(read(part.text).instruments and not is_edit(part) for part in left[1 : ends[0]]) else 0


_FOR_THEM = re.compile(
    rf"\b(?:(?:to |that |which )?(?:go|goes|fit|fits|match|play|plays|sit|sits)(?: along)?(?: with| over| on| to)?|{_LINK}|under|behind) {_NAMED}$"
)


def _to_go_with(clause: Clause) -> re.Match[str] | None:
    return re.search(rf"\bto (?:go with|fit|match|play over|play with|sit on) (?:{_POINTED})\b", " ".join(clause.words))


def _onto(clause: Clause, scene: Scene) -> re.Match[str] | None:
    """'(use my beat and) put bass and keys on it', where there is nothing but the beat."""
    plays = _only_drums(scene) and bool(read(clause.text).instruments)
    return (
        re.search(rf"\b(?:on|to|with|onto|under|over) (?:{_POINTED})(?= |$)", " ".join(clause.words)) if plays else None
    )


def _upon(clause: Clause) -> re.Match[str] | None:
    """'(keep only the drums and) build a new jazz loop on it': what was kept is what the new loop stands on."""
    said = read(clause.text)
    if not (clause.begins("create") and said.whole):
        return None
    return re.search(rf"\b(?:on|onto|with|using|to|for|off) (?:{_POINTED})(?= |$)", " ".join(clause.words))


_INTO = re.compile(
    rf"(?:turn|make|build|develop|flesh|expand|grow|shape|work) (?:{_POINTED}|{_NAMED}) (?:out |up )?(?:into|in to) "
)
_UPON = re.compile(
    rf"\b(?:on|onto|over|upon|off|off of|with|under|underneath|to|for|from|around|on top of|to go with) (?:{_POINTED}|{_NAMED})(?= |$)"
)


def _stands_on(clause: Clause) -> bool:
    """'write a soul tune on it', 'turn it into a disco song with strings': a whole loop, where there are only drums."""
    text = " ".join(clause.words)
    said = read(clause.text)
    named = bool(said.genre and "genre" not in said.inferred)
    if _INTO.match(text):
        return said.whole is not None or bool(said.instruments and named)
    if clause.begins("create") is None:
        return bool(clause.begins("add") and _ROUND.search(text) and named and said.whole)
    return bool(_UPON.search(text) and (named or said.key or _wholly(clause)))


def _wholly(clause: Clause) -> bool:
    """'something', 'a piece', 'a whole track': what is to be made is a loop and no part."""
    said = read(_without_reference(clause).text)
    return said.whole is not None or clause.says("something")


def _makes(clause: Clause) -> bool:
    return (
        clause.begins("create", "add") is not None
        or clause.words[0] in {"build", "put"}
        or _INTO.match(" ".join(clause.words)) is not None
    )


def _source(scene: Scene) -> str | None:
    """The drums that can be built on: the newest file, else the loop's own."""
    uploads = scene.request.uploads
    if uploads and (uploads[-1].instrument == "drum recording" or not scene.players):
        return uploads[-1].name
    kits = [player.name for player in scene.players if player.role == "drums"]
    drums = kits or [player.name for player in scene.players if player.is_drum]
    return drums[0] if drums else uploads[-1].name if uploads else None


def _only_drums(scene: Scene) -> bool:
    uploads = scene.request.uploads
    return (bool(scene.players) and all(player.is_drum for player in scene.players)) or bool(
        uploads and uploads[-1].instrument == "drum recording"
    )


def _means_drums(words: str, scene: Scene) -> bool:
    return words not in _POINTED.split("|") or _only_drums(scene)


def _built(rest: Clause, left: Sequence[Clause], used: int, source: str, before: int = 1) -> tuple[int, Outcome]:
    """The loop that `rest` and the clauses after the first `used` describe."""
    more = left[used:]
    taken = reach(left[used - 1 :]) - 1 if more else 0
    if not taken and more and more[0].begins("add") and mentions(more[0]):
        taken = 1  # 'use the drums as the base, add bass and piano'
    parts = [part for part in (rest.bare(), *more[:taken]) if part.words]
    whole = together(parts) if parts else rest
    plain = _without_reference(whole)
    fields = fields_of(read(plain.text), whole)
    names = ("description", "genre", "mood", "key", "chords", "instruments", "without", "inferred")
    kept = {name: fields[name] for name in names if name in fields}
    kept["instruments"] = [word for word in kept.get("instruments", []) if not _is_kit(word)]
    kept["inferred"] = [name for name in kept.get("inferred", []) if name in kept]
    return before - 1 + used + taken, Outcome(steps=do(step("drum_to_music", source=source, **kept)).steps)


def _is_kit(word: str) -> bool:
    """'drums', 'hip hop beat': what is there already."""
    choice = resolve(word)
    return re.fullmatch(_DRUMS, word.lower()) is not None or (choice is not None and choice.stem == "drums")


def _without_reference(clause: Clause) -> Clause:
    """The clause without the words that only point at the drums."""
    text = " ".join(clause.words)
    found = [said.span() for said in re.finditer(rf"\b(?:{_BUILT.pattern})", text)]
    return clause.without((text[:start].count(" "), text[:end].count(" ") + 1) for start, end in found)
