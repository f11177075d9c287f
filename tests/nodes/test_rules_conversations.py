"""Conversations of several turns: what 'it', 'that again' and 'the one before' mean after what was said before."""

from __future__ import annotations

from dataclasses import replace

import pytest
from rules_talk import Talk

FIRST = "a dusty hip hop loop, 86 bpm, G minor, keys, bass and drums"


@pytest.fixture
def talk() -> Talk:
    begun = Talk()
    assert begun.say(FIRST).signature == "text_to_music"
    return begun


def test_the_main_job(talk: Talk) -> None:
    assert talk.gat is not None
    assert (talk.gat.bpm, talk.gat.key, talk.gat.stem_names) == (86.0, "G minor", ["keys", "bass", "drums"])
    assert talk.say("put a soft clarinet on top").steps[0].arguments["dynamics"] == "soft"
    plan = talk.say("down a fourth, and a little slower")
    assert plan.signature == "shift_pitch > change_speed"
    assert (talk.gat.key, talk.gat.stem_names[-1]) == ("D minor", "clarinet")
    assert talk.say("no, the one before").signature == "undo"
    assert (talk.gat.revision, talk.gat.bpm, talk.gat.key) == (2, 86.0, "G minor")


def test_it_is_the_stem_that_was_added_last(talk: Talk) -> None:
    talk.say("add a clarinet")
    assert talk.say("a touch quieter").steps[0].arguments["stems"] == ["clarinet"]
    assert talk.say("pan it left").steps[0].arguments["stems"] == ["clarinet"]
    assert talk.say("put some delay on it").steps[0].arguments["stems"] == ["clarinet"]
    assert talk.say("remove it").steps[0].arguments["stems"] == ["clarinet"]
    assert talk.say("pan it left").question


def test_it_is_the_whole_loop_for_tempo_and_mood(talk: Talk) -> None:
    talk.say("add a clarinet")
    assert talk.say("make it slower").steps[0].tool == "change_speed"
    plan = talk.say("make it happier")
    assert plan.steps[0].tool == "rearrange"
    assert set(plan.steps[0].arguments["instruments"]) == {"keys", "bass", "drums", "clarinet"}


def test_the_one_you_just_added_is_remembered_over_other_edits(talk: Talk) -> None:
    talk.say("add a flute")
    talk.say("the drums 3 dB louder")
    assert talk.say("mute the one you just added").steps[0].arguments["stems"] == ["flute"]


def test_that_again_repeats_the_last_plan(talk: Talk) -> None:
    first = talk.say("up two semitones")
    again = talk.say("that again")
    assert [(s.tool, s.arguments) for s in again.steps] == [(s.tool, s.arguments) for s in first.steps]
    assert talk.gat is not None
    assert talk.gat.key == "B minor"


def test_a_change_in_bpm_repeats_as_a_change(talk: Talk) -> None:
    talk.say("bump it up 5 bpm")
    talk.say("again")
    assert talk.gat is not None
    assert talk.gat.bpm == 96.0


def test_the_same_for_another_stem(talk: Talk) -> None:
    talk.say("put some delay on the keys")
    plan = talk.say("do the same to the bass")
    assert plan.signature == "add_effect"
    assert plan.steps[0].arguments["stems"] == ["bass"]
    assert plan.steps[0].arguments["effects"][0]["kind"] == "delay"


def test_undo_redo_and_the_first_version(talk: Talk) -> None:
    talk.say("add a trumpet")
    talk.say("slower")
    talk.say("undo")
    assert talk.gat is not None
    assert talk.gat.revision == 2
    assert talk.say("redo").steps[0].arguments == {"revision": 3}
    assert talk.say("the version before last").steps[0].arguments == {"steps": 2}
    assert talk.gat.revision == 1
    assert talk.say("undo").question


def test_before_the_clarinet_finds_the_version(talk: Talk) -> None:
    talk.say("add a clarinet")
    talk.say("slower")
    talk.say("go back to before the clarinet")
    assert talk.gat is not None
    assert talk.gat.revision == 1


def test_bring_back_what_was_muted_and_what_was_removed(talk: Talk) -> None:
    talk.say("mute the drums")
    assert talk.say("bring the drums back").steps[0].arguments == {"stems": ["drums"], "mute": False}
    talk.say("ditch the drums")
    plan = talk.say("bring back the drums")
    assert plan.steps[0].tool in {"undo", "add_track"}
    assert talk.gat is not None
    assert "drums" in talk.gat.stem_names


def test_the_louder_of_the_two_is_compared_by_level(talk: Talk) -> None:
    talk.say("ditch the drums")
    talk.say("bass up 6 dB")
    assert talk.say("turn down the louder of the two").steps[0].arguments["stems"] == ["bass"]


def test_a_new_loop_forgets_the_old_one(talk: Talk) -> None:
    talk.say("add a clarinet")
    plan = talk.say("now make me a techno loop at 130 with a synth lead and drums")
    assert plan.signature == "text_to_music"
    assert talk.gat is not None
    assert talk.gat.bpm == 130.0
    assert "clarinet" not in talk.gat.stem_names


def test_nothing_changes_when_one_of_several_instructions_is_unknown(talk: Talk) -> None:
    plan = talk.say("add a flute, frobnicate the bass and make it slower")
    assert plan.question
    assert not plan.steps
    assert talk.gat is not None
    assert talk.gat.revision == 1


def test_the_effect_is_taken_off_where_it_is(talk: Talk) -> None:
    talk.say("reverb on the keys")
    talk.say("drums a bit louder")
    plan = talk.say("kill the reverb")
    assert plan.steps[0].arguments == {"remove": ["reverb"], "stems": ["keys"]}
    assert talk.say("kill the reverb").question


def test_questions_are_answered_from_the_table(talk: Talk) -> None:
    talk.say("add a clarinet")
    assert "clarinet" in (talk.say("what did you change?").answer or "")
    assert "86" in (talk.say("how fast is it?").answer or "")
    assert "4/4" in (talk.say("what time signature is that?").answer or "")


def test_words_of_the_first_message_can_be_edits_of_what_it_made() -> None:
    talk = Talk()
    plan = talk.say("make a rock loop with guitar, bass and drums, then pan the guitar left and mute the drums")
    assert plan.signature == "text_to_music > adjust_track > adjust_track"
    assert talk.gat is not None
    assert talk.gat.stem("guitar") is not None
    assert talk.gat.stem("guitar").pan < 0  # type: ignore[union-attr]
    assert talk.gat.stem("drums").muted  # type: ignore[union-attr]


def test_what_changed_nothing_is_not_taken_back(talk: Talk) -> None:
    talk.say("the bass 3 dB louder")
    last = talk.history[-1]
    talk.history.append(replace(last, turn=last.turn + 1))  # said again, and it led to no new version
    plan = talk.say("not that much")
    assert [step.tool for step in plan.steps] != ["undo", "adjust_track"]


def test_a_correction_is_made_from_where_the_change_began(talk: Talk) -> None:
    talk.say("the bass 3 dB louder")
    talk.say("not that much")
    bass = next(stem for stem in talk.gat.stems if stem.name == "bass") if talk.gat else None
    before = talk.revisions.revision(1)
    assert bass is not None
    assert before is not None
    assert bass.gain_db == pytest.approx(next(s.gain_db for s in before.stems if s.name == "bass") + 1.5)
