"""The content-addressed store of takes, mixes and scores.

An id is the SHA-256 of the format and the content, so equal sound has an equal id wherever it was made. Files are
written to a temporary name and renamed, and their content is checked against the id when they are read.
"""

from __future__ import annotations

import hashlib
import os
import struct
import tempfile
from collections import OrderedDict
from pathlib import Path
from typing import TYPE_CHECKING

from state.errors import ArtifactCorrupt, ArtifactMissing
from state.gat import SAMPLE_RATE

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Audio = NDArray[np.float32]
    """Shape (2, samples), float32, nominally -1..1, at 44.1 kHz."""

_CACHED_BYTES = 256 * 1024 * 1024
_HEADER = struct.Struct("<4sI4s4sIHHIIHH4sI")


class ArtifactStore:
    """Audio and bytes under `folder`, addressed by content.

    Arrays that come back from `audio` are shared and read-only: copy before changing one.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._cache: OrderedDict[str, Audio] = OrderedDict()
        self._cached = 0

    def put_audio(self, audio: Audio) -> str:
        """Store `audio`, shape (2, samples) float32 at 44.1 kHz; returns its id. Raises ValueError on another shape
        or on samples that are not finite."""
        import numpy as np

        if audio.ndim != 2 or audio.shape[0] != 2 or audio.shape[1] == 0:
            raise ValueError(f"audio must have shape (2, samples), got {audio.shape}")
        if not np.isfinite(audio).all():
            raise ValueError("audio holds samples that are not finite")
        frames = np.ascontiguousarray(audio.T, dtype="<f4")
        content = frames.tobytes()
        name = _audio_id(content)
        path = self.path(name)
        if not path.exists():
            _write(path, _wav_header(len(content)) + content)
        kept = frames.T
        kept.setflags(write=False)
        self._remember(name, kept)
        return name

    def audio(self, name: str) -> Audio:
        """The samples of artifact `name`, shape (2, samples), read-only."""
        import numpy as np

        if name in self._cache:
            self._cache.move_to_end(name)
            return self._cache[name]
        content = self._read(name)[_HEADER.size :]
        if _audio_id(content) != name:
            raise ArtifactCorrupt(f"{self.path(name)} does not hold what its name says", field="artifact")
        samples = np.frombuffer(content, dtype="<f4").reshape(-1, 2).T
        self._remember(name, samples)
        return samples

    def put_file(self, content: bytes, suffix: str) -> str:
        """Store `content` (a MIDI file, an upload as it came) under `suffix`, such as '.mid'; returns its id."""
        name = _bytes_id(content, suffix)
        path = self.path(name)
        if not path.exists():
            _write(path, content)
        return name

    def file(self, name: str) -> bytes:
        """The content of artifact `name`."""
        content = self._read(name)
        if _bytes_id(content, Path(name).suffix) != name:
            raise ArtifactCorrupt(f"{self.path(name)} does not hold what its name says", field="artifact")
        return content

    def path(self, name: str) -> Path:
        """Where artifact `name` lies, whether or not it exists."""
        return self.folder / name[:2] / name

    def _read(self, name: str) -> bytes:
        try:
            return self.path(name).read_bytes()
        except FileNotFoundError:
            raise ArtifactMissing(f"{self.path(name)} is gone; restore it or undo", field="artifact") from None

    def _remember(self, name: str, samples: Audio) -> None:
        if name in self._cache:
            return
        self._cache[name] = samples
        self._cached += samples.nbytes
        while self._cached > _CACHED_BYTES and len(self._cache) > 1:
            _, dropped = self._cache.popitem(last=False)
            self._cached -= dropped.nbytes


def _audio_id(content: bytes) -> str:
    return hashlib.sha256(b"float32 stereo 44100\0" + content).hexdigest() + ".wav"


def _bytes_id(content: bytes, suffix: str) -> str:
    return hashlib.sha256(suffix.encode() + b"\0" + content).hexdigest() + suffix


def _wav_header(size: int) -> bytes:
    """A RIFF header for 32-bit float stereo, so that every stored take can be opened by any player."""
    frame = 8
    return _HEADER.pack(
        b"RIFF", 36 + size, b"WAVE", b"fmt ", 16, 3, 2, SAMPLE_RATE, SAMPLE_RATE * frame, frame, 32, b"data", size
    )  # fmt: skip


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=".part-")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
        os.replace(temporary, path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
