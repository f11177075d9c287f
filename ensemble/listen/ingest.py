"""An attached file becomes an upload: decoded, measured, fitted to whole bars, stored with its original."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ensemble.listen.analyse import Analysis, Heard, analysis_of
from ensemble.listen.audiofile import decode
from ensemble.listen.caption import caption_upload
from ensemble.listen.fit import FITTED_SECONDS, Fit, fit_bars
from state.artifacts import ArtifactStore
from state.errors import UploadError
from state.gat import SAMPLE_RATE, TEMPO_RANGE
from state.take import Upload

if TYPE_CHECKING:
    from state.artifacts import Audio


_FADE = 220
"""Samples (5 ms) over which an end that was cut or padded is faded."""


def ingest(
    path: Path,
    store: ArtifactStore,
    max_seconds: float,
    progress: Callable[[str], None] = lambda message: None,
    *,
    name: str | None = None,
    captioner: Any | None = None,
    cancelled: Callable[[], bool] = lambda: False,
) -> Upload:
    """Decode, measure and store `path`; its bytes are kept as they came. `name` is what to call it, where the path's
    own last part is not what the user knows it by. `captioner`, a `Caption`, adds its words to the caption.

    Whole bars within 30 ms are fitted to the sample; else what is past the last whole bar is trimmed and said; without
    a pulse nothing is trimmed, and bpm and bars stay None. Raises UploadError for what is not usable audio, ToolError
    when the captioner fails.
    """
    path = Path(path)
    name = name or path.name
    progress(f"Reading {name}")
    audio = decode(path, max_seconds, name=name)
    heard = Heard(audio)
    if heard.sound.silent:
        raise UploadError(f"{name} is silent; give a file with sound in it", field="attach")
    progress(f"Listening to {name}")
    fit = fit_bars(heard)
    if fit is not None and not TEMPO_RANGE[0] <= fit.bpm <= TEMPO_RANGE[1]:
        fit = None
    fitted, notes = _fitted(audio, fit, name)
    if fitted is not audio:
        heard = Heard(fitted)
    analysis = analysis_of(heard)
    bars = fit.bars if fit is not None and fit.bars > 0 else None
    bpm = fit.bpm if fit is not None else None
    instrument = "drum recording" if analysis.only_drums else "recording"
    chords = _chords(heard, analysis, bars)
    caption = caption_upload(analysis, bpm=bpm, bars=bars, chords=chords)
    words = ""
    if captioner is not None:
        from ensemble.capabilities import Work
        from ensemble.chains.caption import captioned, marked

        words = captioned(fitted, captioner, Work(progress, cancelled))
        caption = f"{caption} {marked(words, captioner)}"
    return Upload(
        name=name,
        original=store.put_file(path.read_bytes(), path.suffix.lower() or ".bin"),
        audio=store.put_audio(fitted),
        duration_seconds=fitted.shape[1] / SAMPLE_RATE,
        bpm=None if bpm is None else round(bpm, 4),
        bars=bars,
        key=analysis.key,
        chords=chords,
        instrument=instrument,
        caption=caption,
        words=words,
        notes=tuple(notes),
    )


def _fitted(audio: Audio, fit: Fit | None, name: str) -> tuple[Audio, list[str]]:
    """The samples that the table will hold and what the user must be told about them."""
    if fit is None:
        return audio, [f"I hear no steady pulse in {name}, so its tempo and bars stay open and nothing was trimmed."]
    if fit.bars == 0:
        return audio, [f"{name} is shorter than one bar at {fit.bpm:.0f} bpm, so nothing was trimmed."]
    cut = audio[:, fit.start : fit.start + fit.samples]
    notes = []
    if fit.start > FITTED_SECONDS * SAMPLE_RATE:
        notes.append(
            f"{name} begins with {fit.start / SAMPLE_RATE:.2f} s of silence, which was left out; the original is kept."
        )
    lost = audio.shape[1] - fit.start - fit.samples
    if not fit.whole:
        notes.append(
            f"{name} is not a whole number of bars at {fit.bpm:.4g} bpm: its last {lost / SAMPLE_RATE:.2f} s were trimmed"
            f" to leave {fit.bars} {'bar' if fit.bars == 1 else 'bars'}; the original is kept."
        )
    if cut.shape[1] == audio.shape[1] == fit.samples:
        return audio, notes
    result = np.zeros((2, fit.samples), dtype=np.float32)
    result[:, : cut.shape[1]] = cut
    ramp = np.linspace(1, 0, _FADE, dtype=np.float32)
    result[:, max(0, cut.shape[1] - _FADE) : cut.shape[1]] *= ramp[-min(_FADE, cut.shape[1]) :]
    return result, notes


def _chords(heard: Heard, analysis: Analysis, bars: int | None) -> tuple[str, ...]:
    if analysis.key is None or bars is None:
        return ()
    from ensemble.listen.tonality import chords_by_bar

    return chords_by_bar(heard.tonality, bars, heard.sound.seconds)
