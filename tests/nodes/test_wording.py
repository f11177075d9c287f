from __future__ import annotations

from nodes.wording import changes, findings, in_words, introduce
from state.gat import GlobalAttributeTable, Stem
from state.plan import Step
from state.verdict import Check, Verdict


def stem(name: str, audio: str = "a", **more: object) -> Stem:
    return Stem.model_validate(
        {"name": name, "instrument": name, "audio": audio, "tool": "t", "seed": 0, "backend": "band", **more}
    )


LOOP = GlobalAttributeTable(
    revision=1,
    bpm=90,
    key="G minor",
    bars=4,
    duration_seconds=10.7,
    genre="lofi",
    stems=(stem("keys"), stem("bass")),
    mix="m",
)


def test_a_new_loop_is_introduced_by_what_the_table_holds() -> None:
    assert introduce(LOOP) == "A 4-bar lofi loop at 90 bpm in G minor with keys and bass."


def test_every_change_is_named_and_what_was_not_touched_too() -> None:
    after = LOOP.revised(
        revision=2, parent=1, bpm=80, stems=(stem("keys", gain_db=3, pan=-0.5), stem("bass"), stem("flute"))
    )
    told = " ".join(changes(LOOP, after))
    for words in (
        "Tempo 90 -> 80 bpm.",
        "Added flute.",
        "Keys 3 dB louder.",
        "Keys 50 % to the left.",
        "Untouched: bass.",
    ):
        assert words in told


def test_moved_notes_are_not_called_new_music() -> None:
    after = LOOP.revised(revision=2, parent=1, stems=(stem("keys", "b"), stem("bass")))
    shifted = [Step(tool="shift_pitch", arguments={"semitones": -3, "stems": ["keys"]}, status="passed")]
    assert changes(LOOP, after, shifted)[0] == "Moved down by 3 semitones: keys."
    assert changes(LOOP, after)[0] == "New music in keys."


def test_varied_parts_are_called_by_how_they_are_played() -> None:
    after = LOOP.revised(revision=2, parent=1, stems=(stem("keys", "b"), stem("bass")))

    def told(**arguments: object) -> str:
        return changes(LOOP, after, [Step(tool="vary", arguments=arguments, status="passed")])[0]

    assert told(feel="swing", amount=0.0) == "Played with swing now: keys."
    assert told(density="sparse", stems=["keys"]) == "Played with a sparser part now: keys."
    assert told(amount=0.5) == "Varied: keys."


def test_new_music_is_told_with_its_place() -> None:
    after = LOOP.revised(revision=2, parent=1, stems=(stem("keys", "b"), stem("bass")))
    last = Step(tool="regenerate_span", arguments={"start_bar": 4, "end_bar": 4, "stems": ["keys"]}, status="passed")
    assert changes(LOOP, after, [last])[0] == "New music in bar 4 of keys."
    longer = after.revised(bars=8, duration_seconds=21.33)
    assert changes(LOOP, longer, [Step(tool="vary", arguments={"bars": 8}, status="passed"), last])[:2] == [
        "8 bars now, 21.33 s.",
        "New music in bar 4 of keys.",
    ]


def test_a_change_after_going_back_is_not_called_going_back() -> None:
    newer = LOOP.revised(revision=3, parent=2, bpm=80)
    after = LOOP.revised(revision=4, parent=1, bpm=80)
    steps = [
        Step(tool="undo", arguments={"revision": 1}, status="passed"),
        Step(tool="change_speed", arguments={"bpm": 80}),
    ]
    assert changes(newer, after, steps)[0].startswith("Back at revision 1, and changed from there: A 4-bar")
    told = changes(newer, after.revised(bpm=100), steps, LOOP)
    assert told[:2] == ["Back at revision 1, and from there:", f"Tempo {LOOP.bpm:g} -> 100 bpm."]


def test_a_new_length_is_told_in_bars_and_seconds() -> None:
    after = LOOP.revised(revision=2, parent=1, bars=8, duration_seconds=21.33)
    assert changes(LOOP, after)[0] == "8 bars now, 21.33 s."


def test_going_back_says_where_to() -> None:
    newer = LOOP.revised(revision=2, parent=1, bpm=80)
    assert changes(newer, LOOP)[0].startswith("Back at revision 1.")


def test_a_failed_check_is_told_with_its_evidence_and_an_unmeasurable_one_is_not_passed() -> None:
    checks = [
        Check(name="bpm", expected=104.0, measured=98.0, status="failed"),
        Check(name="key", expected="D minor", status="unmeasurable"),
        Check(name="seam", status="passed"),
    ]
    told = " ".join(findings([Verdict(step=0, attempt=1, passed=False, checks=checks)]))
    assert "Not reached: tempo (wanted 104, measured 98)." in told
    assert "Could not be checked: scale." in told
    assert "scale" not in told.split("Could not")[0]


def test_what_is_told_is_of_the_take_that_was_kept_not_of_the_last_one_tried() -> None:
    kept = [Check(name="bpm", expected=104.0, measured=98.0, status="failed"), Check(name="bars", status="passed")]
    worse = [Check(name="bpm", expected=104.0, measured=91.0, status="failed"), Check(name="bars", status="failed")]
    made_nothing = [Check(name="tool", expected="a take", measured="out of memory", status="failed")]
    tried = [
        Verdict(step=0, attempt=number, passed=False, checks=checks)
        for number, checks in enumerate([kept, worse, made_nothing], start=1)
    ]
    assert "Not reached: tempo (wanted 104, measured 98)." in findings(tried)
    scored = [Verdict(step=0, attempt=1, passed=False, clap=0.1, checks=worse[:1]), tried[0]]
    assert "Not reached: tempo (wanted 104, measured 91)." in findings(scored)


def test_a_plan_is_shown_in_words() -> None:
    assert in_words(Step(tool="remove_track", arguments={"stems": ["organ"]})) == "remove track (stems organ)"


def test_a_plural_name_takes_a_plural_verb_and_an_instrument_its_article() -> None:
    drums = LOOP.revised(stems=(stem("drums"), stem("bass")))
    after = drums.revised(
        revision=2,
        parent=1,
        stems=(stem("drums", "b", instrument="drum recording"), stem("bass", "c", instrument="acoustic bass")),
    )
    told = " ".join(changes(drums, after))
    assert "Drums are played by a drum recording now." in told
    assert "Bass is played by an acoustic bass now." in told
