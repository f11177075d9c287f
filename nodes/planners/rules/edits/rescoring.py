"""The loop for other players: 'do it as a string quartet', 'make it a jazz trio', 'play it as a duet of flute and harp'."""

from __future__ import annotations

import re

from ensemble.band.instruments import resolve
from ensemble.tools.selection import verb
from nodes.planners.rules.ask import listed
from nodes.planners.rules.edits import edit_whole
from nodes.planners.rules.outcome import Outcome, ask, do, step
from nodes.planners.rules.scene import Scene
from nodes.planners.rules.words import ensembles
from nodes.planners.rules.words.attributes import Reading, read
from nodes.planners.rules.words.speech import Clause

_LOOP = r"(?:it|this|that|everything|(?:the )?whole thing|(?:this|the) (?:whole )?(?:loop|piece|song|tune|track|thing|music)|all of it)"
_AGAIN = re.compile(
    rf"(?:do|play|try|have|score|set|rework|redo|rewrite|orchestrate|arrange|rearrange|render|perform|present|let's hear|hear|give me|i want|turn|make|change|transform|convert) "
    rf"{_LOOP} (?:again )?(?P<how>as|for|into|to|like|a|an|with (?=an? (?:\w+ )?(?:trio|quartet|quintet|sextet|duo)))\b"
)
_VERSIONS = ("version", "arrangement", "rendition", "cover")
_SCORED = frozenset({"as", "for"})
_SIZES = {"duo": 2, "duet": 2, "trio": 3, "quartet": 4, "quintet": 5, "sextet": 6, "solo": 1, "unaccompanied": 1}


def rescored(clause: Clause, scene: Scene) -> Outcome | None:
    """Another arrangement with the players that are said and nobody else; style, mood and metre as far as they are said."""
    text = " ".join(clause.words)
    asked = _AGAIN.match(text)
    if not scene.exists or not (asked or clause.words[0] in _SCORED or clause.says(*_VERSIONS)):
        return None
    reading = read(clause.text)
    players = ensembles.seats(reading) or (_listed(reading, asked, text, scene) if asked is not None else [])
    if not players:
        return _who_stays(clause, asked, scene) if asked is not None else None
    usual = edit_whole.rearrange(clause, scene)
    said = usual.steps[0].arguments if usual is not None and usual.steps else {}
    fields = {name: value for name, value in said.items() if name not in {"instruments", "without"}}
    return do(step("rearrange", **fields, instruments=players))


def _who_stays(clause: Clause, asked: re.Match[str], scene: Scene) -> Outcome | None:
    """'make it a duo': who plays is not said."""
    last = clause.words[-1]
    size = _SIZES.get(last, 0) if len(clause.words) <= len(asked[0].split()) + 2 else 0
    if size < 1 or len(scene.names) == size or read(clause.text).genre:
        return None
    named = listed(scene.names, "or")
    if len(scene.names) < size:
        return ask(
            f"A {last} has {size} players, and there {verb(scene.names, 'is', 'are')} {listed(scene.names)}. Who should join?"
        )
    return ask(
        f"Which {size if size > 1 else 'one'} should stay for the {last}: {named}? For example 'keep only {listed(scene.names[:size])}'."
    )


def _listed(reading: Reading, asked: re.Match[str], text: str, scene: Scene) -> list[str]:
    """'as a duet for flute and harp', 'for solo piano': as many players as the word for their number says."""
    size = next((_SIZES[word] for word in text[asked.start("how") :].split()[:4] if word in _SIZES), 0)
    if not size:  # 'redo this for piano, cello and flute'
        named = [mention.words.lower() for mention in reading.instruments]
        group = len(named) > 1 or bool(_GROUPS & {word for name in named for word in name.split()})
        return named if asked["how"] == "for" and group and not reading.without else []
    players = [mention.words.lower().removesuffix(" solo").removeprefix("solo ") for mention in reading.instruments]
    if reading.without or not players:
        return []
    return players if len(players) >= size > 0 else [*players, *_beside(players, size, scene)]


_GROUPS = frozenset({"band", "orchestra", "ensemble", "choir", "strings", "brass", "section", "woodwinds"})


def _beside(players: list[str], size: int, scene: Scene) -> list[str]:
    """Who sits beside those that are named, until there are as many as the word says: 'a trio with sax' keeps bass and drums."""
    taken = {choice.instrument.role for word in players if (choice := resolve(word)) is not None}
    order = ("chords", "pad", "bass", "drums", "lead") if size in {2, 4} else ("bass", "drums", "chords", "pad", "lead")
    held = [player.name for role in order for player in scene.players if player.role == role and role not in taken]
    roles = taken | {player.role for player in scene.players}
    usual = [_USUAL[role] for role in order if role in _USUAL and role not in roles]
    return [*held, *usual][: size - len(players)]


_USUAL = {"chords": "piano", "bass": "bass", "drums": "drums"}
