"""'That again', 'one more time', 'do it again but darker'."""

from __future__ import annotations

from collections.abc import Sequence

from nodes.planners.rules.ask import missing
from nodes.planners.rules.outcome import UNDERSTOOD, Outcome, ask, do, step
from nodes.planners.rules.scene import CREATING, Scene
from nodes.planners.rules.words import spans
from nodes.planners.rules.words.references import find, mentions
from nodes.planners.rules.words.speech import BREAKS, Clause, word_set
from state.plan import Step

MORE = frozenset(
    {
        "more",
        "even more",
        "some more",
        "a bit more",
        "a little more",
        "further",
        "keep going",
        "a touch more",
        "more please",
        "more of that",
        "go further",
        "a bit further",
        "more still",
        "further still",
        "even further",
        "still further",
        "another",
        "another one",
        "and another",
        "and another one",
        "one more",
        "and one more",
    }
)
_FILL = word_set("""that this it please the do same thing but with and just now so yes one me let's to last step""")


_EXCHANGING = word_set("swap replace exchange switch trade substitute change turn convert make")
PORTABLE = frozenset({"adjust_track", "add_effect", "vary", "shift_pitch", "regenerate_span"})


def same_for(clause: Clause, scene: Scene) -> Outcome | None:
    """'same for the keys', 'do the same to the bass': the last change, on another stem."""
    if clause.words[0] in _EXCHANGING:
        return None  # 'swap that for a flute'
    if not _one_more(clause, scene) and not clause.says(
        "same for",
        "same to",
        "same with",
        "same on",
        "same thing for",
        "same thing to",
        "same thing on",
        "likewise",
        "that for",
        "that to",
        "that with",
        "same in",
        "that in",
        "same bar for",
        "same bars for",
        "same two bars for",
        "same bit for",
        "same spot for",
        "same there in",
        "same treatment for",
        "same treatment on",
        "do it to",
        "do that to",
        "do it on",
        "do that on",
    ):
        return None
    target = find(clause, scene)
    past = [turn for turn in scene.request.history if turn.steps and turn.status in {"done", "partial"}]
    last = [scene.steps[-1]] if scene.steps else list(past[-1].steps) if past else []
    if target.missing:
        return ask(missing(target.missing, scene))
    span = spans.find(clause, scene.bars, scene.seconds)
    if span is not None and last and last[-1].tool == "regenerate_span":
        stems = list(target.stems) or last[-1].arguments.get("stems")
        return do(step("regenerate_span", **span.arguments, stems=stems))  # 'the same for bar 4'
    if not target.stems or not last or any(made.tool not in PORTABLE for made in last):
        return None
    return do(*(step(made.tool, **{**made.arguments, "stems": list(target.stems)}) for made in last))


def _one_more(clause: Clause, scene: Scene) -> bool:
    """'(reverb on the piano.) the bass too': only stems are named, right after something was done to another."""
    names = {at for found in mentions(clause) for at in range(found.start, found.end)}
    plain = all(at in names or word in {"the", "my", "and", "on", "to", "for"} for at, word in enumerate(clause.words))
    return bool(scene.steps and names and plain) and not find(clause, scene).missing


_TOO = word_set(
    "and also too well as same plus likewise for on to with please now then of course so is do goes that ditto"
)


def same_too(message: Clause, scene: Scene) -> Outcome | None:
    """'and the bass too', 'the keys as well': the last change on stems that are named and nothing else."""
    if not message.words or not (
        message.words[0] in {"and", "also", "same", "plus"} or message.says("too", "as well", "also", "likewise")
    ):
        return None
    target = find(message, scene)
    around = {at for start, end in target.spans for at in range(start, end)}
    rest = {word for at, word in enumerate(message.words) if at not in around} - BREAKS
    if not target.stems or target.missing or target.pronoun or rest - _TOO - {"the", "my"}:
        return None
    past = [turn for turn in scene.request.history if turn.steps and turn.status in {"done", "partial"}]
    last = past[-1].steps if past else ()
    if not last or any(
        made.tool not in PORTABLE | {"remove_track"} or not made.arguments.get("stems") for made in last
    ):
        return None
    if any(set(made.arguments["stems"]) >= set(target.stems) for made in last):
        return None
    return do(*(step(made.tool, **{**made.arguments, "stems": list(target.stems)}) for made in last))


def again(clause: Clause, scene: Scene) -> Outcome | None:
    """The last plan once more, where the clause says nothing else."""
    words = " ".join(clause.words)
    if words not in MORE:
        mark = clause.first("repeat")
        if mark is None or without_again(clause) is not None:
            return None
    past = [turn for turn in scene.request.history if turn.steps and turn.status in {"done", "partial"}]
    if scene.steps and past and _says_so(past[-1].steps, scene.steps[-1]):
        return UNDERSTOOD
    if scene.steps:
        steps = [scene.steps[-1]]
    elif past:
        steps = list(past[-1].steps)
    else:
        return do(step("vary", amount=0.5)) if scene.exists else None
    if words in MORE and steps[0].tool in CREATING:
        return ask("More of what? For example 'more reverb on it', 'a bit louder' or 'busier drums'.")
    gone = [n for made in steps for n in made.arguments.get("stems", []) if scene.player(n) is None]
    if gone and steps[0].tool != "undo":
        return ask(missing(gone, scene))
    factor = _relative_tempo(steps, scene)
    if factor is not None:
        return do(step("change_speed", bpm=factor))
    return do(*(step(made.tool, **made.arguments) for made in steps))


def _says_so(before: Sequence[Step], now: Step) -> bool:
    """'(slow it down.) still too fast, so do that again': what the message has asked for is what was done before."""
    last = before[0] if len(before) == 1 else None
    return (
        last is not None and last.tool == now.tool and last.arguments.get("stems", []) == now.arguments.get("stems", [])
    )


def _relative_tempo(steps: list[Step], scene: Scene) -> float | None:
    """The tempo that the same change in bpm would lead to: 'bump it up 5 bpm' ... 'again'."""
    last = steps[0] if len(steps) == 1 else None
    gat = scene.request.gat
    if last is None or last.tool != "change_speed" or "bpm" not in last.arguments or gat is None or scene.bpm is None:
        return None
    before = scene.request.revisions.revision(gat.parent) if gat.parent else None
    if before is None or before.bpm is None or gat.bpm is None or before.bpm == gat.bpm:
        return None
    wanted = round(gat.bpm + gat.bpm - before.bpm, 3)
    return wanted if 30 <= wanted <= 300 else None


def without_again(clause: Clause) -> Clause | None:
    """What a clause says beside 'again' or 'one more time', or None when that is all."""
    marks = clause.marks("repeat")
    if not marks:
        return None
    rest = clause.without((mark.start, mark.end) for mark in marks).bare()
    return rest if any(word not in _FILL and word not in {",", "."} for word in rest.words) else None
