"""Plays a dialogue from its first turn to its last, unattended, and logs it."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from evaluation.background import EXPERIMENT, log_now
from evaluation.conversation import Conversation
from evaluation.dialogue import Dialogue
from evaluation.plans import with_plans
from evaluation.redaction import without_key
from state.attachments import check_attachment
from state.errors import Cancelled, UploadError
from state.strategy import Strategy, load_strategy
from state.turn import TurnRecord

if TYPE_CHECKING:
    from ensemble.protocols import Band
    from graph.conductor import Conductor
    from graph.events import Watcher
    from nodes.planners.exchange import Server
    from nodes.planners.planner import Planner
    from state.settings import Settings

DEFAULT_SEED = 0


def play(
    dialogue: Dialogue,
    settings: Settings,
    *,
    out: Path | None = None,
    strategy: Strategy | None = None,
    seed: int | None = None,
    on_record: Callable[[TurnRecord], None] | None = None,
    on_event: Watcher | None = None,
    experiment: str = EXPERIMENT,
    band: Band | None = None,
    planner: Planner | None = None,
    server: Server | None = None,
    approval: Literal["accept", "reject"] | None = None,
    stoppable: Callable[[Callable[[], None]], AbstractContextManager[None]] = lambda _: nullcontext(),
) -> list[TurnRecord]:
    """Hold `dialogue` in a new session; every turn is played, whatever became of those before, but for two cases: a turn
    that waits for a person's yes, which only `approval` given in advance can answer, is the last, and so is one that was
    stopped. `stoppable` is entered around every turn with the function that stops it.

    `strategy` and `seed` win over the dialogue's own; without either the default strategy and seed 0. `out` gets the
    revisions' files, records.jsonl and report.html; when it holds an earlier conversation's files already, a folder
    'play-2', 'play-3' ... in it does. `on_record` is told each record as its turn ends. The records that
    are returned carry the MLflow run, or None when tracking is off or its store is away (the conversation then waits to be logged). `band`, `planner`
    and `server` (where the language model runs) stand in for those of the strategy and the settings.

    Raises InputError before the first turn for an attachment or a strategy that cannot be used (an oracle among them whose
    dialogue lacks a turn's plan), InfrastructureError when the disk or the database fails.
    """
    from graph.conductor import Conductor

    for index, turn in enumerate(dialogue.turns):
        if turn.attach is not None:
            try:
                check_attachment(turn.attach, settings.max_upload_seconds)
            except UploadError as error:
                raise UploadError(error.message, field=f"turns[{index}].attach") from None
    chosen = strategy or load_strategy(dialogue.strategy)
    if planner is None:
        chosen = with_plans(chosen, dialogue)
    first_seed = seed if seed is not None else dialogue.seed if dialogue.seed is not None else DEFAULT_SEED
    folder = None if out is None else free_folder(out)
    with Conductor(
        settings, strategy=chosen, band=band, planner=planner, server=server, on_event=on_event
    ) as conductor:
        conductor.equip(conductor.strategy or chosen)
        session = conductor.start(seed=first_seed, title=dialogue.id or dialogue.turns[0].text[:80], output=folder)
        records: list[TurnRecord] = []
        for turn in dialogue.turns:
            with stoppable(conductor.cancel):
                record = conductor.send(session, turn.text, [turn.attach] if turn.attach else [])
                while record.status == "awaiting_approval" and approval is not None:
                    answered = conductor.resume(session, {"decision": approval})
                    if answered is None:
                        break
                    record = answered
            records.append(record)
            if on_record is not None:
                on_record(record)
            if record.status == "awaiting_approval" or (record.error and record.error.kind == Cancelled.kind):
                break
        run_id = _log(conductor, session, experiment)
        records = [record.model_copy(update={"mlflow_run": run_id}) for record in records]
        if folder is not None:
            _write_results(folder, conductor, session, records)
    return records


def free_folder(out: Path) -> Path:
    """`out`, or a new folder in it when files of revisions lie there: an earlier play's are never taken for this one's."""
    number, folder = 1, out
    while any(folder.glob("revision-*")):
        number += 1
        folder = out / f"play-{number}"
    return folder


def _log(conductor: Conductor, session: str, experiment: str) -> str | None:
    if not conductor.settings.tracking:
        return None
    from graph.build import mermaid

    return log_now(
        conductor.settings,
        conductor.sessions,
        conductor.store,
        session,
        experiment=experiment,
        graph_picture=mermaid(),
    )


def _write_results(folder: Path, conductor: Conductor, session: str, records: list[TurnRecord]) -> None:
    """The conversation beside its sound: for people and for pipelines, with or without MLflow."""
    from evaluation.environment import environment
    from evaluation.report import report
    from evaluation.run_files import EXCHANGES_FILE
    from evaluation.sound import PageSound

    sound = PageSound(conductor.store, conductor.settings.home / "tracking" / "sound")
    conversation = Conversation.read(conductor.sessions, session).without_key(conductor.settings)
    recorded = environment(conductor.settings, conversation.session.strategy.ensemble)
    _write(folder / "report.html", report(conversation, sound, recorded))
    lines = "".join(f"{record.model_dump_json()}\n" for record in records)
    _write(folder / "records.jsonl", without_key(lines, conductor.settings))
    if conversation.exchanges:
        _write(folder / EXCHANGES_FILE, conversation.exchange_lines())


def _write(path: Path, content: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.part")
    part.write_text(content, "utf-8")
    os.replace(part, path)
