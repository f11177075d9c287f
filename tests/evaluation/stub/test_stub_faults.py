from __future__ import annotations

import json
from typing import Any

import pytest
from stub_prompts import body, content, post, refused

from evaluation.stub.answers import Written
from evaluation.stub.faults import FAULTS, faults_of, spoilt
from evaluation.stub.planning import decide
from evaluation.stub.request import read
from evaluation.stub.server import serving

FORCED = {
    "tools": [{"type": "function", "function": {"name": "plan", "parameters": {}}}],
    "tool_choice": {"type": "function", "function": {"name": "plan"}},
}


def answered(model: str, text: str = "add a flute", **options: Any) -> Written:
    faults = faults_of(model)
    assert faults is not None, model
    asked = read(body(text, model=model, **options))
    return spoilt(decide(asked), asked, faults)


def plan(model: str, text: str = "add a flute", **options: Any) -> list[dict[str, Any]]:
    said = json.loads(answered(model, text, **options).content or "")
    steps: list[dict[str, Any]] = said["steps"]
    return steps


def test_every_fault_spoils_the_first_answer_and_only_always_spoils_the_mended_one() -> None:
    kinds = {"plan": {}, "react": {}, "react_tools": {}}
    servers = {"no_usage", "no_json_schema", "text_only", "error_500", "slow"}
    one_action = {"several_actions"}
    for fault in set(FAULTS) - servers:
        for prompt in kinds:
            if (fault in one_action and prompt == "plan") or (fault == "endless_plan" and prompt != "plan"):
                continue
            good = answered("stub", prompt=prompt)
            mended = answered("stub", prompt=prompt, error="no good")
            assert answered(f"stub+{fault}", prompt=prompt) != good, (fault, prompt)
            assert answered(f"stub+{fault}", prompt=prompt, error="no good") == mended, (fault, prompt)
            assert answered(f"stub+{fault}:always", prompt=prompt, error="no good") != mended, (fault, prompt)


def test_plans_are_spoilt_as_their_fault_says() -> None:
    assert plan("stub+unknown_tool")[0]["tool"] == "make_it_better"
    assert plan("stub+bad_arguments", "up 2 semitones")[0]["arguments"] == {"semitones": 240}
    assert plan("stub+bad_arguments")[0]["arguments"] == {"instrument": "flute", "loudness_percent": "very"}
    assert plan("stub+missing_stem", "mute the drums")[0]["arguments"] == {"stems": ["theremin"], "mute": True}
    assert plan("stub+invented_file")[0]["arguments"]["instrument"].endswith(".wav")
    assert plan("stub+contradiction")[-1]["arguments"] == {"start_bar": 61, "end_bar": 62}
    assert len(plan("stub+endless_plan")) == 28
    assert plan("stub+empty_plan") == []


def test_answers_are_spoilt_as_their_fault_says() -> None:
    for form in ({}, FORCED):
        broken = answered("stub+malformed_json", **form)
        with pytest.raises(ValueError):
            json.loads(broken.calls[0][1] if form else broken.content or "")
        assert answered("stub+truncated", **form).finish == "length"
    assert answered("stub+refusal").refusal is not None
    assert "can't assist" in json.loads(answered("stub+refusal_in_words").content or "")["answer"]
    assert "\nAI: I'm sorry" in str(answered("stub+refusal_in_words", prompt="react").content)
    assert json.loads(answered("stub+call_in_words", prompt="react_tools").content or "")["name"] == "add_track"
    assert "</think>" not in str(answered("stub+unfinished_thought").content)
    assert "{" not in str(answered("stub+no_json").content)
    prose = str(answered("stub+prose").content)
    assert json.loads(prose[prose.index("{") : prose.rindex("}") + 1])["steps"]
    (call,) = answered("stub+invalid_tool_call", prompt="react_tools").calls
    with pytest.raises(ValueError):
        json.loads(call[1])
    assert len(answered("stub+several_actions", prompt="react_tools").calls) == 2


def test_step_by_step_the_same_action_comes_again_and_again() -> None:
    request = body("add a flute and mute the drums", prompt="react", model="stub+endless_plan:always")
    observation = json.dumps({"status": "passed"})
    for _ in range(3):
        asked = read(request)
        faults = faults_of("stub+endless_plan:always")
        assert faults is not None
        said = spoilt(decide(asked), asked, faults).content
        assert "Action: add_track" in str(said)
        request["messages"][1]["content"] += f"\n{said}\nObservation: {observation}\n"


def test_faults_may_be_combined_and_unknown_ones_are_refused() -> None:
    assert [fault.name for fault in faults_of("stub+prose+no_usage:always") or []] == ["prose", "no_usage"]
    assert faults_of("stub+nonsense") is None
    assert faults_of("stub+prose:sometimes") is None
    assert faults_of("gpt") is None


def test_a_server_without_usage_forms_or_luck() -> None:
    schema = {"type": "json_schema", "json_schema": {"name": "plan"}}
    with serving(slow_seconds=0.0) as server:
        assert "usage" not in post(server, body("undo", model="stub+no_usage"))
        assert refused(server, body("undo", model="stub+no_json_schema", response_format=schema))[0] == 400
        assert post(server, body("undo", model="stub+no_json_schema", response_format={"type": "json_object"}))
        assert refused(server, body("undo", model="stub+text_only", response_format={"type": "json_object"}))[0] == 400
        assert refused(server, body("undo", model="stub+text_only", **FORCED))[0] == 400
        assert content(post(server, body("undo", model="stub+text_only")))["steps"]
        assert refused(server, body("undo", model="stub+error_500"))[0] == 500
        assert content(post(server, body("undo", model="stub+error_500")))["steps"]
        assert content(post(server, body("undo", model="stub+slow")))["steps"]
        for _ in range(2):
            assert refused(server, body("undo", model="stub+error_500:always"))[0] == 500
