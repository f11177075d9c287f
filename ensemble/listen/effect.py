"""Did a sound change in the direction of an effect? `before` and `after` are the same part, rendered without and with it.

Every function returns (status, measured). What has no direction that can be measured on this sound is only tested
for being different, and `measured` then holds nothing but the difference.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ensemble.listen.sound import ONSET_HOP, Array, Sound, decibels, fast_length, level_db
from state.gat import SAMPLE_RATE
from state.verdict import CheckStatus

Found = tuple[CheckStatus, dict[str, float]]

DIFFERENT_DB = -50.0
"""A change whose energy lies below this against the sound is no change."""
_FRAME = 441


def judge_effect(kind: str, settings: dict[str, Any], before: Array, after: Array, bpm: float | None) -> Found:
    """Compare `before` and `after`, shape (2, samples) each, for an effect of `kind` with `settings` (its fields).

    `bpm` dates the effects that are timed in beats.
    """
    if min(level_db(before), level_db(after)) < -80:
        return "unmeasurable", {}
    if before.shape != after.shape:
        return "failed", {"samples": float(after.shape[1] - before.shape[1])}
    difference = difference_db(before, after)
    if difference < DIFFERENT_DB:
        return "failed", {"difference_db": round(difference, 1)}
    measure = _DIRECTIONS.get(kind)
    directed = measure(before, after, settings, bpm) if measure else None
    if directed is None:
        return "passed", {"difference_db": round(difference, 1)}
    truth, measured = directed
    return ("passed" if truth else "failed"), measured


def difference_db(before: Array, after: Array) -> float:
    """Energy of `after` less the best multiple of `before`, against `after`: a change of level alone is none."""
    one, two = before.astype(np.float64).ravel(), after.astype(np.float64).ravel()
    gain = float(one @ two) / max(float(one @ one), 1e-20)
    return decibels(float(np.sqrt(np.square(two - gain * one).sum() / max(float(two @ two), 1e-20))))


Directed = tuple[bool, dict[str, float]] | None


def _reverb(before: Array, after: Array, settings: dict[str, Any], bpm: float | None) -> Directed:
    """Sound goes on for long after the dry one: the impulse response from dry to wet has a tail behind it, and nothing
    like it in front."""
    response = _response(before, after)
    if response is None:
        return None
    near, far = round(0.03 * SAMPLE_RATE), round(min(0.5 * SAMPLE_RATE, len(response) / 3))
    behind = float(np.square(response[near:far]).sum())
    in_front = float(np.square(response[-far:-near]).sum())
    direct = float(np.square(response[:near]).sum() + np.square(response[-near:]).sum())
    tail = 10 * float(np.log10(max(behind - in_front, 1e-9) / max(direct, 1e-12)))
    return behind > 2 * in_front and tail > -45, {"tail_db": round(max(tail, -90.0), 1)}


def _delay(before: Array, after: Array, settings: dict[str, Any], bpm: float | None) -> Directed:
    """A softer copy stands at the delay's distance in the impulse response from dry to wet."""
    response = _response(before, after)
    if bpm is None or "beats" not in settings or response is None:
        return _reverb(before, after, settings, bpm)
    distance = round(float(settings["beats"]) * 60 / bpm * SAMPLE_RATE) % len(response)
    direct = float(np.abs(np.roll(response, 8)[:17]).max())
    echo = float(np.abs(np.roll(response, 64 - distance)[:129]).max())
    elsewhere = float(np.sqrt(np.square(response).mean()))
    ratio = echo / max(direct, 1e-9)
    return ratio > 0.03 and echo > 4 * elsewhere, {"echo_db": round(decibels(ratio), 1)}


def _lowpass(before: Array, after: Array, settings: dict[str, Any], bpm: float | None) -> Directed:
    """Less above the cutoff, against what is below."""
    cutoff = float(settings.get("cutoff_hz", 2000.0))
    return _tilt(before, after, above=min(1.6 * cutoff, 15_000.0), fell="above")


def _highpass(before: Array, after: Array, settings: dict[str, Any], bpm: float | None) -> Directed:
    """Less below the cutoff, against what is above."""
    cutoff = float(settings.get("cutoff_hz", 200.0))
    return _tilt(before, after, above=max(0.7 * cutoff, 40.0), fell="below")


def _eq(before: Array, after: Array, settings: dict[str, Any], bpm: float | None) -> Directed:
    """Bands move against each other as set."""
    bands = {"low_db": (30, 110), "mid_db": (700, 1400), "high_db": (7000, 14000)}
    old, new = ({name: _band(audio, *edges) for name, edges in bands.items()} for audio in (before, after))
    wished = {name: float(settings.get(name, 0.0)) for name in bands}
    heard = {name: new[name] - old[name] for name in bands if old[name] > level_db(before) - 50}
    if len(heard) < 2:
        return None
    names = sorted(heard, key=lambda name: wished[name])
    lowest, highest = names[0], names[-1]
    if wished[highest] - wished[lowest] < 2:
        return None
    measured = {name: round(value, 1) for name, value in heard.items()}
    return heard[highest] - heard[lowest] >= 0.3 * (wished[highest] - wished[lowest]), measured


def _compressor(before: Array, after: Array, settings: dict[str, Any], bpm: float | None) -> Directed:
    """The loud frames come nearer to the others."""
    old, new = _spread(before), _spread(after)
    if old < 3:
        return None
    return new < old - 0.2, {"spread_db": round(new - old, 1)}


def _distortion(before: Array, after: Array, settings: dict[str, Any], bpm: float | None) -> Directed:
    """Flatter crests, or more partials on top."""
    crest = _crest(after) - _crest(before)
    highs = (_band(after, 3000, 16000) - level_db(after)) - (_band(before, 3000, 16000) - level_db(before))
    return crest < -0.5 or highs > 1.0, {"crest_db": round(crest, 1), "highs_db": round(highs, 1)}


def _tremolo(before: Array, after: Array, settings: dict[str, Any], bpm: float | None) -> Directed:
    """The level of wet over dry pulses at the set distance, in the middle one of the bands alike: a filter on rhythmic
    music changes the level in time too, but not within a band."""
    if bpm is None or "beats" not in settings:
        return None
    old, new = Sound(before).bands, Sound(after).bands
    seconds = float(settings["beats"]) * 60 / bpm
    turn = np.exp(-2j * np.pi * np.arange(len(old)) * ONSET_HOP / SAMPLE_RATE / seconds)
    depths = []
    for band in range(old.shape[1]):
        weight = np.where(old[:, band] > 0.02 * old.max(), old[:, band], 0.0)
        # Where the sound itself stands only at one phase of the pulse, the pulse does not show.
        if weight.sum() > 0 and abs(complex((weight * turn).sum())) < 0.6 * float(weight.sum()):
            ratio = new[:, band] / np.maximum(old[:, band], 1e-9)
            mean = float((ratio * weight).sum() / weight.sum())
            depths.append(2 * abs(complex(((ratio / max(mean, 1e-9) - 1) * weight * turn).sum())) / float(weight.sum()))
    if not depths:
        return None
    depth = float(np.median(depths))
    return depth > 0.2 * float(settings.get("depth", 0.5)), {"depth": round(depth, 3)}


_DIRECTIONS: dict[str, Callable[[Array, Array, dict[str, Any], float | None], Directed]] = {
    "reverb": _reverb,
    "delay": _delay,
    "lowpass": _lowpass,
    "highpass": _highpass,
    "eq": _eq,
    "compressor": _compressor,
    "distortion": _distortion,
    "tremolo": _tremolo,
}
"""Chorus, phaser and bitcrush are tested for being different."""


def _tilt(before: Array, after: Array, *, above: float, fell: str) -> Directed:
    """How far the part above (or below) a frequency fell against the rest; None where there was nothing there."""
    change = []
    for audio in (before, after):
        high, low = _band(audio, above, 20_000), _band(audio, 20, above)
        change.append(high - low if fell == "above" else low - high)
    if change[0] < -60:
        return None
    fall = change[1] - change[0]
    return fall < -1.0, {f"{fell}_db": round(fall, 1)}


def _levels(audio: Array) -> NDArray[np.float64]:
    """Root mean square of 10 ms frames."""
    power = np.square(audio, dtype=np.float64).mean(axis=0)
    frames = max(1, len(power) // _FRAME)
    return np.asarray(np.sqrt(power[: frames * _FRAME].reshape(frames, -1).mean(axis=1)))


def _spread(audio: Array) -> float:
    levels = _levels(audio)
    sounding = levels[levels > levels.max() * 0.003]
    return decibels(float(np.quantile(sounding, 0.98))) - decibels(float(np.quantile(sounding, 0.4)))


def _crest(audio: Array) -> float:
    return decibels(float(np.abs(audio).max())) - level_db(audio)


def _band(audio: Array, low: float, high: float) -> float:
    """Level in dB of what lies between two frequencies."""
    mono = audio.mean(axis=0)
    size = fast_length(len(mono))
    power = np.square(np.abs(np.fft.rfft(mono, size)))
    edges = [int(hertz * size / SAMPLE_RATE) for hertz in (low, high)]
    return decibels(float(np.sqrt(2 * power[edges[0] : edges[1]].sum() / size / len(mono))))


def _response(before: Array, after: Array) -> NDArray[np.float64] | None:
    """Impulse response of what lies between, both read as loops, with the direct sound at 0 and 1; None where no linear
    relation is found. Negative indices are times before the direct sound, where only the estimate's noise stands."""
    one, two = (np.fft.rfft(audio.mean(axis=0).astype(np.float64)) for audio in (before, after))
    power = np.square(np.abs(one))
    # Wiener's deconvolution: what the dry sound hardly holds is left out instead of being divided by nearly nothing.
    response = np.fft.irfft(two * np.conj(one) / (power + 1e-3 * power.mean()), before.shape[1])
    top = float(np.abs(response).max())
    if top <= 0 or float(np.abs(np.roll(response, 200)[:400]).max()) < 0.2 * top:
        return None
    return np.asarray(response / top)
