"""Effects: 'add some reverb to the guitar', 'kill the reverb', 'a bit more delay', 'make the keys brighter'."""

from __future__ import annotations

from typing import Any, get_args

from nodes.planners.rules.ask import listed, missing, which
from nodes.planners.rules.edits.levels import mix_target
from nodes.planners.rules.outcome import UNDERSTOOD, Outcome, ask, do, step
from nodes.planners.rules.scene import Scene
from nodes.planners.rules.words.amounts import amount, degree
from nodes.planners.rules.words.figures import figures
from nodes.planners.rules.words.lexicon import Sound, meanings
from nodes.planners.rules.words.references import Target, find, mentions
from nodes.planners.rules.words.speech import Clause, Mark, word_set
from state.effects import EffectKind

_KINDS = get_args(EffectKind)
_CLASSES = tuple(f"effect_{kind}" for kind in _KINDS)
TIMBRES = ("timbre_bright", "timbre_dark", "timbre_warm", "timbre_bassy", "timbre_thin", "timbre_mids", "timbre_scoop")
_ADJECTIVES = word_set(
    """tighten fatten drive duller radio phone room distance edge edgier bite filter gritty grittier dirt rawer
    rougher"""
)
_SENDS = word_set("run send feed route play put")
_GIVES = ("add", "create", "louder", "more", "replace", "large", "small")

_AMOUNTS: dict[str, dict[str, dict[str, float]]] = {
    # kind: degree: fields
    "reverb": {"small": {"wet": 0.15, "room_size": 0.4}, "normal": {"wet": 0.3, "room_size": 0.6}, "large": {"wet": 0.5, "room_size": 0.85}},
    "delay": {"small": {"wet": 0.18, "feedback": 0.25}, "normal": {"wet": 0.3, "feedback": 0.35}, "large": {"wet": 0.45, "feedback": 0.55}},
    "chorus": {"small": {"wet": 0.3, "depth": 0.15}, "normal": {"wet": 0.5, "depth": 0.25}, "large": {"wet": 0.7, "depth": 0.5}},
    "phaser": {"small": {"wet": 0.3}, "normal": {"wet": 0.5}, "large": {"wet": 0.8, "depth": 0.8}},
    "tremolo": {"small": {"depth": 0.3}, "normal": {"depth": 0.5}, "large": {"depth": 0.85}},
    "lowpass": {"small": {"cutoff_hz": 4500.0}, "normal": {"cutoff_hz": 1800.0}, "large": {"cutoff_hz": 700.0}},
    "highpass": {"small": {"cutoff_hz": 150.0}, "normal": {"cutoff_hz": 300.0}, "large": {"cutoff_hz": 700.0}},
    "eq": {"small": {"mid_db": 2.0}, "normal": {"mid_db": 4.0}, "large": {"mid_db": 7.0}},
    "compressor": {"small": {"threshold_db": -14.0, "ratio": 2.5}, "normal": {"threshold_db": -20.0, "ratio": 4.0}, "large": {"threshold_db": -28.0, "ratio": 8.0}},
    "distortion": {"small": {"drive_db": 8.0}, "normal": {"drive_db": 15.0}, "large": {"drive_db": 26.0}},
    "bitcrush": {"small": {"bits": 12.0}, "normal": {"bits": 8.0}, "large": {"bits": 5.0}},
}  # fmt: skip
_TIMBRE_EQ: dict[str, dict[str, float]] = {
    "timbre_bright": {"high_db": 4.0}, "timbre_dark": {"high_db": -5.0}, "timbre_warm": {"low_db": 2.5, "high_db": -3.0},
    "timbre_bassy": {"low_db": 4.0}, "timbre_thin": {"low_db": -5.0}, "timbre_mids": {"mid_db": 4.0}, "timbre_scoop": {"mid_db": -5.0},
}  # fmt: skip
_SCALE = {"small": 0.5, "normal": 1.0, "large": 1.8}


def marks_in(clause: Clause) -> list[Mark]:
    """Words for effects, in order; of several at one place the longest, and none inside a longer one."""
    marks = clause.marks(*_CLASSES)
    return [
        m
        for m in marks
        if not (
            m.words in {"more space", "space"}
            and clause.says("leave", "room", "for space", "fight for", "fighting for", "compete for", "competing for")
        )
        and not (m.words == "thin" and "out" in clause.words[m.end : m.end + 3])  # 'thin it out': fewer notes
        and not any(
            o is not m and o.start <= m.start and m.end <= o.end and o.end - o.start > m.end - m.start for o in marks
        )
    ]


def kinds_in(clause: Clause) -> list[str]:
    """Kinds of effects that the clause names, in order."""
    return list(dict.fromkeys(mark.kind.removeprefix("effect_") for mark in marks_in(clause)))


def _sound(words: str) -> Sound | None:
    found: Sound | None = (meanings().get(words) or {}).get("effect")
    return found


def chain(clause: Clause, bpm: float | None = None) -> list[dict[str, Any]]:
    """The effects that the clause names, as strong as it says."""
    found: dict[str, dict[str, Any]] = {}
    for mark in marks_in(clause):
        sound = _sound(mark.words)
        meant = sound.effects if sound else ()
        if not meant or (meant[0].kind == "eq" and sound and sound.named):
            kind = mark.kind.removeprefix("effect_")
            found[kind] = effect(kind, clause, mark.start, bpm)
        for effect_ in meant if mark.kind.removeprefix("effect_") not in found else ():
            fields = effect_.model_dump()
            found[effect_.kind] = fields | _said(effect_.kind, clause, mark.start, bpm)
    return list(found.values())


def _said(kind: str, clause: Clause, at: int = 0, bpm: float | None = None) -> dict[str, Any]:
    """The fields that the clause itself speaks of: a degree, a percentage, a note value, a frequency."""
    how = degree(clause)
    fields: dict[str, Any] = dict(_AMOUNTS[kind][how]) if how != "normal" else {}
    fields |= figures(kind, clause, at, bpm)
    if kind == "reverb" and clause.says("cathedral", "church", "hall", "large", "huge", "big"):
        fields["room_size"] = 0.95
    return fields


def effect(kind: str, clause: Clause, at: int = 0, bpm: float | None = None) -> dict[str, Any]:
    """An effect of that kind, as strong as the clause says."""
    if kind == "eq":
        return {"kind": "eq", **_eq(clause)}
    return {"kind": kind, **_AMOUNTS[kind]["normal"], **_said(kind, clause, at, bpm)}


def _adjective(mark: Mark) -> bool:
    sound = _sound(mark.words)
    return not sound.named if sound else mark.words in _ADJECTIVES


def _eq(clause: Clause) -> dict[str, float]:
    sign = -1.0 if clause.has("less", "remove", "quieter") and not clause.says("boost", "more", "up") else 1.0
    change = 4.0 * _SCALE[degree(clause)] * sign
    said = amount(clause, "db")
    change = abs(said.value) * sign if said else change
    change = max(-24.0, min(24.0, change))
    bands = {
        "high_db": clause.says("treble", "highs", "high end", "top end", "high frequencies", "trebly"),
        "low_db": clause.says(
            "lows", "low end", "bottom end", "low frequencies", "bassier", "low mids", "bass frequencies"
        ),
        "mid_db": clause.says("mids", "midrange", "mid range"),
    }
    found = {band: change for band, said_ in bands.items() if said_}
    return found or {"low_db": 1.5, "high_db": 2.0}


def refused(clause: Clause) -> bool:
    """'no reverb', 'without any delay': an effect that is not wanted."""
    return clause.words[0] in {"no", "without", "not", "don't"} and (bool(kinds_in(clause)) or clause.has("effect_any"))


def unknown(clause: Clause, scene: Scene) -> Outcome | None:
    """Effects that the band's rack does not hold."""
    mark = clause.first("effect_unknown")
    if mark is None:
        return None
    return ask(
        f"There is no {mark.words} here. Of effects there are reverb, delay, chorus, phaser, tremolo, filters, EQ, compression, "
        "distortion and bitcrush. Which of these would do?"
    )


def effects(clause: Clause, scene: Scene) -> Outcome | None:
    """Put effects on, take them off, more or less of them."""
    kinds = kinds_in(clause)
    if clause.begins("export"):
        return None  # 'export it to my phone'
    if clause.says("too dry", "so dry", "not wet enough", "bit dry", "less dry") and not kinds:
        target = _on(clause.without((mark.start, mark.end) for mark in clause.marks("effect_dry")), scene)
        if target.unclear or target.missing:
            return ask(target.unclear or missing(target.missing, scene))
        return do(step("add_effect", effects=[effect("reverb", clause)], stems=list(target.stems)))
    if clause.has("effect_dry") and not kinds and not clause.has("style"):
        worn = [kind for kind in ("reverb", "delay") if _wearing([kind], scene, ())[0]]
        if worn and degree(clause) == "small":
            return _less(clause, scene, worn)
        return _off(clause, scene, [k for k in _KINDS if k in {"reverb", "delay", "chorus", "distortion"}])
    if not kinds:
        return _any_effect(clause, scene)
    if (
        kinds == ["chorus"]
        and clause.says("the chorus")
        and not _wearing(kinds, scene, ())[0]
        and not clause.has("remove")
    ):
        return ask("A loop has no verse or chorus, it repeats. Should the whole loop change, or some bars of it?")
    adjectives = all(_adjective(mark) for mark in marks_in(clause))
    told = clause.words[0] in {"the", "it's", "its", "this", "that", "my"} and clause.says(
        "is", "are", "sounds", "sound", "feels"
    )
    given = clause.has(*_GIVES, "pronoun", "remove", "effect_any") or clause.words[0] in _SENDS or _is_to_be(clause)
    known = any(mark.words.startswith("too ") for mark in clause.marks(*TIMBRES))
    excess = clause.says("too") and not clause.has("negation") and not known  # 'too dull' is a timbre
    if (
        adjectives
        and (told or not given)
        and not (excess and (mix_target(clause, scene).stems or clause.has("mixword")))
    ):
        return None
    if excess and any(clause.words[mark.start - 1] == "too" for mark in marks_in(clause) if mark.start):
        return _too_much(clause, scene, kinds)
    if _takes_off(clause):
        return _off(clause, scene, kinds)
    if (
        (
            (clause.has("less") and not clause.has("add"))
            or clause.says("too much", "a bit much", "is a lot", "in half", "by half")
        )
        and kinds != ["eq"]
        and not adjectives
    ):
        return _less(clause, scene, kinds)
    target = _on(clause, scene)
    if target.unclear or target.missing:
        return ask(target.unclear or missing(target.missing, scene))
    return do(step("add_effect", effects=chain(clause, scene.bpm), stems=list(target.stems)))


def _is_to_be(clause: Clause) -> bool:
    """'crunchier drums', 'bass a bit fatter': a player and what they are to sound like more, alone."""
    marks = [mark for mark in marks_in(clause) if mark.words.endswith("ier") or mark.words.endswith("tter")]
    spans = [(m.start, m.end) for m in (*marks, *clause.marks("small", "large"))] + [
        (m.start, m.end) for m in mentions(clause)
    ]
    return bool(marks) and not set(clause.without(spans).words) - {"the", "and", "please"}


def _too_much(clause: Clause, scene: Scene, kinds: list[str]) -> Outcome | None:
    """'the keys are too wet', 'the drums are too crunchy': less of what is worn, else the contrary by an equaliser."""
    target = _on(clause, scene)
    kinds = ["reverb", "delay"] if set(kinds) <= {"reverb", "delay"} else kinds
    worn = [kind for kind in kinds if any(_wearing([kind], scene, target.stems))]
    bands = {
        band: -value for made in chain(clause) if made["kind"] == "eq" for band, value in made.items() if band != "kind"
    }
    bands |= {"high_db": -4.0} if set(kinds) & {"distortion", "bitcrush"} else {}
    if worn or not bands or target.unclear or target.missing:
        return _less(clause, scene, worn or kinds)
    return do(step("add_effect", effects=[{"kind": "eq", **bands}], stems=list(target.stems)))


def moved(clause: Clause, scene: Scene) -> Outcome | None:
    """'(take the reverb off the keys and) put it on the bass instead', 'put it on the bass too': the effect spoken of last."""
    words = clause.words
    if (
        words[0] not in {"put", "move", "have", "use", "try"}
        or words[1:2] not in (("it",), ("that",), ("them",))
        or not {"on", "to", "onto"} & set(words[2:4])
    ):
        return None
    past = [turn for turn in scene.request.history if turn.steps and turn.status in {"done", "partial"}]
    last = scene.steps[-1] if scene.steps else past[-1].steps[-1] if past else None
    if last is None or last.tool != "add_effect":
        return None
    target = find(clause.part(2), scene)
    worn = last.arguments.get("effects") or [
        {"kind": kind, **_AMOUNTS[kind]["normal"]} for kind in last.arguments.get("remove", [])
    ]
    if not target.stems or not worn:
        return None
    steps = [step("add_effect", effects=worn, stems=list(target.stems))]
    if (clause.has("instead") or words[0] == "move") and last.arguments.get("effects") and last.arguments.get("stems"):
        steps.insert(0, step("add_effect", remove=[effect_["kind"] for effect_ in worn], stems=last.arguments["stems"]))
    return do(*steps)


def _any_effect(clause: Clause, scene: Scene) -> Outcome | None:
    if not clause.has("effect_any"):
        return None
    worn = [stem for stem in scene.request.gat.stems if stem.effects] if scene.request.gat else []
    if clause.says("same effect", "same effects", "same fx", "those effects", "same processing") and len(worn) == 1:
        target = _on(clause, scene)
        stems = [name for name in target.stems if name != worn[0].name]
        chain_ = [found.model_dump() for found in worn[0].effects]
        return do(step("add_effect", effects=chain_, stems=stems)) if stems else None
    if clause.has("remove", "undo") and not clause.says("add"):
        return _off(clause, scene, list(_KINDS))
    return ask(
        "Which effect: reverb, delay, chorus, phaser, tremolo, a filter, EQ, compression, distortion or bitcrush?"
    )


def _takes_off(clause: Clause) -> bool:
    if clause.says("in half", "by half"):
        return False
    verbs = [mark for mark in clause.marks("remove") if mark.words not in {"no more", "less the"}]
    first = next(iter(clause.marks(*_CLASSES)), None)
    if not verbs or first is None:
        return clause.says("no more") and first is not None
    if kinds_in(clause) == ["eq"] and not any(
        (found := _sound(mark.words)) and found.named for mark in marks_in(clause)
    ):
        return False  # 'take some top end off': a band is cut, and no equaliser taken off
    if verbs[0].words in {"drop", "take", "off", "stop", "cut"} and clause.says("drop in", "drop some", "drop a"):
        return False
    if verbs[0].start < first.start:
        return True
    last = len(clause.words) - 1
    ends = {one.end for one in clause.marks(*_CLASSES)} | {one.end for one in mentions(clause)}
    return clause.words[-1] == "off" and last in ends  # and not '... so that every note drifts off'


def _on(clause: Clause, scene: Scene) -> Target:
    """The target, effect words set aside: 'reverb' is no instrument, 'the guitar solo' is the guitar."""
    return mix_target(clause.without((m.start, m.end) for m in clause.marks(*_CLASSES, "effect_any")), scene)


def _wearing(kinds: list[str], scene: Scene, among: tuple[str, ...]) -> tuple[list[str], bool]:
    """Stems that carry one of the effects, and whether the mix does."""
    stems = [p.name for p in scene.players if set(p.effects) & set(kinds) and (not among or p.name in among)]
    return stems, bool(set(scene.mix_effects) & set(kinds)) and not among


def _off(clause: Clause, scene: Scene, kinds: list[str]) -> Outcome | None:
    target = _on(clause, scene)
    if target.unclear or target.missing:
        return ask(target.unclear or missing(target.missing, scene))
    among = target.stems if not target.pronoun or set(target.stems) & set(_wearing(kinds, scene, ())[0]) else ()
    if among and not clause.has("pronoun") and not _names_a_stem(clause, scene):
        among = ()
    stems, mix = _wearing(kinds, scene, among)
    steps = []
    if stems:
        worn = [k for k in kinds if any(k in p.effects for p in scene.players if p.name in stems)]
        steps.append(step("add_effect", remove=worn, stems=stems))
    if mix:
        steps.append(step("add_effect", remove=[k for k in kinds if k in scene.mix_effects]))
    if steps:
        return do(*steps)
    if scene.steps and scene.steps[-1].tool == "add_effect" and scene.steps[-1].arguments.get("remove"):
        return UNDERSTOOD  # 'strip the reverb off the keys, I want them bone dry'
    there = sorted({k for p in scene.players for k in p.effects} | set(scene.mix_effects))
    name = listed(kinds, "or") if len(kinds) < 4 else "effect"
    rest = (
        f"there is {listed(there)}. Shall I take that off?"
        if there
        else "no effects are on. Should I change something else?"
    )
    return ask(f"There is no {name} on {listed(list(among)) or 'anything'} to take off; {rest}")


def _names_a_stem(clause: Clause, scene: Scene) -> bool:
    return bool(find(clause.without((m.start, m.end) for m in clause.marks(*_CLASSES)), scene).spans)


def _less(clause: Clause, scene: Scene, kinds: list[str]) -> Outcome | None:
    """Half as much as there is of it; a small amount where it cannot be seen."""
    target = _on(clause, scene)
    if target.unclear or target.missing:
        return ask(target.unclear or missing(target.missing, scene))
    stems, mix = _wearing(kinds, scene, target.stems)
    if not stems and not mix:
        return _off(clause, scene, kinds)
    softer = [{"kind": kind, **_AMOUNTS[kind]["small"]} for kind in kinds]
    steps = ([step("add_effect", effects=softer, stems=stems)] if stems else []) + (
        [step("add_effect", effects=softer)] if mix else []
    )
    return do(*steps)


def timbre(clause: Clause, scene: Scene) -> Outcome | None:
    """'make the keys brighter', 'the mix is muddy': an equaliser. A mood word about the whole is not a timbre."""
    marks = clause.marks(*TIMBRES)
    marks = [m for m in marks if not any(o.start <= m.start and m.end <= o.end and o.words != m.words for o in marks)]
    if not marks:
        return None
    plain = [m for m in marks if m.kind != "timbre_dark" or m.words not in {"dark", "darker"}]
    target = _on(clause.without((m.start, m.end) for m in marks), scene)
    about_stem = bool(target.stems) and not target.whole
    if target.missing and not target.stems:
        return ask(missing(target.missing, scene)) if clause.has("create", "replace", "pronoun") else None
    if not about_stem and (not plain or (clause.has("create", "pronoun") and all(m.words in _MOODY for m in plain))):
        return None
    if not about_stem and not target.whole:
        return ask(which(scene))
    bands: dict[str, float] = {}
    for mark in marks:
        for band, value in _TIMBRE_EQ[mark.kind].items():
            bands[band] = max(-24.0, min(24.0, round(value * _SCALE[degree(clause)], 1)))
    return do(step("add_effect", effects=[{"kind": "eq", **bands}], stems=list(target.stems)))


_MOODY = word_set("""bright dark warm smooth smoother rich round mellower brighter warmer darker clear airier air""")
