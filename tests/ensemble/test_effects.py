"""Every typed effect: that the loop stays a loop, that the sound changes in the effect's direction, that level stands."""

from __future__ import annotations

import math

import numpy as np
import pytest

from ensemble.band.effects import apply, fold
from state import effects as typed

RATE = 44_100
LOOP = 4 * RATE
BPM = 120.0

EVERY = [
    typed.Reverb(),
    typed.Delay(),
    typed.Chorus(),
    typed.Phaser(),
    typed.Tremolo(),
    typed.LowPass(),
    typed.HighPass(),
    typed.Equalizer(low_db=6, mid_db=-6, high_db=3),
    typed.Compressor(),
    typed.Distortion(),
    typed.Bitcrush(),
]


def chord(samples: int = LOOP) -> np.ndarray:
    """Held tones of whole periods: any seam that is heard afterwards is the effect's."""
    time = np.arange(samples) / samples
    out = np.zeros(samples)
    for frequency in (110, 220.5, 331, 660, 1320, 2640, 5280):
        out += 0.08 * np.sin(2 * np.pi * round(frequency * samples / RATE) * time + frequency)
    return np.stack((out, np.roll(out, 900))).astype(np.float32)


def strokes(samples: int = LOOP) -> np.ndarray:
    """A stroke of noise each second, the first at the very start."""
    rng = np.random.default_rng(0)
    out = np.zeros((2, samples), np.float32)
    for place in range(0, samples, RATE):
        out[:, place : place + 8000] += (rng.standard_normal((2, 8000)) * np.exp(-np.arange(8000) / 900) * 0.3).astype(
            np.float32
        )
    return out


def level(audio: np.ndarray) -> float:
    return 10 * math.log10(float((audio.astype(np.float64) ** 2).mean()) + 1e-20)


def band(audio: np.ndarray, low: float, high: float) -> float:
    power = (np.abs(np.fft.rfft(audio, axis=-1)) ** 2).sum(axis=0)
    frequency = np.fft.rfftfreq(audio.shape[1], 1 / RATE)
    return 10 * math.log10(float(power[(frequency >= low) & (frequency < high)].sum()) + 1e-20)


def crest(audio: np.ndarray) -> float:
    return 20 * math.log10(float(np.abs(audio).max())) - level(audio)


@pytest.mark.parametrize("effect", EVERY, ids=lambda effect: effect.kind)
def test_an_effect_keeps_length_type_and_input_and_is_repeatable(effect: object) -> None:
    audio = strokes()
    kept = audio.copy()
    out = apply([effect], audio, BPM)
    assert out.shape == audio.shape
    assert out.dtype == np.float32
    assert np.isfinite(out).all()
    assert np.array_equal(audio, kept)
    assert np.array_equal(out, apply([effect], audio, BPM))
    assert not np.array_equal(out, audio)


@pytest.mark.parametrize("effect", [e for e in EVERY if e.kind != "bitcrush"], ids=lambda effect: effect.kind)
def test_the_seam_steps_no_more_than_the_inside(effect: object) -> None:
    out = apply([effect], chord(), BPM)
    steps = np.abs(np.diff(out, axis=1))
    assert np.abs(out[:, 0] - out[:, -1]).max() <= 1.05 * steps.max()
    # A click is a step in slope too: the second difference over the seam against those inside.
    around_seam = np.concatenate((out[:, -4:], out[:, :4]), axis=1)
    assert np.abs(np.diff(around_seam, 2, axis=1)).max() <= 1.1 * np.abs(np.diff(out, 2, axis=1)).max()


@pytest.mark.parametrize(
    "effect",
    [e for e in EVERY if e.kind not in ("chorus", "phaser", "bitcrush")],  # these have a phase within the loop
    ids=lambda effect: effect.kind,
)
def test_it_does_not_matter_where_the_loop_begins(effect: object) -> None:
    audio = strokes()
    turned = apply([effect], np.roll(audio, RATE, axis=1), BPM)
    straight = np.roll(apply([effect], audio, BPM), RATE, axis=1)
    assert level(turned - straight) < level(straight) - 45  # the loudness that is matched is measured in blocks


@pytest.mark.parametrize("effect", [typed.Reverb(), typed.Delay(beats=1.5)], ids=lambda effect: effect.kind)
def test_what_rings_past_the_end_is_heard_at_the_start(effect: object) -> None:
    audio = np.zeros((2, LOOP), np.float32)
    audio[:, -2000:-1000] = 0.5
    out = apply([effect], audio, BPM)
    assert level(out[:, :RATE]) > -60
    assert np.allclose(out[:, -2000:-1000], 0.5, atol=0.2)


def test_reverb_adds_a_tail_and_keeps_the_dry_sound() -> None:
    audio = strokes()
    out = apply([typed.Reverb(wet=0.4)], audio, BPM)
    rest = slice(RATE // 2, RATE * 9 // 10)
    assert level(audio[:, rest]) < -90
    assert level(out[:, rest]) > -62
    assert 0 <= level(out) - level(audio) < 2
    together = float((out * audio).sum() / (audio * audio).sum())
    assert together == pytest.approx(1.0, abs=0.1)


def test_a_larger_room_rings_longer_and_more_wet_is_louder() -> None:
    rest = slice(RATE // 2, RATE * 9 // 10)

    def tail(room: float, wet: float) -> float:
        return level(apply([typed.Reverb(room_size=room, wet=wet)], strokes(), BPM)[:, rest])

    assert tail(0.2, 0.3) < tail(0.5, 0.3) < tail(0.8, 0.3)
    assert tail(0.5, 0.6) - tail(0.5, 0.3) == pytest.approx(6.02, abs=0.1)
    assert tail(0.5, 0.0) == pytest.approx(level(strokes()[:, rest]), abs=0.01)


@pytest.mark.parametrize(("bpm", "beat"), [(120.0, RATE // 2), (90.0, RATE * 2 // 3), (None, RATE // 2)])
def test_delay_echoes_at_its_beats(bpm: float | None, beat: int) -> None:
    audio = np.zeros((2, LOOP), np.float32)
    audio[:, 100] = 1.0
    out = apply([typed.Delay(beats=1.0, feedback=0.5, wet=0.5)], audio, bpm)
    assert out[0, 100] == pytest.approx(1.0, abs=0.02)
    first, second = out[0, 100 + beat], out[0, 100 + 2 * beat]
    assert first > 0.3
    assert second == pytest.approx(first / 2, rel=0.02)
    assert np.count_nonzero(np.abs(out[0]) > 1e-3) <= 12


def test_tremolo_pulses_in_time() -> None:
    out = apply([typed.Tremolo(beats=0.5, depth=1.0)], np.full((2, LOOP), 0.3, np.float32), BPM)
    spectrum = np.abs(np.fft.rfft(out[0] - out[0].mean()))
    assert spectrum.argmax() * RATE / LOOP == pytest.approx(4.0)
    assert out.min() < 0.01


def test_filters_take_away_what_they_should() -> None:
    audio = chord()
    low = apply([typed.LowPass(cutoff_hz=1000)], audio, BPM)
    assert band(low, 4000, 20000) < band(audio, 4000, 20000) - 40
    assert band(low, 50, 400) == pytest.approx(band(audio, 50, 400), abs=0.5)
    high = apply([typed.HighPass(cutoff_hz=1000)], audio, BPM)
    assert band(high, 50, 400) < band(audio, 50, 400) - 30
    assert band(high, 4000, 20000) == pytest.approx(band(audio, 4000, 20000), abs=0.5)


@pytest.mark.parametrize(("low", "mid", "high"), [(9, 0, 0), (0, -9, 0), (0, 0, 9), (-24, 24, -24)])
def test_equalizer_moves_its_bands(low: float, mid: float, high: float) -> None:
    noise = (0.1 * np.random.default_rng(5).standard_normal((2, LOOP))).astype(np.float32)
    out = apply([typed.Equalizer(low_db=low, mid_db=mid, high_db=high)], noise, BPM)
    for (start, end), gain in (((20, 45), low), ((950, 1050), mid), ((14000, 20000), high)):
        assert band(out, start, end) - band(noise, start, end) == pytest.approx(gain, abs=1.5)


def test_compressor_evens_out_and_keeps_the_loudness() -> None:
    audio = strokes() * np.float32(1.5)
    audio[:, 2 * RATE :] *= np.float32(0.25)
    out = apply([typed.Compressor(threshold_db=-30, ratio=8)], audio, BPM)
    before = level(audio[:, : 2 * RATE]) - level(audio[:, 2 * RATE :])
    after = level(out[:, : 2 * RATE]) - level(out[:, 2 * RATE :])
    assert after < before - 3
    assert level(out) == pytest.approx(level(audio), abs=3)


@pytest.mark.parametrize("gain", [1.0, 0.02])
def test_distortion_flattens_at_any_level_and_keeps_the_loudness(gain: float) -> None:
    audio = chord() * np.float32(gain)
    out = apply([typed.Distortion(drive_db=25)], audio, BPM)
    assert crest(out) < crest(audio) - 3
    assert level(out) == pytest.approx(level(audio), abs=3)
    assert band(out, 8000, 20000) > band(audio, 8000, 20000) + 20


@pytest.mark.parametrize("bits", [2.0, 4.0, 8.0])
def test_bitcrush_leaves_few_values_and_still_sounds(bits: float) -> None:
    out = apply([typed.Bitcrush(bits=bits)], chord() * np.float32(0.1), BPM)
    assert len(np.unique(out[0])) <= 2**bits + 1
    assert level(out) > level(chord() * np.float32(0.1)) - 4


@pytest.mark.parametrize("effect", [typed.Chorus(wet=1.0), typed.Phaser(wet=1.0)], ids=lambda effect: effect.kind)
def test_modulation_moves_partials_and_keeps_the_level(effect: object) -> None:
    audio = chord()
    out = apply([effect], audio, BPM)
    assert level(out) == pytest.approx(level(audio), abs=2)
    halves = [np.abs(np.fft.rfft(part[0])) for part in np.array_split(out, 8, axis=1)]
    assert max(np.abs(half - halves[0]).max() / halves[0].max() for half in halves[1:]) > 0.05


def test_a_chain_is_played_in_order() -> None:
    audio = chord()
    chain = [typed.Distortion(drive_db=30), typed.LowPass(cutoff_hz=500)]
    forward, backward = apply(chain, audio, BPM), apply(chain[::-1], audio, BPM)
    assert band(forward, 3000, 20000) < band(backward, 3000, 20000) - 20
    assert np.array_equal(forward, apply(chain[1:], apply(chain[:1], audio, BPM), BPM))


def test_no_effects_and_silence_change_nothing() -> None:
    audio = strokes()
    assert np.array_equal(apply([], audio, BPM), audio)
    assert apply([], audio, BPM) is not audio
    assert not apply(EVERY, np.zeros((2, RATE), np.float32), BPM).any()


def test_very_short_loops_are_played() -> None:
    for effect in EVERY:
        assert apply([effect], chord(500), BPM).shape == (2, 500)


def test_what_is_no_effect_is_refused() -> None:
    with pytest.raises(TypeError, match="not an effect"):
        apply(["reverb"], strokes(), BPM)


def test_fold_adds_what_is_past_the_end_to_the_start() -> None:
    audio = np.arange(14, dtype=np.float32).reshape(2, 7)
    assert fold(audio, 3).tolist() == [[0 + 3 + 6, 1 + 4, 2 + 5], [7 + 10 + 13, 8 + 11, 9 + 12]]
