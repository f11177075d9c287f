"""The pictures show what is there, and are well-formed."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ElementTree

import numpy as np
import pytest

from ensemble.band.score import Note, Part
from evaluation.graph_picture import graph_svg, parse
from evaluation.pictures import extremes, piano_roll, waveform
from graph.build import mermaid

SVG = "{http://www.w3.org/2000/svg}"


def outline(svg: str) -> list[tuple[float, float]]:
    """The points of the last path."""
    path = ElementTree.fromstring(svg).findall(f"{SVG}path")[-1].attrib["d"]
    return [(float(x), float(y)) for x, y in re.findall(r"([\d.]+),([\d.]+)", path)]


def test_a_waveform_is_as_high_as_the_sound_is_loud_where_it_is_loud() -> None:
    audio = np.zeros((2, 8000), np.float32)
    audio[1, 4000:] = 0.5 * np.sin(np.arange(4000))
    points = outline(waveform(extremes(audio, 200), label="half", width=400, height=100))
    quiet = [y for x, y in points if x < 195]
    loud = [y for x, y in points if x > 205]
    assert set(quiet) == {50.0}
    assert min(loud) == pytest.approx(25, abs=1)
    assert max(loud) == pytest.approx(75, abs=1)


def test_a_waveform_shorter_than_the_picture_and_louder_than_full_scale_stays_inside() -> None:
    points = outline(waveform(extremes(np.full((2, 3), 4.0, np.float32), 50), label="x", width=100, height=20))
    assert all(0 <= x <= 100 and 0 <= y <= 20 for x, y in points)


def test_bar_lines_stand_between_bars() -> None:
    svg = waveform(extremes(np.zeros((2, 100), np.float32), 50), label="x", bars=4, width=400)
    lines = ElementTree.fromstring(svg).findall(f"{SVG}path")[0].attrib["d"]
    assert re.findall(r"M(\d+),", lines) == ["100", "200", "300"]


def test_a_piano_roll_puts_notes_by_time_and_pitch_and_drums_below() -> None:
    lead = Part(73, False, (Note(0, 60, 1, 100), Note(2, 72, 1, 40)))
    drums = Part(0, True, (Note(1, 36, 0.1, 120),))
    svg = piano_roll({"flute": lead, "drums": drums}, 4.0, label="<both>", width=400, height=100)
    groups = ElementTree.fromstring(svg).findall(f"{SVG}g")
    low, high = groups[0].findall(f"{SVG}rect")
    (kick,) = groups[1].findall(f"{SVG}rect")
    assert [float(note.attrib["x"]) for note in (low, kick, high)] == [0, 100, 200]
    assert float(high.attrib["y"]) < float(low.attrib["y"]) < float(kick.attrib["y"])
    assert float(low.attrib["opacity"]) > float(high.attrib["opacity"])
    assert groups[0].attrib["fill"] != groups[1].attrib["fill"]


def test_an_empty_piano_roll_is_a_picture() -> None:
    assert ElementTree.fromstring(piano_roll({}, 4.0, label="nothing")).tag == f"{SVG}svg"


def test_the_graph_picture_shows_every_node_and_edge_of_the_real_graph() -> None:
    text = mermaid()
    drawing = parse(text)
    edges = [line for line in text.splitlines() if "-->" in line or ".->" in line]
    assert len(drawing.edges) == len(edges)
    svg = ElementTree.fromstring(graph_svg(text))
    shown = {found.text for found in svg.findall(f"{SVG}text")}
    assert {"understand", "plan", "approve", "execute", "verify", "retry", "commit", "respond", "start", "end"} <= shown
    drawn = [path for path in svg.findall(f"{SVG}path") if "marker-end" in path.attrib]
    assert len(drawn) == len(edges)
    dashed = [path for path in drawn if "stroke-dasharray" in path.attrib]
    assert len(dashed) == sum("-." in line for line in edges)


def test_a_text_without_edges_is_refused() -> None:
    with pytest.raises(ValueError, match="no edge"):
        graph_svg("graph TD;\n\ta(a)\n")
