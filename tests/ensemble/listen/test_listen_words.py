"""Captions state what stands in the table or was measured, and nothing else; the drum split keeps its word."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from synthetic import RATE, bassline, beat, chords, level_db, melody, noise, pad, silence

from ensemble.listen.analyse import Analysis, analyse
from ensemble.listen.caption import answer_facts, caption_upload, describe
from ensemble.listen.separate import QUALITY, separate_drums
from ensemble.listen.shift import measure_shift
from ensemble.listen.sound import Sound, fast_length, halve
from state.gat import GlobalAttributeTable, Stem

MEASURED = Analysis(
    duration_seconds=11.16, silent=False, loudness_lufs=-16.2, true_peak_db=-1.0, bpm=86.0, bpm_confidence=0.9,
    beat_offset_seconds=0.0, time_signature="4/4", bars=4, key="G minor", key_confidence=0.8, has_drums=True,
    has_bass=None, only_drums=False, chords=(),
)  # fmt: skip
OPEN = replace(
    MEASURED, bpm=None, bars=None, key=None, has_drums=None, has_bass=None, bpm_confidence=0.1, key_confidence=0.0
)
INSTRUMENTS = ("saxophone", "guitar", "piano", "keys", "clarinet", "strings", "voice", "vocals")


def table(**changes: object) -> GlobalAttributeTable:
    stem = {"audio": "x.wav", "tool": "t", "seed": 1, "backend": "band"}
    values = {
        "revision": 1, "bpm": 86.0, "key": "G minor", "bars": 4, "duration_seconds": 11.163, "genre": "hip hop",
        "mood": "dusty", "chords": ("Gm7", "Cm7", "Eb", "D7"), "mix": "m.wav",
        "stems": (
            Stem(name="keys", instrument="electric piano 1", effects=({"kind": "reverb"},), **stem),
            Stem(name="bass", instrument="electric bass (finger)", muted=True, **stem),
            Stem(name="drums", instrument="standard kit", **stem),
        ),
    }  # fmt: skip
    return GlobalAttributeTable.model_validate(values | changes)


def test_describe_states_the_table() -> None:
    text = describe(table(), MEASURED)
    for fact in (
        "dusty",
        "hip hop",
        "4 bars",
        "86 bpm",
        "G minor",
        "Gm7",
        "keys",
        "electric piano 1",
        "reverb",
        "muted",
    ):
        assert fact in text, fact
    assert "3 stems" in text
    assert "Measured on the mix" in text
    assert text.split("Measured")[0].count("drums") == 1


@pytest.mark.parametrize("field", ["bpm", "key", "bars", "genre", "mood"])
def test_describe_leaves_out_what_the_table_does_not_hold(field: str) -> None:
    words = {"bpm": "86 bpm", "key": " in G minor", "bars": "4 bars", "genre": "hip hop", "mood": "dusty"}
    assert words[field] in describe(table(), OPEN)
    assert words[field] not in describe(table(**{field: None}), OPEN)


def test_describe_claims_nothing_that_was_not_measured() -> None:
    text = describe(table(), OPEN).split("Measured")[1]
    assert "no pulse clear enough" in text
    for word in ("drums", "bass", "minor", "major", "agrees"):
        assert word not in text, word


def test_describe_names_no_instrument_that_is_not_in_the_table() -> None:
    text = describe(table(stems=()), MEASURED)
    for word in INSTRUMENTS:
        assert word not in text


def test_describe_says_when_the_pulse_contradicts_the_table() -> None:
    assert "agrees with the tempo" in describe(table(), MEASURED)
    assert "agrees with the tempo" in describe(table(bpm=43.0), MEASURED)
    other = describe(table(bpm=98.0), MEASURED)
    assert "agrees" not in other
    assert "pulse near 86 bpm" in other


def test_describe_says_silence() -> None:
    text = describe(table(), replace(OPEN, silent=True, loudness_lufs=None))
    assert "Measured on the mix: silence" in text


def test_upload_captions_come_from_measurements_alone() -> None:
    audio = beat(120, 4)
    text = caption_upload(analyse(audio), bpm=120.0, bars=4)
    assert text.startswith("A drum recording of 4 bars at 120 bpm (8.0 s)")
    unclear = caption_upload(analyse(pad(5)), bpm=None, bars=None)
    assert "without a steady pulse" in unclear
    for word in (*INSTRUMENTS, "bpm", "drum recording"):
        assert word not in unclear


def test_answer_facts_keep_stated_and_measured_apart() -> None:
    facts = answer_facts(table(bpm=98.0), MEASURED)
    assert facts["stated"]["bpm"] == 98.0  # type: ignore[index]
    assert facts["measured"]["bpm"] == 86.0  # type: ignore[index]
    assert facts["measured"]["bass"] is None  # type: ignore[index]


def test_analyse_of_a_drum_loop_and_of_chords() -> None:
    drums = analyse(beat(96, 4))
    assert (drums.bpm, drums.bars, drums.only_drums, drums.has_drums, drums.key) == (96.0, 4, True, True, None)
    music = analyse(chords([(48, 60, 64, 67), (53, 65, 69, 72), (55, 62, 67, 71), (45, 60, 64, 69)], bpm=96))
    assert music.only_drums is False
    assert music.has_drums is False
    assert music.key in {"C major", "A minor"}


@pytest.mark.parametrize("audio", [silence(3), noise(3)], ids=["silence", "noise"])
def test_analyse_leaves_open_what_is_not_there(audio: np.ndarray) -> None:
    found = analyse(audio)
    assert (found.bpm, found.bars, found.key, found.chords) == (None, None, None, ())
    assert found.only_drums is False


def test_drums_are_drawn_out_and_the_rest_is_exactly_what_remains() -> None:
    drums = beat(100, 4)
    music = np.zeros_like(drums)
    line = melody([60, 64, 67, 72, 71, 67, 64, 62] * 2, 100)
    music[:, : line.shape[1]] = line[:, : music.shape[1]]
    mix = drums + music
    found, rest = separate_drums(mix)
    assert np.abs(found + rest - mix).max() < 1e-6

    def likeness(one: np.ndarray, two: np.ndarray) -> float:
        return float(np.vdot(one, two) / np.linalg.norm(one) / np.linalg.norm(two))

    assert likeness(found, drums) > likeness(mix, drums) + 0.02
    assert likeness(rest, music) > likeness(mix, music) + 0.1
    assert "without a separation model" in QUALITY


def test_the_split_of_one_kind_leaves_the_other_part_quiet() -> None:
    drums, rest = separate_drums(pad(4))
    assert level_db(drums) < level_db(rest) - 20
    drums, rest = separate_drums(beat(100, 2))
    assert level_db(rest) < level_db(drums)


@pytest.mark.parametrize("semitones", [-19, -12, -7, -1, 0, 2, 5, 11, 12, 24])
def test_shift_is_measured_to_a_tenth(semitones: int) -> None:
    notes = [57, 60, 62, 64, 62, 60, 55, 57]
    found = measure_shift(Sound(melody(notes)), Sound(melody(notes, transpose=semitones)))
    assert found == pytest.approx(semitones, abs=0.1)


def test_shift_of_a_bass_and_of_what_cannot_be_compared() -> None:
    low = (33, 33, 36, 38, 40, 40, 36, 31)
    moved = tuple(pitch - 5 for pitch in low)
    assert measure_shift(Sound(bassline(100, low)), Sound(bassline(100, moved))) == pytest.approx(-5, abs=0.2)
    assert measure_shift(Sound(silence(3)), Sound(bassline())) is None
    assert measure_shift(Sound(noise(3, 1)), Sound(noise(3, 2))) is None


def test_measuring_twice_gives_the_same_bits() -> None:
    audio = beat(100, 2) + pad(4.8)
    assert analyse(audio) == analyse(audio.copy())


def test_halving_keeps_the_waveform() -> None:
    tone = np.sin(2 * np.pi * 440 * np.arange(RATE) / RATE).astype(np.float32)
    assert np.abs(halve(tone)[200:-200] - tone[::2][200:-200]).max() < 0.01


@pytest.mark.parametrize("length", [1, 2, 7, 1000, 4099, 44_100, 492_279])
def test_fast_lengths_are_smooth_and_long_enough(length: int) -> None:
    rest = fast_length(length)
    assert length <= rest <= max(2, 1.1 * length + 1)
    for prime in (2, 3, 5):
        while rest % prime == 0:
            rest //= prime
    assert rest == 1
