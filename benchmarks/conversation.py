"""A long conversation: the 200th turn against the 5th, in time and in bytes of database.

Goals: at most 1.2 x the time, and the same bytes. Medians over neighbouring turns of the same kind; CPU time.
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
REQUESTS = ("the piano 1 dB quieter", "the piano 1 dB louder")


def main(turns: int = 200) -> None:
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings.read({"LOOPCOPILOT_TRACKING": "off"}, home=Path(folder))
        seconds: list[float] = []
        bytes_: list[int] = []
        with Conductor(settings) as conductor:
            session = conductor.start(seed=0)
            conductor.send(session, "a 2-bar lofi loop with piano, bass and drums at 90 bpm in C major")
            for turn in range(2, turns + 3):
                size, began = _size(settings), time.process_time()
                record = conductor.send(session, REQUESTS[turn % 2])
                seconds.append(time.process_time() - began)
                bytes_.append(_size(settings) - size)
                if record.status != "done":
                    sys.exit(f"turn {turn}: {record.status}: {record.reply}")
    early, late = seconds[1:9], seconds[-9:]
    ratio = statistics.median(late) / statistics.median(early)
    print(f"around turn   5  {statistics.median(early) * 1000:7.1f} ms CPU")
    print(f"around turn {turns:3d}  {statistics.median(late) * 1000:7.1f} ms CPU")
    print(f"ratio            {ratio:7.2f}     goal at most {GOAL}")
    # SQLite grows by whole pages, and its log is folded in now and then: means over twenty turns.
    growth = [statistics.mean(part) for part in (bytes_[2:22], bytes_[-20:])]
    print(f"database growth  {growth[0] / 1024:7.1f} KiB a turn at first, {growth[1] / 1024:.1f} KiB at the end")
    print(f"ratio            {growth[1] / growth[0]:7.2f}     goal 1.00")


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
