"""Learners' English and abbreviations in the words that the grammar knows: 'too much fast' is 'too fast', 'put more high the
melody' is 'make the melody higher', 'incl. MIDI' is 'including MIDI', 'the piano is a bit loud' is 'a bit too loud'."""

from __future__ import annotations

from nodes.planners.rules.edits.premature import EFFECTS
from nodes.planners.rules.plain import wishes
from nodes.planners.rules.plain.asides import without_asides
from nodes.planners.rules.plain.asked_back import asked_back
from nodes.planners.rules.plain.bars_meant import bars_meant
from nodes.planners.rules.plain.beside_orders import without_reasons
from nodes.planners.rules.plain.commonplace import is_commonplace
from nodes.planners.rules.plain.contraries import without_contraries
from nodes.planners.rules.plain.courtesies import by_proxy, courteous
from nodes.planners.rules.plain.first_words import of_music
from nodes.planners.rules.plain.idioms import idiomatic
from nodes.planners.rules.plain.kinds import compared
from nodes.planners.rules.plain.knowing import only_told
from nodes.planners.rules.plain.learners import in_plain_words
from nodes.planners.rules.plain.leaving import let_go
from nodes.planners.rules.plain.loudness import in_levels
from nodes.planners.rules.plain.measured import measured, on_both_sides
from nodes.planners.rules.plain.missed import put_in
from nodes.planners.rules.plain.orders import in_orders
from nodes.planners.rules.plain.pausing import paused
from nodes.planners.rules.plain.purposes import as_instruments, by_trade, without_players
from nodes.planners.rules.plain.run_together import reasoned, within_a_word
from nodes.planners.rules.plain.second_thoughts import thought_over
from nodes.planners.rules.plain.staying import without_what_stays
from nodes.planners.rules.plain.takeovers import in_the_place, taken_over
from nodes.planners.rules.plain.tape import with_the_speed
from nodes.planners.rules.plain.thither import thither
from nodes.planners.rules.plain.told_before import pointed_out
from nodes.planners.rules.plain.topics import called, stripped, topical
from nodes.planners.rules.plain.turns import in_letters, turned
from nodes.planners.rules.plain.unasked import forbidden
from nodes.planners.rules.plain.wordings import (
    for_a_section,
    imagined,
    in_turn,
    left_out,
    mistakable,
    picked,
    refused_by_kind,
    same_but,
)
from nodes.planners.rules.scene import Scene
from nodes.planners.rules.talk.praise import PRAISING
from nodes.planners.rules.words import spans
from nodes.planners.rules.words.openings import OPENERS
from nodes.planners.rules.words.references import mentions, named
from nodes.planners.rules.words.speech import BREAKS, Clause, word_set

_ABBREVIATED = {
    "incl": "including",
    "inc": "including",
    "excl": "excluding",
    "approx": "about",
    "esp": "especially",
    "w": "with",
}
_POINTING = word_set("it this that these those them my our the")
_QUALITIES = word_set(
    """fast slow loud quiet soft high low bright dark busy dry wet long short hard strong noisy simple complicated heavy quick
    weak thin boomy muddy sparse harsh"""
)
_COMPARED = {
    "high": "higher", "low": "lower", "long": "longer", "short": "shorter", "loud": "louder", "fast": "faster", "slow": "slower",
    "quick": "faster", "strong": "louder", "weak": "quieter", "silent": "quieter", "quiet": "quieter", "soft": "softer", "dark": "darker", "bright": "brighter",
}  # fmt: skip
_AFTER_COMPARED = BREAKS | word_set("the my it this that please and then in for than by")
_SENSED = word_set("is are one's it's they're sounds sound feels feel seems seem that's this's was were's")
_BITS = ("a bit", "a little", "a little bit", "a tad", "a touch", "slightly", "kinda", "kind of", "sort of", "rather", "somewhat", "bit", "little")  # fmt: skip
_PLAIN = word_set("loud quiet fast slow soft")
_EXCESSIVE = _PLAIN | word_set("busy high low")
_PUTTING = word_set("make put do set play get have")
_WEIGHT = word_set("oomph beef punch meat weight body power kick guts thump boom girth fatness")
_DEPTHS = (
    "down low", "down there", "on the bottom", "at the bottom", "in the bottom", "in the lows", "in the low end", "in the bottom end",
    "on the low end", "in the low frequencies",
)  # fmt: skip


def plainly(message: Clause, scene: Scene) -> Clause:
    """The message in plain words; what is plain already stays as it is."""
    if scene.exists and is_commonplace(message, scene):
        return message
    return in_the_grammars_words(message, scene)


def in_the_grammars_words(message: Clause, scene: Scene) -> Clause:
    """The message with every turn of speech in the words that the grammar knows."""
    message = on_both_sides(as_instruments(mistakable(_spelt_out(message))))
    if scene.exists and len(message.words) <= _IN_ONE_BREATH:
        message = by_trade(bars_meant(asked_back(message), scene), scene)
    message = thought_over(reasoned(message if scene.exists else of_music(message)))
    message = idiomatic(message, scene) if scene.exists and len(message.words) <= _IN_ONE_BREATH else message
    message = without_asides(by_proxy(paused(message)), scene)
    message = courteous(_genitives(without_contraries(in_letters(message), scene)))
    message = put_in(without_reasons(turned(in_plain_words(message, scene), scene), scene), scene)
    short = len(message.words) <= _IN_ONE_BREATH
    message = forbidden(with_the_speed(message) if scene.exists and short else message)
    message = refused_by_kind(in_turn(_qualities(message)))
    if not scene.exists:
        return imagined(left_out(of_music(message)))
    message = pointed_out(message, scene) if short else message
    message = without_what_stays(same_but(message))
    message = _told(message, scene) if short else message
    message = _faults(_scoped(in_levels(message, scene) if short else message, scene))
    message = compared(_turned(in_orders(message)))
    message = in_the_place(let_go(wishes.wished(message, scene), scene), scene) if short else message
    message = _placed(_thrown_in(message), scene)
    message = _depth(message)
    return topical(called(stripped(message), scene), scene)


_IN_ONE_BREATH = 200
"""Words that a request has at most; longer messages are not looked through for roundabout wishes, which would be slow."""


def _told(message: Clause, scene: Scene) -> Clause:
    """Questions, reasons, measures and hand-overs told as what is to be done."""
    message = measured(for_a_section(picked(message)), scene)
    message = thither(only_told(without_players(message)))
    return taken_over(message, scene)


_TYPED = word_set("tbh ngl imo imho lol lmao lmfao rofl xd xp smh fr")
"""Asides of a keyboard: they ask for nothing wherever they stand."""


def _spelt_out(message: Clause) -> Clause:
    """'incl. MIDI': the word in full, and no full stop after it."""
    joints = [at for at in range(1, len(message.words) - 1) if within_a_word(message, at)]
    message = message.without([(at, at + 1) for at in joints])
    if set(message.words[:1]) & {"ooh", "oooh", "aah"} and set(message.words[1:2]) & (PRAISING | BREAKS):
        message = message.part(1)
    asides = [at for at, word in enumerate(message.words) if word in _TYPED]
    if asides and len(asides) < len(message.words):
        message = message.without([(at, at + 1) for at in asides])
    at = 0
    while at < len(message.words) - 1:
        word = message.words[at]
        if word in _ABBREVIATED and (word != "w" or message.words[at + 1] == "/"):
            end = at + 2 if message.words[at + 1] in {".", "/"} else at + 1
            message = message.replaced(at, end, _ABBREVIATED[word])
        elif word == "round" and message.words[at + 1] in _POINTING:
            message = message.replaced(at, at + 1, "around")
        elif word == "+" and at and message.words[at + 1].isalpha():
            message = message.replaced(at, at + 1, "and")
        elif word == "n" and at and message.words[at - 1].isalpha() and message.raw[at] == "n":
            message = message.replaced(at, at + 1, "and")  # 'bass n drums'
        at += 1
    return message


def _genitives(message: Clause) -> Clause:
    """'the tempo's fine' -> 'the tempo is fine'; 'the guitar's too loud' reads well enough without."""
    for at in range(len(message.words) - 2, -1, -1):
        word, written = message.words[at], message.raw[at].lower()
        follows = next((later for later in message.words[at + 1 : at + 3] if later not in _DEGREES), "")
        if written == f"{word}'s" and (follows in PRAISING | {"too"} or set(message.words[at + 1 : at + 2]) & _TOLD_OF):
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
_TOLD_OF = word_set("a an not kinda kind sort rather getting still slightly somewhat fairly")
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
        ends = at + 3 >= len(words) or words[at + 3] in BREAKS | {"for", "rn", "right"}
        if ends and words[at + 1 : at + 2] == ("so",) and words[at + 2 : at + 3] and words[at + 2] in _EXCESSIVE:
            return message.replaced(at + 1, at + 2, "too")
        bit = max(
            (len(p.split()) for p in _BITS if words[at + 1 : at + 1 + len(p.split())] == tuple(p.split())), default=0
        )
        place = at + 1 + bit
        if place >= len(words) or words[place] not in (_QUALITIES if bit else _PLAIN):
            continue
        behind = words[place + 1 : place + 3]
        if (behind and behind[0] not in BREAKS | {"for"}) or (not bit and behind and not set(behind[1:]) <= OPENERS):
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


def _placed(message: Clause, scene: Scene) -> Clause:
    """'lay a synth pad under it', 'slide some rhodes in behind the guitar' -> 'add ...', where it names who is not there."""
    words = message.words
    for at in range(len(words) - 4):
        players = mentions(message.part(at + 4, at + 8)) if words[at + 1] == "it" and words[at + 3] == "with" else []
        if players and words[at + 2] in {"up", "out", "off"} and not named(players[0].words, scene):
            return message.replaced(at, at + 4, "add")  # 'beef it up with horns'
    for at in range(len(words) - 2):
        begins = at == 0 or words[at - 1] in BREAKS | _BEFORE_VERBS
        behind = at + 2 if words[at + 1] in {"in", "down", "on"} else at + 1
        if words[at] not in _PLACING or not begins or words[behind] not in {"a", "an", "some", "another"}:
            continue
        end = next((i for i in range(behind, len(words)) if words[i] in BREAKS), len(words))
        found = mentions(message.part(behind, end))
        effect = message.part(behind, end).first(*EFFECTS)
        new = bool(found) and found[0].start <= 4 and not named(found[0].words, scene)
        if new and (effect is None or effect.start >= found[0].start):
            return message.replaced(at, behind, "add")
    return message


_PLACING = word_set(
    "dub lay slide slip place set tuck float weave run stick pop nestle drape park hang sneak put throw drop bring layer fit work blend ease punch track"
)
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
