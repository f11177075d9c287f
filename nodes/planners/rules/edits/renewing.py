"""New notes for a span: 'the last bar again', 'redo bars 2 to 3 of the bass', 'a fill in bar 4'."""

from __future__ import annotations

from dataclasses import replace
from typing import get_args

from nodes.planners.rules.ask import missing
from nodes.planners.rules.outcome import Outcome, ask, do, step
from nodes.planners.rules.scene import Scene
from nodes.planners.rules.talk.complaints import complains
from nodes.planners.rules.words import spans
from nodes.planners.rules.words.amounts import amounts
from nodes.planners.rules.words.references import find, is_instrument, mentions, named
from nodes.planners.rules.words.speech import Clause, word_set
from state.effects import EffectKind


def _beats(clause: Clause, scene: Scene) -> spans.Span | None:
    """'the last beat of the drums', 'the first two beats', in seconds."""
    for said in amounts(clause):
        if said.unit == "beats" and said.start and clause.words[said.start - 1] in {"last", "first", "final"}:
            return _timed(said.value, clause.words[said.start - 1] == "first", said.start - 1, said.end, scene)
    for at in range(len(clause.words) - 2):
        if clause.words[at] in {"last", "first", "final"} and clause.words[at + 1 : at + 3] == ("beat", "of"):
            return _timed(1.0, clause.words[at] == "first", at, at + 2, scene)
    return None


def _timed(count: float, first: bool, start: int, end: int, scene: Scene) -> spans.Span | None:
    length = count * 60 / scene.bpm if scene.bpm else 0.0
    if not 0 < length <= scene.seconds:
        return None
    low = 0.0 if first else scene.seconds - length
    return spans.Span(start_seconds=round(low, 3), end_seconds=round(low + length, 3), start=start, end=end)


def _outside(span: spans.Span, scene: Scene) -> str | None:
    """A question about a span that runs backwards or beyond the loop."""
    low, high = span.start_bar, span.end_bar
    if low is not None and high is not None and scene.bars and not scene.open:
        has = f"The loop has {scene.bars} bar{'s' if scene.bars > 1 else ''}"
        if high < low and high >= 1 and low <= scene.bars:
            return f"Bars {low} to {high} run backwards. Do you mean bars {high} to {low}?"
        if min(low, high) < 1:
            return f"{has}, counted from 1, so there is no bar {min(low, high)}. Which bars should I renew?"
        if max(low, high) > scene.bars:
            return f"{has}, so there is no bar {max(low, high)}. Which bars should I renew?"
    begin, end = span.start_seconds, span.end_seconds
    if begin is not None and end is not None and scene.seconds:
        if end < begin <= scene.seconds:
            return f"From {begin:g} to {end:g} seconds runs backwards. Do you mean from {end:g} to {begin:g} seconds?"
        if begin >= scene.seconds or end <= begin or end > scene.seconds + 1.0:
            return f"The loop lasts {scene.seconds:.1f} seconds. Which part of that should I renew?"
    return None


def _anew(clause: Clause) -> bool:
    """Whether new notes are wanted, of whatever mood: 'redo bars 3 to 4 darker', but not 'make bars 3 to 4 darker'."""
    return clause.words[0] != "make" and clause.has("reroll", "add", "variation", "repeat")


_OF_ALL_BARS = (
    "timbre_bright", "timbre_dark", "timbre_warm", "level_louder", "level_quieter", "faster", "slower", "mute", "half_time", "double_time",
    *(f"effect_{kind}" for kind in get_args(EffectKind)),
)  # fmt: skip
"""What holds for the whole length of a loop, like a mood."""
_ELSEWHERE = word_set("only just the now in of for and on this time but instead same too also at my them all")


def elsewhere(clause: Clause, scene: Scene) -> Outcome | None:
    """'(redo the last bar.) only the drums in bar 2 now': the last renewal again, for other bars or other stems."""
    past = [turn for turn in scene.request.history if turn.steps and turn.status in {"done", "partial"}]
    last = scene.steps[-1:] or list(past[-1].steps[-1:] if past else ())
    span = spans.find(clause, scene.bars, scene.seconds)
    if not last or last[0].tool != "regenerate_span" or span is None or _outside(span, scene):
        return None
    target = find(clause.without([(span.start, span.end)]), scene)
    named = {at for mention in mentions(clause) for at in range(mention.start, mention.end)}
    left = {
        word for at, word in enumerate(clause.words) if not span.start <= at < span.end and at not in named
    } - _ELSEWHERE
    if left or target.missing or target.unclear:
        return None
    stems = [name for name in target.stems if name not in scene.protected]
    return do(step("regenerate_span", **span.arguments, stems=stems or last[0].arguments.get("stems")))


ALL_BARS = "I can renew a part of the loop (for example 'the last bar again'), but other changes hold for its whole length. Which should it be?"
_ENTERS = (
    "come in", "comes in", "coming in", "enter", "enters", "join in", "joins in", "kick in", "kicks in", "drop out", "drops out", "sit out", "sits out",
    "lay out", "lays out", "play only", "only play", "only plays", "be heard only", "only be heard", "rest",
)  # fmt: skip
SOME_BARS = "A part plays through the whole loop; none can play in some of its bars only."
_RENEWS = ("reroll", "variation", "repeat", "keep", "export", "describe")


def some_bars(clause: Clause, scene: Scene) -> Outcome | None:
    """'add a trumpet, but only in the last two bars', 'can it come in only in the second half?': a part plays in all bars."""
    span, found = spans.find(clause, scene.bars, scene.seconds), mentions(clause)
    renewed = clause.has(*_RENEWS) or clause.says("rewritten", "redone", "renewed", "changed")
    if span is None or not found or renewed:
        return None
    limited = bool({"only", "just"} & set(clause.words[max(0, span.start - 4) : span.start]))
    new = [one for one in found if not named(one.words, scene) and is_instrument(one.words)]
    if not (clause.says(*_ENTERS) or (clause.begins("add") is not None and (limited or new))):
        return None
    who = f"add the {new[0].words} for the whole loop" if new else f"leave the {found[0].words} playing throughout"
    return ask(f"{SOME_BARS} Shall I {who}, or renew those bars?")


def regenerate(clause: Clause, scene: Scene) -> Outcome | None:
    """'Re-generate the 3-5s part', 'the last bar again', 'redo bars 2 to 3 of the bass'."""
    span = _beats(clause, scene) or spans.find(clause, scene.bars, scene.seconds)
    if span is None and clause.says("a fill", "drum fill", "drum fills", "some fills") and scene.bars:
        span = spans.Span(start_bar=scene.bars, end_bar=scene.bars)  # where fills are played
    told = complains(clause)
    moved = clause.has("mood_move", *_OF_ALL_BARS) and not (told or _anew(clause))
    if span is not None and (told or moved):
        pass
    elif span is None or not (
        clause.has("reroll", "repeat", "vary", "variation", "add", "remove", "create")
        or clause.says("fresh", "different", "other", "another", "fill", "fills")
        or len(clause.words) <= span.end - span.start + 2
    ):
        return None
    away = any(m.words != "off" for m in clause.marks("remove")) and not clause.has("reroll") and not told
    if moved and scene.steps:
        return Outcome(
            unmet=(f"'{clause.text}' would hold for all bars, so it is left out; without the bars I do it.",)
        )
    renewed = {at for mark in clause.marks("reroll") for at in range(mark.start, mark.end)}  # 'freshen up'
    lets_down = clause.says(
        "let it down", "lets it down", "let us down", "lets us down", "come up with", "comes up with"
    )
    levels = clause.marks("louder", "quieter", "faster", "slower")
    if away or moved or (not lets_down and any(m.start not in renewed for m in levels)):
        return ask(ALL_BARS)
    if (outside := _outside(span, scene)) is not None:
        return ask(outside)
    if span.end_seconds is not None and span.end_seconds > scene.seconds > 0:
        span = replace(span, end_seconds=round(scene.seconds, 3))
    rest = clause.without([(span.start, span.end)])
    target = find(rest, scene)
    if target.missing and not target.stems:
        return ask(missing(target.missing, scene))
    stems = list(target.stems) if not target.pronoun else []
    if not stems and clause.says("fill", "fills"):
        stems = [player.name for player in scene.players if player.role == "drums"]
    if scene.protected:
        stems = [name for name in (stems or scene.names) if name not in scene.protected]
    return do(step("regenerate_span", **span.arguments, stems=stems))
