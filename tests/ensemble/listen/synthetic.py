"""Sounds for the listening tests, made from sines and noise alone: nothing here is played by the band."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Audio = NDArray[np.float32]
RATE = 44_100


def stereo(mono: NDArray[np.floating]) -> Audio:
    return np.stack([mono, mono]).astype(np.float32)


def silence(seconds: float) -> Audio:
    return np.zeros((2, round(seconds * RATE)), dtype=np.float32)


def noise(seconds: float, seed: int = 0) -> Audio:
    return stereo(0.1 * np.random.default_rng(seed).standard_normal(round(seconds * RATE)))


def beat(bpm: float, bars: int = 4, *, seed: int = 0, quarters: int = 4) -> Audio:
    """Kick on one and three, snare on two and four, hats on eighths; a loop of exactly `bars` bars."""
    rng = np.random.default_rng(seed)
    quarter = 60 / bpm * RATE
    result = np.zeros(round(bars * quarters * quarter))
    time = np.arange(RATE // 4) / RATE
    kick = np.sin(2 * np.pi * (50 * time + 40 * (1 - np.exp(-time * 30)) / 30 * 3)) * np.exp(-time * 18) * 0.8
    snare = rng.standard_normal(len(time)) * np.exp(-time * 25) * 0.3
    hat = np.diff(rng.standard_normal(len(time) + 1)) * np.exp(-time * 70) * 0.12
    for bar in range(bars):
        for step in range(2 * quarters):
            hits = [hat]
            if step % 4 == 0:
                hits.append(kick)
            if step % 4 == 2:
                hits.append(snare)
            for hit in hits:
                lay(result, hit, (bar * quarters + step / 2) * quarter)
    return stereo(result * 0.9 / np.abs(result).max())


def lay(result: NDArray[np.floating], sound: NDArray[np.floating], at: float) -> None:
    """Add `sound` at sample `at`, what rings past the end falling on the start."""
    places = (round(at) + np.arange(len(sound))) % len(result)
    np.add.at(result, places, sound)


def note(
    pitch: int, seconds: float, *, partials: int = 6, decay: float = 1.5, amplitude: float = 0.1
) -> NDArray[np.floating]:
    """A plucked tone: partials falling by half each, an attack of 5 ms, a release of 20 ms."""
    time = np.arange(round(seconds * RATE)) / RATE
    hertz = 440 * 2 ** ((pitch - 69) / 12)
    tone = sum(0.5**k * np.sin(2 * np.pi * hertz * (k + 1) * time + k) for k in range(partials))
    shape = np.exp(-decay * time) * np.minimum(time / 0.005, 1) * np.minimum((seconds - time) / 0.02, 1)
    return amplitude * tone * shape


def melody(pitches: list[int], bpm: float = 120.0, *, each: float = 1.0, transpose: int = 0) -> Audio:
    """One note after the other, `each` quarters long; a loop."""
    length = each * 60 / bpm
    result = np.zeros(round(len(pitches) * length * RATE))
    for index, pitch in enumerate(pitches):
        lay(result, note(pitch + transpose, length * 0.95), index * length * RATE)
    return stereo(result)


def chords(roots: list[tuple[int, ...]], bpm: float = 120.0) -> Audio:
    """A chord a bar of 4/4, struck on every quarter; each chord a tuple of MIDI pitches."""
    quarter = 60 / bpm
    result = np.zeros(round(len(roots) * 4 * quarter * RATE))
    for bar, pitches in enumerate(roots):
        for count in range(4):
            for pitch in pitches:
                lay(result, note(pitch, quarter * 0.95, amplitude=0.06), (bar * 4 + count) * quarter * RATE)
    return stereo(result)


def pad(seconds: float, pitches: tuple[int, ...] = (57, 60, 64, 67)) -> Audio:
    """Sustained tones that close on themselves exactly: whole periods in `seconds`."""
    count = round(seconds * RATE)
    phase = 2 * np.pi * np.arange(count) / count
    tones = [round(440 * 2 ** ((pitch - 69) / 12) * seconds) for pitch in pitches]
    return stereo(sum(0.08 * np.sin(turns * phase + turns) for turns in tones))


def bassline(bpm: float = 100.0, pitches: tuple[int, ...] = (33, 33, 36, 38, 40, 40, 36, 31)) -> Audio:
    """Half notes of a bass."""
    length = 2 * 60 / bpm
    result = np.zeros(round(len(pitches) * length * RATE))
    for index, pitch in enumerate(pitches):
        lay(result, note(pitch, length * 0.95, partials=4, decay=0.8, amplitude=0.3), index * length * RATE)
    return stereo(result)


def level_db(audio: Audio) -> float:
    return float(20 * np.log10(np.sqrt(np.mean(audio.astype(np.float64) ** 2)) + 1e-12))
