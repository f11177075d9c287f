"""Questions, answered from the table and the history; a request for a description goes to the tool."""

from __future__ import annotations

from collections.abc import Callable

from nodes.planners.rules.amounts import amounts
from nodes.planners.rules.ask import listed
from nodes.planners.rules.outcome import Outcome, do, say, step
from nodes.planners.rules.references import mentions, named
from nodes.planners.rules.scene import Scene
from nodes.planners.rules.speech import Clause, word_set
from state.gat import GlobalAttributeTable, Stem

_ASKING = word_set(
    """what what's whats which how who is are does do did was were has have when where why whose am how's"""
)
_NO_LOOP = "There is no loop yet, so there is nothing to tell about it. Ask for one, for example 'a lofi loop at 80 bpm with keys and drums'."


def describe(clause: Clause, scene: Scene) -> Outcome | None:
    """'Describe the current music loop', 'what does it sound like', 'sum it up'."""
    mark = clause.first("describe")
    if clause.says("sound at", "sound in", "sound with", "sound as"):
        return None  # 'how would it sound at 120 bpm': try it
    if mark is None or mark.start > 2 or (clause.has("louder", "quieter") and mark.words == "report"):
        return None
    if not scene.exists:
        return say(_NO_LOOP)
    plain = len(clause.words) <= 6 or clause.words[0] == "describe"
    return do(step("describe", question=None if plain else clause.text[:500]))


def question(clause: Clause, scene: Scene) -> Outcome | None:
    """An answer to a question about the loop; None where the clause asks for a change."""
    words = clause.words
    if words[0] not in _ASKING and not clause.says(
        "tell me", "show me", "do you know", "i wonder", "remind me", "let me know", "list", "wondering"
    ):
        short = (
            len(words) <= 3
            and not amounts(clause)
            and words[0] in {"tempo", "key", "bpm", "chords", "instruments", "length"}
            and scene.request.text.rstrip().endswith("?")
        )
        if not short:
            return None
    if clause.says(
        "what about",
        "how about",
        "what if",
        "do it",
        "do that",
        "do the",
        "do a",
        "do you want",
        "do some",
        "why not",
    ):
        return None
    if words[0] in {"do", "have"} and "you" not in words and "i" not in words and "we" not in words:
        return None
    if clause.says("sound at", "sound in", "sound with", "sound as", "be like with") and scene.exists:
        return None  # 'how does it sound at 120 bpm': try it
    if scene.request.gat is None:
        return say(_NO_LOOP)
    answer = _answer(clause, scene, scene.request.gat)
    if answer is not None:
        return say(answer)
    if clause.says(
        "sound like",
        "going on",
        "do you hear",
        "do we have",
        "have we got",
        "is this",
        "is it",
        "in there",
        "in this loop",
        "in the loop",
        "tell me about",
    ):
        return do(step("describe"))
    if words[0] in word_set("how what what's when where which who why"):
        return do(step("describe", question=clause.text[:500]))
    return None


_OF_THE_PAST = (
    "change", "changed", "changes", "did you do", "have you done", "you do", "happened", "did you just", "history", "different now",
    "last step",
)  # fmt: skip


def _answer(clause: Clause, scene: Scene, gat: GlobalAttributeTable) -> str | None:
    """Every fact that is asked for, in the order of `_FACTS`."""
    if clause.says(*_OF_THE_PAST):
        return _history(scene)
    if clause.says("version", "versions", "revision", "revisions"):
        lineage = sorted(scene.request.revisions.lineage())
        return f"This is version {gat.revision}; along its line there are {listed([str(n) for n in lineage])}."
    if clause.says("how many") and clause.says(
        "stems", "tracks", "instruments", "parts", "layers", "players", "voices"
    ):
        return (
            f"There are {len(gat.stems)}: {listed(gat.stem_names)}."
            if len(gat.stems) > 1
            else f"There is 1: {listed(gat.stem_names)}."
        )
    keys_part = clause.says("the keys", "keys part", "on keys")
    facts = [tell(gat) for words, tell in _FACTS if clause.says(*words) and not (tell is _key and keys_part)]
    return " ".join(facts) if facts else _of_a_stem(clause, scene, gat)


def _of_a_stem(clause: Clause, scene: Scene, gat: GlobalAttributeTable) -> str | None:
    found = mentions(clause)
    if found and clause.words[0] in word_set("are did do does has have is"):
        word = found[0].words
        stems = named(word, scene)
        return f"Yes: {listed(stems)}." if stems else f"No, there is no {word}; it has {listed(gat.stem_names)}."
    if found and clause.words[0] in {"what", "what's", "which", "who"}:
        stems = named(found[0].words, scene)
        playing = [f"{s.name} is played by {s.instrument}" for s in gat.stems if s.name in stems]
        return "; ".join(playing).capitalize() + "." if playing else None
    return None


def _key(gat: GlobalAttributeTable) -> str:
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


def _levels(gat: GlobalAttributeTable) -> str:
    return f"Levels: {', '.join(f'{s.name} {s.gain_db:+.1f} dB{_muted(s)}' for s in gat.stems)}."


def _positions(gat: GlobalAttributeTable) -> str:
    return f"Positions: {', '.join(f'{s.name} {_side(s.pan)}{_muted(s)}' for s in gat.stems)}."


def _muted(stem: Stem) -> str:
    return " (muted)" if stem.muted else ""


def _side(pan: float) -> str:
    return "in the centre" if pan == 0 else f"{abs(pan):.0%} {'left' if pan < 0 else 'right'}"


def _with_source(gat: GlobalAttributeTable, field: str, sentence: str) -> str:
    source = gat.sources.get(field)
    tail = {"inferred": ", which nobody asked for: it was inferred", "measured": ", as measured from the audio"}.get(
        source or "", ""
    )
    return f"{sentence}{tail}."


def _stems(gat: GlobalAttributeTable) -> str:
    if not gat.stems:
        return "There are no stems."
    return (
        "There are "
        + listed(
            [f"{stem.name} ({stem.instrument})" if stem.name != stem.instrument else stem.name for stem in gat.stems]
        )
        + "."
    )


def _effects(gat: GlobalAttributeTable) -> str:
    parts = [
        f"{listed([effect.kind for effect in stem.effects])} on the {stem.name}" for stem in gat.stems if stem.effects
    ]
    if gat.mix_effects:
        parts.append(f"{listed([effect.kind for effect in gat.mix_effects])} on the mix")
    return f"There is {listed(parts)}." if parts else "No effects are on."


_FACTS: tuple[tuple[tuple[str, ...], Callable[[GlobalAttributeTable], str]], ...] = (
    (("key", "keys", "tonality", "scale", "what mode"), _key),
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
            "playing",
            "which sounds",
            "layers",
            "in the mix",
            "band",
        ),
        _stems,
    ),
    (("loud", "louder", "loudest", "volume", "level", "levels", "quiet", "quietest", "balance"), _levels),
    (("muted", "pan", "panned", "left", "right"), _positions),
)
"""What a question may ask of the table, and the sentence that tells it."""


def _history(scene: Scene) -> str:
    past = [turn for turn in scene.request.history if turn.steps and turn.status in {"done", "partial"}]
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
