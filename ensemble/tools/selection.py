"""Which stems a call means, and the refusals that name those that are there."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from state.errors import Refusal
from state.gat import GlobalAttributeTable, Stem

if TYPE_CHECKING:
    from ensemble.band.instruments import Instrument

RECORDINGS = {"recording", "drum recording"}
"""Instrument names of stems that came as audio; 'drum recording' when only drums were heard in it."""


def named(gat: GlobalAttributeTable, words: Iterable[str], *, field: str = "stems") -> list[Stem]:
    """The stems that `words` refer to, in the table's order, each once: a stem's own name, else an instrument or a
    family ('strings', 'guitars') that stems belong to. Raises Refusal listing the stems when a word fits none."""
    found: set[str] = set()
    for word in words:
        found.update(_meant(gat, word, field))
    return [stem for stem in gat.stems if stem.name in found]


def one(gat: GlobalAttributeTable, word: str, *, field: str = "stem") -> Stem:
    """The one stem that `word` refers to. Raises Refusal when there is none or more than one."""
    names = _meant(gat, word, field)
    if len(names) > 1:
        raise Refusal(f"More than one stem may be meant by {word}: {listed(names)}. Which one?", field=field)
    found = gat.stem(names[0])
    assert found is not None
    return found


def is_recording(stem: Stem) -> bool:
    """Whether a stem came as audio rather than being played from notes."""
    return stem.instrument in RECORDINGS


def is_drums(stem: Stem) -> bool:
    """Whether a stem is a drum kit, percussion or a recording of drums: nothing that has a key."""
    if stem.instrument in RECORDINGS:
        return stem.instrument == "drum recording"
    from ensemble.band.instruments import INSTRUMENTS

    known = INSTRUMENTS.get(stem.instrument)
    return known is not None and known.is_drum


def is_kit(stem: Stem) -> bool:
    """Whether a stem is a whole drum set rather than one percussion instrument."""
    if stem.instrument in RECORDINGS:
        return stem.instrument == "drum recording"
    from ensemble.band.instruments import INSTRUMENTS

    known = INSTRUMENTS.get(stem.instrument)
    return known is not None and known.is_drum and not known.pitches


def instrument_of(stem: Stem) -> Instrument:
    """The General MIDI instrument of a stem that is not a recording."""
    from ensemble.band.instruments import INSTRUMENTS

    return INSTRUMENTS[stem.instrument]


def pitched(gat: GlobalAttributeTable) -> list[Stem]:
    """The stems that have a pitch."""
    return [stem for stem in gat.stems if not is_drums(stem)]


def listed(names: Sequence[str]) -> str:
    """'bass', 'bass and drums', 'keys, bass and drums'."""
    if len(names) < 2:
        return "".join(names)
    return f"{', '.join(names[:-1])} and {names[-1]}"


def the_stems(names: Sequence[str]) -> str:
    """'the stem bass', 'the stems bass and drums'; 'the recording' for the one that is called so."""
    if list(names) == ["recording"]:
        return "the recording"
    return f"the {'stem' if len(names) == 1 else 'stems'} {listed(names)}"


def sentence(text: str) -> str:
    """`text` with a capital letter in front."""
    return text[:1].upper() + text[1:]


def verb(subject: str | Sequence[str], one: str, many: str) -> str:
    """`one` or `many`, as the name of a stem or an instrument asks for it, or as several names do: 'the keys are',
    'the bass is', 'congas stand in', 'electric piano 2 is'."""
    names = [subject] if isinstance(subject, str) else list(subject)
    return many if len(names) != 1 or _plural(names[0]) else one


def counted(number: float, unit: str) -> str:
    """'1 bar', '4 bars', '2.5 semitones'."""
    return f"{number:g} {unit}" if abs(number) == 1 else f"{number:g} {unit}s"


def _plural(name: str) -> bool:
    """Whether a name is a plural, whatever number or bracket stands behind it: 'strings', 'keys 2', but not 'bass'."""
    words = re.sub(r"\(.*?\)|\d+", " ", name.casefold()).split()
    return bool(words) and words[-1].endswith("s") and not words[-1].endswith("ss")


def _meant(gat: GlobalAttributeTable, word: str, field: str) -> list[str]:
    wanted = word.strip().casefold()
    exact = [stem.name for stem in gat.stems if stem.name.casefold() == wanted]
    if exact:
        return exact
    from ensemble.band.instruments import matches

    loosely = [stem.name for stem in gat.stems if matches(wanted, stem.name, stem.instrument)]
    if loosely:
        return loosely
    missing = f"There {verb(wanted, 'is', 'are')} no {word} in this loop"
    raise Refusal(f"{missing}; it has {listed(gat.stem_names)}." if gat.stems else f"{missing}.", field=field)
