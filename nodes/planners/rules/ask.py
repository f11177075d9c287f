"""Questions and refusals: one useful question that says what would do."""

from __future__ import annotations

import difflib
from collections.abc import Sequence

from nodes.planners.rules.scene import Scene
from nodes.planners.rules.speech import Clause

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
    name = listed([word for word in words], "or")
    if not scene.names:
        return f"There is no {name} in this loop. Shall I add it?"
    return f"There is no {name} in this loop; it has {listed(scene.names)}. Which of these do you mean, or shall I add {name}?"


def impossible_tempo(bpm: float) -> str:
    return f"{bpm:g} bpm cannot be played: tempi from 30 to 300 bpm can. Which tempo should it be?"


def not_understood(clause: Clause, known: frozenset[str]) -> str:
    """Says what was not understood, the nearest known word if one is near, and what would do."""
    near: list[str] = []
    for word in clause.words:
        if len(word) > 4 and word not in known:
            near += difflib.get_close_matches(word, known, n=1, cutoff=0.8)
    hint = f" Did you mean '{near[0]}'?" if near else ""
    return (
        f"I did not understand '{clause.text}', so nothing was changed.{hint} Say what to do with what, for example "
        "'make the drums softer', 'add a clarinet', 'up a fourth', 'at 96 bpm' or 'go back one version'."
    )


VAGUE = (
    "What should change? For example the tempo ('a little slower'), the key ('in D minor'), an instrument ('swap the piano for a "
    "rhodes'), the mood ('make it darker') or a part ('the last bar again')."
)
