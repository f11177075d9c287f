"""Loudness and true peak against values known by theory or measured once with pyloudnorm 0.1.1 (gated, De Man filters)."""

from __future__ import annotations

import math

import numpy as np
import pytest

from ensemble.band.loudness import loudness_lufs, true_peak_db

RATE = 44_100


def tone(frequency: float, amplitude: float, seconds: float, phase: float = 0.0) -> np.ndarray:
    time = np.arange(round(seconds * RATE)) / RATE
    return np.tile((amplitude * np.sin(2 * np.pi * frequency * time + phase)).astype(np.float32), (2, 1))


def test_a_full_scale_kilohertz_in_one_channel_is_minus_three() -> None:
    # BS.1770-4: 0 dBFS, 997 Hz, one front channel reads -3.01 LKFS.
    audio = tone(997, 1.0, 5)
    audio[1] = 0
    assert loudness_lufs(audio) == pytest.approx(-3.01, abs=0.03)


@pytest.mark.parametrize("frequency", [40, 60, 100, 500, 2000, 4000, 10000])
def test_the_weighting_curve_is_k(frequency: float) -> None:
    difference = loudness_lufs(tone(frequency, 0.1, 4)) - loudness_lufs(tone(997, 0.1, 4))
    assert difference == pytest.approx(k_curve(frequency), abs=0.14 if frequency <= 60 else 0.05)


def k_curve(frequency: float) -> float:
    """dB relative to 997 Hz of the two filters as printed in BS.1770-4 for 48 kHz."""
    shelf = ([1.53512485958697, -2.69169618940638, 1.19839281085285], [1, -1.69065929318241, 0.73248077421585])
    rumble = ([1.0, -2.0, 1.0], [1, -1.99004745483398, 0.99007225036621])

    def magnitude(hertz: float) -> float:
        z = np.exp(-2j * np.pi * hertz / 48000)
        return float(np.prod([abs(np.polyval(b[::-1], z) / np.polyval(a[::-1], z)) for b, a in (shelf, rumble)]))

    return 20 * math.log10(magnitude(frequency) / magnitude(997))


def test_rests_are_gated_out() -> None:
    audio = tone(440, 0.2, 4)
    with_rest = np.concatenate((audio, np.zeros_like(audio), np.zeros_like(audio)), axis=1)
    assert loudness_lufs(with_rest) == pytest.approx(loudness_lufs(audio), abs=0.6)


@pytest.mark.parametrize("gain_db", [-40.0, -12.0, 6.0])
def test_loudness_follows_gain(gain_db: float) -> None:
    noise = (0.05 * np.random.default_rng(1).standard_normal((2, 3 * RATE))).astype(np.float32)
    louder = noise * np.float32(10 ** (gain_db / 20))
    assert loudness_lufs(louder) - loudness_lufs(noise) == pytest.approx(gain_db, abs=0.01)


def test_noise_agrees_with_pyloudnorm() -> None:
    noise = (0.1 * np.random.default_rng(0).standard_normal((2, 940_800))).astype(np.float32)
    assert loudness_lufs(noise) == pytest.approx(-13.869, abs=0.01)


def test_silence_is_minus_infinity_and_whispering_is_not() -> None:
    assert loudness_lufs(np.zeros((2, RATE), np.float32)) == -math.inf
    assert loudness_lufs(np.zeros((2, 0), np.float32)) == -math.inf
    assert true_peak_db(np.zeros((2, RATE), np.float32)) == -math.inf
    assert loudness_lufs(tone(440, 1e-5, 2)) == pytest.approx(-100.7, abs=0.5)


def test_audio_shorter_than_a_block_is_measured() -> None:
    assert loudness_lufs(tone(997, 1.0, 0.05)) == pytest.approx(0.0, abs=0.3)


def test_a_peak_between_samples_is_found() -> None:
    # A quarter of the rate at 45 degrees: every sample is 0.707 of the crest.
    audio = tone(RATE / 4, 0.5, 1, phase=math.pi / 4)
    assert float(np.abs(audio).max()) == pytest.approx(0.5 / math.sqrt(2), rel=1e-3)
    assert true_peak_db(audio) == pytest.approx(20 * math.log10(0.5), abs=0.1)


def test_true_peak_is_at_least_the_sample_peak() -> None:
    rng = np.random.default_rng(3)
    for _ in range(5):
        audio = rng.uniform(-1, 1, (2, 4000)).astype(np.float32)
        assert true_peak_db(audio) >= 20 * math.log10(float(np.abs(audio).max())) - 1e-6
