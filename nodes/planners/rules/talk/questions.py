"""Questions, answered from the table and the history; a request for a description goes to the tool."""

from __future__ import annotations

import re

from ensemble.band.theory import parse_key
from ensemble.tools.selection import sentence, verb
from nodes.planners.rules.ask import listed
from nodes.planners.rules.outcome import Outcome, do, say, step
from nodes.planners.rules.scene import Scene
from nodes.planners.rules.talk import facts
from nodes.planners.rules.talk.facts import FACTS
from nodes.planners.rules.words import formats
from nodes.planners.rules.words.amounts import amounts
from nodes.planners.rules.words.attributes import read
from nodes.planners.rules.words.references import mentions, named
from nodes.planners.rules.words.speech import Clause, word_set
from state.gat import GlobalAttributeTable

_ASKING = word_set(
    """what what's whats which how who is are does do did was were has have when where why whose am how's
    who's where's when's why's"""
)
_OPEN = word_set("what what's which who where how when why")
_NO_LOOP = "There is no loop yet, so there is nothing to tell about it. Ask for one, for example 'a lofi loop at 80 bpm with keys and drums'."


_TRIED = tuple(
    f"{like} {link}"
    for like in ("sound", "sounds", "sound like", "happen", "this be", "it be", "that be")
    for link in ("at", "in", "with", "without", "as")
)


def describe(clause: Clause, scene: Scene) -> Outcome | None:
    """'Describe the current music loop', 'what does it sound like', 'sum it up'."""
    mark = clause.first("describe")
    if clause.says(*_TRIED):
        return None  # 'how would it sound at 120 bpm': try it
    if mark is None or mark.start > 2 or (clause.has("louder", "quieter") and mark.words == "report"):
        return None
    if not scene.exists:
        return say(_NO_LOOP)
    plain = len(clause.words) <= 6 or clause.words[0] == "describe"
    return do(step("describe", question=None if plain else clause.text[:500]))


def question(clause: Clause, scene: Scene) -> Outcome | None:
    """An answer to a question about the loop; None where the clause asks for a change."""
    words = clause.words
    if (
        words[0] not in _ASKING
        and not wants_told(clause)
        and not clause.says(
            "tell me", "show me", "do you know", "i wonder", "remind me", "let me know", "list", "wondering"
        )
    ):
        short = (
            len(words) <= 3
            and not amounts(clause)
            and words[0] in {"tempo", "key", "bpm", "chords", "instruments", "length"}
            and scene.request.text.rstrip().endswith("?")
        )
        if not short:
            return None
    tried = clause.says("do it", "do that", "do the", "do a", "do some") and words[0] not in _OPEN
    if tried or clause.says("what about", "how about", "what if", "do you want", "why not"):
        return None
    if _about_peaks(clause) and scene.exists:
        return do(step("describe", question=clause.text[:500]))
    if words[0] in {"do", "have"} and "you" not in words and "i" not in words and "we" not in words:
        return None
    if clause.says(*_TRIED, "be like with") and scene.exists:
        return None  # 'how does it sound at 120 bpm': try it
    if formats.asks(clause):
        return say(formats.WRITTEN)
    if scene.request.gat is None:
        return do(step("describe", question=clause.text[:500])) if scene.exists else say(_NO_LOOP)
    answer = _answer(clause, scene, scene.request.gat)
    if answer is not None:
        return say(answer)
    if clause.says(
        "sound like",
        "going on",
        "do you hear",
        "do we have",
        "have we got",
        "is this",
        "is it",
        "in there",
        "in this loop",
        "in the loop",
        "tell me about",
    ):
        return do(step("describe"))
    told = clause.says(
        *(f"tell me {word}" for word in ("what", "which", "how", "who", "where", "when", "why", "if", "whether"))
    )
    if told or words[0] in word_set("how what what's when where which who why"):
        return do(step("describe", question=clause.text[:500]))
    return None


_OF_THE_PAST = (
    "change", "changed", "changes", "did you do", "have you done", "you do", "happened", "did you just", "history", "different now",
    "last step",
)  # fmt: skip


_SINCE = re.compile(
    r"\b(?:since|from|to|with|between) (?:the )?(?:(?:very )?(?:first|start|beginning|original)(?: (?:version|loop|one|revision))?|we (?:began|started)|(?:version|revision) (?P<number>\d+))(?!\w)"
)
"""'(what changed) since the first version', '(what is different) from version 2'."""


def _version(since: re.Match[str], scene: Scene) -> GlobalAttributeTable | None:
    """The table that the present one is to be compared with; None where there is none of that number."""
    revisions = scene.request.revisions
    lineage = revisions.lineage()
    number = int(since["number"]) if since["number"] else lineage[-1] if lineage else 0
    return revisions.revision(number)


def wants_told(clause: Clause) -> bool:
    """'give me the chords', 'list the instruments', 'show the tempo': words of showing and a fact, nothing else."""
    text = " ".join(word for word in clause.words if word not in _FILLERS)
    return _SHOWING.fullmatch(text) is not None


_FILLERS = word_set("the current all its of this loop please me us now which every")
_SHOWING = re.compile(
    r"(?:give|show|list|print|name|display|say|spell|repeat|report|state)(?: out)? "
    r"(?:chords?|chord progression|progression|keys?|key name|tempo|bpm|instruments?|tracks|players|parts|stems list|effects|fx|levels|length|"
    r"time signature|metre|meter|key and tempo|tempo and key|bpm and key|key and bpm)"
)


def _about_peaks(clause: Clause) -> bool:
    """Loudness of the mix and clipping, which are measured and do not stand in the table."""
    if clause.words[0] in _ASKING and clause.says(
        "clip", "clipping", "clips", "peak", "peaks", "lufs", "headroom", "true peak"
    ):
        return True
    return clause.says("how loud", "what loudness") and (
        clause.says("mix", "the loop", "is it", "this", "overall", "everything", "master") and not mentions(clause)
    )


def _answer(clause: Clause, scene: Scene, gat: GlobalAttributeTable) -> str | None:
    """Every fact that is asked for, in the order of `FACTS`."""
    since = _SINCE.search(" ".join(clause.words))
    if since is not None and clause.says(
        "changed", "change", "changes", "different", "difference", "differences", "new"
    ):
        return facts.since(_version(since, scene), gat)
    if clause.says(*_OF_THE_PAST) and not clause.says("would", "should", "could", "can"):
        return facts.history(scene.request.history)
    if clause.says("version", "versions", "revision", "revisions"):
        lineage = sorted(scene.request.revisions.lineage())
        return f"This is version {gat.revision}; along its line there are {listed([str(n) for n in lineage])}."
    if clause.says("how many") and clause.says(*_PLAYING_UNITS):
        many = len(gat.stems) > 1
        return f"There {'are' if many else 'is'} {len(gat.stems)}: {listed(gat.stem_names)}."
    if (who := _player_of(clause, scene, gat)) is not None:
        return who
    if (silent := _unheard(clause, scene, gat)) is not None:
        return silent
    if clause.says("note", "notes"):
        return "I do not spell out single notes here; exporting the loop writes them as a MIDI file."
    asked = scene.request.text.lower()  # which stem is the loudest has been settled in the clause already
    if clause.words[0] in _ASKING and any(word in asked for word in ("loudest", "quietest", "softest")):
        return _extreme(gat, loud="loudest" in asked)
    keys_part = clause.says("the keys", "keys part", "on keys")
    spoken_of = {name for mention in mentions(clause) for name in named(mention.words, scene)}
    told = [
        tell(facts.only(gat, spoken_of) if tell in facts.OF_STEMS else gat)
        for words, tell in FACTS
        if clause.says(*words) and not (tell is facts.key and keys_part)
    ]
    if told:
        return " ".join(told)
    playing = facts.PLAYING(gat) if clause.says("playing") else None
    return _of_key_or_tempo(clause, gat) or _of_a_stem(clause, scene, gat) or playing


_UNHEARD = re.compile(
    r"^(?:why|how come|where|what happened|what's up|whats up|what's wrong|is|are|can|did|do|does)\b.*"
    r"(?:\b(?:hear|heard|hearing|silent|silenced|audible|inaudible|quiet|missing|gone|disappear|disappeared|go|went)\b)"
)


def _unheard(clause: Clause, scene: Scene, gat: GlobalAttributeTable) -> str | None:
    """ "why can't I hear the drums?", 'where did the bass go?': muted, turned down, or not there at all."""
    found = mentions(clause)
    if not found or _UNHEARD.match(" ".join(clause.words)) is None or clause.says("do you hear", "going on"):
        return None
    stems = [stem for stem in gat.stems if stem.name in {name for one in found for name in named(one.words, scene)}]
    if not stems:
        return f"There {verb(found[0].words, 'is', 'are')} no {found[0].words} in this loop; it has {listed(gat.stem_names)}."
    names = [stem.name for stem in stems]
    if all(stem.muted for stem in stems):
        return f"The {listed(names)} {verb(names, 'is', 'are')} muted. Say 'unmute the {listed(names)}' to hear {verb(names, 'it', 'them')} again."
    return f"{facts.levels(gat)} Say 'turn up the {listed(names)}' for more of {verb(names, 'it', 'them')}."


_PLAYING_UNITS = ("stems", "tracks", "instruments", "parts", "layers", "players", "voices", "musicians", "sounds")
_ROLES = {"melody": "lead", "lead": "lead", "tune": "lead", "chords": "chords", "harmony": "chords", "bassline": "bass", "bass line": "bass", "beat": "drums", "rhythm": "drums", "groove": "drums"}  # fmt: skip


_PLAY = word_set("plays play playing has carries does is on")


def _player_of(clause: Clause, scene: Scene, gat: GlobalAttributeTable) -> str | None:
    """'who plays the melody', 'what plays the chords'."""
    plays = clause.words[0] in {"who", "who's", "which", "what", "what's"} and (
        clause.says("plays", "play", "playing", "has the", "carries", "does the", "is on")
    )
    verb_at = next((at for at, word in enumerate(clause.words) if word in _PLAY), 0)
    asked = clause.part(verb_at)  # 'which chords is it playing' asks for the chords
    part = (
        next((word for word in _ROLES if asked.says(word)), None) if plays and not clause.says("does", "do") else None
    )
    if part is None:
        return None
    names = [player.name for player in scene.players if player.role == _ROLES[part]]
    if part == "chords" and not names:
        names = [player.name for player in scene.players if player.role == "pad"]
    if not names:
        return f"No stem plays the {part}; there are {listed(gat.stem_names)}."
    playing = [facts.with_instrument(stem) for stem in gat.stems if stem.name in names]
    return f"{sentence(listed(playing))} {verb(names, 'plays', 'play')} the {part}."


def _extreme(gat: GlobalAttributeTable, *, loud: bool) -> str | None:
    heard = [stem for stem in gat.stems if not stem.muted]
    if not heard:
        return None
    most = (max if loud else min)(stem.gain_db for stem in heard)
    names = [stem.name for stem in heard if stem.gain_db == most]
    which = "highest" if loud else "lowest"
    return f"By level setting the {which} {'are' if len(names) > 1 else 'is'} {listed(names)}, at {most:+.1f} dB."


def _of_key_or_tempo(clause: Clause, gat: GlobalAttributeTable) -> str | None:
    """'is it in G minor?', 'are we at 90?'."""
    if clause.words[0] not in {"is", "are", "am"}:
        return None
    asked = read(clause.text)
    if asked.key and gat.key:
        return f"{'Yes' if parse_key(asked.key) == parse_key(gat.key) else 'No'}, it is in {gat.key}."
    if clause.has("mode_word") and gat.key:
        return f"It is in {gat.key}."
    said = next((found for found in amounts(clause) if found.unit in {"bpm", "bare"} and found.value >= 30), None)
    if said is None or gat.bpm is None or not clause.says("at", "bpm"):
        return None
    return f"{'Yes' if abs(said.value - gat.bpm) < 0.05 else 'No'}, it is at {gat.bpm:g} bpm."


def _of_a_stem(clause: Clause, scene: Scene, gat: GlobalAttributeTable) -> str | None:
    found = mentions(clause)
    if not found:
        return None
    word = found[0].words
    stems = [stem for stem in gat.stems if stem.name in named(word, scene)]
    there = listed(gat.stem_names)
    if clause.words[0] in word_set("are did do does has have is"):
        playing = listed([facts.with_instrument(stem) for stem in stems])
        return f"Yes: {playing}." if stems else f"No, there {verb(word, 'is', 'are')} no {word}; it has {there}."
    if clause.words[0] in {"where", "where's"}:
        return (
            facts.positions(stems)
            if stems
            else f"There {verb(word, 'is', 'are')} no {word} in this loop; it has {there}."
        )
    if clause.words[0] in {"what", "what's", "which", "who", "who's"}:
        lines = [f"{stem.name} {verb(stem.name, 'is', 'are')} played by {stem.instrument}" for stem in stems]
        return sentence("; ".join(lines)) + "." if lines else None
    return None
