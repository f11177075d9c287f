"""Sound for pages: takes of the store as MP3, small enough to be embedded.

MP3 because every browser plays it and because the encoder gives equal bytes for equal samples; libsndfile's Ogg
streams carry a random serial number. Lossless files are logged beside the page, so this is for listening only.
"""

from __future__ import annotations

import io
import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from evaluation.pictures import extremes
from state.gat import SAMPLE_RATE

if TYPE_CHECKING:
    from evaluation.pictures import Extremes
    from state.artifacts import ArtifactStore, Audio

_QUALITY = 0.45
"""libsndfile's compression level of variable-rate MP3: 0 best, 1 smallest. About 130 kbit/s for a full mix."""


def mp3(audio: Audio, *, mono: bool = False) -> bytes:
    """`audio`, shape (2, samples) at 44.1 kHz, as an MP3 file. Peaks are clipped to -1..1."""
    import numpy as np
    import soundfile

    frames = audio.mean(axis=0) if mono else audio.T
    target = io.BytesIO()
    soundfile.write(
        target,
        np.clip(frames, -1.0, 1.0),
        SAMPLE_RATE,
        format="MP3",
        subtype="MPEG_LAYER_III",
        bitrate_mode="VARIABLE",
        compression_level=_QUALITY,
    )
    return target.getvalue()


class PageSound:
    """What a page needs of the artifacts in `store`, kept in `folder` by artifact id: a long conversation encodes and
    measures each take once, however often its page is written. All raise ArtifactMissing or ArtifactCorrupt."""

    def __init__(self, store: ArtifactStore, folder: Path) -> None:
        self.store = store
        self.folder = folder

    def mp3(self, artifact: str, *, mono: bool = False) -> bytes:
        """The artifact as an MP3 file."""
        kind = "mono.mp3" if mono else "mp3"
        return self._kept(artifact, kind, lambda: mp3(self.store.audio(artifact), mono=mono))

    def extremes(self, artifact: str, columns: int) -> Extremes:
        """The artifact's outline; see `pictures.extremes`."""
        import numpy as np

        content = self._kept(
            artifact, f"{columns}.peaks", lambda: extremes(self.store.audio(artifact), columns).astype("<f4").tobytes()
        )
        return np.frombuffer(content, dtype="<f4").reshape(2, -1).astype(np.float32)

    def _kept(self, artifact: str, kind: str, make: Callable[[], bytes]) -> bytes:
        path = self.folder / f"{Path(artifact).stem}.{kind}"
        if path.is_file():
            return path.read_bytes()
        content = make()
        self.folder.mkdir(parents=True, exist_ok=True)
        part = path.with_name(f".{path.name}.{os.getpid()}.part")
        part.write_bytes(content)
        os.replace(part, path)
        return content


def lossless(path: Path) -> bytes:
    """The sound file `path` (at most 24 bit) as FLAC: the same samples in about half the bytes."""
    import soundfile

    with path.open("rb") as file:
        samples, rate = soundfile.read(file, dtype="int32", always_2d=True)
    target = io.BytesIO()
    soundfile.write(target, samples, rate, format="FLAC", subtype="PCM_24")
    return target.getvalue()
