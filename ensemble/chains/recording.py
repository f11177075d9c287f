"""The stem that a model plays: recorded sound, without a score."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from ensemble.chains.asking import Answer
from ensemble.chains.prompt import MUSIC
from ensemble.tools.recordings import gain_beside, licences
from ensemble.tools.tool import PENDING, Stage
from state.gat import GlobalAttributeTable, Stem

if TYPE_CHECKING:
    from ensemble.band.instruments import Choice
    from ensemble.capabilities import Model
    from state.artifacts import Audio


def recorded(words: Sequence[str], genre: str | None, taken: Iterable[str], tool: str, stage: Stage, by: Model) -> Stem:
    """A stem that is decided but not played yet, for what `words` name: instruments, whether or not the band has them."""
    from ensemble.band.instruments import resolve, unique_stem

    choices = [resolve(word, genre) for word in words]
    drums = bool(choices) and all(choice is not None and choice.instrument.is_drum for choice in choices)
    name = _name(words[0], choices[0]) if len(words) == 1 else "drums" if drums else MUSIC
    return Stem(
        name=unique_stem(name, taken),
        instrument="drum recording" if drums else "recording",
        audio=PENDING,
        score=None,
        tool=tool,
        seed=stage.seed,
        backend=by.name,
    )


def filled(stem: Stem, audio: Audio, answer: Answer, stage: Stage, licence: str | None = None) -> Stem:
    """`stem` with its sound, and who made it under which licence: that of the weights, or `licence` where more bear on it."""
    return stem.model_copy(
        update={
            "audio": stage.store.put_audio(audio),
            "seed": stage.seed,
            "backend": answer.player,
            "licence": licence or answer.sheet.licence,
        }
    )


def remade(stem: Stem, audio: Audio, answer: Answer, tool: str, stage: Stage) -> Stem:
    """`stem` after a model played over its sound: what notes it had are no longer what is heard. Something of the old
    sound is, so its licence stays."""
    made = filled(stem, audio, answer, stage, licences(stem.licence, answer.sheet.licence))
    return made.model_copy(update={"instrument": _recording_of(stem), "score": None, "tool": tool})


def pending(
    gat: GlobalAttributeTable, stems: Iterable[Stem], by: Model, tool: str, stage: Stage
) -> GlobalAttributeTable:
    """A forecast of `gat` after the model `by` played over the sound of `stems`."""
    for stem in stems:
        made = {"audio": PENDING, "score": None, "instrument": _recording_of(stem), "tool": tool}
        gat = gat.with_stem(stem.model_copy(update={**made, "seed": stage.seed, "backend": by.name}))
    return gat


def _recording_of(stem: Stem) -> str:
    """What `stem` is called once it is recorded sound."""
    from ensemble.tools.selection import is_drums

    return "drum recording" if is_drums(stem) else "recording"


def balanced(gat: GlobalAttributeTable, stem: Stem, word: str | None, stage: Stage) -> Stem:
    """`stem` at the level beside the others that the band would give an instrument of that `word`."""
    from ensemble.band.instruments import resolve

    choice = resolve(word, gat.genre) if word else None
    instrument = stem.instrument if choice is None else choice.instrument.name
    return stem.model_copy(update={"gain_db": gain_beside(gat, instrument, stem.audio, stage)})


def _name(word: str, choice: Choice | None) -> str:
    if choice is not None:
        return choice.stem
    plain = re.sub(r"[^a-z0-9]+", " ", word.casefold()).strip()
    return plain[:40].strip() or MUSIC
