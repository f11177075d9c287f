from __future__ import annotations

import json
import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from ensemble.capabilities import CAPABILITIES
from ensemble.registry import able
from evaluation.casting import hub
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
            assert (model["state"] == "ready") == (model["command"] is None)
            if model["state"] == "no weights":
                assert " download " in model["command"]
    told = doctor(tmp_path).stdout
    assert "loopcopilot worker install audiocraft" in told
    assert "Jukebox" in told


def pretended(home: Path, name: str, program: str) -> None:
    """An environment that says that it is built; its Python is a script."""
    folder = home / "environments" / name / "bin"
    folder.mkdir(parents=True)
    for file in ("python", "hf"):
        (folder / file).write_text(f"#!/bin/sh\n{program}\n")
        (folder / file).chmod(0o755)
    (home / "environments" / f"{name}.json").write_text("{}")


def test_a_worker_whose_environment_is_built_lacks_only_weights(tmp_path: Path) -> None:
    pretended(tmp_path, "audiocraft", "exit 0")
    done = doctor(tmp_path, "--json", HF_HUB_CACHE=str(tmp_path / "hub"))
    found = [player for player in json.loads(done.stdout)["ensemble"] if player["name"] == "audiocraft"]
    assert {player["state"] for player in found} == {"no weights"}
    (command,) = {player["command"] for player in found}
    assert command.endswith("hf download facebook/musicgen-melody state_dict.bin compression_state_dict.bin")
    assert done.returncode == 0


def test_a_broken_environment_is_told_from_a_whole_one(tmp_path: Path) -> None:
    pretended(tmp_path, "audiocraft", "exit 1")
    pretended(tmp_path, "vampnet", "echo torch")
    done = doctor(tmp_path, "--json")
    players = {player["name"]: player for player in json.loads(done.stdout)["ensemble"]}
    assert players["audiocraft"]["state"] == players["vampnet"]["state"] == "broken"
    assert "its Python does not run" in players["audiocraft"]["detail"]
    assert "torch is not there any more" in players["vampnet"]["detail"]
    assert players["audiocraft"]["command"] == "loopcopilot worker install audiocraft --again"
    assert done.returncode == 3


def test_weights_are_got_by_the_hubs_own_names() -> None:
    assert hub("musicgen", "facebook/musicgen-small") == ("facebook/musicgen-small", ())
    assert hub("demucs", "htdemucs") == ("adefossez/HTDemucs", ())
    assert hub("demucs", "htdemucs_6s") == ("adefossez/HTDemucs-6s", ())
    assert hub("demucs", "hdemucs_mmi") == ("adefossez/Demucs-hdemucs_mmi", ())
    assert hub("laion-clap", "630k-best.pt") == ("lukewys/laion_clap", ("630k-best.pt",))


def test_the_seats_of_a_strategy_are_looked_at(tmp_path: Path) -> None:
    pretended(tmp_path, "audiocraft", "exit 0")
    pretended(tmp_path, "vampnet", "exit 1")
    here = tmp_path / "weights"
    here.mkdir()
    seats = f"""
ensemble:
  generate: {{model: audiocraft, weights: {here}}}
  rearrange: {{model: audiocraft, weights: {tmp_path}/elsewhere, device: cuda}}
  vary: vampnet
"""
    file = tmp_path / "seats.yaml"
    file.write_text(seats)
    done = doctor(tmp_path, "--strategy", str(file), "--json")
    assert done.returncode == 3, done.stderr
    one, two, three = json.loads(done.stdout)["seats"]
    assert (one["capability"], one["state"], one["device"], one["plays"]) == ("generate", "ready", "auto auto", True)
    assert (two["state"], two["device"], two["command"], two["plays"]) == ("no weights", "cuda auto", None, False)
    assert "there is no file or folder" in two["detail"]
    assert (three["state"], three["stands_in"], three["licence"]) == ("broken", None, "CC-BY-NC-SA 4.0")
    file.write_text(seats + "  fallback: true\n")
    told = doctor(tmp_path, "--strategy", str(file))
    assert told.returncode == 0, told.stdout
    assert "vampnet: loopcopilot worker install vampnet --again" in told.stdout
    assert "band" in told.stdout
    assert "seats no model" in doctor(tmp_path, "--strategy", "default").stdout
    file.write_text("ensemble: {generate: demucs}")
    wrong = doctor(tmp_path, "--strategy", str(file))
    assert (wrong.returncode, wrong.stdout) == (2, "")
    assert "demucs cannot generate" in wrong.stderr


def test_what_ray_places_is_not_looked_for_here(tmp_path: Path) -> None:
    file = tmp_path / "seats.yaml"
    file.write_text("ensemble: {generate: {model: audiocraft, weights: /only/there}}")
    done = doctor(tmp_path, "--strategy", str(file), "--json", LOOPCOPILOT_WORKER_PLACEMENT="ray")
    (seat,) = json.loads(done.stdout)["seats"]
    assert (seat["state"], seat["command"], seat["plays"]) == ("elsewhere", None, True)
    assert "its environment is built there at first use" in seat["detail"]


def test_where_workers_start_is_said(tmp_path: Path) -> None:
    def place(**environment: str) -> dict[str, Any]:
        findings = json.loads(doctor(tmp_path, "--json", **environment).stdout)["findings"]
        (found,) = [finding for finding in findings if finding["subject"] == "workers' place"]
        return found

    assert place()["status"] == "ok"
    elsewhere = place(LOOPCOPILOT_WORKER_PLACEMENT="ray")
    assert elsewhere["status"] == ("broken" if find_spec("ray") is None else "unchecked")
    assert "ray" in elsewhere["detail"].lower()


def test_a_device_that_is_not_one_is_said(tmp_path: Path) -> None:
    done = doctor(tmp_path, "--json", LOOPCOPILOT_DEVICE="abacus")
    (finding,) = [f for f in json.loads(done.stdout)["findings"] if f["subject"] == "models' device"]
    assert finding["status"] in ("missing", "broken")  # without PyTorch there is no device at all
