"""Edits of parts: what changes, and above all what does not."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from ensemble.band.composer import adapt, compose, extend, regenerate, reharmonise, settle, transpose, vary
from ensemble.band.instruments import INSTRUMENTS
from ensemble.band.score import Note, Part
from ensemble.band.styles import styles
from ensemble.band.theory import chord_scale, parse_chord, parse_key
from ensemble.protocols import Brief, Wish
from state.errors import Refusal

NAMES = ["acoustic grand piano", "electric bass (finger)", "standard kit", "flute", "string ensemble 1", "acoustic guitar (steel)",
         "congas", "vibraphone", "brass section", "timpani", "seashore"]  # fmt: skip
PITCHED = [name for name in NAMES if not INSTRUMENTS[name].is_drum and name != "seashore"]
instruments = st.sampled_from(NAMES)
genres = st.sampled_from(list(styles()))
metres = st.sampled_from(["4/4", "4/4", "3/4", "6/8", "7/8"])


def brief_of(genre: str, metre: str = "4/4", bars: int = 4, **more: object) -> Brief:
    return settle(Wish(genre=genre, time_signature=metre, bars=bars, **more), 1).brief  # type: ignore[arg-type]


def shape(part: Part) -> list[tuple[float, int]]:
    return [(n.start, n.pitch) for n in part.notes]


@settings(max_examples=60, deadline=None)
@given(instruments, genres, metres, st.integers(0, 99), st.floats(0, 0.85), st.floats(0.08, 0.6))
@example("congas", "punk", "3/4", 14, 5e-324, 0.09375)
@example("acoustic guitar (steel)", "waltz", "4/4", 1, 0.0, 0.43866431644426296)
def test_regenerate_leaves_every_note_outside_alone(
    name: str, genre: str, metre: str, seed: int, place: float, share: float
) -> None:
    brief = brief_of(genre, metre)
    start = place * brief.quarters
    end = min(brief.quarters, start + share * brief.quarters)
    part = compose(name, brief, seed)
    again = regenerate(part, name, brief, seed + 1, start, end)
    before = [n for n in part.notes if not start <= n.start < end]
    after = [n for n in again.notes if not start <= n.start < end]
    assert [(n.start, n.pitch, n.velocity) for n in before] == [(n.start, n.pitch, n.velocity) for n in after]
    for old, new in zip(before, after, strict=True):
        assert new.duration == old.duration or (
            old.start < start < old.start + old.duration and new.start + new.duration <= start + 0.003
        )
    inside = [n for n in again.notes if start <= n.start < end]
    assert all(n.start + n.duration <= end + 1e-6 for n in inside)
    assert [(n.start, n.pitch) for n in inside] != [(n.start, n.pitch) for n in part.notes if start <= n.start < end]


def test_a_regenerated_passage_is_played_like_the_rest() -> None:
    brief = brief_of("pop", bars=8)
    part = compose("flute", brief, 1)
    low = Part(
        part.program, False, tuple(Note(n.start, n.pitch, n.duration, max(1, n.velocity - 40)) for n in part.notes)
    )
    again = regenerate(low, "flute", brief, 2, 8, 24)
    new = [n for n in again.notes if 8 <= n.start < 24]

    def mean(values: list[int]) -> float:
        return sum(values) / len(values)

    assert abs(mean([n.velocity for n in new]) - mean([n.velocity for n in low.notes])) < 10
    assert abs(mean([n.pitch for n in new]) - mean([n.pitch for n in low.notes])) < 7
    assert len({n.start for n in new}) == len(new)


@settings(max_examples=40, deadline=None)
@given(instruments, genres, metres, st.integers(0, 99), st.sampled_from([0.2, 0.5, 1.0]))
def test_a_variation_differs_and_stays_recognisable(
    name: str, genre: str, metre: str, seed: int, amount: float
) -> None:
    brief = brief_of(genre, metre, bars=8)
    part = compose(name, brief, seed)
    varied = vary(part, name, brief, seed, amount)
    assert shape(varied) != shape(part)
    assert varied == vary(part, name, brief, seed, amount)
    common = sum((Counter(shape(part)) & Counter(shape(varied))).values())
    if len(part.notes) >= 12:
        assert common / len(part.notes) >= 0.4
    assert all(n.start >= 0 and n.start + n.duration <= brief.quarters + 1e-6 for n in varied.notes)


@pytest.mark.parametrize("name", NAMES)
def test_no_amount_is_no_change_and_more_is_more(name: str) -> None:
    brief = brief_of("pop", bars=8)
    part = compose(name, brief, 1)
    assert vary(part, name, brief, 1, 0.0) == part

    def changed(amount: float) -> float:
        pairs = [vary(part, name, brief, seed, amount) for seed in range(5)]
        return sum(len(set(shape(part)) ^ set(shape(p))) for p in pairs)

    assert changed(0.15) < changed(1.0) or len(part.notes) < 8


def test_a_varied_line_stays_in_the_scale_and_the_drums_keep_their_backbeat() -> None:
    brief = brief_of("rock", bars=8, feel="straight")
    varied = vary(compose("flute", brief, 1), "flute", brief, 2, 1.0)
    each = brief.quarters / len(brief.chords)
    for note in varied.notes:
        scale = chord_scale(parse_chord(brief.chords[int(note.start / each)]), parse_key(brief.key))
        assert note.pitch % 12 in scale
    drums = compose("standard kit", brief, 1)
    kept = vary(drums, "standard kit", brief, 2, 1.0)
    backbeats = {n.start for n in drums.notes if n.pitch == 38 and n.start % 2 == 1 and n.velocity > 90}
    assert backbeats <= {n.start for n in kept.notes if n.pitch == 38}


def test_vary_brings_a_new_feel_to_the_same_notes() -> None:
    brief = brief_of("rock")
    drums = compose("standard kit", brief, 1)
    half = vary(drums, "standard kit", brief.but(feel="half_time"), 1, 0.0)
    assert {n.start % 4 for n in half.notes if n.pitch == 38 and n.velocity > 80} == {2.0}
    line = compose("flute", brief, 1)
    swung = vary(line, "flute", brief.but(feel="swing"), 1, 0.0)
    assert [n.pitch for n in swung.notes] == [n.pitch for n in line.notes]
    assert {round(n.start % 1, 2) for n in line.notes if n.start % 1 == 0.5} == {0.5}
    assert 0.65 in {round(n.start % 1, 2) for n in swung.notes}
    jazz = brief_of("jazz")
    straight = vary(compose("jazz kit", jazz, 1), "jazz kit", jazz.but(feel="straight"), 1, 0.0)
    assert not [n for n in straight.notes if n.pitch == 51 and abs(n.start % 1 - 0.65) < 0.03]


@settings(max_examples=40, deadline=None)
@given(
    st.sampled_from(PITCHED), genres, metres, st.integers(0, 99), st.sampled_from(["D minor", "Ab major", "F# dorian"])
)
def test_reharmonised_notes_fit_the_new_chords_at_the_old_places(
    name: str, genre: str, metre: str, seed: int, key: str
) -> None:
    before = brief_of(genre, metre, feel="straight")
    after = settle(Wish(genre=genre, time_signature=metre, bars=4, key=key, feel="straight"), seed).brief
    part = compose(name, before, seed)
    moved = reharmonise(part, name, before, after)
    each = after.quarters / len(after.chords)
    scales = [set(chord_scale(parse_chord(symbol), parse_key(key))) for symbol in after.chords]
    for note in moved.notes:
        near = {int((note.start + shift) % after.quarters / each) % len(scales) for shift in (0.0, 0.1)}
        assert any(note.pitch % 12 in scales[index] for index in near), note
    assert {round(n.start, 3) for n in part.notes} <= {round(n.start, 3) for n in moved.notes}
    low, high = INSTRUMENTS[name].low, INSTRUMENTS[name].high
    assert all(low <= n.pitch <= high for n in moved.notes)


def test_reharmonise_leaves_drums_and_the_same_harmony_alone() -> None:
    before = brief_of("pop")
    after = before.but(chords=("Am", "F", "C", "G"), key="A minor")
    drums, piano = compose("standard kit", before, 1), compose("acoustic grand piano", before, 1)
    assert reharmonise(drums, "standard kit", before, after) == drums
    assert reharmonise(piano, "acoustic grand piano", before, before) == piano


def test_a_reharmonised_bass_plays_the_new_roots_and_a_melody_moves_little() -> None:
    before = brief_of("pop", key="C major", chords=("C", "G", "Am", "F"), feel="straight")
    after = before.but(chords=("Am", "F", "C", "G"))
    bass = reharmonise(compose("electric bass (finger)", before, 1), "electric bass (finger)", before, after)
    firsts = [next(n.pitch % 12 for n in bass.notes if n.start >= bar * 4) for bar in range(4)]
    assert firsts == [9, 5, 0, 7]
    melody = compose("flute", before, 1)
    moved = reharmonise(melody, "flute", before, after)
    assert len(moved.notes) == len(melody.notes)
    assert max(abs(a.pitch - b.pitch) for a, b in zip(melody.notes, moved.notes, strict=True)) <= 4


def test_a_held_chord_is_struck_again_where_the_harmony_now_changes() -> None:
    before = brief_of("ambient", key="C major", chords=("C", "C", "C", "C"))
    after = before.but(chords=("C", "Am", "F", "G"))
    pad = reharmonise(compose("pad 2 (warm)", before, 1), "pad 2 (warm)", before, after)
    for bar, symbol in enumerate(after.chords):
        sounding = {n.pitch % 12 for n in pad.notes if n.start <= bar * 4 + 0.5 < n.start + n.duration}
        assert sounding <= set(parse_chord(symbol).pitches)
        assert len(sounding) >= 2


@settings(max_examples=40, deadline=None)
@given(instruments, genres, st.integers(-24, 24))
def test_transposing_is_exact_and_undone_by_its_inverse(name: str, genre: str, semitones: int) -> None:
    part = compose(name, brief_of(genre), 1)
    moved = transpose(part, name, semitones)
    if part.is_drum:
        assert moved == part
    else:
        assert sorted((n.start, n.pitch + semitones, n.duration, n.velocity) for n in part.notes) == sorted(
            (n.start, n.pitch, n.duration, n.velocity) for n in moved.notes
        )
        assert transpose(moved, name, -semitones) == part


def test_transposing_folds_by_octaves_only_at_midi_s_ends() -> None:
    part = Part(0, False, (Note(0.0, 120, 1.0, 90), Note(1.0, 60, 1.0, 90), Note(2.0, 3, 1.0, 90)))
    assert [n.pitch for n in transpose(part, "acoustic grand piano", 10).notes] == [118, 70, 13]
    assert [n.pitch for n in transpose(part, "acoustic grand piano", -10).notes] == [110, 50, 5]


@pytest.mark.parametrize(
    ("before", "after"),
    [("acoustic grand piano", "clarinet"), ("flute", "tuba"), ("electric bass (finger)", "acoustic grand piano"), ("violin", "pizzicato strings"),
     ("acoustic guitar (steel)", "string ensemble 1"), ("string ensemble 1", "glockenspiel"), ("piccolo", "cello")],
)  # fmt: skip
def test_another_instrument_takes_over_in_its_own_range_and_manner(before: str, after: str) -> None:
    brief = brief_of("pop")
    part = compose(before, brief, 1)
    taken = adapt(part, after, before)
    player = INSTRUMENTS[after]
    assert (taken.program, taken.is_drum) == (player.program, False)
    assert all(player.low <= n.pitch <= player.high for n in taken.notes)
    assert {n.pitch % 12 for n in taken.notes} <= {n.pitch % 12 for n in part.notes}
    assert len({round(n.start, 1) for n in taken.notes}) >= 0.8 * len({round(n.start, 1) for n in part.notes})
    if after == "clarinet":
        assert all(a.start + a.duration <= b.start + 1e-6 for a, b in zip(taken.notes, taken.notes[1:], strict=False))
    if after == "pizzicato strings":
        assert max(n.duration for n in taken.notes) <= 0.4


def test_drums_pass_to_drums_and_percussion_but_not_to_a_piano() -> None:
    drums = compose("standard kit", brief_of("rock"), 1)
    assert adapt(drums, "jazz kit", "standard kit").notes == drums.notes
    assert {n.pitch for n in adapt(drums, "congas", "standard kit").notes} <= set(INSTRUMENTS["congas"].pitches)
    with pytest.raises(Refusal, match="piano"):
        adapt(drums, "acoustic grand piano", "standard kit")
    with pytest.raises(Refusal, match="standard kit"):
        adapt(compose("flute", brief_of("rock"), 1), "standard kit", "flute")


@pytest.mark.parametrize("name", NAMES)
def test_extending_repeats_and_cutting_keeps_the_beginning(name: str) -> None:
    short, long = brief_of("jazz"), brief_of("jazz", bars=8)
    part = compose(name, short, 1)
    doubled = extend(part, short, long)
    assert len(doubled.notes) == 2 * len(part.notes)
    assert [n for n in doubled.notes if n.start < 16] == list(part.notes)
    assert sorted((n.start + 16, n.pitch) for n in part.notes) == sorted(shape(doubled)[len(part.notes) :])
    assert extend(doubled, long, short) == part
    three = extend(part, short, brief_of("jazz", bars=3))
    assert all(n.start + n.duration <= 12 for n in three.notes)
    assert extend(part, short, short) == part


def test_a_regenerated_passage_keeps_the_feel_that_the_part_has() -> None:
    brief = brief_of("rock", bars=8)
    half = vary(compose("standard kit", brief, 1), "standard kit", brief.but(feel="half_time"), 1, 0.0)
    again = regenerate(half, "standard kit", brief, 3, 8, 16)
    assert {n.start % 4 for n in again.notes if n.pitch == 38 and n.velocity > 85 and 8 <= n.start < 16} == {2.0}
    swung = compose("flute", brief.but(feel="swing"), 1)
    new = [n for n in regenerate(swung, "flute", brief, 3, 8, 24).notes if 8 <= n.start < 24]
    assert not [n for n in new if n.start % 1 == 0.5]
    assert [n for n in new if abs(n.start % 1 - 0.65) < 0.01]


def test_a_swung_part_can_be_played_straight_again() -> None:
    brief = brief_of("rock", bars=8)
    swung = compose("flute", brief.but(feel="swing"), 1)
    straight = vary(swung, "flute", brief.but(feel="straight"), 1, 0.0)
    assert all((n.start * 4) % 1 == 0 for n in straight.notes)
    assert [n.pitch for n in straight.notes] == [n.pitch for n in swung.notes]
