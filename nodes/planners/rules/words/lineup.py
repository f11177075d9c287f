"""Who plays a new loop: exactly the players that were listed, or the style's band with the one that was named.

'bass and drums', 'funk with bass and drums', 'jazz, solo piano'         -> these and nobody else
'techno with an acid bassline, no hats', 'house with a piano'            -> the style's band, that player in it
"""

from __future__ import annotations

from ensemble.band.instruments import Choice, matches, resolve
from ensemble.band.styles import find_style
from nodes.planners.rules.words import ensembles
from nodes.planners.rules.words.attributes import Mention, Reading
from nodes.planners.rules.words.lexicon import genre_parent
from nodes.planners.rules.words.parts import BASS_LINES
from nodes.planners.rules.words.speech import Clause, word_set

_DRUMMED = ("drum", "dnb", "break", "jungle", "neurofunk", "four on the floor")
"""What a genre's name says where drums belong to it whatever else is listed."""
_BEATS = word_set("beat beats groove grooves break breaks breakbeat")
_GUESTS = word_set("with featuring feature features including include includes plus and w/ has having feat ft")
"""Words that bring a player into a style's band: 'house with a piano'."""
_ARTICLES = word_set("a an some the")
_ALONE = word_set("just only solo alone nothing unaccompanied for on")
"""Words that say that nobody else plays."""


def players(reading: Reading, clause: Clause) -> list[str]:
    """The instruments of a new loop; empty where the style chooses them all."""
    if seats := ensembles.seats(reading):
        return seats
    named = list(reading.instruments)
    if (host := _host(reading, clause)) is not None:
        return _with_guest(host, named[-1], reading)
    listed = [
        "drums" if mention.words in _BEATS or (reading.genre and _is_the_style(mention)) else _plainly(mention.words)
        for mention in named
    ]
    drums = any(mention.choice.instrument.is_drum for mention in named)
    refused = any(
        word.choice is not None and word.choice.instrument.is_drum and not is_piece(word.words)
        for word in reading.without
    )
    if not listed or drums or refused:
        return listed
    name = f"{reading.genre} {genre_parent(reading.genre) or ''}" if reading.genre else ""
    return [*listed, "drums"] if any(word in name for word in _DRUMMED) or _has_beat(clause, listed) else listed


def _plainly(words: str) -> str:
    """'beat' and 'break' are the drums, 'bass line' is the bass."""
    return "drums" if words in _BEATS else "bass" if words in BASS_LINES else words


_PIECES = word_set(
    """hat hats hihat hihats highhat highhats snare snares kick kicks cymbal cymbals ride rides crash crashes tom toms
    rimshot rimshots"""
)


def is_piece(words: str) -> bool:
    """Whether the words name a piece of the drum kit, which is one stem."""
    named = set(words.lower().replace("-", " ").split())
    return bool(named & _PIECES) and not named & {"kit", "set", "drums", "drum kit"}


def kept_pieces(reading: Reading) -> list[str]:
    """What was refused and is there all the same: 'techno, no hats'."""
    return [word.words for word in reading.without if is_piece(word.words)]


def _host(reading: Reading, clause: Clause) -> tuple[str, ...] | None:
    """The band of the style, where one player is named as a guest in it or some of it is refused."""
    guests = [mention for mention in reading.instruments if mention.words not in _BEATS and not _is_the_style(mention)]
    style = find_style(reading.genre) if reading.genre and "genre" not in reading.inferred else None
    if reading.singing is True:
        return None  # 'with acoustic guitar and a singer' lists two players
    if style is None or len(guests) != 1 or guests[0] is not reading.instruments[-1] or guests[0].solo:
        return None
    if _ALONE & set(clause.words) and not _GUESTS & set(clause.words):
        return None
    before = reading.text[: guests[0].phrase[0]].lower().replace(",", " ").split()
    while before and before[-1] in _ARTICLES:
        before.pop()
    if before and before[-1] in _ALONE:
        return None
    if before[-1:] == ["and"] and before[-2:-1] and before[-2] in _BEATS:
        return None  # 'a trap beat and a bassline' lists two players
    introduced = bool(before) and before[-1] in _GUESTS and reading.spans["genre"][0] < guests[0].span[0]
    return style.instruments if introduced or reading.without else None


def _is_the_style(mention: Mention) -> bool:
    return mention.words.split(" ")[-1] in _BEATS


def _with_guest(band: tuple[str, ...], guest: Mention, reading: Reading) -> list[str]:
    """The band, the guest in the place of the one that does the same, and without those that are refused."""
    refused = [word.words for word in reading.without if not is_piece(word.words)]
    lineup: list[str] = []
    seated = False
    for word in band:
        choice = resolve(word, reading.genre)
        if choice is None or any(matches(left_out, choice.stem, choice.instrument.name) for left_out in refused):
            continue
        if not seated and _same_chair(choice, guest):
            lineup.append(guest.words)
            seated = True
        else:
            lineup.append(word)
    return lineup if seated else [guest.words, *lineup]


def _same_chair(player: Choice, guest: Mention) -> bool:
    one, other = player.instrument, guest.choice.instrument
    if one.role in {"bass", "drums"} or other.role in {"bass", "drums"}:
        return one.role == other.role
    return player.stem == guest.choice.stem or (one.family == other.family and guest.role in {None, one.role})


def _has_beat(clause: Clause, listed: list[str]) -> bool:
    """Whether 'beat' or 'groove' asks for drums; 'a piano groove' is one of the piano alone."""
    own = {word for words in listed for word in words.lower().split()}
    return any(
        word in _BEATS and not (word.startswith("groove") and at and clause.words[at - 1] in own)
        for at, word in enumerate(clause.words)
    )
