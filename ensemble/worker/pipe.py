"""A worker's process on this machine, and the packets that go in and come out."""

from __future__ import annotations

import contextlib
import os
import queue
import subprocess
import threading
import weakref
from collections import deque
from collections.abc import Sequence
from pathlib import Path

from ensemble.worker.packets import FrameError, read_packet

BOOT = Path(__file__).with_name("boot.py")
_PATIENCE_SECONDS = 3.0
"""For a worker whose line was closed to end by itself."""


class LineEnded(Exception):
    """The worker is gone; the message says how it ended, in half a sentence, with its last words."""


class Pipe:
    """A worker on this machine, and packets to and from it. It ends when this object does, when we do, and when we are killed."""

    def __init__(self, python: Path, arguments: Sequence[str]) -> None:
        """`python` runs boot.py with `arguments`. Raises LineEnded when it cannot be started."""
        command = [str(python), "-I", "-u", str(BOOT), *arguments, "--parent", str(os.getpid())]
        try:
            # A session of its own: Ctrl-C is for us, who then tell the worker.
            self._process = subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True
            )
        except OSError as error:
            raise LineEnded(f"could not be started ({error.strerror}: {python})") from None
        self._packets: queue.Queue[bytes | None] = queue.Queue()
        self._last_words: deque[str] = deque(maxlen=40)
        self._sending = threading.Lock()
        # The threads hold what they fill, not this object, which would else never be let go.
        self._reader = threading.Thread(
            target=_pump, args=(self._process, self._packets, self._last_words), daemon=True
        )
        self._listener = threading.Thread(target=_keep, args=(self._process, self._last_words), daemon=True)
        self._reader.start()
        self._listener.start()
        self._finalize = weakref.finalize(self, _end, self._process)

    @property
    def pid(self) -> int:
        return self._process.pid

    def send(self, packet: bytes) -> None:
        """Raises LineEnded."""
        assert self._process.stdin is not None
        try:
            with self._sending:
                self._process.stdin.write(packet)
                self._process.stdin.flush()
        except (OSError, ValueError):
            raise LineEnded(self._how_it_ended()) from None

    def receive(self, timeout_seconds: float) -> bytes | None:
        """The next packet; None when none came in time. Raises LineEnded."""
        try:
            packet = self._packets.get(timeout=timeout_seconds)
        except queue.Empty:
            return None
        if packet is None:
            self._packets.put(None)  # whoever asks again learns the same
            raise LineEnded(self._how_it_ended())
        return packet

    def close(self) -> None:
        """End the worker; at once when it does not end by itself."""
        self._finalize()

    def kill(self, why: str) -> LineEnded:
        """End the worker now, whatever it does; what is to be raised then."""
        self._process.kill()
        self._listener.join(1.0)
        self._last_words.append(why)
        return LineEnded(self._how_it_ended())

    def _how_it_ended(self) -> str:
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(_PATIENCE_SECONDS)
        self._listener.join(1.0)
        status = self._process.poll()
        how = "spoke no sense"
        if status is not None:
            how = f"was ended by signal {-status}" if status < 0 else f"ended with status {status}"
        last = next((line for line in reversed(self._last_words) if line.strip()), "")
        return f"{how}{f'; its last words: {last.strip()[:300]}' if last else ''}"


def _pump(process: subprocess.Popen[bytes], packets: queue.Queue[bytes | None], last_words: deque[str]) -> None:
    assert process.stdout is not None
    try:
        with process.stdout as stream:
            while (packet := read_packet(stream)) is not None:
                packets.put(packet)
    except (FrameError, OSError, ValueError) as error:
        last_words.append(str(error))
        process.kill()
    packets.put(None)


def _keep(process: subprocess.Popen[bytes], last_words: deque[str]) -> None:
    assert process.stderr is not None
    with contextlib.suppress(OSError, ValueError), process.stderr as stream:
        for line in stream:
            last_words.append(line.decode("utf-8", "replace").rstrip().rpartition("\r")[2])


def _end(process: subprocess.Popen[bytes]) -> None:
    with contextlib.suppress(OSError):
        assert process.stdin is not None
        process.stdin.close()
    try:
        process.wait(_PATIENCE_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
