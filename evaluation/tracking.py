"""Conversations in MLflow: one run a conversation, written in batches from the records, as often as one likes.

This is the only file that imports MLflow, and only inside functions: no reply waits for it. Logging a conversation
again updates its run and repeats nothing. The user, host, paths, git state and environment variables that MLflow's
fluent API records are never gathered, because only `MlflowClient` and values named in this package are used.
"""

from __future__ import annotations

import json
import logging
import os
import re
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from evaluation.background import EXPERIMENT, log_later, log_now, log_pending
from evaluation.conversation import Conversation, signature
from evaluation.environment import environment
from evaluation.pending import Pending
from evaluation.run_content import description, parameters, run_name, totals, turn_metrics
from evaluation.run_files import PLANS_FILE, write_revision, write_small_files
from evaluation.sound import PageSound
from evaluation.store_setup import TrackingUnavailable, artifact_place, artifact_root, database_path, prepare
from evaluation.turn_spans import TurnSpan, stored, trace_id, turn_spans
from state.artifacts import ArtifactStore
from state.errors import LoopCopilotError
from state.sessions import SessionStore
from state.settings import Settings
from state.turn import TurnRecord

if TYPE_CHECKING:
    from mlflow import MlflowClient
    from mlflow.entities import Run, TraceInfo

__all__ = [
    "EXPERIMENT",
    "TrackingUnavailable",
    "log_conversation",
    "log_later",
    "log_now",
    "log_pending",
    "prepare_store",
]

_TURNS_A_BATCH, _PARAMETERS_A_BATCH = 30, 90
"""A batch may hold 1000 metrics and 100 parameters; a turn has about 26 and at most two."""

_TURNS, _REVISIONS, _TRACES = "loopcopilot.turns", "loopcopilot.revisions", "loopcopilot.traces"
"""Tags of a run that say how far it is logged."""


def log_conversation(
    settings: Settings,
    sessions: SessionStore,
    store: ArtifactStore,
    session_id: str,
    *,
    experiment: str = EXPERIMENT,
    graph_picture: str | None = None,
) -> str:
    """Log the conversation, or what is new in it, and wait; returns its run's id.

    `graph_picture` is the turn graph as mermaid text. Raises InputError for an unknown session, TrackingUnavailable
    when the store is away, locked or damaged.
    """
    from filelock import FileLock, Timeout

    marks = Pending(settings.home)
    mark = marks.get(session_id)  # before the records are read: what is said later asks for itself
    conversation = Conversation.read(sessions, session_id).without_key(settings)
    folder = settings.home / "tracking"
    with _store_errors(settings):
        folder.mkdir(parents=True, exist_ok=True)
        try:
            with FileLock(folder / f"{session_id}.lock", timeout=120):
                client = _client(settings)
                run = _run(client, settings, sessions, conversation, experiment)
                recorded = environment(settings, conversation.session.strategy.ensemble)
                _log_figures(client, run, conversation, recorded)
                _log_files(client, run, conversation, store, settings, recorded, graph_picture)
                _log_traces(client, run, conversation)
                ended = max((span.ended for span in conversation.spans().values()), default=None)
                client.set_terminated(run.info.run_id, "FINISHED", _milliseconds(ended) if ended else None)
                if mark is not None:
                    marks.done(mark)
                return str(run.info.run_id)
        except Timeout:
            raise TrackingUnavailable("another process is logging this conversation", field="session") from None


def prepare_store(settings: Settings) -> None:
    """Make or check the store, so that the first conversation need not. Raises TrackingUnavailable."""
    with _store_errors(settings):
        _client(settings)


@contextmanager
def _store_errors(settings: Settings) -> Iterator[None]:
    try:
        yield
    except LoopCopilotError:
        raise
    except Exception as error:  # noqa: BLE001 - whatever a store raises, it is the store that failed
        raise TrackingUnavailable(_plain(error, settings), field="MLFLOW_TRACKING_URI") from None


def _client(settings: Settings) -> MlflowClient:
    """A client of a store that is there and can be written."""
    # Decided for every process that logs, before MLflow reads them at import: no telemetry, no minutes of retries, no
    # chatter on standard error. A person's own setting wins. (state/settings stays the only reader of the environment.)
    os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")
    os.environ.setdefault("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "2")
    os.environ.setdefault("MLFLOW_HTTP_REQUEST_TIMEOUT", "30")
    os.environ.setdefault("MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR", "false")
    os.environ["MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT"] = "true"  # standard output belongs to --json
    from mlflow import MlflowClient

    for name in ("mlflow", "alembic"):
        logging.getLogger(name).setLevel(logging.ERROR)
    database = database_path(settings.tracking_uri)
    if database is not None:
        prepare(database, lambda path: _create(path, artifact_root(database)))
    return MlflowClient(tracking_uri=settings.tracking_uri)


def _create(database: Path, artifacts: Path) -> None:
    from mlflow.store.tracking.sqlalchemy_store import SqlAlchemyStore

    store = SqlAlchemyStore(f"sqlite:///{database}", artifacts.as_uri())  # type: ignore[no-untyped-call]
    store.engine.dispose()


def _experiment(client: MlflowClient, settings: Settings, name: str) -> str:
    from mlflow.exceptions import MlflowException

    found = client.get_experiment_by_name(name)
    if found is None:
        database = database_path(settings.tracking_uri)
        # Without a place of its own an experiment in SQLite would write below the directory of whoever logs.
        place = artifact_place(database, name) if database else None
        try:
            # The kind spares people a question: a study is compared by parameters, metrics and artifacts.
            kind = {"mlflow.experimentKind": "custom_model_development"}
            return str(client.create_experiment(name, artifact_location=place, tags=kind))
        except MlflowException:
            found = client.get_experiment_by_name(name)  # another process was first
            if found is None:
                raise
    if found.lifecycle_stage == "deleted":
        raise TrackingUnavailable(
            f"the experiment {name!r} is deleted in MLflow; restore it there or choose another name", field="experiment"
        )
    return str(found.experiment_id)


def _run(
    client: MlflowClient, settings: Settings, sessions: SessionStore, conversation: Conversation, experiment: str
) -> Run:
    """The conversation's run: the one it was logged to, as long as it exists; else a new one."""
    from mlflow.exceptions import MlflowException

    session = conversation.session
    if (known := sessions.run_id(session.id)) is not None:
        try:
            run = client.get_run(known)
            if run.info.lifecycle_stage == "active":
                return run
        except MlflowException as error:
            if error.error_code != "RESOURCE_DOES_NOT_EXIST":
                raise
    experiment_id = _experiment(client, settings, experiment)
    # A process that was killed right after creating a run has left it without our knowing its id.
    found = client.search_runs([experiment_id], f"tags.`loopcopilot.session` = '{session.id}'", max_results=1)
    spans = conversation.spans().values()
    run = next(iter(found), None) or client.create_run(
        experiment_id,
        start_time=_milliseconds(min(span.began for span in spans)) if spans else None,
        run_name=run_name(conversation),
        tags={
            "loopcopilot.session": session.id,
            "loopcopilot.seed": str(session.seed),
            "loopcopilot.strategy": session.strategy.name,
            "mlflow.user": "loopcopilot",
            "mlflow.source.name": "loopcopilot",
        },
    )
    sessions.set_run_id(session.id, run.info.run_id)
    return run


def _log_figures(client: MlflowClient, run: Run, conversation: Conversation, recorded: dict[str, str]) -> None:
    """Parameters and metrics that the run does not hold yet, in batches that also move its progress on."""
    from mlflow.entities import Metric, Param, RunTag

    known = run.data.params
    wanted = parameters(conversation, recorded)
    missing = {name: value for name, value in wanted.items() if name not in known}
    changed = sorted(
        name for name in wanted if name.startswith("environment.") and known.get(name, wanted[name]) != wanted[name]
    )
    tags = {"mlflow.note.content": description(conversation)}
    if changed:  # parameters cannot change, and the earlier turns were played in the environment that they name
        tags["loopcopilot.environment_changed"] = ", ".join(changed)
    by_turn = {name: value for name, value in missing.items() if name.startswith("turn_")}
    general = [Param(name, value) for name, value in missing.items() if name not in by_turn]
    for first in range(0, len(general), _PARAMETERS_A_BATCH):
        client.log_batch(run.info.run_id, params=general[first : first + _PARAMETERS_A_BATCH])
    client.log_batch(run.info.run_id, tags=[RunTag(name, value) for name, value in tags.items()])

    spans = conversation.spans()
    logged = int(run.data.tags.get(_TURNS, "0"))
    new = [record for record in conversation.ended if record.turn > logged]
    for first in range(0, len(new), _TURNS_A_BATCH):
        batch = new[first : first + _TURNS_A_BATCH]
        metrics = [
            Metric(name, value, _milliseconds(spans[record.turn].ended), record.turn)
            for record in batch
            for name, value in turn_metrics(record).items()
        ]
        last = batch[-1]
        if last is new[-1]:
            moment = _milliseconds(spans[last.turn].ended)
            metrics += [Metric(name, value, moment, last.turn) for name, value in totals(conversation.ended).items()]
        turns = {f"turn_{record.turn:02d}" for record in batch}
        params = [Param(name, value) for name, value in by_turn.items() if name.split(".")[0] in turns]
        client.log_batch(run.info.run_id, metrics, params, [RunTag(_TURNS, str(last.turn))])


def _log_files(
    client: MlflowClient,
    run: Run,
    conversation: Conversation,
    store: ArtifactStore,
    settings: Settings,
    recorded: dict[str, str],
    graph_picture: str | None,
) -> None:
    """Revisions that the run does not hold yet, each whole before it counts; then the small files anew."""
    from mlflow.entities import RunTag

    run_id = run.info.run_id
    logged = int(run.data.tags.get(_REVISIONS, "0"))
    for table in conversation.revisions:
        if table.revision > logged:
            with tempfile.TemporaryDirectory(prefix="loopcopilot-") as folder:
                write_revision(Path(folder), table, conversation, store)
                client.log_artifacts(run_id, folder)
            client.set_tag(run_id, _REVISIONS, str(table.revision))
    sound = PageSound(store, settings.home / "tracking" / "sound")
    with tempfile.TemporaryDirectory(prefix="loopcopilot-") as folder:
        write_small_files(Path(folder), conversation, sound, recorded, graph_picture)
        client.log_artifacts(run_id, folder)
    # What mlflow.log_table leaves: the file, and this tag. log_table itself would append to what is there.
    tables = RunTag("mlflow.loggedArtifacts", f'[{{"path": "{PLANS_FILE}", "type": "table"}}]')
    client.log_batch(run_id, tags=[tables])


def _log_traces(client: MlflowClient, run: Run, conversation: Conversation) -> None:
    """One trace for each ended turn that has none yet, with the times that were recorded.

    Ids follow from the run and the turn, so a trace that was sent before a crash is not sent as a second one.
    """
    from mlflow.entities import Span
    from mlflow.tracing.client import TracingClient

    run_id, experiment_id = run.info.run_id, run.info.experiment_id
    logged = int(run.data.tags.get(_TRACES, "0"))
    new = [record for record in conversation.ended if record.turn > logged]
    if not new:
        return
    spans = conversation.spans()
    tracing = TracingClient(client.tracking_uri)
    tree = [(record, turn_spans(record, spans[record.turn], conversation.calls(record.turn))) for record in new]
    for record, (root, *_) in tree:
        tracing.start_trace(_trace_info(root, record, run_id, experiment_id))
    spans_to_log = [
        Span.from_dict(stored(span, trace_id(run_id, record.turn))) for record, found in tree for span in found
    ]
    tracing.log_spans(experiment_id, spans_to_log)
    client.set_tag(run_id, _TRACES, str(new[-1].turn))


def _trace_info(root: TurnSpan, record: TurnRecord, run_id: str, experiment_id: str) -> TraceInfo:
    from mlflow.entities import TraceInfo, TraceLocation, TraceState

    return TraceInfo(
        trace_id=trace_id(run_id, record.turn),
        client_request_id=f"{record.session}:{record.turn}",
        trace_location=TraceLocation.from_experiment_id(experiment_id),
        request_time=_milliseconds(root.began),
        execution_duration=_milliseconds(root.ended) - _milliseconds(root.began),
        state=TraceState.ERROR if root.failed else TraceState.OK,
        request_preview=record.request[:1000],
        response_preview=record.reply[:1000],
        trace_metadata={
            "mlflow.sourceRun": run_id,
            "mlflow.trace.session": record.session,
            "mlflow.trace_schema.version": "3",
            "mlflow.trace.tokenUsage": json.dumps(
                {
                    "input_tokens": record.usage.input_tokens,
                    "output_tokens": record.usage.output_tokens,
                    "total_tokens": record.usage.input_tokens + record.usage.output_tokens,
                }
            ),
        },
        tags={
            "mlflow.traceName": root.name,
            "turn": str(record.turn),
            "status": record.status,
            "plan_signature": signature(record),
        },
    )


def _milliseconds(moment: datetime) -> int:
    return round(moment.timestamp() * 1000)


def _plain(error: Exception, settings: Settings) -> str:
    """The error in one line, without the store's address: that may hold a password."""
    text = " ".join(str(error).split()).replace(settings.tracking_uri.rstrip("/"), "the store")
    if "Max retries exceeded" in text or "Read timed out" in text:
        return "no MLflow server answers there; the conversation can be logged later"
    return f"MLflow did not take it: {type(error).__name__}: {re.sub(r'//[^/@ ]+@', '//', text)}"[:400]


if __name__ == "__main__":
    from evaluation.background import main

    sys.exit(main())
