"""Files in and out: decoding, what is refused and in which words, ingesting, the report of `listen`."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import soundfile
from synthetic import RATE, beat, chords, noise, pad, silence, stereo

from ensemble.listen.audiofile import decode, write_wav
from ensemble.listen.expect import SINGLE, parse_expectation, parse_expectations
from ensemble.listen.ingest import ingest
from ensemble.listen.listen import measure_file
from state.artifacts import ArtifactStore
from state.errors import InputError, UploadError


@pytest.fixture
def store(tmp_path: Path) -> ArtifactStore:
    return ArtifactStore(tmp_path / "artifacts")


def written(path: Path, audio: np.ndarray, rate: int = RATE, **options: str) -> Path:
    soundfile.write(path, audio.T, rate, **options)
    return path


FORMATS = [
    (suffix, rate, channels)
    for suffix in ("wav", "flac", "ogg", "mp3", "aiff")
    for rate, channels in ((44_100, 2), (48_000, 1), (22_050, 2), (96_000, 2))
    if suffix != "mp3" or rate <= 48_000  # where MP3 ends
]


@pytest.mark.parametrize(("suffix", "rate", "channels"), FORMATS)
def test_decode_keeps_pitch_and_length_of_any_format(tmp_path: Path, suffix: str, rate: int, channels: int) -> None:
    time = np.arange(2 * rate) / rate
    path = written(tmp_path / f"tone.{suffix}", np.tile(0.5 * np.sin(2 * np.pi * 1000 * time), (channels, 1)), rate)
    audio = decode(path, 10)
    assert audio.dtype == np.float32
    assert audio.shape[0] == 2
    assert audio.shape[1] == pytest.approx(2 * RATE, abs=0.06 * RATE)
    spectrum = np.abs(np.fft.rfft(audio[0, : 2 * RATE] * np.hanning(len(audio[0, : 2 * RATE]))))
    assert spectrum.argmax() * RATE / len(audio[0, : 2 * RATE]) == pytest.approx(1000, abs=1)
    assert np.abs(audio).max() == pytest.approx(0.5, abs=0.06)


def test_more_than_two_channels_keep_the_first_two(tmp_path: Path) -> None:
    surround = np.stack([noise(1, seed)[0] for seed in range(6)])
    audio = decode(written(tmp_path / "surround.wav", surround, subtype="FLOAT"), 10)
    assert np.array_equal(audio, surround[:2].astype(np.float32))


def broken(tmp_path: Path, kind: str) -> Path:
    path = tmp_path / f"{kind}.wav"
    if kind == "folder":
        path.mkdir()
    elif kind == "empty":
        path.touch()
    elif kind == "text":
        path.write_text("this is not audio\n" * 50)
    elif kind == "cut":
        written(path, noise(4))
        path.write_bytes(path.read_bytes()[:40_000])
    elif kind == "nan":
        audio = noise(2)
        audio[0, 100] = np.nan
        written(path, audio, subtype="FLOAT")
    elif kind == "long":
        written(path, noise(11))
    elif kind == "short":
        written(path, noise(0.3))
    elif kind == "silent":
        written(path, silence(3))
    return path


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("missing", "no file"),
        ("folder", "folder"),
        ("empty", "empty"),
        ("text", "not audio"),
        ("cut", "cut off"),
        ("nan", "not numbers"),
        ("long", "longest"),
        ("short", "at least 0.5 s"),
        ("silent", "silent"),
    ],
)
def test_ingest_refuses_what_is_not_usable_in_one_line(
    tmp_path: Path, store: ArtifactStore, kind: str, words: str
) -> None:
    with pytest.raises(UploadError, match=words) as caught:
        ingest(broken(tmp_path, kind), store, 10)
    assert "\n" not in str(caught.value)
    assert kind in str(caught.value)
    assert caught.value.field == "attach"
    assert not store.folder.exists()


def test_the_name_that_the_user_knows_is_used(tmp_path: Path, store: ArtifactStore) -> None:
    with pytest.raises(UploadError, match=r"^attach: my loop\.wav is silent"):
        ingest(broken(tmp_path, "silent"), store, 10, name="my loop.wav")


def test_write_wav_is_exact_to_24_bits_and_deterministic(tmp_path: Path) -> None:
    audio = noise(1)
    write_wav(tmp_path / "a.wav", audio)
    write_wav(tmp_path / "b.wav", audio)
    assert (tmp_path / "a.wav").read_bytes() == (tmp_path / "b.wav").read_bytes()
    back, rate = soundfile.read(tmp_path / "a.wav", always_2d=True)
    assert rate == RATE
    assert soundfile.info(tmp_path / "a.wav").subtype == "PCM_24"
    assert np.abs(back.T - audio).max() < 1e-7
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.wav", "b.wav"]


def test_write_wav_clips_instead_of_wrapping(tmp_path: Path) -> None:
    write_wav(tmp_path / "hot.wav", np.array([[1.5, -1.5], [0.0, 1.0]], dtype=np.float32))
    back, _ = soundfile.read(tmp_path / "hot.wav", always_2d=True)
    assert back[0, 0] > 0.99
    assert back[1, 0] < -0.99


@pytest.mark.parametrize(("bpm", "bars"), [(86.0, 4), (120.0, 2), (97.0, 1), (140.0, 8)])
def test_ingest_reads_a_loop_of_whole_bars(tmp_path: Path, store: ArtifactStore, bpm: float, bars: int) -> None:
    upload = ingest(written(tmp_path / "drums.wav", beat(bpm, bars)), store, 60)
    assert upload.bpm == pytest.approx(bpm, rel=1e-4)
    assert upload.bars == bars
    assert upload.instrument == "drum recording"
    assert upload.notes == ()
    assert upload.key is None
    assert store.audio(upload.audio).shape[1] == round(bars * 4 * 60 / upload.bpm * RATE)
    assert store.file(upload.original) == (tmp_path / "drums.wav").read_bytes()
    assert "drum recording" in upload.caption
    assert f"{bpm:.0f} bpm" in upload.caption


@pytest.mark.parametrize("extra", [-0.02, 0.025])
def test_ingest_fits_what_is_within_30_ms_of_whole_bars(tmp_path: Path, store: ArtifactStore, extra: float) -> None:
    audio = beat(100, 4)
    count = round(extra * RATE)
    audio = audio[:, :count] if count < 0 else np.pad(audio, ((0, 0), (0, count)))
    upload = ingest(written(tmp_path / "drums.wav", audio), store, 60)
    assert upload.bars == 4
    assert upload.bpm == pytest.approx(100, rel=0.004)
    assert store.audio(upload.audio).shape[1] == round(16 * 60 / upload.bpm * RATE)
    assert upload.notes == ()


def test_ingest_trims_to_whole_bars_and_says_so(tmp_path: Path, store: ArtifactStore) -> None:
    audio = beat(100, 5)[:, : round(4.6 * 4 * 0.6 * RATE)]
    path = written(tmp_path / "drums.wav", audio)
    upload = ingest(path, store, 60)
    assert upload.bars == 4
    assert store.audio(upload.audio).shape[1] == pytest.approx(4 * 4 * 0.6 * RATE, rel=0.003)
    assert len(upload.notes) == 1
    assert "trimmed" in upload.notes[0]
    assert "original is kept" in upload.notes[0]
    assert store.file(upload.original) == path.read_bytes()


def test_ingest_leaves_leading_silence_out(tmp_path: Path, store: ArtifactStore) -> None:
    audio = np.concatenate([silence(0.37), beat(110, 4)], axis=1)
    upload = ingest(written(tmp_path / "late.wav", audio), store, 60)
    assert upload.bars == 4
    assert upload.bpm == pytest.approx(110, rel=0.003)
    first = np.abs(store.audio(upload.audio)).max(axis=0)
    assert first[: RATE // 20].max() > 0.3 * first.max()
    assert "silence" in upload.notes[0]


@pytest.mark.parametrize("kind", ["pad", "noise"])
def test_ingest_leaves_tempo_open_without_a_pulse(tmp_path: Path, store: ArtifactStore, kind: str) -> None:
    audio = pad(5.3) if kind == "pad" else noise(5.3)
    upload = ingest(written(tmp_path / "pad.wav", audio), store, 60)
    assert upload.bpm is None
    assert upload.bars is None
    assert upload.duration_seconds == pytest.approx(5.3, abs=1e-4)
    assert "no steady pulse" in upload.notes[0]
    assert upload.instrument == "recording"


def test_ingest_names_key_and_chords_when_they_are_plain(tmp_path: Path, store: ArtifactStore) -> None:
    audio = chords([(48, 60, 64, 67), (53, 65, 69, 72), (55, 62, 67, 71), (45, 60, 64, 69)], bpm=100)
    upload = ingest(written(tmp_path / "chords.flac", audio), store, 60)
    assert upload.key in {"C major", "A minor"}
    assert upload.chords == ("C", "F", "G", "Am")
    assert upload.instrument == "recording"
    assert upload.bpm is not None


def test_listen_reports_one_check_an_expectation(tmp_path: Path) -> None:
    path = written(tmp_path / "drums.wav", beat(104, 4))
    report = measure_file(path, ["bpm=104", "bpm=98", "has=drums", "key=D minor", "bars=4", "has=clarinet"])
    json.dumps(report, allow_nan=False)
    statuses = [(item["name"], item["status"]) for item in report["checks"]]
    assert statuses == [
        ("bpm", "passed"),
        ("bpm", "failed"),
        ("has", "passed"),
        ("key", "unmeasurable"),
        ("bars", "passed"),
        ("has", "unmeasurable"),
    ]
    assert report["checks"][4]["expected"] == 4
    assert report["key"] is None
    assert report["drums"] is True
    assert report["sample_rate"] == RATE
    assert report["channels"] == 2
    assert any("key" in line.lower() for line in report["unchecked"])


def test_listen_takes_the_metre_asked_for_beside_bars(tmp_path: Path) -> None:
    path = written(tmp_path / "waltz.wav", beat(120, 4, quarters=3))
    report = measure_file(path, ["bars=4", "bpm=120", "time_signature=3/4"])
    assert [item["status"] for item in report["checks"]] == ["passed", "passed", "unmeasurable"]
    assert [item["status"] for item in measure_file(path, ["bars=4", "bpm=120"])["checks"]] == ["failed", "passed"]


def test_listen_to_silence_claims_nothing(tmp_path: Path) -> None:
    report = measure_file(written(tmp_path / "silence.wav", silence(2)), ["audible"])
    json.dumps(report, allow_nan=False)
    assert report["checks"][0]["status"] == "failed"
    for name in ("bpm", "key", "scale", "drums", "bass", "loudness_lufs", "true_peak_db"):
        assert report[name] is None, name


@pytest.mark.parametrize(
    ("text", "name", "value"),
    [
        ("bpm=104", "bpm", 104.0),
        ("BPM = 93.5", "bpm", 93.5),
        ("key=d min", "key", "D minor"),
        ("bars=4", "bars", 4),
        ("duration_seconds=8s", "duration_seconds", 8.0),
        ("has=Drums", "has", "drums"),
        ("audible", "audible", True),
        ("loudness_lufs=-14 LUFS", "loudness_lufs", -14.0),
        ("loudness=-16", "loudness", -16.0),
        ("duration=8", "duration", 8.0),
        ("has=Vocals", "has", "vocals"),
        ("lacks=woodwinds", "lacks", "woodwinds"),
        ("has=drum machine", "has", "drum machine"),
        ("time_signature=6/8", "time_signature", "6/8"),
    ],
)
def test_expectations_are_read(text: str, name: str, value: object) -> None:
    found = parse_expectation(text)
    assert (found.name, found.value) == (name, value)


@pytest.mark.parametrize(
    "text",
    ["groove=yes", "bpm", "bpm=", "bpm=fast", "bpm=0", "bpm=nan", "bpm=900", "key=H minor", "bars=2.5", "bars=0",
     "duration_seconds=-1", "loudness_lufs=loud", "time_signature=four", "seam=7", "", "has=unicorn",
     "lacks=unicorn", "loudness=loud"],
)  # fmt: skip
def test_unusable_expectations_are_refused_in_one_line(text: str) -> None:
    with pytest.raises(InputError) as caught:
        parse_expectation(text)
    assert "\n" not in str(caught.value)
    assert caught.value.field is not None
    assert caught.value.field.startswith("expect")


def test_every_single_expectation_can_be_written() -> None:
    values = {"bpm": "100", "key": "C major", "bars": "4", "duration_seconds": "8", "has": "drums", "lacks": "bass",
              "loudness_lufs": "-14", "time_signature": "4/4"}  # fmt: skip
    for name in SINGLE:
        assert parse_expectation(f"{name}={values[name]}" if name in values else name).name == name


def test_hot_float_files_are_refused(tmp_path: Path) -> None:
    path = written(tmp_path / "hot.wav", stereo(np.full(RATE, 1e6)), subtype="FLOAT")
    with pytest.raises(UploadError, match="full scale"):
        decode(path, 10)


def test_listen_names_each_check_as_it_was_asked_for(tmp_path: Path) -> None:
    path = written(tmp_path / "waltz.wav", beat(120, 4, quarters=3))
    asked = ["loudness=-16", "loudness_lufs=-16", "metre=3/4", "bars=4", "bpm=120", "duration=6", "clipping"]
    checks = measure_file(path, asked)["checks"]
    assert [item["name"] for item in checks] == [item.partition("=")[0] for item in asked]
    assert checks[0]["status"] == checks[1]["status"] != "unmeasurable"
    assert [item["status"] for item in checks[3:6]] == ["passed", "passed", "passed"]
    assert checks[6]["expected"] == "true peak <= 0 dBTP, no flat tops"
    assert measure_file(path, parse_expectations(["loudness=-16"]))["checks"][0]["name"] == "loudness"
