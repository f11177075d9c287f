"""The loop as the prompt shows it, and as the stub's own calls would change it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import Any

from evaluation.stub.calls import Ask, Call
from evaluation.stub.request import Asked

NAMES = {
    "rhodes": "electric piano",
    "keys": "piano",
    "keyboard": "piano",
    "beat": "drums",
    "drum": "drums",
    "kit": "drums",
    "sax": "saxophone",
    "violins": "strings",
    "bassline": "bass",
}
"""What musicians call an instrument, and what a table may call it."""

_LAST = re.compile(
    r"it|that|that one|this|the (last|latest|new|newest) (one|track|part|instrument|thing|stem)( you added| added)?"
    r"|what you( just)? added|the one you( just)? added"
)
_WHOLE = re.compile(
    r"(the )?(everything|all|whole (loop|thing|mix|track)|loop|mix|whole|music|track|song)( of it)?|it all|it|this|that"
)


@dataclass(frozen=True)
class World:
    """`known` is false where the prompt hides the table; `loop` is None where nothing tells whether there is a loop."""

    known: bool = False
    loop: bool | None = None
    table: dict[str, Any] = field(default_factory=dict)
    stems: tuple[tuple[str, str], ...] = ()
    """(name, instrument)."""
    last: str | None = None
    """The stem added last."""
    uploads: tuple[str, ...] = ()

    @property
    def names(self) -> list[str]:
        return [name for name, _ in self.stems]

    def number(self, field_: str) -> float | None:
        """A number of the table, e.g. bpm; None where the prompt does not show it."""
        value = self.table.get(field_)
        return float(value) if isinstance(value, (int, float)) else None

    def stem(self, phrase: str) -> str:
        """The name of the stem that `phrase` means; the phrase itself where the table is hidden. Raises Ask."""
        if _LAST.fullmatch(phrase):
            return self._the_last(phrase)
        bare = bare_name(phrase)
        if not self.known:
            return bare
        found = self._matching(bare) or self._matching(NAMES.get(bare, bare))
        if found is None:
            raise Ask(f"There is no {bare} in the loop; there are {_listed(self.names)}. Which one do you mean?")
        return found

    def several(self, phrase: str) -> list[str]:
        """The stems that a list of them means; none for the whole mix."""
        phrase = phrase.strip()
        if _WHOLE.fullmatch(phrase) and not (phrase == "it" and self.last and not self.known):
            return []
        return [self.stem(part) for part in listed(phrase)]

    def after(self, call: Call) -> World:
        """The world as `call` would leave it, as far as names and plain attributes go."""
        given, stems, table = call.arguments, list(self.stems), dict(self.table)
        last = self.last
        match call.tool:
            case "text_to_music" | "impression_to_music" | "drum_to_music" | "rearrange":
                named = [(NAMES.get(name, name), name) for name in given.get("instruments", ())]
                stems = named if named or call.tool != "rearrange" else stems
                table |= {name: given[name] for name in ("bpm", "key", "genre", "bars") if given.get(name)}
                return replace(self, loop=True, table=table, stems=tuple(stems), last=None)
            case "add_track":
                last = str(given["instrument"])
                stems.append((last, last))
            case "remove_track":
                gone = given.get("stems") or [name for name in self.names if name not in given.get("keep", ())]
                stems = [stem for stem in stems if stem[0] not in gone]
            case "extract_track":
                stems = [stem for stem in stems if stem[0] in given.get("stems", ())]
            case "replace_track":
                last = str(given["instrument"])
                stems = [(last, last) if stem[0] == given.get("stem") else stem for stem in stems]
            case "change_speed":
                bpm = self.number("bpm")
                table["bpm"] = given.get("bpm") or (bpm * given.get("factor", 1) if bpm else None)
            case "shift_pitch":
                table["key"] = given.get("to_key")
        return replace(self, table=table, stems=tuple(stems), last=last if last in dict(stems) else None)

    def _the_last(self, phrase: str) -> str:
        if self.last is not None:
            return self.last
        raise Ask(f"I cannot tell what '{phrase}' is here. Which instrument do you mean?")

    def _matching(self, bare: str) -> str | None:
        for test in (
            lambda name, _: name == bare,
            lambda name, instrument: bare in (instrument, name.rstrip("s"), name + "s"),
            lambda name, instrument: bare in name or bare in instrument or bare.rstrip("s") in name,
        ):
            found = [name for name, instrument in self.stems if test(name.lower(), instrument.lower())]
            if found:
                return found[-1]
        return None


def seen(asked: Asked) -> World:
    """The world as a prompt shows it. The steps of this turn are in its table; without a table they tell what they can."""
    uploads = tuple(str(item["name"]) for item in asked.lines("uploads") if isinstance(item, dict) and "name" in item)
    table = asked.table()
    if isinstance(table, dict):
        stems = [stem for stem in table.get("stems", ()) if isinstance(stem, dict)]
        named = tuple((str(stem.get("name")), str(stem.get("instrument") or stem.get("name"))) for stem in stems)
        added = [str(stem.get("name")) for stem in stems if stem.get("tool") == "add_track"]
        return World(True, True, table, named, added[-1] if added else _added_before(asked), uploads)
    if table == "none":
        return World(True, False, uploads=uploads)
    world = World(last=_added_before(asked), uploads=uploads)
    for step in asked.steps:
        if step.passed:
            world = world.after(Call(step.tool, step.arguments))
    return world


def _added_before(asked: Asked) -> str | None:
    """The instrument that the history says was added last."""
    did = [str(step) for turn in asked.lines("history") if isinstance(turn, dict) for step in turn.get("did") or ()]
    added = [step.removeprefix("add_track ").strip() for step in did if step.startswith("add_track ")]
    return added[-1] if added else None


def bare_name(phrase: str) -> str:
    """'the clarinet track' -> 'clarinet'."""
    bare = re.sub(r"^(the|a|an|some|my|its|that|this|those|these|another|one more|more)\s+", "", phrase.strip())
    return re.sub(r"\s+(track|tracks|part|parts|line|stem|stems|please|to it|to the loop|to this|back|in)$", "", bare)


def listed(phrase: str) -> list[str]:
    """'the bass, the drums and a flute' -> its parts."""
    return [part.strip() for part in re.split(r",\s*(?:and\s+)?|\s+and\s+", phrase) if part.strip()]


def _listed(names: list[str]) -> str:
    return ", ".join(names) if names else "none"
