"""Sound for pages: takes of the store as MP3, small enough to be embedded.

MP3 because every browser plays it and because the encoder gives equal bytes for equal samples; libsndfile's Ogg
streams carry a random serial number. Lossless files are logged beside the page, so this is for listening only.
"""

from __future__ import annotations

import io
import os
from pathlib import Path
from typing import TYPE_CHECKING

from state.gat import SAMPLE_RATE

if TYPE_CHECKING:
    from state.artifacts import ArtifactStore, Audio

_QUALITY = 0.45
"""libsndfile's compression level of variable-rate MP3: 0 best, 1 smallest. Here about 150 kbit/s for a full mix."""


def mp3(audio: Audio) -> bytes:
    """`audio`, shape (2, samples) at 44.1 kHz, as an MP3 file. Peaks are clipped to -1..1."""
    import numpy as np
    import soundfile

    target = io.BytesIO()
    soundfile.write(
        target,
        np.clip(audio.T, -1.0, 1.0),
        SAMPLE_RATE,
        format="MP3",
        subtype="MPEG_LAYER_III",
        bitrate_mode="VARIABLE",
        compression_level=_QUALITY,
    )
    return target.getvalue()


class CompactSound:
    """MP3 copies of artifacts, kept in `folder` by artifact id: a long conversation encodes each take once."""

    def __init__(self, store: ArtifactStore, folder: Path) -> None:
        self.store = store
        self.folder = folder

    def __call__(self, artifact: str) -> bytes:
        """Artifact `artifact` as an MP3 file. Raises ArtifactMissing or ArtifactCorrupt."""
        kept = self.folder / f"{Path(artifact).stem}.mp3"
        if kept.is_file():
            return kept.read_bytes()
        content = mp3(self.store.audio(artifact))
        self.folder.mkdir(parents=True, exist_ok=True)
        part = kept.with_suffix(f".{os.getpid()}.part")
        part.write_bytes(content)
        os.replace(part, kept)
        return content


def lossless(path: Path) -> bytes:
    """The sound file `path` (at most 24 bit) as FLAC: the same samples in about half the bytes."""
    import soundfile

    with path.open("rb") as file:
        samples, rate = soundfile.read(file, dtype="int32", always_2d=True)
    target = io.BytesIO()
    soundfile.write(target, samples, rate, format="FLAC", subtype="PCM_24")
    return target.getvalue()
