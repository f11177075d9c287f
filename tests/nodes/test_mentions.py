"""Who is to play, who is refused, who sings, and how each part is played."""

from __future__ import annotations

import pytest

from ensemble.band.instruments import INSTRUMENTS, resolve
from nodes.planners.rules.words.attributes import Mention, read


def stems(text: str) -> list[str]:
    return [mention.choice.stem for mention in read(text).instruments]


def only(text: str) -> Mention:
    (mention,) = read(text).instruments
    return mention


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a loop with drums and bass", ["drums", "bass"]),
        ("bass drum and snare only", ["drums"]),
        ("hats, kick & snare", ["drums"]),
        ("two guitars and a cello", ["guitar", "guitar", "cello"]),
        ("three violins", ["violin", "violin", "violin"]),
        ("a pair of flutes", ["flute", "flute"]),
        ("acoustic rhythm guitar", ["acoustic guitar"]),
        ("solo electric guitar", ["electric guitar"]),
        ("acid synth bass", ["synth bass"]),
        ("piano melody", ["piano"]),
        ("a flute playing the melody", ["flute"]),
        ("the melody on a flute", ["flute"]),
        ("strings playing the chords", ["strings"]),
        ("a singer sings this lovely melody", []),
        ("a beat with keys and bass", ["drums", "keys", "bass"]),
        ("make me a lofi beat", []),
        ("a bass-heavy mix", []),
        ("bells and whistles", []),
        ("in the key of G", []),
        ("kick it up a notch", []),
        ("drop the guitar strings idea", []),
        ("something for the beach", []),
        ("accoustic guittar and clarinett", ["acoustic guitar", "clarinet"]),
        ("choir aahs", ["choir"]),
        ("a house piano and a rock organ", ["piano", "organ"]),
        ("horn section, kit, upright", ["brass", "drums", "upright bass"]),
    ],
)
def test_instruments_in_running_text(text: str, expected: list[str]) -> None:
    assert stems(text) == expected


def test_drum_and_bass_are_two_stems_in_a_list_and_a_genre_elsewhere() -> None:
    assert stems("a loop with piano, drum and bass") == ["piano", "drums", "bass"]
    assert read("a loop with piano, drum and bass").genre is None
    assert stems("a drum and bass loop with piano") == ["piano"]


@pytest.mark.parametrize(
    ("text", "refused", "kept"),
    [
        ("keys and bass, no drums", ["drums"], ["keys", "bass"]),
        ("no drums, piano", ["drums"], ["piano"]),
        ("no drums, bass or keys", ["drums", "bass", "keys"], []),
        ("no drums and a piano", ["drums"], ["piano"]),
        ("without drums and bass", ["drums", "bass"], []),
        ("without melody", ["melody"], []),
        ("drumless folk with guitar", ["drums"], ["guitar"]),
        ("minus the bass", ["bass"], []),
        ("strings but not the piano", ["piano"], ["strings"]),
        ("w/o percussion", ["percussion"], []),
        ("it doesn't need drums", ["drums"], []),
        ("drums, not too loud", [], ["drums"]),
        ("not only drums", [], ["drums"]),
    ],
)
def test_refusals_reach_as_far_as_they_are_meant(text: str, refused: list[str], kept: list[str]) -> None:
    assert [without.words for without in read(text).without] == refused
    assert stems(text) == kept


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("with female vocals", True),
        ("a rapper over it", True),
        ("no vocals", False),
        ("an instrumental house loop", False),
        ("choir aahs", None),
        ("a loop", None),
        ("sing me something", True),
    ],
)
def test_singing_is_asked_for_refused_or_not_mentioned(text: str, expected: bool | None) -> None:
    assert read(text).singing is expected


def test_how_a_part_is_played_is_kept_with_its_instrument() -> None:
    assert only("put a soft clarinet on top").dynamics == "soft"
    assert only("busy hi-hats").density == "busy"
    assert only("low strings").register == "low"
    assert only("soft, low strings").dynamics == "soft"
    assert only("clarinet, softly").dynamics == "soft"
    assert only("drums playing hard").dynamics == "loud"
    assert only("a solo violin up high").solo
    assert only("a guitar solo").solo
    assert only("lead guitar").role == "lead"
    assert only("a muted trumpet panned left").pan == -0.5
    assert only("drums, not too loud").dynamics is None
    drums, piano = read("loud drums and a quiet piano").instruments
    assert (drums.dynamics, piano.dynamics) == ("loud", "soft")


def test_the_genre_settles_open_instruments_and_a_word_beside_one_outweighs_it() -> None:
    assert only("rock loop with keys").choice.instrument.name == "rock organ"
    assert only("a jazz loop with a metal guitar").choice.instrument.name == "distortion guitar"


def test_what_the_band_lacks_is_reported_with_the_nearest_that_it_has() -> None:
    reading = read("ukulele and didgeridoo")
    assert [m.choice.stem for m in reading.instruments] == ["ukulele"]
    (played,) = reading.stand_ins
    assert played.words == "ukulele"
    assert played.nearest is not None
    assert played.nearest.instrument.name == "acoustic guitar (nylon)"
    (left_out,) = reading.missing
    assert left_out.words == "didgeridoo"
    assert read("a gong").missing[0].nearest is None


@pytest.mark.parametrize(
    "text",
    [
        "the main melody is being played by a vibraphone",
        "a vibraphone is gently playing the melody",
        "vibraphone on lead",
    ],
)
def test_a_part_and_its_player_are_one_stem(text: str) -> None:
    mention = only(text)
    assert mention.choice.stem == "vibraphone"
    assert mention.role == "lead"


@pytest.mark.parametrize(
    "text", ["a guitar-like sound", "a choral vocal", "guitar effects", "a phone with a flute-ish tone"]
)
def test_a_likeness_or_a_voice_is_no_stem(text: str) -> None:
    assert stems(text) == []


def test_effects_and_place_after_an_instrument_are_its_own() -> None:
    organ = only("add an organ drenched in reverb, panned hard right")
    assert (organ.choice.stem, organ.pan) == ("organ", 1.0)
    drums, piano = read("loud drums, then a quiet piano on the left").instruments
    assert (drums.dynamics, drums.pan) == ("loud", None)
    assert (piano.dynamics, piano.pan) == ("soft", -0.5)


def test_a_kind_of_genre_keeps_its_name_and_its_parents_tempo() -> None:
    reading = read("slow minimal techno")
    assert reading.genre == "minimal techno"
    assert reading.bpm == read("slow techno").bpm
    assert read("lo-fi hip-hop").genre == "lofi hip hop"


def test_the_words_of_a_mention_resolve_to_its_stem() -> None:
    text = "two violins, snare and brushes, an acid synth bass, acoustic rhythm guitar and a house piano"
    for mention in read(text).instruments:
        choice = resolve(mention.words)
        assert choice is not None
        assert choice.stem == mention.choice.stem
    kit = next(m for m in read(text).instruments if m.choice.stem == "drums")
    assert (kit.words, kit.choice.instrument.name) == ("brushes", "brush kit")


def test_every_instrument_is_understood_by_its_general_midi_name() -> None:
    lost = {}
    for name in INSTRUMENTS:
        for text in (f"add {name}", f"A loop with {name.title()}, please"):
            found = [mention.choice.instrument.name for mention in read(text).instruments]
            if found != [name]:
                lost[text] = found
    assert lost == {}


@pytest.mark.parametrize("form", ["add a {}", "a lofi loop with {}, please", "{}", "give me a {} part"])
def test_every_stem_name_and_plain_synonym_is_understood_in_a_request(form: str) -> None:
    words = [
        "banjo",
        "sitar",
        "koto",
        "kalimba",
        "bagpipes",
        "accordion",
        "harmonica",
        "steel drums",
        "shakuhachi",
        "ocarina",
        "celesta",
        "timpani",
    ]
    words += [
        "tambourine",
        "congas",
        "bongos",
        "cowbell",
        "shaker",
        "claves",
        "guiro",
        "triangle",
        "maracas",
        "woodblock",
        "taiko",
        "tubular bells",
    ]
    words += [
        "rhodes",
        "hammond",
        "clavinet",
        "harpsichord",
        "808",
        "sub bass",
        "pad",
        "choir",
        "oboe",
        "bassoon",
        "tuba",
        "piccolo",
        "viola",
        "harp",
    ]
    for word in words:
        expected = resolve(word)
        assert expected is not None
        assert stems(form.format(word)) == [expected.stem], form.format(word)
