"""Learners' English and abbreviations in the words that the grammar knows: 'too much fast' is 'too fast', 'put more high the
melody' is 'make the melody higher', 'incl. MIDI' is 'including MIDI', 'the piano is a bit loud' is 'a bit too loud'."""

from __future__ import annotations

from nodes.planners.rules import spans
from nodes.planners.rules.openings import OPENERS
from nodes.planners.rules.orders import in_orders
from nodes.planners.rules.praise import PRAISING
from nodes.planners.rules.references import mentions
from nodes.planners.rules.scene import Scene
from nodes.planners.rules.speech import BREAKS, Clause, word_set
from nodes.planners.rules.topics import called, stripped, topical
from nodes.planners.rules.unasked import forbidden

_ABBREVIATED = {
    "incl": "including",
    "inc": "including",
    "excl": "excluding",
    "approx": "about",
    "esp": "especially",
    "w": "with",
}
_QUALITIES = word_set(
    """fast slow loud quiet soft high low bright dark busy dry wet long short hard strong noisy simple complicated heavy quick
    weak thin boomy muddy sparse harsh"""
)
_COMPARED = {
    "high": "higher", "low": "lower", "long": "longer", "short": "shorter", "loud": "louder", "fast": "faster", "slow": "slower",
    "quick": "faster", "quiet": "quieter", "soft": "softer", "dark": "darker", "bright": "brighter",
}  # fmt: skip
_AFTER_COMPARED = BREAKS | word_set("the my it this that please and then in for than by")
_SENSED = word_set("is are it's they're sounds sound feels feel seems seem that's this's was were's")
_BITS = ("a bit", "a little", "a little bit", "a tad", "a touch", "slightly", "kinda", "kind of", "sort of", "rather", "somewhat", "bit", "little")  # fmt: skip
_PLAIN = word_set("loud quiet fast slow soft")
_PUTTING = word_set("make put do set play get have")
_WEIGHT = word_set("oomph beef punch meat weight body power kick guts thump boom girth fatness")
_DEPTHS = (
    "down low", "down there", "on the bottom", "at the bottom", "in the bottom", "in the lows", "in the low end", "in the bottom end",
    "on the low end", "in the low frequencies",
)  # fmt: skip


def plainly(message: Clause, scene: Scene) -> Clause:
    """The message in plain words; what is plain already stays as it is."""
    message = forbidden(_genitives(_spelt_out(message)))
    message = _qualities(message)
    if not scene.exists:
        return message
    message = _faults(_scoped(message, scene))
    message = _turned(in_orders(message))
    message = _thrown_in(message)
    message = _depth(message)
    return topical(called(stripped(message), scene), scene)


def _spelt_out(message: Clause) -> Clause:
    """'incl. MIDI': the word in full, and no full stop after it."""
    at = 0
    while at < len(message.words) - 1:
        word = message.words[at]
        if word in _ABBREVIATED and (word != "w" or message.words[at + 1] == "/"):
            end = at + 2 if message.words[at + 1] in {".", "/"} else at + 1
            message = message.replaced(at, end, _ABBREVIATED[word])
        at += 1
    return message


def _genitives(message: Clause) -> Clause:
    """'the tempo's fine' -> 'the tempo is fine'; 'the guitar's too loud' reads well enough without."""
    for at in range(len(message.words) - 2, -1, -1):
        word, written = message.words[at], message.raw[at].lower()
        follows = next((later for later in message.words[at + 1 : at + 3] if later not in _DEGREES), "")
        if written == f"{word}'s" and (follows in PRAISING or follows == "too"):
            message = message.replaced(at, at + 1, f"{word} is")
    return message


def _scoped(message: Clause, scene: Scene) -> Clause:
    """'bars 3 to 4: other chords, darker' -> '..., darker in bars 3 to 4': what stands before a colon holds for all after it."""
    colon = next((at for at, word in enumerate(message.words) if word == ":"), 0)
    head = message.part(0, colon)
    span = spans.find(head, scene.bars, scene.seconds) if colon else None
    if span is None or set(head.without([(span.start, span.end)]).words) - _LEADING:
        return message
    if span.start_bar is None or span.end_bar is None:
        return message
    place = f"bars {span.start_bar} to {span.end_bar}" if span.start_bar != span.end_bar else f"bar {span.start_bar}"
    end = next((at for at in range(colon, len(message.words)) if message.words[at] in _HARD_STOPS), len(message.words))
    for at in [end, *(at for at in range(end - 1, colon + 1, -1) if message.words[at] == ",")]:
        message = message.replaced(at, at, f"in {place}")
    return message.part(colon + 1)


_LEADING = word_set("in for on at the of")
_HARD_STOPS = frozenset(".!?;\n")
_DEGREES = word_set("really very pretty quite so perfectly just all")


def _qualities(message: Clause) -> Clause:
    """'too much fast' -> 'too fast', 'more high' -> 'higher'; 'too much high end' and 'more low notes' stay."""
    at = 0
    while at < len(message.words) - 1:
        words = message.words
        follows = words[at + 3 : at + 4]
        if words[at : at + 2] == ("too", "much") and set(words[at + 2 : at + 3]) & _QUALITIES:
            if not follows or follows[0] in _AFTER_COMPARED:
                message = message.replaced(at + 1, at + 2, "")
        elif (
            words[at] == "more"
            and words[at + 1] in _COMPARED
            and (at + 2 == len(words) or words[at + 2] in _AFTER_COMPARED)
        ):
            message = message.replaced(at, at + 2, _COMPARED[words[at + 1]])
        at += 1
    return message


def _faults(message: Clause) -> Clause:
    """'the piano is a bit loud' -> 'a bit too loud', and 'the piano is loud, turn it down' -> 'too loud'."""
    words = message.words
    for at, word in enumerate(words):
        if (
            word not in _SENSED
            or set(words[:at]) & (OPENERS - {"is", "are", "bass"})
            or (at == 0 and word in {"is", "are"})
        ):
            continue
        bit = max(
            (len(p.split()) for p in _BITS if words[at + 1 : at + 1 + len(p.split())] == tuple(p.split())), default=0
        )
        place = at + 1 + bit
        if place >= len(words) or words[place] not in (_QUALITIES if bit else _PLAIN):
            continue
        behind = words[place + 1 : place + 3]
        if (behind and behind[0] not in BREAKS | {"for"}) or (
            not bit and (not behind or not set(behind[1:]) <= OPENERS)
        ):
            continue
        return message.replaced(place, place, "too")
    return message


def _turned(message: Clause) -> Clause:
    """'put higher the melody' -> 'make the melody higher'."""
    words = message.words
    for at in range(len(words) - 3):
        if words[at] not in _PUTTING or words[at + 1] not in _COMPARED.values() or words[at + 2] not in {"the", "my"}:
            continue
        end = next(
            (i for i in range(at + 3, len(words)) if words[i] in BREAKS | {"and", "please", "then", "by"}), len(words)
        )
        if end - at > 6 or not (
            mentions(message.part(at + 2, end)) or message.part(at + 2, end).has("pitch", "lead_noun", "tempo")
        ):
            continue
        return message.replaced(at, end, " ".join(("make", *words[at + 2 : end], words[at + 1])))
    return message


def _thrown_in(message: Clause) -> Clause:
    """'chuck some congas in', 'sling a cowbell on there' -> 'add ...'; 'chuck the drums in the bin' and 'chuck the keys' take away."""
    words = message.words
    for at in range(len(words) - 2):
        if words[at] not in _THROWING or (at and words[at - 1] not in BREAKS | _BEFORE_VERBS):
            continue
        end = next((i for i in range(at + 1, len(words)) if words[i] in BREAKS), len(words))
        placed = words[at + 1] in {"in", "a", "an", "some"} or any(
            words[i] == "in" and words[i + 1 : i + 2] not in _WHERETO for i in range(at + 2, min(end, at + 8))
        )
        if placed:
            return message.replaced(at, at + 1, "add")
    return message


_THROWING = word_set("chuck toss sling bung lob shove whack fling")
_BEFORE_VERBS = word_set("and then please just also can could you i we let's now ok okay so maybe to")
_WHERETO = (("the",), ("a",), ("my",), ("bar",), ("bars",), ("there",), ("bin",))


def _depth(message: Clause) -> Clause:
    """'more oomph down low' -> 'more low end'."""
    for phrase in _DEPTHS:
        said = tuple(phrase.split())
        for at in range(1, len(message.words) - len(said) + 1):
            if message.words[at : at + len(said)] == said and message.words[at - 1] in _WEIGHT:
                start = at - 2 if message.words[at - 2 : at - 1] in (("some",), ("extra",)) else at - 1
                return message.replaced(start, at + len(said), "low end" if start == at - 1 else "more low end")
    return message
