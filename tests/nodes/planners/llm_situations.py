"""A language model that says what it was told to, and what planners are asked about. Everything between is real."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from ensemble.band.band import BuiltInBand
from ensemble.tools.registry import ALL, Toolbox
from ensemble.tools.tool import Stage
from nodes.planners.choose import planner_of
from nodes.planners.exchange import Answer, Prompt, ToolCall, Unsupported
from nodes.planners.llm.metered import NO_USAGE, MeteredLlm
from nodes.planners.planner import PastTurn, PlanRequest
from nodes.rehearsal import rehearse
from state.artifacts import ArtifactStore
from state.errors import Refusal
from state.exchanges import SCHEMA, ExchangeStore
from state.gat import GlobalAttributeTable, Stem
from state.plan import Plan, Step
from state.strategy import Budget, Strategy
from state.take import Upload
from state.verdict import Verdict

MOST_STEPS = 8


class ScriptedModel:
    """A server whose answers are given one after the other; raises when the script is exhausted."""

    def __init__(self, *answers: Answer | str | Exception, refuses: Sequence[str] = ()) -> None:
        self.answers = list(answers)
        self.refuses = set(refuses)
        """Forms that it does not take: 'json_schema', 'json_object', 'tools'."""
        self.prompts: list[Prompt] = []

    def complete(self, prompt: Prompt, timeout_seconds: float) -> Answer:
        self.prompts.append(prompt)
        form = (prompt.response_format or {}).get("type") or ("tools" if prompt.tools else "text")
        if form in self.refuses:
            raise Unsupported(f"no {form} here")
        if not self.answers:
            raise AssertionError("the script is exhausted")
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return Answer(text=answer) if isinstance(answer, str) else answer

    @property
    def last(self) -> str:
        """What the last prompt said in its varying part."""
        return "\n".join(message.content for message in self.prompts[-1].messages if message.role != "system")


@dataclass
class Revisions:
    """The session's revisions: numbers alone."""

    numbers: tuple[int, ...] = ()

    def revision(self, number: int) -> GlobalAttributeTable | None:
        return LOOP.revised(revision=number, parent=None) if number in self.numbers else None

    def lineage(self) -> list[int]:
        return list(self.numbers)


def stem(name: str, instrument: str, **fields: Any) -> Stem:
    return Stem.model_validate(
        {"name": name, "instrument": instrument, "audio": "a", "score": "s", "tool": "text_to_music", "seed": 1}
        | {"backend": "band", **fields}
    )


LOOP = GlobalAttributeTable(
    revision=3,
    parent=2,
    bpm=90,
    key="A minor",
    bars=4,
    duration_seconds=4 * 4 * 60 / 90,
    genre="rock",
    chords=("Am", "F", "C", "G"),
    stems=(
        stem("piano", "acoustic grand piano"),
        stem("bass", "electric bass (finger)"),
        stem("guitar", "electric guitar (clean)", gain_db=-3.0),
        stem("drums", "standard kit"),
    ),
    mix="m",
)
DRUMS = Upload(
    name="beat.wav", original="o", audio="a", duration_seconds=4.0, bpm=120, bars=2, instrument="drum recording"
)


@dataclass
class Turn:
    """One turn as the planner sees it; `notes` fills with what it noted."""

    text: str = "mute the piano"
    gat: GlobalAttributeTable | None = LOOP
    numbers: tuple[int, ...] = (3, 2, 1)
    history: Sequence[PastTurn] = ()
    uploads: Sequence[Upload] = ()
    attached: int | None = None
    steps: Sequence[Step] = ()
    verdicts: Sequence[Verdict] = ()
    said: Sequence[str] = ()
    tools: Toolbox = ALL
    number: int = 1
    kept: ExchangeStore | None = None
    """The session's exchanges so far; none unless told."""
    notes: list[tuple[str, str, str]] = field(default_factory=list)

    def ask(self, server: ScriptedModel, folder: Path, *, budget: Budget | None = None, **choice: Any) -> Plan:
        """The plan of the planner of that section, through the real metered model and the real rehearsal."""
        strategy = Strategy.model_validate({"planner": choice})
        planner = planner_of(strategy)
        return planner.plan(self.request(server, folder, strategy, budget or Budget()))

    def request(self, server: ScriptedModel, folder: Path, strategy: Strategy, budget: Budget) -> PlanRequest:
        stage = Stage(
            store=ArtifactStore(folder / "artifacts"),
            band=BuiltInBand(),
            seed=1,
            revisions=Revisions(self.numbers),
            uploads=tuple(self.uploads),
        )
        choice: Any = strategy.planner
        llm = MeteredLlm(
            server,
            choice,
            self.kept or nothing_kept(),
            session="s",
            turn=self.number,
            seed=7,
            usage=NO_USAGE,
            budget=budget,
            spent_seconds=0.0,
            timeout_seconds=10,
            cancelled=lambda: False,
        )

        def check(steps: Sequence[Step]) -> None:
            if len(steps) > MOST_STEPS:
                raise Refusal(f"That is {len(steps)} steps, and a turn has at most {MOST_STEPS}.", field="steps")
            rehearse(steps, self.gat, stage, self.tools, seed=1, turn=1)

        request = PlanRequest(
            self.text,
            self.gat,
            stage.revisions,
            self.history,
            self.uploads,
            self.attached,
            self.steps,
            self.verdicts,
            self.said,
            tools=self.tools,
            llm=llm,
            note=lambda kind, name, detail: self.notes.append((kind, name, detail)),
            check=check,
        )
        return request if choice.sees_gat else replace(request, gat=None)

    @property
    def faults(self) -> list[str]:
        return [name for kind, name, _ in self.notes if kind == "fault"]


def nothing_kept() -> ExchangeStore:
    """Exchanges of a new session."""
    db = sqlite3.connect(":memory:", isolation_level=None)
    db.executescript(SCHEMA)
    return ExchangeStore(db)


def planned(*calls: tuple[str, dict[str, Any]], **fields: Any) -> str:
    """A plan as a model writes it."""
    steps = [{"tool": tool, "arguments": arguments} for tool, arguments in calls]
    return json.dumps({"steps": steps, "answer": None, "question": None, "unmet": [], **fields})


def action(tool: str, arguments: Any) -> str:
    """A step in the paper's format."""
    given = arguments if isinstance(arguments, str) else json.dumps(arguments)
    return f"Thought: Do I need to use a tool? Yes\nAction: {tool}\nAction Input: {given}"


def spoken(text: str) -> str:
    """The end of a turn in the paper's format."""
    return f"Thought: Do I need to use a tool? No\nAI: {text}"


def called(tool: str, arguments: Any, **fields: Any) -> Answer:
    """A native tool call."""
    given = arguments if isinstance(arguments, str) else json.dumps(arguments)
    return Answer(calls=(ToolCall(id="c1", name=tool, arguments=given),), finish="tool_calls", **fields)


def tools_of(plan: Plan) -> list[tuple[str, dict[str, Any]]]:
    return [(step.tool, step.arguments) for step in plan.steps]


def block(prompt: Prompt, name: str) -> list[Any] | None:
    """What a block of the user's message holds, line by line; None where it is not there."""
    lines = prompt.messages[1].content.split("\n")
    if f"<{name}>" not in lines:
        return None
    inner = lines[lines.index(f"<{name}>") + 1 : lines.index(f"</{name}>")]
    return [line if line == "none" else json.loads(line) for line in inner]
