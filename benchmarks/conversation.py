"""A long conversation: the 200th turn against the 5th, in time and in bytes of database.

Goals: at most 1.2 x the time, and the same bytes. A session grown to 200 turns and a young one speak by turns in one
process; medians of CPU time.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from pathlib import Path

from graph.conductor import Conductor
from state.settings import Settings

GOAL = 1.2
ROUNDS = 15
FIRST = "a 2-bar lofi loop with piano, bass and drums at 90 bpm in C major"
REQUESTS = ("the piano 1 dB quieter", "the piano 1 dB louder")


def main(turns: int = 200) -> None:
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings.read({"LOOPCOPILOT_TRACKING": "off"}, home=Path(folder))
        with Conductor(settings) as conductor:
            old, young = conductor.start(seed=0), conductor.start(seed=0)
            grown = [_speak(conductor, old, settings, turn) for turn in range(1, turns)]
            for turn in range(1, 5):
                _speak(conductor, young, settings, turn)
            early, late = [], []
            for turn in range(5, 5 + ROUNDS):
                early.append(_speak(conductor, young, settings, turn)[0])
                late.append(_speak(conductor, old, settings, turn)[0])
    ratio = statistics.median(late) / statistics.median(early)
    print(f"from turn   5 on  {statistics.median(early) * 1000:7.1f} ms CPU")
    print(f"from turn {turns:3d} on  {statistics.median(late) * 1000:7.1f} ms CPU")
    print(f"ratio             {ratio:7.2f}     goal at most {GOAL}")
    # SQLite grows by whole pages: means over twenty turns.
    growth = [statistics.mean(size for _, size in part) for part in (grown[4:24], grown[-20:])]
    print(f"database growth   {growth[0] / 1024:7.1f} KiB a turn at first, {growth[1] / 1024:.1f} KiB at the end")
    print(f"ratio             {growth[1] / growth[0]:7.2f}     goal 1.00")


def _speak(conductor: Conductor, session: str, settings: Settings, turn: int) -> tuple[float, int]:
    """(CPU seconds, bytes of database) of one turn."""
    size, began = _size(settings), time.process_time()
    record = conductor.send(session, FIRST if turn == 1 else REQUESTS[turn % 2])
    seconds = time.process_time() - began
    if record.status != "done":
        sys.exit(f"turn {turn}: {record.status}: {record.reply}")
    return seconds, _size(settings) - size


def _size(settings: Settings) -> int:
    """Bytes of both databases with their logs folded in."""
    import sqlite3

    total = 0
    for path in (settings.database, settings.checkpoints):
        if path.exists():
            with sqlite3.connect(path) as database:
                (pages,) = database.execute("PRAGMA page_count").fetchone()
                (free,) = database.execute("PRAGMA freelist_count").fetchone()
                (size,) = database.execute("PRAGMA page_size").fetchone()
            database.close()
            total += (pages - free) * size
    return total


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 200)
