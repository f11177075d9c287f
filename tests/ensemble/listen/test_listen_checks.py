"""Every single-audio check: a case that passes, one that fails, and one that cannot be measured."""

from __future__ import annotations

import json

import numpy as np
import pytest
from synthetic import RATE, Audio, bassline, beat, chords, lay, melody, noise, pad, silence, stereo

from ensemble.listen.checks import CHECKS, check
from state.errors import InputError
from state.verdict import Expectation

C_MAJOR = chords([(48, 60, 64, 67), (53, 65, 69, 72), (55, 62, 67, 71), (48, 60, 64, 67)])
PENTATONIC = melody([60, 62, 64, 67, 69, 72, 69, 67] * 2)


def ask(name: str, value: object, audio: Audio) -> str:
    found = check(Expectation(name=name, value=value), audio)
    assert found.name == name
    assert value is None or value == "peak" or found.expected == value
    json.dumps(found.model_dump())
    return found.status


@pytest.mark.parametrize("bpm", [72.0, 93.5, 104.0, 128.0, 171.0])
def test_bpm_accepts_the_tempo_and_refuses_others(bpm: float) -> None:
    audio = beat(bpm)
    assert ask("bpm", bpm, audio) == "passed"
    for wrong in (98 / 104, 1.06, 0.75, 4 / 3, 2 / 3, 1.5, 0.9):
        assert ask("bpm", bpm * wrong, audio) == "failed", wrong


def test_bpm_measures_the_tempo_to_half_a_percent() -> None:
    found = check(Expectation(name="bpm", value=104.0), beat(104))
    assert found.measured == pytest.approx(104, rel=0.005)


def test_bpm_names_the_pulse_it_found_when_another_was_expected() -> None:
    found = check(Expectation(name="bpm", value=98.0), beat(104))
    assert found.status == "failed"
    assert any(found.measured == pytest.approx(104 * level, rel=0.01) for level in (0.5, 1, 2))


@pytest.mark.parametrize("level", [0.5, 2.0])
def test_bpm_accepts_half_and_double(level: float) -> None:
    assert ask("bpm", 100 * level, beat(100)) == "passed"


def poisson_hits() -> Audio:
    rng = np.random.default_rng(4)
    result = np.zeros(8 * RATE)
    for place in rng.integers(0, len(result) - 4000, 30):
        result[place : place + 4000] += rng.standard_normal(4000) * np.exp(-np.arange(4000) / 600) * 0.3
    return stereo(result)


@pytest.mark.parametrize(
    "audio", [silence(4), noise(4), pad(6), poisson_hits()], ids=["silence", "noise", "pad", "random"]
)
def test_bpm_is_unmeasurable_without_a_pulse(audio: Audio) -> None:
    for bpm in (80, 104, 120, 123, 117.5):
        assert ask("bpm", float(bpm), audio) == "unmeasurable"


@pytest.mark.parametrize("key", ["C major", "A minor", "D dorian", "G mixolydian"])
def test_key_accepts_every_key_of_the_scale(key: str) -> None:
    assert ask("key", key, C_MAJOR) == "passed"


@pytest.mark.parametrize("key", ["G major", "F major", "C minor", "F# major", "E major", "Bb minor"])
def test_key_refuses_other_scales_also_by_one_note(key: str) -> None:
    assert ask("key", key, C_MAJOR) == "failed"


def test_key_hears_a_raised_seventh_as_minor() -> None:
    audio = chords([(45, 57, 60, 64), (50, 57, 62, 65), (52, 59, 64, 68), (45, 57, 60, 64)])
    assert ask("key", "A minor", audio) == "passed"
    assert ask("key", "A major", audio) == "failed"


@pytest.mark.parametrize("key", ["C major", "G major", "F major"])
def test_key_is_unmeasurable_where_the_telling_note_is_not_played(key: str) -> None:
    assert ask("key", key, PENTATONIC) == "unmeasurable"


def test_key_refuses_what_even_five_notes_rule_out() -> None:
    assert ask("key", "F# major", PENTATONIC) == "failed"


@pytest.mark.parametrize("audio", [silence(4), noise(4), beat(100)], ids=["silence", "noise", "drums"])
def test_key_is_unmeasurable_without_pitch(audio: Audio) -> None:
    assert ask("key", "C major", audio) == "unmeasurable"


def test_bars_at_a_given_tempo() -> None:
    audio = beat(100, bars=4)
    assert ask("bars", {"bars": 4, "bpm": 100, "time_signature": "4/4"}, audio) == "passed"
    assert ask("bars", {"bars": 3, "bpm": 100, "time_signature": "4/4"}, audio) == "failed"
    assert ask("bars", {"bars": 5, "bpm": 125, "time_signature": "4/4"}, audio) == "failed"
    assert ask("bars", {"bars": 4, "bpm": 100, "time_signature": "3/4"}, audio) == "failed"


def test_bars_alone_need_a_pulse() -> None:
    audio = beat(104, bars=4)
    assert ask("bars", 4, audio) == "passed"
    for wrong in (2, 3, 5, 8, 1000):
        assert ask("bars", wrong, audio) != "passed", wrong
    assert ask("bars", 3, audio) == "failed"
    assert ask("bars", 4, pad(8)) == "unmeasurable"


def test_duration() -> None:
    assert ask("duration_seconds", 4.0, noise(4)) == "passed"
    assert ask("duration_seconds", 4.009, noise(4)) == "passed"
    assert ask("duration_seconds", 4.02, noise(4)) == "failed"


def test_audible() -> None:
    assert ask("audible", None, beat(100)) == "passed"
    assert ask("audible", None, silence(2)) == "failed"
    assert ask("audible", None, noise(2) * 1e-4) == "failed"


def test_clipping() -> None:
    tone = pad(2)
    assert ask("clipping", None, tone) == "passed"
    assert ask("clipping", None, np.clip(tone * 6, -1, 1)) == "failed"
    assert ask("clipping", None, np.clip(tone * 6, -1, 1) * np.float32(0.5)) == "failed"
    assert ask("clipping", None, tone * np.float32(1.2 / np.abs(tone).max())) == "failed"
    assert ask("clipping", None, silence(2)) == "passed"


def test_clipping_leaves_square_waves_alone() -> None:
    square = 0.4 * np.sign(np.sin(2 * np.pi * 110 * np.arange(2 * RATE) / RATE + 0.1))
    assert ask("clipping", None, stereo(square)) == "passed"


def test_has_and_lacks_drums() -> None:
    assert ask("has", "drums", beat(100)) == "passed"
    assert ask("has", "drums", beat(120) + C_MAJOR) == "passed"
    assert ask("has", "drums", C_MAJOR) == "failed"
    assert ask("has", "drums", pad(4)) == "failed"
    assert ask("lacks", "drums", C_MAJOR) == "passed"
    assert ask("lacks", "drums", beat(100)) == "failed"


def test_has_and_lacks_bass() -> None:
    assert ask("has", "bass", bassline()) == "passed"
    assert ask("has", "bass", melody([72, 74, 76, 77, 79, 81, 83, 84])) == "failed"
    assert ask("has", "bass", beat(100)) == "failed"
    assert ask("lacks", "bass", melody([72, 74, 76, 77, 79, 81, 83, 84])) == "passed"
    assert ask("lacks", "bass", bassline()) == "failed"


@pytest.mark.parametrize("word", ["clarinet", "keys", "singing", ""])
def test_other_instruments_are_unmeasurable_in_a_bare_file(word: str) -> None:
    assert ask("has", word, C_MAJOR) == "unmeasurable"
    assert ask("lacks", word, C_MAJOR) == "unmeasurable"


def test_loudness() -> None:
    # BS.1770: a 997 Hz sine at full scale in one channel measures -3.01 LUFS; in both, 0; at -20 dB in both, -20.
    tone = stereo(0.1 * np.sin(2 * np.pi * 997 * np.arange(4 * RATE) / RATE))
    assert ask("loudness_lufs", -20.0, tone) == "passed"
    assert ask("loudness_lufs", -23.0, tone) == "failed"
    assert ask("loudness_lufs", -20.0, silence(4)) == "unmeasurable"


def test_time_signature_is_not_claimed() -> None:
    assert ask("time_signature", "4/4", beat(100)) == "unmeasurable"


def test_an_unknown_check_is_refused() -> None:
    with pytest.raises(InputError, match="groove"):
        check(Expectation(name="groove", value=1), silence(1))


@pytest.mark.parametrize("name", sorted(CHECKS))
def test_nothing_passes_for_silence_but_what_is_true_of_it(name: str) -> None:
    value = {"bpm": 100.0, "key": "C major", "bars": 2, "duration_seconds": 4.8, "loudness_lufs": -14.0}.get(
        name, "drums"
    )
    status = ask(name, value, silence(4.8))
    expected = {
        "duration_seconds": "passed",
        "clipping": "passed",
        "lacks": "passed",
        "audible": "failed",
        "has": "failed",
    }
    assert status == expected.get(name, "unmeasurable")


def test_key_is_unmeasurable_where_the_tones_share_no_tuning() -> None:
    # Struck metal and skins ring at frequencies that lie on no scale: plenty of pitch, no key.
    rng = np.random.default_rng(1)
    time = np.arange(RATE) / RATE
    result = np.zeros(8 * RATE)
    for hit in range(16):
        ring = sum(0.1 * np.sin(2 * np.pi * hertz * time) for hertz in rng.uniform(150, 1500, 4)) * np.exp(-2 * time)
        lay(result, ring, hit * RATE / 2)
    for key in ("C major", "F# major", "D minor"):
        assert ask("key", key, stereo(result)) == "unmeasurable"


def test_clipping_by_the_peak_alone_leaves_flat_tops_alone() -> None:
    flat = np.clip(pad(2) * 6, -1, 1) * np.float32(0.5)
    assert ask("clipping", "peak", flat) == "passed"
    assert ask("clipping", "peak", flat * np.float32(2.5)) == "failed"


@pytest.mark.parametrize(
    "audio", [stereo(np.sin(np.arange(8 * RATE) * 0.05) * 0.3), silence(8)], ids=["tone", "silence"]
)
@pytest.mark.parametrize("count", [1, 4, 8, 1000])
def test_bars_without_a_pulse_or_a_given_tempo_are_never_failed(audio: np.ndarray, count: int) -> None:
    assert ask("bars", count, audio) == "unmeasurable"
    assert ask("bars", {"bars": count, "time_signature": "3/4"}, audio) == "unmeasurable"


def test_bpm_says_at_which_level_of_the_pulse_it_agrees() -> None:
    for played, wanted, level in ((104, 104.0, None), (60, 30.0, "x2"), (180, 360.0, "/2")):
        found = check(Expectation(name="bpm", value=wanted), beat(played, 4))
        assert found.status == "passed"
        tempo = found.measured if level is None else found.measured["bpm"]
        assert tempo == pytest.approx(played, rel=0.02)
        assert level is None or found.measured["matched"] == level
