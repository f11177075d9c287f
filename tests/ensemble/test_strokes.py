"""Strokes: found where they are, kept sharp and in time by stretching, and only where sound is made of them."""

from __future__ import annotations

import numpy as np
import pytest

from ensemble.band.stretch import stretch
from ensemble.band.strokes import find, percussive

RATE = 44_100
LOOP = 2 * RATE


def kit(samples: int = LOOP, every: int = RATE // 4) -> tuple[np.ndarray, list[int]]:
    """Low thumps and bright bursts in turn."""
    rng = np.random.default_rng(0)
    audio = np.zeros((2, samples), np.float32)
    places = list(range(0, samples, every))
    time = np.arange(7000)
    thump = np.sin(2 * np.pi * 60 * time / RATE) * np.exp(-time / 1500) * 0.5
    for index, place in enumerate(places):
        burst = rng.standard_normal(7000) * np.exp(-time / 700) * 0.25 if index % 2 else thump
        audio[:, (place + time) % samples] += burst.astype(np.float32)
    return audio, places


def bass(samples: int = LOOP) -> np.ndarray:
    """Held low notes: each period of 41 Hz rises and falls, which is no stroke."""
    time = np.arange(samples) / RATE
    envelope = np.exp(-((time % 1.0) / 0.6))
    wave = sum(np.sin(2 * np.pi * 41 * harmonic * time) / harmonic for harmonic in range(1, 9))
    return np.tile((0.2 * wave * envelope).astype(np.float32), (2, 1))


def test_strokes_are_found_where_they_begin() -> None:
    audio, places = kit()
    found = find(audio)
    assert len(found) == len(places)
    assert max(min(abs(start - place) for place in places) for start in found) < 0.003 * RATE


def test_only_sound_made_of_strokes_is_percussive() -> None:
    audio, _ = kit()
    assert percussive(audio, find(audio))
    assert not percussive(bass(), find(bass()))
    assert len(find(bass())) <= 2
    mixed = audio + 2 * bass()
    assert not percussive(mixed, find(mixed))


@pytest.mark.parametrize("factor", [0.75, 1.2, 1.6])
def test_a_stretched_kit_is_in_time_and_sharp(factor: float) -> None:
    audio, places = kit()
    out = stretch(audio, round(LOOP / factor))
    for place in places:
        before = np.abs(np.take(audio[0], np.arange(-500, 1200) + place, mode="wrap"))
        after = np.abs(np.take(out[0], np.arange(-500, 1200) + round(place / factor), mode="wrap"))
        assert abs(int(np.argmax(before > 0.3 * before.max())) - int(np.argmax(after > 0.3 * after.max()))) < 45
        assert after.max() == pytest.approx(before.max(), rel=0.12)
    assert np.abs(out[:, 0] - out[:, -1]).max() <= np.abs(np.diff(out, axis=1)).max()


def test_strokes_can_be_kept_or_stretched_on_request() -> None:
    audio, _ = kit(RATE)
    samples = RATE + 5000
    plain, kept = stretch(audio, samples, "stretched"), stretch(audio, samples, "kept")
    assert np.array_equal(stretch(audio, samples), kept)
    assert not np.array_equal(plain, kept)


def test_silence_and_noise_have_no_strokes() -> None:
    assert find(np.zeros((2, LOOP), np.float32)).size == 0
    assert find(np.zeros((2, 100), np.float32)).size == 0
    noise = (0.1 * np.random.default_rng(2).standard_normal((2, LOOP))).astype(np.float32)
    assert find(noise).size == 0
