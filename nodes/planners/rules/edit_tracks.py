"""Stems: add, remove, keep only, replace."""

from __future__ import annotations

from typing import Any

from nodes.planners.rules import attributes, spans
from nodes.planners.rules import effects as effect_words
from nodes.planners.rules.amounts import amount, degree
from nodes.planners.rules.ask import NO_VOICE, ONLY_VOICE, missing, which
from nodes.planners.rules.clauses import items
from nodes.planners.rules.outcome import Outcome, ask, do, step
from nodes.planners.rules.references import Target, everything_but, find, mentions, named
from nodes.planners.rules.scene import Scene
from nodes.planners.rules.speech import Clause
from state.plan import Step

_SOFT = (
    "soft",
    "softly",
    "quiet",
    "quietly",
    "gentle",
    "gently",
    "mellow",
    "subtle",
    "delicate",
    "faint",
    "whispering",
    "light",
    "tender",
    "in the background",
)
_LOUD = (
    "loud",
    "loudly",
    "strong",
    "aggressive",
    "hard",
    "powerful",
    "screaming",
    "heavy",
    "big",
    "huge",
    "blazing",
    "ripping",
    "in your face",
    "prominent",
)
_SPARSE = (
    "sparse",
    "simple",
    "minimal",
    "minimalist",
    "occasional",
    "few notes",
    "basic",
    "laid back",
    "slow",
    "easy",
    "long notes",
)
_BUSY = (
    "busy",
    "complex",
    "fast",
    "intricate",
    "virtuosic",
    "virtuoso",
    "rapid",
    "dense",
    "wild",
    "shredding",
    "driving",
    "running",
    "energetic",
)
_HIGH = ("high", "high pitched", "upper", "octave up", "up high", "high up", "an octave higher")
_LOW = ("low", "deep", "lower", "low pitched", "octave down", "an octave lower")
_ONLY_LEFT = frozenset({"just", "only", "but"})


def _says(clause: Clause, phrases: tuple[str, ...]) -> bool:
    return clause.says(*phrases)


def character(clause: Clause, name: str) -> dict[str, Any]:
    """How a part is to be played, from the words beside its name."""
    found: dict[str, Any] = {}
    sides = clause.marks("left", "right")
    place = clause
    clause = clause.without((mark.start - 1, mark.end) for mark in sides if mark.start and clause.words[mark.start - 1] in {"hard", "far"})
    if _says(clause, _SOFT) or clause.says("a touch of"):
        found["dynamics"] = "soft"
    elif _says(clause, _LOUD):
        found["dynamics"] = "loud"
    if _says(clause, _SPARSE):
        found["density"] = "sparse"
    elif _says(clause, _BUSY):
        found["density"] = "busy"
    if _says(clause, _HIGH):
        found["tessitura"] = "high"
    elif _says(clause, _LOW) and "bass" not in name:
        found["tessitura"] = "low"
    if clause.has("solo_noun"):
        found |= {"solo": True, "role": "lead"}
    elif clause.has("lead_noun") and "lead" not in name:
        found["role"] = "lead"
    elif clause.has("chords_noun"):
        found["role"] = "chords"
    elif clause.has("pad_noun") and "pad" not in name:
        found["role"] = "pad"
    elif clause.has("bass_noun") and "bass" not in name:
        found["role"] = "bass"
    return found | _place(place)


def _place(clause: Clause) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if clause.has("left") and not clause.has("right"):
        found["pan"] = -1.0 if clause.has("hard") else -0.5
    elif any(
        m.words != "right" or clause.words[m.start - 1 : m.start] in (("hard",), ("panned",), ("pan",), ("the",))
        for m in clause.marks("right")
    ):
        found["pan"] = 1.0 if clause.has("hard") else 0.5
    said = amount(clause, "db")
    if said is not None:
        down = clause.has("quieter") or clause.says("below", "softer")
        found["gain_db"] = -abs(said.value) if down else said.value
    return found


def add_new(clause: Clause, scene: Scene) -> Outcome | None:
    """An addition that says so first: 'add a ...', 'layer some ...', 'put a ... on the left'."""
    verb = clause.begins("add")
    if verb is None or verb.words in {"drop", "use", "bring", "with", "extra", "make", "create", "have", "give it", "throw", "build in"} and not _indefinite(clause, verb.end):
        return None
    if verb.words in {"make", "create", "generate", "write", "compose", "play", "use"} and clause.has("pronoun", "style", "create") and not clause.has("solo_noun", "lead_noun", "bass_noun"):
        return None
    if clause.has("replace") and (clause.has("instead") or clause.says("instead of", "in place of", "rather than")):
        return None
    if clause.part(verb.end).begins("more", "less") or clause.says("back") or spans.find(clause, scene.bars, scene.seconds):
        return None
    found = _new_ones(clause)
    if not found or not _indefinite(clause, verb.end) and all(named(m.words, scene) for m in found):
        return None
    first_effect = next(iter(effect_words.marks_in(clause)), None)
    if first_effect is not None and first_effect.start < _token_of(clause, found[0]) and not clause.says("with"):
        return None
    return add(clause, scene)


def _indefinite(clause: Clause, at: int) -> bool:
    return clause.words[at : at + 1] != () and clause.words[at] not in {"the", "that", "this", "it", "my", "those", "these", "them", "everything", "your"}


def _token_of(clause: Clause, mention: attributes.Mention) -> int:
    found = mentions(clause)
    return next((m.start for m in found if m.words in mention.words or mention.words in m.words), 0)


def _aside(clause: Clause) -> Clause:
    """The clause without what only says where: 'over the drums', 'to the guitar', 'under the piano'."""
    words = clause.words
    for at, word in enumerate(words):
        if at > 1 and word in _BESIDE and words[at + 1 : at + 2] and words[at + 1] in {"the", "my", "that", "this", "our", "these", "it"}:
            return clause.part(0, at)
    return clause


_BESIDE = frozenset(
    "over under behind to beside against alongside above beneath underneath like following doubling double complement between "
    "support match matching for".split()
)


def _new_ones(clause: Clause) -> tuple[attributes.Mention, ...]:
    return attributes.read(_aside(clause).text).instruments


def add(clause: Clause, scene: Scene) -> Outcome | None:
    """'put a soft clarinet on top', 'a bass and a shaker', 'add a saxophone solo', 'more cowbell'."""
    verb = clause.first("add")
    if clause.has("variation") or clause.says("another take", "another go", "another pass", "another try", "another version"):
        return None
    if everything_but(clause) or clause.has("except") and not clause.has("add"):
        return None
    reading = attributes.read(clause.text)
    found = _new_ones(clause)
    if verb is None and not (found and (clause.words[0] in _ARTICLES or not any(named(m.words, scene) for m in found))):
        return None
    if not found:
        return _nameless(clause, scene, reading.singing is True, verb is not None)
    steps = [_added(clause, mention, len(found) == 1) for mention in found]
    unmet = [NO_VOICE] if reading.singing is True else []
    unmet += [f"There is no {lack.words} in the band, so it is left out." for lack in reading.missing]
    return do(*steps, unmet=tuple(unmet))


_ARTICLES = frozenset("a an some another more extra with and plus also".split())


def _added(clause: Clause, mention: attributes.Mention, alone: bool) -> Step:
    """One new stem; adverbs that stand after a single name belong to it wherever they are ('put a clarinet on top, soft')."""
    part = _part_of(clause, mention, alone)
    fields = character(part, mention.words)
    said = {
        "dynamics": mention.dynamics, "density": mention.density, "tessitura": mention.register, "role": mention.role,
        "solo": mention.solo or None, "pan": mention.pan,
    }  # fmt: skip
    fields |= {name: value for name, value in said.items() if value is not None}
    if fields.get("solo") and "role" not in fields:
        fields["role"] = "lead"
    worn = [m for m in effect_words.marks_in(part) if "with" in part.words[: m.start]]
    if worn:
        fields["effects"] = effect_words.chain(part.part(worn[0].start - 2 if worn[0].start > 1 else 0))
    return step("add_track", instrument=mention.words.lower(), **fields)


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
    said = clause.says("this sound", "the file", "this file", "my recording", "this sample", "this clip", "the upload", "this recording", "this audio", "the recording", "the sample", "my file", "the attached file", "this loop", "this track", "the attachment", "my loop", "my sample")
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
        return ask(f"There is no {missing_ones[0].words} in the band. {f'Would {near.stem} do?' if near else 'Which other instrument should play?'}")
    return None


def remove(clause: Clause, scene: Scene) -> Outcome | None:
    """'ditch the keys', 'no drums', 'without melody', 'lose everything but the bass'."""
    mark = clause.first("remove")
    if mark is None or (clause.has("keep") and not everything_but(clause)):
        return None
    if (
        mark.words == "take"
        and clause.words[-1] not in {"out", "off", "away"}
        and not clause.says("out", "off", "away")
    ):
        return None
    if mark.words in {"off", "less the", "pull", "skip", "stop"} and not mentions(clause):
        return None
    voice = clause.has("voice") and not mentions(clause)
    target = find(clause, scene)
    if voice and not target.stems:
        return ask("There is no voice in this loop to take out. " + which(scene))
    if target.unclear:
        return ask(target.unclear)
    if target.missing and not target.stems:
        return (
            ask(missing(target.missing, scene))
            if not scene.open
            else do(step("remove_track", stems=list(target.missing)))
        )
    if target.missing:
        return ask(missing(target.missing, scene))
    if target.whole and not target.stems:
        if (target.pronoun and len(scene.names) > 1) or clause.has("solo_noun"):
            return ask(which(scene))
        return (
            ask("That would leave nothing to hear. Which stems should stay, or should I start a new loop?")
            if mark.start <= 1
            else None
        )
    stems = [name for name in target.stems if name not in scene.protected]
    if not stems:
        return ask(which(scene)) if clause.begins("remove") and len(clause.words) <= 2 else None
    if len(stems) == len(scene.names):
        return ask("That would leave nothing to hear. Which stems should stay, or should I start a new loop?")
    return do(step("remove_track", stems=stems))


def keep(clause: Clause, scene: Scene) -> Outcome | None:
    """'keep only the drums', 'just the bass and the keys', 'isolate the piano', 'extract the vocals'."""
    mark = clause.first("keep")
    only = mark is not None or bool(clause.begins("protect") and set(clause.words[1:4]) & _ONLY_LEFT)
    just = clause.words[0] in {"just", "only"} or clause.words[-1] in {"only", "alone"}
    negated = clause.words[:1] == ("no",) and clause.has("except")
    if not (only or just or negated):
        return None
    target = find(clause.part(mark.end) if mark and mark.start == 0 else clause, scene)
    if target.unclear or target.missing:
        return ask(target.unclear or missing(target.missing, scene))
    if not target.stems or (just and not only and len(target.spans) == 0):
        return ask(ONLY_VOICE) if clause.has("voice") and only else None
    if (
        just
        and clause.has("louder", "quieter", "faster", "slower", "higher", "lower", "add", "left", "right")
        and mark is None
    ):
        return None
    if mark and mark.words in {
        "extract",
        "isolate",
        "separate",
        "separate out",
        "single out",
        "stem out",
        "pull out just",
    }:
        return do(step("extract_track", stems=list(target.stems)))
    if len(target.stems) == len(scene.names):
        return None
    return do(step("remove_track", keep=list(target.stems)))


def protect(clause: Clause, scene: Scene) -> Outcome | None:
    """'don't touch the bass', 'keep the drums as they are': remembered for the other clauses, no step of its own."""
    mark = clause.first("protect")
    if mark is None or (clause.has("add") and not clause.has("negation") and mark.words not in {"keep", "leave"}):
        return None
    firm = mark.words not in {"keep", "leave", "hold", "save"}
    target = find(clause, scene)
    about_time = clause.says(
        "tempo", "key", "same key", "same tempo", "chords", "pitch", "groove", "rhythm", "feel", "rest"
    )
    if not target.stems and not firm and not about_time and not target.whole:
        return None
    if clause.has("faster", "slower", "add", "replace") and not firm and not clause.words[0] == "keep":
        return None
    scene.protected = (*scene.protected, *target.stems)
    return Outcome()


def replace(clause: Clause, scene: Scene) -> Outcome | None:
    """'swap the piano for a rhodes', 'use strings instead of the keys', 'change the guitar to a banjo', 'a flute instead'."""
    halves = _halves(clause)
    if halves is None:
        return None
    old, new = halves
    wanted = attributes.read(new.text).instruments or (mentions(new) if not attributes.read(new.text).genre else ())
    if not wanted:
        if new.has("voice") and find(old, scene).stems:
            return ask(ONLY_VOICE)
        return None
    target = find(old, scene) if old.words else Target(scene.present(scene.focus), pronoun=True)
    if target.unclear or (target.missing and not target.stems):
        return ask(target.unclear or missing(target.missing, scene))
    stems = target.stems or ((scene.names[0],) if len(scene.names) == 1 else ())
    if not stems:
        return ask(which(scene)) if target.pronoun or not old.words else None
    words = [mention.words.lower() for mention in wanted]
    return do(
        *(step("replace_track", stem=name, instrument=words[min(i, len(words) - 1)]) for i, name in enumerate(stems))
    )


_TOWARDS = ("with", "for", "to", "by", "into", "as", "on", "against")


def _halves(clause: Clause) -> tuple[Clause, Clause] | None:
    """(words of the stem, words of the new instrument)."""
    words = clause.words
    for phrase in (("instead", "of"), ("rather", "than"), ("in", "place", "of")):
        for at in range(len(words) - len(phrase) + 1):
            if words[at : at + len(phrase)] == phrase:
                after, before = clause.part(at + len(phrase)), clause.part(0, at)
                if before.words:
                    return after, before
                return _cut(after, (",",)) or None
    if clause.has("instead") and mentions(clause):
        return _played_on(clause) or (clause.part(0, 0), clause)
    verb = clause.first("replace")
    if verb is None:
        return None
    rest = clause.part(verb.end)
    if verb.words in {
        "replace",
        "swap",
        "swap out",
        "switch",
        "switch out",
        "exchange",
        "substitute",
        "trade",
        "trade out",
        "change",
        "replacing",
        "swapping",
        "sub out",
        "sub",
        "turn",
        "convert",
        "transform",
        "reassign",
    }:
        found = _cut(rest, _TOWARDS)
        if found and verb.words in {"substitute", "sub"} and "for" in words:
            return found[1], found[0]
        return found
    if verb.words in {"make", "have", "let", "put", "play", "give", "hand"}:
        return _played_on(clause)
    return None


def _played_on(clause: Clause) -> tuple[Clause, Clause] | None:
    """'make the bass a synth bass', 'play the melody on a flute', 'make it a violin', 'have a cello play the bass line'."""
    words = clause.words
    verb = clause.first("replace")
    start = verb.end if verb and verb.start == 0 else 0
    for at in range(start, len(words)):
        if words[at] in {"on", "with"} and words[0] == "play" and mentions(clause.part(at)):
            return clause.part(start, at), clause.part(at)
        if (
            words[at] in {"play", "plays", "take", "takes", "handle"}
            and at > start
            and mentions(clause.part(start, at))
        ):
            return clause.part(at + 1), clause.part(start, at)
        if (
            words[at] in {"a", "an", "into", "be"}
            and at > start
            and words[0] in {"make", "let", "turn"}
            and mentions(clause.part(at))
        ):
            later = clause.part(at)
            if at - start > 3 or clause.part(start, at).has("more", "style") or clause.part(start, at).says("sound", "like", "with"):
                return None
            if mentions(later)[0].start <= 2 and not later.has("small", "louder", "quieter", "solo_noun"):
                return clause.part(start, at), later
    return None


def _cut(clause: Clause, at_words: tuple[str, ...]) -> tuple[Clause, Clause] | None:
    for at, word in enumerate(clause.words):
        if word in at_words and at > 0 and at + 1 < len(clause.words) and mentions(clause.part(at + 1)):
            return clause.part(0, at), clause.part(at + 1)
    return None


def more_of(clause: Clause, scene: Scene) -> Outcome | None:
    """'more drums', 'less bass', 'too much piano': a level when it is there, a new stem when it is not."""
    mark = clause.first("more", "less")
    if mark is None or (clause.has("add") and clause.begins("add") and not clause.begins("more")):
        return None
    found = [m for m in mentions(clause) if m.start >= mark.end]
    if not found or found[0].start > mark.end + 2:
        return None
    stems = named(found[0].words, scene)
    if clause.says("too much") or mark.kind == "less":
        if not stems:
            return ask(missing([found[0].words], scene))
        change = -{"small": 2.0, "normal": 4.0, "large": 8.0}[degree(clause)]
        return do(step("adjust_track", stems=list(stems), gain_db=change))
    if not stems:
        return do(step("add_track", instrument=found[0].words))
    return do(
        step("adjust_track", stems=list(stems), gain_db={"small": 2.0, "normal": 4.0, "large": 8.0}[degree(clause)])
    )
