from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile

from state.artifacts import ArtifactStore
from state.errors import ArtifactCorrupt, ArtifactMissing


def noise(samples: int = 1000, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).uniform(-0.5, 0.5, (2, samples)).astype(np.float32)


def test_audio_comes_back_sample_for_sample_in_another_process_of_the_store(tmp_path: Path) -> None:
    audio = noise()
    name = ArtifactStore(tmp_path).put_audio(audio)
    assert np.array_equal(ArtifactStore(tmp_path).audio(name), audio)


def test_equal_sound_has_an_equal_id_and_one_file(tmp_path: Path) -> None:
    store = ArtifactStore(tmp_path)
    assert store.put_audio(noise()) == store.put_audio(noise().copy())
    assert store.put_audio(noise(seed=1)) != store.put_audio(noise())
    assert len([path for path in tmp_path.rglob("*") if path.is_file()]) == 2


def test_an_artifact_is_a_wav_that_any_player_opens(tmp_path: Path) -> None:
    store = ArtifactStore(tmp_path)
    audio = noise()
    samples, rate = soundfile.read(store.path(store.put_audio(audio)), dtype="float32")
    assert rate == 44_100
    assert np.array_equal(samples.T, audio)


def test_one_changed_byte_on_disk_is_noticed_on_reading(tmp_path: Path) -> None:
    name = ArtifactStore(tmp_path).put_audio(noise())
    path = ArtifactStore(tmp_path).path(name)
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)
    with pytest.raises(ArtifactCorrupt, match="does not hold"):
        ArtifactStore(tmp_path).audio(name)


def test_a_file_that_is_gone_is_named(tmp_path: Path) -> None:
    store = ArtifactStore(tmp_path)
    name = store.put_file(b"MThd", ".mid")
    store.path(name).unlink()
    with pytest.raises(ArtifactMissing, match=name[:8]):
        store.file(name)


def test_bytes_come_back_and_the_suffix_is_part_of_the_id(tmp_path: Path) -> None:
    store = ArtifactStore(tmp_path)
    name = store.put_file(b"content", ".mid")
    assert store.file(name) == b"content"
    assert name.endswith(".mid")
    assert store.put_file(b"content", ".txt") != name


@pytest.mark.parametrize("bad", [np.zeros((2, 0)), np.zeros(8), np.zeros((8, 2)), np.array([[0.0, np.nan], [0, 0]])])
def test_what_is_not_audio_is_refused(tmp_path: Path, bad: np.ndarray) -> None:
    with pytest.raises(ValueError, match=r"shape|finite"):
        ArtifactStore(tmp_path).put_audio(bad.astype(np.float32))
    assert not list(tmp_path.rglob("*.wav"))


def test_what_is_read_cannot_be_changed_by_accident(tmp_path: Path) -> None:
    store = ArtifactStore(tmp_path)
    with pytest.raises(ValueError, match="read-only"):
        store.audio(store.put_audio(noise()))[0, 0] = 1.0
