"""The Python API: hold a conversation, resume it after a crash, undo, fork, look back."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, Self

from filelock import BaseFileLock, FileLock, Timeout

from ensemble.protocols import Band
from ensemble.tools.registry import parse
from ensemble.tools.tool import Stage
from graph.build import TurnGraph
from graph.checkpoints import open_checkpoints
from graph.equip import Equipment, equip
from graph.events import Watcher
from graph.turns import TurnRunner
from nodes.context import Context, SessionRevisions, session_folder
from nodes.files import write_files
from nodes.planners.exchange import Server
from nodes.planners.planner import Planner
from state.artifacts import ArtifactStore
from state.attachments import check_attachment
from state.errors import InfrastructureError, InputError, Refusal, SessionBusy
from state.gat import GlobalAttributeTable
from state.interventions import StandIn
from state.plan import Step
from state.seeds import fresh_seed
from state.sessions import Session, SessionStore
from state.settings import Settings
from state.strategy import Strategy
from state.take import Take
from state.text import clean, unkept
from state.turn import TurnRecord


class Conductor:
    """Conducts conversations under one strategy; everything is kept below `settings.home`.

    `band`, `planner` and `server` (where the language model runs) stand in for those of the strategy and the settings. `on_event` is told what goes on while a turn is under way.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        strategy: Strategy | None = None,
        band: Band | None = None,
        planner: Planner | None = None,
        server: Server | None = None,
        on_event: Watcher | None = None,
    ) -> None:
        self.settings = settings
        self.strategy = None if strategy is None else strategy.on(settings)
        self.sessions = SessionStore(settings.database)
        self.store = ArtifactStore(settings.artifacts)
        self._band = band
        self._planner = planner
        self._server = server
        self._stand_in = StandIn(_name(planner), _name(band)) if planner or band else None
        self._on_event = on_event
        self._stop = threading.Event()
        self._graphs: dict[str | None, TurnGraph] = {}
        self._equipped: tuple[Strategy, Equipment] | None = None
        self._locks: dict[str, BaseFileLock] = {}
        self._checkpoints = ExitStack()
        """Closes the checkpoints' database."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Release the databases and the models; workers end."""
        if self._equipped is not None and self._equipped[1].players is not None:
            self._equipped[1].players.close()
        self._checkpoints.close()
        self.sessions.close()

    def cancel(self) -> None:
        """Stop the turn under way at its next safe point; nothing of it is committed. May be called from any thread."""
        self._stop.set()

    # Conversation

    def start(
        self, *, seed: int | None = None, name: str | None = None, title: str = "", output: Path | None = None
    ) -> str:
        """A new session; without `seed` one is drawn and recorded. Returns its id."""
        chosen = fresh_seed() if seed is None else seed
        return self.sessions.create(chosen, self.strategy or Strategy(), name=name, title=title, output=output).id

    def send(self, session: str, text: str, attachments: Sequence[Path] = ()) -> TurnRecord:
        """One message, one turn. A turn that a crash cut off is finished first.

        Raises InputError (nothing was changed) for an unknown session or an attachment that is no audio file, and when
        a turn waits for approval; SessionBusy while another process works in the session. What fails inside the turn
        is a record with status 'failed'.
        """
        self.check(text, attachments)
        with self._exclusive(session):
            self._recover(session)
            kept = [(clean(path.name), self._keep(path)) for path in attachments]
            info = self.sessions.get(session)
            strategy = self.strategy or info.strategy
            self._graph(strategy)  # what cannot be had is told before a turn is begun
            turn = self.sessions.begin_turn(session, text, kept, strategy)
            return self._runner(info, strategy, turn).begin(text, kept, info.head)

    def check(self, text: str, attachments: Sequence[Path] = ()) -> None:
        """Raise InputError when a message plainly cannot be sent; nothing is begun."""
        if not text.strip() and not attachments:
            raise InputError("the message is empty; say what you would like to hear", field="text")
        if (unfit := unkept(text)) is not None:
            raise InputError(f"the message {unfit}; send it as UTF-8", field="text")
        for path in attachments:
            check_attachment(path, self.settings.max_upload_seconds)

    def resume(self, session: str, decision: dict[str, Any] | None = None) -> TurnRecord | None:
        """Finish a turn that was cut off, or answer one that waits for approval.

        `decision` is {"decision": "accept"}, {"decision": "reject"} or {"decision": "edit", "steps": [{"tool":...,
        "arguments":...}]}. Returns the record, or None when no turn is open.
        """
        with self._exclusive(session):
            opened = self.sessions.open_turn(session)
            if opened is None:
                return None
            if opened.status == "running":
                return self._recover(session)
            if decision is None:
                raise InputError("the turn waits for approval: accept, edit or reject it", field="decision")
            return self._runner(self.sessions.get(session), opened.strategy, opened.turn).decide(decision)

    def fork(self, session: str, turn: int) -> str:
        """A new session that shares everything up to and with `turn`; returns its id."""
        return self.sessions.fork(session, turn).id

    def undo(self, session: str, *, steps: int = 1, revision: int | None = None) -> GlobalAttributeTable:
        """Move the head back along the parents, or to any `revision`; returns the table there."""
        with self._exclusive(session):
            self._recover(session)
            line = self.sessions.lineage(session)
            if revision is None:
                if steps < 1 or steps >= len(line):
                    raise InputError(
                        f"cannot go {steps} back; the head has {_counted(len(line) - 1, 'earlier revision')}",
                        field="steps",
                    )
                revision = line[steps]
            return self.sessions.move_head(session, revision)

    def history(self, session: str) -> list[TurnRecord]:
        """The session's turns, oldest first."""
        self.sessions.get(session)
        return self.sessions.records(session)

    def table(self, session: str, revision: int | None = None) -> GlobalAttributeTable | None:
        """The head's table, or that of `revision`, with its files written; None while there is no loop."""
        info = self.sessions.get(session)
        if revision is None and info.head is None:
            return None
        table = self.sessions.revision(session, revision or info.head)
        if table is None:
            raise self.sessions.no_revision(session, revision or 0)
        write_files(table, self.store, self.band, session_folder(self.settings, info))
        return table

    def export(
        self, session: str, *, folder: Path | None = None, revision: int | None = None, stems: Sequence[str] = ()
    ) -> Take:
        """Write a revision (default: the head) as files for other programs; `Take.exported` names them.

        Raises InputError when there is no loop, no such revision or no such stem.
        """
        table = self.table(session, revision)
        if table is None:
            raise InputError("there is no loop to export yet", field="session")
        info = self.sessions.get(session)
        place = folder or session_folder(self.settings, info) / f"export-revision-{table.revision:04d}"
        tool, arguments = parse(Step(tool="export", arguments={"stems": list(stems)}))
        stage = Stage(
            store=self.store,
            band=self.band,
            seed=info.seed,
            revisions=SessionRevisions(self.sessions, session),
            export_folder=lambda: str(place.absolute()),
        )
        try:
            return tool.perform(arguments, tool.foresee(arguments, table, stage), stage)
        except Refusal as refusal:
            raise InputError(refusal.message, field=refusal.field) from None

    @property
    def band(self) -> Band:
        """Who plays."""
        if self._band is None:
            from ensemble.band.band import BuiltInBand

            self._band = BuiltInBand(self.settings.soundfont)
        return self._band

    def _keep(self, path: Path) -> str:
        """Store an attachment's bytes; from here on its path is of no account."""
        return self.store.put_file(path.read_bytes(), path.suffix.lower() or ".audio")

    def _recover(self, session: str) -> TurnRecord | None:
        """Finish a turn that a crash cut off; a turn that waits for approval is never silently replaced."""
        opened = self.sessions.open_turn(session)
        if opened is None:
            return None
        if opened.status == "awaiting_approval":
            raise InputError(
                f"turn {opened.turn} waits for approval; answer it first: loopcopilot resume {session} --accept or --reject",
                field="session",
            )
        return self._runner(self.sessions.get(session), opened.strategy, opened.turn).recover(opened)

    def equip(self, strategy: Strategy) -> Equipment:
        """What `strategy` needs to run. Raises StrategyError or SetupError when something of it cannot be had."""
        if self._equipped is None or self._equipped[0] is not strategy:
            if self._equipped is not None and self._equipped[1].players is not None:
                self._equipped[1].players.close()
            self._equipped = strategy, equip(strategy, self.settings, planner=self._planner, server=self._server)
        return self._equipped[1]

    def _runner(self, info: Session, strategy: Strategy, turn: int) -> TurnRunner:
        self._stop.clear()
        equipment = self.equip(strategy)
        if equipment.players is not None:
            equipment.players.cancelled = self._stop.is_set
        context = Context(
            settings=self.settings,
            sessions=self.sessions,
            store=self.store,
            band=self.band,
            planner=equipment.planner,
            tools=equipment.tools,
            players=equipment.players,
            server=equipment.server,
            scorer=equipment.scorer,
            strategy=strategy,
            session=info,
            cancelled=self._stop.is_set,
        )
        if self._stand_in is not None:
            self.sessions.interventions.stand_in(info.id, turn, self._stand_in)
        return TurnRunner(self._graph(strategy), context, turn, self._on_event)

    def _graph(self, strategy: Strategy) -> TurnGraph:
        """The compiled graph of `strategy`. Raises StrategyError where one from outside is none, and as `equip` does."""
        equipment = self.equip(strategy)
        if strategy.graph not in self._graphs:
            saver, close = open_checkpoints(self.settings.checkpoints, parallel=strategy.graph is not None)
            self._checkpoints.callback(close)
            self._graphs[strategy.graph] = equipment.build(saver)
        return self._graphs[strategy.graph]

    @contextmanager
    def _exclusive(self, session: str) -> Iterator[None]:
        """Hold the session's lock, which the system releases when a process dies."""
        lock = self._locks.get(session)
        if lock is None:
            self.sessions.get(session)
        try:
            if lock is None:
                folder = self.settings.home / "locks"
                folder.mkdir(parents=True, exist_ok=True)
                lock = self._locks[session] = FileLock(folder / f"{session}.lock", timeout=0)
            lock.acquire()
        except Timeout:
            raise SessionBusy(
                f"another process is at work in session {session}; try again when it has ended", field="session"
            ) from None
        except OSError as error:
            raise InfrastructureError(
                f"cannot write below {self.settings.home}: {error.strerror}", field="LOOPCOPILOT_HOME"
            ) from None
        try:
            yield
        finally:
            lock.release()


def _name(stand_in: Planner | Band | None) -> str | None:
    return None if stand_in is None else str(getattr(stand_in, "name", type(stand_in).__name__))


def _counted(count: int, noun: str) -> str:
    return f"{'no' if count < 1 else count} {noun}{'' if count == 1 else 's'}"
