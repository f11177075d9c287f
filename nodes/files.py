"""The files of a revision: what a person takes into a player or a DAW.

    <session folder>/revision-0003/mix.wav, stems/<name>.wav, loop.mid

A revision never changes, so neither do its files; they are written whole or not at all.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

from ensemble.protocols import Band
from ensemble.tools.mixing import mix_stems, stem_file
from state.artifacts import ArtifactStore
from state.gat import GlobalAttributeTable
from state.turn import Files


def revision_folder(folder: Path, revision: int) -> Path:
    """Where the files of `revision` lie below a session's `folder`."""
    return folder / f"revision-{revision:04d}"


def files_of(gat: GlobalAttributeTable, folder: Path) -> Files:
    """Absolute paths of the files of `gat`, whether or not they are written yet."""
    place = revision_folder(folder, gat.revision).absolute()
    return Files(
        mix=str(place / "mix.wav"),
        stems={stem.name: str(place / "stems" / stem_file(stem.name)) for stem in gat.stems},
        midi=str(place / "loop.mid") if any(stem.score for stem in gat.stems) else None,
    )


def write_files(gat: GlobalAttributeTable, store: ArtifactStore, band: Band, folder: Path) -> Files:
    """Write the files of `gat` unless they are there; returns their paths."""
    place = revision_folder(folder, gat.revision)
    if place.exists():
        return files_of(gat, folder)
    from ensemble.listen.audiofile import write_wav

    mixdown = band.mix(mix_stems(gat, store), gat.bpm, gat.mix_effects, gat.master_gain_db, strict=True)
    folder.mkdir(parents=True, exist_ok=True)
    temporary = Path(tempfile.mkdtemp(dir=folder, prefix=".part-"))
    try:
        (temporary / "stems").mkdir()
        write_wav(temporary / "mix.wav", store.audio(gat.mix))
        for stem in gat.stems:
            write_wav(temporary / "stems" / stem_file(stem.name), mixdown.stems[stem.name], headroom=True)
        if (midi := midi_of(gat, store)) is not None:
            (temporary / "loop.mid").write_bytes(midi)
        temporary.chmod(0o755)
        try:
            os.replace(temporary, place)
        except OSError:
            if not place.exists():  # another process may have written the same files meanwhile
                raise
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
    return files_of(gat, folder)


def midi_of(gat: GlobalAttributeTable, store: ArtifactStore) -> bytes | None:
    """One MIDI file of every stem that has a score, or None when none has."""
    from ensemble.band.score import Part, from_midi, to_midi

    parts: dict[str, Part] = {}
    for stem in gat.stems:
        if stem.score:
            parts[stem.name] = next(iter(from_midi(store.file(stem.score)).values()), Part(0, False, ()))
    return to_midi(parts, gat.bpm or 120.0, gat.time_signature) if parts else None
