"""The same graph for LangGraph's own tools (`langgraph dev`, see langgraph.json).

Input: {"request": "a lofi loop"}; with "session": "NAME" a conversation goes on. Sessions are those of the command
line: both read and write the folder that LOOPCOPILOT_HOME names.
"""

from __future__ import annotations

from functools import cache
from typing import Any, NotRequired

from langgraph.graph import END, START, StateGraph
from langgraph.graph.state import CompiledStateGraph
from typing_extensions import TypedDict

from graph.build import Channels, build
from graph.equip import equip
from nodes.context import Context
from nodes.turn import TurnState, new_turn
from state.artifacts import ArtifactStore
from state.errors import InputError
from state.seeds import fresh_seed
from state.sessions import SessionStore
from state.settings import Settings
from state.strategy import Strategy
from state.take import Upload
from state.text import unkept
from state.turn import TurnRecord, Usage


class Message(TypedDict):
    """What a server is sent."""

    request: str
    session: NotRequired[str]
    """A conversation to go on with; a new name starts one."""


class Answer(TypedDict):
    """What it answers, with the session's name."""

    session: NotRequired[str]
    record: dict[str, Any]
    """The turn's record, as `loopcopilot say --json` prints it."""


class Served(Message, Answer, Channels):
    """Everything that the three steps share."""


def turn() -> CompiledStateGraph[Served, None, Message, Answer]:
    """begin -> the graph of a turn -> finish."""
    graph = StateGraph(Served, input_schema=Message, output_schema=Answer)
    graph.add_node("begin", begin)
    graph.add_node("turn", build(context_of=_context))
    graph.add_node("finish", finish)
    graph.add_edge(START, "begin")
    graph.add_edge("begin", "turn")
    graph.add_edge("turn", "finish")
    graph.add_edge("finish", END)
    return graph.compile()


def begin(state: Message) -> dict[str, Any]:
    """Open the turn in its session; a session that is not there is started."""
    _, sessions, _ = _opened()
    if not state.get("request", "").strip():
        raise InputError('the message is empty; send {"request": "a lofi loop"}', field="request")
    if (unfit := unkept(state["request"])) is not None:
        raise InputError(f"the message {unfit}; send it as UTF-8", field="request")
    name = state.get("session")
    if name is None or not sessions.exists(name):
        name = sessions.create(fresh_seed(), Strategy(), name=name, title=state["request"][:80]).id
    number = sessions.begin_turn(name, state["request"])
    return {"turn": dict(new_turn(name, number, state["request"], [], sessions.get(name).head))}


def finish(state: Channels) -> dict[str, Any]:
    """Write the record."""
    _, sessions, _ = _opened()
    done = state["turn"]
    usage = Usage(seconds=done["seconds"], **done["usage"])
    record = TurnRecord.model_validate(done["record"]).model_copy(update={"usage": usage})
    sessions.finish_turn(record, [Upload.model_validate(item) for item in done["uploads"]])
    return {"session": done["session"], "record": record.model_dump(mode="json")}


def _context(state: TurnState) -> Context:
    from ensemble.band.band import BuiltInBand

    settings, sessions, store = _opened()
    session = sessions.get(state["session"])
    equipment = equip(session.strategy, settings)
    return Context(
        settings=settings,
        sessions=sessions,
        store=store,
        band=BuiltInBand(settings.soundfont),
        planner=equipment.planner,
        tools=equipment.tools,
        players=equipment.players,
        server=equipment.server,
        scorer=equipment.scorer,
        strategy=session.strategy,
        session=session,
    )


@cache
def _opened() -> tuple[Settings, SessionStore, ArtifactStore]:
    settings = Settings.read()
    return settings, SessionStore(settings.database), ArtifactStore(settings.artifacts)
