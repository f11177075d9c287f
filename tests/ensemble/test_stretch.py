"""Stretching, shifting and varispeed, measured by spectrum and by the energy of strokes."""

from __future__ import annotations

import numpy as np
import pytest

from ensemble.band.stretch import around, resample, shift, stretch

RATE = 44_100
LOOP = 2 * RATE


def sines(frequency: float, samples: int = LOOP) -> np.ndarray:
    """A loop of whole periods, so that only the code under test can break the seam."""
    periods = round(frequency * samples / RATE)
    wave = 0.3 * np.sin(2 * np.pi * periods * np.arange(samples) / samples)
    return np.tile(wave.astype(np.float32), (2, 1))


def strokes(samples: int = LOOP, count: int = 8) -> tuple[np.ndarray, list[int]]:
    rng = np.random.default_rng(0)
    audio = np.zeros((2, samples), np.float32)
    places = [round(k * samples / count) for k in range(count)]
    for place in places:
        burst = rng.standard_normal(3000) * np.exp(-np.arange(3000) / 500) * 0.4
        audio[:, (place + np.arange(3000)) % samples] += burst.astype(np.float32)
    return audio, places


def cents(audio: np.ndarray, expected: float) -> float:
    channel = audio[0].astype(np.float64) * np.hanning(audio.shape[1])
    spectrum = np.abs(np.fft.rfft(channel, 8 * audio.shape[1]))
    found = spectrum.argmax() * RATE / (8 * audio.shape[1])
    return float(1200 * np.log2(found / expected))


def seam(audio: np.ndarray) -> float:
    """The step over the seam relative to the largest step inside."""
    inside = np.abs(np.diff(audio, axis=1)).max()
    return float(np.abs(audio[:, 0] - audio[:, -1]).max() / inside)


@pytest.mark.parametrize("samples", [round(LOOP * 0.8), round(LOOP * 1.3) + 1, LOOP // 2])
def test_stretch_keeps_pitch_level_and_seam_at_the_exact_length(samples: int) -> None:
    out = stretch(sines(440), samples)
    assert out.shape == (2, samples)
    assert out.dtype == np.float32
    assert abs(cents(out, 440)) < 3
    assert out.std() == pytest.approx(sines(440).std(), rel=0.05)
    assert seam(out) < 1.6


@pytest.mark.parametrize("semitones", [-12, -5, 3, 7.5, 12])
def test_shift_moves_pitch_by_so_many_semitones(semitones: float) -> None:
    out = shift(sines(440), semitones)
    assert out.shape == (2, LOOP)
    assert abs(cents(out, 440 * 2 ** (semitones / 12))) < 5
    assert out.std() == pytest.approx(sines(440).std(), rel=0.1)
    assert seam(out) < 1.6


@pytest.mark.parametrize("samples", [round(LOOP / 1.25), LOOP + 12345])
def test_resample_moves_pitch_with_speed(samples: int) -> None:
    out = resample(sines(440), samples)
    assert out.shape == (2, samples)
    # A loop of whole periods played at another speed is a loop of as many periods: nothing but that one partial.
    spectrum = np.abs(np.fft.rfft(out[0]))
    periods = round(440 * LOOP / RATE)
    assert spectrum.argmax() == periods
    assert np.delete(spectrum, periods).max() < 1e-3 * spectrum[periods]


@pytest.mark.parametrize("factor", [0.8, 1.25])
def test_strokes_stay_sharp_and_in_time(factor: float) -> None:
    audio, places = strokes()
    out = stretch(audio, round(LOOP / factor))
    for place in places:
        window = np.take(out[0], np.arange(-2000, 4000) + round(place / factor), mode="wrap").astype(np.float64) ** 2
        energy = np.cumsum(window) / window.sum()
        begins = (np.searchsorted(energy, 0.05) - 2000) / RATE
        assert abs(begins) < 0.004
        width = (np.searchsorted(energy, 0.9) - np.searchsorted(energy, 0.05)) / RATE
        assert width < 0.030


def test_resample_moves_strokes_to_the_sample() -> None:
    audio = np.zeros((2, LOOP), np.float32)
    audio[:, ::4410] = 0.5
    out = resample(audio, LOOP // 2 * 3)
    for place in range(0, LOOP // 2 * 3, 6615):
        window = np.take(out[0], np.arange(place - 50, place + 51), mode="wrap")
        assert np.abs(window).argmax() == 50


def test_equal_input_gives_equal_samples() -> None:
    audio, _ = strokes()
    assert np.array_equal(stretch(audio, 70_000), stretch(audio, 70_000))
    assert np.array_equal(shift(audio, 2), shift(audio, 2))
    assert np.array_equal(resample(audio, 70_000), resample(audio, 70_000))


def test_what_does_not_change_is_returned_as_it_is() -> None:
    audio, _ = strokes()
    for out in (stretch(audio, LOOP), shift(audio, 0), resample(audio, LOOP)):
        assert np.array_equal(out, audio)
        assert out is not audio


def test_silence_and_very_short_loops() -> None:
    assert not stretch(np.zeros((2, 1000), np.float32), 700).any()
    assert stretch(sines(2000, 900), 700).shape == (2, 700)
    with pytest.raises(ValueError, match="0 samples"):
        stretch(np.zeros((2, 0), np.float32), 100)
    with pytest.raises(ValueError, match="-3 samples"):
        resample(sines(440), -3)


def test_around_repeats_the_loop() -> None:
    audio = np.arange(6, dtype=np.float32).reshape(2, 3)
    assert around(audio, 4, 2)[0].tolist() == [2, 0, 1, 2, 0, 1, 2, 0, 1]
