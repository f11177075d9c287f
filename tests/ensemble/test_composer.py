"""What every part must be, in any style, metre, key and length."""

from __future__ import annotations

import time
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ensemble.band.composer import compose, settle
from ensemble.band.instruments import INSTRUMENTS, Instrument, resolve
from ensemble.band.score import TICKS_PER_QUARTER, Part, from_midi, to_midi
from ensemble.band.styles import styles
from ensemble.band.theory import SCALES, Key, chord_scale, parse_chord, parse_key
from ensemble.protocols import Brief, Character, Wish
from state.errors import Refusal

NAMES = list(styles())
PITCHED = [name for name, i in INSTRUMENTS.items() if not i.is_drum and i.family != "sound effects"]
METRES = ["4/4", "3/4", "6/8", "5/4", "7/8", "2/4", "12/8", "9/8", "5/8", "7/16", "2/2", "11/8"]

briefs = st.builds(
    lambda genre, metre, bars, key, bpm, mood, feel, seed: settle(
        Wish(genre=genre, time_signature=metre, bars=bars, key=str(key), bpm=bpm, mood=mood, feel=feel), seed
    ).brief,
    st.sampled_from(NAMES), st.sampled_from(METRES), st.sampled_from([1, 2, 3, 4, 5, 8, 16]),
    st.builds(Key, st.integers(0, 11), st.sampled_from(sorted(SCALES))), st.sampled_from([30.0, 77.77, 120.0, 174.0, 300.0]),
    st.sampled_from([None, "sad", "energetic", "calm"]), st.sampled_from([None, "swing", "straight", "half_time", "double_time"]),
    st.integers(0, 99),
)  # fmt: skip
characters = st.builds(
    Character,
    role=st.sampled_from([None, None, "bass", "lead", "chords", "pad"]),
    dynamics=st.sampled_from(["soft", "normal", "loud"]),
    density=st.sampled_from(["sparse", "normal", "busy"]),
    register=st.sampled_from(["low", "normal", "high"]),
    solo=st.booleans(),
)


def faults(part: Part, instrument: Instrument, brief: Brief) -> list[str]:
    """Everything that is wrong with a part on paper."""
    found = [] if part.notes else ["no notes"]
    if (part.program, part.is_drum) != (instrument.program, instrument.is_drum):
        found.append("another program")
    sounding: dict[int, float] = {}
    for note in part.notes:
        ticks = (note.start * TICKS_PER_QUARTER, note.duration * TICKS_PER_QUARTER)
        if any(abs(tick - round(tick)) > 1e-6 for tick in ticks):
            found.append(f"off the grid: {note}")
        if not 0 <= note.start < brief.quarters or note.start + note.duration > brief.quarters + 1e-6:
            found.append(f"outside the loop: {note}")
        if not (0 <= note.pitch <= 127 and 1 <= note.velocity <= 127):
            found.append(f"no MIDI: {note}")
        if not instrument.is_drum and not instrument.low <= note.pitch <= instrument.high:
            found.append(f"out of range: {note}")
        if sounding.get(note.pitch, -1.0) > note.start + 1e-6:
            found.append(f"struck while it sounds: {note}")
        sounding[note.pitch] = note.start + note.duration
    if list(part.notes) != sorted(part.notes):
        found.append("not sorted")
    return found


def foreign(part: Part, brief: Brief) -> list[int]:
    """Which notes belong neither to the key nor to the chord of their half of the neighbourhood.

    Swing and strums move an onset by up to a fifth of a quarter, so a note may belong to either chord within reach.
    """
    key = parse_key(brief.key)
    each = brief.quarters / len(brief.chords)
    scales = [set(chord_scale(parse_chord(symbol), key)) for symbol in brief.chords]
    wrong = []
    for at, note in enumerate(part.notes):
        near = {int((note.start + shift) % brief.quarters / each) % len(scales) for shift in (0.0, 0.2)}
        if all(note.pitch % 12 not in scales[index] for index in near):
            wrong.append(at)
    return wrong


@settings(max_examples=120, deadline=None)
@given(st.sampled_from(sorted(INSTRUMENTS)), briefs, characters, st.integers(0, 999))
def test_any_part_is_playable(name: str, brief: Brief, character: Character, seed: int) -> None:
    part = compose(name, brief, seed, character=character)
    assert faults(part, INSTRUMENTS[name], brief) == []


@settings(max_examples=80, deadline=None)
@given(st.sampled_from(PITCHED), briefs, characters, st.integers(0, 999))
def test_notes_belong_to_the_key_or_the_chord(name: str, brief: Brief, character: Character, seed: int) -> None:
    part = compose(name, brief, seed, character=character)
    bass = (character.role or INSTRUMENTS[name].role) == "bass"
    wrong = foreign(part, brief)
    # the basses of jazz and funk may lead into a root from outside: three notes in ten, or in a short loop one a chord
    most = max(len(brief.chords), 0.3 * len(part.notes)) if bass and not character.solo else 0
    assert len(wrong) <= most


@settings(max_examples=30, deadline=None)
@given(st.sampled_from(sorted(INSTRUMENTS)), briefs, st.integers(0, 999))
def test_equal_arguments_give_equal_notes(name: str, brief: Brief, seed: int) -> None:
    assert compose(name, brief, seed) == compose(name, brief, seed)


@pytest.mark.parametrize("genre", NAMES)
def test_other_seeds_give_other_takes(genre: str) -> None:
    brief = settle(Wish(genre=genre), 0).brief
    for name in ("electric bass (finger)", "acoustic grand piano", "standard kit", "flute"):
        takes = {tuple((n.start, n.pitch) for n in compose(name, brief, seed).notes) for seed in range(6)}
        assert len(takes) >= 2, name


@pytest.mark.parametrize("bars", [1, 2, 7, 16, 64])
def test_no_bar_of_a_loop_is_left_empty(bars: int) -> None:
    for genre in ("pop", "jazz", "techno", "funk"):
        brief = settle(Wish(genre=genre, bars=bars), 1).brief
        for name in (
            "electric bass (finger)",
            "acoustic grand piano",
            "standard kit",
            "clarinet",
            "acoustic guitar (steel)",
        ):
            filled = {int(note.start // 4) for note in compose(name, brief, 3).notes}
            assert filled == set(range(bars)), (genre, name)


@pytest.mark.parametrize("name", ["acoustic grand piano", "flute", "string ensemble 1", "electric bass (finger)", "standard kit",
                                  "acoustic guitar (steel)", "vibraphone", "trumpet", "congas", "banjo"])  # fmt: skip
@pytest.mark.parametrize("genre", ["lofi", "rock", "jazz", "house", "ambient", "latin"])
def test_character_is_heard(name: str, genre: str) -> None:
    brief = settle(Wish(genre=genre, bars=8), 2).brief

    def mean(values: list[int]) -> float:
        return sum(values) / len(values)

    def played(**how: str) -> Part:
        return compose(name, brief, 4, character=Character(**how))  # type: ignore[arg-type]

    loudness = [mean([n.velocity for n in played(dynamics=d).notes]) for d in ("soft", "normal", "loud")]
    assert loudness[0] < 0.85 * loudness[1]
    assert loudness[2] > 1.05 * loudness[1]
    counts = [len(played(density=d).notes) for d in ("sparse", "normal", "busy")]
    assert counts[0] < counts[1] < counts[2] or counts[0] < 0.7 * counts[2]
    assert counts[0] <= counts[1] <= counts[2]
    if not INSTRUMENTS[name].is_drum:
        heights = [mean([n.pitch for n in played(register=r).notes]) for r in ("low", "normal", "high")]
        assert heights[0] <= heights[1] <= heights[2]
        assert heights[2] - heights[0] > 4


@pytest.mark.parametrize("name", ["alto sax", "electric guitar (clean)", "acoustic grand piano", "violin"])
def test_a_solo_is_one_moving_line_with_more_notes_and_more_range(name: str) -> None:
    brief = settle(Wish(genre="jazz", bars=8), 5).brief
    plain = compose(name, brief, 9, character=Character(role="lead"))
    solo = compose(name, brief, 9, character=Character(solo=True))
    assert len(solo.notes) > 1.2 * len(plain.notes)
    assert len({n.start for n in solo.notes}) == len(solo.notes)
    pitches = [n.pitch for n in solo.notes]
    assert max(pitches) - min(pitches) >= 10
    assert max(abs(a - b) for a, b in pairwise(pitches)) <= 14


@pytest.mark.parametrize("genre", NAMES)
def test_melodies_have_motifs_small_leaps_and_chord_tones_on_strong_beats(genre: str) -> None:
    brief = settle(Wish(genre=genre, bars=8, time_signature="4/4", feel="straight"), 3).brief
    notes = compose("flute", brief, 8).notes
    rhythms = [
        tuple(round(n.start - bar * 4, 2) for n in notes if bar * 4 <= n.start < bar * 4 + 4) for bar in range(8)
    ]
    assert len(set(rhythms)) < 8, "no bar's rhythm ever returns"
    leaps = [abs(a.pitch - b.pitch) for a, b in pairwise(notes)]
    assert sum(leaps) / len(leaps) < 5
    assert sum(leap == 0 for leap in leaps) / len(leaps) < 0.5
    strong = [n for n in notes if n.start % 2 == 0]
    each = brief.quarters / len(brief.chords)
    assert all(n.pitch % 12 in parse_chord(brief.chords[int(n.start / each)]).pitches for n in strong)


def test_a_lead_keeps_out_of_the_way_of_the_chords() -> None:
    brief = settle(Wish(genre="pop"), 1).brief
    high = compose("acoustic grand piano", brief, 1, character=Character(register="high"))
    alone = compose("clarinet", brief, 2)
    beside = compose("clarinet", brief, 2, beside={"piano": high})

    def centre(part: Part) -> float:
        return sum(n.pitch for n in part.notes) / len(part.notes)

    assert abs(centre(beside) - centre(high)) > abs(centre(alone) - centre(high)) + 2


@pytest.mark.parametrize("genre", ["rock", "hip hop", "pop", "r&b", "drum and bass", "lofi"])
def test_the_bass_locks_to_the_kick(genre: str) -> None:
    brief = settle(Wish(genre=genre, bars=4), 1).brief
    for seed in range(4):
        drums = compose("standard kit", brief, seed)
        bass = compose("electric bass (finger)", brief, seed + 50, beside={"drums": drums})
        kicks = [n.start for n in drums.notes if n.pitch == 36 and n.velocity >= 60]
        together = sum(any(abs(kick - n.start) < 0.06 for n in bass.notes) for kick in kicks)
        assert together / len(kicks) > 0.75, seed


@pytest.mark.parametrize("genre", ["pop", "jazz", "house", "lofi", "ballad"])
def test_chords_move_by_small_steps(genre: str) -> None:
    brief = settle(Wish(genre=genre, bars=4), 1).brief
    chords: dict[float, list[int]] = {}
    for note in compose("acoustic grand piano", brief, 3, beside={"bass": compose("acoustic bass", brief, 1)}).notes:
        if note.pitch > 50:
            chords.setdefault(note.start, []).append(note.pitch)
    tops = [max(pitches) for pitches in chords.values() if len(pitches) >= 2]
    assert max(abs(a - b) for a, b in pairwise(tops)) <= 9


def test_a_part_survives_its_midi_file() -> None:
    brief = settle(Wish(genre="funk"), 1).brief
    parts = {name: compose(name, brief, 1) for name in ("clavinet", "standard kit", "slap bass 1")}
    assert from_midi(to_midi(parts, brief.bpm, brief.time_signature)) == parts


def test_synonyms_are_understood_and_strangers_refused() -> None:
    brief = settle(Wish(genre="pop"), 1).brief
    assert compose("rhodes", brief, 1).program == 4
    with pytest.raises(Refusal, match="flugelschnitzel"):
        compose("flugelschnitzel", brief, 1)


def test_an_eight_bar_four_stem_loop_is_composed_in_thirty_milliseconds() -> None:
    settled = settle(Wish(genre="pop", bars=8), 1)
    best = 1.0
    for attempt in range(3):
        start = time.process_time()
        parts: dict[str, Part] = {}
        for word in settled.instruments:
            choice = resolve(word, "pop")
            assert choice is not None
            parts[choice.stem] = compose(choice.instrument.name, settled.brief, attempt, beside=parts)
        best = min(best, time.process_time() - start)
    assert len(parts) == 4
    assert best < 0.03
