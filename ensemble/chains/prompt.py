"""What a model is told: a description with the table's attributes behind it.

In the paper's form (section 3.2, "a love pop song. bpm: 120. key: C major. instrument: piano, violin"): text-to-music
models have read such lists beside the music that they learned from. What shall not play is not written: a model that
reads "without drums" plays drums.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from ensemble.tools.selection import is_kit, is_recording
from state.gat import GlobalAttributeTable


def prompt_of(gat: GlobalAttributeTable, players: Iterable[str], *, said: str = "") -> str:
    """`said`, the style, and every attribute that `gat` knows; `players` are the instruments in anybody's words."""
    said = said.strip().rstrip(".")
    style = " ".join(word for word in (gat.mood, gat.genre) if word and word.casefold() not in said.casefold())
    parts = [part for part in (said, style) if part] or ["music"]
    if gat.bpm is not None:
        parts.append(f"bpm: {gat.bpm:g}")
    if gat.key is not None:
        parts.append(f"key: {gat.key}")
    if gat.time_signature != "4/4":
        parts.append(f"time signature: {gat.time_signature}")
    if heard := list(dict.fromkeys(players)):
        parts.append(f"instrument: {', '.join(heard)}")
    return ". ".join(parts)


def playing(gat: GlobalAttributeTable) -> list[str]:
    """The instruments that are heard in a table, in words for a prompt: 'electric bass (finger)' is an electric bass. A
    recording of several says nothing."""
    heard = []
    for stem in gat.stems:
        if stem.muted:
            continue
        if is_kit(stem):
            heard.append("drums")
        elif not is_recording(stem):
            heard.append(re.sub(r" (\(.*\)|\d)$", "", stem.instrument))
        elif stem.backend != "upload" and stem.name != MUSIC:
            heard.append(stem.name)
    return list(dict.fromkeys(heard))


MUSIC = "music"
"""Name of a stem that holds everything a model played."""
