"""A complaint about a player and the decibels that mend it: 'the drums need to hit harder, +3 dB' -> 'turn the drums up 3 dB';
a range of tempi: 'somewhere between 115 and 120' -> 'at 117.5 bpm'."""

from __future__ import annotations

import re

from nodes.planners.rules.plain.rewording import reworded, text_of
from nodes.planners.rules.scene import Scene
from nodes.planners.rules.words.amounts import amount, amounts
from nodes.planners.rules.words.attributes import read
from nodes.planners.rules.words.lexicon import genre_tempo
from nodes.planners.rules.words.openings import OPENERS
from nodes.planners.rules.words.references import mentions, named
from nodes.planners.rules.words.speech import BREAKS, Clause

_DECIBELS = re.compile(
    r"(?:(?:so|maybe|please|say|try|about|around|by|just|give it|add|take|turn it|bring it|push it|pull it) )*(?P<sign>[+-]|plus |minus |up |down )? ?(?P<count>\d+(?:[.,]\d+)?|one|two|three|four|five|six|a couple of) ?"
    r"(?:db|decibels?)(?: (?P<way>up|down|more|less|louder|quieter|softer|higher|lower|off|hotter))?(?: (?:please|or so|should do|will do|ish|maybe|for now|in the mix))*"
)
_STYLED = re.compile(
    r"(?:(?:more of|more like|something like|rather|more|like) )*(?:an? (?:(?:\w+ly|typical|proper|nice|good) )?)?(?<!\bthe )(?<!\bthis )(?P<style>(?:(?!(?:an?|the|this|to|at|of|my|our|your) )[\w&]+ ){1,3})(?:tempo|pace|speed)\b"
    r"(?: ?,?(?: (?:say|maybe|about|around|somewhere|roughly|near|approximately|at|of|so|like|perhaps))* (?P<count>\d{2,3})(?: ?bpm)?)?"
)
_ANEW = frozenset({"new", "another", "create", "generate", "compose", "scrap"})


def at_its_tempo(message: Clause) -> Clause:
    """'more of a ballad tempo, around 75' -> '75 bpm', 'a house tempo' -> '124 bpm': the tempo of a style, and not the style."""
    for found in () if _ANEW & set(message.words) else _STYLED.finditer(text_of(message)):
        style = read(found["style"])
        if "genre" not in style.inferred and (usual := genre_tempo(style.genre or "")) is not None:
            return reworded(message, found, f"{found['count'] or format(usual[1], 'g')} bpm")
    return message


_UP = frozenset({"+", "plus", "up", "more", "louder", "higher", "hotter"})
_TROUBLE = re.compile(
    r"\b(?:is|are|'s|needs?|too|not|isn't|aren't|gets?|sounds?|feels?|can't|hardly|barely|lacks?|wants?|could|should|seems?|sits?|keeps?|more|bit|drowning|buried|dominates|dominating|lost|sticks?|pokes?|jumps?|eats|covers|masks)\b"
)

_RANGE = re.compile(
    r"(?:(?:somewhere|anywhere|something|a tempo|in) )*(?:to be |to sit )?(?:between (?P<low>\d{2,3}) (?:and|to|-)|(?<!from )(?:the )?(?P<least>\d{2,3}) (?:-|to)) (?P<high>\d{2,3})(?P<bpm> bpm| range)?"
    r"(?= (?:please|or so|and|but|then|now|instead|would|might|feels)(?!\w)| ?[.,;!?]|$)"
)


def _ranged(message: Clause, scene: Scene) -> Clause:
    found = _RANGE.search(text_of(message))
    if found is None or not (found["low"] or found["bpm"]) or found["least"] == f"{scene.bpm:g}":
        return message
    low, high = int(found["low"] or found["least"]), int(found["high"])
    tempi = max(40, 0 if found["bpm"] else scene.seconds) <= low < high <= min(250, low * 1.5)
    return reworded(message, found, f"at {(low + high) / 2:g} bpm") if tempi else message


_FIT = ("that long", "as long", "same length", "that length", "make it fit", "make this fit", "fit that", "match that", "match it")  # fmt: skip
_LASTS = {"is", "it's", "lasts", "runs", "are", "be", "to", "exactly", "only", "just", "about"}


def _fitted(message: Clause) -> Clause:
    """'the scene is 16 seconds now, can the music be that long?' -> 'make it 16 seconds long'."""
    said = amount(message, "seconds")
    stops = [at for at, word in enumerate((*message.words, ".")) if word in BREAKS]
    begin = next((at for at in stops if said is not None and at >= said.end), len(message.words))
    end = next((at for at in stops if at > begin + 1), begin)
    after = message.part(begin + 1, end)
    if said is None or message.words[said.start - 1] not in _LASTS or not after.says(*_FIT) or amounts(after):
        return message
    start = max((at + 1 for at in stops if at < said.start), default=0)
    return message.replaced(start, end, f"make it {said.value:g} seconds long")


def measured(message: Clause, scene: Scene) -> Clause:
    """The order alone where a complaint about one player is followed by nothing but decibels with their direction."""
    message = _fitted(_ranged(message, scene))
    message = at_its_tempo(message)
    for at, word in enumerate(message.words):
        if word not in BREAKS and word != "so":
            continue
        told = message.part(0, at).bare()
        end = next((i for i in range(at + 1, len(message.words)) if message.words[i] in BREAKS), len(message.words))
        found = _DECIBELS.fullmatch(text_of(message.part(at + 1, end)))
        if found is None or not told.words or any(word in BREAKS for word in told.words):
            continue
        players = {name for mention in mentions(told, scene) for name in named(mention.words, scene)}
        way = (found["sign"] or found["way"] or "").strip()
        orders = told.words[0] in OPENERS - {"bass", "lead", "pad", "is", "are"}
        if len(players) != 1 or not way or orders or _TROUBLE.search(text_of(told)) is None:
            continue
        order = f"turn the {players.pop()} {'up' if way in _UP else 'down'} {found['count']} db"
        return message.replaced(0, end, order)
    return message
