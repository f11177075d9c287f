"""A picture of the turn graph as SVG, drawn from its mermaid text, offline.

Nodes stand in layers by their longest path from the start; edges that lead back run along the right side.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html import escape

_NODE = re.compile(r"^\s*(\w+)[(\[{]+(?:<p>)?([^<>()\[\]{}]*)(?:</p>)?[)\]}]+(?::::\w+)?;?\s*$")
_EDGE = re.compile(r"^\s*(\w+)\s*(-->|-\.->|-\.\s.*?\.->|--\s.*?-->)\s*(\w+);?\s*$")

_ROW, _COLUMN, _WIDE, _TALL, _EDGE_SPACE = 74, 168, 128, 38, 40


@dataclass
class Drawing:
    """Nodes in order of mention with their labels; edges (from, to, conditional)."""

    labels: dict[str, str] = field(default_factory=dict)
    edges: list[tuple[str, str, bool]] = field(default_factory=list)


def parse(mermaid: str) -> Drawing:
    """Nodes and edges of a LangGraph mermaid text. Lines of other kinds (style, configuration) are passed over."""
    drawing = Drawing()
    for line in mermaid.splitlines():
        if edge := _EDGE.match(line):
            start, arrow, end = edge.groups()
            for node in (start, end):
                drawing.labels.setdefault(node, node)
            drawing.edges.append((start, end, arrow.startswith("-.")))
        elif node := _NODE.match(line):
            drawing.labels[node[1]] = node[2].strip() or node[1]
    return drawing


def graph_svg(mermaid: str) -> str:
    """The graph as a standalone SVG on a light ground. Raises ValueError when the text holds no edge."""
    drawing = parse(mermaid)
    if not drawing.edges:
        raise ValueError("the mermaid text holds no edge")
    back = _back_edges(drawing)
    rows = _layers(drawing, back)
    width_in_nodes = max(len(row) for row in rows)
    lanes = sorted(back, key=lambda edge: abs(_row_of(rows, edge[0]) - _row_of(rows, edge[1])))
    width = width_in_nodes * _COLUMN + 40 + 26 * (len(lanes) + 1)
    height = len(rows) * _ROW + 24
    place: dict[str, tuple[float, float]] = {}
    for index, row in enumerate(rows):
        left = 20 + (width_in_nodes - len(row)) * _COLUMN / 2
        for column, node in enumerate(row):
            place[node] = (left + (column + 0.5) * _COLUMN, 12 + index * _ROW + _TALL / 2)
    edges = [
        _edge(place, start, end, dashed, lanes.index((start, end)) if (start, end) in back else None, width_in_nodes)
        for start, end, dashed in drawing.edges
    ]
    nodes = [_node(drawing.labels[node], *place[node], ends=node.startswith("__")) for node in place]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}" role="img" '
        'aria-label="The graph of a turn"><title>The graph of a turn</title><defs><marker id="tip" viewBox="0 0 8 8" refX="7" '
        'refY="4" markerWidth="8" markerHeight="8" orient="auto"><path d="M0,0.5L7.5,4L0,7.5Z" fill="#4a5568"/></marker></defs>'
        f'<rect width="{width}" height="{height}" fill="#ffffff"/>{"".join(edges)}{"".join(nodes)}'
        '<g font-family="system-ui, sans-serif" font-size="11" fill="#4a5568">'
        f'<text x="12" y="{height - 8}">solid: always; dashed: decided in graph/routes.py</text></g></svg>'
    )


def _back_edges(drawing: Drawing) -> set[tuple[str, str]]:
    """Edges that close a cycle in a depth-first walk from the first node."""
    following: dict[str, list[str]] = {node: [] for node in drawing.labels}
    for start, end, _ in drawing.edges:
        following[start].append(end)
    back: set[tuple[str, str]] = set()
    done: set[str] = set()
    for root in drawing.labels:
        path: list[tuple[str, list[str]]] = [] if root in done else [(root, list(following[root]))]
        on_path = {root}
        while path:
            node, left = path[-1]
            if not left:
                path.pop()
                on_path.discard(node)
                done.add(node)
                continue
            following_node = left.pop(0)
            if following_node in on_path:
                back.add((node, following_node))
            elif following_node not in done:
                path.append((following_node, list(following[following_node])))
                on_path.add(following_node)
    return back


def _layers(drawing: Drawing, back: set[tuple[str, str]]) -> list[list[str]]:
    layer = dict.fromkeys(drawing.labels, 0)
    for _ in drawing.labels:  # longest path by relaxation: at most as many rounds as there are nodes
        for start, end, _dashed in drawing.edges:
            if (start, end) not in back:
                layer[end] = max(layer[end], layer[start] + 1)
    return [[node for node in drawing.labels if layer[node] == row] for row in range(max(layer.values()) + 1)]


def _row_of(rows: list[list[str]], node: str) -> int:
    return next(index for index, row in enumerate(rows) if node in row)


def _edge(
    place: dict[str, tuple[float, float]], start: str, end: str, dashed: bool, lane: int | None, columns: int
) -> str:
    x1, y1 = place[start]
    x2, y2 = place[end]
    if lane is not None:
        side = 20 + columns * _COLUMN + 14 + 26 * lane
        course = f"M{x1 + _WIDE / 2},{y1 + 6}C{side},{y1 + 6} {side},{y1} {side},{(y1 + y2) / 2}S{side},{y2} {x2 + _WIDE / 2 + 2},{y2 + 6}"
    elif y2 - y1 > _ROW * 1.5:  # passes other layers: bow out to the left, further the longer it is
        bow = min(x1, x2) - _WIDE / 2 - _EDGE_SPACE * (0.2 + 0.16 * (y2 - y1) / _ROW)
        course = f"M{x1 - _WIDE / 2},{y1 + 6}C{bow},{y1 + 30} {bow},{y2 - 30} {x2 - _WIDE / 2 - 2},{y2 - 6}"
    else:
        middle = (y1 + y2) / 2
        course = f"M{x1},{y1 + _TALL / 2}C{x1},{middle} {x2},{middle} {x2},{y2 - _TALL / 2 - 2}"
    style = ' stroke-dasharray="5 4"' if dashed else ""
    return f'<path d="{course}" fill="none" stroke="#4a5568" stroke-width="1.4"{style} marker-end="url(#tip)"/>'


def _node(label: str, x: float, y: float, *, ends: bool) -> str:
    fill, stroke = ("#e6e4df", "#8a8578") if ends else ("#e3f1ef", "#0a6a63")
    text = label.strip("_")
    return (
        f'<rect x="{x - _WIDE / 2}" y="{y - _TALL / 2}" width="{_WIDE}" height="{_TALL}" rx="{_TALL / 2 if ends else 8}" '
        f'fill="{fill}" stroke="{stroke}" stroke-width="1.4"/><text x="{x}" y="{y + 5}" text-anchor="middle" '
        f'font-family="system-ui, sans-serif" font-size="14" fill="#1d2127">{escape(text)}</text>'
    )
