"""Reading audio of any kind that libsndfile knows (wav, flac, mp3, ogg, aiff) and writing WAV."""

from __future__ import annotations

import os
import struct
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from state.errors import UploadError
from state.gat import SAMPLE_RATE

if TYPE_CHECKING:
    from state.artifacts import Audio

SHORTEST_SECONDS = 0.5
_KINDS = "a WAV, FLAC, MP3, OGG or AIFF file"
_LOUDEST = 64.0
"""Float files beyond 36 dB over full scale are damaged or not audio."""


def decode(path: Path, max_seconds: float, *, name: str | None = None) -> Audio:
    """The samples of `path`, shape (2, samples) float32 at 44.1 kHz; mono is doubled, of more channels the first two
    are kept. Raises UploadError, naming the file (`name`, else the path's last part), when it is missing, unreadable, cut off or not of SHORTEST_SECONDS..`max_seconds` length."""
    import soundfile

    path = Path(path)
    name = name or path.name or str(path)
    if path.is_dir():
        raise UploadError(f"{name} is a folder; give {_KINDS}", field="attach")
    if not path.exists():
        raise UploadError(f"there is no file {path}; give the path of {_KINDS}", field="attach")
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            head = file.read(64)
    except OSError as error:
        raise UploadError(f"{name} cannot be read ({error.strerror}); check its permissions", field="attach") from None
    if size == 0:
        raise UploadError(f"{name} is empty; give {_KINDS}", field="attach")
    cut_off = f"{name} is cut off: its end is missing; copy or export it again"
    if _cut_off(head, size):
        raise UploadError(cut_off, field="attach")
    try:
        with soundfile.SoundFile(path) as sound:
            rate, channels, frames = sound.samplerate, sound.channels, sound.frames
            if rate <= 0 or channels <= 0:
                raise UploadError(f"{name} says it has {channels} channels at {rate} Hz; give {_KINDS}", field="attach")
            _check_length(name, frames / rate, max_seconds)
            # A header may claim any length: never read more than the limit allows.
            read = sound.read(int(max_seconds * rate) + 1, dtype="float32", always_2d=True)
    except (soundfile.LibsndfileError, RuntimeError) as error:
        what = str(error).rstrip(".").split(": ")[-1]
        raise UploadError(f"{name} is not audio that can be read ({what}); give {_KINDS}", field="attach") from None
    if len(read) < 0.98 * frames:
        raise UploadError(cut_off, field="attach")
    if not np.isfinite(read).all():
        raise UploadError(f"{name} holds samples that are not numbers; export it again", field="attach")
    if len(read) and float(np.abs(read).max()) > _LOUDEST:
        raise UploadError(f"{name} holds samples far beyond full scale; export it again", field="attach")
    _check_length(name, len(read) / rate, max_seconds)
    stereo = np.repeat(read, 2, axis=1) if channels == 1 else read[:, :2]
    if rate != SAMPLE_RATE:
        import soxr

        stereo = soxr.resample(stereo, rate, SAMPLE_RATE, quality="VHQ")
    return np.ascontiguousarray(stereo.T, dtype=np.float32)


def facts(path: Path) -> tuple[int, int]:
    """(sample rate in Hz, channels) as the file states them. For files that `decode` accepts."""
    import soundfile

    info = soundfile.info(path)
    return int(info.samplerate), int(info.channels)


def write_wav(path: Path, audio: Audio, *, headroom: bool = False) -> None:
    """Write `audio`, shape (2, samples), as 24-bit PCM at 44.1 kHz; equal samples give equal bytes.

    Samples beyond full scale are clipped; with `headroom`, as stems before mastering need it, a file with such samples
    holds 32-bit floats instead. The file appears whole or not at all.
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    beyond = headroom and float(np.abs(audio).max(initial=0.0)) > 1.0
    content = float_wav_bytes(audio) if beyond else wav_bytes(audio)
    descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=".part-", suffix=".wav")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
        # mkstemp makes files that only their owner can read; a loop is made to be shared.
        Path(temporary).chmod(0o644)
        os.replace(temporary, path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def wav_bytes(audio: Audio) -> bytes:
    """A whole 24-bit WAV file of `audio`, shape (2, samples)."""
    scaled = np.clip(np.rint(audio.T.astype(np.float64) * 8_388_607.0), -8_388_608, 8_388_607).astype("<i4")
    packed: bytes = scaled.reshape(-1, 1).view(np.uint8).reshape(-1, 4)[:, :3].tobytes()
    channels = audio.shape[0]
    frame = 3 * channels
    header = b"RIFF" + (36 + len(packed) + len(packed) % 2).to_bytes(4, "little") + b"WAVEfmt "
    header += (16).to_bytes(4, "little") + (1).to_bytes(2, "little") + channels.to_bytes(2, "little")
    header += SAMPLE_RATE.to_bytes(4, "little") + (SAMPLE_RATE * frame).to_bytes(4, "little")
    header += frame.to_bytes(2, "little") + (24).to_bytes(2, "little")
    header += b"data" + len(packed).to_bytes(4, "little")
    content: bytes = header + packed + b"\0" * (len(packed) % 2)
    return content


def float_wav_bytes(audio: Audio) -> bytes:
    """A whole 32-bit float WAV file of `audio`, shape (2, samples)."""
    frames = np.ascontiguousarray(audio.T, dtype="<f4").tobytes()
    frame = 4 * audio.shape[0]
    header = struct.pack(
        "<4sI4s4sIHHIIHH4sI", b"RIFF", 36 + len(frames), b"WAVE", b"fmt ", 16, 3, audio.shape[0], SAMPLE_RATE,
        SAMPLE_RATE * frame, frame, 32, b"data", len(frames),
    )  # fmt: skip
    return header + frames


def _check_length(name: str, seconds: float, max_seconds: float) -> None:
    if seconds > max_seconds:
        raise UploadError(
            f"{name} lasts {seconds:.1f} s; the longest that is taken is {max_seconds:g} s", field="attach"
        )
    if seconds < SHORTEST_SECONDS:
        raise UploadError(
            f"{name} lasts {seconds:.2f} s; at least {SHORTEST_SECONDS:g} s of sound is needed", field="attach"
        )


def _cut_off(head: bytes, size: int) -> bool:
    """True when a RIFF header promises clearly more bytes than the file has, which libsndfile reads without a word.

    Streams write 0 or nearly 2**32 for a length that they do not know: those promise nothing.
    """
    if head[:4] != b"RIFF" or len(head) < 12:
        return False
    promised = int.from_bytes(head[4:8], "little")
    if promised in {0, 0x7FFFFFFF} or promised >= 0xFFFFFF00:
        return False
    return promised + 8 > size + max(64, size // 50)
