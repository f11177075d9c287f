"""What is logged, and what logging prints, gives nothing away."""

from __future__ import annotations

from pathlib import Path

import pytest
from held import Held
from logged import artifacts, ask, log
from pydantic import SecretStr

from evaluation.tracking import log_conversation, log_now
from graph.build import mermaid


def test_a_secret_in_the_environment_is_in_no_byte_that_is_written(
    tracked: Held, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    secret = "sk-planted-3f9a7c51e2"
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.chdir(elsewhere)
    monkeypatch.setenv("OPENAI_API_KEY", secret)
    for name in ("USER", "LOGNAME", "USERNAME", "HOSTNAME"):
        monkeypatch.setenv(name, "mallory-planted")
    log(tracked, graph_picture=mermaid())
    written = [path for path in tracked.settings.home.rglob("*") if path.is_file()]
    assert len(written) > 30
    for path in written:
        content = path.read_bytes()
        assert secret.encode() not in content, path
        assert b"mallory-planted" not in content, path
    for path in artifacts(tracked).rglob("*"):
        assert path.is_dir() or str(tmp_path).encode() not in path.read_bytes(), path
    assert list(elsewhere.iterdir()) == []


def test_an_address_with_a_password_stays_out_of_the_error(held: Held) -> None:
    settings = held.settings.model_copy(update={"tracking_uri": "http://ann:hunter2@127.0.0.1:9/"})
    assert log_now(settings, held.sessions, held.store, held.session) is None
    for path in held.settings.home.rglob("*.json"):
        assert b"hunter2" not in path.read_bytes()


def test_the_key_is_hidden_wherever_somebody_said_it(tracked: Held) -> None:
    key = "sk-planted-0123456789abcdef"
    complaint = {"error": {"kind": "server", "message": f"Incorrect API key provided: {key}"}}
    ask(tracked, complaint, {"text": f"I know {key}."})
    tracked.say(f"my key is {key}", f"Thanks for {key}.", "done", [])
    llm = tracked.settings.llm.model_copy(update={"api_key": SecretStr(key)})
    settings = tracked.settings.model_copy(update={"llm": llm})
    log_conversation(settings, tracked.sessions, tracked.store, tracked.session)
    files = [*artifacts(tracked).rglob("*"), *tracked.settings.home.glob("mlflow.db*")]
    assert [path for path in files if path.is_file() and key.encode() in path.read_bytes()] == []
    assert "Incorrect API key provided: [key]" in (artifacts(tracked) / "exchanges.jsonl").read_text()


def test_standard_output_and_error_stay_silent(tracked: Held, capfd: pytest.CaptureFixture[str]) -> None:
    log(tracked)
    away = tracked.settings.model_copy(update={"tracking_uri": "http://127.0.0.1:9"})
    assert log_now(away, tracked.sessions, tracked.store, tracked.session) is None
    assert capfd.readouterr() == ("", "")
