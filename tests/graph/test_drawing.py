from __future__ import annotations

import re
from pathlib import Path

from graph.build import build, mermaid
from graph.server import turn

EDGE = re.compile(r"(\w+)[(\[]?.*?\s(?:-->|-\.->)(?:\|[^|]*\|)?\s(\w+)")


def test_the_readme_draws_the_graph_that_runs() -> None:
    block = re.search(r"```mermaid\n(.*?)```", Path("README.md").read_text("utf-8"), re.DOTALL)
    assert block is not None
    drawn = {match.groups() for line in block[1].splitlines() if (match := EDGE.match(line.strip()))}
    edges = {(edge.source, edge.target) for edge in build().get_graph().edges}
    assert drawn == edges


def test_the_drawing_comes_from_the_code() -> None:
    text = mermaid()
    for node in ("understand", "plan", "approve", "execute", "verify", "retry", "commit", "respond"):
        assert node in text


def test_langgraphs_own_tools_find_the_graph() -> None:
    import json

    config = json.loads(Path("langgraph.json").read_text())
    file, name = config["graphs"]["turn"].split(":")
    assert Path(file).exists()
    assert name == turn.__name__
    assert "turn" in turn().get_graph().nodes
