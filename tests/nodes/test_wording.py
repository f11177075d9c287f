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


def test_a_plan_is_shown_in_words() -> None:
    assert in_words(Step(tool="remove_track", arguments={"stems": ["organ"]})) == "remove track (stems organ)"
