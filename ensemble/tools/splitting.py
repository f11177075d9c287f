"""Drums drawn out of a recording, or taken out of it, without a separation model; anything else needs one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from ensemble.tools.mixing import mixed, unmixed
from ensemble.tools.promises import of_edit
from ensemble.tools.selection import is_drums, listed, the_stems
from ensemble.tools.tool import PENDING, Stage
from state.errors import Refusal
from state.gat import GlobalAttributeTable, Stem
from state.take import Take
from state.verdict import Expectation

BACKEND = "percussive split"

Half = Literal["drums", "rest"]


def source_of(words: Sequence[str], gat: GlobalAttributeTable) -> Stem | None:
    """The recording that `words` ask to be split: they mean drums, no stem of the table is or is called drums, and one
    recording holds several instruments. None when that is not so."""
    from ensemble.band.instruments import matches, resolve

    recordings = [stem for stem in gat.stems if stem.instrument == "recording"]
    if len(recordings) != 1 or any(is_drums(stem) for stem in gat.stems):
        return None
    if any(matches(word, stem.name, stem.instrument) for word in words for stem in gat.stems):
        return None
    choices = [resolve(word) for word in words]
    means_drums = all(choice is not None and choice.stem == "drums" for choice in choices)
    return recordings[0] if choices and means_drums else None


def needs_model(words: Sequence[str], gat: GlobalAttributeTable) -> Refusal | None:
    """The refusal when `words` name something inside a recording that only a separation model could take apart."""
    from ensemble.band.instruments import resolve

    recordings = [stem.name for stem in gat.stems if stem.instrument == "recording"]
    if not recordings:
        return None
    choices = [resolve(word) for word in words]
    if len(recordings) > 1 and all(choice is not None and choice.stem == "drums" for choice in choices):
        return Refusal(
            f"Drums can be drawn out of one recording, and there are {len(recordings)}: {listed(recordings)}. "
            "Take the others out of the loop first.",
            field="stems",
        )
    return Refusal(
        f"Taking {listed(list(words))} out of {the_stems(recordings)} needs a source-separation model, and none is at "
        "work here; only its drums can be drawn out. Attach the parts as files of their own, or let the band play the "
        "part anew.",
        field="stems",
    )


def foreseen(gat: GlobalAttributeTable, source: Stem, half: Half, tool: str, stage: Stage) -> GlobalAttributeTable:
    """The table with the drums of `source` as its only stem, or with `source` without its drums."""
    made = {"audio": PENDING, "tool": tool, "seed": stage.seed, "backend": BACKEND}
    if half == "drums":
        # Alone, a muted stem would be a silent loop.
        alone = {"name": "drums", "instrument": "drum recording", "muted": False}
        stem = source.model_copy(update={**made, **alone})
        return unmixed(gat.revised(stems=(stem,)))
    return unmixed(gat.with_stem(source.model_copy(update=made)))


def split(gat: GlobalAttributeTable, source: Stem, half: Half, tool: str, stage: Stage) -> Take:
    """Do it, and say how well it can be done."""
    from ensemble.listen.separate import QUALITY, separate_drums

    stage.report("drawing out the drums")
    drums, rest = separate_drums(stage.store.audio(source.audio))
    draft = foreseen(gat, source, half, tool, stage)
    name = "drums" if half == "drums" else source.name
    (stem,) = (stem for stem in draft.stems if stem.name == name)
    audio = stage.store.put_audio(drums if half == "drums" else rest)
    made = mixed(draft.with_stem(stem.model_copy(update={"audio": audio})), stage)
    gone = [other.name for other in gat.stems if made.stem(other.name) is None]
    return Take(
        gat=made,
        expectations=of_edit(gat, made, [Expectation(name="sounding", stem=name)], touched=[*gone, name]),
        backend=BACKEND,
        seed=stage.seed,
        notes=(QUALITY,),
    )
