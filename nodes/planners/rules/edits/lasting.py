"""A length in seconds: whole bars at the present tempo where they come near, another tempo where it must be exact."""

from __future__ import annotations

import math
from collections.abc import Sequence

from nodes.planners.rules.outcome import Outcome, ask, do, step
from nodes.planners.rules.scene import Scene
from nodes.planners.rules.words.amounts import Amount
from nodes.planners.rules.words.speech import Clause, word_set
from state.gat import TEMPO_RANGE, loop_seconds
from state.plan import Step

_LONGEST_BARS = 64
_LONGEST_SECONDS = 240.0
_SAME_SECONDS = 0.03
_NEAR = 0.1
"""Share of the length by which whole bars may miss it before it is better asked about."""
_BENDS = (0.7, 1.45)
"""How far another tempo may lie from the present one to be offered."""
_STRETCHES = word_set("stretch stretched squeeze squeezed fit squash timestretch warp")


def stretches(clause: Clause) -> bool:
    """'stretch it to 12 seconds': the same bars in another time."""
    return bool(set(clause.words[:4]) & _STRETCHES)


def lasts(seconds: float | None, steps: Sequence[Step], scene: Scene) -> bool:
    """Whether a change of speed among the steps brings the loop to that length."""
    for made in steps if seconds else ():
        bpm, factor = made.arguments.get("bpm"), made.arguments.get("factor")
        if made.tool == "change_speed":
            after = scene.seconds / (factor or (bpm / scene.bpm if bpm and scene.bpm else 1.0))
            return abs(after - (seconds or 0.0)) <= _SAME_SECONDS
    return False


def lasting(clause: Clause, said: Amount, scene: Scene) -> Outcome:
    """The loop at a length that was said in seconds."""
    before, after = clause.words[said.start - 1 : said.start], clause.words[said.end : said.end + 1]
    relative = (
        before in (("by",), ("another",)) or after in (("longer",), ("shorter",), ("more",)) or clause.says("more")
    )
    seconds = scene.seconds + said.value * (-1 if clause.has("shorter") else 1) if relative else said.value
    if not 0 < seconds <= _LONGEST_SECONDS:
        return ask(f"A loop can last up to {_LONGEST_SECONDS:g} seconds. How long should it be?")
    if scene.bars is None or scene.bpm is None:
        return do(step("change_speed", factor=round(scene.seconds / seconds, 4)))
    if abs(seconds - scene.seconds) <= _SAME_SECONDS:
        return Outcome(answer=f"It lasts {scene.seconds:.2f} s already: {_bars(scene.bars)} at {scene.bpm:g} bpm.")
    if stretches(clause) or clause.has("tempo", "faster", "slower"):
        bpm = _tempo(scene.bars, seconds, scene)
        if _BENDS[0] / 1.4 <= bpm / scene.bpm <= _BENDS[1] * 1.4 and TEMPO_RANGE[0] <= bpm <= TEMPO_RANGE[1]:
            return do(step("change_speed", bpm=bpm))
        return ask(_choices(seconds, scene))
    bar = loop_seconds(1, scene.bpm, scene.time_signature)
    near = max(1, round(seconds / bar))
    off = abs(near * bar - seconds)
    exact = clause.says("exactly", "precisely", "exact", "on the dot", "to the second", "spot on")
    if near <= _LONGEST_BARS and near != scene.bars and off <= (_SAME_SECONDS if exact else _NEAR * seconds):
        return do(step("vary", bars=near, amount=0.0))
    return ask(_choices(seconds, scene))


def _tempo(bars: int, seconds: float, scene: Scene) -> float:
    return round(loop_seconds(bars, 1.0, scene.time_signature) / seconds, 3)


def _bars(count: int) -> str:
    return f"{count} bar{'s' if count > 1 else ''}"


def _choices(seconds: float, scene: Scene) -> str:
    """Bars and tempi that last exactly so long: the two that bend the tempo least, and one of four, eight, ... bars."""
    assert scene.bpm is not None
    found = [
        (abs(math.log(bpm / scene.bpm)), bars, bpm)
        for bars in range(1, _LONGEST_BARS + 1)
        if TEMPO_RANGE[0] <= (bpm := _tempo(bars, seconds, scene)) <= TEMPO_RANGE[1]
    ]
    found = [one for one in sorted(found) if _BENDS[0] <= one[2] / scene.bpm <= _BENDS[1]] or sorted(found)
    if not found:
        return f"No whole bars last {seconds:g} s at a tempo from 30 to 300 bpm. How long should it be?"
    square = [one for one in found[2:] if one[1] % 4 == 0][:1]
    offered = sorted(found[:2] + square, key=lambda one: one[1])
    told = [f"{_bars(bars)} at {bpm:g} bpm" for _, bars, bpm in offered]
    listed = told[0] if len(told) == 1 else f"{', '.join(told[:-1])} or {told[-1]}"
    told_seconds = round(seconds, 2)
    now = f"{_bars(scene.bars or 0)} at {scene.bpm:g} bpm last {scene.seconds:.2f} s now"
    return f"{now}. Exactly {told_seconds:g} s would be {listed}. Which should it be?"
