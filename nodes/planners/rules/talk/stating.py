"""Statements about the loop that only name its tempo or key: 'this is at 180 bpm', 'the key is A minor'.

One that agrees with the table is confirmed; one that contradicts it is asked about, since it may be a wish or an error.
"""

from __future__ import annotations

from ensemble.band.theory import parse_key
from nodes.planners.rules.ask import missing
from nodes.planners.rules.outcome import UNDERSTOOD, Outcome, ask, say
from nodes.planners.rules.scene import Scene
from nodes.planners.rules.words.amounts import amounts
from nodes.planners.rules.words.attributes import read
from nodes.planners.rules.words.references import mentions, named
from nodes.planners.rules.words.speech import Clause, word_set

_SUBJECTS = (
    "we're", "we are",
    "it's", "that's", "it is", "this is", "that is", "it was", "this was", "the loop is", "this loop is", "the track is", "the song is",
    "the music is", "my song is", "my track is", "my loop is", "the tempo is", "the bpm is", "the key is", "its tempo is", "its key is",
    "tempo is", "key is", "bpm is", "the original is", "the mix is",
)  # fmt: skip
_SMALL = word_set("at in about around roughly currently now already the key of a tempo bpm set is actually it")


def states(clause: Clause, scene: Scene) -> Outcome | None:
    """What to say to a statement about tempo or key; None where the clause says anything else."""
    subject = _subject(clause)
    if not scene.exists or subject is None:
        return None
    rest = clause.part(len(subject.split()))
    return _tempo(rest, scene, alone="tempo" in subject or "bpm" in subject) or _key(rest, scene)


def tells_of_absent(clause: Clause, scene: Scene) -> Outcome | None:
    """'there's a trombone in there that bothers me' where there is none: nobody is added for it."""
    begun = clause.words[:1] == ("there's",) or clause.words[:2] == ("there", "is")
    begun = begun and not {"no", "room", "space", "missing", "not", "isn't"} & set(clause.words)
    if (
        not scene.exists
        or not begun
        or not clause.says("in there", "in here", "in it", "in this", "that keeps", "somewhere")
    ):
        return None
    gone = [one.words for one in mentions(clause, scene) if not named(one.words, scene)]
    return ask(missing(gone, scene)) if gone else None


def of_nothing(clause: Clause) -> str | None:
    """A question where a tempo or key is stated of a loop that is not there: 'this is at 180 bpm'."""
    subject = _subject(clause)
    if subject is None or set(clause.part(len(subject.split())).words) & {"with", "and", ","}:
        return None
    reading = read(clause.text)
    frame = f"at {reading.bpm:g} bpm" if reading.bpm else f"in {reading.key}" if reading.key else ""
    if not frame or reading.instruments or reading.genre or reading.whole or reading.mood:
        return None
    return f"There is no loop yet, and no file is attached. Shall I make a loop {frame}, and in which style?"


def _subject(clause: Clause) -> str | None:
    text = f"{' '.join(clause.words)} "
    return next((words for words in _SUBJECTS if text.startswith(f"{words} ")), None)


def _tempo(rest: Clause, scene: Scene, *, alone: bool) -> Outcome | None:
    said = next((found for found in amounts(rest) if found.unit in {"bpm", "bare"} and found.value >= 20), None)
    if said is None or scene.bpm is None or set(rest.without([(said.start, said.end)]).words) - _SMALL:
        return None
    if said.unit == "bare" and not alone and not (said.start and rest.words[said.start - 1] == "at"):
        return None
    if abs(scene.bpm - said.value) < 0.05:
        return _agreed(rest, scene, f"Yes, it is at {scene.bpm:g} bpm.")
    if _is_asked(scene):
        return say(f"No, it is at {scene.bpm:g} bpm.")
    return ask(f"It is at {scene.bpm:g} bpm. Shall I change it to {said.value:g} bpm, or did you mean another file?")


def _key(rest: Clause, scene: Scene) -> Outcome | None:
    reading = read(rest.text)
    span = reading.spans.get("key")
    if not reading.key or span is None or not scene.key or reading.chords:
        return None
    if set(f"{rest.text[: span[0]]} {rest.text[span[1] :]}".lower().split()) - _SMALL:
        return None
    if parse_key(reading.key) == parse_key(scene.key):
        return _agreed(rest, scene, f"Yes, it is in {scene.key}.")
    if _is_asked(scene):
        return say(f"No, it is in {scene.key}.")
    return ask(f"It is in {scene.key}. Shall I take it to {reading.key}, or did you mean another file?")


def _is_asked(scene: Scene) -> bool:
    return scene.request.text.rstrip().endswith("?")


def _agreed(rest: Clause, scene: Scene, answer: str) -> Outcome:
    more = len(scene.request.text.split()) > len(rest.words) + 4
    return UNDERSTOOD if scene.steps or more else say(answer)
