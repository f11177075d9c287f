"""The tables of words: tokens, phrases, spelling, and what genres and moods imply."""

from __future__ import annotations

import pytest

from nodes.planners.rules.words import lexicon
from nodes.planners.rules.words.marks import scan
from nodes.planners.rules.words.numerals import number
from nodes.planners.rules.words.tokens import PhraseTable, tokenise


@pytest.mark.parametrize(
    ("text", "norms"),
    [
        ("Hi-Hat, bass & drums", ["hi", "hat", "bass", "and", "drums"]),
        ("drum'n'bass", ["drum", "and", "bass"]),
        ("rock ’n’ roll", ["rock", "and", "roll"]),
        ("B♭ minor – F♯m7♭5", ["bb", "minor", "f#m7b5"]),
        ("piano w/ strings w/o drums", ["piano", "with", "strings", "without", "drums"]),
        ("güiro’s", ["guiro"]),
        ("86bpm 92.5", ["86bpm", "92.5"]),
        ("drums+bass", ["drums", "and", "bass"]),
        ("", []),
    ],
)
def test_tokens_have_a_normal_form(text: str, norms: list[str]) -> None:
    assert [token.norm for token in tokenise(text)] == norms


def test_tokens_know_their_place_and_whether_a_phrase_may_cross_to_them() -> None:
    text = "hi-hat, bass. Piano"
    tokens = tokenise(text)
    assert [text[t.start : t.end] for t in tokens] == ["hi", "hat", "bass", "Piano"]
    assert [t.glued for t in tokens] == [True, True, False, False]


def test_the_longest_phrase_wins_and_never_crosses_a_comma() -> None:
    table = PhraseTable([("drum", 1), ("drum and bass", 2), ("bass", 3)])
    tokens = tokenise("drum and bass, drum, and bass")
    norms = [token.norm for token in tokens]
    assert table.longest(tokens, 0, norms) == (2, 3)
    assert table.longest(tokens, 3, norms) == (1, 1)
    assert table.longest(tokens, 1, norms) is None


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("clarinett", "clarinet"),
        ("accoustic", "acoustic"),
        ("clarient", "clarinet"),
        ("keybiard", "keyboard"),
        ("saxaphone", "saxophone"),
        ("rythm", "rhythm"),
        ("synthesiser", "synthesizer"),
        ("elctronic", "electronic"),
    ],
)
def test_one_slip_in_a_long_word_is_repaired(typed: str, meant: str) -> None:
    assert lexicon.spell(typed) == meant


@pytest.mark.parametrize(
    "word",
    ["starts", "effects", "speakers", "though", "coming", "danger", "string", "spring", "country", "bas s", "harp"],
)
def test_plain_english_is_not_repaired_into_music(word: str) -> None:
    assert lexicon.spell(word) == word


@pytest.mark.parametrize(
    ("words", "value", "used"),
    [
        ("86", 86, 1),
        ("92.5", 92.5, 1),
        ("eighty six", 86, 2),
        ("one hundred and twenty", 120, 4),
        ("one twenty", 120, 2),
        ("a hundred", 100, 2),
        ("twelve", 12, 1),
        ("a couple", 2, 2),
        ("half a dozen", 6, 3),
        ("one point five", 1.5, 3),
    ],
)
def test_numbers_in_words_and_figures(words: str, value: float, used: int) -> None:
    assert number(words.split(), 0) == (value, used)


@pytest.mark.parametrize("words", ["a", "an octave", "the", "drums", "3x4y"])
def test_what_is_no_number_gives_none(words: str) -> None:
    assert number(words.split(), 0) is None


def test_every_genre_has_a_rising_playable_tempo_range() -> None:
    assert len(lexicon.genres()) > 40
    for genre in lexicon.genres():
        tempo = lexicon.genre_tempo(genre)
        assert tempo is not None
        slow, usual, fast = tempo
        assert 30 <= slow < usual < fast <= 300, genre


def test_a_tempo_word_means_another_tempo_in_another_genre() -> None:
    assert lexicon.tempo_bpm("slow", "drum and bass") > lexicon.tempo_bpm("fast", "lofi")
    assert lexicon.tempo_bpm("slow") < lexicon.tempo_bpm("medium") < lexicon.tempo_bpm("fast")


def test_moods_imply_only_what_is_declared() -> None:
    allowed = {"mode": {"major", "minor"}, "tempo": {"slow", "medium", "fast"}, "dynamics": {"soft", "loud"}}
    allowed["density"] = {"sparse", "busy"}
    for mood in lexicon.moods():
        for kind, value in lexicon.mood_implies(mood).items():
            assert value in allowed[kind], mood
    assert lexicon.mood_implies("sad")["mode"] == "minor"
    assert lexicon.mood_implies("unheard of") == {}


def test_every_phrase_of_the_table_is_found_in_text() -> None:
    """A phrase that the tokeniser cannot produce could never match."""
    lost = []
    for phrase in lexicon.meanings():
        if lexicon.two_players(phrase):
            continue  # 'bass drums' are a bass and drums
        tokens, marks, _ = scan(phrase)
        if not (len(marks) == 1 and (marks[0].start, marks[0].end) == (0, len(tokens))):
            lost.append(phrase)
    assert lost == []


def test_titles_in_quotation_marks_hold_no_marks() -> None:
    _, marks, titles = scan('a loop that feels like "Guitar Heaven" with drums')
    assert [mark.words for mark in marks if "instrument" in mark.meanings] == ["drums"]
    assert len(titles) == 1
