"""Between the house's audio (stereo float32 at 44.1 kHz) and what a model takes and makes."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from ensemble.capabilities import Sheet, Sound
from state.errors import ToolError
from state.gat import SAMPLE_RATE

if TYPE_CHECKING:
    from numpy.typing import NDArray


def to_sheet(audio: NDArray[np.float32], sheet: Sheet) -> Sound:
    """`audio` of shape (channels, samples) at 44.1 kHz as the model of `sheet` takes it: its rate, its channels."""
    return convert(Sound(audio, SAMPLE_RATE), sheet.sample_rate, sheet.channels)


def to_house(sound: Sound) -> NDArray[np.float32]:
    """Shape (2, samples) at 44.1 kHz; mono goes to both sides unchanged."""
    return convert(sound, SAMPLE_RATE, 2).samples


def convert(sound: Sound, rate: int, channels: int) -> Sound:
    """At `rate`, with 1 or 2 channels, round(samples * rate / sound.rate) samples long. Channels are folded to their
    mean, which cannot clip; the sound itself is returned where nothing is to do."""
    samples = sound.samples
    if samples.shape[0] != channels:
        samples = samples.mean(axis=0, keepdims=True) if channels == 1 else _widened(samples, channels)
    if sound.rate != rate:
        samples = _resampled(samples, sound.rate, rate)
    return Sound(np.ascontiguousarray(samples, dtype=np.float32), rate)


def _widened(samples: NDArray[np.float32], channels: int) -> NDArray[np.float32]:
    if samples.shape[0] == 1:
        return np.repeat(samples, channels, axis=0)
    return samples[:channels]


def _resampled(samples: NDArray[np.float32], rate: int, wanted: int) -> NDArray[np.float32]:
    import soxr

    length = round(samples.shape[1] * wanted / rate)
    return fitted(np.asarray(soxr.resample(samples.T, rate, wanted, quality="VHQ"), dtype=np.float32).T, length)


def fitted(samples: NDArray[np.float32], length: int) -> NDArray[np.float32]:
    """`samples` of shape (channels, n), cut or filled with silence at its end to `length` samples."""
    missing = length - samples.shape[1]
    return samples[:, :length] if missing <= 0 else np.pad(samples, ((0, 0), (0, missing)))


def samples_of(seconds: float, rate: int) -> int:
    """The fewest samples that last at least `seconds`; a billionth of a sample of rounding is none."""
    return math.ceil(seconds * rate - 1e-9)


def takes(name: str, batch: Any, rate: int) -> list[Sound]:
    """A torch tensor of shape (takes, channels, samples), on any device and of any float type, as Sounds. Raises ToolError
    where the model `name` made samples that are no numbers: half precision overflows so."""
    array: NDArray[np.float32] = batch.detach().float().cpu().numpy()
    return [checked(name, Sound(np.ascontiguousarray(take), rate)) for take in array]


def playable(name: str, sound: Sound) -> Sound:
    """The sound that the model `name` was given to work on: it has samples, all of them numbers. Raises ToolError."""
    if not sound.samples.size:
        raise ToolError(f"{name} was given a sound without samples")
    if not np.isfinite(sound.samples).all():
        raise ToolError(f"{name} was given what is no sound: not every sample is a number")
    return sound


def checked(name: str, sound: Sound) -> Sound:
    """The sound, whose samples are all finite. Raises ToolError."""
    if not np.isfinite(sound.samples).all():
        raise ToolError(f"{name} made samples that are no numbers; set the seat's precision to float32")
    return sound
