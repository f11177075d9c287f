"""Every notebook runs from top to bottom, and what it promises is in its outputs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient


def executed(path: Path, folder: Path) -> Any:
    """The notebook after a run in an empty folder. A cell that raises fails the test."""
    notebook = nbformat.read(path, as_version=4)
    client = NotebookClient(notebook, timeout=300, kernel_name="python3", resources={"metadata": {"path": str(folder)}})
    client.execute()
    return notebook


@pytest.mark.filterwarnings("ignore")
def test_a_conversation_is_held_seen_heard_and_logged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", str(Path.cwd()))
    monkeypatch.setenv("LOOPCOPILOT_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path / "ipython"))
    notebook = executed(Path("notebooks/01_conversation.ipynb"), tmp_path)
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert all(cell.execution_count for cell in cells)
    kinds = [kind for cell in cells for output in cell.outputs for kind in output.get("data", {})]
    assert kinds.count("image/svg+xml") == 6, "a waveform and a piano roll of each of three revisions"
    told = "".join(output.get("text", "") for cell in cells for output in cell.outputs)
    assert "text_to_music" in told, "the plan stands in the MLflow run"
    sounds = [
        data["text/html"]
        for cell in cells
        for out in cell.outputs
        if "<audio" in (data := out.get("data", {})).get("text/html", "")
    ]
    assert len(sounds) == 3


def test_notebooks_are_committed_without_outputs() -> None:
    for path in Path("notebooks").glob("*.ipynb"):
        cells = [cell for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "code"]
        assert cells
        assert not [cell for cell in cells if cell.outputs or cell.execution_count], path
