"""Versions: undo, redo, back to a version by number or by what was in it, export."""

from __future__ import annotations

import re

from nodes.planners.rules.ask import NO_LOOP, impossible_tempo, listed, missing, which
from nodes.planners.rules.edits.forward import goes_forward, means_anew, redo
from nodes.planners.rules.outcome import UNDERSTOOD, Outcome, ask, do, step
from nodes.planners.rules.scene import Scene
from nodes.planners.rules.talk import complaints, withdrawing
from nodes.planners.rules.words import spans
from nodes.planners.rules.words.amounts import amount, amounts
from nodes.planners.rules.words.formats import not_written
from nodes.planners.rules.words.references import everything_but, find, is_instrument, mentions, named
from nodes.planners.rules.words.speech import Clause, word_set
from nodes.planners.rules.words.versions import holds, recalled
from state.gat import TEMPO_RANGE

_BACK = (
    "undo", "revert", "roll back", "rollback", "step back", "go back", "take that back", "take it back", "undo that", "undo it", "scratch that",
    "back to", "never mind", "nevermind", "cancel that", "cancel the last", "put it back", "bring it back",
    "bring back",
    "put back", "switch back", "change it back",
    "change back", "turn it back", "turn back", "as it was", "how it was", "the way it was", "like it was", "like before", "as before",
    "the one before", "one before", "the version before", "i liked it better before", "i liked the old", "it was better before",
    "was better before", "better before", "the old one", "the old version", "the original", "original version", "return to", "ctrl z",
    "back one", "one back", "back a step", "a step back", "steps back", "versions back", "versions ago", "steps ago", "edits ago", "changes ago", "previous version", "the previous one", "previous one",
    "last version", "prior version", "earlier version", "an earlier version", "restore", "reset", "ditch that change", "undo everything",
    "i preferred", "the last one was better", "forget that", "forget it", "not that", "discard that", "drop that change", "lose that change",
    "version before", "before that", "two back", "three back", "the earlier one", "the first version", "first version", "jump back", "take back", "take us back", "take me back", "bring us back", "bring me back", "get us back",
    "keep the old one", "load", "recall", "the previous", "get back", "step backwards", "the very first", "back up", "put that back", "reverse that",
)  # fmt: skip
_DISMISSALS = frozenset(
    ["forget it", "forget that", "never mind", "nevermind", "never mind that", "scratch that", "drop it"]
)
_FIRST = (
    "first version",
    "the first one",
    "original",
    "the beginning",
    "the start",
    "very first",
    "undo everything",
    "initial version",
    "version one",
    "square one",
    "first revision",
    "reset everything",
    "reset it all",
    "first loop",
)
_TWO = (
    "before last",
    "before the last",
    "two back",
    "the one before that",
    "version before that",
    "two ago",
    "before the previous",
)


_COUNT = r"(?:\d+|one|two|three|four|five|six|seven|eight|nine|ten|a couple(?: of)?)"
_UNITS = r"(?:versions?|steps?|edits?|changes?|revisions?|moves?|takes?|saves?)"
_COUNTED = re.compile(
    rf"(?:(?:go|step|jump|take (?:it|me|us)|skip|move) )?(?:back|backwards?|backward) (?:by )?{_COUNT}(?: {_UNITS})?$|{_COUNT}(?: {_UNITS})? (?:back|ago|earlier|backwards?)$"
)
"""'back two versions', 'three back', 'two edits ago'."""


def navigate(clause: Clause, scene: Scene) -> Outcome | None:
    """Undo and redo in all their ways of being said."""
    placed = spans.find(clause, scene.bars, scene.seconds) is not None  # 'redo it from 5 to 10 seconds'
    if goes_forward(clause) and not placed and not means_anew(clause, scene):
        return redo(scene)
    numbered = _numbered(clause)
    if (undone := _lately(clause)) is not None and scene.exists and undone < len(scene.request.revisions.lineage()):
        return do(step("undo", steps=undone))
    alone = (
        _COUNTED.match(" ".join(clause.words)) is not None
        or clause.words in {("back",), ("cancel",), ("rewind",), ("previous",), ("reverse",)}
        or ("return" in clause.words and set(clause.words) <= _RETURNING)
    )
    if numbered is None and (found := recalled(clause, scene)) is not None:
        return do(step("undo", revision=found))
    backwards = (
        alone
        or regrets(clause)
        or clause.says(*_BACK)
        or (
            clause.words[-1:] == ("back",)
            and not set(clause.words[-2:-1]) & _INTO_THE_ROOM
            and not clause.says("further back", "farther back", "sit", "bit back", "little back")
            and clause.says("bring", "put", "want", "get", "change", "switch")
        )
    )
    level = clause.says("back down", "back up") and clause.words[0] in {"bring", "turn", "take", "pull", "push", "put"}
    if (not backwards or level) and numbered is None:
        return None
    if not alone and _AS_MADE.search(" ".join(clause.words)):
        return None
    if clause.has("tempo", "volume", "effect_eq") and not clause.begins("undo"):
        return None
    if not scene.exists:
        return ask("There is no version to go back to yet. " + NO_LOOP.removeprefix("There is no loop to change yet. "))
    if _says_which(clause) and scene.steps and scene.steps[-1].tool == "undo":
        return _which_version(clause, scene)
    if not scene.steps and withdrawing.withdraws(clause) and withdrawing.came_to_nothing(scene):
        return UNDERSTOOD  # 'never mind' to a question: what was done before it stays
    lineage = scene.request.revisions.lineage()
    if numbered is not None:
        if scene.request.revisions.revision(numbered) is None:
            return ask(
                f"There is no version {numbered}; there are {listed([str(n) for n in sorted(lineage)])}. Which one?"
            )
        if lineage and numbered == lineage[0]:
            return ask(f"Version {numbered} is the present one. Which other version do you mean?")
        return do(step("undo", revision=numbered))
    back = _with_stem(clause, scene, lineage)
    if back is not None:
        return back
    past = scene.request.history
    if " ".join(clause.words) in _DISMISSALS and past and past[-1].status == "asked" and not scene.steps:
        return UNDERSTOOD  # the question is dismissed, and there is nothing to take back
    if len(lineage) < 2:
        return ask("This is the first version, so there is nothing to go back to. What should I change instead?")
    if clause.says(*_FIRST):
        return do(step("undo", revision=lineage[-1]))
    steps = _steps(clause, len(lineage) - 1)
    if steps >= len(lineage):
        reach = len(lineage) - 1
        return ask(
            f"Only {reach} version{'s' if reach > 1 else ''} lie{'' if reach > 1 else 's'} before this one. How many should I go back?"
        )
    return do(step("undo", steps=steps))


_LATELY = re.compile(
    r"(?:undo|scrap|ditch|drop|forget|revert|lose|remove|cancel|discard|reverse|bin|delete|reject|take back|roll back|get rid of|throw away|throw out|kill) "
    r"(?:the|my|your|those|these|our)? ?(?:last|latest|previous|past|most recent) (?P<count>2|3|4|5|two|three|four|five|couple|couple of|few) "
    r"(?:things|changes|edits|steps|moves|revisions|versions|tweaks|additions|ones)(?: (?:you|we|i) (?:did|made|have made|just made|just did))?"
)
_COUNTS = {"couple": 2, "couple of": 2, "two": 2, "few": 3, "three": 3, "four": 4, "five": 5}


def _lately(clause: Clause) -> int | None:
    """'scrap the last two changes': how many."""
    if clause.begins("undo") is not None and clause.words[1:] in (
        ("both",),
        ("both", "of", "those"),
        ("both", "of", "them"),
        ("them", "both"),
    ):
        return 2
    told = _LATELY.fullmatch(" ".join(clause.words))
    return None if told is None else _COUNTS.get(told["count"]) or int(told["count"])


_AS_MADE = re.compile(
    r"\b(?:like|as if|as though) (?:it|they) (?:was|were) (?:\w+ed|in|on|at|from|a|an|the|played|made|done|cut|sung|written|being|coming|going)\b"
)
"""'it sounds like it was recorded in a church': how it sounds, not how it was."""
_WHICH = ("version", "before", "back to", "original", "the beginning", "the start", "the first", "square one", "how it was", "as it was", "the way it was")  # fmt: skip


def _says_which(clause: Clause) -> bool:
    """Whether a clause after an undo says which version was meant, rather than asking for one more undo."""
    return clause.says(*_WHICH) and not clause.says("again", "once more", "twice", "one more", "another")


def _which_version(clause: Clause, scene: Scene) -> Outcome | None:
    """'(undo that,) back to the version before the clarinet': told from where the message began, as one revision."""
    found = navigate(clause, scene.anew())
    if found is None or not found.steps:
        return found
    lineage = scene.request.revisions.lineage()
    made = found.steps[0].arguments
    revision = made.get("revision") or lineage[min(made.get("steps", 1), len(lineage) - 1)]
    return do(step("undo", revision=revision))


_INTO_THE_ROOM = word_set("the further farther far way bit little touch tad")
"""Before 'back': a place behind the others, no version: 'put it in the back', 'put it further back'."""
_RETURNING = word_set("return go back please it that to before us me one step now can we you")
_DEED = (
    "last thing you did", "last thing you made", "thing you did", "thing you just did", "what you did", "what you just did", "what you've done",
    "what you made", "whatever you did", "whatever you just did", "last thing we did", "last change", "last edit", "last step", "latest change", "that change", "this change", "that edit", "your change",
    "your changes", "the change", "last modification", "last move", "latest edit", "last result", "what you changed", "what just happened",
)  # fmt: skip


def regrets(clause: Clause) -> bool:
    """'I don't like the last thing you did', 'the last change is bad', 'scrap that last edit'."""
    bad = complaints.complains(clause) or clause.says(
        "mistake", "was wrong", "bad idea", "worse", "do not want", "don't want", "was better before"
    )
    thrown_away = (clause.begins("remove") is not None or clause.words[0] in _REJECTING) and not mentions(clause)
    return (bad or thrown_away) and clause.says(*_DEED) and len(clause.words) <= 12


_REJECTING = word_set("cancel reject forget reverse nuke ignore unmake erase kill")


def _numbered(clause: Clause) -> int | None:
    """The N of 'version N', 'revision three', 'v2'."""
    for at, word in enumerate(clause.words):
        if word[0] == "v" and word[1:].isdigit():
            return int(word[1:])
        if word in {"version", "revision", "v", "rev", "take"} and at + 1 < len(clause.words):
            begin = at + 2 if clause.words[at + 1] in {"number", "no", "#"} else at + 1
            found = next((a for a in amounts(clause.part(begin)) if a.unit == "bare" and a.start == 0), None)
            if (
                found is not None
                and found.value >= 1
                and not (word == "take" and not clause.says("back to", "go to", "load"))
            ):
                return int(found.value)
    return None


def _steps(clause: Clause, reach: int) -> int:
    if clause.says(*_TWO):
        return min(2, reach) if reach else 2
    if clause.says("undo everything", "everything"):
        return reach
    if clause.says("twice", "x2", "times two"):
        return 2
    found = next((a for a in amounts(clause) if a.unit in {"bare", "times", "semitones"} and a.value >= 1), None)
    if found is not None and found.value <= 50:
        steps = found.value / 2 if found.unit == "semitones" else found.value
        return max(1, int(steps))
    if clause.says("a couple"):
        return 2
    return 1


def _with_stem(clause: Clause, scene: Scene, lineage: list[int]) -> Outcome | None:
    """'before the clarinet', 'the one with the guitar', 'bring back the drums'."""
    found = [m for m in mentions(clause) if is_instrument(m.words)]
    if not found:
        return None
    word = found[0].words
    here = bool(named(word, scene))
    without = (clause.says("without") or "before" in clause.words[: found[0].start]) and not clause.says(
        "bring back", "put back"
    )
    wanted = not without
    if here == wanted:
        if here and (clause.begins("undo") and clause.words[0] == "undo"):
            return do(step("undo", steps=1)) if len(lineage) > 1 else None
        return None
    for number in lineage[1:]:
        past = scene.request.revisions.revision(number)
        if past is not None and holds(past, word) == wanted:
            if number == lineage[1] or clause.says("version", "one with", "back to", "go back", "before"):
                return do(step("undo", revision=number))
            return do(step("add_track", instrument=word))
    if wanted and (undone := _undone_with(word, scene)) is not None:
        return do(step("undo", revision=undone))
    return (
        ask(f"No earlier version {'has' if wanted else 'is without'} {word}. {which(scene)}")
        if not clause.has("unmute")
        else do(step("add_track", instrument=word))
    )


def _undone_with(word: str, scene: Scene) -> int | None:
    """'(I changed my mind,) put the clarinet back': the version that was left by going back, where it is there."""
    for turn in reversed(scene.request.history):
        past = scene.request.revisions.revision(turn.revision) if turn.revision is not None else None
        if past is not None and holds(past, word):
            return past.revision
    return None


def export_at(clause: Clause, scene: Scene) -> Outcome | None:
    """'export it at 100 bpm': the tempo first, then the files."""
    if clause.begins("export") is None or amount(clause, "bpm") is None or not scene.exists:
        return None
    return export(clause, scene)


_FILES = word_set("wav wavs midi flac mp3 zip file files mp3s stems")
_AS_FILES = word_set("the a an as and in all please")


def export(clause: Clause, scene: Scene) -> Outcome | None:
    """'export the stems', 'save it as MIDI', 'bounce the drums'."""
    mark = clause.first("export")
    if scene.exists and _FILES & set(clause.words) and set(clause.words) <= _FILES | _AS_FILES:
        return do(step("export"), unmet=not_written(clause))  # 'wav please'
    if mark is None or (
        mark.words in {"logic", "print", "midi", "wav", "render", "reaper", "as midi", "live"}
        and not clause.says(
            "export", "save", "give", "send", "download", "get", "bounce", "need", "want", "render", "write", "as"
        )
    ):
        return None
    if mark.start > 3 and not clause.has("create", "add", "polite") and not clause.says("export", "download"):
        return None
    if not scene.exists:
        return ask(NO_LOOP.replace("change", "export"))
    target = find(clause, scene)
    if target.missing and not target.stems and all(map(is_instrument, target.missing)):
        return ask(missing(target.missing, scene))
    said = amount(clause, "bpm")
    if said is not None and said.value != scene.bpm:
        if not TEMPO_RANGE[0] <= said.value <= TEMPO_RANGE[1]:
            return ask(impossible_tempo(said.value))
        return do(step("change_speed", bpm=said.value), step("export"), unmet=not_written(clause))
    everything = target.pronoun or target.whole or clause.has("all")
    stems = [] if everything and not everything_but(clause) else list(target.stems)
    return do(step("export", stems=stems), unmet=not_written(clause))
