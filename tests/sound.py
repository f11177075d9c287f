"""Sound for tests and its measurement, in plain numpy: nothing here comes from the code under test."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import soundfile

RATE = 44_100
Samples = np.ndarray


def read(path: str | Path) -> Samples:
    """A file as (2, samples) float64; it must have the documented rate."""
    data, rate = soundfile.read(path, dtype="float64", always_2d=True)
    assert rate == RATE, f"{path} has {rate} Hz"
    return data.T


def rms_db(audio: Samples) -> float:
    """Level in dB of full scale; -inf for silence."""
    level = float(np.sqrt(np.mean(np.square(audio))))
    return 20 * np.log10(level) if level > 0 else -np.inf


def residual_db(a: Samples, b: Samples) -> float:
    """How far `a` is from `b` after the best common gain, in dB below `b`."""
    gain = float(np.sum(a * b) / max(np.sum(a * a), 1e-30))
    return rms_db(gain * a - b) - rms_db(b)


def spectrum(audio: Samples) -> tuple[Samples, Samples]:
    """Magnitude on a grid of tenths of a semitone from MIDI note 24 to 108."""
    mono = audio.mean(axis=0)
    magnitude = np.abs(np.fft.rfft(mono * np.hanning(len(mono))))
    frequency = np.fft.rfftfreq(len(mono), 1 / RATE)
    grid = np.arange(24, 108, 0.1)
    centres = 440 * 2 ** ((grid - 69) / 12)
    return grid, np.sqrt(np.interp(centres, frequency, magnitude))


def semitones_between(before: Samples, after: Samples, reach: int = 14) -> float:
    """The pitch shift that lines the two spectra up best, in semitones."""
    _, first = spectrum(before)
    _, second = spectrum(after)
    first, second = first - first.mean(), second - second.mean()
    shifts = np.arange(-10 * reach, 10 * reach + 1)
    scores = [float(np.dot(np.roll(first, shift), second)) for shift in shifts]
    return float(shifts[int(np.argmax(scores))]) / 10


def chroma(audio: Samples) -> Samples:
    """Energy of the twelve pitch classes, C first, summing to one."""
    mono = audio.mean(axis=0)
    magnitude = np.abs(np.fft.rfft(mono * np.hanning(len(mono)))) ** 2
    frequency = np.fft.rfftfreq(len(mono), 1 / RATE)
    use = (frequency > 60) & (frequency < 2000)
    classes = np.round(69 + 12 * np.log2(frequency[use] / 440)).astype(int) % 12
    energy = np.bincount(classes, weights=magnitude[use], minlength=12)
    return energy / energy.sum()


def drum_loop(bpm: float, bars: int = 2) -> Samples:
    """Kick, snare and hat in 4/4, (2, samples)."""
    rng = np.random.default_rng(0)
    total = round(bars * 4 * 60 / bpm * RATE)
    audio = np.zeros(total)
    time = np.arange(round(0.2 * RATE)) / RATE
    kick = np.sin(2 * np.pi * (50 + 60 * np.exp(-time * 40)) * time) * np.exp(-time * 18)
    snare = (rng.standard_normal(len(time)) * 0.5 + np.sin(2 * np.pi * 190 * time)) * np.exp(-time * 28)
    hat = np.diff(rng.standard_normal(len(time) + 1)) * np.exp(-time * 90) * 0.35
    for eighth in range(bars * 8):
        hits = [hat]
        if eighth % 8 in (0, 5):
            hits.append(kick)
        if eighth % 4 == 2:
            hits.append(snare)
        start = round(eighth * 30 / bpm * RATE)
        for hit in hits:
            end = min(total, start + len(hit))
            audio[start:end] += hit[: end - start]
    return np.stack([audio, audio]) * (0.6 / np.abs(audio).max())


def tune(bpm: float, bars: int = 4) -> Samples:
    """A loop in A minor: plucked chords Am F C G, a bass and the drum loop, (2, samples)."""
    total = round(bars * 4 * 60 / bpm * RATE)
    audio = np.zeros(total)
    chords = [(57, 60, 64), (53, 57, 60), (48, 52, 55), (55, 59, 62)]
    beat = 60 / bpm

    def pluck(note: float, start: float, length: float, level: float) -> None:
        first, last = round(start * RATE), min(total, round((start + length) * RATE))
        time = np.arange(last - first) / RATE
        tone = sum(np.sin(2 * np.pi * 440 * 2 ** ((note - 69) / 12) * k * time) / k**1.5 for k in (1, 2, 3, 4))
        audio[first:last] += level * tone * np.exp(-time * 3) * np.minimum(1, time * 400)

    for bar in range(bars):
        chord = chords[bar % 4]
        for quarter in range(4):
            pluck(chord[0] - 12, (bar * 4 + quarter) * beat, beat, 0.5)
            for note in chord:
                pluck(note, (bar * 4 + quarter + 0.5) * beat, beat, 0.22)
    mixed = np.stack([audio, audio]) + 0.7 * drum_loop(bpm, bars)[:, :total]
    return mixed * (0.7 / np.abs(mixed).max())


def write(path: Path, audio: Samples, rate: int = RATE) -> Path:
    """`audio` as a 24-bit WAV file."""
    soundfile.write(path, audio.T, rate, subtype="PCM_24")
    return path
