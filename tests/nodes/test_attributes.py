"""What a sentence says: every attribute that a musician may name, and what looks like one and is none."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nodes.planners.rules.words.attributes import Reading, read

WORDS = [
    "no ",
    "without ",
    "a ",
    "two ",
    "soft ",
    "busy ",
    "piano",
    "drum",
    "s",
    "bass",
    "and ",
    " & ",
    ", ",
    ". ",
    "-",
    "(",
    ") ",
    "lead ",
    "melody ",
    "playing ",
    "on the ",
    "with ",
    "reverb",
    "lots of ",
    "A ",
    "B♭",
    "minor",
    "7",
    "maj7 ",
    "ii V I ",
    "86",
    "bpm ",
    "bars ",
    "3/4 ",
    "at ",
    "jazz ",
    "metal ",
    "trap beat",
    "808",
    "'n'",
    '" ',
    "not ",
    "or ",
    "solo ",
    "vocals ",
    "seconds ",
    "half a minute",
    "like ",
    "kit ",
    "crash ",
    "upright ",
    "panned left ",
    "low",
    "-pass ",
    "in ",
    "C#m ",
    "moll ",
    "ukulele ",
    "gong ",
    "  ",
    "\n",
]
"""Pieces that rows of words are made of."""


def stems(text: str) -> list[str]:
    return [mention.choice.stem for mention in read(text).instruments]


def test_the_request_of_the_issue_is_read_whole() -> None:
    reading = read("a dusty hip hop loop, 86 bpm, G minor, keys, bass and drums")
    assert (reading.genre, reading.bpm, reading.key) == ("hip hop", 86.0, "G minor")
    assert stems(reading.text) == ["keys", "bass", "drums"]
    assert [effect.words for effect in reading.effects] == ["dusty"]
    assert reading.inferred == frozenset()
    assert reading.leftover == ()


def test_every_item_carries_the_characters_that_said_it() -> None:
    text = "a sad Jazz loop at 92 bpm in B♭ minor, 8 bars, 3/4, two soft clarinets, no drums, lots of reverb"
    reading = read(text)
    said = {name: text[a:b] for name, (a, b) in reading.spans.items()}
    assert said["genre"] == "Jazz"
    assert said["mood"] == "sad"
    assert said["bpm"].endswith("92 bpm")
    assert said["key"] == "B♭ minor"
    assert said["bars"] == "8 bars"
    assert said["time_signature"] == "3/4"
    first = reading.instruments[0]
    assert text[slice(*first.span)] == "clarinets"
    assert text[slice(*first.phrase)].startswith("soft clarinets")
    assert text[slice(*reading.without[0].span)] == "drums"
    assert text[slice(*reading.effects[0].span)] == "reverb"


@pytest.mark.parametrize(
    ("text", "bpm"),
    [
        ("86 bpm", 86),
        ("92.5bpm", 92.5),
        ("at 120", 120),
        ("tempo 140", 140),
        ("tempo: 92", 92),
        ("@ 100 bpm", 100),
        ("90-ish boom bap", 90),
        ("eighty-six bpm", 86),
        ("one twenty bpm", 120),
        ("110 beats per minute", 110),
        ("lofi, 82, D minor", 82),
        ("trap 140 with bells", 140),
        ("a 124 house loop", 124),
        ("900 bpm", 900),
    ],
)
def test_tempo_in_figures_and_words(text: str, bpm: float) -> None:
    reading = read(text)
    assert reading.bpm == bpm
    assert "bpm" not in reading.inferred


@pytest.mark.parametrize(
    "text", ["808 drums", "an 80s synth", "4 bars", "10 seconds", "cut at 200 Hz", "two guitars", "3/4"]
)
def test_other_numbers_are_no_tempo(text: str) -> None:
    assert read(text).bpm is None


def test_a_tempo_word_is_inferred_within_the_genre() -> None:
    slow, fast = read("slow techno"), read("fast techno")
    assert slow.bpm is not None
    assert fast.bpm is not None
    assert 115 <= slow.bpm < fast.bpm
    assert "bpm" in slow.inferred
    assert read("an allegro for strings").tempo == "fast"
    assert read("a little slower").bpm is None


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("G minor", "G minor"),
        ("in Gm, 86 bpm", "G minor"),
        ("B flat major", "Bb major"),
        ("in B♭m", "Bb minor"),
        ("F♯ minor", "F# minor"),
        ("up to C#m", "C# minor"),
        ("d moll", "D minor"),
        ("H-Moll", "B minor"),
        ("in G-Dur", "G major"),
        ("an A dorian vamp", "A dorian"),
        ("e minor punk", "E minor"),
        ("loop in a minor with drums", "A minor"),
        ("E-flat major", "Eb major"),
        ("key of c sharp minor", "C# minor"),
        ("D mixolydian", "D mixolydian"),
    ],
)
def test_keys_in_every_spelling(text: str, key: str) -> None:
    reading = read(text)
    assert reading.key == key
    assert "mode" not in reading.inferred


@pytest.mark.parametrize(
    ("text", "key"), [("in F#", "F# major"), ("reggae in A, organ", "A major"), ("Key: Eb", "Eb major")]
)
def test_a_bare_tonic_leaves_the_mode_open(text: str, key: str) -> None:
    reading = read(text)
    assert reading.key == key
    assert "mode" in reading.inferred


@pytest.mark.parametrize(
    "text",
    [
        "in a minor key",
        "a major hit with drums",
        "give me a minor change",
        "a sharp sound",
        "in a bright mood",
        "I want a loop",
        "the key of life",
        "a loop I can use",
        "be flat",
        "drop D tuning",
    ],
)
def test_articles_and_pronouns_are_no_keys(text: str) -> None:
    reading = read(text)
    assert reading.key is None
    assert reading.chords == ()


@pytest.mark.parametrize(
    ("text", "chords"),
    [
        ("Dm7 G7 Cmaj7", ("Dm7", "G7", "Cmaj7")),
        ("Dm7-G7-Cmaj7 jazz", ("Dm7", "G7", "Cmaj7")),
        ("over Am F C G", ("Am", "F", "C", "G")),
        ("C | G | Am | F, pop", ("C", "G", "Am", "F")),
        ("dm7 g7 cmaj7", ("Dm7", "G7", "Cmaj7")),
        ("use the chords Am and F", ("Am", "F")),
        ("Cm7 Fm7 B♭7 E♭maj7", ("Cm7", "Fm7", "Bb7", "Ebmaj7")),
        ("I-V-vi-IV in C major", ("C", "G", "Am", "F")),
        ("in G major, Am F C G", ("Am", "F", "C", "G")),
    ],
)
def test_chord_symbols_and_numerals(text: str, chords: tuple[str, ...]) -> None:
    assert read(text).chords == chords


def test_numerals_without_a_key_infer_one_and_are_kept_as_said() -> None:
    reading = read("a ii V I loop")
    assert reading.numerals == ("ii", "V", "I")
    assert reading.key == "C major"
    assert "key" in reading.inferred


@pytest.mark.parametrize(
    ("text", "metre", "guessed"),
    [
        ("in 3/4", "3/4", False),
        ("waltz time", "3/4", False),
        ("six eight", "6/8", False),
        ("7/8 groove", "7/8", False),
        ("a jazz waltz", "3/4", True),
        ("common time", "4/4", False),
    ],
)
def test_metres(text: str, metre: str, guessed: bool) -> None:
    reading = read(text)
    assert reading.time_signature == metre
    assert ("time_signature" in reading.inferred) is guessed


def test_an_eighth_note_delay_is_no_metre() -> None:
    assert read("a 1/8 delay on the keys").time_signature is None


@pytest.mark.parametrize(
    ("text", "bars"),
    [
        ("4 bars", 4),
        ("eight-bar loop", 8),
        ("two measures", 2),
        ("a 16-bar loop", 16),
        ("a 12-bar blues", 12),
        ("bar 3", None),
    ],
)
def test_bars(text: str, bars: int | None) -> None:
    assert read(text).bars == bars


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("10 seconds", 10),
        ("half a minute", 30),
        ("ten-second loop", 10),
        ("12s", 12),
        ("1 min 30", 90),
        ("a minute and a half", 90),
        ("110 beats per minute", None),
        ("808s and bells", None),
        ("an 80s loop", None),
    ],
)
def test_durations(text: str, seconds: float | None) -> None:
    assert read(text).duration_seconds == seconds


@pytest.mark.parametrize(
    ("text", "genre", "guessed"),
    [
        ("a lo-fi loop", "lofi", False),
        ("HipHop", "hip hop", False),
        ("drum & bass loop with pads", "drum and bass", False),
        ("drum'n'bass", "drum and bass", False),
        ("bossa", "bossa nova", False),
        ("R&B", "r&b", False),
        ("a funky groove", "funk", True),
        ("jazz guitar and upright bass", "jazz", True),
        ("a jazz loop with house piano", "jazz", False),
        ("make a trap beat with bells", "trap", False),
        ("techno kick", "techno", True),
        ("drums and bass", None, False),
    ],
)
def test_genres_named_and_hinted(text: str, genre: str | None, guessed: bool) -> None:
    reading = read(text)
    assert reading.genre == genre
    assert ("genre" in reading.inferred) is guessed


def test_moods_are_spelled_one_way() -> None:
    assert read("a joyful tune").mood == "happy"
    assert read("something melancholy and dreamlike").moods == ("melancholic", "dreamy")


def test_effects_have_kind_strength_figures_and_an_owner() -> None:
    reading = read("muffled drums, piano with a touch of reverb, low-pass at 800 Hz")
    muffled, reverb, lowpass = reading.effects
    assert [e.kind for e in muffled.effects] == ["lowpass"]
    assert not muffled.named
    assert reading.instruments[muffled.mention or 0].choice.stem == "drums"
    assert reverb.named
    assert reverb.mention == 1
    assert reverb.effects[0].model_dump()["wet"] < read("reverb").effects[0].effects[0].model_dump()["wet"]
    assert lowpass.effects[0].model_dump()["cutoff_hz"] == 800
    assert read("lots of reverb").effects[0].effects[0].model_dump()["wet"] > 0.25
    assert read("a dotted eighth delay").effects[0].effects[0].model_dump()["beats"] == 0.75
    assert read("no reverb").effects == ()


@pytest.mark.parametrize(
    ("text", "feel"),
    [
        ("with a swing feel", "swing"),
        ("half-time feel", "half_time"),
        ("double time", "double_time"),
        ("straight eighths", "straight"),
    ],
)
def test_feels(text: str, feel: str) -> None:
    assert read(text).feel == feel


def test_what_is_not_understood_is_left_over_and_titles_are_kept() -> None:
    reading = read('make it xyzzy like "Bass Drum Blues" please')
    assert [words.words for words in reading.leftover] == ["xyzzy"]
    assert [words.words for words in reading.quotes] == ["Bass Drum Blues"]
    assert reading.instruments == ()
    assert reading.genre is None


@pytest.mark.parametrize(
    "text", ["", " ", "…", "♭♯", "&&", "a" * 3000, "1/0 bpm -5", "\n\n", "((((", "0 bars of 0/4", "𝄞 é ü 鼓"]
)
def test_no_text_makes_it_stumble(text: str) -> None:
    assert isinstance(read(text), Reading)


@pytest.mark.parametrize(
    ("text", "genre", "mood", "bpm"),
    [
        ("lofi but not jazz", "lofi", None, None),
        ("not sad, happy", None, "happy", None),
        ("not too slow", None, None, None),
        ("no, jazz", "jazz", None, None),
        ("no drums, dark techno", "techno", "dark", None),
    ],
)
def test_what_is_denied_is_not_wanted(text: str, genre: str | None, mood: str | None, bpm: float | None) -> None:
    reading = read(text)
    assert (reading.genre, reading.mood, reading.bpm) == (genre, mood, bpm)


@given(st.lists(st.sampled_from(WORDS), max_size=14).map("".join))
@settings(max_examples=60, deadline=None)
def test_any_row_of_words_is_read_without_an_error_and_spans_stand_in_the_text(text: str) -> None:
    reading = read(text)
    spans = [*reading.spans.values(), *(m.span for m in reading.instruments), *(w.span for w in reading.leftover)]
    spans += [m.phrase for m in reading.instruments] + [e.span for e in reading.effects]
    assert all(0 <= start < end <= len(text) for start, end in spans)
    assert all(effect.mention is None or effect.mention < len(reading.instruments) for effect in reading.effects)
