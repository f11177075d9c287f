"""From a wish to a brief."""

from __future__ import annotations

import pytest

from ensemble.band.composer import settle
from ensemble.band.instruments import resolve
from ensemble.band.settle import spread
from ensemble.band.styles import nearest_style, styles
from ensemble.band.theory import parse_chord, parse_key, roman
from ensemble.protocols import Wish
from state.errors import Refusal

NAMES = list(styles())


@pytest.mark.parametrize("genre", NAMES)
def test_every_style_fills_every_gap_and_says_so(genre: str) -> None:
    settled = settle(Wish(genre=genre), 3)
    brief = settled.brief
    low, high, _ = nearest_style(genre).tempo
    assert low <= brief.bpm <= high
    assert (brief.bars, len(brief.chords)) == (4, 4)
    assert parse_key(brief.key)
    assert brief.mood
    assert all(resolve(word, genre) for word in settled.instruments)
    assert settled.inferred == {"bpm", "key", "time_signature", "bars", "chords", "mood", "instruments"}
    assert settled.notes == ()


def test_what_was_asked_is_kept_and_not_called_inferred() -> None:
    wish = Wish(bpm=86, key="G minor", genre="dusty hip hop", instruments=("keys", "bass", "drums"), mood="gloomy", bars=2,
                time_signature="4/4", chords=("Gm", "Eb"))  # fmt: skip
    settled = settle(wish, 1)
    assert (settled.brief.bpm, settled.brief.key, settled.brief.genre, settled.brief.bars) == (
        86,
        "G minor",
        "dusty hip hop",
        2,
    )
    assert settled.brief.chords == ("Gm", "Eb")
    assert settled.instruments == ("keys", "bass", "drums")
    assert settled.inferred == frozenset()


def test_equal_seeds_settle_equally_and_other_seeds_elsewhere() -> None:
    assert settle(Wish(genre="lofi"), 5) == settle(Wish(genre="lofi"), 5)
    assert len({settle(Wish(genre="lofi"), seed).brief for seed in range(8)}) > 4


@pytest.mark.parametrize(
    ("word", "style"),
    [("boom bap", "hip hop"), ("drum'n'bass", "drum and bass"), ("jungle", "drum and bass"), ("dark melodic techno", "techno"), ("R&B", "r&b"),
     ("hip-hop", "hip hop"), ("jazz waltz", "waltz"), ("grunge", "rock"), ("bossa", "bossa nova"), ("lo-fi", "lofi"), ("tecno", "techno"),
     ("salsa", "latin"), ("synth-pop", "pop"), ("80s", "synthwave"), ("blorptronica", "pop")],
)  # fmt: skip
def test_words_find_their_style_and_stay_the_user_s_word(word: str, style: str) -> None:
    assert nearest_style(word).name == style
    assert settle(Wish(genre=word), 0).brief.genre == word


@pytest.mark.parametrize("bpm", [29.9, 301, 0, -5])
def test_a_tempo_no_one_plays_is_refused_with_the_range(bpm: float) -> None:
    with pytest.raises(Refusal, match="30 to 300"):
        settle(Wish(bpm=bpm), 0)


@pytest.mark.parametrize(
    ("wish", "field"),
    [
        (Wish(key="H minor"), "key"), (Wish(chords=("C", "Hm")), "chords"), (Wish(time_signature="4/5"), "time_signature"),
        (Wish(instruments=("piano", "flugelschnitzel")), "instruments"), (Wish(genre="lofi", instruments=("drums",), without=("drums",)), "without"),
        (Wish(bars=64, duration_seconds=5), "duration_seconds"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_by_name(wish: Wish, field: str) -> None:
    with pytest.raises(Refusal) as caught:
        settle(wish, 0)
    assert caught.value.field == field


def test_an_unknown_instrument_is_named() -> None:
    with pytest.raises(Refusal, match="flugelschnitzel"):
        settle(Wish(instruments=("piano", "flugelschnitzel")), 0)


@pytest.mark.parametrize("seconds", [5, 7.7, 8, 10, 12.5, 20, 30, 61.3, 120])
@pytest.mark.parametrize("genre", ["lofi", "techno", "waltz", "jazz"])
def test_a_duration_without_a_tempo_is_met_to_the_sample(seconds: float, genre: str) -> None:
    settled = settle(Wish(genre=genre, duration_seconds=seconds), 2)
    assert round(settled.brief.seconds * 44100) == round(seconds * 44100)
    assert abs(settled.brief.bpm / nearest_style(genre).tempo[2] - 1) < 0.3
    assert settled.notes == ()


def test_a_duration_at_an_asked_tempo_is_rounded_to_whole_bars_and_said() -> None:
    exact = settle(Wish(bpm=120, duration_seconds=16), 0)
    assert (exact.brief.bars, exact.notes) == (8, ())
    rounded = settle(Wish(bpm=120, duration_seconds=15.3), 0)
    assert (rounded.brief.bpm, rounded.brief.bars) == (120, 8)
    assert "16.00 s" in rounded.notes[0]


def test_bars_and_duration_give_the_tempo() -> None:
    assert settle(Wish(bars=4, duration_seconds=8), 0).brief.bpm == 120


def test_chords_set_the_length_and_the_key() -> None:
    brief = settle(Wish(chords=("Dm7", "G7", "Cmaj7", "Am7", "Dm7", "G7", "Cmaj7", "Cmaj7")), 0).brief
    assert (brief.bars, brief.key) == (8, "C major")


@pytest.mark.parametrize(
    ("count", "bars", "indices"),
    [(1, 4, [0, 0, 0, 0]), (2, 4, [0, 1, 0, 1]), (3, 4, [0, 1, 2, 2]), (4, 4, [0, 1, 2, 3]), (8, 4, list(range(8))), (6, 4, [0, 0, 1, 2, 3, 3, 4, 5]),
     (4, 2, [0, 1, 2, 3])],
)  # fmt: skip
def test_chords_are_spread_evenly_over_the_bars(count: int, bars: int, indices: list[int]) -> None:
    chords = [parse_chord(symbol) for symbol in ("C", "Dm", "Em", "F", "G", "Am", "Bdim", "C7")[:count]]
    assert spread(chords, bars) == [chords[index] for index in indices]


def test_moods_choose_mode_and_tempo() -> None:
    happy, sad = settle(Wish(genre="pop", mood="happy"), 4).brief, settle(Wish(genre="pop", mood="sad"), 4).brief
    assert happy.key.endswith("major")
    assert sad.key.endswith("minor")
    assert happy.bpm > sad.bpm


def test_left_out_instruments_stay_out() -> None:
    assert settle(Wish(genre="jazz", without=("drums",)), 0).instruments == ("piano", "double bass")
    assert "drums" in settle(Wish(genre="jazz"), 0).instruments


@pytest.mark.parametrize("genre", NAMES)
@pytest.mark.parametrize("mode", ["major", "minor", "dorian", "lydian", "phrygian", "mixolydian", "locrian"])
def test_inferred_chords_lie_mostly_in_the_key(genre: str, mode: str) -> None:
    brief = settle(Wish(genre=genre, key=f"F {mode}"), 1).brief
    key = parse_key(brief.key)
    chords = [parse_chord(symbol) for symbol in brief.chords]
    inside = [tone in key.scale for chord in chords for tone in chord.pitches]
    assert sum(inside) / len(inside) > 0.7


def test_twelve_bars_of_blues_are_the_twelve_bar_blues() -> None:
    brief = settle(Wish(genre="blues", bars=12, key="A major"), 0).brief
    degrees = [str(roman(n, parse_key("A major"))) for n in ("I7", "IV7", "V7")]
    assert list(brief.chords) == [degrees[i] for i in (0, 1, 0, 0, 1, 1, 0, 0, 2, 1, 0, 2)]


@pytest.mark.parametrize("genre", NAMES)
@pytest.mark.parametrize("mode", ["major", "minor", "dorian", "harmonic minor"])
def test_a_loop_of_any_length_sounds_its_tonic_and_a_short_one_begins_with_it(genre: str, mode: str) -> None:
    for seed in range(4):
        for bars in (1, 2, 3, 4, 5, 7):
            chords = settle(Wish(genre=genre, key=f"F {mode}", bars=bars), seed).brief.chords
            roots = [parse_chord(symbol).root for symbol in chords]
            assert len(chords) == bars
            assert 5 in roots, chords
            assert roots[0] == 5 or bars > 3, chords
            # Two bars of one chord say no more than one does.
            assert bars == 1 or len(set(chords)) > 1 or genre in ("techno",), chords
