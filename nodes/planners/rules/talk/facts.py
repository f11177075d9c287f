"""What the table tells: one sentence for each fact that can be asked for."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence

from ensemble.tools.selection import verb
from nodes.planners.planner import PastTurn
from nodes.planners.rules.ask import listed
from nodes.wording import changes
from state.gat import GlobalAttributeTable, Stem


def key(gat: GlobalAttributeTable) -> str:
    """The key, or that none is known."""
    return _with_source(gat, "key", f"It is in {gat.key}") if gat.key else "No key is known for this loop."


def _tempo(gat: GlobalAttributeTable) -> str:
    if gat.bpm is None:
        return "It has no steady pulse, so no tempo is known."
    return _with_source(gat, "bpm", f"It is at {gat.bpm:g} bpm")


def _chords(gat: GlobalAttributeTable) -> str:
    return f"The chords are {' '.join(gat.chords)}." if gat.chords else "No chords are known for this loop."


def _metre(gat: GlobalAttributeTable) -> str:
    return f"It is in {gat.time_signature}."


def _length(gat: GlobalAttributeTable) -> str:
    bars = f"{gat.bars} bar{'s' if gat.bars != 1 else ''}, " if gat.bars else ""
    return f"It lasts {bars}{gat.duration_seconds:.1f} seconds."


def _genre(gat: GlobalAttributeTable) -> str:
    return _with_source(gat, "genre", f"It is {gat.genre}") if gat.genre else "No genre is known for this loop."


def _mood(gat: GlobalAttributeTable) -> str:
    return _with_source(gat, "mood", f"Its mood is {gat.mood}") if gat.mood else "No mood was set."


def levels(gat: GlobalAttributeTable) -> str:
    """The fader of every stem."""
    return f"Levels: {', '.join(f'{s.name} {s.gain_db:+.1f} dB{_muted(s)}' for s in gat.stems)}."


def _positions(gat: GlobalAttributeTable) -> str:
    return positions(gat.stems)


def positions(stems: Sequence[Stem]) -> str:
    """Where these stems stand between left and right."""
    return f"Positions: {', '.join(f'{s.name} {_side(s.pan)}{_muted(s)}' for s in stems)}."


def with_instrument(stem: Stem) -> str:
    """'keys (electric piano 1)'; the name alone where it says it all."""
    return stem.name if stem.name == stem.instrument else f"{stem.name} ({stem.instrument})"


def _mutes(gat: GlobalAttributeTable) -> str:
    silent = [stem.name for stem in gat.stems if stem.muted]
    if silent:
        return f"The {listed(silent)} {'are' if len(silent) > 1 or silent[0].endswith('s') else 'is'} muted."
    return f"Not muted: {listed(gat.stem_names)}." if gat.stems else "Nothing is muted."


def _muted(stem: Stem) -> str:
    return " (muted)" if stem.muted else ""


def _side(pan: float) -> str:
    return "in the centre" if pan == 0 else f"{abs(pan):.0%} {'left' if pan < 0 else 'right'}"


def _with_source(gat: GlobalAttributeTable, field: str, sentence: str) -> str:
    source = gat.sources.get(field)
    tails = {"inferred": " (my choice: none was asked for)", "measured": ", as measured from the audio"}
    return f"{sentence}{tails.get(source or '', '')}."


def _stems(gat: GlobalAttributeTable) -> str:
    if not gat.stems:
        return "There are no stems."
    return f"There {verb(gat.stem_names, 'is', 'are')} {listed([with_instrument(stem) for stem in gat.stems])}."


def _effects(gat: GlobalAttributeTable) -> str:
    parts = [
        f"{listed([effect.kind for effect in stem.effects])} on the {stem.name}" for stem in gat.stems if stem.effects
    ]
    if gat.mix_effects:
        parts.append(f"{listed([effect.kind for effect in gat.mix_effects])} on the mix")
    return f"There is {listed(parts)}." if parts else "No effects are on."


FACTS: tuple[tuple[tuple[str, ...], Callable[[GlobalAttributeTable], str]], ...] = (
    (("key", "keys", "tonality", "scale", "what mode"), key),
    (("bpm", "tempo", "fast", "slow", "speed", "beats per minute", "pace"), _tempo),
    (("chords", "chord", "progression", "harmony"), _chords),
    (("time signature", "meter", "metre", "3/4", "4/4", "time is it in", "signature", "what time"), _metre),
    (("long", "length", "bars", "bar", "duration", "seconds", "measures"), _length),
    (("genre", "style", "kind of music", "type of music"), _genre),
    (("mood", "feeling", "emotion"), _mood),
    (("effect", "effects", "fx", "reverb", "delay"), _effects),
    (
        (
            "instrument",
            "instruments",
            "stems",
            "tracks",
            "parts",
            "what is playing",
            "what's playing",
            "who is playing",
            "who's playing",
            "which sounds",
            "layers",
            "in the mix",
            "band",
        ),
        _stems,
    ),
    (("loud", "louder", "loudest", "volume", "level", "levels", "quiet", "quietest", "balance"), levels),
    (("pan", "panned", "left", "right", "panning"), _positions),
    (("muted", "mute", "silent"), _mutes),
)
"""What a question may ask of the table, and the sentence that tells it."""


PLAYING = _stems
"""What is told of 'playing' where nothing else was asked for: 'which chords are we playing' asks for the chords."""
OF_STEMS = (levels, _positions, _mutes)
"""Facts that are told of the stems in question only."""


def only(gat: GlobalAttributeTable, names: Collection[str]) -> GlobalAttributeTable:
    """The table with the stems of these names; all of them where no name is given."""
    kept = tuple(stem for stem in gat.stems if stem.name in names)
    return gat.model_copy(update={"stems": kept}) if kept else gat


def since(then: GlobalAttributeTable | None, now: GlobalAttributeTable) -> str:
    """What is different now from an earlier version."""
    if then is None:
        return "There is no such version."
    if then.revision == now.revision:
        return f"Nothing: version {then.revision} is the present one."
    told = changes(then, now.model_copy(update={"parent": then.revision}))
    return f"Since version {then.revision}: {' '.join(told) or 'nothing that can be heard has changed.'}"


def history(turns: Sequence[PastTurn]) -> str:
    """What the last turn that did something did."""
    past = [turn for turn in turns if turn.steps and turn.status in {"done", "partial"}]
    if not past:
        return "Nothing was changed yet."
    last = past[-1]
    words = [
        f"{done.tool.replace('_', ' ')} ({_shown(done.arguments)})" if done.arguments else done.tool.replace("_", " ")
        for done in last.steps
    ]
    return f"For '{last.request}' I did: {listed(words)}."


def _shown(arguments: dict[str, object]) -> str:
    parts = []
    for name, value in arguments.items():
        if name in {"description", "inferred"}:
            continue
        shown = (
            ", ".join(str(item.get("kind", item)) if isinstance(item, dict) else str(item) for item in value)
            if isinstance(value, list)
            else str(value)
        )
        parts.append(f"{name.replace('_', ' ')} {shown}")
    return "; ".join(parts)
