"""Drums to music and a track more: a model plays on from what is there, and what is new in that becomes a stem.

The paper's released code kept the continuation as a whole: the loop that was added to was gone. Here the new part is
taken out of the continuation and laid beside the stems, which stay as they are, sample for sample. A model that was taught
to add a track to what it hears is asked for that instead.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from ensemble.capabilities import Continue, Sheet, Sound, Work
from ensemble.chains.asking import Answer, answered
from ensemble.chains.mending import Mended, bars_at_once, mended, seconds_for
from ensemble.chains.prompt import playing, prompt_of
from ensemble.chains.recording import balanced, filled
from ensemble.tools.new_loop import NewLoop
from ensemble.tools.recordings import licences
from ensemble.tools.selection import listed
from ensemble.tools.sources import meant
from ensemble.tools.tool import PENDING, Stage
from state.errors import Refusal
from state.gat import SAMPLE_RATE, GlobalAttributeTable, Stem

if TYPE_CHECKING:
    from state.artifacts import Audio

Taken = tuple["Audio", tuple[str, ...], str | None]
"""A part out of a continuation, shape (2, samples), what must be said of it, and the licence of who took it out."""

_DRUMS = "drums"
_REST = "other"
_TRACKS = {
    "reed": "woodwinds",
    "pipe": "woodwinds",
    "organ": "keyboard",
    "synth lead": "synth",
    "synth pad": "synth",
    "sound effects": "fx",
    "synth effects": "fx",
}
"""Family of instruments -> the track that a model may know it as; others are called alike."""


def played_around(
    plan: NewLoop, drums: Stem, player: Continue, stage: Stage
) -> tuple[GlobalAttributeTable, tuple[str, ...], Answer]:
    """The planned loop with what `player` plays on from `drums`, without the drums in that; unmixed."""
    draft = plan.draft
    (stem,) = (stem for stem in draft.stems if stem.audio == PENDING)
    text = prompt_of(draft, [_DRUMS, *plan.players], said=draft.description)
    answer, loop = _continued(draft, drums.audio, text, player, stage)
    part, notes, licence = _undrummed(loop.audio, stage)
    made = filled(stem, part, answer, stage, licences(answer.sheet.licence, licence))
    done = balanced(draft, made, None, stage)
    return draft.with_stem(done), (*loop.notes, *notes, answer.credit), answer


def played_beside(
    loop: GlobalAttributeTable, stem: Stem, word: str, manner: str, player: Continue, stage: Stage
) -> tuple[GlobalAttributeTable, tuple[str, ...], Answer]:
    """`loop` with `stem`, a part for the instrument `word`, unmixed: `player`'s own track to the mix where it plays such, else
    out of what it plays on from the mix. `manner` is how it is played, such as 'a busy saxophone solo'."""
    if (track := _track(word, player)) is not None:
        return _played_alone(loop, stem, word, track, manner, player, stage)
    text = prompt_of(loop, [*playing(loop), word], said=", with ".join(filter(None, (loop.description, manner))))
    answer, whole = _continued(loop, loop.mix, text, player, stage)
    part, notes, licence = _taken(word, loop, whole.audio, stage)
    made = filled(stem, part, answer, stage, licences(answer.sheet.licence, licence))
    done = balanced(loop, made, word, stage)
    return loop.with_stem(done), (*whole.notes, *notes, answer.credit), answer


def who_adds(word: str, loop: GlobalAttributeTable, stage: Stage) -> tuple[Any | None, tuple[str, ...]]:
    """(the model that adds a part for `word`, or None for the band; what must be said of that).

    Without a separation model only drums can be taken out of a continuation; for others the band stands in where the
    strategy lets it, unless the model plays such a track by itself. Raises Refusal where it does not, and where no bars are known to cut at.
    """
    player = stage.player("continue")
    if player is None:
        return None, stage.stood_in("continue")
    if loop.bpm is None or loop.bars is None:
        raise Refusal(
            "No steady pulse was measured in this recording, so nothing can be played on from it in time. "
            "Attach one with a clear beat, or ask for a new loop.",
            field="bpm",
        )
    alone = _track(word, player) is not None
    if alone or stage.player("separate") is not None or _source(word, ()) == _DRUMS:
        return player, ()
    why = f"{player.name} plays on with all instruments at once, and no separation model is seated to take the {word} out."
    if stage.players is not None and stage.players.fallback:
        return None, (f"{why} The band played it.",)
    raise Refusal(f"{why} Drums can be had without one. Shall I add drums instead?", field="instrument")


def _played_alone(
    loop: GlobalAttributeTable, stem: Stem, word: str, track: str, manner: str, player: Any, stage: Stage
) -> tuple[GlobalAttributeTable, tuple[str, ...], Answer]:
    """`loop` with `stem` as `player` plays its `track` to the mix: as long as it, at its tempo, nothing else in it."""
    from ensemble.models.audio import fitted, to_sheet

    text = prompt_of(loop, [word], said=manner)

    def call(sheet: Sheet, seeds: Sequence[int], work: Work) -> Sequence[Sound]:
        sounds: Sequence[Sound] = player.lego(to_sheet(stage.store.audio(loop.mix), sheet), track, text, seeds, work)
        return sounds

    answer = answered(player, stage, ("lego", loop.mix, track, text), call)
    done = balanced(loop, filled(stem, fitted(answer.audio, loop.samples), answer, stage), word, stage)
    note = (
        f"{answer.player} played the {word} alone, as its track {track!r}, to the mix that it heard; how well its tempo and key "
        "fit was not measured."
    )
    return loop.with_stem(done), (note, answer.credit), answer


def _track(word: str, player: Any) -> str | None:
    """The track that `player` can add by itself for an instrument; None where it was taught none for it. `adds` and `lego`
    are no capability: a model may have them beside `Continue`."""
    from ensemble.band.instruments import resolve

    tracks: Sequence[str] = getattr(player, "adds", ())
    found, _ = meant([word], tracks)
    if found or not tracks:
        return found[0] if found else None
    choice = resolve(word)
    family = "" if choice is None else choice.instrument.family
    track = _TRACKS.get(family, family)
    return track if track in tracks else None


def _continued(
    gat: GlobalAttributeTable, prompt: str, text: str, player: Continue, stage: Stage
) -> tuple[Answer, Mended]:
    """A loop of the table's length out of what follows the artifact `prompt`."""
    from ensemble.models.audio import to_sheet

    def call(sheet: Sheet, seeds: Sequence[int], work: Work) -> Sequence[Sound]:
        bars, room = _shares(gat, sheet)
        seconds = seconds_for(gat, bars, room)
        given = _ending(stage.store.audio(prompt), gat, sheet.longest_seconds - seconds)
        return player.continue_(to_sheet(given, sheet), text, seconds, seeds, work)

    answer = answered(player, stage, ("continue", prompt, text, gat.duration_seconds), call)
    bars, _ = _shares(gat, answer.sheet)
    return answer, mended(answer.audio, gat, bars, stage, answer.player, pitched=True)


def _shares(gat: GlobalAttributeTable, sheet: Sheet) -> tuple[int, float]:
    """(bars to play on for, seconds that there is room for): the prompt has a bar of the room, or half of it."""
    assert gat.bars is not None
    room = sheet.longest_seconds - min(gat.duration_seconds / gat.bars, sheet.longest_seconds / 2)
    return bars_at_once(gat, room), room


def _ending(audio: Audio, gat: GlobalAttributeTable, room_seconds: float) -> Audio:
    """The last bars of a loop, as many whole ones as there is room for, so that what follows begins on a downbeat."""
    assert gat.bars is not None
    bar = audio.shape[1] / gat.bars
    room = round(room_seconds * SAMPLE_RATE)
    bars = min(gat.bars, int(room / bar))
    return audio[:, -max(1, round(bars * bar) if bars else min(room, audio.shape[1])) :]


def _undrummed(audio: Audio, stage: Stage) -> Taken:
    from ensemble.listen.separate import QUALITY, separate_drums

    separator = stage.player("separate")
    if separator is None:
        return separate_drums(audio)[1], (QUALITY,), None
    from ensemble.chains.separate import remainder, separated

    sources = separated(audio, separator, stage)
    if _DRUMS not in sources:
        return separate_drums(audio)[1], (QUALITY,), None
    note = f"The new drums were taken out of it by {separator.name}."
    return remainder(audio, sources[_DRUMS]), (note,), separator.sheet.licence


def _taken(word: str, loop: GlobalAttributeTable, audio: Audio, stage: Stage) -> Taken:
    from ensemble.listen.separate import QUALITY, separate_drums

    separator = stage.player("separate")
    if separator is None:
        return separate_drums(audio)[0], (QUALITY, *_besides(word, loop, (_DRUMS,))), None
    from ensemble.chains.separate import separated

    sources = separated(audio, separator, stage)
    source = _source(word, tuple(sources))
    if source not in sources:
        raise Refusal(
            f"{separator.name} tells apart {listed(list(sources))}; no {word} can be taken out with it. Shall I add "
            "one of these?",
            field="instrument",
        )
    note = f"Its {source!r} was taken out of what was played by {separator.name}: a model's estimate."
    return sources[source], (note, *_besides(word, loop, tuple(sources))), separator.sheet.licence


def _besides(word: str, loop: GlobalAttributeTable, sources: Sequence[str]) -> tuple[str, ...]:
    """What a separation cannot tell from the new part, because the same source holds both."""
    source = _source(word, sources)
    others = [other for other in playing(loop) if _source(other, sources) == source]
    return (f"The new part also holds what was played anew of {listed(others)}.",) if others else ()


def _source(word: str, sources: Sequence[str]) -> str:
    """The source in which an instrument is heard: its own, that of drums for everything struck, else the rest."""
    from ensemble.band.instruments import resolve

    found, _ = meant([word], sources)
    if found:
        return found[0]
    choice = resolve(word)
    return _DRUMS if choice is not None and choice.instrument.is_drum else _REST
