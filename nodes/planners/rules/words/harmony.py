"""Keys and chords in running text: "in G minor", "Bb", "A dorian", "d-moll"; "Dm7 G7 Cmaj7", "ii V I in F"."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from ensemble.band.theory import Key, parse_chord, parse_key, roman
from nodes.planners.rules.words.tokens import Span, Token, span_of

_NOTE = re.compile(r"([A-Ga-g])(#|b|)")
_MODES = {
    "major": "major", "maj": "major", "minor": "minor", "min": "minor", "dorian": "dorian", "phrygian": "phrygian",
    "lydian": "lydian", "mixolydian": "mixolydian", "locrian": "locrian", "aeolian": "minor", "ionian": "major",
}  # fmt: skip
_GERMAN = {"moll": "minor", "dur": "major"}
_GERMAN_NOTES = {
    "h": "B", "b": "Bb", "es": "Eb", "as": "Ab", "fis": "F#", "cis": "C#", "gis": "G#", "dis": "D#", "des": "Db", "ges": "Gb", "ais": "A#",
}  # fmt: skip
_QUALITY = (
    r"(?:maj7|maj9|maj13|maj11|major7|major9|maj|M7|M9|M|mmaj7|mM7|min7b5|m7b5|min11|min9|min7|min6|min|m11|m13|m9|m7|m6|m69|m|-7|-"
    r"|dim7|dim|aug7|aug|sus2|sus4|sus|7sus4|7sus|9sus4|add9|add2|add11|madd9|6/9|69|6|7b9|7#9|7b5|7#5|7#11|7alt|7|9|11|13|5|ø7?|°7?|°|\+)?"
)
_CHORD = re.compile(rf"[A-G][#b]?{_QUALITY}")
_EXTENDED = re.compile(r"[A-Ga-g][#b]?(?=.)(?:m|min|maj|M|dim|aug|sus|add|\d|ø|°|\+).*")
_ROMAN = re.compile(
    r"(b|#)?(VII|III|IV|VI|II|V|I|vii|iii|iv|vi|ii|v|i)(maj7|maj9|m7b5|ø7?|°7?|dim7|dim|sus2|sus4|7|9|11|13|6)?"
)
_BEFORE_KEY = frozenset(["in", "to", "into", "of", "key", "from", "is", "scale", "original"])
_BETWEEN = re.compile(r"[\s,\-–—‑>→|:~.]*(?:to)?\s*")


@dataclass(frozen=True)
class KeyWords:
    """A key as said. `mode_said` is False for a bare tonic ("in F#"): major is assumed."""

    name: str
    span: Span
    mode_said: bool


@dataclass(frozen=True)
class ChordRow:
    """Chord symbols or roman numerals as typed."""

    symbols: tuple[str, ...]
    span: Span


@dataclass(frozen=True)
class ChordWords:
    """Chords as said. `home`: the key in which roman numerals were settled; without one said, C major or A minor."""

    symbols: tuple[str, ...]
    numerals: tuple[str, ...]
    span: Span
    home: str | None = None


def _raw(token: Token) -> str:
    return token.raw.replace("♯", "#").replace("♭", "b").replace("’", "").replace("'", "")


def find_key(tokens: Sequence[Token], taken: set[int]) -> KeyWords | None:
    """The first key in the text, or None. Its tokens are added to `taken`."""
    bare: tuple[KeyWords, range] | None = None
    for at in range(len(tokens)):
        if at in taken:
            continue
        found = _german(tokens, at) or _key_at(tokens, at)
        if found is None:
            continue
        key, count = found
        if key.mode_said:
            taken.update(range(at, at + count))
            return key
        bare = bare or (key, range(at, at + count))
    if bare is None:
        return None
    taken.update(bare[1])
    return bare[0]


def _german(tokens: Sequence[Token], at: int) -> tuple[KeyWords, int] | None:
    norm = tokens[at].norm
    if at + 1 >= len(tokens) or tokens[at + 1].norm not in _GERMAN:
        return None
    tonic = _GERMAN_NOTES.get(norm) or (norm.upper() if re.fullmatch(r"[a-g]", norm) else None)
    if tonic is None:
        return None
    return KeyWords(_canonical(tonic, _GERMAN[tokens[at + 1].norm]), span_of(tokens, at, 2), True), 2


def _key_at(tokens: Sequence[Token], at: int) -> tuple[KeyWords, int] | None:
    raw = _raw(tokens[at])
    joined = re.fullmatch(r"([A-Ga-g])(#|b|)(m|min|maj|minor|major|M|)", raw)
    if joined is None:
        return None
    tonic, sign, mode = joined.groups()
    before = tokens[at - 1].norm if at else ""
    if at and not tokens[at].glued and tokens[at].gap.strip() != ":":
        before = ""
    count, sign_said = 1, bool(sign)
    after = _word(tokens, at + 1)
    article = raw == "a" and before not in _BEFORE_KEY
    if not sign and not mode and after in ("flat", "sharp") and not article:
        sign, sign_said, count = ("b" if after == "flat" else "#"), True, 2
        after = _word(tokens, at + 2)
    mode_word = _MODES.get(after) if not mode else None
    if mode_word and after in ("min", "maj") and count == 1 and tonic.islower():
        mode_word = None
    harmonic = after in ("harmonic", "natural", "melodic") and _word(tokens, at + count + 1) == "minor" and not mode
    if harmonic:
        name = _canonical(tonic + sign, "harmonic minor" if after == "harmonic" else "minor")
        return KeyWords(name, span_of(tokens, at, count + 2), True), count + 2
    if mode_word:
        if before not in _BEFORE_KEY - {"of", "is"} and not _said_key(tokens, at) and _in_a_list(tokens, at):
            return None
        if tonic in "aA" and not sign_said and not _tonic_not_article(tokens, at, count, before):
            return None
        return KeyWords(_canonical(tonic + sign, mode_word), span_of(tokens, at, count + 1), True), count + 1
    if mode and (tonic.isupper() or before in _BEFORE_KEY):
        if mode in ("m", "M") and _chord_beside(tokens, at):
            return None
        return KeyWords(
            _canonical(tonic + sign, "minor" if mode in ("m", "min", "minor") else "major"),
            span_of(tokens, at, 1),
            True,
        ), 1
    if mode:
        return None
    led = before in ("in", "key", "to", "into", "of", "is") and (
        before not in ("of", "is", "to") or _said_key(tokens, at) or before == "to"
    )
    sure = tonic.isupper() or sign_said or (tonic != "a" and _ends(tokens, at + count))
    alone = (
        sign_said
        and not _chord_beside(tokens, at)
        and _ends(tokens, at + count)
        and bool(at)
        and (not tokens[at].glued or (tonic.isupper() and at > 2 and at + count == len(tokens) and len(before) > 3))
    )
    if (
        led
        and sure
        and not _chord_beside(tokens, at, apart=before in ("in", "of"))
        and not (tonic in "Aa" and not sign_said and not _ends(tokens, at + count))
    ) or alone:
        return KeyWords(_canonical(tonic + sign, "major"), span_of(tokens, at, count), False), count
    return None


def _in_a_list(tokens: Sequence[Token], at: int, listed: bool = False) -> bool:
    """Whether "A minor" is a chord: others go on after it, or stand before it if `listed`: "A minor, F, C and G"."""
    after = at + 2
    if not re.fullmatch(r"[A-G][#b]?", _raw(tokens[at])) or _MODES.get(_word(tokens, at + 1)) not in ("major", "minor"):
        return False
    if listed:
        return "," in tokens[at].gap or tokens[at - 1].norm == "and"
    if after + 1 >= len(tokens) or "," not in tokens[after].gap:
        return False
    last = tokens[after + 1]
    return is_chord(_raw(tokens[after])) and (not last.glued or last.norm in ("and", "then") or is_chord(_raw(last)))


def _word(tokens: Sequence[Token], at: int) -> str:
    return tokens[at].norm if at < len(tokens) and tokens[at].glued else ""


def _said_key(tokens: Sequence[Token], at: int) -> bool:
    return any(token.norm == "key" for token in tokens[max(0, at - 3) : at])


def _ends(tokens: Sequence[Token], at: int) -> bool:
    """Whether nothing that the tonic could be an article or an adjective of comes next."""
    return (
        at >= len(tokens)
        or not tokens[at].glued
        or tokens[at].norm in ("and", "with", "at", "instead", "please", "now", "then", "for", "over", "using", "but")
    )


def _tonic_not_article(tokens: Sequence[Token], at: int, count: int, before: str) -> bool:
    """Whether "a minor" is a key: nothing follows that it could describe ("in a minor key", "a minor change")."""
    named = tokens[at].raw == "A" and (
        before in _BEFORE_KEY or (at > 0 and (tokens[at - 1].raw.islower() or tokens[at - 1].raw[0].isdigit()))
    )
    return named or _ends(tokens, at + count + 1)


def _canonical(tonic: str, mode: str) -> str:
    tonic = tonic[0].upper() + tonic[1:]
    return str(parse_key(f"{tonic} {mode}"))


def is_chord(raw: str) -> bool:
    """Whether a word as typed is a chord symbol."""
    if _CHORD.fullmatch(raw) is None:
        return False
    try:
        parse_chord(raw)
    except ValueError:
        return False
    return True


def _chord_beside(tokens: Sequence[Token], at: int, *, apart: bool = False) -> bool:
    """Whether another chord symbol stands next to this token in a row ("Am F C G"); `apart`: not after a sign ("in F: F7 C7")."""
    for other in (at - 1, at + 1):
        if 0 <= other < len(tokens) and _linked(tokens[max(at, other)]) and not (apart and tokens[other].gap.strip()):
            raw = _raw(tokens[other])
            if is_chord(raw) and not (raw == "A" and other < at):
                return True
    return False


def _linked(token: Token) -> bool:
    return _BETWEEN.fullmatch(token.gap) is not None


def find_chords(tokens: Sequence[Token], taken: set[int]) -> ChordRow | None:
    """The longest row of two or more chord symbols or roman numerals (one, after "chord"); its tokens go to `taken`."""
    best: list[tuple[int, int, str]] = []
    for numerals in (False, True):
        at = 0
        while at < len(tokens):
            row = _row(tokens, at, taken, numerals)
            if len(row) == 1 and _word(tokens, row[0][1]) in _MODES:
                row = []  # 'bass and chords, G minor'
            if len(row) > 2 and _is_key_first(tokens, row):
                row = row[1:]
            if len(row) > len(best) and _credible(tokens, row, numerals):
                best = row
            at = max(at + 1, row[-1][1]) if row else at + 1
    if not best:
        return None
    taken.update(index for start, end, _ in best for index in range(start, end))
    span = tokens[best[0][0]].start, tokens[best[-1][1] - 1].end
    return ChordRow(tuple(symbol for _, _, symbol in best), span)


def _is_key_first(tokens: Sequence[Token], row: list[tuple[int, int, str]]) -> bool:
    """Whether the first symbol of a row is the key: "in G, Am F C G", but not "a progression of G, Am, F"."""
    start, after = row[0][0], row[1][0]
    led = start > 0 and (
        tokens[start - 1].norm == "in" or (tokens[start - 1].norm == "of" and _said_key(tokens, start))
    )
    return led and not tokens[after].glued


def settle(row: ChordRow, key: KeyWords | None) -> ChordWords:
    """The row as plain chord symbols, roman numerals in `key`."""
    symbols = row.symbols
    if _ROMAN.fullmatch(symbols[0]) is None:
        return ChordWords(tuple(str(parse_chord(symbol)) for symbol in symbols), (), row.span)
    minor = symbols[0].startswith("i") and not symbols[0].startswith(("ii", "iv"))
    home = parse_key(key.name) if key else parse_key("A minor" if minor else "C major")
    if key is not None and not key.mode_said and minor:
        home = Key(home.tonic, "minor")
    return ChordWords(tuple(str(roman(symbol, home)) for symbol in symbols), symbols, row.span, str(home))


def _row(tokens: Sequence[Token], at: int, taken: set[int], numerals: bool) -> list[tuple[int, int, str]]:
    row: list[tuple[int, int, str]] = []
    while at < len(tokens):
        if row and not _linked(tokens[at]) and not (tokens[at].gap.strip() in ("", "-") and tokens[at].norm == "and"):
            break
        if row and tokens[at].norm in ("to", "then", "and") and at + 1 < len(tokens):
            at += 1
            continue
        symbol, count = _symbol(tokens, at, numerals)
        if symbol and _in_a_list(tokens, at, bool(row)):
            symbol, count = symbol + ("m" if _MODES[tokens[at + 1].norm] == "minor" else ""), 2
        if not symbol or any(index in taken for index in range(at, at + count)):
            break
        row.append((at, at + count, symbol))
        at += count
    return row


def _symbol(tokens: Sequence[Token], at: int, numerals: bool) -> tuple[str, int]:
    raw = _raw(tokens[at])
    if numerals:
        return (raw, 1) if _ROMAN.fullmatch(raw) else ("", 0)
    if raw[:1].islower() and _EXTENDED.fullmatch(raw):
        raw = raw[0].upper() + raw[1:]
    if not is_chord(raw):
        return "", 0
    if at + 2 <= len(tokens) - 1 or at + 1 < len(tokens):
        below = tokens[at + 1] if at + 1 < len(tokens) else None
        if below is not None and below.gap == "/" and re.fullmatch(r"[A-G][#b]?", _raw(below)):
            return f"{raw}/{_raw(below)}", 2
    return raw, 1


def _credible(tokens: Sequence[Token], row: list[tuple[int, int, str]], numerals: bool) -> bool:
    """Whether the row means chords: two or more, or one after "chord"; not the pronoun I or an article."""
    if not row:
        return False
    start = row[0][0]
    lead = {token.norm for token in tokens[max(0, start - 3) : start]} & {
        "chord",
        "chords",
        "progression",
        "over",
        "vamp",
        "changes",
    }
    if len(row) == 1:
        return bool({token.norm for token in tokens[max(0, start - 2) : start]} & {"chord", "chords"}) and row[0][
            2
        ] not in ("I", "A", "i", "v")
    if numerals:
        return len({symbol for _, _, symbol in row}) > 1
    after = row[-1][1]
    if len(row) == 2 and all(len(symbol) == 1 for _, _, symbol in row) and not lead:
        return after < len(tokens) and tokens[after].norm in ("chords", "chord", "progression", "vamp")
    return True
