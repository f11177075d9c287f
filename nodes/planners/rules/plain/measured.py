"""A complaint about a player and the decibels that mend it: 'the drums need to hit harder, +3 dB' -> 'turn the drums up 3 dB';
a range of tempi: 'somewhere between 115 and 120' -> 'at 117.5 bpm'."""

from __future__ import annotations

import re
from itertools import pairwise

from nodes.planners.rules.plain.rewording import reworded, text_of
from nodes.planners.rules.scene import Scene
from nodes.planners.rules.words.amounts import amount, amounts, number
from nodes.planners.rules.words.attributes import read
from nodes.planners.rules.words.lexicon import genre_tempo
from nodes.planners.rules.words.openings import OPENERS
from nodes.planners.rules.words.references import mentions, named
from nodes.planners.rules.words.speech import BREAKS, Clause, clause

_DECIBELS = re.compile(
    r"(?:(?:so|maybe|please|say|try|about|around|by|just|give it|add|take|turn it|bring it|push it|pull it) )*(?P<sign>[+-]|plus |minus |up |down )? ?(?P<count>\d+(?:[.,]\d+)?|one|two|three|four|five|six|a couple of) ?"
    r"(?P<unit>db|decibels?)?(?: (?P<way>up|down|more|less|louder|quieter|softer|higher|lower|off|hotter))?(?: (?:please|or so|should do|will do|ish|maybe|for now|in the mix))*"
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


_SIDES = {"l": "left", "r": "right", "c": "to the centre", "left": "left", "right": "right"}
_STRIP = re.compile(
    r"(?:: )?(?:(?P<level>[+-]\d+(?:\.\d+)?)|(?P<far>\d+)? ?%? ?(?P<side>[lrc]) ?(?P<farther>\d+)?)(?: please)?"
)
_SAID = re.compile(r"(?:(?:say|like|maybe|about|by|so) )*[+-]\d+(?:\.\d+)?")
_NOT_SO = re.compile(r"(?<=\d)( db| bpm|)(?: ,)? (?:and )?not [+-]?\d+(?:\.\d+)?(?: db| bpm)?(?= ?[.,;!?]|$)")
_MASTER = frozenset({"master", "mix", "overall"})
_SHARES = {"a third": 33, "one third": 33, "two thirds": 67, "a quarter": 25, "three quarters": 75, "half": 50, "halfway": 50, "half way": 50}  # fmt: skip
_WAY = frozenset({"of", "the", "way", "over", "to", "about"})
_POSITIONED = frozenset({"put", "pan", "set", "move", "place", "sit", "have", "park", "swing"})


def _on_the_desk(message: Clause, scene: Scene) -> Clause:
    """'drums -3, keys 30 L' -> 'turn the drums down 3 db, pan the keys 30 % left': each player with a figure or a side alone."""
    cuts = [
        -1,
        *(at for at, word in enumerate(message.words) if word in BREAKS - {":"} or word == "and"),
        len(message.words),
    ]
    for start, end in reversed(list(pairwise(cuts))):
        piece = _in_hours(message.part(start + 1, end))
        found = mentions(piece)[:1] if scene.exists else []
        at = 1 if piece.words[:1] == ("the",) else 0
        named_first = bool(found) and found[0].start == at and bool(named(found[0].words, scene))
        turned = piece.words[at + 1 : at + 2] in (("up",), ("down",)) and len(piece.words) > at + 2
        if turned and piece.words[at] in _MASTER and number(piece.words, at + 2):
            piece = piece.replaced(0, at + 1, "turn everything")
        said = _STRIP.fullmatch(" ".join(piece.raw[found[0].end :]).lower()) if named_first else None
        if said is not None and said["level"]:
            way = "down" if said["level"].startswith("-") else "up"
            piece = clause(f"turn the {found[0].words} {way} {said['level'][1:]} db")
        elif said is not None and (piece.raw[-1].isupper() or said["far"] or said["farther"]):
            far = said["far"] or said["farther"]
            piece = clause(f"pan the {found[0].words} {f'{far} %' if far else ''} {_SIDES[said['side']]}")
        if _SAID.fullmatch(text_of(piece)) and message.part(0, max(0, start)).has("louder", "quieter"):
            piece = piece.replaced(len(piece.words), len(piece.words), "db")  # '(drums softer,) say -3'
        message = message.part(0, start + 1).joined(piece).joined(message.part(end))
    return message


_OPPOSITE = re.compile(r"\bone (?:\w+ ){0,3}(?:left|right)(?: ,)? (?:and )?the other (?:\w+ ){0,3}(?:left|right)\b")


def on_both_sides(message: Clause) -> Clause:
    """'(the piano and the guitar clash,) pan one left and the other right' -> 'pan the piano and the guitar left and right'."""
    found = _OPPOSITE.search(text_of(message))
    pair = [mention.words for mention in mentions(message)[-2:]] if found is not None else []
    if found is None or len(pair) < 2:
        return message
    ordered = found.string[: found.start()].split()[-1:] in (["put"], ["pan"], ["have"], ["move"])
    return reworded(message, found, f"{f'the {pair[0]} and the {pair[1]}' if ordered else ''} left and right")


def _in_hours(piece: Clause) -> Clause:
    """'the guitar at 10 o'clock' -> '40 % left', 'a third of the way to the left' -> '33 % left'."""
    for at in range(1, len(piece.words)):
        counted = number(piece.words, at - 1)
        if piece.words[at] in {"o'clock", "oclock"} and counted and (piece.words[0] in _POSITIONED or mentions(piece)):
            hour = counted[0] if counted[0] <= 6 else counted[0] - 12
            start = at - 2 if at > 1 and piece.words[at - 2] in {"at", "to"} else at - 1
            place = f"{min(100, abs(hour) * 20):g} % {'left' if hour < 0 else 'right'}" if hour else "in the centre"
            return piece.replaced(start, at + 1, place)
        share = at
        while share and piece.words[share - 1] in _WAY:
            share -= 1
        said = next((words for words in _SHARES if text_of(piece.part(0, share)).endswith(f" {words}")), None)
        if piece.words[at] in {"left", "right"} and said and share < at:
            return piece.replaced(share - len(said.split()), at, f"{_SHARES[said]} %")
    return piece


def measured(message: Clause, scene: Scene) -> Clause:
    """The order alone where a complaint about one player is followed by nothing but decibels with their direction."""
    if (other := _NOT_SO.search(text_of(message))) is not None and not message.titles:
        message = reworded(message, other, other[1].strip())  # 'bass up 2, not 4'
    message = _on_the_desk(_fitted(_ranged(message, scene)), scene)
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
        if not found["unit"] and not told.has("level_louder", "level_quieter"):
            continue  # 'the piano is too low, up 3'
        if len(players) != 1 or not way or orders or _TROUBLE.search(text_of(told)) is None:
            continue
        order = f"turn the {players.pop()} {'up' if way in _UP else 'down'} {found['count']} db"
        return message.replaced(0, end, order)
    return message
