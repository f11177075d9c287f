"""Stems that go or stay: 'ditch the keys', 'keep only the drums', 'don't touch the bass'."""

from __future__ import annotations

from collections.abc import Sequence
from typing import get_args

from ensemble.tools.selection import verb
from nodes.planners.rules.ask import ONLY_VOICE, missing, which
from nodes.planners.rules.edits.same_notes import takes_over
from nodes.planners.rules.outcome import UNDERSTOOD, Outcome, ask, do, step
from nodes.planners.rules.scene import Scene
from nodes.planners.rules.talk.remarks import forbids_removal
from nodes.planners.rules.words import spans
from nodes.planners.rules.words.attributes import read
from nodes.planners.rules.words.lineup import is_piece
from nodes.planners.rules.words.references import everything_but, find, mentions
from nodes.planners.rules.words.speech import Clause, word_set
from state.effects import EffectKind

_HOLDING = frozenset({"keep", "leave", "hold", "save", "retain"})
_ONLY_LEFT = frozenset({"just", "only", "but"})


def _styled(clause: Clause) -> bool:
    return read(clause.text).genre is not None or (read(clause.text).mood is not None and clause.has("style"))


def _goes(clause: Clause) -> bool:
    """'leave the drums out', 'kick the drums out', 'I want the drums gone', 'drums out'."""
    last = clause.words[-1]
    if "out" in clause.words and everything_but(clause):
        return True  # 'everything out except the drums'
    if last == "out":
        return clause.words[0] in _TAKES or (
            len(clause.words) <= 3 and not clause.begins("level_quieter", "effect_dry")
        )
    if last == "away" and clause.words[0] in _TAKES and clause.has("rest"):
        return True  # 'throw the others away'
    return (
        last in {"gone", "disappear"}
        or clause.says("go away")
        or (clause.begins("remove") is not None and clause.words[0] == "leave")
    )


_OUT_OF = tuple(f"out of {what}" for what in ("tune", "time", "place", "sync", "key", "phase", "control", "nowhere"))
"""Says what is wrong, not what is to go."""
_TAKES = word_set("take pull throw kick leave strip drop cut get have chuck")


def remove(clause: Clause, scene: Scene) -> Outcome | None:
    """'ditch the keys', 'no drums', 'without melody', 'lose everything but the bass'."""
    if clause.says(*_OUT_OF) and not clause.begins("remove"):
        return None
    mark = clause.first("remove")
    kits = [player.name for player in scene.players if player.role == "drums"]
    if clause.says("drumless") and 0 < len(kits) < len(scene.names) and not _styled(clause):
        return do(step("remove_track", stems=kits))
    if mark is None and _goes(clause):
        target = find(clause, scene)
        stems = [name for name in target.stems if name not in scene.protected]
        if stems and len(stems) < len(scene.names):
            return do(step("remove_track", stems=stems))
    if mark is None or (clause.has("keep") and not everything_but(clause)):
        return None
    if (
        mark.words == "take"
        and clause.words[-1] not in {"out", "off", "away"}
        and not clause.says("out", "off", "away")
    ):
        return None
    if mark.words == "pull" and "back" in clause.words:
        return None  # 'pull the piano back'
    if mark.words in {"off", "less the", "pull", "skip", "stop"} and not mentions(clause):
        return None
    arranged = clause.words[0] in {"arrange", "rearrange", "score", "orchestrate", "rescore", "set"}
    denied = mark.words in {"without", "no", "minus", "sans"} and mark.start > 0
    if denied and (arranged or _styled(clause.part(0, mark.start))):
        return None  # 'a jazz version without drums'
    voice = clause.has("voice") and not mentions(clause)
    target = find(clause, scene)
    if voice and not target.stems:
        return ask("There is no voice in this loop to take out. " + which(scene))
    if target.unclear:
        return ask(target.unclear)
    before = find(clause, scene.anew()).stems if scene.steps else ()
    if before and not scene.present(before):
        return UNDERSTOOD  # '(only keys and bass,) no drums'
    if target.missing and not target.stems:
        return (
            ask(missing(target.missing, scene))
            if not scene.open
            else do(step("remove_track", stems=list(target.missing)))
        )
    if target.missing:
        return ask(missing(target.missing, scene))
    if target.whole and not target.stems:
        if (target.pronoun and len(scene.names) > 1) or clause.has("solo_noun"):
            return ask(which(scene))
        return (
            ask("That would leave nothing to hear. Which stems should stay, or should I start a new loop?")
            if mark.start <= 1
            else None
        )
    stems = [name for name in target.stems if name not in scene.protected]
    pieces = [mention.words for mention in mentions(clause)]
    if (
        len(stems) == 1
        and pieces
        and all(map(is_piece, pieces))
        and any(player.name == stems[0] and player.role == "drums" for player in scene.players)
    ):
        return ask(
            f"The {pieces[0]} cannot go alone: the drum kit is one stem, {stems[0]}. Shall I take all of it out, or make it sparser?"
        )
    if not stems:
        return ask(which(scene)) if clause.begins("remove") and len(clause.words) <= 2 else None
    if len(stems) == len(scene.names):
        return ask("That would leave nothing to hear. Which stems should stay, or should I start a new loop?")
    spared = clause.has("rest") and set(scene.names) - set(stems) == set(scene.protected)
    if (everything_but(clause) and not scene.protected) or spared:
        return do(step("remove_track", keep=[name for name in scene.names if name not in stems]))
    return do(step("remove_track", stems=stems))


def keep(clause: Clause, scene: Scene) -> Outcome | None:
    """'keep only the drums', 'just the bass and the keys', 'isolate the piano', 'extract the vocals'."""
    mark = clause.first("keep")
    only = mark is not None or bool(clause.begins("protect") and set(clause.words[1:4]) & _ONLY_LEFT)
    just = clause.words[0] in {"just", "only"} or clause.words[-1] in {"only", "alone"}
    negated = clause.words[:1] == ("no",) and clause.has("except")
    if not (only or just or negated) or clause.begins("export"):
        return None
    target = find(clause.part(mark.end) if mark and mark.start == 0 else clause, scene)
    if target.unclear or target.missing:
        return ask(target.unclear or missing(target.missing, scene))
    if not target.stems or (just and not only and len(target.spans) == 0):
        return ask(ONLY_VOICE) if clause.has("voice") and only else None
    if (
        just
        and clause.has("louder", "quieter", "faster", "slower", "higher", "lower", "add", "left", "right")
        and mark is None
    ):
        return None
    if mark and mark.words in {
        "extract",
        "isolate",
        "separate",
        "separate out",
        "single out",
        "stem out",
        "pull out just",
    }:
        return do(step("extract_track", stems=list(target.stems)))
    if len(target.stems) == len(scene.names):
        return UNDERSTOOD if scene.steps else None  # '(no drums, no bass,) just keys'
    return do(step("remove_track", keep=list(target.stems)))


def protect(clause: Clause, scene: Scene, parts: Sequence[Clause] = ()) -> Outcome | None:
    """'don't touch the bass', 'keep the drums as they are': remembered for the other clauses, no step of its own."""
    if forbids_removal(clause):
        return _held(clause, scene, parts)
    mark = clause.first("protect")
    if (
        mark is None
        or takes_over(clause)
        or clause.has("keep")
        or _goes(clause)
        or (clause.has("add") and not clause.has("negation") and mark.words not in {"keep", "leave"})
    ):
        return None
    firm = mark.words not in {"keep", "leave", "hold", "save"}
    target = find(clause, scene)
    about_time = clause.says(
        "tempo", "key", "same key", "same tempo", "chords", "pitch", "groove", "rhythm", "feel", "rest"
    )
    part = spans.find(clause, scene.bars, scene.seconds)  # 'leave the second half alone'
    if not target.stems and not firm and not about_time and not target.whole and part is None:
        return None
    if clause.has("faster", "slower", "add", "replace") and not firm and clause.words[0] != "keep":
        return None
    if not clause.has("rest"):  # 'leave the rest alone': what else the message names says what that is
        scene.protected = (*scene.protected, *target.stems)
    return UNDERSTOOD


def _held(clause: Clause, scene: Scene, parts: Sequence[Clause]) -> Outcome | None:
    """ "don't mute the drums, (make them quieter)": kept from what would take them away, not from every change."""
    stems = find(clause, scene).stems
    if not stems:
        return None
    others = [part for part in parts if part is not clause]
    if not others or any(part.has("remove", "mute", "solo", "keep", "style") for part in others):
        scene.protected = (*scene.protected, *stems)
    elif parts[0] is clause:
        scene.focus = scene.spoken = stems
    return UNDERSTOOD


_AS_IT_IS = word_set("as alone same untouched unchanged everything else rest")
_OF_A_STEM = (
    "level_louder", "level_quieter", "louder", "quieter", "left", "right", "center", "pan", "mute", "solo", "timbre_bright", "timbre_dark",
    "timbre_warm", "timbre_bassy", "timbre_thin", *(f"effect_{kind}" for kind in get_args(EffectKind)),
)  # fmt: skip


def only_names(part: Clause, after: Clause | None, scene: Scene) -> tuple[str, ...]:
    """'keep the drums (and put reverb on them)': the stems that a clause names as what the next one changes; else none."""
    mark = part.begins("protect")
    if after is None or mark is None or mark.words not in _HOLDING or set(part.words) & _AS_IT_IS or part.has("keep"):
        return ()
    stems = find(part, scene).stems
    pointed = after.first("pronoun")
    if not stems or pointed is None or mentions(after) or not after.has(*_OF_A_STEM) or after.has("tempo", "mood_move"):
        return ()
    many = len(stems) > 1 or verb(list(stems), "one", "many") == "many"
    return stems if many == (pointed.words in {"them", "they", "these", "those", "both"}) else ()
