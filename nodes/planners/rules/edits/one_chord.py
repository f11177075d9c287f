"""One chord of the progression: by its place ('make the second chord a Bm7b5', 'E7 in bar 2') or by its name ('D7 to Ddim')."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from ensemble.band.theory import Chord, parse_chord, parse_key
from nodes.planners.rules.outcome import Outcome, ask, do, step
from nodes.planners.rules.scene import Scene
from nodes.planners.rules.words.chord_words import Named, Place, chords_in, places_in
from nodes.planners.rules.words.references import mentions
from nodes.planners.rules.words.speech import Clause, word_set


def one_chord(clause: Clause, scene: Scene) -> Outcome | None:
    """Another chord at one place of the progression; every other one stays."""
    if not scene.exists or clause.has("tempo") or (clause.has("pitch") and not _says_chord(clause)):
        return None
    places = list(places_in(clause, bool(scene.steps) and scene.steps[-1].tool == "set_chords"))
    spans = [range(place.start, place.end) for place in places]
    chords = [
        found
        for found in chords_in(clause, {place.end for place in places})
        if not any(found.start in span or found.end - 1 in span for span in spans)
    ]
    new = [found for found in chords if not found.old]
    old = [found for found in chords if found.old]
    if not places:
        return _by_name(clause, old, new, scene) if not clause.has("mode_word") or _says_chord(clause) else None
    if any(place.bar for place in places) and not _says_chord(clause) and not _plain(clause, new):
        return None
    if _moves_it(clause, places, new):
        return ask(
            "Of one chord I can change which one it is; its level, pitch and length go with the whole loop, and every bar keeps its "
            f"place. The chords are {' '.join(present(scene) or ())}. Which of them should be another one, for example 'change chord "
            "2 to Ebmaj7'?"
        )
    if len(places) == 1 and (sevenths := _seventh(clause, places[0], scene)) is not None:
        return sevenths
    if not new:
        return _without_chord(clause, places, scene)
    groups = list(dict.fromkeys(place.start for place in places))
    if len(new) not in {1, len(places), len(groups)}:
        return None
    if len(new) == len(places):
        wanted = [found.symbol for found in new]
    else:  # 'the first two bars Am, the last two F'
        wanted = [new[groups.index(place.start) if len(new) > 1 else 0].symbol for place in places]
    return _set(list(zip(places, wanted, strict=True)), old, scene)


def _seventh(clause: Clause, place: Place, scene: Scene) -> Outcome | None:
    """'add a seventh to the last chord', 'make the last chord a seventh'."""
    at = next((i for i, word in enumerate(clause.words) if word in {"seventh", "7th"}), None)
    now = present(scene)
    if (
        at is None
        or place.start <= at < place.end
        or clause.words[at - 1] not in {"a", "the"}
        or not now
        or not _says_chord(clause)
    ):
        return None
    slots = _slots(place, now, scene.bars)
    if isinstance(slots, str):
        return ask(slots)
    after = list(now)
    for slot in slots:
        chord = parse_chord(now[slot])
        if chord.quality in {"", "m"}:
            after[slot] = str(Chord(chord.root, f"{chord.quality}7", chord.bass, chord.spelling))
    return _changed(now, after, scene)


def _says_chord(clause: Clause) -> bool:
    return clause.says("chord", "chords")


def _moves_it(clause: Clause, places: Sequence[Place], new: Sequence[Named]) -> bool:
    """'make the second chord louder', 'add an A7 before the last chord': more than another chord in the same place."""
    if any(place.bar for place in places):
        return False
    beside = {word for place in places for word in clause.words[max(0, place.start - 2) : place.start]}
    moved = clause.has("louder", "quieter", "higher", "lower", "longer", "shorter", "pitch") and not new
    return moved or bool(beside & {"before", "after", "between"})


def _plain(clause: Clause, new: Sequence[Named]) -> bool:
    """Whether 'an Ab7 in bar 4' is about harmony although no chord is spoken of."""
    return (
        bool(new)
        and new[0].symbol != "A"
        and not clause.has("remove")
        and (new[0].symbol[-1].isdigit() or not clause.has("mode_word"))
        and not mentions(clause)
    )


def present(scene: Scene) -> tuple[str, ...] | None:
    """The chords as they will be by now; None where earlier words of the message leave them open."""
    gat = scene.request.gat
    chords = gat.chords if gat else ()
    bars = gat.bars if gat else None
    for made in scene.steps:
        if made.tool == "set_chords":
            chords = tuple(made.arguments["chords"])
        elif made.tool in {"shift_pitch", "undo", "rearrange", "text_to_music", "impression_to_music", "drum_to_music"}:
            return None
    wanted = scene.bars or bars
    if chords and wanted and (len(chords) < wanted or len(chords) % wanted):
        chords = tuple(chords[index % len(chords)] for index in range(wanted))
    return tuple(str(parse_chord(symbol)) for symbol in chords)


_UNKNOWN = (
    "The chords of this loop are not known one by one, so I cannot change a single one. Which should it have as a whole? Write "
    "them one a bar, for example 'Dm7 G7 Cmaj7 Am7'."
)
_AFTER = "Which chord stands there once the rest is done is open. Shall I do the rest first, and the chord after that?"


def _set(wanted: Sequence[tuple[Place, str]], old: Sequence[Named], scene: Scene) -> Outcome:
    now = present(scene)
    if not now:
        return ask(_AFTER if now is None else _UNKNOWN)
    after = list(now)
    for place, symbol in wanted:
        slots = _slots(place, now, scene.bars)
        if isinstance(slots, str):
            return ask(slots)
        if old and not any(found.symbol == now[slot] for slot in slots for found in old):
            return ask(
                f"The chords are {' '.join(now)}, so no {old[0].symbol} stands there. Which of them should be {symbol}?"
            )
        for slot in slots:
            after[slot] = symbol
    return _changed(now, after, scene)


def _changed(now: Sequence[str], after: list[str], scene: Scene) -> Outcome:
    if list(now) == after:
        return Outcome(answer=f"That is how it is already: {' '.join(now)}.")
    return do(step("set_chords", chords=after, key=None if _fits(after, scene.key) else scene.key))


def _fits(chords: Sequence[str], key: str | None) -> bool:
    """Whether the key stays without being said: one borrowed chord moves no key."""
    if key is None:
        return True
    frame = parse_key(key)
    raised = {(frame.tonic + 11) % 12} if frame.minor else set()
    return {pitch % 12 for symbol in chords for pitch in parse_chord(symbol).pitches} <= set(frame.scale) | raised


def _slots(place: Place, now: Sequence[str], bars: int | None) -> range | str:
    """The indices that a place means, or a question."""
    told = " ".join(now)
    count = (bars or len(now)) if place.bar else len(now)
    if place.bar:
        each = max(1, len(now) // count)
        index = place.number - 1 if place.number > 0 else count + place.number
        if not 0 <= index < count:
            return (
                f"The loop has {count} bar{'s' if count > 1 else ''}: {told}. Which of them should have another chord?"
            )
        return range(index * each, (index + 1) * each)
    held = [list(group) for _, group in groupby(range(count), key=lambda slot: now[slot])]
    index = place.number - 1 if place.number > 0 else count + place.number
    run = place.number - 1 if place.number > 0 else len(held) + place.number
    if not 0 <= index < count:
        return f"The progression has {count} chord{'s' if count > 1 else ''}: {told}. Which of them should change?"
    if not 0 <= run < len(held):
        return range(index, index + 1)
    if index not in held[run]:
        bar = "bar" if count == bars else "chord"
        return (
            f"The chords are {told}, some of them held. Do you mean the {now[index]} ('{bar} {index + 1}') or the "
            f"{now[held[run][0]]} ('{bar} {held[run][0] + 1}')? Say for example 'the chord in bar {index + 1} should be ...'."
        )
    return range(held[run][0], held[run][-1] + 1)


def _by_name(clause: Clause, old: Sequence[Named], new: Sequence[Named], scene: Scene) -> Outcome | None:
    """'change the Cm7 to a C7': every one of that name."""
    if len(old) != 1 or len(new) != 1 or (new[0].start < old[0].start and not clause.says("instead of")):
        return None
    if clause.words[old[0].start - 1] == "from" and not _says_chord(clause):
        return None  # 'from G to A' is a key
    now = present(scene)
    if not now:
        return None
    if old[0].symbol not in now and len(old[0].symbol) == 1 and clause.words[old[0].start - 1] not in {"the", "that"}:
        return None
    if clause.words[new[0].start - 1] == "and" and new[0].symbol in now:
        both = {old[0].symbol: new[0].symbol, new[0].symbol: old[0].symbol}
        return _changed(now, [both.get(symbol, symbol) for symbol in now], scene)
    if old[0].symbol not in now:
        return ask(
            f"There is no {old[0].symbol} in {' '.join(now)}. Which of these chords should become {new[0].symbol}?"
        )
    return _changed(now, [new[0].symbol if symbol == old[0].symbol else symbol for symbol in now], scene)


_AROUND = word_set("into a an be should must to chord one triad instead please")
_RECAST = {"minor": ("m", "m7"), "major": ("", "maj7"), "diminished": ("dim", "dim7"), "augmented": ("aug", "aug")}


def _without_chord(clause: Clause, places: Sequence[Place], scene: Scene) -> Outcome | None:
    """'make the first chord minor' recasts it; 'change the second chord' asks which one is wanted."""
    rest = clause.words[places[-1].end :]
    now = present(scene)
    verb = clause.has("replace", "create", "reroll", "vary", "remove") or clause.says("should be", "must be")
    if not _says_chord(clause) or mentions(clause) or not verb:
        return None
    slots = _slots(places[0], now, scene.bars) if now else None
    if now is None or slots is None:
        return ask(_AFTER if now is None else _UNKNOWN)
    if isinstance(slots, str):
        return ask(slots)
    cast = next((_RECAST[word] for word in rest if word in _RECAST), None)
    if cast is not None and len(places) == 1 and set(rest) - _RECAST.keys() <= _AROUND:
        after = list(now)
        for slot in slots:
            chord = parse_chord(now[slot])
            quality = cast["7" in chord.quality]
            after[slot] = str(Chord(chord.root, quality, chord.bass, chord.spelling))
        return _changed(now, after, scene)
    if rest and set(rest) - word_set("please instead again to something else different into another one"):
        return None
    return ask(
        f"The chords are {' '.join(now)}. Which chord should stand in place of the {now[slots[0]]}, for example "
        f"'change chord {slots[0] + 1} to Ebmaj7'?"
    )
