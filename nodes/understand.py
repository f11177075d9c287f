"""understand: take in what was attached, so that the planner can read it as text and the tools as audio."""

from __future__ import annotations

from typing import Any

from langgraph.runtime import Runtime

from ensemble.tools.mixing import mix_stems
from nodes.captioning import Captioning
from nodes.context import Context
from nodes.turn import TurnState, dump
from state.gat import GlobalAttributeTable, Stem
from state.seeds import take_seed
from state.take import Upload


def understand(state: TurnState, runtime: Runtime[Context]) -> dict[str, Any]:
    """Decode, analyse and store uploads; with no loop yet, the first becomes the table's only stem."""
    context = runtime.context
    captioning = Captioning(context.players)
    uploads = [_ingest(context, name, artifact, runtime, captioning) for name, artifact in state["attachments"]]
    draft = _table(state, context, uploads)
    return {
        "draft": None if draft is None else dump(draft),
        "uploads": [upload.model_dump(mode="json") for upload in uploads],
        "earlier_uploads": [upload.model_dump(mode="json") for upload in context.sessions.uploads(context.session.id)],
        "notes": [*(note for upload in uploads for note in upload.notes), *captioning.notes(uploads)],
        "unmet": captioning.unmet(uploads),
    }


def starting_table(state: TurnState, context: Context) -> GlobalAttributeTable | None:
    """The table as the turn's first step found it."""
    return _table(state, context, [Upload.model_validate(item) for item in state["uploads"]])


def _table(state: TurnState, context: Context, uploads: list[Upload]) -> GlobalAttributeTable | None:
    base = context.sessions.revision(context.session.id, state["base_revision"])
    if base is None and uploads:
        return mastered(table_of(uploads[0], take_seed(context.session.seed, state["turn"], 0, 1, 0)), context)
    return base


def _ingest(context: Context, name: str, artifact: str, runtime: Runtime[Context], captioning: Captioning) -> Upload:
    """The upload, described by whoever does."""
    from ensemble.listen.ingest import ingest

    def progress(message: str) -> None:
        runtime.stream_writer({"message": message})

    def taken_in(captioner: Any | None) -> Upload:
        return ingest(
            context.store.path(artifact),
            context.store,
            context.settings.max_upload_seconds,
            progress,
            name=name,
            captioner=captioner,
            cancelled=context.cancelled,
        )

    return captioning.described(taken_in)


def mastered(table: GlobalAttributeTable, context: Context) -> GlobalAttributeTable:
    """`table` with its mix: at the level it came in, lowered only where its peaks would pass the ceiling."""
    mixdown = context.band.mix(mix_stems(table, context.store), table.bpm, (), 0.0)
    return table.revised(mix=context.store.put_audio(mixdown.mix), master_gain_db=mixdown.master_gain_db)


def table_of(upload: Upload, seed: int) -> GlobalAttributeTable:
    """A first table that holds `upload` alone, at the level it came in."""
    known = {
        "bpm": upload.bpm,
        "key": upload.key,
        "bars": upload.bars,
        "chords": upload.chords or None,
        "duration_seconds": upload.duration_seconds,
        "instruments": upload.instrument,
    }
    stem = Stem(
        name="drums" if upload.instrument.startswith("drum") else "recording",
        instrument=upload.instrument,
        audio=upload.audio,
        tool="upload",
        seed=seed,
        backend="upload",
    )
    return GlobalAttributeTable(
        revision=1,
        bpm=upload.bpm,
        key=upload.key,
        time_signature=upload.time_signature,
        bars=upload.bars,
        duration_seconds=upload.duration_seconds,
        chords=upload.chords,
        description=upload.caption,
        stems=(stem,),
        mix=upload.audio,
        sources={
            "time_signature": "inferred",
            **{name: "measured" for name, value in known.items() if value is not None},
        },
    )
