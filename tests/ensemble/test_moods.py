"""Moods in anyone's words: every synonym means for the music what its mood means."""

from __future__ import annotations

import pytest

from ensemble.band.moods import Mood, canonical, mood_in, mood_of, vocabulary

SYNONYMS = [
    (word, mood)
    for mood, row in vocabulary().items()
    for kind in ("words", "names")
    for word in row.get(kind, "").split(", ")
    if word
]


def test_every_word_for_a_mood_that_the_band_can_play_is_understood() -> None:
    lost = [word for word, mood in SYNONYMS if mood_of(mood) != Mood() and mood_of(word) == Mood()]
    assert lost == []


@pytest.mark.parametrize(
    ("word", "mood"), [("mellow", "relaxed"), ("laid-back", "relaxed"), ("Sombre", "sad"), ("zorkish", "zorkish")]
)
def test_a_word_has_one_canonical_spelling(word: str, mood: str) -> None:
    assert canonical(word) == mood


def test_a_description_is_read_with_more_care_than_a_mood() -> None:
    assert mood_of("hip") == mood_of("cool") != Mood()
    assert mood_in("hip hop on a grand piano") == Mood()
