"""What is played in its key is left alone; what is plainly in another one is told how far it lies."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from ensemble.band.theory import parse_key
from ensemble.chains.keys import semitones_to
from ensemble.listen.analyse import Heard
from ensemble.listen.tonality import Tonality

ROCK = ("guitar", "bass", "drums")
LOFI = ("piano", "bass", "drums")


@pytest.fixture(scope="module")
def tonality(studio):
    """What is heard in twice the bars of a loop of the band's, as models play on beyond the bars that are wanted."""

    @cache
    def of(genre: str, instruments: tuple[str, ...], key: str, bars: int, seed: int) -> Tonality:
        wish = {"genre": genre, "bpm": 120, "key": key, "bars": 2 * bars, "instruments": list(instruments)}
        return Heard(studio.mix(studio.play("text_to_music", seed=seed, **wish))).tonality

    return of


@pytest.mark.parametrize(
    ("genre", "instruments", "key", "bars", "seed"),
    [
        ("rock", ROCK, "B minor", 2, 3),
        ("rock", ROCK, "G minor", 2, 3),
        ("rock", ROCK, "D major", 2, 101),
        ("lofi", LOFI, "F minor", 2, 3),
        ("metal", ROCK, "E minor", 2, 11),
        ("trap", ("synth", "bass", "drums"), "C# minor", 2, 11),
        ("funk", ("electric piano", "bass", "drums"), "C major", 2, 11),  # dorian: the notes of Bb major
        ("afrobeat", ("guitar", "organ", "bass", "drums"), "D major", 4, 101),  # the notes of D minor
        ("edm", ("synth lead", "bass", "drums"), "G major", 2, 77),
    ],
)
def test_a_loop_in_its_key_is_not_moved(tonality, genre, instruments, key, bars, seed):
    assert semitones_to(key, tonality(genre, instruments, key, bars, seed)) == 0


@pytest.mark.parametrize(
    ("genre", "instruments", "key", "move"),
    [
        *(("rock", ROCK, "E major", move) for move in (-3, -2, -1, 1, 2, 3)),
        *(("lofi", LOFI, "B minor", move) for move in (-3, -2, -1, 1, 2)),
    ],
)
def test_a_loop_in_another_key_moves_to_the_one_that_was_wanted(tonality, genre, instruments, key, move):
    wanted = str(parse_key(key).transposed(move))
    assert semitones_to(wanted, tonality(genre, instruments, key, 2, 3)) == move


@pytest.mark.parametrize("steps", [4, 5, 6, 7])
def test_what_lies_farther_off_is_not_moved(tonality, steps):
    wanted = str(parse_key("B minor").transposed(steps))
    assert semitones_to(wanted, tonality("lofi", LOFI, "B minor", 2, 3)) == 0


def test_one_half_alone_does_not_move_a_loop(tonality):
    """Two bars in D major, two in C major: whatever is wanted, half of it is in another key."""
    one, two = (tonality("lofi", LOFI, key, 2, 3) for key in ("D major", "C major"))
    frames = np.concatenate([one.frames, two.frames])
    both = Tonality(one.pitched, one.chroma + two.chroma, one.bass + two.bass, frames, one.tuning, one.tuned)
    assert semitones_to("D major", both) == semitones_to("C major", both) == 0


def test_silence_has_no_key():
    assert semitones_to("C major", Heard(np.zeros((2, 88_200), np.float32)).tonality) == 0
