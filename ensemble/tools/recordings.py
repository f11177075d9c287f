"""Stems without a score: uploads laid beside the loop, their level, and music spliced into them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import PurePath
from typing import TYPE_CHECKING

from ensemble.tools.selection import instrument_of, is_recording
from ensemble.tools.tool import PENDING, Stage
from state.gat import SAMPLE_RATE, GlobalAttributeTable, Stem
from state.take import Upload

if TYPE_CHECKING:
    from state.artifacts import Audio

_FADE_SECONDS = 0.02
"""Of a cross-fade inside a span and of the fade at a cut: too short to hear as one, long enough not to click."""
_QUIET_DB = -60.0
_MIX_ABOVE_STEM_DB = 3.0
"""A recording of several instruments stands this far above the level of one stem."""


def upload_named(uploads: Iterable[Upload], words: str) -> Upload | None:
    """The newest upload whose file name is `words`, with or without its ending."""
    wanted = words.strip().casefold()
    for upload in reversed(list(uploads)):
        if wanted in {upload.name.casefold(), PurePath(upload.name).stem.casefold()}:
            return upload
    return None


def stem_name_of(upload: Upload) -> str:
    """A stem's name for an upload: 'drums' for drums, else its file's name in plain letters."""
    if upload.instrument == "drum recording":
        return "drums"
    plain = re.sub(r"[^a-z0-9]+", " ", PurePath(upload.name).stem.casefold()).strip()
    return plain[:40].strip() or "recording"


def licences(*of: str | None) -> str | None:
    """The licences that bear on one sound, '; ' between them: in the order of `of`, each once. None for none."""
    named = [one for joined in of if joined for one in joined.split("; ")]
    return "; ".join(dict.fromkeys(named)) or None


def level_db(audio: Audio) -> float:
    """The RMS level of `audio` where it sounds (100 ms frames within 30 dB of the loudest), in dB full scale."""
    import numpy as np

    frame = SAMPLE_RATE // 10
    power = (audio.astype(np.float64) ** 2).mean(axis=0)
    frames = [float(power[start : start + frame].mean()) for start in range(0, len(power), frame)]
    loudest = max(frames)
    if loudest <= 10 ** (_QUIET_DB / 10):
        return _QUIET_DB
    sounding = [value for value in frames if value >= loudest / 1000]
    return float(10 * np.log10(np.mean(sounding)))


def offset_db(gat: GlobalAttributeTable, dry: Audio, stage: Stage) -> float:
    """How far the level of a new dry stem must move so that the band's balance holds beside the table's recordings.

    The band's stems share one loudness and are balanced against that; a recording comes as loud as it is.
    """
    offsets = []
    for stem in gat.stems:
        if not is_recording(stem) or stem.muted or stem.audio == PENDING:
            continue
        stands_at = level_db(stage.store.audio(stem.audio)) + stem.gain_db
        offsets.append(stands_at - level_db(dry) - _usual_db(stem, stage))
    return max(offsets, default=0.0)


def gain_beside(gat: GlobalAttributeTable, instrument: str, audio: str, stage: Stage) -> float:
    """The gain that sets the artifact `audio`, recorded sound of `instrument`, at its level beside the table's stems, in
    dB."""
    sound = [stem for stem in gat.stems if not stem.muted and stem.audio != PENDING]
    if not sound:
        return 0.0
    standing = [level_db(stage.store.audio(stem.audio)) + stem.gain_db - _usual_db(stem, stage) for stem in sound]
    reference = sorted(standing)[len(standing) // 2]
    placed = Stem(name="new", instrument=instrument, audio=audio, tool="", seed=0, backend="")
    wanted = reference + _usual_db(placed, stage) - level_db(stage.store.audio(audio))
    return clamped(wanted)


def clamped(gain_db: float) -> float:
    """`gain_db` within what a stem may hold."""
    return min(24.0, max(-60.0, gain_db))


def fitted(audio: Audio, samples: int) -> Audio:
    """`audio` repeated or cut to exactly `samples`; a cut end fades for 20 ms so that the loop does not click."""
    import numpy as np

    length = audio.shape[1]
    repeats = -(-samples // length)
    result: Audio = np.tile(audio, (1, repeats))[:, :samples].copy()
    if samples % length:
        fade = min(samples, round(_FADE_SECONDS * SAMPLE_RATE))
        result[:, -fade:] *= np.linspace(1, 0, fade, dtype=np.float32)
    return result


def spliced(before: Audio, new: Audio, start: int, end: int) -> Audio:
    """`before` with samples `start`..`end` replaced by those of `new`, at the level of what they replace, with
    cross-fades inside the span; every sample outside is identical to `before`."""
    import numpy as np

    result: Audio = np.array(before, dtype=np.float32)
    replaced = level_db(before[:, start:end])
    reference = replaced if replaced > _QUIET_DB else level_db(before)
    gain = np.float32(10 ** ((reference - level_db(new[:, start:end])) / 20))
    inner = new[:, start:end] * gain
    peak = float(np.abs(inner).max())
    ceiling = max(float(np.abs(before).max()), 1.0)
    if peak > ceiling:
        inner = inner * np.float32(ceiling / peak)
    fade = max(1, min((end - start) // 4, round(_FADE_SECONDS * SAMPLE_RATE)))
    rise = np.sin(np.linspace(0, np.pi / 2, fade, endpoint=False)).astype(np.float32)
    weight = np.ones(end - start, dtype=np.float32)
    weight[:fade] = rise
    weight[-fade:] = rise[::-1]
    rest = np.sqrt(np.maximum(0, 1 - weight**2)).astype(np.float32)
    result[:, start:end] = inner * weight + before[:, start:end] * rest
    return result


def at_level_of(before: Audio, new: Audio) -> Audio:
    """`new` as loud as `before`, and no higher than it or full scale; silence stays silence."""
    import numpy as np

    gain = 10 ** ((level_db(before) - level_db(new)) / 20)
    peak = float(np.abs(new).max()) * gain
    ceiling = max(float(np.abs(before).max()), 1.0)
    result: Audio = new * np.float32(gain * min(1.0, ceiling / peak) if peak > 0 else 0.0)
    return result


def _usual_db(stem: Stem, stage: Stage) -> float:
    """Where the band's balance would set a stem like this one."""
    if stem.instrument == "recording":
        return _MIX_ABOVE_STEM_DB
    name = "standard kit" if stem.instrument == "drum recording" else instrument_of(stem).name
    return stage.band.balance(name, None, "normal")[0]
