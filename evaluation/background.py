"""When conversations are logged: now and waiting, later in a background process, or all that wait.

The background process is one a home folder, of low priority, and takes over every conversation marked while it works.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from collections.abc import Sequence
from contextlib import closing, suppress
from pathlib import Path

from evaluation.pending import MAX_ATTEMPTS, Mark, Pending
from evaluation.store_setup import TrackingUnavailable, database_path
from state.artifacts import ArtifactStore
from state.code import code_hash
from state.errors import InputError, LoopCopilotError
from state.sessions import SessionStore
from state.settings import Settings

EXPERIMENT = "loopcopilot"
"""The experiment of conversations that belong to no study."""

_NICENESS = 10

# Our packages' root comes last on the path and the working directory is not on it: a folder called `evaluation` in the
# directory where somebody works must not be taken for ours (which `-m` would do).
_BOOT = "import sys; sys.path.append(sys.argv.pop(1)); from evaluation.background import main; sys.exit(main())"

_children: list[subprocess.Popen[bytes]] = []


def how_to_open(settings: Settings) -> str:
    """Two lines that say how to look at the runs. MLflow's page for language models, its default, hides parameters and
    the comparison of runs, hence the address."""
    command = f"mlflow ui --backend-store-uri {settings.tracking_uri}"
    if settings.tracking_uri.startswith("http"):
        return f"Open the runs at {settings.tracking_uri}/#/experiments?workflowType=machine_learning"
    return f"Open the runs with:  {command}\nand look at:         http://127.0.0.1:5000/#/experiments/1?workflowType=machine_learning"


def log_now(
    settings: Settings,
    sessions: SessionStore,
    store: ArtifactStore,
    session_id: str,
    *,
    experiment: str = EXPERIMENT,
    graph_picture: str | None = None,
) -> str | None:
    """Log the conversation and wait; returns its run's id. None when tracking is off or the store failed: then the
    conversation is noted as pending."""
    if not settings.tracking:
        return None
    marks = Pending(settings.home)
    try:
        mark = marks.put(session_id, experiment)
        return _log_marked(settings, sessions, store, marks, mark, graph_picture)
    except (OSError, LoopCopilotError):
        return None


def log_later(settings: Settings, session_id: str, *, experiment: str = EXPERIMENT) -> None:
    """Have a background process log the conversation, and return within milliseconds. Nothing here can fail or hold
    up the conversation; its mark stays until it is logged."""
    if not settings.tracking:
        return
    from filelock import FileLock, Timeout

    _reap()
    marks = Pending(settings.home)
    with suppress(OSError):
        mark = marks.put(session_id, experiment)
        try:
            with FileLock(_lock(settings), timeout=0):
                pass
            _children.append(
                subprocess.Popen(
                    command(settings),
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.DEVNULL,
                    start_new_session=True,
                )
            )
        except Timeout:
            pass  # a logger is at work; it looks for new marks before and after it lets go of its lock
        except TrackingUnavailable as error:
            marks.failed(mark, str(error))


def log_pending(
    settings: Settings, sessions: SessionStore, store: ArtifactStore, *, graph_picture: str | None = None
) -> dict[str, str | None]:
    """Try every conversation that waits, also those given up on; returns the run's id by session, None for what goes
    on waiting (`Pending(home).get(session).error` says why)."""
    marks = Pending(settings.home)
    found: dict[str, str | None] = {}
    for mark in marks.all():
        try:
            found[mark.session] = _log_marked(settings, sessions, store, marks, mark, graph_picture)
        except LoopCopilotError:
            found[mark.session] = None
    return found


def command(settings: Settings) -> list[str]:
    """What `log_later` starts. A server's address stays in the environment: it may hold a password."""
    root = Path(__file__).resolve().parent.parent
    arguments = [sys.executable, "-P", "-c", _BOOT, str(root), "--home", str(settings.home)]
    database = database_path(settings.tracking_uri)
    return [*arguments, "--store", f"sqlite:///{database}"] if database else arguments


def main(arguments: Sequence[str] | None = None) -> int:
    """Log the named conversations and those that wait. 0: all logged; 1: some wait on."""
    parser = argparse.ArgumentParser(prog="evaluation.tracking", description="Log conversations to MLflow.")
    parser.add_argument("sessions", nargs="*", metavar="SESSION", help="without any: those that wait")
    parser.add_argument("--home", type=Path)
    parser.add_argument("--store", help="a SQLite store's URI, in place of MLFLOW_TRACKING_URI")
    parser.add_argument("--experiment", default=EXPERIMENT)
    options = parser.parse_args(arguments)
    settings = Settings.read(home=options.home)
    if options.store:
        settings = settings.model_copy(update={"tracking_uri": options.store})
    marks = Pending(settings.home)
    for session in options.sessions:
        marks.put(session, options.experiment)
    return work(settings)


def work(settings: Settings) -> int:
    """Log what waits until nothing new does. 0: all logged, or another logger does it; 1: some wait on."""
    from filelock import FileLock, Timeout

    if hasattr(os, "nice"):
        os.nice(_NICENESS)
    marks = Pending(settings.home)
    tried: set[str] = set()
    failed = False
    while new := [mark for mark in marks.all() if mark.token not in tried and mark.attempts < MAX_ATTEMPTS]:
        try:
            with FileLock(_lock(settings), timeout=0), closing(SessionStore(settings.database)) as sessions:
                for mark in new:
                    tried.add(mark.token)
                    failed |= not _logged(settings, sessions, marks, mark)
        except Timeout:
            return 0
        except TrackingUnavailable:
            return 1  # the store is away for the others as well
    return int(failed)


def _logged(settings: Settings, sessions: SessionStore, marks: Pending, mark: Mark) -> bool:
    try:
        _log_marked(settings, sessions, ArtifactStore(settings.artifacts), marks, mark, _graph(settings))
    except TrackingUnavailable:
        raise
    except LoopCopilotError:
        return False
    return True


def _log_marked(
    settings: Settings, sessions: SessionStore, store: ArtifactStore, marks: Pending, mark: Mark, graph: str | None
) -> str | None:
    """The run's id, or None when the session is gone and nothing is left to log. A failure is noted and raised; success
    takes the mark away (`log_conversation` does)."""
    from evaluation.tracking import log_conversation

    try:
        return log_conversation(
            settings, sessions, store, mark.session, experiment=mark.experiment, graph_picture=graph
        )
    except InputError:
        marks.done(mark)
        return None
    except LoopCopilotError as error:
        marks.failed(mark, str(error))
        raise


def _graph(settings: Settings) -> str:
    """The turn graph as mermaid text, kept for this code: drawing it takes LangGraph's import."""
    kept = settings.home / "tracking" / f"graph-{code_hash()}.mmd"
    if not kept.is_file():
        from graph.build import mermaid

        kept.write_text(mermaid(), "utf-8")
    return kept.read_text("utf-8")


def _lock(settings: Settings) -> Path:
    folder = settings.home / "tracking"
    folder.mkdir(parents=True, exist_ok=True)
    return folder / "logger.lock"


def _reap() -> None:
    """Let go of background processes that have ended, for hosts that live long, such as a web page's."""
    _children[:] = [child for child in _children if child.poll() is None]
