"""Stems that come: 'put a soft clarinet on top', 'more cowbell', 'add this recording'."""

from __future__ import annotations

import re
from itertools import pairwise

from ensemble.band.instruments import resolve
from nodes.planners.rules.ask import NO_VOICE, ONLY_VOICE
from nodes.planners.rules.clauses import items
from nodes.planners.rules.edits import effects as effect_words
from nodes.planners.rules.edits.restyling import restyles
from nodes.planners.rules.edits.wearing import worn_too
from nodes.planners.rules.outcome import Outcome, ask, do, step
from nodes.planners.rules.plain.kinds import used_by_kind
from nodes.planners.rules.scene import Scene
from nodes.planners.rules.words import attributes, spans
from nodes.planners.rules.words.amounts import amount
from nodes.planners.rules.words.attributes import read
from nodes.planners.rules.words.character import character
from nodes.planners.rules.words.lexicon import is_adjective
from nodes.planners.rules.words.parts import BASS_LINES, one_player
from nodes.planners.rules.words.references import everything_but, find, mentions, named
from nodes.planners.rules.words.speech import Clause, word_set
from nodes.planners.rules.words.unknown import unknown_member
from nodes.planners.rules.words.voices import lacks_singer
from state.plan import Step


def doubled(clause: Clause, scene: Scene) -> Outcome | None:
    """'double the bass with a cello': one more stem beside the one that is there."""
    if clause.words[0] not in {"double", "thicken", "support", "accompany", "back"} or "with" not in clause.words[1:-1]:
        return None
    at = clause.words.index("with")
    target = find(clause.part(0, at), scene)
    if not target.stems or not _new_ones(clause.part(at)):
        return None
    made = add(clause.part(at), scene)
    player = scene.player(target.stems[0])
    if made is None or player is None or player.is_drum:
        return made
    steps = [each.model_copy(update={"arguments": {"role": player.role, **each.arguments}}) for each in made.steps]
    return Outcome(tuple(steps), made.answer, made.question, made.unmet)


def add_new(clause: Clause, scene: Scene) -> Outcome | None:
    """An addition that says so first: 'add a ...', 'layer some ...', 'put a ... on the left'."""
    verb, away = clause.begins("add"), clause.begins("remove")
    if verb is not None and away is not None and away.end > verb.end:
        return None  # 'get rid of ...'
    if clause.says("fill", "fills") or (clause.says("style of", "version of") and read(clause.text).genre):
        return None  # 'a drum fill', 'I want it in the style of bebop with a clarinet solo'
    if verb is None or (
        verb.words
        in {"drop", "use", "bring", "with", "extra", "make", "create", "have", "give it", "throw", "build in"}
        and not _indefinite(clause, verb.end)
    ):
        return None
    if (
        verb.words in word_set("compose create generate do give have hear make play take turn use write")
        and clause.has("pronoun", "style", "create", "mixword")
        and (restyles(clause) or not clause.has("solo_noun", "lead_noun", "bass_noun"))
    ):
        return None
    if clause.has("replace") and (clause.has("instead") or clause.says("instead of", "in place of", "rather than")):
        return None
    if _quantified(clause.part(verb.end)) or _returns(clause) or spans.find(clause, scene.bars, scene.seconds):
        return None
    if (
        verb.words.split()[0] in {"let", "have", "make", "give", "get", "use"}
        and clause.says("play the", "plays the", "take the", "take over the", "playing the")
        and named(clause.words[-1], scene) + find(clause, scene).stems
    ):
        return None  # 'let a cello play the bass part'
    indefinite = clause.words[verb.end : verb.end + 1] and clause.words[verb.end] in {
        "a",
        "an",
        "some",
        "in",
        "another",
        "one",
        "two",
    }
    if (
        verb.words in {"drop", "throw", "bring", "pull"}
        and not indefinite
        and any(named(m.words, scene) for m in mentions(clause))
    ):
        return None  # 'drop drums'
    if used_by_kind(clause, scene):
        return None  # 'use a fretless', where a bass plays
    if verb.words in {"give", "hand"} and "to" in clause.words:
        return None  # 'give the melody to a flute'
    found = _new_ones(clause)
    if found and amount(clause, "db") and all(_definite(clause, m.words) for m in found):
        return None  # 'put the bassoon 3 dB up'
    if not found or (not _indefinite(clause, verb.end) and all(named(m.words, scene) for m in found)):
        return None
    if clause.says("through a", "through some") and effect_words.marks_in(clause) and named(found[0].words, scene):
        return None  # 'put both strings through a chorus'
    first_effect = next(iter(effect_words.marks_in(clause)), None)
    if first_effect is not None and first_effect.start < _token_of(clause, found[0]) and not clause.says("with"):
        return None
    return add(clause, scene)


def called_for(clause: Clause, scene: Scene) -> Outcome | None:
    """'(now) a busy shaker part', 'a quiet tambourine', 'sax, but sparse': a player who is not there, called by name alone."""
    found = mentions(_aside(clause))
    if len(found) == 2 and found[1].start == found[0].end and found[1].words in _PARTS:
        del found[1]  # 'trumpet stabs', 'cello pad'
    if not scene.exists or not found or any(named(one.words, scene) for one in found):
        return None
    end = found[-1].end + (clause.words[found[-1].end : found[-1].end + 1] == ("solo",))
    several = len(found) > 1
    between = {word for one, more in pairwise(found) for word in clause.words[one.end : more.start]}
    if clause.without([(found[0].start, end)]).has(*_NOT_A_CALL) or not between <= _ARTICLES | {",", "&", "+"}:
        return None
    article = clause.words[0] in {"a", "an", "some"} and set(clause.words[1:2]) - _DEGREES and not several
    article = article or _said_how(clause, found[0].start, found[-1].end, several=several)
    alone = not several and found[0].start == 0 and clause.words[found[0].end : found[0].end + 1] in (("but",), (",",))
    part = set(clause.words[found[0].end - 1 : found[0].end + 1]) & _PARTS
    alone = alone or (not found[0].start and bool(part) and not set(clause.words) & _COMPARED)
    if not (article or alone) or found[0].start > 4 or clause.has("pronoun") or len(clause.words) > 8:
        return None
    at = found[0].end
    return add(clause.replaced(at, at + 1, ",") if clause.words[at : at + 1] == ("but",) else clause, scene)


def _said_how(clause: Clause, start: int, end: int, *, several: bool) -> bool:
    """'low (cello) with reverb', '(trumpet solo,) hard left': nothing but how the new one is to play and where it is to stand."""
    before, after = clause.part(0, start), clause.part(end)
    how = (
        not before.words
        or bool(character(before, ""))
        or bool(effect_words.kinds_in(before))
        or all(map(is_adjective, before.words))
    )
    if (
        not how
        or any(word.endswith("er") for word in before.words)
        or (after.words[:1] and after.words[0] not in _AFTER_A_NAME)
    ):
        return False
    return bool(before.words) or after.words[:1] in (("with",), ("solo",)) or (several and after.words[:1] == (",",))


_AFTER_A_NAME = word_set("with on panned playing solo , up down in far hard way")
_PARTS = word_set(
    "countermelody melody solo riff line stabs stab chords arpeggio arpeggios pad pads hook swells drone lick licks fill fills motif"
)
_COMPARED = word_set("louder quieter softer too is are sounds off out up down")
_NOT_A_CALL = ("instead", "replace", "remove", "style", "variation", "mixword", "mute", "solo", "export", "undo", "negation", "length", "voice", "vague")  # fmt: skip


def _quantified(rest: Clause) -> bool:
    """'(give me) more bass', '(give me) a bit less bass'."""
    mark = rest.first("more", "less")
    return mark is not None and (not mark.start or set(rest.words[: mark.start]) <= _DEGREES)


def _returns(clause: Clause) -> bool:
    """'add the piano back', but not 'add a pad in the back'."""
    return clause.says("back") and not clause.says("in the back", "at the back", "to the back", "way back", "far back")


_DEGREES = word_set("a an bit little touch tad lot some just slightly even much way far hair")


def _indefinite(clause: Clause, at: int) -> bool:
    return clause.words[at : at + 1] != () and clause.words[at] not in word_set(
        "everything it my that the them these this those your"
    )


def _token_of(clause: Clause, mention: attributes.Mention) -> int:
    found = mentions(clause)
    return next((m.start for m in found if m.words in mention.words or mention.words in m.words), 0)


def _aside(clause: Clause) -> Clause:
    """The clause without what only says where: 'over the drums', 'to the guitar', 'under the piano'."""
    words = clause.words
    for at, word in enumerate(words):
        on_it = at > 1 and word in {"on", "onto", "into", "with"} and set(words[at + 1 : at + 2]) & _POINTING
        if on_it and set(words[at + 2 : at + 5]) & _LOOPS and not mentions(clause.part(at + 5)):
            return clause.part(0, at)
        if at > 2 and word == "of" and words[at - 2 : at] == ("on", "top") and set(words[at + 1 : at + 4]) & _LOOPS:
            return clause.part(0, at - 2)
        if at > 2 and word == "what" and set(words[at + 1 : at + 2]) & _POINTING:
            return clause.part(0, at)  # 'a flute playing what the keys play'
        if (
            at > 1
            and word in _BESIDE
            and words[at + 1 : at + 2]
            and words[at + 1] in word_set("it my our that the these this")
        ):
            after = set(words[at + 2 : at + 3]) & {",", "and", "plus"} and set(words[at + 3 : at + 4]) - {"as"}
            more = words[at + 1] in {"it", "that", "this"} and after  # 'put a cello under it, and a shaker'
            return clause.part(0, at).joined(_aside(clause.part(at + 2))) if more else clause.part(0, at)
    return clause


_POINTING = word_set("it my our that the these this")
_LOOPS = word_set(
    "beat beats groove grooves loop loops track song drums recording file rhythm break breakbeat drumbeat drumloop"
)
_BESIDE = word_set(
    """over under behind to beside against alongside above beneath underneath like following doubling double
    complement between support match matching for than"""
)


def _new_ones(clause: Clause) -> tuple[attributes.Mention, ...]:
    return attributes.read(_aside(clause).text).instruments


def add(clause: Clause, scene: Scene) -> Outcome | None:
    """'put a soft clarinet on top', 'a bass and a shaker', 'add a saxophone solo', 'more cowbell'."""
    verb = clause.first("add")
    away = clause.begins("remove")
    if verb is not None and away is not None and (away.end > verb.end if verb.start == 0 else True):
        return None
    if clause.begins("export"):
        return None  # 'export the drums', which are not there
    if (clause.has("variation") and any(named(m.words, scene) for m in mentions(clause))) or clause.says(
        "another take", "another go", "another pass", "another try", "another version"
    ):
        return None
    if everything_but(clause) or (clause.has("except") and not clause.has("add")):
        return None
    if verb is None and _TOLD.match(" ".join(clause.words)) and not clause.says(*_MISSED):
        return None  # 'the brass quintet is late'
    reading = attributes.read(clause.text)
    found = _new_ones(clause)
    if (
        verb is not None
        and verb.words == "with"
        and any(m.end <= verb.start and named(m.words, scene) for m in mentions(clause))
    ):
        return None  # 'the guitar is out of tune with the rest'
    new = bool(found) and not any(named(m.words, scene) for m in found)
    redone = clause.begins("reroll", "repeat", "replace", "mute", "solo") is not None
    if verb is None and not (found and clause.words[0] in _ARTICLES) and (not new or redone):
        return None
    if _another_of(clause, scene):
        return None
    if found and all(named(m.words.lower(), scene) and _definite(clause, m.words) for m in found):
        return None
    if not found:
        return _nameless(clause, scene, reading.singing is True, verb is not None)
    if (unknown := unknown_member(clause)) is not None:
        return ask(f"I do not know what '{unknown}' is, so nothing was added. Which instrument should it be?")
    found = one_player(found, _aside(clause).text)
    named_ = [mention for mention in mentions(clause) if any(m.words.lower() == mention.words for m in found)]
    if len(named_) == 2 and {"or"} <= set(clause.words[named_[0].end : named_[1].start]) <= _EITHER:
        return ask(f"Which of the two shall I add: {named_[0].words} or {named_[1].words}?")
    shared = next((part for part in items(clause)[1:] if part.words[0] in _EVERY_ONE and not mentions(part)), None)
    steps = worn_too(clause, [_added(clause, mention, len(found) == 1, shared) for mention in found])
    unmet = [NO_VOICE] if lacks_singer(reading) else []
    unmet += [f"There is no {lack.words} in the band, so it is left out." for lack in reading.missing]
    return do(*steps, unmet=tuple(unmet))


_TOLD = re.compile(
    r"(?:the|our|my|his|her|their) (?:\w+ ){1,3}(?:is|are|was|were|has|have|had|can't|cannot|won't|quit|left|called|came|comes|went|got|gets) \w+"
)
_MISSED = ("missing", "needed", "absent", "gone", "wanted", "to be", "to come", "to play")


def _another_of(clause: Clause, scene: Scene) -> bool:
    """'a new bass line', 'a different bass', 'try another drum pattern': other notes for a stem that is there."""
    for mention in mentions(clause):
        before = set(clause.words[max(0, mention.start - 2) : mention.start])
        part = clause.part(mention.start).says("line", "part", "pattern", "groove", "bassline")
        if named(mention.words, scene) and (before & {"new", "different"} or ("another" in before and part)):
            return not clause.begins("add") or clause.words[0] not in {"add", "layer", "insert"}
    return False


def _definite(clause: Clause, words: str) -> bool:
    """'the keys', 'my guitar': what is there already."""
    return clause.says(*(f"{article} {words.lower()}" for article in ("the", "my", "this", "that", "these", "those")))


_EITHER = word_set("or a an some maybe even perhaps ,")
_EVERY_ONE = word_set("both all each")
_ARTICLES = word_set("a an some another more extra with and plus also")


def _added(clause: Clause, mention: attributes.Mention, alone: bool, shared: Clause | None = None) -> Step:
    """One new stem; adverbs that stand after a single name belong to it wherever they are ('put a clarinet on top, soft'), and
    `shared` to every one of several ('a harp and a celesta, both high')."""
    part = _part_of(clause, mention, alone)
    at = _token_of(clause, mention)
    sounds = [m for m in effect_words.marks_in(clause.part(0, at)) if m.end == at and m.words.endswith(("y", "ed"))]
    fields = {**(character(shared, mention.words) if shared is not None else {}), **character(part, mention.words)}
    said = {
        "dynamics": mention.dynamics, "density": mention.density, "tessitura": mention.register, "role": mention.role,
        "solo": mention.solo or None, "pan": mention.pan,
    }  # fmt: skip
    fields |= {name: value for name, value in said.items() if value is not None}
    if fields.get("solo") and "role" not in fields:
        fields["role"] = "lead"
    on_it = part.says("on it", "on that", "on him", "on her", "to it")
    worn = [m for m in effect_words.marks_in(part) if on_it or "with" in part.words[: m.start]]
    refused = {"no", "without", "not"} & set(part.words[: worn[0].start]) if worn else set()
    if worn and not refused:
        fields["effects"] = effect_words.chain(part.part(worn[0].start - 2 if worn[0].start > 1 else 0))
    elif sounds:
        fields["effects"] = effect_words.chain(clause.part(sounds[0].start, at))  # 'an echoey mandolin'
    words = "bass" if mention.words.lower() in BASS_LINES else mention.words.lower()
    if fields.get("role") == "lead" and mention.choice.instrument.role == "bass" and not fields.get("solo"):
        del fields["role"]  # 'a bass over it' is still the bass
    if fields.get("solo") and resolve(words.removeprefix("solo ")) is not None:
        words = words.removeprefix("solo ")
    return step("add_track", instrument=words, **fields)


def _part_of(clause: Clause, mention: attributes.Mention, alone: bool) -> Clause:
    """The member of the list that names the mention, without the name itself; the whole clause when it is alone."""
    for part in [clause] if alone else items(clause):
        if f" {mention.words.lower()} " in f" {' '.join(part.words)} ":
            words = tuple(mention.words.lower().split())
            at = next(i for i in range(len(part.words)) if part.words[i : i + len(words)] == words)
            return part.without([(at, at + len(words))])
    return clause


def add_upload(clause: Clause, scene: Scene) -> Outcome | None:
    """'add this recording', 'put my file under it': an attached file that is no stem yet."""
    uploads = scene.request.uploads
    if not uploads or not clause.begins("add", "layer"):
        return None
    said = clause.says(
        "this sound",
        "the file",
        "this file",
        "my recording",
        "this sample",
        "this clip",
        "the upload",
        "this recording",
        "this audio",
        "the recording",
        "the sample",
        "my file",
        "the attached file",
        "this loop",
        "this track",
        "the attachment",
        "my loop",
        "my sample",
    )
    held = any(player.instrument.endswith("recording") and player.name in uploads[-1].name for player in scene.players)
    if not said or held or _new_ones(clause) or clause.says("to this", "to the file"):
        return None
    return do(step("add_track", instrument=uploads[-1].name))


def _nameless(clause: Clause, scene: Scene, voice: bool, verb: bool) -> Outcome | None:
    """An addition without an instrument that the band has: a voice, or a word that it does not know."""
    if voice and (verb or len(clause.words) <= 3):
        return ask(ONLY_VOICE)
    missing_ones = attributes.read(clause.text).missing
    if missing_ones and verb:
        near = missing_ones[0].nearest
        return ask(
            f"There is no {missing_ones[0].words} in the band. {f'Would {near.stem} do?' if near else 'Which other instrument should play?'}"
        )
    return None
