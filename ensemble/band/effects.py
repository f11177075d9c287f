"""Plays the typed effects of `state.effects` on a loop, so that it stays one.

Audio has shape (2, samples), float32, 44.1 kHz. Every effect hears the loop as if it had been running for ever: echoes
and reverberation of the end ring into the start, and modulations turn a whole number of times in the loop. The dry
sound keeps its level; what changes level as a side effect (distortion, compression) is brought back to the loudness it
had, so that the balance of a mix stands.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np

from ensemble.band.filters import butterworth, filter_loop, three_bands
from ensemble.band.loudness import loudness_lufs
from ensemble.band.stretch import around
from state import effects as typed
from state.gat import SAMPLE_RATE

if TYPE_CHECKING:
    from state.artifacts import Audio

DEFAULT_BPM = 120.0
"""Tempo of effects measured in beats where the loop has none."""
_PREROLL = SAMPLE_RATE
_INAUDIBLE = 1e-4


def apply(chain: Sequence[object], audio: Audio, bpm: float | None) -> Audio:
    """`audio` through every effect of `chain` in order; the same length. Raises TypeError on what is no effect."""
    beat = 60.0 / (bpm or DEFAULT_BPM) * SAMPLE_RATE
    out = audio
    for effect in chain:
        player = _PLAYERS.get(type(effect))
        if player is None:
            raise TypeError(f"{effect!r} is not an effect of state.effects")
        if out.shape[1] and out.any():
            out = player(effect, out, beat)
    return out.copy() if out is audio else np.ascontiguousarray(out, dtype=np.float32)


def _reverb(effect: typed.Reverb, audio: Audio, beat: float) -> Audio:
    if effect.wet == 0:
        return audio
    tail, scale = _room(effect.room_size, effect.damping)
    rung = _hall(effect, np.pad(audio, ((0, 0), (0, tail))))
    return audio + fold(rung, audio.shape[1]) * np.float32(effect.wet * scale)


def _hall(effect: typed.Reverb, audio: Audio) -> Audio:
    import pedalboard

    room = pedalboard.Reverb(
        room_size=effect.room_size, damping=effect.damping, wet_level=1.0, dry_level=0.0, width=1.0
    )
    wet: Audio = room(audio, SAMPLE_RATE)
    return wet


@cache
def _room(room_size: float, damping: float) -> tuple[int, float]:
    """(samples until the room is silent, gain at which `wet` 0.5 is as strong as a steady dry sound)."""
    click = np.zeros((2, 15 * SAMPLE_RATE), np.float32)
    click[:, 0] = 1.0
    rung = _hall(typed.Reverb(room_size=room_size, damping=damping), click)
    power = (rung**2).sum(axis=0, dtype=np.float64) / 2
    left = power[::-1].cumsum()[::-1]
    tail = int(np.count_nonzero(left > left[0] * 1e-6))
    return tail, 2 / math.sqrt(left[0])


def fold(audio: Audio, samples: int) -> Audio:
    """`audio` as a loop of `samples`: what is longer is added to the start, as often as it takes."""
    rounds = -(-audio.shape[1] // samples)
    padded = np.pad(audio, ((0, 0), (0, rounds * samples - audio.shape[1])))
    return np.ascontiguousarray(padded.reshape(2, rounds, samples).sum(axis=1, dtype=np.float32))


def _delay(effect: typed.Delay, audio: Audio, beat: float) -> Audio:
    distance = max(1, round(effect.beats * beat))
    echoes = np.roll(audio, distance, axis=1)
    strength, step = effect.feedback, distance
    # Twice as many echoes each time: 1 + f z + f2 z2 + ... = (1 + f z)(1 + f2 z2)(1 + f4 z4)...
    while strength > _INAUDIBLE:
        echoes = echoes + np.float32(strength) * np.roll(echoes, step, axis=1)
        strength, step = strength**2, step * 2
    # All echoes together are as strong as one of level `wet`, whatever the feedback.
    return audio + np.float32(effect.wet * math.sqrt(1 - effect.feedback**2)) * echoes


def _chorus(effect: typed.Chorus, audio: Audio, beat: float) -> Audio:
    samples = audio.shape[1]
    turns = _turns(effect.rate_hz, samples)
    rate = turns * SAMPLE_RATE / samples
    # At most half a semitone of detuning, however fast it turns.
    swing = min(0.004 * effect.depth, 0.029 / (2 * math.pi * rate)) * SAMPLE_RATE
    middle = 0.012 * SAMPLE_RATE
    margin = math.ceil(middle + swing) + 1
    past = around(audio, margin, 0)
    time = np.arange(samples)
    angle = (2 * math.pi * turns / samples * time).astype(np.float32)
    out = np.empty_like(audio)
    # The two channels turn a quarter apart: the copies spread.
    for channel, wave in enumerate((np.sin(angle), np.cos(angle))):
        delay = np.float32(swing) * wave + np.float32(middle)
        whole = delay.astype(np.intp)
        share = delay - whole.astype(np.float32)
        place = time + margin - whole
        near = past[channel][place]
        out[channel] = near + share * (past[channel][place - 1] - near)
    return np.asarray((audio + np.float32(effect.wet) * out) / np.float32(math.sqrt(1 + effect.wet**2)))


def _phaser(effect: typed.Phaser, audio: Audio, beat: float) -> Audio:
    import pedalboard

    if effect.wet == 0:
        return audio
    samples = audio.shape[1]
    rate = _turns(effect.rate_hz, samples) * SAMPLE_RATE / samples
    share = effect.wet / (1 + effect.wet)
    phaser = pedalboard.Phaser(
        rate_hz=rate, depth=effect.depth, centre_frequency_hz=1000.0, feedback=0.25 * effect.depth, mix=share
    )
    out: Audio = phaser(around(audio, _PREROLL, 0), SAMPLE_RATE)[:, _PREROLL:]
    return np.asarray(out / np.float32(math.hypot(share, 1 - share)))


def _turns(rate_hz: float, samples: int) -> int:
    """Whole cycles in the loop, as near to `rate_hz` as can be."""
    return max(1, round(rate_hz * samples / SAMPLE_RATE))


def _tremolo(effect: typed.Tremolo, audio: Audio, beat: float) -> Audio:
    samples = audio.shape[1]
    pulses = max(1, round(samples / (effect.beats * beat)))
    wave = 0.5 - 0.5 * np.cos(2 * math.pi * pulses / samples * np.arange(samples))
    return _as_loud_as(audio, np.asarray(audio * (1 - effect.depth * wave).astype(np.float32)))


def _lowpass(effect: typed.LowPass, audio: Audio, beat: float) -> Audio:
    return filter_loop(audio, butterworth(effect.cutoff_hz, high=False))


def _highpass(effect: typed.HighPass, audio: Audio, beat: float) -> Audio:
    return filter_loop(audio, butterworth(effect.cutoff_hz, high=True))


def _equalizer(effect: typed.Equalizer, audio: Audio, beat: float) -> Audio:
    return filter_loop(audio, three_bands(effect.low_db, effect.mid_db, effect.high_db))


def _compressor(effect: typed.Compressor, audio: Audio, beat: float) -> Audio:
    import pedalboard

    compressor = pedalboard.Compressor(effect.threshold_db, effect.ratio, attack_ms=3.0, release_ms=120.0)
    out: Audio = compressor(around(audio, _PREROLL, 0), SAMPLE_RATE)[:, _PREROLL:]
    return _as_loud_as(audio, out)


def _distortion(effect: typed.Distortion, audio: Audio, beat: float) -> Audio:
    # Driven relative to the sound's own peak, so that a quiet take is overdriven as much as a loud one.
    peak = float(np.abs(audio).max())
    return _as_loud_as(audio, np.tanh(audio * np.float32(10 ** (effect.drive_db / 20) / peak)) * np.float32(peak))


def _bitcrush(effect: typed.Bitcrush, audio: Audio, beat: float) -> Audio:
    # Steps are relative to the peak: at two bits a quiet take would otherwise be silence.
    peak = float(np.abs(audio).max())
    held = max(1, round(2 ** ((16 - effect.bits) / 4)))
    steps = np.float32(2 ** (effect.bits - 1) / peak)
    coarse = np.repeat(audio[:, ::held], held, axis=1)[:, : audio.shape[1]]
    return np.asarray(np.round(coarse * steps) / steps, dtype=np.float32)


def _as_loud_as(before: Audio, after: Audio) -> Audio:
    change = loudness_lufs(before) - loudness_lufs(after)
    return after * np.float32(10 ** (change / 20)) if math.isfinite(change) else after


_PLAYERS: dict[type, Callable[[Any, Audio, float], Audio]] = {
    typed.Reverb: _reverb,
    typed.Delay: _delay,
    typed.Chorus: _chorus,
    typed.Phaser: _phaser,
    typed.Tremolo: _tremolo,
    typed.LowPass: _lowpass,
    typed.HighPass: _highpass,
    typed.Equalizer: _equalizer,
    typed.Compressor: _compressor,
    typed.Distortion: _distortion,
    typed.Bitcrush: _bitcrush,
}
