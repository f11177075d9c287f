"""The scorer "claims": a text becomes claims of a closed vocabulary, each is checked by listening, and the score is the
share of the measurable ones that hold.

    claims("a slow loop in A minor with piano, no drums") -> bpm 30..95, key A minor, has piano, lacks drums

It is a lexicon and measurements, not a model that learned what texts sound like, and it is not CLAP: of mood, genre and
style it says nothing. A text without one measurable claim has no score. Words of instruments are those of the band
(ensemble/band/instruments.yaml); all others stand in claims.yaml.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from ensemble.protocols import Mixer
from state.artifacts import ArtifactStore
from state.gat import TEMPO_RANGE, GlobalAttributeTable
from state.verdict import Check, CheckStatus, Expectation


@dataclass(frozen=True)
class TempoRange:
    """What a tempo word covers, in quarter notes a minute."""

    low: float
    high: float


class Claims:
    """Scores a take by the claims of a text. Higher is better, 0..1."""

    name = "claims"

    def score(self, table: GlobalAttributeTable, store: ArtifactStore, band: Mixer, text: str) -> float | None:
        """The share of the measurable claims of `text` that hold; None when it makes none."""
        found = self.check(table, store, band, text)
        told = [check.status for check in found if check.status != "unmeasurable"]
        return round(told.count("passed") / len(told), 4) if told else None

    def check(self, table: GlobalAttributeTable, store: ArtifactStore, band: Mixer, text: str) -> list[Check]:
        """One check for each claim of `text`, in the order of `claims`."""
        from ensemble.listen.scene import Scene

        said = claims(text)
        scene = Scene(table, None, store, band)
        return [_checked(claim, scene) for claim in said]


def claims(text: str) -> tuple[Expectation, ...]:
    """What `text` claims of a take, each claim once: tempo, key, bars, metre, then instruments in the order named. Names
    are those of the listener's checks; a tempo word is a `bpm` claim with a TempoRange. What contradicts itself (an
    instrument both named and denied) is claimed neither way."""
    found = [*_frame(text), *_instruments(text)]
    denied = {str(claim.value) for claim in found if claim.name == "lacks"}
    named = {str(claim.value) for claim in found if claim.name == "has"}
    kept = [claim for claim in found if str(claim.value) not in denied & named]
    return tuple(claim for at, claim in enumerate(kept) if claim not in kept[:at])


def _checked(claim: Expectation, scene: Any) -> Check:
    from ensemble.listen.verify import VERIFIERS

    if isinstance(claim.value, TempoRange):
        status, measured = _in_range(claim.value, scene)
        return Check(name=claim.name, expected=[claim.value.low, claim.value.high], measured=measured, status=status)
    status, measured = VERIFIERS[claim.name](claim, scene)
    return Check(name=claim.name, expected=claim.value, measured=measured, status=status)


def _in_range(wanted: TempoRange, scene: Any) -> tuple[CheckStatus, float | None]:
    """Whether the tempo heard lies in a range. A pulse does not tell its level (72 or 144), so the table's tempo is taken
    where listening agrees with it; without one a tempo counts only if its double and half would say the same."""
    from ensemble.listen.tempo import judge_tempo

    pulse, table = scene.heard().pulse, scene.after
    if pulse.bpm is None:
        return "unmeasurable", None
    if table.bpm is not None and judge_tempo(pulse, table.bpm, table.time_signature)[0] == "passed":
        return ("passed" if wanted.low <= table.bpm <= wanted.high else "failed"), table.bpm
    levels = [pulse.bpm * factor for factor in (0.5, 1.0, 2.0) if 50 <= pulse.bpm * factor <= 200]
    inside = [wanted.low <= level <= wanted.high for level in levels]
    if all(inside) or not any(inside):
        return ("passed" if all(inside) else "failed"), round(pulse.bpm, 2)
    return "unmeasurable", round(pulse.bpm, 2)


_COUNTS = {"one": 1, "two": 2, "three": 3, "four": 4, "six": 6, "eight": 8, "twelve": 12, "sixteen": 16}
_BPM = re.compile(r"(?<![\d.])(\d{2,3}(?:\.\d+)?)\s*-?\s*bpm\b|\bbpm\s*[:=]?\s*(\d{2,3}(?:\.\d+)?)", re.IGNORECASE)
_BARS = re.compile(
    rf"(?<![\d.,-])\b(\d{{1,2}}|{'|'.join(_COUNTS)})[\s-]+bars?\b|\bbars\s*[:=]\s*(\d{{1,2}})\b", re.IGNORECASE
)
_METRE = re.compile(r"(?<![\d/])(\d{1,2}/(?:2|4|8|16))(?![\d/])")
_MODES = "major|minor|maj|min|dorian|phrygian|lydian|mixolydian|aeolian|locrian|m"
# "a minor" may be an article: a small letter is a tonic only where something announces a key.
_KEY = re.compile(
    rf"(?:(?i:\bin\s+|\bkey\s*(?:of|:|=)\s*)([A-Ga-g])|\b([A-G]))(\s*-?\s*(?:sharp|flat)\b|[#♯b♭])?\s*-?\s*({_MODES})(?![\w#])"
)


def _frame(text: str) -> Iterator[Expectation]:
    """Claims about tempo, key, length and metre."""
    from ensemble.band.theory import parse_key

    tempi = [float(one or other) for one, other in _BPM.findall(text)]
    yield from (Expectation(name="bpm", value=bpm) for bpm in tempi if TEMPO_RANGE[0] <= bpm <= TEMPO_RANGE[1])
    words = _words(text)
    if not tempi:
        yield from (Expectation(name="bpm", value=value) for value in _tempo_words(words))
    for match in _KEY.finditer(text):
        tonic, mode = match[1] or match[2], match[4]
        if not _is_article(tonic, text[match.end() :]):
            yield Expectation(name="key", value=str(parse_key(f"{tonic}{match[3] or ''} {mode}")))
    for digits, told in _BARS.findall(text):
        count = digits or told
        yield Expectation(name="bars", value=_COUNTS.get(count.lower()) or int(count))
    yield from (Expectation(name="time_signature", value=metre) for metre in _METRE.findall(text))
    for metre, phrases in _lexicon()["metres"].items():
        if any(f" {phrase} " in f" {' '.join(words)} " for phrase in phrases):
            yield Expectation(name="time_signature", value=metre)


def _is_article(tonic: str, after: str) -> bool:
    """Whether the "a" of "in a minor key" is no tonic."""
    return (
        tonic == "a" and re.match(r"\s+(key|mode|scale|way|mood|tone|chord|third|sixth|seventh)\b", after) is not None
    )


def _tempo_words(words: list[str]) -> Iterator[TempoRange]:
    """The longest tempo word at each place; one that is denied ("not too slow") claims nothing."""
    table = {tuple(word.split()): row for row in _lexicon()["tempos"].values() for word in row["words"]}
    at = 0
    while at < len(words):
        length = next((n for n in (3, 2, 1) if tuple(words[at : at + n]) in table), 0)
        if length and not {"not", "no", "too", "less", "never"} & set(words[max(0, at - 2) : at]):
            row = table[tuple(words[at : at + length])]
            yield TempoRange(float(row["from"]), float(row["to"]))
        at += length or 1


def _instruments(text: str) -> Iterator[Expectation]:
    """Claims about who plays, and who does not."""
    words = _words(text)
    at, state, before = 0, "has", ""
    while at < len(words):
        word, meaning = next(
            ((phrase, said) for n in range(5, 0, -1) if (said := _meaning(phrase := " ".join(words[at : at + n])))),
            (words[at], "other"),
        )
        at += len(word.split(" "))
        after = words[at] if at < len(words) else ""
        if meaning in ("instrument", "sung"):
            either = state == "has" and "or" in (before, after)
            if state != "open" and not either:
                yield Expectation(name="lacks" if after == "free" else state, value=word)
            state = _after(state, words[at:])
        elif meaning == "negator":
            state = "lacks"
        elif meaning == "unsung":
            yield Expectation(name="lacks", value="vocals")
        elif meaning not in ("filler", "joiner"):
            state = "has"
        before = before if meaning == "filler" else word


def _after(state: str, words: list[str]) -> str:
    """How the next instrument is claimed once one was named in `state`: "has", "lacks" or "open" (neither way)."""
    if state == "has" or not words or _meaning(words[0]) != "joiner":
        return "has"
    return "lacks" if state == "lacks" and _closed_by_or(words) else "open"


def _closed_by_or(words: list[str]) -> bool:
    """Whether what follows leads on to an "or": in "no drums, bass or guitar" all three are denied."""
    for word in words:
        if word in _lexicon()["joiners"]:
            return True
        if word != "," and _meaning(word) not in ("instrument", "sung", "filler"):
            return False
    return False


def _meaning(phrase: str) -> str:
    """instrument, sung, unsung, negator, filler, joiner or elsewhere; empty for what is none of them."""
    from ensemble.band.instruments import group, normalised

    known = _phrases().get(phrase)
    if known is None and phrase == normalised(phrase) and group(phrase):
        return "instrument"
    return known or ""


def _words(text: str) -> list[str]:
    """Words in normal form and commas; every other mark that ends a clause is a word of its own that means nothing."""
    from ensemble.band.instruments import normalised

    tokens = re.findall(r"[^\W_]+(?:['’.#/-][^\W_]+)*#?|[,.;:!?()\n]", text)
    return [
        word
        for token in tokens
        for word in ([token] if not token[0].isalnum() else (normalised(token) or token.lower()).split())
    ]


@lru_cache(maxsize=1)
def _phrases() -> dict[str, str]:
    """Phrase in normal form -> what it means (see `_meaning`)."""
    from ensemble.band.instruments import vocabulary

    lexicon = _lexicon()
    phrases = dict.fromkeys(vocabulary(), "instrument")
    phrases.update((form, "") for word in lexicon["ambiguous"] for form in (word, f"{word}s", f"{word}es"))
    for meaning in ("sung", "unsung", "elsewhere"):
        phrases.update(dict.fromkeys(lexicon[meaning], meaning))
    phrases.update(dict.fromkeys(lexicon["negators"], "negator"))
    phrases.update(dict.fromkeys(lexicon["fillers"], "filler"))
    phrases.update(dict.fromkeys((*lexicon["joiners"], *lexicon["open_joiners"]), "joiner"))
    return phrases


@lru_cache(maxsize=1)
def _lexicon() -> dict[str, Any]:
    import yaml

    loader = getattr(yaml, "CBaseLoader", yaml.BaseLoader)  # every scalar a string: "no" is a word here
    text = Path(__file__).with_name("claims.yaml").read_text("utf-8")
    loaded: dict[str, Any] = yaml.load(text, Loader=loader)  # noqa: S506 - it makes strings only
    return loaded
