"""Stems: add, remove, keep only, replace."""

from __future__ import annotations

from typing import Any

from nodes.planners.rules import effects as effect_words
from nodes.planners.rules.amounts import amount, degree
from nodes.planners.rules.ask import NO_VOICE, ONLY_VOICE, missing, which
from nodes.planners.rules.clauses import items
from nodes.planners.rules.outcome import Outcome, ask, do, step
from nodes.planners.rules.references import Mention, Target, everything_but, find, is_instrument, mentions, named
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
    return found | _place(clause)


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


def add(clause: Clause, scene: Scene) -> Outcome | None:
    """'put a soft clarinet on top', 'a bass and a shaker', 'add a saxophone solo', 'more cowbell'."""
    verb = clause.first("add")
    if everything_but(clause) or clause.has("except"):
        return None
    voice = clause.has("voice") and not clause.says("no vocals", "without vocals", "no singing", "no voice")
    found = [m for m in mentions(clause) if not _is_place_of_other(clause, m)]
    article = clause.words[0] in {"a", "an", "some", "another", "more", "extra", "with", "and", "plus"}
    bare = bool(found) and (article or (found[0].start <= 2 and not named(found[0].words, scene)))
    if verb is None and not bare:
        return None
    if clause.has("recording_words"):
        return None
    if not found:
        return _nameless(clause, scene, voice, verb is not None)
    steps: list[Step] = []
    for part in items(clause):
        names = [m for m in mentions(part) if not _is_place_of_other(part, m)]
        for name in names[:1] if len(names) < 3 else names:
            steps.append(_added(part, name))
    steps = steps or [_added(clause, found[0])]
    return do(*steps, unmet=(NO_VOICE,) if voice else ())


def _added(part: Clause, mention: Mention) -> Step:
    worn = [m for m in effect_words.marks_in(part) if m.start > mention.end and "with" in part.words[mention.end : m.start]]
    fields = character(part.without([(mention.start, mention.end)]), mention.words)
    if mention.words.endswith(("solo", "lead", "melody")) and "role" not in fields:
        fields["role"] = "lead"
        fields |= {"solo": True} if mention.words.endswith("solo") else {}
    if worn:
        fields["effects"] = effect_words.chain(part.part(mention.end))
    if fields.get("dynamics") == "soft" and mention.words in {"soft piano"}:
        fields.pop("dynamics")
    return step("add_track", instrument=mention.words, **fields)


def _is_place_of_other(clause: Clause, mention: Mention) -> bool:
    """'under the piano', 'over the drums', 'to the guitar': beside what, not what."""
    before = clause.words[max(0, mention.start - 3) : mention.start]
    beside = {
        "over",
        "under",
        "behind",
        "to",
        "beside",
        "against",
        "alongside",
        "above",
        "beneath",
        "underneath",
        "like",
        "follow",
        "following",
        "doubling",
        "double",
        "complement",
        "between",
        "support",
        "match",
        "matching",
    }
    return bool(before) and before[-1] in {"the", "my", "that", "this", "our"} and bool(set(before[:-1][-1:]) & beside)


def _nameless(clause: Clause, scene: Scene, voice: bool, verb: bool) -> Outcome | None:
    """An addition without a known instrument: a voice, a melody, an upload, or a word that the band does not have."""
    if voice and (verb or len(clause.words) <= 3):
        return ask(ONLY_VOICE)
    upload = scene.request.uploads[-1] if scene.request.uploads else None
    if (
        (verb
        and upload is not None
        and clause.has("pronoun"))
        or (
            upload is not None
            and clause.says(
                "this sound",
                "the file",
                "this file",
                "my recording",
                "this sample",
                "this clip",
                "the upload",
                "this one",
            )
        )
    ):
        if (
            verb
            and upload is not None
            and upload.name not in scene.names
            and not any(p.instrument.endswith("recording") for p in scene.players)
        ):
            return do(step("add_track", instrument=upload.name))
    if not verb:
        return None
    if clause.says("harmony", "harmonies") and clause.begins("add"):
        return do(step("add_track", instrument="strings", role="pad"))
    if clause.has("lead_noun") and clause.says(
        "melody",
        "lead",
        "hook",
        "topline",
        "riff",
        "lead line",
        "tune",
        "solo",
        "countermelody",
        "counter melody",
        "melodies",
    ):
        return (
            do(step("add_track", instrument="lead", **({"role": "lead"} | character(clause, "lead"))))
            if is_instrument("lead")
            else None
        )
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
    wanted = mentions(new)
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
    words = [mention.words for mention in wanted]
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
        return do(_added(clause, found[0]))
    return do(
        step("adjust_track", stems=list(stems), gain_db={"small": 2.0, "normal": 4.0, "large": 8.0}[degree(clause)])
    )
