from __future__ import annotations

import json
from pathlib import Path
from typing import ClassVar

from pydantic import Field

from ensemble.band.score import to_midi
from ensemble.tools.arrangement import parts_of
from ensemble.tools.mixing import mix_down, stem_file
from ensemble.tools.selection import counted, listed, named, sentence, the_stems, verb
from ensemble.tools.tool import Arguments, Contract, Stage, Tool, require_loop
from state.briefs import briefly
from state.errors import InfrastructureError, Refusal
from state.gat import GlobalAttributeTable
from state.take import Take

_NAMES = _MIX, _STEMS, _NOTES, _TABLE = "mix.wav", "stems", "loop.mid", "table.json"


class ExportArguments(Arguments):
    """Arguments of `export`."""

    stems: list[str] = Field(
        default_factory=list,
        description="names of the stems to write; empty for all",
        json_schema_extra=briefly("default all"),
    )


class Export(Tool[ExportArguments]):
    """The loop as files for other programs."""

    name = "export"
    seeded: ClassVar[bool] = False
    summary = "Write the mix and the stems, or only named stems, as WAV, the notes as MIDI and the table as JSON."
    brief = "Writes WAV and MIDI files."
    arguments = ExportArguments
    contract = Contract(changes="nothing; files are written", preserves="the whole table")

    def foresee(
        self, arguments: ExportArguments, gat: GlobalAttributeTable | None, stage: Stage
    ) -> GlobalAttributeTable:
        loop = require_loop(gat, "export")
        named(loop, arguments.stems)
        return loop

    def perform(self, arguments: ExportArguments, gat: GlobalAttributeTable | None, stage: Stage) -> Take:
        loop = require_loop(gat, "export")
        if stage.export_folder is None:
            raise Refusal("Files cannot be written here. The loop's files are listed with every turn.", field="export")
        stems = named(loop, arguments.stems) if arguments.stems else list(loop.stems)
        names = [stem.name for stem in stems]
        wanted = Path(stage.export_folder())
        folder = _unused(wanted)
        stage.report("writing files")
        try:
            written, silent = _write(loop, names, folder, stage)
        except OSError as error:
            raise InfrastructureError(f"cannot write to {folder}: {error.strerror}", field="export") from None
        parts = "" if len(names) == len(loop.stems) else f" of {listed(names)}"
        said = [f"Exported {counted(len(written), 'file')}{parts} to {folder}."]
        if folder != wanted:
            said.append(f"There were files in {wanted.name} already, so these lie in {folder.name} inside it.")
        if silent:
            file = "its file is" if len(silent) == 1 else "their files are"
            said.append(f"{sentence(listed(silent))} {verb(silent, 'is', 'are')} muted, so {file} silent.")
        unscored = [stem.name for stem in stems if stem.score is None]
        if unscored:
            said.append(f"Not in the MIDI file, for want of notes: {the_stems(unscored)}.")
        said.append("A project file for a particular DAW is not written; any DAW opens the WAV and MIDI files.")
        return Take(
            gat=loop,
            backend=stage.band.name,
            seed=stage.seed,
            answer=" ".join(said),
            exported=tuple(str(path) for path in written),
        )


def _unused(folder: Path) -> Path:
    """`folder`, or the first of export-2, export-3 ... inside it when something that would be overwritten lies there."""
    place, number = folder, 1
    while any((place / name).exists() for name in _NAMES):
        number += 1
        place = folder / f"export-{number}"
    return place


def _write(loop: GlobalAttributeTable, names: list[str], folder: Path, stage: Stage) -> tuple[list[Path], list[str]]:
    """The files written, and the names of stems whose file is silent. The mix is only of interest beside all stems."""
    from ensemble.listen.audiofile import write_wav

    folder.mkdir(parents=True, exist_ok=True)
    mixdown = mix_down(loop, stage)
    written = []
    if len(names) == len(loop.stems):
        written.append(folder / _MIX)
        write_wav(written[0], stage.store.audio(loop.mix))
    for name in names:
        path = folder / _STEMS / stem_file(name)
        path.parent.mkdir(exist_ok=True)
        write_wav(path, mixdown.stems[name], headroom=True)
        written.append(path)
    parts = parts_of((stem for stem in loop.stems if stem.name in names), stage.store)
    if parts and loop.bpm is not None:
        written.append(folder / _NOTES)
        written[-1].write_bytes(to_midi(parts, loop.bpm, loop.time_signature))
    written.append(folder / _TABLE)
    written[-1].write_text(json.dumps(loop.model_dump(mode="json"), indent=2) + "\n", encoding="utf-8")
    silent = [stem.name for stem in loop.stems if stem.name in names and stem.muted]
    return written, silent
