"""Slips of the keyboard in the words of instruction; those in names of instruments and styles the lexicon repairs itself."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from nodes.planners.rules.words.lexicon import meanings, spell
from nodes.planners.rules.words.speech import Clause, vocabulary, word_set
from nodes.planners.rules.words.tokens import Speller

_SPELLING = Path(__file__).parent.parent / "lexicon" / "spelling.yaml"
KNOWN_WORDS = word_set(
    """messing fiddling breathy works worked working recorded interested cheetah about above after again along already always another around because before behind being below between could
    doing during every everything first found going great guess having hello house kinda large later least leave
    light little living lovely maybe might minute moment month morning music never night nothing often other
    people person phone place please point pretty quite rather right round sense shall should since small someone
    something sometimes sorry sound still stuff super sweet thank thanks their there these thing things think
    third those though three through today together tonight touch towards under until using usual video voice
    wanna water coming where which while whole whose wishes women words world would write wrong years young course
    really reach taste trick steps stand stands suits state start story sweat swept seven eight twenty thirty forty fifty sixty seventy eighty ninety
    hundred rainy cover shirt party front final giving given short store storm sweep tempo times total tried
    usually value visit watch beach black blues brown chair cheap clock close cloud color dance death dream drink
    drive earth enjoy event feels fever field fight floor force fresh fruit funny glass grass green guest heart
    heavy horse hotel hours human ideas image issue jokes judge knife layer learn level lines lucky lunch magic
    major match metal money mouth movie names nurse offer order paint panel paper peace piece pilot plane plant
    plate press price pride prime print prize proof proud queen quick quiet radio raise range ready river roads
    rough route royal scale scene scope score serve shake shape share sharp sheet shine ships shoes shore sight
    silly single sleep slide smile smoke solid solve south space spare speak speed spend spice sport staff stage
    steel stick stock stone storm street strip study style sugar sunny table talks teach thank theme thick tight
    title tower track trade trail train treat trees trial trust truth twice uncle union upper urban video vital
    wheel white woman worry worth yield makes takes likes given changed flip morph steer capture captures evoke evokes convey conveys loops beats songs bring brings write
    thirds quarters fifths tenths show list display spell loudest quietest softest"""
)


@cache
def _speller() -> Speller:
    words = {word for word in vocabulary() if word.isalpha()}
    known = KNOWN_WORDS | {word for phrase in meanings() for word in phrase.split(" ")}
    return Speller(words, known, shortest=5)


def respelled(clause: Clause) -> Clause:
    """The clause with single slips in long words repaired: 'remvoe the drums', 'saxaphone', 'trannspose'."""
    rhythm = {at for at, pair in enumerate(zip(clause.words, clause.words[1:], strict=False)) if pair == ("r", "&")}
    words = (word if at in rhythm else _repaired(word) for at, word in enumerate(clause.words))  # 'r & b'
    return Clause(tuple(words), clause.raw, clause.titles)


@cache
def _plain() -> frozenset[str]:
    """The words of lexicon/spelling.yaml that look like a slip and are none: 'check' is not 'chuck'."""
    import yaml

    held: dict[str, str] = {
        key: value for key, value in yaml.safe_load(_SPELLING.read_text("utf-8")).items() if key == "plain"
    }
    return frozenset(held["plain"].split(", "))


_DRAWN_OUT = re.compile(r"([a-z])\1{2,}")


@cache
def _repaired(word: str) -> str:
    if word.endswith("'s") and word not in _CONTRACTED:
        word = word.removesuffix("'s")  # 'the guitar's too loud', 'the tempo's dragging'
    if _DRAWN_OUT.search(word) and not is_known(word):  # 'hiii', 'heyyy', 'sooo'
        word = next((said for by in (r"\1", r"\1\1") if is_known(said := _DRAWN_OUT.sub(by, word))), word)
    if word in _SHORT or not word.isalpha() or len(word) < 5:
        return _SHORT.get(word, word)
    if word in vocabulary() or word in KNOWN_WORDS or word in _plain():
        return word
    known = _speller().repair(word)
    return known if known != word else spell(word)


_CONTRACTED = word_set(
    """it's that's what's let's how's there's who's where's here's he's she's one's something's everything's why's
    when's"""
)
_SHORT = {
    "sth": "something", "smth": "something", "smthn": "something", "sumthin": "something", "sumn": "something",
    "ad": "add", "r": "are", "em": "them", "ur": "your", "nvm": "nevermind", "abit": "a", "alot": "lot", "teh": "the", "hte": "the", "u": "you", "bas": "bass", "bss": "bass", "drms": "drums", "dums": "drums",
    "tmepo": "tempo", "mor": "more", "les": "less", "losse": "lose", "wiht": "with", "adn": "and", "nad": "and", "tha": "the",
    "mak": "make", "mkae": "make", "maek": "make", "remve": "remove", "undoo": "undo", "rmv": "remove", "vol": "volume", "gutar": "guitar", "gtr": "guitar", "gtrs": "guitar", "pno": "piano", "bvs": "vocals",
    "pls": "please", "tho": "though", "thru": "through", "w": "with", "dont": "don't", "doesnt": "doesn't", "didnt": "didn't", "isnt": "isn't", "arent": "aren't", "cant": "can't",
    "couldnt": "couldn't", "wouldnt": "wouldn't", "shouldnt": "shouldn't", "im": "i'm", "ive": "i've", "id": "i'd", "lets": "let's", "whats": "what's",
    "nudge": "bump", "hows": "how's", "thats": "that's", "theres": "there's", "youre": "you're", "theyre": "they're", "wheres": "where's", "whos": "who's",
}  # fmt: skip


def is_known(word: str) -> bool:
    """Whether a word is one of instruction, of sound or of everyday English."""
    return word in vocabulary() or word in meanings() or word in KNOWN_WORDS or word in _plain()


def unknown_verb(piece: Clause) -> bool:
    """'(make the drums softer and) frobnicate the bass': a word that nobody knows where a verb would stand."""
    first = piece.words[0]
    known = first in vocabulary() or first in meanings() or first in KNOWN_WORDS
    return (
        not known
        and first.isalpha()
        and len(first) > 3
        and piece.words[1:2]
        and piece.words[1] in {"the", "it", "my", "all", "them", "that"}
    ) or False
