"""Pitch and key: 'down a fourth', 'the bass an octave lower', 'in D minor instead', 'make it minor'."""

from __future__ import annotations

import re

from ensemble.band.theory import Key, parse_key
from nodes.planners.rules.ask import missing
from nodes.planners.rules.outcome import UNDERSTOOD, Outcome, ask, do, step
from nodes.planners.rules.scene import Scene
from nodes.planners.rules.words.amounts import Amount, amount, amounts, degree
from nodes.planners.rules.words.attributes import read
from nodes.planners.rules.words.references import Target, find
from nodes.planners.rules.words.speech import Clause, word_set

_FROM_KEY = re.compile(r"\bfrom [A-Ga-g](?:#|b)?(?: (?:major|minor))? (?=to\b)")
"""The key that is left is not the one that is wanted: 'from C minor to D minor'."""


_OFF = re.compile(
    r"^(?:but )?(?:the |its |this |that )?(?:key|pitch|tonality|tuning|whole key)(?:'s| is| sounds| feels| seems| was)?(?: \w+){0,2} too (low|high)\b"
)
"""'the key is too low': it should go up."""


_SHIFTING = (
    "transpose", "shift", "pitch shift", "modulate", "pitch", "transposed", "move", "repitch", "tune down", "tune up", "tune it", "detune", "retune",
)  # fmt: skip
_UP = word_set("up higher raise raised increase lift above sharper sharpen upward upwards add bump plus")


_DOWN = word_set("""down lower lowered drop decrease below flatten flat deeper downward downwards reduce minus dip""")


def pitch(clause: Clause, scene: Scene) -> Outcome | None:
    """'down a fourth', 'up 2 semitones', 'Shift this music by 3 semitone', 'transpose the bass an octave lower'."""
    said = amount(clause, "semitones")
    verb = clause.says(*_SHIFTING)
    words = set(clause.words)
    if clause.says("more notes", "fewer notes", "less notes", "long notes", "notes in") and said is None:
        return None
    if said is None and clause.says("tone down", "tone it down", "tone that down"):
        return None
    alone = len(words) == 2 and bool(words & {"up", "down"}) and (bare := amount(clause, "bare")) and bare.value <= 12
    off = _OFF.search(" ".join(clause.words)) if said is None and not verb else None
    if off is not None and not clause.has("tempo", "volume"):
        words, verb = {"up" if off[1] == "low" else "down"}, True  # 'the key is too low'
    if said is None and not verb and not alone and not (clause.has("pitch") and words & (_UP | _DOWN)):
        if (
            not (words & {"higher", "lower", "deeper"})
            or clause.has("volume", "tempo", "effect_eq")
            or clause.says("in the mix")
        ):
            return None
        if amount(clause, "db") or (clause.begins("lower") and clause.words[0] == "lower"):
            return None
    if said is not None and not verb and not words & (_UP | _DOWN) and not clause.has("pitch", "create", "pronoun"):
        return None
    if said is not None and clause.has("add") and words & {"above", "harmony", "harmonies"}:
        return None
    target = _pitch_target(clause, scene)
    if target.unclear or (target.missing and not target.stems):
        return ask(target.unclear or missing(target.missing, scene))
    bare = amount(clause, "bare") if (verb or alone) and said is None else None
    value = _sum(clause, said) if said else bare.value if bare and abs(bare.value) <= 48 else None
    if value is None:
        if read(clause.text).key:
            return None
        if not words & (_UP | _DOWN):
            return (
                ask("By how much should the pitch move, up or down? For example 'up a fourth' or 'down 2 semitones'.")
                if verb and clause.has("pitch") and not clause.has("pan") and not clause.says("move")
                else None
            )
        value = (
            12.0
            if target.stems and not words & {"pitch"}
            else {"small": 1.0, "normal": 2.0, "large": 5.0}[degree(clause)]
        )
    place = said or bare
    signed = place is not None and clause.words[place.start][0] == "-"
    down = (bool(words & _DOWN) and not (words & {"up"})) or signed
    semitones = round(-abs(value) if down else abs(value))
    if abs(semitones) > 24:
        return ask("The pitch can move by up to 24 semitones, two octaves. How far should it go?")
    if semitones == 0:
        return None
    if target.stems and all((p := scene.player(name)) is not None and p.is_drum for name in target.stems):
        return ask("Drums have no key to shift. Which other stem should move, or should the whole loop?")
    stems = target.stems if not _whole(target, scene) else ()
    return do(step("shift_pitch", semitones=semitones, stems=list(stems)))


def _sum(clause: Clause, said: Amount) -> float:
    """Intervals joined by 'and' together: 'an octave and a fifth' is 19 semitones."""
    value, end = said.value, said.end
    for more in amounts(clause):
        if more.unit == "semitones" and more.start == end + 1 and clause.words[end] in {"and", "plus"}:
            value, end = value + more.value, more.end
    return value


def _pitch_target(clause: Clause, scene: Scene) -> Target:
    target = find(clause, scene)
    added = scene.fresh and scene.steps and scene.steps[-1].tool in {"add_track", "replace_track"}
    if not target.said or target.pronoun:
        octave = "octave" in clause.words and scene.newest and scene.focus == scene.newest
        stems = scene.focus if added or octave else ()
        if target.pronoun and target.stems and scene.fresh:
            stems = target.stems
        target = Target(stems, whole=not stems)
    if (
        target.stems
        and not _names_stems(clause, scene)
        and all((p := scene.player(n)) and p.is_drum for n in target.stems)
    ):
        target = Target(whole=True)  # drums have no pitch: 'it' is the loop
    if scene.protected and not (target.stems and not set(target.stems) & set(scene.protected)):
        return Target(tuple(n for n in (target.stems or scene.names) if n not in scene.protected))
    return target


def _names_stems(clause: Clause, scene: Scene) -> bool:
    return bool(find(clause, scene).stems) and not find(clause, scene).pronoun


def _whole(target: Target, scene: Scene) -> bool:
    pitched = {player.name for player in scene.players if not player.is_drum}
    return target.whole or (bool(pitched) and set(target.stems) >= pitched and len(target.stems) == len(scene.names))


_OF_NOW = re.compile(
    r"(?:it's|it is|this is|that's|we're|we are|this one is|the loop is|it was) (?:in |all |currently |already |still )*(?:a )?(?:\w+ )?(?:minor|major|dorian|phrygian|lydian|mixolydian)\b(?! (?:please|instead))"
)


_TOLD = word_set("can't cannot hates hate isn't awful hard hates dislikes")


def key(clause: Clause, scene: Scene) -> Outcome | None:
    """'in D minor instead', 'transpose it to F', 'make it minor', 'change the key to A major'."""
    reading = read(_FROM_KEY.sub("", clause.text))
    wanted = reading.key
    mode = next((m.words for m in clause.marks("mode_word")), None)
    if reading.chords and not clause.has("pitch"):
        return None
    if wanted is None:
        if (
            mode is None
            or mode not in word_set("dorian locrian lydian major minor mixolydian phrygian")
            or amount(clause, "semitones")
        ):
            return None
        at = clause.words.index(mode) if mode in clause.words else 0
        if (
            at
            and len(clause.words[at - 1]) == 1
            and clause.words[at - 1].isalpha()
            and clause.words[at - 1] not in {"a", "i"}
        ):
            return ask(
                f"There is no key of {clause.words[at - 1].upper()} {mode}. Which key should it be, from A to G, for example 'D {mode}'?"
            )
        if scene.key is None:
            return ask(f"No key is known for this loop. Which one should it have, for example 'D {mode}'?")
        tonic = scene.key.split()[0]
        if _OF_NOW.match(" ".join(clause.words)) and mode in scene.key.lower():
            return UNDERSTOOD  # "it's minor now, right? make it major"
        return do(step("rearrange", key=str(parse_key(f"{tonic} {mode}")), instruments=scene.names))
    try:
        present = parse_key(scene.key) if scene.key else None
        aim = parse_key(wanted)
    except ValueError:
        return None
    if present is not None and "mode" in reading.inferred and mode is None:
        aim = Key(aim.tonic, present.mode)
    if present is None:
        return do(step("rearrange", key=str(aim), instruments=scene.names))
    if aim == present and _TOLD & set(clause.words):
        return UNDERSTOOD  # "the trumpet can't play in G minor, (move it to A minor)"
    if aim == present:
        return ask(f"The loop is in {present} already. Which key should it move to?")
    if aim.mode == present.mode:
        return do(step("shift_pitch", to_key=str(aim)))
    return do(step("rearrange", key=str(aim), instruments=scene.names))
