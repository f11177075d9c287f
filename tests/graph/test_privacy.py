"""What a user says reaches no tracing service because of a variable that was set for something else."""

from __future__ import annotations

import http.server
import subprocess
import sys
import threading
from pathlib import Path

PROGRAM = """
import sys
from pathlib import Path
sys.path[:0] = ["tests"]
from scripted import ScriptedPlanner
from graph.conductor import Conductor
from langsmith import tracing_context
from langsmith.run_trees import get_cached_client
from contextlib import nullcontext
from state.plan import Plan
from state.settings import Settings
conductor = Conductor(Settings.read(home=Path(sys.argv[1])), planner=ScriptedPlanner([Plan(answer="hello")]))
with tracing_context(enabled=True) if sys.argv[2] == "asked" else nullcontext():
    assert conductor.send(conductor.start(seed=1), "hello from a user").status == "done"
get_cached_client().flush()
"""


def traced(tmp_path: Path, mode: str) -> list[bytes]:
    got: list[bytes] = []

    class Service(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            got.append(self.rfile.read(int(self.headers.get("Content-Length") or 0)))
            self.send_response(202)
            self.end_headers()

        def do_GET(self) -> None:
            self.send_response(404)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Service)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    environment = {
        "PATH": "",
        "HOME": str(tmp_path),
        "PYTHONPATH": ".",
        "LOOPCOPILOT_TRACKING": "off",
        "LANGSMITH_TRACING": "true",
        "LANGSMITH_API_KEY": "key",
        "LANGSMITH_ENDPOINT": f"http://127.0.0.1:{server.server_port}",
    }
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(tmp_path / "home"), mode], env=environment, capture_output=True, text=True
    )
    server.shutdown()
    server.server_close()
    assert done.returncode == 0, done.stderr
    return got


def test_a_variable_of_the_environment_sends_no_turn_away(tmp_path: Path) -> None:
    assert traced(tmp_path, "variable") == []


def test_tracing_that_the_program_switched_on_stays_on(tmp_path: Path) -> None:
    assert traced(tmp_path, "asked")
