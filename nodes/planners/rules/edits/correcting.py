"""Corrections of who was meant: 'no, the other one', 'sorry, I meant the piano', 'not the drums, the bass'.

The last change is taken back and made on the stem that was meant.
"""

from __future__ import annotations

from nodes.planners.rules.ask import listed
from nodes.planners.rules.edits.again import PORTABLE
from nodes.planners.rules.outcome import Outcome, ask, do, step
from nodes.planners.rules.scene import Scene
from nodes.planners.rules.words.references import Mention, mentions, named
from nodes.planners.rules.words.speech import BREAKS, Clause, clause, word_set
from state.plan import Step

_BESIDE = word_set(
    "no nope nah not that this one i meant mean the my other oh ah sorry wait actually i'd wanted want please oops it was and"
)


def corrected(message: Clause, scene: Scene) -> Outcome | None:
    """What a message asks for that only says who was meant; None for any other."""
    last = _last(scene)
    if last is None or len(message.words) > 10:
        return None
    if last.tool == "add_track":
        return _another(message, last, scene)
    found = mentions(message, scene)
    covered = {at for mention in found for at in range(mention.start, mention.end)}
    words = {word for at, word in enumerate(message.words) if at not in covered} - BREAKS
    if words - _BESIDE:
        return None
    before = list(last.arguments["stems"])
    if not found:
        return _other(before, last, scene) if {"other", "one"} <= words else None
    wanted = _meant(message, found, scene)
    if not wanted or set(wanted) == set(before):
        return None
    return do(step("undo", steps=1), step(last.tool, **{**last.arguments, "stems": wanted}))


def _last(scene: Scene) -> Step | None:
    """The step of the last turn, where it was one change of stems that can be taken back."""
    past = scene.request.history[-1:]
    if not past or past[-1].status not in {"done", "partial"} or len(scene.request.revisions.lineage()) < 2:
        return None
    steps = past[-1].steps
    if len(steps) != 1 or steps[0].tool not in PORTABLE | {"remove_track", "add_track"}:
        return None
    return steps[0] if steps[0].tool == "add_track" or steps[0].arguments.get("stems") else None


def _another(message: Clause, last: Step, scene: Scene) -> Outcome | None:
    """'(add a flute.) no, a clarinet': the new stem is another instrument's."""
    found = mentions(message)
    if len(found) != 1 or message.words[found[0].start - 1] not in {"a", "an", "some"} or not _apologises(message):
        return None
    left = set(message.words[: found[0].start - 1] + message.words[found[0].end :]) - BREAKS - _BESIDE
    if left or named(found[0].words, scene):
        return None
    return do(step("undo", steps=1), step(last.tool, **{**last.arguments, "instrument": found[0].words}))


def _apologises(message: Clause) -> bool:
    """Whether a message opens as a correction: 'no, ...', 'sorry, ...', 'I meant ...'."""
    opened = message.words[0] in {"no", "nope", "nah", "sorry", "oops", "wait"} and message.words[1:2] == (",",)
    return opened or bool({"meant", "mean", "oops"} & set(message.words))


def _meant(message: Clause, found: list[Mention], scene: Scene) -> list[str]:
    """The stems that are meant, without those that are said not to be; empty where nothing says that it is a correction."""
    denied = [mention for mention in found if message.words[max(0, mention.start - 2) : mention.start][:1] == ("not",)]
    kept = [mention for mention in found if mention not in denied]
    if not (_apologises(message) or denied):
        return []  # 'no drums' takes them out
    return [name for mention in kept for name in named(mention.words, scene)]


def _other(before: list[str], last: Step, scene: Scene) -> Outcome | None:
    """'no, the other one': the other stem of its kind, or of two."""
    if len(before) != 1:
        return None
    others = [name for name in scene.names if name != before[0]]
    kin = set(named(clause(before[0]).words[-1], scene))
    others = [name for name in others if name in kin] or others
    if len(others) != 1:
        return ask(f"Which other one do you mean: {listed(others, 'or')}?") if others else None
    return do(step("undo", steps=1), step(last.tool, **{**last.arguments, "stems": others}))
