"""Keys, chords and numerals. Pitch classes are 0..11 from C; pitches are MIDI numbers with middle C = 60."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

SCALES: dict[str, tuple[int, ...]] = {
    "major": (0, 2, 4, 5, 7, 9, 11),
    "minor": (0, 2, 3, 5, 7, 8, 10),
    "dorian": (0, 2, 3, 5, 7, 9, 10),
    "phrygian": (0, 1, 3, 5, 7, 8, 10),
    "lydian": (0, 2, 4, 6, 7, 9, 11),
    "mixolydian": (0, 2, 4, 5, 7, 9, 10),
    "locrian": (0, 1, 3, 5, 6, 8, 10),
    "harmonic minor": (0, 2, 3, 5, 7, 8, 11),
}
"""Semitones above the tonic, by mode."""

QUALITIES: dict[str, tuple[int, ...]] = {
    "": (0, 4, 7), "m": (0, 3, 7), "dim": (0, 3, 6), "aug": (0, 4, 8), "5": (0, 7), "sus2": (0, 2, 7), "sus4": (0, 5, 7),
    "6": (0, 4, 7, 9), "m6": (0, 3, 7, 9), "6/9": (0, 4, 7, 9, 14), "m6/9": (0, 3, 7, 9, 14),
    "7": (0, 4, 7, 10), "maj7": (0, 4, 7, 11), "m7": (0, 3, 7, 10), "mmaj7": (0, 3, 7, 11), "dim7": (0, 3, 6, 9),
    "m7b5": (0, 3, 6, 10), "7sus4": (0, 5, 7, 10), "9sus4": (0, 5, 7, 10, 14), "7b5": (0, 4, 6, 10), "7#5": (0, 4, 8, 10),
    "7b9": (0, 4, 7, 10, 13), "7#9": (0, 4, 7, 10, 15), "7#11": (0, 4, 7, 10, 18), "7b13": (0, 4, 7, 10, 20),
    "7alt": (0, 4, 8, 10, 13), "maj7#11": (0, 4, 7, 11, 18), "maj7#5": (0, 4, 8, 11), "add9": (0, 4, 7, 14),
    "madd9": (0, 3, 7, 14), "add11": (0, 4, 7, 17), "9": (0, 4, 7, 10, 14), "maj9": (0, 4, 7, 11, 14), "m9": (0, 3, 7, 10, 14),
    "m9b5": (0, 3, 6, 10, 14), "9#11": (0, 4, 7, 10, 14, 18), "11": (0, 7, 10, 14, 17), "m11": (0, 3, 7, 10, 14, 17),
    "13": (0, 4, 7, 10, 14, 21), "maj13": (0, 4, 7, 11, 14, 21), "m13": (0, 3, 7, 10, 14, 21), "13sus4": (0, 5, 7, 10, 14, 21),
}  # fmt: skip
"""Semitones above the root, by canonical chord quality."""

_SHARP = ("C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B")
_FLAT = ("C", "Db", "D", "Eb", "E", "F", "Gb", "G", "Ab", "A", "Bb", "B")
_MAJOR_TONICS = ("C", "Db", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B")
_MINOR_TONICS = ("C", "C#", "D", "Eb", "E", "F", "F#", "G", "G#", "A", "Bb", "B")
_LETTERS = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
_MODE_WORDS = {
    "": "major", "maj": "major", "major": "major", "ionian": "major", "M": "major", "m": "minor", "min": "minor", "-": "minor",
    "minor": "minor", "aeolian": "minor", "natural minor": "minor", "dor": "dorian", "dorian": "dorian", "phrygian": "phrygian",
    "phryg": "phrygian", "lydian": "lydian", "mixolydian": "mixolydian", "mixo": "mixolydian", "locrian": "locrian",
    "harmonic minor": "harmonic minor", "melodic minor": "minor",
}  # fmt: skip
_PARENT = {"major": 0, "minor": 3, "dorian": 10, "phrygian": 8, "lydian": 7, "mixolydian": 5, "locrian": 1}
"""Semitones from the tonic up to the tonic of the major scale with the same notes."""
_FLAT_MAJORS = {5, 10, 3, 8, 1}


def pitch_class(name: str) -> int:
    """0..11 for 'C', 'F#', 'Bb', 'E♭', 'F sharp', 'b flat'. Raises ValueError."""
    match = re.fullmatch(r"([A-Ga-g])\s*-?(sharp|flat|[#♯b♭x]{0,2})", name.strip(), re.IGNORECASE)
    if match is None:
        raise ValueError(f"{name!r} is not a note; write one like 'C', 'F#' or 'Bb'")
    sign = {"sharp": "#", "flat": "b"}.get(match[2].lower(), match[2].lower())
    shift = sign.count("#") + sign.count("♯") + 2 * sign.count("x") - sign.count("b") - sign.count("♭")
    return (_LETTERS[match[1].upper()] + shift) % 12


@dataclass(frozen=True)
class Key:
    """A tonic (0..11) and a mode of `SCALES`. `str` gives the canonical spelling: 'D minor', 'F# major', 'A dorian'."""

    tonic: int
    mode: str

    @property
    def scale(self) -> tuple[int, ...]:
        """Pitch classes from the tonic up."""
        return tuple((self.tonic + step) % 12 for step in SCALES[self.mode])

    @property
    def minor(self) -> bool:
        """True when the third above the tonic is minor."""
        return 3 in SCALES[self.mode]

    @property
    def flats(self) -> bool:
        """True when its notes are spelled with flats."""
        if self.mode in {"minor", "harmonic minor"}:
            return (self.tonic + 3) % 12 in _FLAT_MAJORS | {6}
        return (self.tonic + _PARENT[self.mode]) % 12 in _FLAT_MAJORS

    def transposed(self, semitones: int) -> Key:
        return Key((self.tonic + semitones) % 12, self.mode)

    def spell(self, pitch: int) -> str:
        """The name of a pitch class (or pitch) as this key writes it."""
        if pitch % 12 == self.tonic:
            return str(self).split()[0]
        degree = (pitch - self.tonic) % 12
        leading = self.minor and degree == 11  # C# in D minor, although the key has a flat
        lowered = degree not in SCALES[self.mode] and degree in ((1,) if self.minor else (1, 3, 8, 10))  # Bb in C major
        return (_FLAT if lowered or (self.flats and not leading) else _SHARP)[pitch % 12]

    def __str__(self) -> str:
        if self.mode == "major":
            return f"{_MAJOR_TONICS[self.tonic]} major"
        if self.mode in {"minor", "harmonic minor"}:
            return f"{_MINOR_TONICS[self.tonic]} {self.mode}"
        return f"{(_FLAT if self.flats else _SHARP)[self.tonic]} {self.mode}"


@lru_cache(512)
def parse_key(text: str) -> Key:
    """'D minor', 'Dm', 'f sharp min', 'Bb', 'A dorian' as a Key. Raises ValueError saying what would be right."""
    words = " ".join(text.replace("_", " ").split())
    match = re.fullmatch(r"([A-Ga-g](?:\s*-?\s*(?:sharp|flat)\b|[#♯b♭]{0,2}))\s*-?\s*(.*)", words, re.IGNORECASE)
    mode = None
    if match is not None:
        word = (
            match[2] if match[2] in {"m", "M", "-"} else match[2].lower().removesuffix(" mode").removesuffix(" scale")
        )
        mode = _MODE_WORDS.get(word)
    if match is None or mode is None:
        raise ValueError(f"{text!r} is not a key; write a tonic and a mode such as 'D minor', 'F# major' or 'A dorian'")
    return Key(pitch_class(match[1]), mode)


@dataclass(frozen=True)
class Chord:
    """`root` 0..11, `quality` of `QUALITIES`, `bass` a pitch class or None. `str` is a plain symbol: 'Dm7', 'C/E'."""

    root: int
    quality: str
    bass: int | None = None
    spelling: str = field(default="", compare=False, repr=False)
    """The root as it was written, kept so that 'A#m' stays 'A#m'; empty: the usual name."""

    @property
    def pitches(self) -> tuple[int, ...]:
        """Pitch classes, root first, then third (or suspension), fifth, seventh and tensions."""
        return tuple((self.root + step) % 12 for step in QUALITIES[self.quality])

    @property
    def minor(self) -> bool:
        return 3 in QUALITIES[self.quality]

    def transposed(self, semitones: int, key: Key | None = None) -> Chord:
        """Moved by `semitones`, spelled as `key` (the key of the result) writes it, or in the usual way."""
        root = (self.root + semitones) % 12
        bass = None if self.bass is None else (self.bass + semitones) % 12
        return Chord(root, self.quality, bass, key.spell(root) if key else "")

    def spelled(self, key: Key) -> Chord:
        """The same chord with its root named as `key` writes it."""
        return Chord(self.root, self.quality, self.bass, key.spell(self.root))

    def __str__(self) -> str:
        usual = _MINOR_TONICS if self.minor else _MAJOR_TONICS
        name = self.spelling or usual[self.root]
        bass = ""
        if self.bass is not None:
            flat = "b" in name or (name == "F" and not self.minor)
            bass = "/" + (_FLAT if flat else _SHARP)[self.bass]
        return f"{name}{self.quality}{bass}"


_QUALITY_WORDS = (
    ("half-diminished", "m7b5"), ("half diminished", "m7b5"), ("ø7", "m7b5"), ("ø", "m7b5"), ("diminished", "dim"), ("augmented", "aug"),
    ("dominant", ""), ("dom", ""), ("suspended", "sus"), ("major", "maj"), ("minor", "m"), ("min", "m"), ("ma7", "maj7"), ("Δ7", "maj7"),
    ("Δ", "maj7"), ("°", "dim"), ("♭", "b"), ("♯", "#"), ("-", "m"), ("(", ""), (")", ""), (" ", ""),
)  # fmt: skip
_QUALITY_SAME = {
    "maj": "", "M": "", "M7": "maj7", "M9": "maj9", "M13": "maj13", "mi": "m", "mi7": "m7", "mi9": "m9", "o": "dim", "o7": "dim7",
    "+": "aug", "+7": "7#5", "7+": "7#5", "aug7": "7#5", "sus": "sus4", "7sus": "7sus4", "9sus": "9sus4", "13sus": "13sus4", "2": "add9",
    "add2": "add9", "4": "add11", "add4": "add11", "69": "6/9", "m69": "m6/9", "mM7": "mmaj7", "mM9": "mmaj7", "maj6": "6", "m7-5": "m7b5",
    "m7#5": "m7", "7b5b9": "7alt", "7#5#9": "7alt", "alt": "7alt", "7#9#5": "7alt", "maj11": "maj9", "maj9#11": "maj7#11", "m7b9": "m7",
    "mb6": "m", "m7b5b9": "m7b5", "no3": "5", "power": "5", "13b9": "7b9", "7-9": "7b9", "sus47": "7sus4", "sus4add7": "7sus4",
    "madd2": "madd9", "7sus2": "sus2", "maj7b5": "maj7#11", "sus24": "sus4", "maj7sus2": "sus2", "7b9b13": "7alt", "dim9": "dim7",
    "dimmaj7": "dim7", "7b9#5": "7alt", "add13": "6", "madd11": "m11", "m7add11": "m11", "maj7add9": "maj9", "7add13": "13", "mmaj9": "mmaj7",
}  # fmt: skip


@lru_cache(1024)
def parse_chord(text: str) -> Chord:
    """'Dm7', 'Bbmaj7', 'F#ø', 'C/E', 'G minor' as a Chord. Raises ValueError saying what would be right."""
    match = re.fullmatch(r"\s*([A-G][#♯b♭]?)\s*(.*?)(?:\s*/\s*([A-G][#♯b♭]?))?\s*", text) or re.fullmatch(
        r"\s*([a-g][#♯b♭]?)\s*(.*?)(?:\s*/\s*([A-Ga-g][#♯b♭]?))?\s*", text
    )
    quality = None
    if match is not None:
        quality = match[2]
        for word, short in _QUALITY_WORDS:
            quality = quality.replace(word, short)
        quality = _QUALITY_SAME.get(quality, quality)
        quality = quality if quality in QUALITIES else _QUALITY_SAME.get(quality.lower(), quality.lower())
    if match is None or quality not in QUALITIES:
        raise ValueError(f"{text.strip()!r} is not a chord; write a symbol such as 'C', 'Dm7', 'Bbmaj7' or 'G7/B'")
    root = match[1].replace("♯", "#").replace("♭", "b").capitalize()
    bass = None if match[3] is None else pitch_class(match[3])
    return Chord(pitch_class(root), quality, None if bass == pitch_class(root) else bass, root)


_NUMERALS = ("vii", "iii", "vi", "iv", "ii", "v", "i")
_DEGREES = {"i": 0, "ii": 1, "iii": 2, "iv": 3, "v": 4, "vi": 5, "vii": 6}


def roman(numeral: str, key: Key) -> Chord:
    """The chord of a numeral in `key`: 'i', 'bVII', 'V7', 'ii7', 'viiø7', 'IVmaj7', 'V7/ii'. Raises ValueError.

    Case gives the third. Degrees are those of the key's mode; 'b' in front of a degree that the mode has already
    lowered changes nothing, so 'bVII' and 'VII' are the same chord in minor.
    """
    text = numeral.strip().replace("♭", "b").replace("♯", "#").replace("°", "dim")
    target = re.fullmatch(r"(.+)/([b#]?(?:[ivIV]+))", text)
    if target is not None:
        over = roman(target[2], key)
        return roman(target[1], Key(over.root, "minor" if over.minor else "major")).spelled(key)
    match = re.fullmatch(rf"([b#]?)({'|'.join(_NUMERALS)})(.*)", text, re.IGNORECASE)
    if match is None or match[2] not in (match[2].lower(), match[2].upper()):
        raise ValueError(f"{numeral!r} is not a chord numeral; write one like 'i', 'bVII', 'V7' or 'IVmaj7'")
    degree = _DEGREES[match[2].lower()]
    major, own = SCALES["major"][degree], SCALES[key.mode][degree]
    step = {"b": min(own, major - 1), "#": own + 1, "": own}[match[1]]
    minor, rest = match[2].islower(), match[3].replace("ø7", "m7b5").replace("ø", "m7b5").replace("+", "aug")
    quality = rest
    if minor and not rest.startswith(("dim", "m7b5", "m9b5")):
        quality = "mmaj7" if rest == "maj7" else f"m{rest}"
    quality = _QUALITY_SAME.get(quality, quality)
    if quality not in QUALITIES:
        raise ValueError(
            f"{numeral!r} is not a chord numeral that I know; write one like 'i', 'bVII', 'V7' or 'IVmaj7'"
        )
    root = (key.tonic + step) % 12
    return Chord(root, quality, None, key.spell(root))


def transpose_chords(chords: Iterable[str], semitones: int, key: Key) -> tuple[str, ...]:
    """Symbols moved by `semitones`; `key` is the key before the move, and the result is spelled in the key after it."""
    after = key.transposed(semitones)
    return tuple(str(parse_chord(symbol).transposed(semitones, after)) for symbol in chords)


def chord_scale(chord: Chord, key: Key) -> tuple[int, ...]:
    """Pitch classes that sound right over `chord` in `key`: its tones, and the key's tones that none of them displaces."""
    tones = set(chord.pitches) | ({chord.bass} if chord.bass is not None else set())
    foreign = tones - set(key.scale)
    kept = {p for p in key.scale if p in tones or not any((p - f) % 12 in (1, 11) for f in foreign)}
    return tuple(sorted(tones | kept))


def key_of_chords(chords: Sequence[Chord], prefer_minor: bool = False) -> Key:
    """The major or minor key in which `chords` are most at home; the first and last chord speak for the tonic."""
    best: tuple[float, Key] | None = None
    for minor in (prefer_minor, not prefer_minor):
        for tonic in range(12):
            key = Key(tonic, "minor" if minor else "major")
            notes = set(key.scale) | ({(tonic + 11) % 12} if minor else set())
            score = sum(
                sum(1.0 if p in notes else -1.5 for p in chord.pitches) / len(chord.pitches) for chord in chords
            )
            for weight, chord in ((1.2, chords[0]), (0.7, chords[-1])):
                score += weight * (chord.root == tonic and (chord.minor == minor or chord.quality in {"5", "7"}))
            score += sum(
                0.5
                for chord in chords
                if chord.root == (tonic + 7) % 12 and 10 in QUALITIES[chord.quality] and not chord.minor
            )
            if best is None or score > best[0] + 1e-9:
                best = (score, key)
    assert best is not None, "key_of_chords needs at least one chord"
    return best[1]
