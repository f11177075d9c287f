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
    assert "DAW is not written" in " ".join(take.notes)


def test_only_the_named_stems(hall, loop, tmp_path):
    take = export(hall, loop, tmp_path, stems=["bass"])
    assert {Path(path).name for path in take.exported} == {"mix.wav", "bass.wav", "loop.mid", "table.json"}
    assert "of bass" in take.answer


def test_recordings_are_not_in_the_midi_and_it_is_said(hall, chords, tmp_path):
    table = hall.table_of(hall.upload(chords, bpm=100, bars=2))
    take = export(hall, table, tmp_path)
    assert not any(path.endswith(".mid") for path in take.exported)
    assert any("Not in the MIDI file, for want of notes: the recording" in note for note in take.notes)


def test_nowhere_to_write_is_said(hall, loop):
    with pytest.raises(Refusal, match="cannot be written here"):
        hall.play("export", loop)
