"""A frame's bytes, as they pass from one pipe to another. Nothing here or in `pipe.py` and `host.py` needs more than Python:
a machine of a Ray cluster passes on what it does not read.

A frame is MAGIC, two unsigned 32-bit little-endian lengths (of the header, and of the arrays' bytes in units of 4), the header
as UTF-8 JSON, then the arrays; `frames.py` says what is in them.
"""

from __future__ import annotations

import struct
from typing import IO

MAGIC = b"LCW1"
LENGTHS = struct.Struct("<4sII")
LONGEST_HEADER = 1 << 20
MOST_FLOATS = 1 << 28
"""1 GiB: 50 minutes of stereo at 44.1 kHz."""


class FrameError(Exception):
    """What arrived is no frame of this protocol."""


def read_packet(stream: IO[bytes]) -> bytes | None:
    """The bytes of the next frame; None where the stream ends between frames. Raises FrameError for anything else."""
    start = stream.read(LENGTHS.size)
    if not start:
        return None
    length, floats = lengths_of(start)
    return start + _exactly(stream, length) + _exactly(stream, 4 * floats)


def lengths_of(packet: bytes) -> tuple[int, int]:
    """How long the header is, and how many samples follow it. Raises FrameError where no frame of ours begins."""
    if len(packet) < LENGTHS.size or not packet.startswith(MAGIC):
        raise FrameError(f"expected a frame, got {packet[:12]!r}")
    _, length, floats = LENGTHS.unpack_from(packet)
    if length > LONGEST_HEADER or floats > MOST_FLOATS:
        raise FrameError(f"a frame of {length} + {4 * floats} bytes is larger than any of ours")
    return length, floats


def _exactly(stream: IO[bytes], count: int) -> bytes:
    data = bytearray()
    while len(data) < count:
        more = stream.read(count - len(data))
        if not more:
            raise FrameError(f"the stream ended after {len(data)} of {count} bytes")
        data += more
    return bytes(data)
