"""From what a model played to a loop: cut at bar lines, brought to the table's tempo, key and exact length.

Models hear "bpm: 120" as a hint. What is measured otherwise is stretched (within 15 %) or shifted (within 3
semitones, see `ensemble/chains/keys.py`); farther off, either would sound worse than another take, so it is left to whoever
verifies.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ensemble.tools.tool import Stage
from state.gat import SAMPLE_RATE, GlobalAttributeTable

if TYPE_CHECKING:
    from ensemble.listen.analyse import Heard
    from state.artifacts import Audio

STRETCH_AT_MOST = 0.15
_EXACT = 0.002
"""A tempo this near is the tempo: within what can be measured."""
_CLOSE_SECONDS = 0.01
"""Of the cross-fade that closes the loop."""
_LEVELS = (1.0, 2.0, 0.5)
_SPARE_SECONDS = 0.25


@dataclass(frozen=True)
class Mended:
    """A loop of exactly the table's length, shape (2, samples), and what was done to it, in sentences."""

    audio: Audio
    notes: tuple[str, ...]


def bars_at_once(gat: GlobalAttributeTable, room_seconds: float) -> int:
    """How many of the table's bars are played in one call of at most `room_seconds`; the loop repeats them. All of them
    where there is room, else a number that goes into them evenly if one is not much less than what there is room for."""
    assert gat.bars is not None
    bar = gat.duration_seconds / gat.bars
    most = max(1, min(gat.bars, int((room_seconds - _SPARE_SECONDS) / bar)))
    even = max(count for count in range(1, most + 1) if gat.bars % count == 0)
    return even if 2 * even >= most else most


def seconds_for(gat: GlobalAttributeTable, bars: int, room_seconds: float) -> float:
    """How long a model shall play for `bars` to be cut out: a bar more to find the downbeat in, and more again should
    it play as slowly as can be mended."""
    assert gat.bars is not None
    bar = gat.duration_seconds / gat.bars
    return min(bars * bar / (1 - STRETCH_AT_MOST) + bar, room_seconds)


def mended(audio: Audio, gat: GlobalAttributeTable, bars: int, stage: Stage, who: str, *, pitched: bool) -> Mended:
    """The loop that `gat` describes out of `audio`, shape (2, n), of which `bars` were wanted. `who` played it."""
    from ensemble.chains.downbeat import downbeat
    from ensemble.chains.keys import semitones_to
    from ensemble.listen.analyse import Heard
    from ensemble.tools.recordings import fitted

    assert gat.bpm is not None
    assert gat.bars is not None
    stage.report("listening to tempo and key")
    notes: list[str] = []
    heard = Heard(audio)
    tempo = _tempo(heard, gat)
    ratio = tempo / gat.bpm
    one = gat.samples / gat.bars
    # Who plays slower than asked fills fewer bars in the same time.
    bars = min(bars, bars_at_once(gat, audio.shape[1] * ratio / SAMPLE_RATE + _SPARE_SECONDS))
    length, samples = round(bars * one / ratio), round(bars * one)
    start = downbeat(heard.sound, tempo, gat.time_signature, audio.shape[1] - length)
    loop = closed(audio, start, length)
    if length != samples:
        loop = stage.band.stretch(loop, samples)
        notes.append(f"{who} played at {tempo:.4g} bpm; it was stretched to {gat.bpm:.4g}.")
    # All that was played tells more of its key than the bars that are kept.
    if pitched and gat.key and (semitones := semitones_to(gat.key, heard.tonality)):
        loop = stage.band.shift(loop, semitones)
        amount = f"{abs(semitones)} semitone{'s' if abs(semitones) > 1 else ''}"
        notes.append(f"{who} played in another key; it was shifted {amount} {'up' if semitones > 0 else 'down'}.")
    if bars < gat.bars:
        played = "1 bar, which is" if bars == 1 else f"{bars} bars, which are"
        notes.append(f"{who} played {played} repeated to fill {gat.bars}.")
    return Mended(fitted(loop, gat.samples), tuple(notes))


def closed(audio: Audio, start: int, length: int) -> Audio:
    """Samples `start`..`start + length` as a loop: what comes after them fades out over their beginning, so that the end
    runs into the start. What is not there is repeated."""
    import numpy as np

    from ensemble.tools.recordings import fitted

    loop: Audio = np.array(audio[:, start : start + length], dtype=np.float32)
    if loop.shape[1] < length:
        return fitted(loop, length)
    fade = min(round(_CLOSE_SECONDS * SAMPLE_RATE), length // 4)
    after = audio[:, start + length : start + length + fade]
    if after.shape[1] == fade:
        angle = np.pi / 2 * (np.arange(fade) + 0.5) / fade
        loop[:, :fade] = loop[:, :fade] * np.sin(angle) + after * np.cos(angle)
    else:
        loop[:, length - fade :] *= np.linspace(1, 0, fade)
    return loop


def _tempo(heard: Heard, gat: GlobalAttributeTable) -> float:
    """The tempo that was played, at the table's level of the pulse; the table's own where it is that, cannot be
    measured, or is farther off than stretching mends."""
    from ensemble.listen.tempo import judge_tempo

    wanted = gat.bpm
    assert wanted is not None
    status, found = judge_tempo(heard.pulse, wanted, gat.time_signature)
    if status == "unmeasurable" or found is None:
        return wanted
    ratio = min((found / level / wanted for level in _LEVELS), key=lambda ratio: abs(ratio - 1))
    return ratio * wanted if _EXACT < abs(ratio - 1) <= STRETCH_AT_MOST else wanted
