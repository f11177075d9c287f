"""Parts drawn out of a recording, or taken out of it: by the seated separation model, else its drums by their attack."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from ensemble.capabilities import weights_named
from ensemble.tools.mixing import mixed, unmixed
from ensemble.tools.promises import of_edit
from ensemble.tools.recordings import level_db, licences
from ensemble.tools.selection import is_drums, listed, the_stems
from ensemble.tools.sources import meant, stem_name
from ensemble.tools.tool import PENDING, Stage
from state.errors import ModelUnavailable, Refusal, ToolError
from state.gat import GlobalAttributeTable, Stem
from state.take import Take
from state.verdict import Expectation

if TYPE_CHECKING:
    from state.artifacts import Audio

BACKEND = "percussive split"
_DRUMS = ("drums",)
_SILENT_DB = -60.0
"""What is drawn out below this is nothing that was in the recording."""

Left = Literal["parts", "rest"]


@dataclass(frozen=True)
class Split:
    """What is split, into what, by whom."""

    stem: Stem
    """The recording."""
    sources: tuple[str, ...]
    """Those meant, as the model calls them."""
    left: Left
    """What the loop keeps: these parts alone, each as a stem, or the recording without them."""
    player: Any | None = field(default=None, compare=False)
    """The seated model, a `Separate`; None: the percussive split."""

    @property
    def backend(self) -> str:
        return BACKEND if self.player is None else str(self.player.name)

    @property
    def parts(self) -> str:
        """'drums and bass'."""
        return listed([stem_name(source) for source in self.sources])


def asked_split(words: Sequence[str], gat: GlobalAttributeTable, left: Left, stage: Stage) -> Split | None:
    """The split that `words` ask for: all of them mean something inside the one recording, none a stem of the table.
    None when that is not so, or nobody here can tell it apart."""
    player = _separator(gat, stage)
    recording = _recording(words, gat, () if player is None else player.sources)
    if recording is None:
        return None
    if player is not None:
        sources, unknown = meant(words, player.sources)
        if sources and not unknown:
            return Split(recording, sources, left, player)
    sources, unknown = meant(words, _DRUMS)
    if not sources or unknown or any(is_drums(stem) for stem in gat.stems):
        return None
    return Split(recording, sources, left)


def refused_split(words: Sequence[str], gat: GlobalAttributeTable, stage: Stage) -> Refusal | None:
    """The refusal when `words` may name something inside a recording that nobody here can take out of it."""
    player = _separator(gat, stage)
    sources: Sequence[str] = () if player is None else player.sources
    recordings = [stem.name for stem in _mixtures(gat, sources)]
    if not recordings:
        return None
    found, unknown = meant(words, sources or _DRUMS)
    if len(recordings) > 1 and found and not unknown:
        subject = "Drums" if found == _DRUMS else listed([stem_name(name) for name in found]).capitalize()
        return Refusal(
            f"{subject} can be drawn out of one recording, and there are {len(recordings)}: {listed(recordings)}. "
            "Take the others out of the loop first.",
            field="stems",
        )
    if player is not None:
        heard = listed([stem_name(name) for name in sources])
        return Refusal(
            f"{player.name} ({weights_named(player.weights)}) cannot take {listed(unknown or words)} out of {the_stems(recordings)}: it "
            f"tells apart {heard}. Name one of these, or a stem of the loop: {listed(gat.stem_names)}.",
            field="stems",
        )
    missing = None if stage.players is None else stage.players.missing.get("separate")
    return Refusal(
        f"{'' if missing is None else f'{missing} '}Taking {listed(list(words))} out of {the_stems(recordings)} needs a source-separation model, and none is at "
        "work here; only its drums can be drawn out. Attach the parts as files of their own, or let the band play the "
        "part anew.",
        field="stems",
    )


def foreseen(gat: GlobalAttributeTable, split: Split, tool: str, stage: Stage) -> GlobalAttributeTable:
    """The table with the parts as its only stems, or with the recording without them."""
    made = {"audio": PENDING, "tool": tool, "seed": stage.seed, "backend": split.backend}
    if split.left == "rest":
        return unmixed(gat.with_stem(split.stem.model_copy(update=made)))
    # Alone, a muted stem would be a silent loop.
    parts = [{"name": stem_name(source), "instrument": _instrument(source), "muted": False} for source in split.sources]
    return unmixed(gat.revised(stems=tuple(split.stem.model_copy(update={**made, **part}) for part in parts)))


def perform_split(gat: GlobalAttributeTable, split: Split, tool: str, stage: Stage) -> Take:
    """Do it, and say who did it and how well it can be done. What is taken out and what is left are the recording again
    when they are summed."""
    parts, rest, notes = _halves(split, stage)
    draft = foreseen(gat, split, tool, stage)
    audio = {split.stem.name: rest} if split.left == "rest" else parts
    for name, samples in audio.items():
        stem = draft.stem(name)
        assert stem is not None
        made_of = {"audio": stage.store.put_audio(samples), "licence": _licence(split)}
        draft = draft.with_stem(stem.model_copy(update=made_of))
    made = mixed(draft, stage)
    gone = [other.name for other in gat.stems if made.stem(other.name) is None]
    own = [Expectation(name="sounding", stem=name) for name in audio]
    return Take(
        gat=made,
        expectations=of_edit(gat, made, own, touched=[*gone, *audio]),
        backend=split.backend,
        seed=stage.seed,
        notes=notes,
    )


def _halves(split: Split, stage: Stage) -> tuple[dict[str, Audio], Audio, tuple[str, ...]]:
    """The parts by stem name, the recording without them, and what to say."""
    audio = stage.store.audio(split.stem.audio)
    if split.player is None:
        from ensemble.listen.separate import QUALITY, separate_drums

        stage.report("drawing out the drums")
        drums, rest = separate_drums(audio)
        missing = None if stage.players is None else stage.players.missing.get("separate")
        return {"drums": drums}, rest, (QUALITY,) if missing is None else (missing, QUALITY)
    from ensemble.chains.separate import remainder, separated

    stage.report(f"drawing out the {split.parts}")
    found = separated(audio, split.player, stage)
    parts = {stem_name(source): found[source] for source in split.sources}
    quiet = [name for name, part in parts.items() if level_db(part) <= _SILENT_DB]
    if quiet and (split.left == "rest" or len(quiet) == len(parts)):
        raise ToolError(f"{split.backend} hears no {listed(quiet)} in {the_stems([split.stem.name])}", field="stems")
    return parts, remainder(audio, *parts.values()), _notes(split, quiet)


def _licence(split: Split) -> str | None:
    """Of the weights that drew it out, and of those that had played what it was drawn out of."""
    own = None if split.player is None else split.player.sheet.licence
    return licences(split.stem.licence, own)


def _notes(split: Split, quiet: list[str]) -> tuple[str, ...]:
    player = split.player
    assert player is not None
    done = "drawn out of" if split.left == "parts" else "taken out of"
    said = (
        f"The {split.parts} {'was' if split.sources == ('bass',) else 'were'} {done} {the_stems([split.stem.name])} by "
        f"{player.name} ({weights_named(player.weights)}; weights under {player.sheet.licence}): a model's estimate, so "
        "traces of the other parts may remain."
    )
    return (said, f"It hears no {listed(quiet)} in it; that stem is next to silent.") if quiet else (said,)


def _separator(gat: GlobalAttributeTable, stage: Stage) -> Any | None:
    """The seated model; it is not looked for where the table holds no recording. Where it cannot be loaded and the strategy
    lets another stand in, None. Raises ModelUnavailable where it does not."""
    player = stage.player("separate") if _mixtures(gat, ()) else None
    try:
        if player is not None:
            tuple(player.sources)  # may load it
    except ModelUnavailable as failure:
        if stage.players is None or not stage.players.stand_in(failure):
            raise
        return None
    return player


def _recording(words: Sequence[str], gat: GlobalAttributeTable, sources: Sequence[str]) -> Stem | None:
    from ensemble.band.instruments import matches

    mixtures = _mixtures(gat, sources)
    if not words or len(mixtures) != 1:
        return None
    if any(matches(word, stem.name, stem.instrument) for word in words for stem in gat.stems):
        return None
    return mixtures[0]


def _mixtures(gat: GlobalAttributeTable, sources: Sequence[str]) -> list[Stem]:
    """Recordings of several instruments; what a model drew out of one is a recording of one part."""
    single = {stem_name(source) for source in sources}
    return [stem for stem in gat.stems if stem.instrument == "recording" and stem.name not in single]


def _instrument(source: str) -> str:
    return "drum recording" if source == "drums" else "recording"
