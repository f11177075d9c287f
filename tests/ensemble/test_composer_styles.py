"""Each style's own signs, heard in the notes."""

from __future__ import annotations

import itertools
from collections import Counter

import pytest

from ensemble.band.composer import compose, settle
from ensemble.band.score import Note, Part
from ensemble.band.styles import styles
from ensemble.protocols import Brief, Feel, Wish

KICK, SNARES, CLAP, HAT = {36}, {37, 38, 39, 40}, 39, 42


def brief_of(genre: str, **more: object) -> Brief:
    return settle(Wish(genre=genre, bars=4, **more), 1).brief  # type: ignore[arg-type]


def drums(genre: str, seed: int = 1, **more: object) -> Part:
    return compose("standard kit", brief_of(genre, **more), seed)


def strong(part: Part, keys: set[int], above: int = 60, bars: int = 3, bar: float = 4.0) -> list[float]:
    """Places in the bar of the loud strokes on `keys` in the first `bars` bars (the last one may hold a fill)."""
    return sorted(
        {round(n.start % bar, 2) for n in part.notes if n.pitch in keys and n.velocity > above and n.start < bars * bar}
    )


@pytest.mark.parametrize("genre", ["house", "techno", "trance", "disco"])
@pytest.mark.parametrize("seed", range(3))
def test_four_on_the_floor(genre: str, seed: int) -> None:
    assert {0.0, 1.0, 2.0, 3.0} <= set(strong(drums(genre, seed), KICK))


@pytest.mark.parametrize("genre", ["rock", "pop", "hip hop", "r&b", "funk", "synthwave", "country", "lofi"])
@pytest.mark.parametrize("seed", range(3))
def test_a_backbeat_on_two_and_four(genre: str, seed: int) -> None:
    places = strong(drums(genre, seed), SNARES, above=60)
    assert any(abs(p - 1.0) < 0.04 for p in places)
    assert any(abs(p - 3.0) < 0.04 for p in places)
    assert not any(p < 0.04 or abs(p - 2.0) < 0.04 for p in places)


@pytest.mark.parametrize("genre", ["trap", "dubstep"])
def test_half_time_styles_strike_the_backbeat_on_three(genre: str) -> None:
    assert strong(drums(genre), SNARES, above=85) == [2.0]


def test_one_drop_has_kick_and_rim_together_on_three() -> None:
    takes = [drums("reggae", seed) for seed in range(6)]
    assert all(2.0 in strong(take, KICK) and 2.0 in strong(take, SNARES, above=80) for take in takes)
    assert any(0.0 not in strong(take, KICK) for take in takes)


def test_drum_and_bass_breaks_the_kick_before_the_second_backbeat() -> None:
    brief = brief_of("drum and bass")
    assert 160 <= brief.bpm <= 180
    places = strong(compose("standard kit", brief, 2), KICK)
    assert 2.5 in places
    assert 2.0 not in places


def test_funk_and_hip_hop_have_ghost_notes() -> None:
    for genre in ("funk", "hip hop"):
        ghosts = [n for n in drums(genre).notes if n.pitch in SNARES and n.velocity < 55]
        assert len(ghosts) >= 4, genre


def test_jazz_rides_and_walks() -> None:
    brief = brief_of("jazz")
    kit = compose("jazz kit", brief, 1)
    assert Counter(n.pitch for n in kit.notes).most_common(1)[0][0] == 51
    swung = [n.start % 1 for n in kit.notes if n.pitch == 51 and n.start % 1 > 0.1]
    assert swung
    assert all(abs(place - 0.65) < 0.02 for place in swung)
    bass = compose("acoustic bass", brief, 1)
    beats = {round(n.start, 2) for n in bass.notes}
    assert {float(beat) for beat in range(16)} <= beats
    walk = [n.pitch for n in bass.notes if n.start == int(n.start)]
    assert sum(a != b for a, b in itertools.pairwise(walk)) / len(walk) > 0.8


def test_reggae_skanks_off_the_beat() -> None:
    guitar = compose("electric guitar (clean)", brief_of("reggae", feel="straight"), 1)
    assert {round(n.start % 1, 1) for n in guitar.notes} <= {0.5, 0.6, 0.7, 0.8}


def test_a_waltz_goes_oom_pah_pah() -> None:
    brief = brief_of("waltz")
    assert brief.time_signature == "3/4"
    kit = compose("standard kit", brief, 1)
    assert strong(kit, KICK, bar=3.0) == [0.0]
    piano = compose("acoustic grand piano", brief, 2, beside={"bass": compose("acoustic bass", brief, 1)})
    places = Counter(n.start % 3 for n in piano.notes if n.pitch > 52)
    assert places[1.0] > places[0.0]
    assert places[2.0] > places[0.0]


def test_house_basses_play_between_the_kicks() -> None:
    for seed in range(3):
        bass = compose("synth bass 1", brief_of("house", feel="straight"), seed)
        off = [n for n in bass.notes if n.start % 1 != 0]
        assert len(off) / len(bass.notes) > 0.7


def test_bossa_has_a_clave_on_the_rim_and_a_bass_of_root_and_fifth() -> None:
    brief = brief_of("bossa nova")
    rims = strong(compose("brush kit", brief, 1), {37}, above=50)
    assert len(rims) >= 4
    assert any(place % 1 for place in rims)
    bass = compose("acoustic bass", brief, 1)
    assert {n.start % 4 for n in bass.notes} >= {0.0, 2.0}


def test_metal_and_punk_are_the_loudest_and_ambient_the_softest() -> None:
    def loudness(genre: str) -> float:
        notes = compose("acoustic grand piano", brief_of(genre), 1).notes
        return sum(n.velocity for n in notes) / len(notes)

    levels = {genre: loudness(genre) for genre in styles()}
    assert min(levels, key=lambda genre: levels[genre]) == "ambient"
    assert set(sorted(levels, key=lambda genre: -levels[genre])[:4]) & {"metal", "punk"}


def test_distorted_guitars_play_power_chords_and_clean_ones_full_chords() -> None:
    brief = brief_of("rock", key="E minor")
    power = compose("distortion guitar", brief, 1)
    for _, chord in itertools.groupby(power.notes, key=lambda n: round(n.start * 4)):
        pitches = sorted({n.pitch for n in chord})
        assert all((p - pitches[0]) in (0, 6, 7, 8, 12) for p in pitches)
    strummed = compose("acoustic guitar (steel)", brief, 1)
    voices = Counter(round(n.start * 8) for n in strummed.notes)
    assert max(voices.values()) >= 5


def test_a_strum_runs_down_the_strings_and_a_pad_holds() -> None:
    brief = brief_of("pop")
    guitar = compose("acoustic guitar (steel)", brief, 1)
    first = [n for n in guitar.notes if n.start < 0.2]
    assert [n.pitch for n in first] == sorted(n.pitch for n in first)
    assert len({n.start for n in first}) == len(first)
    pad = compose("pad 2 (warm)", brief, 1)
    assert sum(n.duration for n in pad.notes) / len(pad.notes) > 2


def signature(genre: str) -> tuple[tuple[tuple[float, int], ...], ...]:
    """What drums, bass and keys of a style play, apart from key, tempo and chords."""
    chords = ("Dm7", "Gm7", "C7", "Fmaj7")
    brief = Brief(100.0, "D minor", "4/4", 4, chords, genre, None)
    names = ("standard kit", "electric bass (finger)", "acoustic grand piano", "electric guitar (clean)", "flute")
    return tuple(tuple((n.start, n.pitch) for n in compose(name, brief, 1).notes) for name in names)


def test_no_two_styles_sound_alike() -> None:
    played = {genre: signature(genre) for genre in styles()}
    for one, other in itertools.combinations(played, 2):
        drums_apart = _apart(played[one][0], played[other][0])
        parts_apart = sum(_apart(a, b) for a, b in zip(played[one], played[other], strict=True)) / 5
        assert max(drums_apart, parts_apart) > 0.35, (one, other)


def _apart(one: tuple[tuple[float, int], ...], other: tuple[tuple[float, int], ...]) -> float:
    """1 minus the share of strokes that two parts have in common."""
    a, b = ({(round(start * 4), pitch) for start, pitch in part} for part in (one, other))
    return 1 - len(a & b) / max(1, len(a | b))


@pytest.mark.parametrize("metre", ["3/4", "6/8", "5/4", "7/8"])
@pytest.mark.parametrize("genre", list(styles()))
def test_every_style_has_a_groove_in_other_metres(genre: str, metre: str) -> None:
    brief = brief_of(genre, time_signature=metre)
    bar = brief.quarters / 4
    kit = compose("standard kit", brief, 1)
    per_bar = [len([n for n in kit.notes if i * bar <= n.start < (i + 1) * bar]) for i in range(4)]
    assert min(per_bar) >= 1
    assert len({n.pitch for n in kit.notes}) >= 2
    bass = compose("electric bass (finger)", brief, 1)
    assert all(any(i * bar - 0.5 <= n.start < (i + 1) * bar for n in bass.notes) for i in range(4))


@pytest.mark.parametrize(("feel", "places"), [("half_time", [2.0]), ("double_time", [0.5, 1.5, 2.5, 3.5])])
def test_half_and_double_time_move_the_backbeat(feel: Feel, places: list[float]) -> None:
    assert strong(drums("rock", feel=feel), {38}, above=85) == places


def test_swing_delays_the_off_beats_and_straight_does_not() -> None:
    def offs(feel: Feel) -> set[float]:
        hats: list[Note] = [n for n in drums("rock", feel=feel).notes if n.pitch in (HAT, 51) and n.start < 12]
        return {round(n.start % 1, 2) for n in hats} - {0.0}

    assert offs("straight") == {0.5}
    assert offs("swing") == {0.65}


def test_a_calm_take_is_softer_and_sparser_than_an_energetic_one() -> None:
    def played(mood: str) -> Part:
        return compose("standard kit", brief_of("funk", mood=mood, key="E minor", bpm=104), 1)

    calm, wild = played("calm"), played("energetic")
    assert sum(n.velocity for n in calm.notes) / len(calm.notes) < sum(n.velocity for n in wild.notes) / len(wild.notes)
    ghosts = [sum(n.pitch == 38 and n.velocity < 55 and n.start < 12 for n in take.notes) for take in (calm, wild)]
    assert ghosts[0] < ghosts[1]
