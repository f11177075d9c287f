"""Conversations with every planner against the stub, over a real socket with the real client."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from graph.conductor import Conductor
from scripted import LOOP, ScriptedPlanner, steps
from state.gat import GlobalAttributeTable
from state.settings import Settings
from state.strategy import Strategy, shipped
from state.turn import TurnRecord

LLM_KINDS = ("single_shot", "plan_execute", "react", "react_tools", "reflect", "vote", "hybrid")
STEP_BY_STEP = ("react", "react_tools")
REQUEST = "abracadabra it, add a clarinet and mute the drums"
"""The rules do not know the first word, so that `hybrid` asks its model too."""


def settings_for(home: Path, base_url: str, model: str = "stub", **more: str) -> Settings:
    """Settings that know the stub, and nothing of the environment."""
    given = {
        "LOOPCOPILOT_LLM_BASE_URL": base_url,
        "LOOPCOPILOT_LLM_MODEL": model,
        "LOOPCOPILOT_TRACKING": "off",
        **more,
    }
    return Settings.read(given, home=home)


def strategy_for(kind: str, **changes: Any) -> Strategy:
    """The shipped strategy with that planner."""
    return shipped()["default" if kind == "rules" else kind].model_copy(update=changes)


@contextmanager
def conducting(settings: Settings, strategy: Strategy, **more: Any) -> Iterator[Conductor]:
    """A conductor for the length of a with block."""
    with Conductor(settings, strategy=strategy, **more) as conductor:
        yield conductor


def begun(settings: Settings) -> str:
    """A session with a short loop of piano, bass and drums, to fork from."""
    with Conductor(settings, planner=ScriptedPlanner([steps(LOOP)])) as conductor:
        session = conductor.start(seed=1)
        assert conductor.send(session, "a loop").status == "done"
    return session


def told(conductor: Conductor, session: str, texts: Sequence[str]) -> list[TurnRecord]:
    return [conductor.send(session, text) for text in texts]


def takes(table: GlobalAttributeTable | None) -> dict[str, str]:
    """The audio id of every stem."""
    return {} if table is None else {stem.name: stem.audio for stem in table.stems}


def notes(record: TurnRecord, kind: str = "fault") -> list[str]:
    """The names of what was noted about the planning."""
    return [note.name for note in record.planning if note.kind == kind]
