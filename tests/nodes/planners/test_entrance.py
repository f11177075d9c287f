"""Where a model's answers come in: over a real socket, whatever they hold, into a record that can be written and has an end."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path
from typing import Any

import pytest
from conversing import begun, conducting, notes, settings_for, strategy_for

from nodes.planners.exchange import Answer, Message, Prompt, ToolCall
from nodes.planners.llm.completion import LONGEST_ANSWER, read
from nodes.planners.llm.deadline import LONGEST_BODY
from nodes.planners.llm.server import OpenAiServer
from scripted_server import Reply, ScriptedServer, call, said
from state.errors import ServerError
from state.turn import TurnRecord

KEY = 'planted-"key"-0123456789'
ASKED = Prompt(messages=(Message(role="user", content="hi" * 20),))
LONG = "why " * 200_000
RECORD = 12_000
"""Characters of a record with a loop of three stems and one step, and some to spare."""


def turn(home: Path, kind: str, *replies: Any, key: str = KEY) -> TurnRecord:
    """One turn on a loop, asked of a server with that script; its record can be written, and is as it is kept."""
    with ScriptedServer(replies) as server:
        settings = settings_for(home, server.url, LOOPCOPILOT_LLM_API_KEY=key, LOOPCOPILOT_LLM_RETRIES="0")
        session = begun(settings)
        with conducting(settings, strategy_for(kind)) as conductor:
            record = conductor.send(session, "abracadabra please")
            assert conductor.history(session)[-1] == record
            assert conductor.sessions.open_turn(session) is None
    assert json.loads(record.model_dump_json().encode())["turn"] == 2
    return record


def plan(tool: str, arguments: str) -> str:
    return f'{{"steps": [{{"tool": {tool}, "arguments": {arguments}}}]}}'


@pytest.mark.parametrize(
    "text",
    [
        '{"question": "which \\ud83d one?"}',
        '{"answer": "hello \\udc00 \\u0000 \\u001b[31m"}',
        '{"question": "which \ud83d \x1b[31m one?"}',
        plan('"add\\ud83d"', "{}"),
        plan('"remove_track"', '{"stems": ["add \\ud800 pi"]}'),
        plan('"text_to_music"', '{"description": "lofi \\udc00\\u0000 loop", "bars": 1}'),
        '{"steps": [{"tool": "adjust_track", "arguments": {"stems": ["piano"], "mute": true}}], "unmet": ["x\\ud83dy"]}',
    ],
)
def test_half_characters_and_control_characters_do_not_get_in(text: str, tmp_path: Path) -> None:
    record = turn(tmp_path, "single_shot", *[said(text)] * (2 if "add" in text and "adjust" not in text else 1))
    assert record.status in ("done", "asked", "failed", "partial")
    assert record.error is None or record.error.kind == "planner"
    written = record.model_dump_json()
    assert "\\u0000" not in written
    assert "\x1b" not in record.reply


@pytest.mark.parametrize(
    "more",
    [
        {"refusal": "No \ud83d, never."},
        {"tool_calls": [call("add\ud83d", "{}", id="\ud83d")]},
        {"tool_calls": [call("adjust_track", '{"stems": ["piano"], "mute": true, "why": "\\ud83d"}')]},
        {"finish_reason": "\ud83d", "model": "m \ud83d"},
    ],
)
def test_nor_do_they_in_calls_refusals_and_names(more: dict[str, Any], tmp_path: Path) -> None:
    repaired = [said("Nothing to do.")] if "tool_calls" in more or "refusal" in more else []
    record = turn(
        tmp_path, "react_tools", said("half \ud83d" if not more.get("tool_calls") else None, **more), *repaired
    )
    assert record.status in ("done", "asked")


def test_an_answer_that_is_made_in_python_is_cleaned_too() -> None:
    answer = Answer(text="a\ud83d", calls=(ToolCall(id="\x00", name="b\udc00", arguments="\x1b"),), refusal="\ud83d")
    assert answer.model_dump_json().encode()
    assert (answer.text, answer.calls[0].name) == ("a\ufffd", "b\ufffd")


@pytest.mark.parametrize(
    "usage",
    [
        {"prompt_tokens": 10**30, "completion_tokens": 10**30},
        {"prompt_tokens": float("inf"), "completion_tokens": float("nan")},
        {"prompt_tokens": -5, "completion_tokens": -7},
        {"prompt_tokens": 2**62, "completion_tokens": 2**62},
    ],
)
def test_counts_that_are_none_are_estimated(usage: dict[str, Any], tmp_path: Path) -> None:
    answer, _ = read(said("x" * 40, usage=usage), ASKED)
    assert (answer.input_tokens, answer.output_tokens, answer.estimated) == (10, 10, True)
    record = turn(tmp_path, "single_shot", said('{"question": "which?"}', usage=usage))
    assert record.status == "asked"
    assert record.usage.tokens_estimated
    assert 0 < record.usage.input_tokens < 10_000


@pytest.mark.parametrize("status", [400, 500, 200])
@pytest.mark.parametrize("depth", [30, 800, 5_000, 100_000])
@pytest.mark.parametrize("form", ["[", '{"message": ', '{"error": '])
def test_an_error_of_any_depth_is_told_in_one_line(status: int, depth: int, form: str) -> None:
    body = '{"error": ' + form * depth + '"x"' + {"[": "]"}.get(form, "}") * depth + "}"
    reply = Reply(status, body.encode(), {"Content-Type": "application/json"})
    with ScriptedServer([reply]) as server, pytest.raises(ServerError) as caught:
        OpenAiServer(server.settings()).complete(ASKED, 10)
    assert len(caught.value.message) < 800
    assert "\n" not in caught.value.message


@pytest.mark.parametrize("kind", ["single_shot", "react", "react_tools", "vote"])
def test_what_a_model_says_at_length_is_cut_in_record_and_prompt(kind: str, tmp_path: Path) -> None:
    texts = {
        "question": json.dumps({"question": LONG}),
        "answer": json.dumps({"answer": LONG}),
        "unmet": json.dumps({"unmet": ["foo " * 500] * 400}),
        "words": f"AI: {LONG}",
    }
    text = texts["words"] if kind.startswith("react") else texts["answer"]
    record = turn(tmp_path / "a", kind, *[said(text)] * (3 if kind == "vote" else 1))
    assert record.status == "done"
    assert 1_000 < len(record.reply) < 3_000
    assert len(record.model_dump_json()) < RECORD
    if kind == "single_shot":
        for name in ("question", "unmet"):
            assert len(turn(tmp_path / name, kind, said(texts[name])).model_dump_json()) < RECORD


@pytest.mark.parametrize(
    ("tool", "arguments", "fault"),
    [
        ('"' + "x" * 200_000 + '"', "{}", "unknown_tool"),
        ('"add_track"', '{"instrument": "' + "y" * 300_000 + '"}', "bad_arguments"),
        ('"add_track"', '{"instrument": "' + "y " * 1_900 + '"}', "impossible"),
        ('"add_track"', '{"' + "z" * 200_000 + '": 1}', "bad_arguments"),
        ('"add_track"', '{"instrument": ' + "[" * 400 + "]" * 400 + "}", "bad_arguments"),
        ('"undo"', '{"revision": ' + "9" * 14 + "}", "impossible"),
        ('"undo"', '{"revision": ' + "9" * 30 + "}", "malformed_json"),
        ('"undo"', '{"steps": ' + "9" * 6000 + "}", "malformed_json"),
        ('"change_speed"', '{"bpm": 1e999}', "malformed_json"),
        ('"text_to_music"', '{"instruments": ["piano"' + ', "piano"' * 199 + "]}", "bad_arguments"),
    ],
    ids=["name", "value", "words", "field", "depth", "revision", "digits", "thousands", "infinite", "many"],
)
def test_what_is_quoted_back_is_cut(tool: str, arguments: str, fault: str, tmp_path: Path) -> None:
    sent: list[int] = []

    def again(body: Any) -> Any:
        sent.append(len(body["messages"][-1]["content"]))
        return said(plan(tool, arguments))

    record = turn(tmp_path, "single_shot", said(plan(tool, arguments)), Reply(200, again))
    assert notes(record) == [fault] * 2
    assert len(record.model_dump_json()) < RECORD
    assert sent[0] < 3_000


@pytest.mark.parametrize("kind", ["single_shot", "react", "react_tools"])
def test_an_answer_beyond_all_measure_is_a_fault_of_the_model(kind: str, tmp_path: Path) -> None:
    record = turn(tmp_path, kind, *[said("blah " * (LONGEST_ANSWER // 5 + 1))] * 2)
    assert notes(record) == ["truncated"] * 2
    assert record.error is not None
    assert record.error.kind == "planner"


def test_calls_beyond_all_measure_are_too(tmp_path: Path) -> None:
    many = [call("add_track", "{}")] * 3000
    huge = [call("add_track", json.dumps({"instrument": "x" * LONGEST_ANSWER}))]
    record = turn(tmp_path, "react_tools", said(tool_calls=many), said(tool_calls=huge))
    assert notes(record) == ["several_actions", "truncated"]


def test_a_body_without_end_is_not_read_to_its_end() -> None:
    endless = Reply(200, b" " * (LONGEST_BODY + 1))
    with ScriptedServer([endless]) as server, pytest.raises(ServerError, match="more than 8 MB"):
        OpenAiServer(server.settings(retries=2)).complete(ASKED, 30)


def echoed(form: str) -> Any:
    def answer(body: Any) -> Any:
        if form == "question":
            return said(json.dumps({"question": f"Is your key Bearer {KEY}?"}))
        if form == "model":
            return said('{"question": "which?"}', model=f"{'m' * 190} {KEY}")
        if form == "refusal":
            return said(None, refusal=f"Not with {KEY}.")
        return said(tool_calls=[call(f"k {KEY}", json.dumps({"key": KEY}), id=KEY)])

    return Reply(200, answer)


@pytest.mark.parametrize("form", ["question", "model", "refusal", "calls"])
def test_a_key_that_the_model_quotes_is_kept_nowhere(form: str, tmp_path: Path) -> None:
    record = turn(tmp_path, "single_shot", *[echoed(form)] * (2 if form in ("calls", "refusal") else 1))
    assert record.status in ("asked", "failed")
    if form == "question":
        assert "Bearer [key]?" in record.reply
    with sqlite3.connect(tmp_path / "sessions.sqlite") as db:
        db.execute("PRAGMA wal_checkpoint")
    for path in (path for path in tmp_path.rglob("*") if path.is_file()):
        content = path.read_bytes()
        assert KEY.encode() not in content, path
        assert json.dumps(KEY)[1:-1].encode() not in content, path
        assert b"planted-" not in content, path


def test_a_word_that_a_local_server_is_told_as_a_key_is_none(tmp_path: Path) -> None:
    record = turn(tmp_path, "single_shot", said('{"question": "Is it ollama?"}'), key="ollama")
    assert "ollama" in record.reply
