"""Effects and descriptions of sound in running text, with how strongly and on what."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from nodes.planners.rules.words.lexicon import Sound
from nodes.planners.rules.words.marks import Mark
from nodes.planners.rules.words.mentions import Band
from nodes.planners.rules.words.tokens import Span, Token
from state.effects import Effect

_HERTZ = re.compile(r"(\d+(?:[.,]\d+)?)\s*(k)?\s*(?:hz|hertz)\b|\b(\d+(?:\.\d+)?)k\b", re.IGNORECASE)
_PERCENT = re.compile(r"(\d{1,3})\s*(?:%|percent\b)", re.IGNORECASE)
_BITS = re.compile(r"\b(\d{1,2})[\s-]*bits?\b", re.IGNORECASE)
_NOTES = {
    "sixteenth": 0.25, "16th": 0.25, "1/16": 0.25, "eighth": 0.5, "8th": 0.5, "1/8": 0.5, "dotted eighth": 0.75,
    "dotted 8th": 0.75, "quarter": 1.0, "1/4": 1.0, "half": 2.0, "1/2": 2.0, "triplet": 1 / 3,
}  # fmt: skip
_DELAY = re.compile(
    r"\b(dotted eighth|dotted 8th|sixteenth|eighth|quarter|half|triplet|16th|8th|1/16|1/8|1/4|1/2)[\s-]*(?:note)?s?[\s-]*"
    r"(?:delay|echo)",
    re.IGNORECASE,
)
_AMOUNTS: dict[str, tuple[str, ...]] = {
    "reverb": ("wet",), "delay": ("wet",), "chorus": ("depth",), "phaser": ("depth",), "tremolo": ("depth",),
    "eq": ("low_db", "mid_db", "high_db"), "distortion": ("drive_db",), "compressor": ("ratio",),
}  # fmt: skip
"""The parameters that grow with "lots of" and shrink with "a touch of"."""
_REACH = 40
"""A figure belongs to an effect when it stands within so many characters of it."""


@dataclass(frozen=True)
class EffectWords:
    """Words for an effect and the chain they mean."""

    words: str
    span: Span
    effects: tuple[Effect, ...]
    named: bool
    """True for an effect by name ("reverb"), False for a sound that is described ("muffled")."""
    degree: float = 1.0
    """0.5 for "a touch of", 1.6 for "lots of"; already in the parameters."""
    mention: int | None = None
    """Index in `Reading.instruments` of the instrument it belongs to; None for the mix or the sentence's object."""


def effects_of(tokens: Sequence[Token], marks: Sequence[Mark], band: Band, text: str) -> tuple[EffectWords, ...]:
    """Every effect in the marked text, in order, without those inside an instrument's own words or refused ones."""
    found: list[EffectWords] = []
    for at, mark in enumerate(marks):
        sound = mark.meanings.get("effect")
        if not isinstance(sound, Sound) or "instrument" in mark.meanings:
            continue
        if any(m.span[0] <= mark.span[0] < m.span[1] for m in band.instruments) or _refused(tokens, marks, at):
            continue
        degree = _degree(marks, at)
        effects = tuple(_sized(effect, degree) for effect in sound.effects)
        effects = tuple(_figured(effect, text, mark.span) for effect in effects)
        found.append(
            EffectWords(text[slice(*mark.span)], mark.span, effects, sound.named, degree, _owner(mark, tokens, band))
        )
    return tuple(found)


def _degree(marks: Sequence[Mark], at: int) -> float:
    before = marks[at - 1] if at else None
    if before is not None and before.end == marks[at].start and "degree" in before.meanings:
        return float(before.meanings["degree"])
    return 1.0


def _refused(tokens: Sequence[Token], marks: Sequence[Mark], at: int) -> bool:
    for before in reversed(marks[max(0, at - 2) : at]):
        near = marks[at].start - before.end <= 2 and all(
            token.glued for token in tokens[before.end : marks[at].start + 1]
        )
        if near and "negator" in before.meanings:
            return True
    return False


def _sized(effect: Effect, degree: float) -> Effect:
    if degree == 1.0:
        return effect
    changes: dict[str, Any] = {}
    for name in _AMOUNTS.get(effect.kind, ()):
        value = getattr(effect, name) * degree
        limit = next((bound.le for bound in type(effect).model_fields[name].metadata if hasattr(bound, "le")), value)
        changes[name] = min(value, limit)
    return effect.model_copy(update=changes)


def _figured(effect: Effect, text: str, span: Span) -> Effect:
    """The effect with a figure that stands beside it: 800 Hz, 40 %, an eighth-note delay, 6 bits."""
    near = text[max(0, span[0] - _REACH) : span[1] + _REACH]
    changes: dict[str, Any] = {}
    if effect.kind in ("lowpass", "highpass") and (hertz := _HERTZ.search(near)):
        value = float((hertz[1] or hertz[3]).replace(",", "."))
        changes["cutoff_hz"] = value * (1000 if hertz[2] or hertz[3] else 1)
    elif effect.kind in ("reverb", "delay", "chorus", "phaser") and (percent := _PERCENT.search(near)):
        changes["wet"] = int(percent[1]) / 100
    elif effect.kind == "bitcrush" and (bits := _BITS.search(near)):
        changes["bits"] = float(bits[1])
    if effect.kind == "delay" and (note := _DELAY.search(text[max(0, span[0] - _REACH) : span[1]])):
        changes["beats"] = _NOTES[note[1].lower()]
    if not changes:
        return effect
    try:
        return type(effect).model_validate({**effect.model_dump(), **changes})
    except ValueError:
        return effect  # a figure out of bounds belongs to something else


def _owner(mark: Mark, tokens: Sequence[Token], band: Band) -> int | None:
    """The instrument whose noun phrase holds the words, or that "with reverb" follows."""
    for index, mention in enumerate(band.instruments):
        if mention.phrase[0] <= mark.span[0] < mention.phrase[1]:
            return index
    for index, mention in reversed(list(enumerate(band.instruments))):
        if mention.phrase[1] > mark.span[0]:
            continue
        between = [token for token in tokens if mention.phrase[1] <= token.start < mark.span[0]]
        words = [token.norm for token in between]
        joined = len(between) <= 6 and all(token.glued for token in between)
        if joined and words and (words[0] in _LINKS or set(words) <= _QUANTITIES):
            return index
        break
    for index, mention in enumerate(band.instruments):
        between = [token for token in tokens if mark.span[1] <= token.start < mention.phrase[0]]
        if between and len(between) <= 4 and between[0].norm in _ONTO and all(token.glued for token in between):
            return index
    return None


_ONTO = frozenset(["on", "to", "for", "onto", "over"])
_QUANTITIES = frozenset(
    [
        "some",
        "a",
        "more",
        "bit",
        "of",
        "lots",
        "little",
        "touch",
        "lot",
        "much",
        "tons",
        "plenty",
        "hint",
        "dash",
        "slight",
    ]
)
_LINKS = frozenset(["with", "through", "in", "drenched", "soaked", "under", "into", "via", "has", "having"])


def stem_effects(effects: Sequence[EffectWords], mention: int) -> tuple[Effect, ...]:
    """The chain that was asked for on one mentioned instrument; of one kind the last."""
    chain: dict[str, Effect] = {}
    for words in effects:
        if words.mention == mention:
            chain.update((effect.kind, effect) for effect in words.effects)
    return tuple(chain.values())
