import json
from dataclasses import replace
from pathlib import Path

import pytest
from tools_ear import notes_in, read_wav, residual_db

from ensemble.tools.registry import parse
from state.errors import Refusal
from state.plan import Step


def export(hall, gat, folder, **arguments):
    tool, parsed = parse(Step(tool="export", arguments=arguments))
    return tool.perform(parsed, gat, replace(hall.stage, export_folder=lambda: str(folder)))


def test_stems_mix_notes_and_table_are_written(hall, loop, tmp_path):
    take = export(hall, loop, tmp_path / "out")
    paths = {Path(path).relative_to(tmp_path / "out").as_posix(): Path(path) for path in take.exported}
    assert set(paths) == {"mix.wav", "stems/keys.wav", "stems/bass.wav", "stems/drums.wav", "loop.mid", "table.json"}
    assert take.gat == loop
    mix, rate = read_wav(paths["mix.wav"])
    assert rate == 44100
    assert mix.shape == (2, loop.samples)
    assert residual_db(mix, hall.mix(loop)) < -100
    stems = sum(read_wav(paths[f"stems/{name}.wav"])[0] for name in loop.stem_names)
    assert residual_db(mix, stems * 10 ** (loop.master_gain_db / 20)) < -60
    channels = {channel for channel, _, _ in notes_in(paths["loop.mid"].read_bytes())}
    assert 9 in channels
    assert len(channels) == 3
    assert json.loads(paths["table.json"].read_text())["key"] == "G minor"
    assert take.answer.startswith(f"Exported 6 files to {tmp_path / 'out'}. ")
    assert take.answer.endswith("any DAW opens the WAV and MIDI files.")
    assert take.answer.count("DAW is not written") == 1
    assert ".wav" not in take.answer
    assert take.notes == ()


def test_only_the_named_stems(hall, loop, tmp_path):
    take = export(hall, loop, tmp_path, stems=["bass"])
    assert {Path(path).name for path in take.exported} == {"bass.wav", "loop.mid", "table.json"}
    assert not (tmp_path / "mix.wav").exists()
    assert "of bass" in take.answer
    notes = notes_in((tmp_path / "loop.mid").read_bytes())
    assert len(notes) == len(notes_in(hall.score(loop, "bass")))


def test_recordings_are_not_in_the_midi_and_it_is_said(hall, chords, tmp_path):
    table = hall.table_of(hall.upload(chords, bpm=100, bars=2))
    take = export(hall, table, tmp_path)
    assert not any(path.endswith(".mid") for path in take.exported)
    assert "Not in the MIDI file, for want of notes: the recording" in take.answer


def test_an_export_overwrites_nothing(hall, loop, tmp_path):
    export(hall, loop, tmp_path, stems=["bass"])
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    quiet = hall.play("adjust_track", loop, stems=["keys", "drums"], mute=True).gat
    take = export(hall, quiet, tmp_path)
    assert {Path(path).relative_to(tmp_path).parts[0] for path in take.exported} == {"export-2"}
    assert take.answer.startswith(f"Exported 6 files to {tmp_path / 'export-2'}. There were files in {tmp_path.name}")
    assert "Keys and drums are muted, so their files are silent." in take.answer
    assert all(path.read_bytes() == content for path, content in before.items())
    third = export(hall, loop, tmp_path)
    assert "export-3" in third.answer


def test_nowhere_to_write_is_said(hall, loop):
    with pytest.raises(Refusal, match="cannot be written here"):
        hall.play("export", loop)
