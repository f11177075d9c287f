"""Questions and refusals: one useful question that says what would do."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ensemble.tools.selection import verb
from nodes.planners.rules.outcome import Outcome
from nodes.planners.rules.scene import Scene
from nodes.planners.rules.words.attributes import read
from nodes.planners.rules.words.formats import NO_SHEET, wants_sheet
from nodes.planners.rules.words.references import mentions
from nodes.planners.rules.words.speech import Clause, word_set
from nodes.planners.rules.words.spelling import unknown_verb

UNKNOWN = "I did not understand"
NO_LOOP = (
    "There is no loop to change yet. What should I make first? For example: 'a dusty hip hop loop, 86 bpm, G minor, keys, "
    "bass and drums'; or attach an audio file."
)
NO_VOICE = "There is no voice in the band, so the singing is left out."
ONLY_VOICE = (
    "There is no voice in the band, so I cannot sing or rap. Shall I make the music without it, or give the melody to a "
    "saxophone, a flute or a wordless choir?"
)
NO_LYRICS = "I do not write or sing words: there is no voice in the band. What music should I make for them: which style, tempo and key?"
NO_SAMPLE = (
    "I cannot use or copy an existing recording. Shall I make something new in its spirit (say the style, tempo and "
    "instruments), or will you attach a file of your own?"
)


NO_NOISE = (
    "I cannot find or repair a single click or noise. Shall I renew the bar or the stem where you hear it ('bar 4 again', 'another take of the "
    "bass'), or go back one version?"
)
_NOISE = re.compile(
    r"\b(?:there's|there is|i hear|i can hear|it has|has|got|hear|get rid of|remove|fix) (?:a |an |the |some |that |this )?(?:\w+ )?"
    r"(?:clicks?|pops?|glitch(?:es)?|hiss(?:ing)?|hum(?:ming)?|buzz(?:ing)?|artifacts?|artefacts?) (?:at|in|on|when|around|near|every|where|between|before|after)\b"
)


def listed(names: Sequence[str], word: str = "and") -> str:
    """'bass', 'bass and drums', 'keys, bass and drums'."""
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} {word} {names[-1]}" if names else ""


def which(scene: Scene) -> str:
    """Asks for a stem."""
    if not scene.names:
        return "There are no stems in this loop. Which instrument should I add?"
    return f"Which one do you mean: {listed(scene.names, 'or')}?"


def missing(words: Sequence[str], scene: Scene) -> str:
    """Says that a stem is not there and what is."""
    name = listed(list(words), "or")
    plural = verb(name, "one", "many") == "many"
    there = f"There {'are' if plural else 'is'} no {name}"
    if not scene.names:
        return f"{there} in this loop. Shall I add {'them' if plural else 'it'}?"
    return f"{there} in this loop; it has {listed(scene.names)}. Which of these do you mean, or shall I add {name}?"


def impossible_tempo(bpm: float) -> str:
    return f"{bpm:g} bpm cannot be played: tempi from 30 to 300 bpm can. Which tempo should it be?"


def either(one: Clause, other: Clause) -> str:
    """Asks which of two is meant: 'softer maybe, or no drums at all?'."""
    return f"Which of the two shall I do: '{one.text}', or '{other.part(1).text}'?"


def choice(parts: Sequence[Clause], text: str) -> str | None:
    """'flute or oboe, which would suit it better?': taste is the user's own."""
    asked = any(part.words[0] == "which" and set(part.words) & _BETTER for part in parts)
    offered = next((part for part in parts if "or" in part.words and part.words[0] not in {"which", "what"}), None)
    if not asked or offered is None or "?" not in text:
        return None
    return f"That is a matter of taste, and the choice is yours: {offered.text}? Say 'add' or 'use' with the one you want, and undo if it does not please."


_BETTER = word_set("better best nicer prefer suit suits fit fits work works")


def not_understood(clause: Clause, scene: Scene) -> str:
    """Says what was not understood, and what would do."""
    if clause.has("voice"):
        return ONLY_VOICE
    example = f"make the {scene.names[0]} softer" if scene.names else "make it softer"
    return (
        f"{UNKNOWN} '{clause.text}', so nothing was changed. Say what to do with what, for example '{example}', "
        "'add a clarinet', 'up a fourth', 'at 96 bpm' or 'go back one version'."
    )


_SUNG = word_set("sing sings singing sung")


def impossible(clause: Clause, scene: Scene) -> Outcome | None:
    """What no tool can do, whatever the table holds: words to sing, existing recordings, pictures."""
    if clause.has("negation") and not clause.has("create", "add"):
        return None
    reading = read(clause.text)
    beside = (
        reading.instruments and not scene.exists and _SUNG & set(clause.words)
    )  # 'a choir sings my lyrics over piano'
    if clause.has("voice_refused") and clause.has("create", "add", "voice") and not beside:
        return Outcome(question=NO_LYRICS)
    if (
        clause.says(*_RECORDINGS)
        and not clause.says("midi", "wav", "stems", "parts", "files")
        and clause.has("create", "add", "recording_words")
    ):
        return Outcome(question=NO_SAMPLE)
    if scene.exists and _NOISE.search(" ".join(clause.words)):
        return Outcome(question=NO_NOISE)
    if clause.words[0] in {"sing", "rap", "beatbox", "hum", "yodel"}:
        return Outcome(question=ONLY_VOICE)
    if wants_sheet(clause):
        return Outcome(question=NO_SHEET if scene.exists else f"{NO_SHEET.split('.')[0]}. {NO_LOOP}")
    if unknown_verb(clause):
        return Outcome(question=not_understood(clause, scene))
    if reading.singing and not reading.instruments and clause.has("create", "add", "replace") and scene.exists:
        return Outcome(question=ONLY_VOICE)
    mark = clause.first("noise")
    if (
        mark is not None
        and clause.has("create", "describe", "add")
        and not clause.says(
            "for a",
            "for my",
            "for the",
            "for an",
            "like",
            "sounds",
            "game",
            "music",
            "soundtrack",
            "loop",
            "background",
            "intro",
            "jingle",
            "theme",
        )
    ):
        return Outcome(
            question=f"I make and edit music loops, nothing else, so no {mark.words}. What music should it be?"
        )
    return None


_RECORDINGS = (
    "sample from", "a sample of", "sample of", "samples of", "sampled from", "sample the", "sample some", "exact copy", "copy of", "youtube",
    "spotify", "real recording", "actual recording", "the original recording", "soundcloud", "from the internet", "from the album",
)  # fmt: skip


def vague(clause: Clause, scene: Scene) -> Outcome | None:
    """A wish for change without saying which: ask, with examples."""
    finer = (
        clause.says("sound", "sounds")
        and clause.words[-1]
        in word_set(
            "good great amazing nice awesome cool perfect fantastic lovely beautiful brilliant excellent better professional pro right"
        )
        and clause.words[0] in {"make", "let", "have", "get"}
    )
    return Outcome(question=VAGUE) if (clause.has("vague") or finer) and len(clause.words) <= 9 else None


_MENDING = word_set("fix improve tweak modify alter enhance polish change adjust sort mend repair refine")


def mending(clause: Clause, scene: Scene) -> Outcome | None:
    """'fix it', 'can you improve the guitar?': in which way is not said."""
    words = [word for word in clause.words if word not in _BESIDE_MENDING]
    if scene.spoken or (words[:1] in (["change"], ["adjust"]) and mentions(clause)):
        return None  # '(the drums are trash,) change them'
    named = {at for mention in mentions(clause) for at in range(mention.start, mention.end)}
    left = [word for at, word in enumerate(clause.words) if at not in named and word not in _BESIDE_MENDING]
    return Outcome(question=VAGUE) if words[:1] and words[0] in _MENDING and len(left) == 1 else None


_BESIDE_MENDING = word_set(
    "it this that the loop track song beat everything all of them these my a bit little some more further up out please for me us thing whole music somehow now part sound"
)
VAGUE = (
    "What should change? For example the tempo ('a little slower'), the key ('in D minor'), an instrument ('swap the piano for a "
    "rhodes'), the mood ('make it darker') or a part ('the last bar again')."
)


def too_long(count: int, most: int) -> str:
    """Says that a message is too long to be one request."""
    return f"That is {count:,} words, more than I read at once ({most:,}). What should change, in a few sentences?"


def last(clause: Clause, scene: Scene) -> Outcome | None:
    """What many ask for and no tool does: a useful question in place of 'not understood'."""
    if clause.says("fade out", "fade in", "fade it out", "fade it in", "fade"):
        return Outcome(
            question="A loop repeats, so it has no end to fade towards. Shall I make it quieter, or renew the last bar so that it thins out?"
        )
    words = clause.words
    if words[0] in {"swap", "switch", "exchange", "trade"} and "and" in words[2:-1]:
        at = words.index("and", 2)
        one, other = (clause.part(1, at).text, clause.part(at + 1).text)
        return Outcome(
            question=f"Which do you mean: replace {one} with {other} ('swap {one} for {other}'), or let them change their places or levels?"
        )
    for phrase in ("sound like", "sounds like", "sound more like", "in the style of", "like"):
        if clause.says(phrase) and not clause.says("like how", "like the way", "love how"):
            tail = clause.text.split(phrase, 1)[-1].strip()
            return Outcome(
                question=f"I know styles and moods, not the sound of {tail or 'that'}. Which style, mood, tempo or instruments should it take on, "
                "for example 'make it rock, darker, with electric guitar'?"
            )
    return None
