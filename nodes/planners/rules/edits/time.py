"""Time: tempo, feel and length in bars."""

from __future__ import annotations

from nodes.planners.rules.ask import impossible_tempo
from nodes.planners.rules.edits.lasting import lasting, stretches
from nodes.planners.rules.edits.renewing import ALL_BARS
from nodes.planners.rules.outcome import UNDERSTOOD, Outcome, ask, do, step
from nodes.planners.rules.scene import Scene
from nodes.planners.rules.talk.complaints import complains
from nodes.planners.rules.words import spans
from nodes.planners.rules.words.amounts import amount, amounts, degree
from nodes.planners.rules.words.attributes import read
from nodes.planners.rules.words.references import find, mentions
from nodes.planners.rules.words.speech import Clause, word_set
from nodes.planners.rules.words.tempi import moved_by, term_of
from state.gat import TEMPO_RANGE

_FASTER = {"small": 1.07, "normal": 1.15, "large": 1.3}
_SLOWER = {"small": 0.93, "normal": 0.85, "large": 0.7}
_LONGEST_BARS = 64


_WITHIN = ("at the end", "towards the end", "toward the end", "near the end", "at the start", "at the beginning", "in the middle", "for the ending", "by the end")  # fmt: skip
_BENT = word_set("ritardando rallentando accelerando ritard rit")
_LIKENED = ("like in", "as in", "like at", "as at")
_SHIFTED = word_set("up down higher lower raise transpose shift modulate go switch")
_RENEWED = ("reroll", "repeat", "variation", "add", "remove", "chords")


def bent(clause: Clause, scene: Scene) -> Outcome | None:
    """'slow it down for the last bar', 'bar 2 an octave higher', 'busier drums at the end', 'ritardando': what holds for the whole loop
    is asked about where only some bars are meant."""
    span = spans.find(clause, scene.bars, scene.seconds)
    if not scene.exists or complains(clause):
        return None
    paced = clause.has("faster", "slower") or (clause.has("tempo") and clause.has("way_up", "way_down"))
    placed = span is not None and set(clause.words[max(0, span.start - 3) : span.start]) & _AT
    if _BENT & set(clause.words) or (paced and not clause.says(*_LIKENED) and (placed or clause.says(*_WITHIN))):
        return ask(
            "The tempo holds for the whole loop, it cannot bend within it. Shall I change all of it ('a little slower'), or renew those bars "
            "('redo the last bar')?"
        )
    rest, shifted = clause.without([(span.start, span.end)]) if span else clause, _SHIFTED & set(clause.words)
    lasts = amount(clause, "bars") if clause.words[:2] != ("go", "for") else None
    while_ = lasts is not None and clause.words[lasts.start - 1] == "for" and shifted  # 'go to F for two bars'
    felt = clause.has("half_time", "double_time", "swing", "straight", "busier", "sparser")
    changed = span is not None and not clause.has(*_RENEWED) and (felt or (amount(rest, "semitones") and shifted))
    return ask(ALL_BARS) if while_ or changed else None


_AT = word_set("for in during on over into at")


def speed(clause: Clause, scene: Scene) -> Outcome | None:
    """'a little slower', 'double the tempo', 'take it to 120', 'bump it up 5 bpm', 'Speed up this music by 1.2'."""
    if clause.has("half_time", "double_time") and not clause.has("tempo"):
        return None
    played = {mention.start for mention in mentions(clause)} | {mark.start for mark in clause.marks(*_MOVING)}
    if not clause.has("tempo") and any(m.end in played and m.words in _PACES for m in clause.marks("faster", "slower")):
        return None  # 'a fast hi-hat', 'a slow tremolo'
    if clause.says("a slow", "a fast") and read(clause.text).genre:
        return None  # 'as a slow blues'
    if len(clause.words) == 1 and (alone := amount(clause, "bare")) is not None and 60 <= alone.value <= 220:
        return do(step("change_speed", bpm=alone.value))  # '138'
    direction = _direction(clause)
    about = clause.has("tempo") or amount(clause, "bpm") is not None
    if (term := term_of(clause)) is not None and amount(clause, "bpm", "percent", "times") is None:
        return do(step("change_speed", bpm=term))
    if direction == 0 and not about:
        return _tempo(clause, scene, 0)
    return _tempo(clause, scene, direction) or _factor(clause, scene, direction, about)


_MOVING = ("effect_tremolo", "effect_phaser", "effect_chorus", "effect_delay")
_PACES = word_set("fast slow quick")
_ABOUT = word_set("be at around about roughly near like maybe say exactly should must to")
_AFTERWARDS = word_set("faster slower up down quicker more less higher lower off")
_NOW = word_set("make try what how use at do go")
_MOVED = word_set(
    """take push bring bump set get put go move drop crank make kick raise lower play have try run knock pull do want"""
)


def _direction(clause: Clause) -> int:
    if clause.has("tempo"):
        if clause.says("back") and clause.words[0] in word_set("bring dial ease hold knock pull scale take"):
            return -1
        up = clause.has("faster", "higher", "louder", "more") and not clause.says("not so fast")
        down = clause.has("slower", "lower", "less")
        slow = clause.marks("slower")  # 'too fast', which holds a word of the other direction
        fast = [m for m in clause.marks("faster") if not any(s.start <= m.start < s.end for s in slow)]
        if clause.says("down") or (down and not fast):
            return -1
        if (
            up
            and clause.words != ("tempo",)
            and clause.marks("faster", "higher", "louder", "more") != clause.marks("tempo")
        ):
            words = {m.words for m in clause.marks("faster", "higher", "louder", "more")} - {"speed"}
            return 1 if words else 0
        return 0
    marks = clause.marks("faster", "slower")
    marks = [m for m in marks if m.words not in {"fast", "slow", "speed", "slowly", "easy"}] or marks
    if not marks:
        return 0
    return 1 if marks[0].kind == "faster" else -1


def _tempo(clause: Clause, scene: Scene, direction: int) -> Outcome | None:
    """A tempo in bpm, or a change in bpm."""
    said = amount(clause, "bpm")
    direction = moved_by(clause, said) if said is not None and not direction else direction
    numbers = [a for a in amounts(clause) if a.unit == "bare" and a.value >= 20]
    if said is None and numbers and not clause.has("tempo", "faster", "slower"):
        at = numbers[0].start
        led = clause.words[max(0, at - 2) : at]
        moved = (
            clause.words[clause.words[0] in {"i", "we"}] in _MOVED
            and ("to" in led or "at" in led)
            and len(clause.words) <= at + 2
        )
        told = clause.words[at + 1 : at + 2] in ((), ("for",)) and 40 <= numbers[0].value <= 250
        told = told and set(led) <= _ABOUT and "be" in clause.words[:at]  # 'it needs to be around 65'
        moved = moved or (told and bool(set(clause.words[:at]) & {"it", "this", "that"}))
        moved = moved or (len(clause.words) <= 3 and clause.words[0] in _NOW and 40 <= numbers[0].value <= 300)
        said = numbers[0] if moved and not find(clause, scene).stems else None
    if said is None and clause.has("tempo") and direction:  # 'bring the tempo down by 6'
        said = next(
            (
                a
                for a in amounts(clause)
                if a.unit == "bare" and 2 < abs(a.value) < 20 and clause.words[a.start - 1] in {"by", "up", "down"}
            ),
            None,
        )
    if said is None and numbers and (clause.has("tempo") or clause.has("faster", "slower")):
        said = numbers[0]
    if said is None:
        return None
    before = clause.words[: said.start]
    aimed = (
        before[-1:]
        and before[-2:] != ("how", "about")
        and (before[-1] in word_set("= about around at be exactly is of to") or "to" in before[-2:])
    )
    signed = clause.words[said.start][0] in "+-" or before[-1:] in (("minus",), ("plus",))
    by = before[-1:] == ("by",) or signed or bool(set(clause.words[said.end : said.end + 1]) & _AFTERWARDS)
    relative = (by or (direction != 0 and not aimed and said.value <= 40)) and not aimed
    value = said.value
    if relative:
        if scene.bpm is None:
            return ask(
                "No tempo is known for this loop. By what factor should it be faster or slower, for example 1.1?"
            )
        sign = -1 if direction < 0 or clause.words[said.start].startswith("-") or before[-1:] == ("minus",) else 1
        value = round(scene.bpm + sign * abs(said.value), 3)
    if not TEMPO_RANGE[0] <= value <= TEMPO_RANGE[1]:
        return ask(impossible_tempo(value))
    return do(step("change_speed", bpm=float(value), **_tape(clause)))


_FRACTIONS = {"quarter": 0.25, "third": 1 / 3, "half": 0.5, "fifth": 0.2, "tenth": 0.1}


def _fraction(clause: Clause) -> float | None:
    """'faster by a quarter': the share by which, or None."""
    for at in range(len(clause.words) - 2):
        if clause.words[at] == "by" and clause.words[at + 1] in {"a", "one"} and clause.words[at + 2] in _FRACTIONS:
            return _FRACTIONS[clause.words[at + 2]]
        if (
            clause.words[at] in {"a", "one"}
            and clause.words[at + 1] in _FRACTIONS
            and clause.words[at + 2] in {"faster", "slower", "quicker"}
        ):
            return _FRACTIONS[clause.words[at + 1]]
    return None


def _factor(clause: Clause, scene: Scene, direction: int, about: bool) -> Outcome | None:
    share_ = _fraction(clause)
    if share_ is not None and direction:
        return do(step("change_speed", factor=round(1 + direction * share_, 4), **_tape(clause)))
    said = amount(clause, "times", "percent") or amount(clause, "bare")
    if said is not None and said.unit == "bare" and not about and clause.words[said.start - 1] in {"up", "down"}:
        said = None  # 'faster and up 2'
    factor = None
    if said is not None and said.unit == "percent":
        share = abs(said.value) / 100
        set_to = clause.words[max(0, said.start - 1) : said.start] == ("to",) or (direction == 0 and share >= 0.2)
        factor = (
            share if set_to else 1 - share if direction < 0 or clause.words[said.start].startswith("-") else 1 + share
        )
    elif said is not None and 0 < said.value <= 10:
        factor = said.value
        if clause.says("as fast", "the speed", "the tempo"):
            direction = 0 if said.value < 1 else direction
        if said.value > 1 and _direction(clause.without([(said.start, said.end)])) < 0:
            factor = 1 / said.value
        if said.value < 1 and direction > 0 and said.value > 0.1 and clause.has("faster"):
            factor = 1 + said.value if said.value < 0.5 else 1 / said.value
    elif direction:
        return _vague(direction, clause, scene)
    if factor is None:
        return (
            ask(f"Which tempo should it be? {_now(scene)}")
            if about and clause.has("tempo") and clause.has("replace", "create")
            else None
        )
    if factor <= 0.1 or factor > 10:
        return ask("A change of speed goes from 0.1 to 10 times. Which factor or tempo should it be?")
    factor = round(factor, 4)
    if scene.bpm is not None and not TEMPO_RANGE[0] <= scene.bpm * factor <= TEMPO_RANGE[1]:
        return ask(impossible_tempo(round(scene.bpm * factor, 1)))
    return do(step("change_speed", factor=factor, **_tape(clause)))


def _vague(direction: int, clause: Clause, scene: Scene) -> Outcome:
    """'a little slower': a whole number of bpm, or a factor where no tempo is known."""
    factor = (_FASTER if direction > 0 else _SLOWER)[degree(clause)]
    if scene.bpm is None:
        return do(step("change_speed", factor=factor, **_tape(clause)))
    bpm = float(round(scene.bpm * factor))
    if bpm == scene.bpm:
        bpm += direction
    if not TEMPO_RANGE[0] <= bpm <= TEMPO_RANGE[1]:
        return ask(impossible_tempo(bpm))
    return do(step("change_speed", bpm=bpm, **_tape(clause)))


def _now(scene: Scene) -> str:
    return f"It is {scene.bpm:g} bpm now." if scene.bpm else ""


def _tape(clause: Clause) -> dict[str, bool]:
    return {"keep_pitch": False} if clause.has("tape") and not clause.says("keep the pitch") else {}


def feel(clause: Clause, scene: Scene) -> Outcome | None:
    """'half-time feel' (the drums alone change), 'make it swing', 'straighten it'."""
    drums = [player.name for player in scene.players if player.role == "drums"]
    for name in ("half_time", "double_time"):
        if clause.has(name):
            return do(step("vary", feel=name, stems=drums, amount=0.0))
    straight = clause.has("straight")
    swing = clause.has("swing") and not (clause.words[0] == "swing" and clause.has("left", "right", "center"))
    said = read(clause.text)
    if (not straight and not swing) or (swing and "swing" in (said.genre or "") and "genre" not in said.inferred):
        return None  # 'as a swing number' is a style
    target = find(clause, scene)
    return do(step("vary", feel="straight" if straight else "swing", stems=list(target.stems), amount=0.0))


_SPENT = word_set("i've we've spent")
_SPENDING = (("i", "have"), ("we", "have"), ("i", "spent"), ("we", "spent"), ("i'm", "taking"))
_CUTTING = word_set("trim crop truncate expand chop cut")


def length(clause: Clause, scene: Scene) -> Outcome | None:
    """'make it 8 bars', 'twice as long', 'extend to 20 seconds', 'cut it to 2 bars'."""
    timed = amount(clause, "seconds")
    if clause.words[0] == "trim" and clause.has("tempo") and not timed:
        return None  # 'trim the tempo by 4 bpm'
    if not timed and clause.words[0] in _CUTTING and find(clause, scene).stems and not amount(clause, "bars"):
        return None  # 'trim the keys a bit': how loud they are
    if clause.says("too long", "so long") and (clause.words[0] in _SPENT or clause.words[:2] in _SPENDING):
        return None  # "I've been staring at this too long"
    if not (clause.has("length") or timed) or (
        clause.has("add")
        and not clause.says("make", "add", "want", "need", "needs", "have", "give", "gimme", "like", "get")
    ):
        return None
    if timed is not None and stretches(clause) and set(clause.words[: timed.start]) & {"to", "into", "in", "over"}:
        return lasting(clause, timed, scene)
    sized = clause.has("longer", "shorter") or clause.says("length", "duration", "bars long", "seconds long", "as long")
    said = amount(clause, "bars", "seconds")
    alone = said is not None and said.unit == "bars" and len(clause.words) - (said.end - said.start) <= 3
    if not sized and not alone and not (said and clause.has("create", "replace", "repeat", "pronoun", "mixword")):
        return None
    bars = scene.bars
    if bars is None:
        return ask("This loop has no pulse to count bars by. Which tempo has it?")
    wanted: float | None = None
    fine = 1.0
    if said is not None and said.unit == "bars":
        added = clause.says("more", "tack", "append", "add", "another", "extra", "by") or clause.words[
            said.end : said.end + 1
        ] in (
            ("longer",),
            ("shorter",),
        )
        sign = -1 if clause.has("shorter") else 1
        wanted = bars + sign * said.value if added and not clause.says("to") else said.value
    elif said is not None:
        return lasting(clause, said, scene)
    else:
        times = amount(clause, "times")
        fine = times.value if times else 2.0
        fine = 1 / fine if clause.has("shorter") and fine > 1 else fine
        wanted = bars * fine
    if wanted != int(wanted) or not 1 <= wanted <= _LONGEST_BARS:
        return ask(f"A loop has 1 to {_LONGEST_BARS} whole bars; this one has {bars}. How many should it have?")
    if wanted == bars:
        if scene.steps and scene.steps[-1].arguments.get("bars") == bars:
            return UNDERSTOOD  # '(it is too short,) 8 bars please'
        return None if amount(clause, "bpm") else Outcome(answer=f"It has {bars} bars already.")
    return do(step("vary", bars=int(wanted), amount=0.0))
