"""What a tester found wrong stays right; files that came now, earlier or not at all; long and broken input."""

from __future__ import annotations

import rules_scoring
import rules_tables
from rules_talk import Talk

from nodes.planners.planner import PastTurn, PlanRequest
from nodes.planners.rules.planner import RulesPlanner
from state.plan import Plan


def test_the_faults_that_were_found_stay_mended() -> None:
    scored = rules_scoring.score(rules_scoring.requests("faults.yaml"))
    assert not scored.wrong, "\n".join(scored.wrong)


def attached(text: str, count: int | None) -> Plan:
    made = rules_tables.situation("trio_upload").request(text)
    request = PlanRequest(text, made.gat, made.revisions, made.history, made.uploads, attached=count)
    return RulesPlanner().plan(request)


def test_a_question_is_about_the_file_only_when_it_came_with_the_message() -> None:
    assert "riff.wav" in str(attached("how fast is this?", 1).answer)
    assert "86 bpm" in str(attached("how fast is this?", 0).answer)


def test_a_file_of_an_earlier_message_can_still_be_laid_over_the_loop() -> None:
    made = attached("replace the drums with this recording", 0)
    assert made.signature == "remove_track > add_track"


def test_of_an_earlier_file_nothing_is_asked_when_the_loop_is_taken_apart() -> None:
    assert "riff.wav" in str(attached("extract the drums", 1).question)
    assert attached("extract the drums", 0).signature == "extract_track"


def test_the_offer_to_lay_a_file_over_the_loop_is_taken_up_or_declined() -> None:
    asked = attached("isolate the vocals", 1).question
    assert asked is not None
    made = rules_tables.situation("trio_upload").request("yes please")
    history = [*made.history, PastTurn(2, "isolate the vocals", asked, "asked", (), 1)]
    taken = RulesPlanner().plan(PlanRequest("yes please", made.gat, made.revisions, history, made.uploads, attached=0))
    assert taken.signature == "add_track"
    for word in ("no", "nope", "no thanks"):
        declined = PlanRequest(word, made.gat, made.revisions, history, made.uploads, attached=0)
        assert "nothing was changed" in str(RulesPlanner().plan(declined).answer)


def test_it_is_the_loop_after_an_edit_and_the_new_stem_after_an_addition() -> None:
    talk = Talk()
    talk.say("rock loop 120 bpm E minor, guitar, bass and drums")
    talk.say("turn the bass up")
    assert not talk.say("make it louder").steps[0].arguments.get("stems")
    talk.say("add a flute")
    assert talk.say("make it louder").steps[0].arguments["stems"] == ["flute"]


def test_everything_comes_back_after_a_mute_without_going_back_a_version() -> None:
    talk = Talk()
    talk.say("rock loop 120 bpm E minor, guitar, bass and drums")
    talk.say("mute everything but the bass")
    made = talk.say("bring everything back")
    assert made.signature == "adjust_track"
    assert sorted(made.steps[0].arguments["stems"]) == ["drums", "guitar"]


def test_a_very_long_message_is_sent_back_unread() -> None:
    made = RulesPlanner().plan(rules_tables.situation("trio").request("add a flute and " * 1000))
    assert made.question is not None
    assert "4,000 words" in made.question
