"""A first look at a file that someone attached, before anything is begun."""

from __future__ import annotations

from pathlib import Path

from state.errors import UploadError

LARGEST_BYTES = 512 * 1024 * 1024


def check_attachment(path: Path, max_seconds: float) -> None:
    """Raise UploadError, in one line, when `path` plainly cannot be taken; its sound is looked at later."""
    field = "attach"
    try:
        if not path.exists():
            raise UploadError(f"there is no file {path}", field=field)
        if not path.is_file():
            raise UploadError(f"{path} is not a file; attach a wav, flac, mp3 or ogg file", field=field)
        size = path.stat().st_size
    except OSError as error:
        raise UploadError(f"{path} cannot be read: {error.strerror}", field=field) from None
    if size == 0:
        raise UploadError(f"{path} is empty; attach a wav, flac, mp3 or ogg file", field=field)
    if size > LARGEST_BYTES:
        raise UploadError(f"{path} has {size >> 20} MiB; at most {LARGEST_BYTES >> 20} MiB are taken", field=field)
