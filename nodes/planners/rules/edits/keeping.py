"""Going back and keeping something of the present version: 'I liked it better before, but keep the new tempo'."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ensemble.band.theory import parse_key
from nodes.planners.planner import PlanRequest
from nodes.planners.rules.ask import listed
from nodes.planners.rules.outcome import step
from nodes.planners.rules.scene import Scene
from nodes.planners.rules.words.references import find
from nodes.planners.rules.words.speech import Clause, word_set
from state.gat import GlobalAttributeTable
from state.plan import Step

_KEEPS = word_set("keep keeping hold leave preserve maintain retain")
_PRESENT = word_set("new current present same this")
_PAST = word_set("old original previous earlier first former")
_NOUNS = {
    "tempo": "tempo", "bpm": "tempo", "speed": "tempo", "pace": "tempo", "key": "key", "chords": "chords", "progression": "chords",
    "harmony": "chords", "length": "length",
}  # fmt: skip
_TOOLS = {"tempo": {"change_speed"}, "key": {"shift_pitch"}, "chords": {"set_chords"}, "length": {"vary"}}


def kept(parts: Iterable[Clause], steps: Sequence[Step], request: PlanRequest) -> list[Step] | str:
    """The steps with what restores, after an undo, what the message keeps; a question where that cannot be."""
    now = request.gat
    undone = next((made for made in reversed(steps) if made.tool == "undo"), None)
    then = _target(undone, request) if undone else None
    if now is None or then is None:
        return list(steps)
    parts = list(parts)
    lost = _stems_lost(parts, now, then, request)
    if lost:
        gone = any(then.stem(name) is None for name in lost)
        return (
            f"Version {then.revision} {'is without' if gone else 'has another take of'} the {listed(lost)}, and I cannot carry a part over "
            "from one version to another. Shall I go back all the same, or what should I change in this version instead?"
        )
    found: list[Step] = []
    for noun in dict.fromkeys(noun for part in parts for noun in _attributes(part)):
        if _only(noun, then, request):
            return (
                f"Nothing but the {noun} differs between version {then.revision} and this one, so going back and keeping it would "
                "change nothing. What was better before, or which version do you mean?"
            )
        restored = _restored(noun, now, then)
        if isinstance(restored, str):
            return restored
        found += restored
    return [*steps, *found]


def _target(undone: Step, request: PlanRequest) -> GlobalAttributeTable | None:
    lineage = request.revisions.lineage()
    revision, back = undone.arguments.get("revision"), undone.arguments.get("steps", 1)
    if revision is None and isinstance(back, int) and back < len(lineage):
        revision = lineage[back]
    return request.revisions.revision(revision) if isinstance(revision, int) else None


def _attributes(part: Clause) -> list[str]:
    """'keep the new tempo', 'but with this tempo', 'at the current speed'."""
    words = part.words
    found = []
    for at, word in enumerate(words):
        near = words[max(0, at - 3) : at]
        if word not in _NOUNS or set(near) & _PAST:
            continue
        keeps = bool(set(words[:at]) & _KEEPS)
        if keeps or (set(near) & {"with", "at", "in"} and set(near) & _PRESENT):
            found.append(_NOUNS[word])
    return found


def _only(noun: str, then: GlobalAttributeTable, request: PlanRequest) -> bool:
    """Whether all that happened since is a change of that attribute."""
    lineage = request.revisions.lineage()
    since = lineage[: lineage.index(then.revision)] if then.revision in lineage else []
    turns = {turn.revision: turn for turn in request.history if turn.revision is not None and turn.steps}
    made = [done for revision in since if revision in turns for done in turns[revision].steps]
    return bool(made) and set(since) <= turns.keys() and {done.tool for done in made} <= _TOOLS[noun]


def _restored(noun: str, now: GlobalAttributeTable, then: GlobalAttributeTable) -> list[Step] | str:
    if noun == "tempo" and now.bpm and now.bpm != then.bpm:
        return [step("change_speed", bpm=now.bpm)]
    if noun == "key" and now.key and then.key and now.key != then.key:
        if parse_key(now.key).minor != parse_key(then.key).minor:
            return (
                f"Version {then.revision} is in {then.key}, this one in {now.key}; from one to the other is a new arrangement. Shall I "
                "go back without the key, or stay here?"
            )
        return [step("shift_pitch", to_key=now.key)]
    if noun == "chords" and now.chords and now.chords != then.chords:
        return [step("set_chords", chords=list(now.chords), key=now.key if now.key != then.key else None)]
    if noun == "length" and now.bars and now.bars != then.bars:
        return [step("vary", bars=now.bars, amount=0.0)]
    return []


def _stems_lost(
    parts: Iterable[Clause], now: GlobalAttributeTable, then: GlobalAttributeTable, request: PlanRequest
) -> list[str]:
    """Stems that are to be kept and that are not the same in the version gone back to."""
    scene = Scene.of(request)
    names = [
        name
        for part in parts
        if part.words and part.words[0] in _KEEPS and not set(part.words) & (_PAST | _NOUNS.keys())
        for name in find(part, scene).stems
    ]
    return [name for name in dict.fromkeys(names) if then.stem(name) != now.stem(name)]
