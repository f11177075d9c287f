"""What a model says to the user: no call written as text and no refusal passes for an answer. Over a real socket."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from conversing import STEP_BY_STEP, begun, conducting, notes, settings_for, strategy_for, takes
from llm_situations import action, planned, spoken

from nodes.planners.llm.last_words import refuses
from scripted_server import ScriptedServer, call, said
from state.strategy import Retry
from state.turn import TurnRecord

KINDS = ("react", "react_tools", "single_shot", "plan_execute", "reflect", "hybrid")
VAGUE = "do the thing with the piano please, you know which"
"""A request that the rules are not sure about, so that hybrid asks the model."""
MUTE: tuple[str, dict[str, Any]] = ("adjust_track", {"stems": ["piano"], "mute": True})

CALLS = [
    '{"name":"remove_track","arguments":{"stems":["piano"]}}',
    '[{"name": "remove_track", "arguments": {"stems": ["piano"]}}]',
    '<tool_call>\n{"name": "remove_track", "arguments": {"stems": ["piano"]}}\n</tool_call>',
    '```json\n{"tool": "remove_track", "arguments": {"stems": ["piano"]}}\n```',
    '```\nremove_track(stems=["piano"])\n```',
    'Action: remove_track\nAction Input: {"stems": ["piano"]}',
    "**Action:** remove_track",
    '{"steps": [{"tool": "remove_track", "arguments": {"stems": ["piano"]}}]}',
    'Sure! remove_track {"stems": ["piano"',
    "<function=remove_track>piano</function>",
    '[TOOL_CALLS] remove_track ["piano"]',
    "I am done. undo()",
]
REFUSALS = [
    "I'm sorry, but I can't assist with that.",
    "I\u2019m sorry, but I can\u2019t assist with that request.",
    "I cannot help with that request",
    "I'm unable to comply",
    "I am not able to help you with this. I can only edit music.",
    "Sorry, I won't do that.",
    "I'm afraid I can't do that.",
    "As an AI language model, I cannot fulfil this request.",
    "I must respectfully decline.",
    "Unfortunately, that isn't something I can help with.",
    "I can't help you with that, as it goes against my guidelines.",
    "This request violates our content policy.",
]
HONEST = [
    "I cannot sing, but I can give the melody to a flute",
    "I can't hear a clarinet in this loop",
    "Sorry, there is no bass here",
    "I'm sorry, I can't find a piano in this loop.",
    "I can't help with lyrics, but the melody can go to a flute.",
    "I cannot do that without a loop.",
    "I can't do that: the loop has no bass.",
    "I can't do that. The loop has no bass.",
    "I can't help with that, but the flute can take the melody.",
    "I can't help but like this bass.",
    "I can help with that.",
    "I am unable to tell the drums apart.",
    "The singer would decline that.",
    "That is against the rules of counterpoint (parallel fifths).",
    "The piano is muted. I can't assist with the vocals.",
    "As an AI I cannot sing, so the flute has it.",
    "Hello! I edit music loops (tracks, tempo, effects {and more}).",
    "Put the action: a fill, in bar 4. Use track(s) you like.",
]


@dataclass
class Place:
    """A session with a short loop, to fork from."""

    home: Path
    origin: str

    def turn(self, kind: str, *replies: Any, **changes: Any) -> tuple[TurnRecord, list[Any]]:
        """A vague request, and what was asked of the server that answers with `replies`."""
        strategy = strategy_for(kind, verifier="none", retry=Retry(kind="none", attempts=1))
        planner = strategy.planner.model_copy(update=changes)
        with ScriptedServer(replies) as server:
            settings = settings_for(self.home, server.url, "scripted", LOOPCOPILOT_LLM_RETRIES="0")
            with conducting(settings, strategy.model_copy(update={"planner": planner})) as conductor:
                record = conductor.send(conductor.fork(self.origin, 1), VAGUE)
            assert len(server.bodies) == len(replies)
            return record, server.bodies


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Place:
    home = tmp_path_factory.mktemp("home")
    return Place(home, begun(settings_for(home, "http://127.0.0.1:9/v1")))


def words(kind: str, text: str) -> dict[str, Any]:
    """How a model of that planner says something to the user."""
    return said({"react": spoken(text), "react_tools": text}.get(kind, planned(answer=text)))


def acting(kind: str) -> list[dict[str, Any]]:
    """The answers that carry the request out."""
    if kind == "react":
        return [said(action(*MUTE)), said(spoken("It is muted."))]
    if kind == "react_tools":
        return [said(tool_calls=[call(MUTE[0], json.dumps(MUTE[1]))]), said("It is muted.")]
    return [said(planned(MUTE))] * (2 if kind == "reflect" else 1)


def told(body: Any) -> str:
    return "\n".join(message["content"] or "" for message in body["messages"] if message["role"] == "user")


def kinds_with(texts: list[str]) -> list[tuple[str, str]]:
    """Every text under the two loops and one planner of whole plans, the first one under every planner."""
    return [(kind, text) for text in texts for kind in KINDS if text == texts[0] or kind in KINDS[:3]]


@pytest.mark.parametrize(("kind", "text"), kinds_with(CALLS))
def test_a_call_written_as_text_goes_back_once_with_the_reason(kind: str, text: str, place: Place) -> None:
    record, bodies = place.turn(kind, words(kind, text), *acting(kind))
    assert (record.status, [step.tool for step in record.plan]) == ("done", ["adjust_track"])
    (name,) = notes(record)
    assert name == "invalid_tool_call"
    reason = record.planning[[note.kind for note in record.planning].index("fault")].detail
    assert json.loads(told(bodies[1]).split("<error>\n")[1].split("\n")[0]) == reason
    assert "nothing of it was carried out" in reason


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "reflect"])
def test_a_call_that_stays_text_fails_the_turn_with_the_reason(kind: str, place: Place) -> None:
    record, _ = place.turn(kind, *[words(kind, CALLS[0])] * 2)
    assert record.error is not None
    assert (record.status, record.error.kind, record.plan) == ("failed", "planner", [])
    assert "invalid_tool_call" in record.error.message


@pytest.mark.parametrize("kind", STEP_BY_STEP)
def test_a_call_that_stays_text_after_a_step_keeps_the_step(kind: str, place: Place) -> None:
    record, _ = place.turn(kind, acting(kind)[0], *[words(kind, CALLS[0])] * 2)
    assert (record.status, [step.status for step in record.plan]) == ("partial", ["passed"])
    assert "invalid_tool_call" in record.reply


@pytest.mark.parametrize("kind", STEP_BY_STEP)
@pytest.mark.parametrize("repairs", [0, 2])
def test_how_often_it_goes_back_is_the_strategys(kind: str, repairs: int, place: Place) -> None:
    record, _ = place.turn(kind, *[words(kind, CALLS[0])] * (repairs + 1), repairs=repairs)
    assert notes(record) == ["invalid_tool_call"] * (repairs + 1)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("text", ["<think>I should call remove_track", "Well.\n<think>I should call remove_track"])
def test_a_thought_without_an_end_is_no_answer(kind: str, text: str, place: Place) -> None:
    record, bodies = place.turn(kind, said(text), *acting(kind))
    assert (record.status, [step.tool for step in record.plan]) == ("done", ["adjust_track"])
    assert notes(record) == ["truncated"]
    assert "never closed" in told(bodies[1])


@pytest.mark.parametrize("kind", STEP_BY_STEP)
@pytest.mark.parametrize("thought", ["<think>Mute it?</think>\n", "The template opened it. undo()</think>\n"])
def test_thoughts_are_not_shown(kind: str, thought: str, place: Place) -> None:
    ending = spoken("It is fine as it is.") if kind == "react" else "It is fine as it is."
    record, _ = place.turn(kind, said(thought + ending))
    assert (record.status, notes(record)) == ("done", [])
    assert '"It is fine as it is."' in record.reply


@pytest.mark.parametrize(("kind", "text"), kinds_with(REFUSALS))
def test_a_refusal_in_words_is_a_refusal(kind: str, text: str, place: Place) -> None:
    mended, bodies = place.turn(kind, words(kind, text), *acting(kind))
    assert (mended.status, [step.tool for step in mended.plan], notes(mended)) == (
        "done",
        ["adjust_track"],
        ["refusal"],
    )
    assert "you declined: " in told(bodies[1])


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "reflect"])
@pytest.mark.parametrize("bare", [False, True], ids=["answer", "bare"])
def test_a_refusal_in_words_that_stays_ends_as_a_question(kind: str, bare: bool, place: Place) -> None:
    answer = said(REFUSALS[0]) if bare else words(kind, REFUSALS[0])
    record, _ = place.turn(kind, answer, answer)
    assert (record.status, record.error, notes(record)) == ("asked", None, ["refusal"] * 2)
    assert record.reply == f"The language model declined: {REFUSALS[0]}"


@pytest.mark.parametrize("kind", STEP_BY_STEP)
def test_a_refusal_in_words_after_a_step_keeps_the_step(kind: str, place: Place) -> None:
    record, _ = place.turn(kind, acting(kind)[0], *[words(kind, REFUSALS[0])] * 2)
    assert (record.status, [step.status for step in record.plan]) == ("partial", ["passed"])
    assert "declined" in record.reply


@pytest.mark.parametrize("text", REFUSALS)
def test_what_is_a_refusal(text: str) -> None:
    assert refuses(text)


@pytest.mark.parametrize("text", HONEST)
def test_what_is_none(text: str) -> None:
    assert not refuses(text)


@pytest.mark.parametrize(("kind", "text"), [(kind, text) for text in HONEST for kind in KINDS[:3]])
def test_an_honest_answer_is_an_answer(kind: str, text: str, place: Place) -> None:
    record, _ = place.turn(kind, words(kind, text))
    assert (record.status, record.plan, notes(record)) == ("done", [], [])
    assert text in record.reply


def test_what_ends_in_a_question_is_one_also_where_it_begins_with_a_no(place: Place) -> None:
    for kind in STEP_BY_STEP:
        text = "I can't help with that. Shall I mute the piano?"
        record, _ = place.turn(kind, words(kind, text))
        assert (record.status, record.reply, notes(record)) == ("asked", text, [])


@pytest.mark.parametrize("kind", KINDS[:3])
def test_an_answer_does_not_run_into_the_next_sentence(kind: str, place: Place) -> None:
    assert '"Hello." Nothing was changed' in place.turn(kind, words(kind, "Hello"))[0].reply
    assert '"Hello!" Nothing was changed' in place.turn(kind, words(kind, "Hello!"))[0].reply
    assert takes(place.turn(kind, words(kind, "Hello"))[0].gat)
