"""Measurements for the tools' tests, written apart from the code under test: plain NumPy on samples."""

from __future__ import annotations

import io
import wave

import numpy as np

RATE = 44_100


def rms_db(audio):
    """Level in dB full scale; -200 for silence."""
    power = float(np.mean(np.square(audio, dtype=np.float64)))
    return 10 * np.log10(power) if power > 1e-20 else -200.0


def residual_db(one, other):
    """Level of the difference against the first, in dB."""
    return rms_db(one.astype(np.float64) - other.astype(np.float64)) - rms_db(one)


def spectrum(audio):
    """Magnitudes of the mono sum, and the frequency of each bin in Hz."""
    mono = np.asarray(audio, np.float64).mean(axis=0)
    magnitude = np.abs(np.fft.rfft(mono * np.hanning(len(mono))))
    return magnitude, np.fft.rfftfreq(len(mono), 1 / RATE)


def share_between(audio, low, high):
    """Share of the energy between two frequencies."""
    magnitude, frequency = spectrum(audio)
    power = magnitude**2
    return float(power[(frequency >= low) & (frequency < high)].sum() / power.sum())


def log_spectrum(audio, steps_a_semitone=4, low=55.0, high=3520.0):
    """Energy on a logarithmic axis of `steps_a_semitone` bins a semitone."""
    magnitude, frequency = spectrum(audio)
    inside = (frequency >= low) & (frequency < high)
    place = np.round(12 * steps_a_semitone * np.log2(frequency[inside] / low)).astype(int)
    return np.bincount(place, weights=magnitude[inside] ** 2, minlength=12 * steps_a_semitone * 6 + 1)


def shift_semitones(before, after, farthest=13):
    """By how many semitones the spectrum moved: where the two log spectra agree best."""
    steps = 4
    one, two = (np.sqrt(log_spectrum(audio, steps)) for audio in (before, after))
    best = max(range(-farthest * steps, farthest * steps + 1), key=lambda lag: float(np.dot(_moved(one, lag), two)))
    return best / steps


def _moved(values, lag):
    moved = np.zeros_like(values)
    if lag >= 0:
        moved[lag:] = values[: len(values) - lag]
    else:
        moved[:lag] = values[-lag:]
    return moved


def chroma(audio):
    """Energy of the twelve pitch classes from C, between 60 Hz and 1.5 kHz, summing to 1."""
    magnitude, frequency = spectrum(audio)
    inside = (frequency > 60) & (frequency < 1500)
    pitch = np.round(69 + 12 * np.log2(frequency[inside] / 440)).astype(int) % 12
    energy = np.bincount(pitch, weights=magnitude[inside] ** 2, minlength=12)
    return energy / energy.sum()


def onset_strength(audio, hop=441):
    """Rise of level every 10 ms."""
    power = np.square(audio, dtype=np.float64).sum(axis=0)
    frames = power[: len(power) // hop * hop].reshape(-1, hop).sum(axis=1)
    level = np.log10(frames + 1e-6)
    return np.maximum(0, np.diff(level, prepend=level[-1]))


def pulse_score(audio, bpm):
    """Autocorrelation of the onsets at a quarter note of `bpm` against that at odd distances: above 1 means a pulse."""
    strength = onset_strength(audio)
    strength = strength - strength.mean()
    correlation = np.fft.irfft(np.abs(np.fft.rfft(strength)) ** 2)
    quarter = 6000 / bpm
    at = max(correlation[round(quarter) + step] for step in (-1, 0, 1))
    return float(at / correlation[0])


def sides(audio):
    """Level of left against right, in dB."""
    return rms_db(audio[:1]) - rms_db(audio[1:])


def notes_in(midi):
    """(channel, key, tick) of every note that starts in a standard MIDI file, read byte by byte."""
    notes = []
    at = 14
    while at < len(midi):
        assert midi[at : at + 4] == b"MTrk"
        end = at + 8 + int.from_bytes(midi[at + 4 : at + 8], "big")
        at += 8
        tick, status = 0, 0
        while at < end:
            delta, at = _variable(midi, at)
            tick += delta
            if midi[at] >= 0x80:
                status = midi[at]
                at += 1
            if status == 0xFF:
                length, after = _variable(midi, at + 1)
                at = after + length
            elif status in (0xF0, 0xF7):
                length, after = _variable(midi, at)
                at = after + length
            elif status >> 4 in (0xC, 0xD):
                at += 1
            else:
                if status >> 4 == 9 and midi[at + 1] > 0:
                    notes.append((status & 15, midi[at], tick))
                at += 2
    return notes


def _variable(data, at):
    value = 0
    while True:
        value = value << 7 | data[at] & 0x7F
        at += 1
        if data[at - 1] < 0x80:
            return value, at


def read_wav(path):
    """Samples (2, n) of a PCM WAV file of 16 or 24 bits, and its rate."""
    with wave.open(io.BytesIO(path.read_bytes())) as file:
        assert file.getnchannels() == 2
        width, raw = file.getsampwidth(), file.readframes(file.getnframes())
        rate = file.getframerate()
    grid = np.frombuffer(raw, np.uint8).reshape(-1, width).astype(np.int64)
    whole = sum(grid[:, index] << (8 * index) for index in range(width))
    whole = np.where(whole >= 1 << (8 * width - 1), whole - (1 << 8 * width), whole)
    return (whole / float(1 << (8 * width - 1))).reshape(-1, 2).T, rate
