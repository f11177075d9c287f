"""A picture of the turn graph as SVG, drawn from its mermaid text, offline.

Nodes stand in layers by their longest path from the start. Edges that skip layers run down the left side, edges that
lead back run up the right side, each in a lane of its own.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html import escape

_NODE = re.compile(r"^\s*(\w+)[(\[{]+(?:<p>)?([^<>()\[\]{}]*)(?:</p>)?[)\]}]+(?::::\w+)?;?\s*$")
_EDGE = re.compile(r"^\s*(\w+)\s*(-->|-\.->|-\.\s.*?\.->|--\s.*?-->)\s*(\w+);?\s*$")

_ROW, _COLUMN, _WIDE, _TALL = 70, 168, 128, 38
_LANE, _ROUND = 16, 9
"""Distance of parallel edges, and the radius of their corners."""


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
    row_of = {node: index for index, row in enumerate(rows) for node in row}

    def length(edge: tuple[str, str, bool]) -> tuple[int, int]:
        return abs(row_of[edge[0]] - row_of[edge[1]]), row_of[edge[0]]

    upward = sorted((edge for edge in drawing.edges if edge[:2] in back), key=length)
    skipping = sorted((e for e in drawing.edges if e[:2] not in back and row_of[e[1]] - row_of[e[0]] > 1), key=length)
    left = 24 + _LANE * (len(skipping) + 1)
    right = left + max(map(len, rows)) * _COLUMN - (_COLUMN - _WIDE)
    width = max(330, right + _LANE * (len(upward) + 1) + 16)
    height = len(rows) * _ROW + 26
    place = {
        node: (left + column * _COLUMN + _WIDE / 2, 12 + index * _ROW + _TALL / 2)
        for index, row in enumerate(rows)
        for column, node in enumerate(row)
    }
    edges = [
        _edge(_lane(place, edge, left - _LANE * (lane + 1), -1, lane), edge[2]) for lane, edge in enumerate(skipping)
    ]
    edges += [
        _edge(_lane(place, edge, right + _LANE * (lane + 1), 1, lane), edge[2]) for lane, edge in enumerate(upward)
    ]
    edges += [_edge(_direct(place, edge), edge[2]) for edge in drawing.edges if edge not in skipping + upward]
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
    leads_back = {start for start, _ in back}  # such nodes stand to the right, where their edges run
    return [
        sorted((node for node in drawing.labels if layer[node] == row), key=lambda node: node in leads_back)
        for row in range(max(layer.values()) + 1)
    ]


def _lane(
    place: dict[str, tuple[float, float]], edge: tuple[str, str, bool], lane: float, side: int, order: int
) -> str:
    """Out of the side of one node (-1 left, 1 right), along `lane`, into the same side of the other."""
    (x1, y1), (x2, y2) = place[edge[0]], place[edge[1]]
    down = 1 if y2 > y1 else -1
    y1 += down * min(14, 5 + 3 * (order % 4))
    y2 -= down * min(14, 5 + 3 * (order % 4))
    inward = -side * _ROUND
    return (
        f"M{x1 + side * _WIDE / 2},{y1}H{lane + inward}Q{lane},{y1} {lane},{y1 + down * _ROUND}"
        f"V{y2 - down * _ROUND}Q{lane},{y2} {lane + inward},{y2}H{x2 + side * (_WIDE / 2 + 2)}"
    )


def _direct(place: dict[str, tuple[float, float]], edge: tuple[str, str, bool]) -> str:
    (x1, y1), (x2, y2) = place[edge[0]], place[edge[1]]
    middle = (y1 + y2) / 2
    return f"M{x1},{y1 + _TALL / 2}C{x1},{middle} {x2},{middle} {x2},{y2 - _TALL / 2 - 2}"


def _edge(course: str, dashed: bool) -> str:
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
