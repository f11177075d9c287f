"""Balance: louder and quieter, panning, mute and solo."""

from __future__ import annotations

import re

from nodes.planners.rules.ask import missing, which
from nodes.planners.rules.outcome import UNDERSTOOD, Outcome, ask, do, step
from nodes.planners.rules.scene import Scene
from nodes.planners.rules.words.amounts import Amount, amount, amounts, decibels, degree
from nodes.planners.rules.words.references import Target, find, mentions, named
from nodes.planners.rules.words.speech import Clause, Mark, word_set

_STEP_DB = {"small": 2.0, "normal": 4.0, "large": 8.0}
FARTHEST_DB = 24.0


_BESIDE = word_set("when whenever while next against compared alongside")
"""After these stands who else plays: 'the guitar gets lost when the drums come in'."""


def mix_target(clause: Clause, scene: Scene) -> Target:
    """What a clause about balance or effects speaks of: what it names, else what the talk is about, else the mix."""
    beside = next((at for at, word in enumerate(clause.words) if word in _BESIDE), 0)
    own = find(clause.part(0, beside), scene)
    target = own if own.stems and not own.whole else find(clause, scene)
    if not target.said:
        target = Target(scene.present(scene.focus), whole=not scene.focus)
    if scene.protected and (target.whole or len(target.stems) > 1):
        target = Target(
            tuple(n for n in (target.stems or scene.names) if n not in scene.protected), pronoun=target.pronoun
        )
    return target


def unmute(clause: Clause, scene: Scene) -> Outcome | None:
    """'unmute the bass', 'bring the drums back'."""
    switched = clause.words[0] in {"turn", "switch", "put"} and clause.words[-1] == "on"
    if (
        not clause.has("unmute")
        and not switched
        and not (
            (clause.words[-1:] == ("back",) or clause.words[-2:] == ("back", "in"))
            and (
                clause.says("bring", "put", "turn", "want", "have", "get", "let", "come", "need", "like", "allow")
                or mentions(clause)
            )
        )
        and not (clause.says("hear", "have", "play") and clause.words[-1] == "again" and mentions(clause))
    ):
        return None
    target = find(clause, scene)
    silent = [player.name for player in scene.players if player.muted]
    stems = [name for name in target.stems if name in silent] or (silent if not target.stems else [])
    if target.missing or not stems:
        if clause.says("unmute", "un mute", "unsolo") and not target.missing:
            return ask(f"Nothing is muted. {which(scene)}" if not silent else missing(target.missing, scene))
        return None
    return do(step("adjust_track", stems=stems, mute=False))


def mute(clause: Clause, scene: Scene) -> Outcome | None:
    """'mute the drums', 'silence everything but the bass'."""
    mark = clause.first("mute")
    if mark is None or (
        clause.says("turn off", "switch off")
        and clause.has("effect_reverb", "effect_delay", "effect_chorus", "effect_any")
    ):
        return None
    if any(mention.start <= mark.start < mention.end for mention in mentions(clause)) or _adjective_of_new(
        clause, mark
    ):
        return None  # 'add a muted trumpet'
    target = mix_target(clause, scene)
    if target.unclear or target.missing:
        return ask(target.unclear or missing(target.missing, scene))
    if not target.stems and clause.says("the one"):
        return ask(which(scene))  # 'mute the one in the loop'
    stems = target.stems or tuple(scene.names)
    return do(step("adjust_track", stems=list(stems), mute=True))


def _adjective_of_new(clause: Clause, mark: Mark) -> bool:
    """Whether 'muted' stands before the name of something that is to be added."""
    return mark.words == "muted" and clause.words[max(0, mark.start - 1)] in {"a", "an", "some"}


def solo(clause: Clause, scene: Scene) -> Outcome | None:
    """'solo the bass', 'let me hear just the drums', 'unsolo'."""
    if (
        clause.says("by itself", "on its own", "on their own", "by themselves", "in isolation")
        and not clause.has("add")
        and not clause.begins("export")
        and not (
            (set(clause.words[:6]) & _TELLING or clause.raw[1].endswith("'s"))
            and not clause.says("should", "must", "want", "has to be", "needs to be")
        )
    ):
        stems = find(clause, scene).stems
        return do(step("adjust_track", stems=list(stems), solo=True)) if stems else None
    mark = clause.first("solo")
    if mark is None or (mark.start > 1 and clause.words[0] in {"change", "alter", "rewrite"}):
        return None  # 'change the bass to play only root notes'
    verb = mark.start == 0 or clause.says("let me", "put", "just", "only") or mark.end - mark.start > 1
    if mark.words == "solo" and (not verb or (mark.start and clause.words[mark.start - 1] in {"a", "the", "some"})):
        return None
    target = mix_target(clause.part(mark.end) if mark.start == 0 else clause.without([(mark.start, mark.end)]), scene)
    if target.unclear or target.missing:
        return ask(target.unclear or missing(target.missing, scene))
    if not target.stems:
        return ask(which(scene))
    return do(step("adjust_track", stems=list(target.stems), solo=True))


_TELLING = word_set("is are was were sounds sound feels feel seems seem works it's that's doesn't isn't aren't")
"""'that piano is a bit plain on its own' tells how it is."""


def pan(clause: Clause, scene: Scene) -> Outcome | None:
    """'pan the guitar hard left', 'put the keys on the right', 'center it'."""
    if not clause.has("pan") or (clause.has("chords") and not clause.has("left", "right")):
        return None
    verb = clause.says("pan", "panned", "panning", "pans", "stereo")
    sides = clause.marks("left", "right", "center", "spread")
    wanted = [
        mark
        for mark in sides
        if (mark.words not in {"right", "wide", "middle"} or verb or _is_place(clause, mark.start))
        and not _remains(clause, mark)
    ]
    if not wanted:
        return ask("Where in the stereo field: left, right or the centre?") if verb else None
    if {mark.kind for mark in wanted} == {"center"} and _is_there(clause):
        return UNDERSTOOD
    target = mix_target(clause, scene)
    first = mentions(clause)[:1]
    if target.missing and not target.stems and not verb and first and first[0].start == 0:
        return None  # 'tambourine on the right, please': somebody new
    if target.unclear or target.missing:
        return ask(target.unclear or missing(target.missing, scene))
    everything = target.whole and not target.pronoun and (verb or clause.has("all"))
    stems = target.stems or (tuple(scene.names) if len(scene.names) == 1 or everything else ())
    if not stems:
        return ask(which(scene)) if verb or wanted[0].kind != "center" else None
    if {mark.kind for mark in wanted} >= {"left", "right"} or wanted[0].kind == "spread":
        return _spread(stems)
    kind = wanted[0].kind
    value = 0.0 if kind == "center" else _width(clause) * (-1 if kind == "left" else 1)
    said = amount(clause, "db")
    gain_db = (
        bounded(_change(clause, -1 if said.value < 0 or clause.has("way_down") else 1)) if said is not None else None
    )
    return do(step("adjust_track", stems=list(stems), pan=value, gain_db=gain_db))


def _is_there(clause: Clause) -> bool:
    """'the piano is in the middle too', 'it gets messy in the middle': where somebody stands, and no order."""
    crowded = bool(set(clause.words) & word_set("gets getting crowded messy muddy cluttered sitting clash clashes"))
    return crowded or clause.says("is in", "are in", "are both in", "both are in", "'s in") or "too much" in clause.text


def _remains(clause: Clause, mark: Mark) -> bool:
    """'so that only the drums are left': nobody is to be moved."""
    before = set(clause.words[max(0, mark.start - 1) : mark.start])
    return (
        mark.words == "left" and bool(before & _BEING) and clause.says("only", "just", "nothing", "nobody", "all that")
    )


_BEING = word_set("is are be was were been being that's it's gets")


def _is_place(clause: Clause, at: int) -> bool:
    return at > 0 and (
        not clause.part(at + 1)
        .without((m.start, m.end) for m in clause.part(at + 1).marks("small", "large", "hard"))
        .words
        or clause.words[at - 1] in word_set("bit far full fully hard it little more slightly the to")
    )


def _spread(stems: tuple[str, ...]) -> Outcome:
    if len(stems) == 1:
        return ask("One stem cannot stand on both sides. Which side should it be on, or which two should I spread?")
    side = [-0.7 + 1.4 * index / (len(stems) - 1) for index in range(len(stems))]
    return do(
        *(step("adjust_track", stems=[name], pan=round(value, 2)) for name, value in zip(stems, side, strict=True))
    )


def _width(clause: Clause) -> float:
    said = amount(clause, "percent", "bare")
    if said is not None and 0 < said.value <= 100:
        return said.value / 100 if said.unit == "percent" or said.value > 1 else said.value
    if clause.has("hard"):
        return 1.0
    return {"small": 0.25, "normal": 0.5, "large": 0.8}[degree(clause)]


_LIVENED = re.compile(
    r"\b(?:mix|jazz|freshen|liven|spice|shake|switch|change|mess|dress|polish|fill|tighten|loosen) (?:[\w']+ ){0,3}up\b"
)
"""'mix it up', 'jazz up the chords': no level."""


def gain(clause: Clause, scene: Scene) -> Outcome | None:
    """'a touch quieter', 'bring the bass up', 'the drums 3 dB louder', 'the piano is too loud'."""
    direction = _direction(clause, scene)
    if clause.says("gentler variation", "softer variation", "quieter variation", "lighter variation"):
        return None  # one that strays less
    if any(
        mark.end - mark.start > 1 and mark.words.endswith("up") and clause.words[max(0, mark.start - 1)] != "the"
        for mark in clause.marks("reroll")
    ):
        return None  # 'change up the drums' is no level
    if (
        direction is None
        or clause.says("come up with", "going on", "too much happening")
        or _LIVENED.search(clause.text.lower())
        or compares_levels(clause)
    ):
        return None
    over = clause.first("drowning")
    target = mix_target(clause.part(0, over.start) if over is not None and over.start > 1 else clause, scene)
    if target.missing and not target.stems and clause.says("bring in", "throw in", "fade in"):
        return None  # 'bring in strings at -6 dB'
    if target.unclear or target.missing:
        return ask(target.unclear or missing(target.missing, scene))
    piece = _piece_of_kit(clause, target, scene)
    if piece is not None:
        return ask(f"The {piece} is part of the drums; shall I turn the whole kit {'up' if direction > 0 else 'down'}?")
    value = _change(clause, direction)
    if value > FARTHEST_DB or value < -FARTHEST_DB * 2.5:
        return ask("A level can change by at most 24 dB up or 60 dB down at once. By how many dB?")
    stems = list(target.stems)
    steps = [step("adjust_track", stems=stems, gain_db=bounded(value))]
    return do(*steps)


def compares_levels(clause: Clause) -> bool:
    """'as loud as the drums', 'equally loud': a level beside another one, and no way up or down."""
    at = next((at for at in range(len(clause.words) - 2) if clause.words[at : at + 3] == ("as", "loud", "as")), 0)
    scaled = clause.words[at - 1] in {"half", "twice", "times", "not"} or clause.has("negation")
    return (at > 0 and not scaled) or clause.says(
        "equally loud", "equally quiet", "equally strong", "the same loudness"
    )


_PIECES = word_set("snare kick hats hat hihat ride crash cymbal cymbals toms tom rimshot")


def _piece_of_kit(clause: Clause, target: Target, scene: Scene) -> str | None:
    """A piece of the kit that an order names as though it had a fader: 'turn up the snare'."""
    if clause.words[0] in {"the", "my", "this", "that"} or len(target.stems) != 1:
        return None
    player = scene.player(target.stems[0])
    if player is None or player.role != "drums" or player.name != "drums":
        return None
    said = [mention.words for mention in mentions(clause)]
    kit = any(word in {"drums", "drum", "kit", "drum kit", "beat"} for word in said)
    piece = next((word for word in said if set(word.split()) & _PIECES and "drum" not in word), None)
    return None if kit else piece


def bounded(value: float) -> float:
    return round(max(-60.0, min(FARTHEST_DB, value)), 1)


def _bare_decibels(clause: Clause) -> Amount | None:
    """'turn the bass down by 6': decibels, where a level is turned by a number without a unit."""
    said = amount(clause, "bare")
    told = (
        said is not None
        and said.start
        and clause.words[said.start - 1] in {"by", "up", "down"}
        and said.end == len(clause.words)
    )
    return said if said is not None and told and 1 <= said.value <= FARTHEST_DB else None


def _change(clause: Clause, direction: int) -> float:
    said = amount(clause, "db") or _bare_decibels(clause)
    if said is not None:
        return direction * abs(said.value)
    said = amount(clause, "percent")
    if said is not None and said.value > 0:
        return (
            decibels(1 + direction * min(said.value, 95.0) / 100) if direction < 0 else decibels(1 + said.value / 100)
        )
    said = amount(clause, "times")
    if said is not None:
        factor = said.value if said.value >= 1 else 1 / max(said.value, 0.1)
        return decibels(factor) * (direction if said.value >= 1 else -1)
    return direction * _STEP_DB[degree(clause)]


_SHARED_WITH_REMOVE = frozenset({"drop", "cut"})
"""These lower a level only beside an amount ('cut the bass by 3 dB'); alone they remove."""


def _ends_back(clause: Clause) -> bool:
    """'ease it back', 'pull the bass back a little', 'dial it back by about 3 dB'; a figure says so after any verb: 'put it
    back 3 dB'."""
    if "back" not in clause.words[1:]:
        return False
    rest = clause.part(clause.words.index("back") + 1)
    rest = rest.without((at, at + 1) for at, word in enumerate(rest.words) if word in _ABOUT)
    said = amounts(rest)
    spans = [(found.start, found.end) for found in rest.marks("small", "large")]
    spans += [(found.start, found.end) for found in said]
    sized = {at for start, end in spans for at in range(start, end)}
    told = clause.words[0] in _SENT_BACK or any(found.unit in {"db", "percent"} for found in said)
    return told and len(rest.words) == len(sized)


_ABOUT = word_set("by about around roughly approximately maybe perhaps say some like further")
_SENT_BACK = word_set("push pull move set sit dial send ease knock tone nudge")


_TURNED = word_set("turn bring pull push crank dial fade everything all put move take")


def _direction(clause: Clause, scene: Scene) -> int | None:
    """1 louder, -1 quieter, None when the clause is not about level."""
    if clause.says("not loud enough", "not so quiet", "less quiet", "less soft"):
        return 1
    if _ends_back(clause):
        return -1
    quieter, louder = clause.first("level_quieter"), clause.first("level_louder")
    if quieter is not None and (louder is None or " " in quieter.words):
        return -1
    if louder is not None:
        return 1
    said = amount(clause, "db")
    about = said is not None or clause.says("volume", "level", "levels", "loudness", "gain", "fader", "vol", "decibels")
    target = find(clause, scene)
    stems = bool(target.stems or target.missing) or any(named(m.words, scene) for m in mentions(clause))
    pronoun = clause.has("pronoun") and bool(scene.focus)
    verbs = {mark.words for mark in clause.marks("way_up", "way_down", "remove")}
    upward, downward = clause.has("way_up"), clause.has("way_down")
    if (
        said is not None
        and (
            said.value < 0
            or clause.says("off", "down", "back", "less", "below", "under")
            or clause.words[0] in {"shave", "trim"}
        )
        and not upward
    ):
        return -1
    turned = target.whole and not target.pronoun and clause.words[0] in _TURNED and not clause.has("tempo", "pitch")
    if about or stems or pronoun or turned:
        sized = said is not None or clause.has("small", "volume") or amount(clause, "percent") is not None
        if downward or (verbs & _SHARED_WITH_REMOVE and sized) or (clause.says("too much") and stems):
            return -1
        if upward or clause.says("not enough") or clause.words[-1:] == ("up",):
            return 1
    if said is not None:
        return 1 if said.value >= 0 else -1
    return None
