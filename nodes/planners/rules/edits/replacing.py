"""One instrument plays another's part: 'swap the piano for a rhodes', 'a flute instead'."""

from __future__ import annotations

from typing import get_args

from ensemble.band.instruments import Choice, resolve
from nodes.planners.rules.ask import ONLY_VOICE, missing, which
from nodes.planners.rules.edits.adding import add
from nodes.planners.rules.edits.inside import recorded
from nodes.planners.rules.edits.restyling import restyles
from nodes.planners.rules.outcome import Outcome, ask, do, step
from nodes.planners.rules.plain.kinds import noun_left_out, of_that_kind, told_by_kind, used_by_kind
from nodes.planners.rules.scene import Player, Scene
from nodes.planners.rules.words import attributes
from nodes.planners.rules.words.amounts import amount
from nodes.planners.rules.words.references import Target, find, mentions, named
from nodes.planners.rules.words.speech import Clause, word_set
from nodes.planners.rules.words.voices import takes_place
from state.effects import EffectKind


def replace(clause: Clause, scene: Scene) -> Outcome | None:
    """'swap the piano for a rhodes', 'use strings instead of the keys', 'change the guitar to a banjo', 'a flute instead'."""
    used = used_by_kind(clause, scene)
    halves = (clause.part(0, 0), clause) if used else _halves(clause)
    if takes_place(clause):
        return ask(ONLY_VOICE)
    if halves is None or restyles(clause) or _sets_what_plays(clause, scene):
        return None
    old, new = halves
    reading = attributes.read(new.text)
    if reading.genre and "genre" not in reading.inferred:
        return None  # 'turn this into a sad piano ballad' is a style
    wanted = reading.instruments or (mentions(new) if not reading.genre else ())
    if not wanted and new.has("voice") and find(old, scene).stems:
        return ask(ONLY_VOICE)
    target = find(old, scene) if old.words else Target(used or scene.present(scene.focus), pronoun=not used)
    if kin := of_that_kind(old, new, wanted[0].words if wanted else None, scene):
        target = Target(kin)
    new = new.part(next(at for at, word in enumerate(new.words) if word in {"a", "an", "some"})) if used else new
    words = [mention.words.lower() for mention in wanted if not used] or [noun_left_out(new, target.stems) or ""]
    if not words[0]:
        nobody = new.says(*_ANY) and target.stems
        return ask(f"Which instrument should play what the {target.stems[0]} plays?") if nobody else None
    if (
        target.missing
        and not target.stems
        and wanted
        and (inside_one := recorded(target.missing, wanted[0].words, scene))
    ):
        return ask(inside_one)
    if target.unclear or (target.missing and not target.stems):
        return ask(target.unclear or missing(target.missing, scene))
    stems = target.stems or ((scene.names[0],) if len(scene.names) == 1 else ())
    if wanted and not used and (not old.words or (not target.stems and old.words[-1] in _ONES)):
        stems = _of_a_kind(wanted[0].words, scene, alone=bool(old.words)) or stems
    if not stems and not old.words and _left_a_gap(scene):
        return add(new, scene)
    if not stems:
        return ask(which(scene)) if target.pronoun or not old.words else None
    steps = []
    for index, name in enumerate(stems):
        word = words[min(index, len(words) - 1)]
        player, choice = scene.player(name), resolve(word, scene.genre)
        if word == name:
            return None  # 'have the bass double what the keys play'
        if player is not None and player.instrument == "drum recording":
            return ask(recorded(["drums"], word, scene) or "")
        if player is not None and choice is not None and _cannot_take_over(player, choice):
            # A drum kit's part says nothing to another instrument: that one gets a part of its own
            steps += [step("remove_track", stems=[name]), step("add_track", instrument=word)]
        else:
            steps.append(step("replace_track", stem=name, instrument=word))
    return do(*steps)


def _left_a_gap(scene: Scene) -> bool:
    """Whether this message has just taken a player out, or taken back that one was added: 'undo that and try a flute instead'."""
    last = scene.steps[-1].tool if scene.steps else None
    past = [turn for turn in scene.request.history if turn.steps and turn.status in {"done", "partial"}]
    return last == "remove_track" or (
        last == "undo" and bool(past) and past[-1].steps[-1].tool in {"add_track", "replace_track"}
    )


_EFFECTS = tuple(f"effect_{kind}" for kind in get_args(EffectKind))
_SET = (
    "level_louder", "level_quieter", "louder", "quieter", "faster", "slower", "higher", "lower", "left", "right", "center", "mute", "solo",
    "remove", "busier", "sparser", "reroll", "timbre_bright", "timbre_dark", "timbre_warm",
)  # fmt: skip


def _sets_what_plays(clause: Clause, scene: Scene) -> bool:
    """'(undo that and) make the bass 3 dB quieter instead', 'pan the keys left instead': no other instrument is named."""
    found = mentions(clause)
    if not clause.has("instead") or clause.says("instead of") or not found:
        return False
    here = all(
        named(m.words, scene) and clause.words[max(0, m.start - 1)] not in {"a", "an", "some", "another"} for m in found
    )
    return here and (clause.has(*_SET, *_EFFECTS) or amount(clause, "db", "percent", "semitones") is not None)


_ONES = word_set("one ones this that these those now have it")
"""Last words of 'this electric one', 'what we have', 'the one we have now': the stem that the new one is like."""


def _cannot_take_over(player: Player, choice: Choice) -> bool:
    """Drums and pitched instruments cannot play each other's part, nor a kit and a single drum."""
    kits = (player.role == "drums", choice.instrument.is_drum and not choice.instrument.pitches)
    return player.is_drum != choice.instrument.is_drum or (player.is_drum and kits[0] != kits[1])


def _of_a_kind(words: str, scene: Scene, *, alone: bool = False) -> tuple[str, ...]:
    """The stem whose place a new instrument would take: 'I'd rather have an upright bass' is about the bass. `alone`: also
    the only one that does what the new one would do."""
    choice = resolve(words, scene.genre)
    same = named(words.lower(), scene) or tuple(
        p.name
        for p in scene.players
        if choice and p.role == choice.instrument.role and (alone or p.role in {"bass", "drums"})
    )
    if alone and choice is not None and len(same) != 1:
        kin = [
            p.name
            for p in scene.players
            if (own := resolve(p.instrument)) and own.instrument.family == choice.instrument.family
        ]
        same = tuple(kin) or same
    return () if alone and len(same) > 1 else same[:1]


_TOWARDS = ("with", "for", "to", "by", "into", "as", "on", "against")


def _halves(clause: Clause) -> tuple[Clause, Clause] | None:
    """(words of the stem, words of the new instrument)."""
    words = clause.words
    for phrase in (("instead", "of"), ("rather", "than"), ("in", "place", "of")):
        for at in range(len(words) - len(phrase) + 1):
            if words[at : at + len(phrase)] == phrase:
                after, before = clause.part(at + len(phrase)), clause.part(0, at)
                if before.words:
                    return after, before
                return _cut(after, (",",)) or None
    if "rather" in words and "than" in words[:-1]:
        at = words.index("than")
        return clause.part(at + 1), clause.part(0, at)
    for at in range(1, len(words) - 2):
        if (
            words[at] == "be"
            and words[at + 1] in {"a", "an"}
            and (mentions(clause.part(0, at)) or clause.part(0, at).has("newest"))
            and mentions(clause.part(at))
        ):
            return clause.part(0, at), clause.part(at + 1)  # 'the keys should be an organ'
    if clause.has("instead") and mentions(clause):
        return _played_on(clause) or _named_first(clause) or (clause.part(0, 0), clause)
    away = clause.begins("remove")
    for at in range(away.end + 1 if away else len(words), len(words) - 1):
        if words[at] in {"only", "just"} and words[at + 1] in {"a", "an", "some"} and mentions(clause.part(at)):
            return clause.part(away.end if away else 0, at), clause.part(at + 1)  # 'no drums any more, only a shaker'
    verb = clause.first("replace")
    if "played" in words and mentions(clause.part(0, words.index("played"))):
        return _played_on(clause)
    if verb is None:
        return None
    rest = clause.part(verb.end)
    if verb.words == "turn" and set(clause.words) & {"up", "down"}:
        return None
    if verb.words in {
        "replace",
        "swap",
        "swap out",
        "switch",
        "switch out",
        "exchange",
        "substitute",
        "trade",
        "trade out",
        "change",
        "replacing",
        "swapping",
        "sub out",
        "sub",
        "turn",
        "convert",
        "transform",
        "reassign",
    }:
        if rest.words[:1] == ("in",) and (swapped := _cut(rest, ("for",))):
            return swapped[1], swapped[0]  # 'swap in a harp for the keys'
        found = _cut(rest, _TOWARDS)
        if found and verb.words in {"substitute", "sub"} and "for" in words:
            return found[1], found[0]
        return found
    if verb.words in {"give", "hand", "pass", "transfer", "assign", "reassign"} and "to" in words:
        return _cut(rest, ("to",))
    if verb.words in word_set("give hand have let make play put"):
        return _played_on(clause)
    return None


def _named_first(clause: Clause) -> tuple[Clause, Clause] | None:
    """'the keys are dull, get a synth instead': what is named last takes the place of what is named first."""
    found = mentions(clause)
    if len(found) != 2 or not set(clause.words[found[0].end : found[1].start][-2:]) & {"a", "an", "some"}:
        return None
    return clause.part(0, found[1].start), clause.part(found[1].start)


def _played_on(clause: Clause) -> tuple[Clause, Clause] | None:
    """'make the bass a synth bass', 'play the melody on a flute', 'make it a violin', 'have a cello play the bass line'."""
    words = clause.words
    verb = clause.first("replace")
    start = verb.end if verb and verb.start == 0 else 0
    for at in range(1, len(words) - 1):
        if words[at] == "played" and words[at + 1] in {"on", "by", "with"}:
            return clause.part(0, at), clause.part(at + 2)
    for at in range(start, len(words)):
        if words[at] in {"on", "with"} and words[0] == "play" and mentions(clause.part(at)):
            return clause.part(start, at), clause.part(at)
        if (
            words[at] in {"play", "plays", "take", "takes", "handle"}
            and at > start
            and mentions(clause.part(start, at))
            and words[at + 1 : at + 2] not in ((), ("a",), ("an",), ("some",))
        ):
            return clause.part(at + 1), clause.part(start, at)
        if (
            words[at] in {"a", "an", "into", "be"}
            and at > start
            and words[0] in {"make", "let", "turn"}
            and mentions(clause.part(at))
        ):
            later = clause.part(at)
            if (
                (at - start > 3 and not clause.part(start, at).has("newest"))
                or clause.part(start, at).has("more", "style")
                or clause.part(start, at).says("sound", "like", "with")
            ):
                return None
            if mentions(later)[0].start <= 2 and not later.has("small", "louder", "quieter", "solo_noun"):
                return clause.part(start, at), later
    return None


_ANY = ("another instrument", "different instrument", "other instrument")
"""Names nobody: 'swap the piano for another instrument'."""


def _cut(clause: Clause, at_words: tuple[str, ...]) -> tuple[Clause, Clause] | None:
    for at, word in enumerate(clause.words):
        later = clause.part(at + 1)
        if at and word in at_words and later.words and (mentions(later) or told_by_kind(later) or later.says(*_ANY)):
            return clause.part(0, at), clause.part(at + 1)
    return None
