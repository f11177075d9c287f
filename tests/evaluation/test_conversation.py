"""What is read off the records: signatures, the verdict of what was kept, times, differences, the environment."""

from __future__ import annotations

import itertools
import json
from datetime import timedelta

import pytest
from held import Held

from evaluation.conversation import Conversation, kept_verdicts, signature
from evaluation.difference import difference
from evaluation.environment import environment
from evaluation.run_content import PLAN_COLUMNS, description, plans_table, strategy_parameters, totals, turn_metrics
from evaluation.turn_spans import turn_spans
from state.code import code_hash
from state.effects import Reverb
from state.strategy import Retry, Strategy
from state.verdict import Check, Verdict


def test_only_the_turn_that_made_a_revision_made_it(held: Held) -> None:
    conversation = Conversation.read(held.sessions, held.session)
    made = [conversation.made(record) for record in conversation.records]
    assert [table.revision if table else None for table in made] == [1, 2, None, 3]


def test_turns_ended_when_they_were_recorded_and_lasted_as_long_as_was_measured(held: Held) -> None:
    spans = list(Conversation.read(held.sessions, held.session).spans().values())
    for earlier, later in itertools.pairwise(spans):
        assert earlier.ended <= later.ended
    for span, record in zip(spans, held.records, strict=True):
        assert span.ended - span.began == timedelta(seconds=sum(record.usage.seconds.values()))


def test_what_was_kept_is_what_passed_or_failed_least(held: Held) -> None:
    def verdict(attempt: int, *statuses: str) -> Verdict:
        checks = [Check(name="x", status=status) for status in statuses]
        return Verdict(step=0, attempt=attempt, passed="failed" not in statuses, checks=checks)

    for verdicts, attempt in (
        ([verdict(1, "failed", "failed"), verdict(2, "failed", "passed"), verdict(3, "failed", "unmeasurable")], 2),
        ([verdict(1, "failed"), verdict(2, "passed"), verdict(3, "passed")], 2),
    ):
        (found,) = kept_verdicts(held.records[0].model_copy(update={"verdicts": verdicts}))
        assert found.attempt == attempt


def test_signatures_leave_out_superseded_steps_and_name_turns_without_any(held: Held) -> None:
    first, _, question, last = held.records
    assert signature(question) == "question"
    replanned = [first.plan[0].model_copy(update={"status": "superseded"}), *last.plan, first.plan[0]]
    assert signature(first.model_copy(update={"plan": replanned})) == "adjust_track > text_to_music"
    assert signature(first.model_copy(update={"plan": []})) == "answer"
    assert signature(first.model_copy(update={"plan": [], "status": "failed"})) == "error"


def test_a_difference_names_what_changed_and_what_did_not(held: Held) -> None:
    first, second, _ = held.sessions.revisions(held.session)
    wet = second.stems[0].model_copy(update={"effects": (Reverb(),), "audio": second.stems[2].audio})
    after = second.revised(bpm=96.0, stems=(wet, second.stems[2]))
    found = difference(first, after)
    assert [(c.stem, c.attribute) for c in found.changes] == [(None, "bpm"), ("keys", "effects"), ("keys", "take")]
    assert (found.changes[0].before, found.changes[0].after, found.changes[0].source) == ("120 bpm", "96 bpm", "asked")
    assert found.changes[2].after.endswith("(same notes)")
    assert [stem.name for stem in found.added] == ["clarinet"]
    assert [stem.name for stem in found.removed] == ["drums"]
    assert found.untouched == ()
    assert difference(first, second).untouched == ("keys", "drums")
    assert difference(first, first).empty


def test_every_field_of_a_strategy_is_a_parameter() -> None:
    flat = strategy_parameters(Strategy(candidates=3, retry=Retry(attempts=5)))
    assert flat["strategy.candidates"] == "3"
    assert flat["strategy.retry.attempts"] == "5"
    assert flat["strategy.budget.tool_calls"] == "24"
    assert flat["strategy.hash"] == Strategy(candidates=3, retry=Retry(attempts=5)).hash


def test_figures_count_what_was_kept_and_show_the_unmeasurable_apart(held: Held) -> None:
    figures = turn_metrics(held.records[0])
    assert (figures["checks_passed"], figures["checks_failed"], figures["checks_unmeasurable"]) == (1, 0, 1)
    assert (figures["attempts"], figures["attempts_failed"], figures["tool_calls"]) == (2, 1, 1)
    assert figures["seconds"] == pytest.approx(0.831)
    assert totals(held.records)["total/partial"] == 1


def test_the_plans_table_has_a_row_a_step_and_one_for_a_turn_without(held: Held) -> None:
    table = plans_table(held.records)
    assert table["columns"] == list(PLAN_COLUMNS)
    assert [(row[0], row[2], row[3], row[5]) for row in table["data"]] == [
        (1, 1, "text_to_music", "passed"), (2, 1, "add_track", "failed"), (3, 0, "(question)", "asked"),
        (4, 1, "adjust_track", "passed"),
    ]  # fmt: skip
    assert json.loads(table["data"][0][4]) == {"bpm": 120}


def test_the_description_shows_what_was_typed_and_stays_short(held: Held) -> None:
    conversation = Conversation.read(held.sessions, held.session)
    assert "&lt;keys> &amp; drums" in description(conversation)
    for _ in range(40):
        held.say("x" * 500, "y" * 500, "asked", [])
    long = description(Conversation.read(held.sessions, held.session))
    assert len(long) < 8000  # MLflow cuts tags there
    assert "more turns" in long


def test_spans_lie_inside_their_parents(held: Held) -> None:
    conversation = Conversation.read(held.sessions, held.session)
    for record in conversation.records:
        spans = {span.key: span for span in turn_spans(record, conversation.spans()[record.turn])}
        for span in spans.values():
            assert span.began <= span.ended
            if span.parent:
                parent = spans[span.parent]
                assert parent.began <= span.began
                assert span.ended <= parent.ended
    assert spans["execute"].ended - spans["execute"].began == timedelta(seconds=0.6)
    assert spans["step-0"].inputs == {"stem": "drums", "gain_db": -3.0}


def test_the_environment_names_versions_and_the_sound_font(held: Held) -> None:
    found = environment(held.settings)
    assert found["package.symusic"][0].isdigit()
    assert len(found["soundfont.sha256"]) == 64
    assert found["code.sha256"] == code_hash()
    assert not any("/" in value or "\\" in value for value in found.values())
