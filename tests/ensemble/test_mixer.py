"""Balance, panning and mastering, measured on the samples."""

from __future__ import annotations

import math

import numpy as np
import pytest

from ensemble.band.loudness import loudness_lufs, true_peak_db
from ensemble.band.mixer import CEILING_DBTP, TARGET_LUFS, balance, mix, pan
from ensemble.protocols import MixStem
from state.effects import LowPass, Reverb

RATE = 44_100
LOOP = 4 * RATE


def tone(frequency: float, amplitude: float = 0.1, samples: int = LOOP) -> np.ndarray:
    time = np.arange(samples) / samples
    wave = amplitude * np.sin(2 * np.pi * round(frequency * samples / RATE) * time)
    return np.stack((wave, 0.8 * wave)).astype(np.float32)


def strokes(amplitude: float = 0.5, seed: int = 0) -> np.ndarray:
    rng = np.random.default_rng(seed)
    out = np.zeros((2, LOOP), np.float32)
    for place in range(0, LOOP, RATE // 2):
        burst = rng.standard_normal(6000) * np.exp(-np.arange(6000) / 700) * amplitude / 3
        out[:, place : place + 6000] += burst.astype(np.float32)
    return out


def residual_db(audio: np.ndarray, other: np.ndarray) -> float:
    difference = ((audio.astype(np.float64) - other) ** 2).mean()
    return 10 * math.log10(difference / (audio.astype(np.float64) ** 2).mean() + 1e-30)


def test_the_mix_is_the_sum_of_its_stems_times_the_master_gain() -> None:
    down = mix(
        [
            MixStem("keys", tone(440), -3.0, 0.4, effects=(Reverb(),)),
            MixStem("bass", tone(55), 1.5),
            MixStem("drums", strokes(), 0.0, -1.0),
        ],
        120.0,
    )
    summed = sum(stem.astype(np.float64) for stem in down.stems.values())
    assert residual_db(down.mix, summed * 10 ** (down.master_gain_db / 20)) < -100
    assert list(down.stems) == ["keys", "bass", "drums"]
    assert all(stem.shape == (2, LOOP) and stem.dtype == np.float32 for stem in down.stems.values())


def test_a_new_mix_has_the_target_loudness() -> None:
    noise = (0.03 * np.random.default_rng(1).standard_normal((2, LOOP))).astype(np.float32)
    down = mix([MixStem("noise", noise)], 120.0)
    assert loudness_lufs(down.mix) == pytest.approx(TARGET_LUFS, abs=0.02)


def test_a_new_mix_of_high_peaks_stays_below_the_ceiling() -> None:
    audio = np.zeros((2, LOOP), np.float32)
    audio[:, :: RATE // 2] = 0.2
    down = mix([MixStem("clicks", audio)], 120.0)
    assert true_peak_db(down.mix) == pytest.approx(CEILING_DBTP, abs=0.02)
    assert loudness_lufs(down.mix) < TARGET_LUFS


def test_a_given_master_gain_is_kept_and_only_lowered_for_the_ceiling() -> None:
    assert mix([MixStem("keys", tone(440))], 120.0, master_gain_db=3.25).master_gain_db == 3.25
    down = mix([MixStem("keys", tone(440, 0.5))], 120.0, master_gain_db=12.0)
    assert down.master_gain_db == pytest.approx(20 * math.log10(1 / 0.5) - 1, abs=0.03)
    assert true_peak_db(down.mix) <= CEILING_DBTP + 0.02


def test_strict_keeps_the_gain_and_touches_only_the_peaks() -> None:
    audio = tone(330, 0.2)
    audio[:, 3 * RATE : 3 * RATE + 300] *= np.float32(4.0)
    down = mix([MixStem("keys", audio)], 120.0, master_gain_db=6.0, strict=True)
    assert down.master_gain_db == 6.0
    assert true_peak_db(down.mix) <= CEILING_DBTP + 1e-3
    plain = audio * np.float32(10 ** (6 / 20))
    changed = np.flatnonzero((down.mix != plain).any(axis=0))
    assert changed.size
    assert changed.min() > 3 * RATE - 500
    assert changed.max() < 3 * RATE + 800


def test_strict_limits_without_steps_and_over_the_seam() -> None:
    audio = tone(100, 0.3)
    audio[:, :40] *= np.float32(1.0)
    audio[:, -30:] += np.float32(0.8) * np.hanning(60)[:30].astype(np.float32)
    audio[:, :30] += np.float32(0.8) * np.hanning(60)[30:].astype(np.float32)
    down = mix([MixStem("keys", audio)], 120.0, master_gain_db=3.0, strict=True)
    plain = audio.astype(np.float64) * 10 ** (3 / 20)
    assert true_peak_db(down.mix) <= CEILING_DBTP + 1e-3
    with np.errstate(divide="ignore", invalid="ignore"):
        gains = np.where(np.abs(plain[0]) > 0.02, down.mix[0] / plain[0], np.nan)
    turned = np.roll(gains, 1000)[:2000]
    assert np.nanmin(turned) < 0.95
    assert np.nanmax(np.abs(np.diff(turned[~np.isnan(turned)]))) < 0.03
    assert np.array_equal(down.mix[:, 2000:-2000], (audio * np.float32(10 ** (3 / 20)))[:, 2000:-2000])


def test_strict_within_the_ceiling_changes_nothing() -> None:
    audio = tone(330, 0.2)
    down = mix([MixStem("keys", audio)], 120.0, master_gain_db=2.0, strict=True)
    assert np.array_equal(down.mix, audio * np.float32(10 ** (2 / 20)))


def test_muted_stems_are_zeros_and_not_in_the_mix() -> None:
    down = mix([MixStem("keys", tone(440)), MixStem("drums", strokes(), muted=True)], 120.0, master_gain_db=0.0)
    assert not down.stems["drums"].any()
    assert residual_db(down.mix, down.stems["keys"]) < -100


def test_all_muted_is_silence_and_keeps_the_gain() -> None:
    down = mix([MixStem("keys", tone(440), muted=True)], 120.0, master_gain_db=4.5)
    assert not down.mix.any()
    assert down.master_gain_db == 4.5
    assert mix([MixStem("keys", tone(440), muted=True)], None).master_gain_db == 0.0


def test_mix_effects_change_the_mix_and_not_the_stems() -> None:
    stems = [MixStem("keys", tone(440)), MixStem("hiss", strokes())]
    plain, dark = mix(stems, 120.0, master_gain_db=0.0), mix(stems, 120.0, (LowPass(cutoff_hz=300),), 0.0)
    assert all(np.array_equal(plain.stems[name], dark.stems[name]) for name in plain.stems)
    assert residual_db(plain.mix, dark.mix) > -20


@pytest.mark.parametrize("place", [-1.0, -0.5, -0.1, 0.3, 1.0])
def test_panning_a_centred_sound_keeps_its_power(place: float) -> None:
    audio = np.repeat(tone(440)[:1], 2, axis=0)
    out = pan(audio, place)
    assert (out.astype(np.float64) ** 2).sum() == pytest.approx((audio.astype(np.float64) ** 2).sum(), rel=1e-4)
    left, right = (out.astype(np.float64) ** 2).sum(axis=1)
    assert (right > left) == (place > 0)
    if abs(place) == 1:
        assert min(left, right) < 1e-9 * max(left, right)


def test_panning_loses_nothing_that_stood_on_the_other_side() -> None:
    audio = np.stack((tone(440)[0], np.zeros(LOOP, np.float32)))
    out = pan(audio, 1.0)
    assert np.abs(np.fft.rfft(out[1])).argmax() == 440 * LOOP // RATE
    assert (out.astype(np.float64) ** 2).sum() >= 0.4 * (audio.astype(np.float64) ** 2).sum()


def test_centre_is_the_sound_itself() -> None:
    audio = tone(440)
    assert np.array_equal(pan(audio, 0.0), audio)


def test_effects_of_an_unchangeable_take_are_played_once(monkeypatch: pytest.MonkeyPatch) -> None:
    from ensemble.band import effects

    played: list[int] = []
    plain = effects.apply

    def counted(chain, audio, bpm):  # type: ignore[no-untyped-def]
        played.append(1)
        return plain(chain, audio, bpm)

    monkeypatch.setattr(effects, "apply", counted)
    take = strokes(seed=7)
    take.setflags(write=False)
    chain = (Reverb(room_size=0.31),)
    first = mix([MixStem("drums", take, -2.0, 0.5, effects=chain)], 120.0)
    again = mix([MixStem("drums", take, -2.0, 0.5, effects=chain), MixStem("keys", tone(440))], 120.0)
    assert len(played) == 1
    assert np.array_equal(first.stems["drums"], again.stems["drums"])
    mix([MixStem("drums", take, effects=(Reverb(room_size=0.32),))], 120.0)
    mix([MixStem("drums", take, effects=chain)], 90.0)
    assert len(played) == 3
    changeable = strokes(seed=7)
    mix([MixStem("drums", changeable, effects=chain)], 120.0)
    changeable *= 0.5
    quieter = mix([MixStem("drums", changeable, effects=chain)], 120.0)
    assert len(played) == 5
    assert np.abs(quieter.stems["drums"]).max() < 0.6 * np.abs(first.stems["drums"]).max() * 10 ** (2 / 20)


def test_balance_places_a_band() -> None:
    band = ["standard kit", "electric bass (finger)", "electric piano 1", "electric guitar (clean)", "flute"]
    placed = {
        name: balance(name, role, "normal", band[:index])
        for index, (name, role) in enumerate(zip(band, ["drums", "bass", "chords", "chords", "lead"], strict=True))
    }
    assert placed["standard kit"][1] == placed["electric bass (finger)"][1] == placed["flute"][1] == 0
    assert placed["flute"][0] > placed["electric piano 1"][0] > balance("pad 2 (warm)", "pad", "normal")[0]
    first, second = placed["electric piano 1"][1], placed["electric guitar (clean)"][1]
    assert first * second < 0
    assert abs(first - second) >= 0.4


def test_balance_follows_dynamics_and_the_instruments_own_role() -> None:
    gains = {dynamics: balance("flute", "lead", dynamics)[0] for dynamics in ("soft", "normal", "loud")}
    assert gains["soft"] == gains["normal"] - 4
    assert gains["loud"] == gains["normal"] + 3
    assert balance("electric bass (finger)", None, "normal") == balance("electric bass (finger)", "bass", "normal")
    assert balance("recording", None, "normal") == balance("recording", "chords", "normal")


def test_stems_of_unequal_length_are_refused() -> None:
    with pytest.raises(ValueError, match="one length"):
        mix([MixStem("a", tone(440)), MixStem("b", tone(440, samples=1000))], 120.0)
    with pytest.raises(ValueError, match="one length"):
        mix([], 120.0)
