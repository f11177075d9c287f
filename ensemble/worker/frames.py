"""What goes over the pipe between us and a worker: frames of JSON and raw float32 arrays. Nothing is ever unpickled.

A frame is a packet (`packets.py`): a header, then arrays one after the other as little-endian float32 in C order. The header's
"arrays" lists their shapes.
A `Sound` inside a value is {"$sound": index of its array, "rate": Hz}; shapes are (channels, samples).
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from ensemble.capabilities import Sound
from ensemble.worker.packets import LENGTHS, LONGEST_HEADER, MAGIC, MOST_FLOATS, FrameError, lengths_of, read_packet


@dataclass(frozen=True)
class Frame:
    """One message: a JSON object, and the arrays that it refers to."""

    header: Mapping[str, Any]
    arrays: Sequence[NDArray[np.float32]] = ()


def pack(frame: Frame) -> bytes:
    """The frame's bytes. Raises FrameError when something in it is not JSON, not finite or too large."""
    arrays = [np.ascontiguousarray(array, dtype="<f4") for array in frame.arrays]
    try:
        text = json.dumps({**frame.header, "arrays": [array.shape for array in arrays]}, allow_nan=False)
    except (TypeError, ValueError) as error:
        raise FrameError(f"not JSON: {error}") from None
    header = text.encode()
    floats = sum(array.size for array in arrays)
    if len(header) > LONGEST_HEADER or floats > MOST_FLOATS:
        raise FrameError(f"too large: {len(header)} bytes of header, {floats} samples")
    return b"".join([LENGTHS.pack(MAGIC, len(header), floats), header, *(array.tobytes() for array in arrays)])


def read_frame(stream: IO[bytes]) -> Frame | None:
    """The next frame; None where the stream ends between frames. Raises FrameError for anything else."""
    packet = read_packet(stream)
    return None if packet is None else unpack(packet)


def unpack(packet: bytes) -> Frame:
    """The one frame in `packet`. Raises FrameError."""
    length, floats = lengths_of(packet)
    end = LENGTHS.size + length
    if len(packet) != end + 4 * floats:
        raise FrameError(f"a packet of {len(packet)} bytes for a frame of {end + 4 * floats}")
    try:
        header = json.loads(packet[LENGTHS.size : end])
    except ValueError as error:
        raise FrameError(f"a header that is no JSON: {error}") from None
    if not isinstance(header, dict):
        raise FrameError("a header that is no object")
    return Frame(header, _arrays(header.pop("arrays", []), packet[end:]))


def _arrays(shapes: Any, data: bytes) -> list[NDArray[np.float32]]:
    samples = np.frombuffer(data, dtype="<f4")
    arrays: list[NDArray[np.float32]] = []
    at = 0
    if not isinstance(shapes, list):
        raise FrameError("'arrays' is no list")
    for shape in shapes:
        if not isinstance(shape, list) or not all(type(side) is int and side >= 0 for side in shape):
            raise FrameError(f"{shape!r} is no shape")
        size = int(np.prod(shape, dtype=np.int64))
        arrays.append(samples[at : at + size].reshape(shape) if at + size <= samples.size else _short(shape))
        at += size
    if at != samples.size:
        raise FrameError(f"{samples.size} samples for shapes that hold {at}")
    return [array.astype(np.float32, copy=True) for array in arrays]  # the bytes are read-only


def _short(shape: Any) -> NDArray[np.float32]:
    raise FrameError(f"too few samples for shape {shape}")


def encode(value: Any, arrays: list[NDArray[np.float32]]) -> Any:
    """`value` as JSON; the samples of every Sound in it are put into `arrays`."""
    if isinstance(value, Sound):
        arrays.append(np.asarray(value.samples, dtype=np.float32))
        return {"$sound": len(arrays) - 1, "rate": int(value.rate)}
    if isinstance(value, Mapping):
        return {str(key): encode(item, arrays) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [encode(item, arrays) for item in value]
    if isinstance(value, np.generic):
        return value.item()
    return value


def decode(value: Any, arrays: Sequence[NDArray[np.float32]]) -> Any:
    """The other way round. Raises FrameError for a sound whose array is not there or not of shape (channels, samples)."""
    if isinstance(value, dict):
        if "$sound" not in value:
            return {key: decode(item, arrays) for key, item in value.items()}
        index, rate = value["$sound"], value.get("rate")
        if type(index) is not int or not 0 <= index < len(arrays) or arrays[index].ndim != 2:
            raise FrameError(f"sound {index!r} has no array of shape (channels, samples)")
        if type(rate) is not int or rate <= 0:
            raise FrameError(f"{rate!r} is no sample rate")
        return Sound(arrays[index], rate)
    if isinstance(value, list):
        return [decode(item, arrays) for item in value]
    return value
