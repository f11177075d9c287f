from __future__ import annotations

import json
from pathlib import Path

from pydantic import Field

from ensemble.band.score import to_midi
from ensemble.tools.arrangement import parts_of
from ensemble.tools.mixing import mix_down, stem_file
from ensemble.tools.selection import listed, named, the_stems
from ensemble.tools.tool import Arguments, Contract, Stage, Tool, require_loop
from state.errors import InfrastructureError, Refusal
from state.gat import GlobalAttributeTable
from state.take import Take


class ExportArguments(Arguments):
    """Arguments of `export`."""

    stems: list[str] = Field(default_factory=list, description="stems to write; empty for all")


class Export(Tool[ExportArguments]):
    """The loop as files for other programs."""

    name = "export"
    summary = "Write the stems and the mix as WAV, the notes as MIDI and the table as JSON."
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
        folder = Path(stage.export_folder())
        stage.report("writing files")
        try:
            written, silent = _write(loop, names, folder, stage)
        except OSError as error:
            raise InfrastructureError(f"cannot write to {folder}: {error.strerror}", field="export") from None
        notes = [f"{name} is muted, so its file is silent." for name in silent]
        notes.append("A project file for a particular DAW is not written; any DAW opens the WAV and MIDI files.")
        unscored = [stem.name for stem in stems if stem.score is None]
        if unscored:
            notes.append(f"Not in the MIDI file, for want of notes: {the_stems(unscored)}.")
        parts = "" if len(names) == len(loop.stems) else f" of {listed(names)}"
        answer = f"Exported {len(written)} files{parts} to {folder}."
        return Take(
            gat=loop,
            backend=stage.band.name,
            seed=stage.seed,
            answer=answer,
            notes=tuple(notes),
            exported=tuple(str(path) for path in written),
        )


def _write(loop: GlobalAttributeTable, names: list[str], folder: Path, stage: Stage) -> tuple[list[Path], list[str]]:
    """The files written, and the names of stems whose file is silent."""
    from ensemble.listen.audiofile import write_wav

    folder.mkdir(parents=True, exist_ok=True)
    mixdown = mix_down(loop, stage)
    written = [folder / "mix.wav"]
    write_wav(written[0], stage.store.audio(loop.mix))
    for name in names:
        path = folder / "stems" / stem_file(name)
        path.parent.mkdir(exist_ok=True)
        write_wav(path, mixdown.stems[name], headroom=True)
        written.append(path)
    parts = parts_of((stem for stem in loop.stems if stem.name in names), stage.store)
    if parts and loop.bpm is not None:
        written.append(folder / "loop.mid")
        written[-1].write_bytes(to_midi(parts, loop.bpm, loop.time_signature))
    written.append(folder / "table.json")
    written[-1].write_text(json.dumps(loop.model_dump(mode="json"), indent=2) + "\n", encoding="utf-8")
    silent = [stem.name for stem in loop.stems if stem.name in names and stem.muted]
    return written, silent
