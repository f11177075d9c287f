"""What the band has and the words for it: General MIDI is the reference, not the data file."""

from __future__ import annotations

import pytest

from ensemble.band.instruments import (
    INSTRUMENTS,
    group,
    matches,
    resolve,
    styles_of,
    unique_stem,
    vocabulary,
)


def test_the_band_has_every_general_midi_program_once() -> None:
    programs = sorted(i.program for i in INSTRUMENTS.values() if not i.is_drum)
    assert programs == list(range(128))


@pytest.mark.parametrize(
    ("name", "program"),
    [
        ("acoustic grand piano", 0),
        ("electric piano 1", 4),
        ("drawbar organ", 16),
        ("accordion", 21),
        ("harmonica", 22),
        ("acoustic guitar (nylon)", 24),
        ("distortion guitar", 30),
        ("acoustic bass", 32),
        ("electric bass (finger)", 33),
        ("synth bass 1", 38),
        ("violin", 40),
        ("cello", 42),
        ("timpani", 47),
        ("string ensemble 1", 48),
        ("trumpet", 56),
        ("brass section", 61),
        ("soprano sax", 64),
        ("clarinet", 71),
        ("flute", 73),
        ("shakuhachi", 77),
        ("sitar", 104),
        ("banjo", 105),
        ("kalimba", 108),
        ("steel drums", 114),
        ("taiko drum", 116),
        ("gunshot", 127),
    ],
)
def test_programs_have_the_numbers_of_the_general_midi_table(name: str, program: int) -> None:
    assert INSTRUMENTS[name].program == program
    assert not INSTRUMENTS[name].is_drum


@pytest.mark.parametrize(
    ("name", "keys"),
    [
        ("hand claps", {39}),
        ("tambourine", {54}),
        ("cowbell", {56}),
        ("bongos", {60, 61}),
        ("congas", {62, 63, 64}),
        ("maracas", {70}),
        ("guiro", {73, 74}),
        ("claves", {75}),
        ("cuica", {78, 79}),
        ("triangle", {80, 81}),
    ],
)
def test_percussion_has_the_keys_of_the_general_midi_drum_map(name: str, keys: set[int]) -> None:
    assert set(INSTRUMENTS[name].pitches) == keys
    assert INSTRUMENTS[name].is_drum


def test_every_range_is_playable_and_every_percussion_key_stands_in_the_drum_map() -> None:
    for instrument in INSTRUMENTS.values():
        assert 0 <= instrument.low <= instrument.high <= 127
        assert instrument.pitches or instrument.high - instrument.low >= 12
        assert all(35 <= key <= 81 for key in instrument.pitches)


@pytest.mark.parametrize("genre", [None, "jazz", "lofi", "death metal", "trap", "ambient"])
def test_a_general_midi_name_means_that_instrument_whatever_the_genre(genre: str | None) -> None:
    for name in INSTRUMENTS:
        choice = resolve(name, genre)
        assert choice is not None
        assert choice.instrument.name == name


@pytest.mark.parametrize(
    ("words", "stem", "instrument"),
    [
        ("Rhodes", "electric piano", "electric piano 1"),
        ("a Hammond", "organ", "drawbar organ"),
        ("hi-hats", "drums", "standard kit"),
        ("bass drum", "drums", "standard kit"),
        ("kick", "drums", "standard kit"),
        ("808", "808 bass", "synth bass 1"),
        ("808 drums", "drums", "808 kit"),
        ("brushes", "drums", "brush kit"),
        ("double bass", "upright bass", "acoustic bass"),
        ("bass clarinet", "clarinet", "clarinet"),
        ("Jazz Guitar", "electric guitar", "electric guitar (jazz)"),
        ("nylon-string guitar", "acoustic guitar", "acoustic guitar (nylon)"),
        ("horn section", "brass", "brass section"),
        ("violins", "strings", "string ensemble 1"),
        ("violin", "violin", "violin"),
        ("oboes", "oboe", "oboe"),
        ("thumb piano", "kalimba", "kalimba"),
        ("tenor saxophone", "tenor sax", "tenor sax"),
        ("bandoneón", "bandoneon", "tango accordion"),
        ("guitar 2", "guitar", "electric guitar (clean)"),
    ],
)
def test_words_resolve_to_the_stem_and_instrument_that_musicians_mean(words: str, stem: str, instrument: str) -> None:
    choice = resolve(words)
    assert choice is not None
    assert (choice.stem, choice.instrument.name) == (stem, instrument)
    assert not choice.stand_in


@pytest.mark.parametrize(
    ("words", "genre", "instrument"),
    [
        ("keys", "lofi hip hop", "electric piano 1"),
        ("keys", "rock", "rock organ"),
        ("keys", "deep house", "acoustic grand piano"),
        ("guitar", "metal", "distortion guitar"),
        ("guitar", "bossa nova", "acoustic guitar (nylon)"),
        ("bass", "jazz", "acoustic bass"),
        ("bass", "techno", "synth bass 2"),
        ("drums", "jazz", "jazz kit"),
        ("drums", "trap", "808 kit"),
        ("drums", "unheard-of style", "standard kit"),
    ],
)
def test_a_genre_settles_words_that_leave_the_choice_open(words: str, genre: str, instrument: str) -> None:
    choice = resolve(words, genre)
    assert choice is not None
    assert choice.instrument.name == instrument


@pytest.mark.parametrize("words", ["", "didgeridoo", "string", "key", "banana", "vocals", "the", "!!"])
def test_what_names_no_instrument_resolves_to_nothing(words: str) -> None:
    assert resolve(words) is None


def test_an_instrument_that_the_band_lacks_is_played_by_the_nearest_and_says_so() -> None:
    choice = resolve("ukulele")
    assert choice is not None
    assert choice.stem == "ukulele"
    assert choice.instrument.name == "acoustic guitar (nylon)"
    assert choice.stand_in


def test_every_word_of_the_vocabulary_resolves() -> None:
    lost = [words for words in vocabulary() if resolve(words) is None]
    assert lost == []


@pytest.mark.parametrize(
    ("words", "stem", "instrument", "expected"),
    [
        ("the piano", "keys", "acoustic grand piano", True),
        ("piano", "electric piano", "electric piano 1", True),
        ("keys", "piano", "acoustic grand piano", True),
        ("guitars", "electric guitar 2", "overdriven guitar", True),
        ("acoustic guitar", "electric guitar", "overdriven guitar", False),
        ("strings", "cello", "cello", True),
        ("strings", "harp", "orchestral harp", False),
        ("horns", "alto sax", "alto sax", True),
        ("woodwinds", "clarinet", "clarinet", True),
        ("snare", "drums", "jazz kit", True),
        ("beat", "drums", "brush kit", True),
        ("bass", "drums", "standard kit", False),
        ("bass", "808 bass", "synth bass 1", True),
        ("bass", "contrabass", "contrabass", True),
        ("upright bass", "bass", "electric bass (finger)", False),
        ("drums", "congas", "congas", False),
        ("percussion", "congas", "congas", True),
        ("synth", "pad", "pad 2 (warm)", True),
        ("melody", "lead", "flute", True),
        ("guitar 2", "guitar", "electric guitar (clean)", False),
        ("guitar 2", "guitar 2", "electric guitar (clean)", True),
        ("", "guitar", "electric guitar (clean)", False),
    ],
)
def test_words_refer_to_stems_and_family_words_to_members(
    words: str, stem: str, instrument: str, expected: bool
) -> None:
    assert matches(words, stem, instrument) is expected


def test_every_stem_is_found_by_its_own_name() -> None:
    for words in vocabulary():
        choice = resolve(words)
        assert choice is not None
        assert matches(choice.stem, choice.stem, choice.instrument.name), words


def test_a_group_holds_only_instruments_of_the_band() -> None:
    for words in ("strings", "brass", "horns", "woodwinds", "keys", "mallets", "percussion", "synth"):
        members = group(words)
        assert len(members) > 2
        assert members <= INSTRUMENTS.keys()
    assert group("banana") == frozenset()


def test_the_longest_word_of_a_genre_decides_its_style() -> None:
    assert styles_of("lofi hip hop")[0] in ("lofi", "hiphop")
    assert styles_of("drum and bass")[0] == "dnb"
    assert styles_of("synth pop")[0] == "synthwave"
    assert styles_of(None) == ()


def test_unique_stem_counts_up_from_two() -> None:
    assert unique_stem("guitar", []) == "guitar"
    assert unique_stem("guitar", ["guitar"]) == "guitar 2"
    assert unique_stem("guitar", ["guitar", "guitar 2", "bass"]) == "guitar 3"
