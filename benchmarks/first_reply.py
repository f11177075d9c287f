"""From the command to the first reply: `loopcopilot say` of a first 4-bar loop, as a whole process.

Goals: under 5 s of wall time on an idle machine; at most 3 x the time of importing langgraph.graph, measured beside it
in turn. And `loopcopilot --help` under 0.3 s of CPU. Medians.
"""

from __future__ import annotations

import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time

ROUNDS = 5
REQUEST = "a 4-bar hip hop loop, 86 bpm, G minor, keys, bass and drums"


def main() -> None:
    environment = {**os.environ, "LOOPCOPILOT_TRACKING": "off"}
    say, imported, ratios = [], [], []
    for _ in range(ROUNDS + 1):  # the first round warms the disk cache
        with tempfile.TemporaryDirectory() as home:
            command = [sys.executable, "-m", "loopcopilot", "say", REQUEST, "--seed", "1", "--home", home, "--json"]
            wall, _, output = _run(command, environment)
            status = json.loads(output)["status"]
            if status != "done":
                sys.exit(f"the loop was not made: {output}")
        beside, _, _ = _run([sys.executable, "-c", "import langgraph.graph"], environment)
        say.append(wall)
        imported.append(beside)
        ratios.append(wall / beside)
    helps = [_run([sys.executable, "-m", "loopcopilot", "--help"], environment)[1] for _ in range(ROUNDS + 1)]
    print(f"say, first 4-bar loop    {statistics.median(say[1:]):6.2f} s wall   goal under 5 on an idle machine")
    print(f"import langgraph.graph   {statistics.median(imported[1:]):6.2f} s wall")
    print(f"ratio                    {statistics.median(ratios[1:]):6.2f}          goal at most 3")
    print(f"--help                   {statistics.median(helps[1:]):6.2f} s CPU    goal under 0.3")


def _run(command: list[str], environment: dict[str, str]) -> tuple[float, float, str]:
    """Wall seconds, CPU seconds and standard output of a process."""
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    wall, after = time.perf_counter() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode:
        sys.exit(f"{command} ended with {done.returncode}: {done.stderr}")
    return wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, done.stdout


if __name__ == "__main__":
    main()
