"""Holds a recorded conversation once more, without a language model's server, and says where it comes out differently.

Everything that was decided from outside is given again: the seed, each turn's strategy, requests, attached files, moves of
the head between turns, answers to plans that waited for a yes, and what the language model said. The rest is done anew in a
home folder of its own, which is removed afterwards.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from evaluation.conversation import Conversation
from evaluation.divergence import Divergence, divergences
from evaluation.kept_server import KeptServer
from evaluation.replayable import remarks
from evaluation.soundness import damages
from state.artifacts import ArtifactStore
from state.errors import InputError
from state.sessions import SessionStore, TurnEntry
from state.turn import TurnRecord

if TYPE_CHECKING:
    from graph.conductor import Conductor
    from graph.events import Watcher
    from state.settings import Settings

_NOT_REPEATED = {"cancelled", "crashed"}
"""Turns that ended so are taken over as recorded: a person, or the end of a process, does not come again."""


@dataclass
class Replay:
    """How a conversation came out when it was held again."""

    session: str
    turns: int = 0
    """Turns that were compared."""
    divergences: list[Divergence] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    """What one must know to judge the result, each a line."""

    @property
    def identical(self) -> bool:
        return not self.divergences

    def as_json(self) -> dict[str, Any]:
        return {
            "session": self.session,
            "turns": self.turns,
            "identical": self.identical,
            "differences": [vars(divergence) for divergence in self.divergences],
            "remarks": self.remarks,
        }


def replay(settings: Settings, run: str, *, on_event: Watcher | None = None) -> Replay:
    """Hold the conversation `run` (a session's id or its MLflow run's) once more and compare every turn.

    Raises InputError when there is no such run, or when it was conducted by a planner that was handed over in Python
    and cannot be called again; InfrastructureError when the disk or an attached file fails.
    """
    sessions = SessionStore(settings.database)
    try:
        return _Replaying(settings, sessions, _session_of(sessions, run), on_event).held()
    finally:
        sessions.close()


def _session_of(sessions: SessionStore, run: str) -> str:
    session = sessions.session_of_run(run) or run
    if not sessions.exists(session):
        raise InputError(
            f"neither a session nor an MLflow run of one is called {run!r}; `loopcopilot history` lists the sessions",
            field="run",
        )
    return session


class _Replaying:
    """One replay under way."""

    def __init__(self, settings: Settings, sessions: SessionStore, session: str, on_event: Watcher | None) -> None:
        self._settings = settings
        self._sessions = sessions
        self._on_event = on_event
        self._store = ArtifactStore(settings.artifacts)
        self._conversation = Conversation.read(sessions, session)
        self._records = {record.turn: record for record in self._conversation.records}
        self._entries = [entry for entry in sessions.entries(session) if entry.status != "running"]
        self._exchanges = sessions.exchanges.all(session)
        self._result = Replay(session)

    def held(self) -> Replay:
        """The conversation, held again as far as it can be."""
        opened = self._sessions.open_turn(self._result.session)
        under_way = opened.turn if opened is not None and opened.status == "running" else None
        self._differs(*damages(self._conversation, self._entries, self._records, under_way))
        self._result.remarks += remarks(self._sessions, self._result.session, self._entries, self._records)
        with self._home() as home:
            place = home / "sessions" / self._result.session
            self._folders = [(folder, place) for folder in self._places()]
            server = KeptServer(self._exchanges, self._folders)
            conductor = self._conductor(home, server)
            try:
                for entry in self._entries:
                    if not self._turn(conductor, server, entry, home):
                        break
            finally:
                conductor.close()
        if left := len(self._entries) - self._result.turns:
            self._result.remarks.append(f"{left} more turns were not replayed: they would begin from something else")
        return self._result

    def _turn(self, conductor: Conductor, server: KeptServer, entry: TurnEntry, home: Path) -> bool:
        """Hold one turn and compare it; whether the next one can follow."""
        session, recorded = self._result.session, self._records[entry.turn]
        conductor.strategy = entry.strategy
        if not conductor.sessions.exists(session):
            info = self._conversation.session
            conductor.sessions.create(info.seed, info.strategy, name=session, title=info.title)
        if not self._moved(conductor, entry):
            return False
        self._result.turns += 1
        if recorded.error is not None and recorded.error.kind in _NOT_REPEATED:
            self._take_over(conductor, entry, recorded)
            return True
        server.begin(entry.turn)
        record = conductor.send(session, entry.request, self._attached(entry, home))
        for decision in self._sessions.interventions.decisions(session, entry.turn):
            if record.status != "awaiting_approval":
                break
            try:
                record = conductor.resume(session, decision) or record
            except InputError as error:
                self._differs(Divergence(entry.turn, "approval", decision, f"cannot be given: {error}"))
                return False
        if server.divergence is not None:
            self._differs(server.divergence)
            return False
        self._differs(*divergences(self._plain(recorded), self._plain(record)), *server.left())
        return record.status != "awaiting_approval" or entry is self._entries[-1]

    def _moved(self, conductor: Conductor, entry: TurnEntry) -> bool:
        """Move the head as somebody did between the turns; whether it could be moved there."""
        head = conductor.sessions.get(self._result.session).head
        if entry.head_before == head:
            return True
        if entry.head_before is not None:
            try:
                conductor.undo(self._result.session, revision=entry.head_before)
                return True
            except InputError:
                pass
        self._differs(Divergence(entry.turn, "head_before", entry.head_before, head))
        return False

    def _take_over(self, conductor: Conductor, entry: TurnEntry, recorded: TurnRecord) -> None:
        """Put the turn there as it was recorded, with what it had committed before the process ended."""
        session = self._result.session
        turn = conductor.sessions.begin_turn(session, entry.request, entry.attachments, entry.strategy)
        made = self._conversation.made(recorded)
        if made is not None:
            for stem in made.stems:
                for artifact in filter(None, (stem.audio, stem.score)):
                    _copy(self._store.path(artifact), conductor.store.path(artifact))
            _copy(self._store.path(made.mix), conductor.store.path(made.mix))
            conductor.sessions.commit(session, turn, made.revised(revision=made.parent or made.revision))
        conductor.sessions.finish_turn(recorded)
        kind = recorded.error.kind if recorded.error else ""
        self._result.remarks.append(f"turn {turn} ended as {kind}: taken over as recorded")

    def _attached(self, entry: TurnEntry, home: Path) -> list[Path]:
        """The turn's files, under their names."""
        paths = []
        for index, (name, artifact) in enumerate(entry.attachments):
            path = home / "attached" / f"{entry.turn}-{index}" / name
            path.parent.mkdir(parents=True)
            path.write_bytes(self._store.file(artifact))
            paths.append(path)
        return paths

    def _conductor(self, home: Path, server: KeptServer) -> Conductor:
        from graph.conductor import Conductor

        settings = self._settings.model_copy(update={"home": home, "tracking": False})
        return Conductor(settings, server=server, on_event=self._on_event)

    def _places(self) -> list[Path]:
        """Where the conversation's files lay: a fork's first turns have theirs with the session that it came from."""
        from nodes.context import session_folder

        found = [Path(record.files.mix).parents[1] for record in self._records.values() if record.files]
        return list(dict.fromkeys([*found, session_folder(self._settings, self._conversation.session)]))

    def _plain(self, record: TurnRecord) -> TurnRecord:
        """The record with every folder of the conversation called the same."""
        text = record.model_dump_json()
        for then, now in self._folders:
            text = text.replace(str(now), "FILES").replace(str(then), "FILES")
        return TurnRecord.model_validate_json(text)

    def _differs(self, *found: Divergence) -> None:
        self._result.divergences += found

    @contextmanager
    def _home(self) -> Iterator[Path]:
        self._settings.home.mkdir(parents=True, exist_ok=True)
        home = Path(tempfile.mkdtemp(dir=self._settings.home, prefix=".replay-")).absolute()
        try:
            yield home
        finally:
            shutil.rmtree(home, ignore_errors=True)


def _copy(origin: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(origin, target)
