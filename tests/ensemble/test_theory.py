"""Keys, chords and numerals against what any theory book says."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ensemble.band.theory import (
    QUALITIES,
    SCALES,
    Chord,
    Key,
    chord_scale,
    key_of_chords,
    parse_chord,
    parse_key,
    pitch_class,
    roman,
    transpose_chords,
)

KEYS = st.builds(Key, st.integers(0, 11), st.sampled_from(sorted(SCALES)))
CHORDS = st.builds(Chord, st.integers(0, 11), st.sampled_from(sorted(QUALITIES)))


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("D minor", "D minor"), ("dm", "D minor"), ("f sharp min", "F# minor"), ("Bb", "Bb major"), ("a dorian", "A dorian"),
        ("A# minor", "Bb minor"), ("Gb major", "F# major"), ("C# major", "Db major"), ("E♭ minor", "Eb minor"), ("g#m", "G# minor"),
        ("B flat", "Bb major"), ("C aeolian", "C minor"), ("G ionian", "G major"), ("Db Lydian", "Db lydian"), ("E phrygian", "E phrygian"),
        ("D harmonic minor", "D harmonic minor"), ("CM", "C major"), ("F_minor", "F minor"),
    ],
)  # fmt: skip
def test_keys_are_read_and_spelled_canonically(text: str, canonical: str) -> None:
    assert str(parse_key(text)) == canonical


@pytest.mark.parametrize("text", ["H minor", "", "minor", "D sad", "12", "D minor or so"])
def test_what_is_no_key_says_what_one_looks_like(text: str) -> None:
    with pytest.raises(ValueError, match="D minor"):
        parse_key(text)


@settings(max_examples=60)
@given(KEYS)
def test_a_key_survives_being_written_down(key: Key) -> None:
    assert parse_key(str(key)) == key


@pytest.mark.parametrize(
    ("symbol", "tones"),
    [
        ("C", {0, 4, 7}), ("Am", {9, 0, 4}), ("Dm7", {2, 5, 9, 0}), ("Bbmaj7", {10, 2, 5, 9}), ("F#ø", {6, 9, 0, 4}), ("G7sus4", {7, 0, 2, 5}),
        ("E7#9", {4, 8, 11, 2, 7}), ("Bdim7", {11, 2, 5, 8}), ("Caug", {0, 4, 8}), ("A-7", {9, 0, 4, 7}), ("Db major 7", {1, 5, 8, 0}),
        ("C5", {0, 7}), ("Fadd9", {5, 9, 0, 7}), ("G minor", {7, 10, 2}), ("C6/9", {0, 4, 7, 9, 2}),
    ],
)  # fmt: skip
def test_chords_hold_the_right_tones(symbol: str, tones: set[int]) -> None:
    assert set(parse_chord(symbol).pitches) == tones


def test_a_slash_names_the_bass_but_not_in_six_nine() -> None:
    assert parse_chord("C/E").bass == 4
    assert str(parse_chord("C/E")) == "C/E"
    assert parse_chord("C6/9").bass is None


@pytest.mark.parametrize("text", ["H7", "Cfoo", "", "7", "Dm7x"])
def test_what_is_no_chord_says_what_one_looks_like(text: str) -> None:
    with pytest.raises(ValueError, match="Dm7"):
        parse_chord(text)


@settings(max_examples=80)
@given(CHORDS)
def test_a_chord_survives_being_written_down(chord: Chord) -> None:
    assert parse_chord(str(chord)) == chord


def test_a_root_keeps_the_spelling_it_was_written_with() -> None:
    assert [str(parse_chord(symbol)) for symbol in ("A#m", "Bbm", "D♭", "G#7")] == ["A#m", "Bbm", "Db", "G#7"]


@pytest.mark.parametrize(
    ("key", "numerals", "symbols"),
    [
        ("G minor", "i iv bVII III V7 iiø7", "Gm Cm F Bb D7 Am7b5"),
        ("C major", "I vi ii7 V7 V7/ii bVII", "C Am Dm7 G7 A7 Bb"),
        ("A minor", "VI bVI VII #viidim7", "F F G G#dim7"),
        ("D dorian", "i7 IV7 v7", "Dm7 G7 Am7"),
        ("F lydian", "I II viidim", "F G Edim"),
        ("D minor", "V7/iv #viidim", "D7 C#dim"),
    ],
)
def test_numerals_in_a_key(key: str, numerals: str, symbols: str) -> None:
    assert " ".join(str(roman(numeral, parse_key(key))) for numeral in numerals.split()) == symbols


@pytest.mark.parametrize("numeral", ["VIII", "x", "Iv", "Vfoo", ""])
def test_what_is_no_numeral_is_refused(numeral: str) -> None:
    with pytest.raises(ValueError, match="numeral"):
        roman(numeral, parse_key("C major"))


def test_transposed_chords_are_spelled_in_the_new_key() -> None:
    assert transpose_chords(["Dm7", "G7", "Cmaj7"], 3, parse_key("C major")) == ("Fm7", "Bb7", "Ebmaj7")
    assert transpose_chords(["C/E", "F"], 2, parse_key("C major")) == ("D/F#", "G")


@settings(max_examples=60)
@given(CHORDS, KEYS, st.integers(-24, 24))
def test_transposing_moves_every_tone_by_the_same_interval(chord: Chord, key: Key, semitones: int) -> None:
    (moved,) = transpose_chords([str(chord)], semitones, key)
    assert set(parse_chord(moved).pitches) == {(tone + semitones) % 12 for tone in chord.pitches}
    (back,) = transpose_chords([moved], -semitones, key.transposed(semitones))
    assert parse_chord(back) == chord


@pytest.mark.parametrize(
    ("symbols", "key"),
    [
        ("Am F C G", "A minor"), ("C G Am F", "C major"), ("Dm7 G7 Cmaj7", "C major"), ("Em Am B7 Em", "E minor"), ("Bb Gm Eb F", "Bb major"),
    ],
)  # fmt: skip
def test_the_key_of_familiar_progressions(symbols: str, key: str) -> None:
    assert str(key_of_chords([parse_chord(symbol) for symbol in symbols.split()])) == key


@settings(max_examples=60)
@given(CHORDS, KEYS)
def test_a_chord_scale_holds_the_chord_and_no_tone_that_the_chord_displaces(chord: Chord, key: Key) -> None:
    scale = set(chord_scale(chord, key))
    assert set(chord.pitches) <= scale <= set(chord.pitches) | set(key.scale)


def test_the_leading_tone_displaces_the_seventh_over_a_minor_dominant() -> None:
    scale = chord_scale(parse_chord("E7"), parse_key("A minor"))
    assert 8 in scale
    assert 7 not in scale


@pytest.mark.parametrize(
    ("name", "value"), [("C", 0), ("F sharp", 6), ("B flat", 10), ("E♭", 3), ("Cb", 11), ("B#", 0)]
)
def test_note_names(name: str, value: int) -> None:
    assert pitch_class(name) == value
