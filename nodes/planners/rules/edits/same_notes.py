"""The same notes in another sound: 'same notes on a piano', 'keep the part but change the instrument'."""

from __future__ import annotations

import re

from nodes.planners.rules.ask import listed, which
from nodes.planners.rules.outcome import Outcome, ask, do, step
from nodes.planners.rules.scene import Scene
from nodes.planners.rules.words.attributes import read
from nodes.planners.rules.words.references import find
from nodes.planners.rules.words.speech import Clause

_PART = r"(?:notes?|chords?|parts?|lines?|melody|riff|tune|phrase|pattern|midi|melodies)"
_SAME = re.compile(
    rf"\b(?:(?:the )?(?:exact |very )?same {_PART}|(?:keep|with|leave|hold|retain) (?:the|its|these|those|all the) {_PART})\b"
)
_SOUND = r"(?:sounds?|instruments?|patch|timbre|tone|voice|preset)"
_OTHER = re.compile(
    rf"\b(?:(?:an)?other|different|new) {_SOUND}\b|\b(?:change|swap|replace|switch) (?:the|its|that|only the|just the) {_SOUND}\b"
)
_FOR = re.compile(r"\b(?:(?:an)?other|different|new) (?:instrument|patch|preset) (?:for|on|in) (?:the|my)\b")
_BESIDE = ("on top", "add", "added", "as well", "too", "behind", "underneath", "also", "along")
_ON = ("on", "by", "from", "for")


def takes_over(clause: Clause) -> bool:
    """Whether a clause that begins like one that protects ('keep the notes but ...') is about another sound."""
    text = " ".join(clause.words)
    return _SAME.search(text) is not None and (_new(clause) is not None or _OTHER.search(text) is not None)


def same_notes(clause: Clause, scene: Scene) -> Outcome | None:
    """One instrument takes over another's notes; a question where either is not named."""
    message = " ".join(scene.request.text.lower().replace(",", " ").split())
    text = " ".join(clause.words)
    said = _SAME.search(text) or _SAME.search(message) or _FOR.search(text)
    if not scene.exists or not said or len(message.split()) > 14 or clause.says(*_BESIDE):
        return None
    new = None if clause.has("chords") else _new(clause)
    if new is None:
        if not _OTHER.search(message):
            return None
        stems = find(clause, scene).stems or _spoken_of(message, scene)
        example = f"For example 'swap the {(stems or scene.names or ['keys'])[0]} for a vibraphone'."
        if not stems:
            return ask(f"Which part should sound different, and on which instrument? {example}")
        return ask(f"Which instrument should play the part of the {listed(stems)}? {example}")
    at, word = new
    target = find(clause.part(0, at), scene).stems or scene.present(scene.focus)
    if not target and len(scene.names) == 1:
        target = tuple(scene.names)
    if len(target) != 1:
        return ask(f"Whose notes should the {word} play? {which(scene)}")
    return do(step("replace_track", stem=target[0], instrument=word))


def _new(clause: Clause) -> tuple[int, str] | None:
    """The instrument that is to play, and where its words begin: 'on a piano'."""
    for at, word in enumerate(clause.words[:-1]):
        led = word in _ON or (word == "with" and clause.says("same"))
        if not led or clause.words[at + 1] not in {"a", "an", "some"}:
            continue
        found = read(clause.part(at + 1).text).instruments
        if found:
            return at, found[0].words
    return None


def _spoken_of(message: str, scene: Scene) -> tuple[str, ...]:
    if len(scene.names) == 1:
        return (scene.names[0],)
    return tuple(name for name in scene.names if re.search(rf"\b{re.escape(name)}\b", message))
