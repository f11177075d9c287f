"""The files of a conversation's run, written to a folder from which tracking uploads them.

report.html  records.jsonl  exchanges.jsonl  plans.json  environment.json  graph.svg  graph.mmd
gat/revision-0001.json
audio/revision-0001/mix.wav  stems/keys.flac  loop.mid
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from evaluation.conversation import Conversation
from evaluation.graph_picture import graph_svg
from evaluation.report import report
from evaluation.run_content import plans_table
from evaluation.sound import PageSound, lossless
from state.errors import ArtifactCorrupt, ArtifactMissing
from state.gat import GlobalAttributeTable
from state.turn import Files, TurnRecord

if TYPE_CHECKING:
    from state.artifacts import ArtifactStore

PLANS_FILE = "plans.json"
EXCHANGES_FILE = "exchanges.jsonl"
"""Every call of a language model, a line each; absent where none was asked."""


def write_small_files(
    folder: Path,
    conversation: Conversation,
    sound: PageSound,
    environment: Mapping[str, str],
    graph_picture: str | None,
) -> None:
    """Everything that is written anew each time the conversation is logged."""
    (folder / "report.html").write_text(report(conversation, sound, environment), "utf-8")
    lines = (_logged_record(record).model_dump_json() for record in conversation.records)
    (folder / "records.jsonl").write_text("".join(f"{line}\n" for line in lines), "utf-8")
    if conversation.exchanges:
        (folder / EXCHANGES_FILE).write_text(conversation.exchange_lines(), "utf-8")
    _write_json(folder / PLANS_FILE, plans_table(conversation.ended))
    _write_json(folder / "environment.json", dict(environment))
    if graph_picture:
        (folder / "graph.mmd").write_text(graph_picture, "utf-8")
        (folder / "graph.svg").write_text(graph_svg(graph_picture), "utf-8")


def write_revision(folder: Path, table: GlobalAttributeTable, conversation: Conversation, store: ArtifactStore) -> None:
    """One revision's table, and its sound as the session's folder holds it (stems losslessly compacted).

    Files that a person has moved away are not logged; the mix is then taken from the artifact store.
    """
    name = f"revision-{table.revision:04d}"
    (folder / "gat").mkdir(parents=True, exist_ok=True)
    _write_json(folder / "gat" / f"{name}.json", table.model_dump(mode="json"))
    place = folder / _audio_folder(table.revision)
    (place / "stems").mkdir(parents=True, exist_ok=True)
    record = conversation.turn_of(table.revision)
    files = record.files if record else None
    if files is None or not _present(lambda: shutil.copyfile(files.mix, place / "mix.wav")):
        _present(lambda: shutil.copyfile(store.path(table.mix), place / "mix.wav"))
    if files is None:
        return
    for path in map(Path, files.stems.values()):
        _present(lambda path=path: (place / "stems" / f"{path.stem}.flac").write_bytes(lossless(path)))  # type: ignore[misc]
    if (midi := files.midi) is not None:
        _present(lambda: shutil.copyfile(midi, place / "loop.mid"))


def _logged_record(record: TurnRecord) -> TurnRecord:
    """The record with its files named as they lie in the run: a person's folders are nobody else's business."""
    if record.files is None or record.gat is None:
        return record
    place = _audio_folder(record.gat.revision)
    files = Files(
        mix=f"{place}/mix.wav",
        stems={name: f"{place}/stems/{Path(path).stem}.flac" for name, path in record.files.stems.items()},
        midi=f"{place}/loop.mid" if record.files.midi else None,
    )
    return record.model_copy(update={"files": files})


def _audio_folder(revision: int) -> str:
    return f"audio/revision-{revision:04d}"


def _present(write: Callable[[], object]) -> bool:
    """Whether what `write` reads was there."""
    try:
        write()
    except (FileNotFoundError, ArtifactMissing, ArtifactCorrupt):
        return False
    return True


def _write_json(path: Path, content: object) -> None:
    path.write_text(json.dumps(content, ensure_ascii=False, indent=1), "utf-8")
