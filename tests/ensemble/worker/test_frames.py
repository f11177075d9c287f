"""What goes over the pipe comes back as it was, and nothing else is taken for it."""

from __future__ import annotations

import io
import struct

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ensemble.capabilities import Sound
from ensemble.worker.frames import Frame, decode, encode, pack, read_frame, unpack
from ensemble.worker.packets import MAGIC, FrameError


def there_and_back(value: object) -> object:
    arrays: list[np.ndarray] = []
    sent = encode(value, arrays)
    frame = unpack(pack(Frame({"value": sent}, arrays)))
    return decode(frame.header["value"], frame.arrays)


@given(st.integers(1, 6), st.integers(0, 50), st.integers(1, 192000))
def test_sounds_arrive_sample_by_sample(channels: int, count: int, rate: int) -> None:
    samples = np.random.default_rng(count).standard_normal((channels, count)).astype(np.float32)
    back = there_and_back({"takes": [Sound(samples, rate)], "text": "ü – ♭"})
    assert isinstance(back, dict)
    assert back["text"] == "ü – ♭"
    assert back["takes"][0].rate == rate
    assert np.array_equal(back["takes"][0].samples, samples)
    assert back["takes"][0].samples.flags.writeable


def test_what_is_not_finite_stays_so_in_samples_and_is_refused_in_json() -> None:
    sound = there_and_back(Sound(np.array([[np.nan, np.inf]], dtype=np.float32), 8000))
    assert isinstance(sound, Sound)
    assert np.isnan(sound.samples[0, 0])
    with pytest.raises(FrameError, match="not JSON"):
        pack(Frame({"score": float("nan")}))


def test_the_end_between_frames_is_the_end() -> None:
    assert read_frame(io.BytesIO(b"")) is None


@pytest.mark.parametrize(
    "data",
    [
        b"\x80\x04\x95pickle, perhaps",
        b"Traceback (most recent call last)",
        MAGIC,
        struct.pack("<4sII", MAGIC, 5, 0) + b"{]",
        struct.pack("<4sII", MAGIC, 2, 0) + b"[]",
        struct.pack("<4sII", MAGIC, 4, 0) + b"nope",
        struct.pack("<4sII", MAGIC, 2, 1) + b"{}" + bytes(4),
        struct.pack("<4sII", MAGIC, 17, 1) + b'{"arrays":[[1,2]]}'[:17] + bytes(4),
        struct.pack("<4sII", MAGIC, 18, 1) + b'{"arrays":[[1,2]]}' + bytes(4),
        struct.pack("<4sII", MAGIC, 16, 1) + b'{"arrays":[[-1]]' + bytes(4),
        struct.pack("<4sII", MAGIC, 0xFFFFFFFF, 0),
        struct.pack("<4sII", MAGIC, 2, 0xFFFFFFFF) + b"{}",
        pack(Frame({"a": 1}, [np.zeros((2, 9), np.float32)]))[:-1],
    ],
)
def test_what_is_no_frame_is_refused(data: bytes) -> None:
    with pytest.raises(FrameError):
        read_frame(io.BytesIO(data))


@pytest.mark.parametrize(
    "value", [{"$sound": 1, "rate": 8000}, {"$sound": 0, "rate": 0}, {"$sound": True, "rate": 1}, {"$sound": 0}]
)
def test_a_sound_needs_its_samples_and_a_rate(value: object) -> None:
    with pytest.raises(FrameError):
        decode(value, [np.zeros((1, 4), np.float32)])
