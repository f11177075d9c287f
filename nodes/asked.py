"""What a step asks to be heard, as one text that a text-audio score can be measured against.

The paper writes attributes behind a description ("a love pop song. bpm: 120. key: C major. instrument: piano, violin"),
and for an added track it merges the description of what is there with the new wish; so does this. A step that says nothing
about the sound as a whole ("up a third", "a variation") has no text.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from state.gat import GlobalAttributeTable
from state.plan import Step

_PLAIN = ("description", "impression", "genre", "mood", "feel")
_LABELLED = {"bpm": "bpm", "key": "key", "to_key": "key", "time_signature": "time signature", "bars": "bars"}
_PLAYERS = ("instruments", "instrument", "solo")
_MERGED = {"add_track"}
"""Tools that lay something over the loop: what it was before still is to be heard beside it."""
_REMOVED = {"remove_track": "stems", "replace_track": "stem"}
"""Tools after which what this argument names is not to be heard."""
_LEFT = {"remove_track": "keep", "extract_track": "stems"}
"""Tools after which what this argument names is."""


def asked(step: Step, before: GlobalAttributeTable | None) -> str:
    """The text of `step`, called on the table `before`; empty when its arguments say nothing that a sound could fit.

    Tools from outside are read by the same names of arguments: description, genre, mood, bpm, key, instruments, without ...
    """
    told = dict(step.arguments)
    if step.tool in _MERGED and before is not None:
        told = _merged(told, before)
    parts = [str(told[name]).strip().rstrip(".") for name in _PLAIN if told.get(name)]
    parts += [f"{label}: {_number(told[name])}" for name, label in _LABELLED.items() if told.get(name) is not None]
    playing = [*_names(told, _PLAYERS), *_names(told, [_LEFT.get(step.tool, "")])]
    if playing:
        parts.append(f"instruments: {', '.join(dict.fromkeys(playing))}")
    if missing := _names(told, ["without", _REMOVED.get(step.tool, "")]):
        parts.append(f"without {' or '.join(dict.fromkeys(missing))}")
    return ". ".join(part for part in parts if part)


def _merged(told: dict[str, Any], before: GlobalAttributeTable) -> dict[str, Any]:
    kept = {name: getattr(before, name) for name in ("genre", "mood", "bpm", "key")}
    players = [stem.instrument for stem in before.stems if not stem.instrument.endswith("recording") and not stem.muted]
    return {**kept, **told, "instruments": [*players, *_names(told, _PLAYERS)]}


def _names(told: Mapping[str, Any], fields: Sequence[str]) -> list[str]:
    found: list[str] = []
    for field in fields:
        value = told.get(field)
        found += [value] if isinstance(value, str) else [str(item) for item in value] if isinstance(value, list) else []
    return found


def _number(value: Any) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)
