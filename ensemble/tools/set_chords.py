from __future__ import annotations

from pydantic import Field

from ensemble.protocols import Brief
from ensemble.tools.arrangement import frame_of, part_of, played, spread_chords
from ensemble.tools.mixing import lowered, mixed, unmixed
from ensemble.tools.promises import chords_fit, of_edit, of_key
from ensemble.tools.selection import is_drums, listed, sentence, the_stems
from ensemble.tools.tool import PENDING, Arguments, Contract, Stage, Tool, require_loop
from state.briefs import briefly
from state.errors import Refusal
from state.gat import GlobalAttributeTable, Source, Stem
from state.take import Take
from state.verdict import Expectation


class SetChordsArguments(Arguments):
    """Arguments of `set_chords`."""

    chords: list[str] = Field(
        min_length=1,
        description="plain symbols such as 'Dm7', one a bar: fewer are repeated to fill the loop, more are spread evenly",
        json_schema_extra=briefly("symbols like 'Dm7', one a bar"),
    )
    key: str | None = Field(
        None,
        description="the key they are heard in, e.g. 'G minor', when it changes; default the loop's where they fit it",
        json_schema_extra=briefly("if it changes"),
    )


class SetChords(Tool[SetChordsArguments]):
    """New harmony, same style and parts."""

    name = "set_chords"
    summary = "Give the loop new chords; every part keeps its rhythm and follows the new harmony."
    brief = "New harmony."
    arguments = SetChordsArguments
    contract = Contract(
        changes="chords (and key, when it must); the pitches of every scored stem that is not drums",
        preserves="rhythm, instruments, tempo, length, levels and effects; drums, sample for sample",
        destructive=True,
    )

    def foresee(
        self, arguments: SetChordsArguments, gat: GlobalAttributeTable | None, stage: Stage
    ) -> GlobalAttributeTable:
        loop = require_loop(gat, "set chords for")
        chords, key, source = _harmony(arguments, loop)
        moved = {stem.name for stem in _moved(loop)}
        stems = tuple(
            stem.model_copy(update={"audio": PENDING, "score": PENDING}) if stem.name in moved else stem
            for stem in loop.stems
        )
        sources: dict[str, Source] = {**loop.sources, "chords": "asked"}
        if source is not None:
            sources["key"] = source
        return unmixed(loop.revised(chords=chords, key=key, stems=stems, sources=sources))

    def perform(self, arguments: SetChordsArguments, gat: GlobalAttributeTable | None, stage: Stage) -> Take:
        loop = require_loop(gat, "set chords for")
        before = frame_of(loop, stage, verb="set chords for").brief
        draft = self.foresee(arguments, loop, stage)
        after = before.but(chords=spread_chords(draft.chords, before.bars), key=draft.key)
        moved = _moved(loop)
        for stem in moved:
            draft = draft.with_stem(_over(stem, before, after, draft, stage))
        made = mixed(draft, stage)
        changed = ["chords"] + (["key"] if made.key != loop.key else [])
        own = [Expectation(name="sounding", stem=stem.name) for stem in moved if not stem.muted]
        kept = [stem.name for stem in loop.stems if stem.score is None and not is_drums(stem)]
        notes = [f"{sentence(the_stems(kept))} kept the old harmony: a recording has no notes to move."] if kept else []
        if made.key != loop.key and not arguments.key:
            notes.append(f"These chords are heard in {made.key}, so that is the loop's key now.")
        return Take(
            gat=made,
            expectations=of_edit(
                loop,
                made,
                own + ([] if kept else of_key(made)),
                touched=[stem.name for stem in moved],
                changed=changed,
            ),
            backend=stage.band.name,
            seed=stage.seed,
            notes=(*notes, *lowered(loop, made)),
        )


def _moved(loop: GlobalAttributeTable) -> list[Stem]:
    moved = [stem for stem in loop.stems if stem.score is not None and not is_drums(stem)]
    if not moved:
        raise Refusal(
            f"Nothing in this loop ({listed(loop.stem_names)}) plays chords from notes. "
            "Add an instrument such as keys or bass first.",
            field="chords",
        )
    return moved


def _harmony(arguments: SetChordsArguments, loop: GlobalAttributeTable) -> tuple[tuple[str, ...], str, Source | None]:
    """The chords as they fill the loop, the key they are heard in, and its source where it changes."""
    from ensemble.band.theory import key_of_chords, parse_chord, parse_key

    try:
        symbols = [parse_chord(symbol) for symbol in arguments.chords]
    except ValueError as error:
        raise Refusal(f"{error}.".replace("..", "."), field="chords") from None
    chords = spread_chords([str(symbol) for symbol in symbols], loop.bars or len(symbols))
    if arguments.key is not None:
        try:
            return chords, str(parse_key(arguments.key)), "asked"
        except ValueError as error:
            raise Refusal(f"{error}.", field="key") from None
    if loop.key is not None and chords_fit(loop.revised(chords=chords)):
        return chords, loop.key, None
    return chords, str(key_of_chords(symbols, prefer_minor="minor" in (loop.key or ""))), "inferred"


def _over(stem: Stem, before: Brief, after: Brief, draft: GlobalAttributeTable, stage: Stage) -> Stem:
    part = stage.band.reharmonise(part_of(stem, stage.store), stem.instrument, before, after)
    return played(stem.model_copy(update={"tool": SetChords.name, "backend": stage.band.name}), part, draft, stage)
