"""Rendering, measured on the samples: pitch, place, velocity, seam, loudness, kits, spans."""

from __future__ import annotations

import hashlib
import math
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from ensemble.band.loudness import loudness_lufs
from ensemble.band.render import STEM_LUFS, render, render_span
from ensemble.band.score import Note, Part
from ensemble.band.soundfont import built_in, load
from state.errors import SetupError

RATE = 44_100
BPM = 120.0
BAR = 2 * RATE


def part(program: int, *notes: tuple[float, int, float, int], drums: bool = False) -> Part:
    """Notes as (start, pitch, duration, velocity)."""
    return Part(program, drums, tuple(Note(*note) for note in notes))


def melody(program: int, pitch: int, *, velocity: int = 90) -> Part:
    return part(program, *((float(beat), pitch, 0.8, velocity) for beat in range(8)))


def loudest(audio: np.ndarray) -> float:
    return float(np.abs(audio).max())


def fundamental(audio: np.ndarray, near: float) -> float:
    """Frequency of the highest partial within a semitone of `near`."""
    channel = audio.sum(axis=0).astype(np.float64)
    size = 8 * channel.size
    spectrum = np.abs(np.fft.rfft(channel * np.hanning(channel.size), size))
    frequency = np.fft.rfftfreq(size, 1 / RATE)
    spectrum[(frequency < near * 0.944) | (frequency > near * 1.059)] = 0
    return float(frequency[spectrum.argmax()])


def onset(audio: np.ndarray, share: float = 0.1) -> int:
    level = np.abs(audio).max(axis=0)
    return int(np.argmax(level > share * level.max()))


@pytest.mark.parametrize("program", [0, 4, 11, 24, 33, 48, 56, 65, 73, 80, 89])
def test_a4_sounds_at_440_hertz(program: int) -> None:
    audio = render(part(program, (0, 69, 4, 100)), BPM, 2 * BAR)
    off = 1200 * math.log2(fundamental(audio[:, :BAR], 440) / 440)
    assert abs(off) < 15  # the bank's flute is 13 cents sharp


@pytest.mark.parametrize(("program", "pitch"), [(21, 76), (21, 84), (22, 67), (22, 72), (23, 78), (9, 84), (78, 84)])
def test_what_the_bank_holds_out_of_tune_is_tuned(program: int, pitch: int) -> None:
    near = 440 * 2 ** ((pitch - 69) / 12)
    audio = render(part(program, (0, pitch, 4, 100)), BPM, 2 * BAR)
    assert abs(1200 * math.log2(fundamental(audio[:, 4000:BAR], near) / near)) < 12


@pytest.mark.parametrize("program", [0, 24, 33, 80])
def test_pitches_stand_a_semitone_apart(program: int) -> None:
    heard = []
    for pitch in (45, 46, 57):
        near = 440 * 2 ** ((pitch - 69) / 12)
        heard.append(fundamental(render(part(program, (0, pitch, 4, 100)), BPM, BAR), near))
    assert 1200 * math.log2(heard[1] / heard[0]) == pytest.approx(100, abs=12)
    assert 1200 * math.log2(heard[2] / heard[0]) == pytest.approx(1200, abs=15)


@pytest.mark.parametrize(
    ("program", "drums", "pitch"), [(0, True, 36), (0, True, 38), (0, True, 42), (0, False, 60), (33, False, 40)]
)
@pytest.mark.parametrize("bpm", [86.0, 174.0])
def test_notes_begin_on_their_beat(program: int, drums: bool, pitch: int, bpm: float) -> None:
    beat = 60 / bpm * RATE
    for start in (1.0, 2.5, 3.75):
        audio = render(part(program, (start, pitch, 0.5, 100), drums=drums), bpm, round(8 * beat))
        assert 0 <= onset(audio) / RATE - start * 60 / bpm < 0.006


def test_a_loop_has_exactly_its_samples_and_form() -> None:
    for samples in (BAR, BAR + 1, 12345):
        audio = render(melody(0, 60), BPM, samples)
        assert audio.shape == (2, samples)
        assert audio.dtype == np.float32
        assert np.isfinite(audio).all()


@pytest.mark.parametrize(("program", "pitch"), [(0, 60), (48, 60), (89, 55), (52, 64), (95, 50)])
def test_the_seam_does_not_click(program: int, pitch: int) -> None:
    held = part(program, *((float(beat), pitch + beat % 3, 1.0, 90) for beat in range(8)))
    audio = render(held, BPM, 2 * BAR)
    steps = np.abs(np.diff(audio, axis=1))
    assert np.abs(audio[:, 0] - audio[:, -1]).max() <= steps.max()
    bends = np.abs(np.diff(np.concatenate((audio[:, -8:], audio[:, :8]), axis=1), 2, axis=1)).max()
    assert bends <= np.abs(np.diff(audio, 2, axis=1)).max()


def test_what_rings_past_the_end_is_folded_to_the_start() -> None:
    late = part(52, (3.5, 60, 0.5, 100))
    audio = render(late, BPM, BAR)
    tail = audio[:, : RATE // 10]
    assert loudest(tail) > 0.05 * loudest(audio)
    # A loop of notes is the same loop wherever it begins.
    turned = render(part(52, (1.5, 60, 0.5, 100)), BPM, BAR)
    assert np.allclose(np.roll(turned, BAR // 2, axis=1), audio, atol=1e-4)


def test_notes_before_and_after_the_loop_are_played_where_they_come_round() -> None:
    inside = render(part(0, (3.75, 60, 0.5, 100)), BPM, BAR)
    assert np.array_equal(render(part(0, (-0.25, 60, 0.5, 100)), BPM, BAR), inside)
    assert np.array_equal(render(part(0, (7.75, 60, 0.5, 100)), BPM, BAR), inside)


def test_a_note_longer_than_the_loop_goes_round() -> None:
    audio = render(part(16, (0, 60, 10.0, 100)), BPM, BAR)
    assert audio.shape == (2, BAR)
    assert loudest(audio[:, BAR // 2 :]) > 0.2 * loudest(audio)


def test_velocity_sets_amplitude_by_its_square() -> None:
    for program, pitch, drums in ((0, 60, False), (33, 40, False), (0, 38, True)):
        both = render(part(program, (0, pitch, 0.5, 127), (4, pitch, 0.5, 64), drums=drums), BPM, 2 * BAR)
        ratio = loudest(both[:, BAR : BAR + RATE]) / loudest(both[:, :RATE])
        assert ratio == pytest.approx((64 / 127) ** 2, rel=0.05)


def test_notes_end_when_they_are_let_go() -> None:
    organ = render(part(16, (0, 60, 1.0, 100)), BPM, 2 * BAR)
    assert loudest(organ[:, RATE // 4 : RATE // 2]) > 0.5 * loudest(organ)
    assert loudest(organ[:, RATE:]) < 0.001 * loudest(organ)


def test_a_held_piano_dies_away() -> None:
    piano = render(part(0, (0, 60, 8.0, 100)), BPM, 2 * BAR)
    assert loudest(piano[:, 3 * RATE : 3 * RATE + 8000]) < 0.2 * loudest(piano)


def test_every_take_has_the_common_loudness() -> None:
    for made in (melody(0, 60), melody(89, 50), melody(33, 36), melody(73, 84, velocity=40)):
        audio = render(made, BPM, 2 * BAR)
        assert loudness_lufs(audio) == pytest.approx(STEM_LUFS, abs=0.5)


def test_sparse_strokes_stay_within_the_peak() -> None:
    audio = render(part(0, (0, 37, 0.1, 100), drums=True), BPM, 8 * BAR)
    assert 0.1 < loudest(audio) <= 0.72


def test_no_notes_are_silence() -> None:
    audio = render(Part(0, False, ()), BPM, 1000)
    assert audio.shape == (2, 1000)
    assert not audio.any()


def test_bass_and_kick_stand_in_the_centre() -> None:
    for made in (melody(33, 36), part(0, (0, 36, 0.5, 100), drums=True)):
        audio = render(made, BPM, BAR)
        assert np.allclose(audio[0], audio[1], atol=1e-6)


def test_equal_parts_give_equal_samples_in_every_process() -> None:
    made = melody(4, 64)
    here = hashlib.sha256(render(made, 97.0, 3 * RATE).tobytes()).hexdigest()
    render(melody(4, 65), 60.0, 5 * RATE)
    assert hashlib.sha256(render(made, 97.0, 3 * RATE).tobytes()).hexdigest() == here
    script = (
        "import hashlib\n"
        "from ensemble.band.render import render\n"
        "from ensemble.band.score import Note, Part\n"
        "made = Part(4, False, tuple(Note(float(b), 64, 0.8, 90) for b in range(8)))\n"
        "print(hashlib.sha256(render(made, 97.0, 3 * 44100).tobytes()).hexdigest())\n"
    )
    root = Path(__file__).parents[2]
    there = subprocess.run([sys.executable, "-c", script], cwd=root, capture_output=True, text=True, check=True)
    assert there.stdout.strip() == here


def test_every_program_sounds_over_its_range() -> None:
    from ensemble.band.instruments import INSTRUMENTS

    for instrument in INSTRUMENTS.values():
        if instrument.is_drum:
            pitches = instrument.pitches or (36, 38, 42, 46, 49)
        else:
            pitches = (instrument.low, (instrument.low + instrument.high) // 2, instrument.high)
        for pitch in pitches:
            audio = render(part(instrument.program, (0, pitch, 0.5, 100), drums=instrument.is_drum), BPM, RATE // 2)
            assert loudness_lufs(audio) > STEM_LUFS - 12, f"{instrument.name} at {pitch}"


def test_kits_differ_and_a_kit_that_the_bank_lacks_still_sounds() -> None:
    def beat(kit: int) -> np.ndarray:
        return render(part(kit, (0, 36, 0.2, 100), (1, 38, 0.2, 100), drums=True), BPM, BAR)

    assert set(load().kits) == {0, 8, 16, 24, 25, 32, 40, 48}
    different = {hashlib.sha256(beat(kit).tobytes()).hexdigest() for kit in (0, 16, 24, 25, 40, 48)}
    assert len(different) == 6
    assert np.array_equal(beat(26), beat(24))
    assert np.array_equal(beat(120), beat(0))


def test_a_closed_hat_chokes_an_open_one() -> None:
    free = render(part(0, (0, 46, 0.2, 100), drums=True), BPM, BAR)
    choked = render(part(0, (0, 46, 0.2, 100), (0.25, 42, 0.1, 1), drums=True), BPM, BAR)
    after = slice(RATE // 5, RATE // 3)
    assert loudest(choked[:, after]) / loudest(choked) < 0.1 * loudest(free[:, after]) / loudest(free)


def test_a_span_is_replaced_and_all_else_is_identical() -> None:
    before_part = melody(4, 60)
    after_part = Part(
        4, False, tuple(n if not 2 <= n.start < 5 else Note(n.start, 67, 0.5, 90) for n in before_part.notes)
    )
    before = render(before_part, BPM, 2 * BAR)
    start, end = RATE + 123, 2 * RATE + 4567
    out = render_span(before, after_part, BPM, start, end)
    assert np.array_equal(out[:, :start], before[:, :start])
    assert np.array_equal(out[:, end:], before[:, end:])
    inside = slice(start + 2000, end - 2000)
    assert abs(1200 * math.log2(fundamental(out[:, inside], 392) / 392)) < 15
    assert loudness_lufs(out[:, inside]) == pytest.approx(loudness_lufs(before[:, inside]), abs=3)
    steps = np.abs(np.diff(before, axis=1)).max()
    for edge in (start, end):
        assert np.abs(np.diff(out[:, edge - 3 : edge + 3], axis=1)).max() <= steps


def test_a_span_of_the_same_notes_is_the_same_sound() -> None:
    made = melody(48, 60)
    before = render(made, BPM, 2 * BAR) * np.float32(0.37)
    out = render_span(before, made, BPM, RATE, 2 * RATE)
    assert np.allclose(out, before, atol=1e-4)


def test_a_span_in_silence_and_over_everything_has_the_common_loudness() -> None:
    made = melody(0, 60)
    whole = render(made, BPM, 2 * BAR)
    silent = np.zeros_like(whole)
    assert np.allclose(render_span(silent, made, BPM, 0, 2 * BAR), whole)
    out = render_span(silent, made, BPM, RATE, 2 * RATE)
    assert np.allclose(out[:, RATE + 2000 : 2 * RATE - 2000], whole[:, RATE + 2000 : 2 * RATE - 2000])
    assert not out[:, :RATE].any()
    assert np.array_equal(render_span(whole, made, BPM, 500, 500), whole)


def test_a_missing_or_broken_soundfont_is_said_in_one_line(tmp_path: Path) -> None:
    broken = tmp_path / "broken.sf2"
    broken.write_bytes(b"RIFF\0\0\0\0WAVE")
    for path in (broken, tmp_path / "none.sf2"):
        with pytest.raises(SetupError, match=path.name) as caught:
            render(melody(0, 60), BPM, BAR, soundfont=path)
        assert caught.value.field == "soundfont"
        assert "\n" not in str(caught.value)


def test_the_bank_is_found_without_importing_pretty_midi() -> None:
    script = "import sys; from ensemble.band.soundfont import built_in; built_in(); print('pretty_midi' in sys.modules)"
    root = Path(__file__).parents[2]
    out = subprocess.run([sys.executable, "-c", script], cwd=root, capture_output=True, text=True, check=True)
    assert out.stdout.strip() == "False"
    assert built_in().name == "TimGM6mb.sf2"
