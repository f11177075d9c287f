from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from ensemble.capabilities import CAPABILITIES
from ensemble.registry import able
from scripted_server import ScriptedServer, call, no, said

KEY = "sk-planted-0123456789abcdef"
PLAN = json.dumps({"steps": [], "answer": "hello", "question": None, "unmet": []})
WELL = [
    {"object": "list", "data": []},
    said(PLAN),
    said(PLAN),
    said(None, tool_calls=[call("plan", PLAN)]),
    said(PLAN),
    said("ready"),
]


def doctor(home: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    bare = {name: value for name, value in os.environ.items() if not name.startswith(("LOOPCOPILOT_", "OPENAI_"))}
    full = {**bare, "LOOPCOPILOT_TRACKING": "off", "LOOPCOPILOT_HOME": str(home), **environment}
    return subprocess.run(
        [sys.executable, "-m", "loopcopilot", "doctor", *arguments], capture_output=True, text=True, env=full
    )


def reach(server: ScriptedServer) -> dict[str, Any]:
    return {"LOOPCOPILOT_LLM_BASE_URL": server.url, "LOOPCOPILOT_LLM_MODEL": "scripted", "LOOPCOPILOT_LLM_RETRIES": "0"}


def test_llm_says_what_the_server_can_do(tmp_path: Path) -> None:
    with ScriptedServer(WELL) as server:
        done = doctor(tmp_path, "--llm", "--json", LOOPCOPILOT_LLM_API_KEY=KEY, **reach(server))
    assert (done.returncode, done.stderr) == (0, "")
    findings = {finding["subject"]: finding["status"] for finding in json.loads(done.stdout)["findings"]}
    assert findings["json_schema"] == findings["function_calling"] == findings["language model"] == "ok"
    assert server.requests[1].headers["authorization"] == f"Bearer {KEY}"
    assert KEY not in done.stdout


def test_llm_with_nothing_set_up_says_what_to_set(tmp_path: Path) -> None:
    done = doctor(tmp_path, "--llm")
    assert done.returncode == 3
    assert "none is set up" in done.stdout
    assert "LOOPCOPILOT_LLM_MODEL" in done.stdout
    assert done.stderr == ""


def test_llm_with_a_failing_server_exits_with_infrastructure(tmp_path: Path) -> None:
    with ScriptedServer([no(401, f"Incorrect API key provided: {KEY}")] * 2) as server:
        done = doctor(tmp_path, "--llm", LOOPCOPILOT_LLM_API_KEY=KEY, **reach(server))
    assert done.returncode == 3
    assert "401" in done.stdout
    assert KEY not in done.stdout + done.stderr


def test_a_setting_that_is_none_is_unusable_input(tmp_path: Path) -> None:
    done = doctor(tmp_path, "--llm", LOOPCOPILOT_LLM_TIMEOUT="soon")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("loopcopilot: LOOPCOPILOT_LLM_TIMEOUT: ")
    assert len(done.stderr.splitlines()) == 1


def test_without_llm_nothing_is_sent_to_the_server(tmp_path: Path) -> None:
    with ScriptedServer([]) as server:
        done = doctor(tmp_path, "--json", **reach(server))
        assert server.requests == []
    assert done.returncode == 0, done.stdout
    (finding,) = [f for f in json.loads(done.stdout)["findings"] if f["subject"] == "language model"]
    assert (finding["status"], "scripted on" in finding["detail"]) == ("unchecked", True)


def test_it_says_capability_by_capability_who_can_play(tmp_path: Path) -> None:
    done = doctor(tmp_path, "--json")
    assert done.returncode == 0, done.stderr
    players = json.loads(done.stdout)["ensemble"]
    assert list(dict.fromkeys(player["capability"] for player in players)) == list(CAPABILITIES)
    for capability in CAPABILITIES:
        built_in, *models = [player for player in players if player["capability"] == capability]
        assert built_in["state"] == "plays"
        assert {model["name"] for model in models} == {entry.name for entry in able(capability)}
        for model in models:
            assert model["licence"]
            assert model["memory_gb"] > 0
            assert (model["state"] == "missing") == (model["command"] is not None)
    told = doctor(tmp_path).stdout
    assert "loopcopilot worker install audiocraft" in told
    assert "Jukebox" in told


def test_a_worker_whose_environment_is_built_lacks_only_weights(tmp_path: Path) -> None:
    folder = tmp_path / "environments" / "audiocraft" / "bin"
    folder.mkdir(parents=True)
    (folder / "python").symlink_to(sys.executable)
    (tmp_path / "environments" / "audiocraft.json").write_text("{}")
    players = json.loads(doctor(tmp_path, "--json").stdout)["ensemble"]
    found = [player for player in players if player["name"] == "audiocraft"]
    assert {player["state"] for player in found} <= {"no weights", "ready"}
    assert all(player["command"] is None for player in found)


def test_a_device_that_is_not_one_is_said(tmp_path: Path) -> None:
    done = doctor(tmp_path, "--json", LOOPCOPILOT_DEVICE="abacus")
    (finding,) = [f for f in json.loads(done.stdout)["findings"] if f["subject"] == "models' device"]
    assert finding["status"] in ("missing", "broken")  # without PyTorch there is no device at all
