"""A strategy: the one object that says how a conversation is conducted, and that a study varies.

Shipped ones are the files of `state/strategies/`; `load_strategy` reads them and any other file of that form.
"""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Iterator, Mapping
from functools import cached_property, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Self, get_args

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator
from pydantic_core import PydanticCustomError

from state.code import code_hash
from state.documents import read
from state.errors import StrategyError
from state.numbers import Numbers
from state.planning import (
    KINDS,
    MAY_REPLAN,
    ModelChoice,
    NoisyChoice,
    OracleChoice,
    OwnChoice,
    PlannerChoice,
    RulesChoice,
)
from state.references import located, source_digest
from state.seating import Ensemble

if TYPE_CHECKING:
    from state.settings import Settings


class _Section(Numbers):
    # Such numbers become null when they are written; a bound on text has it checked for what cannot be written.
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False, str_max_length=1_000_000)


SHIPPED_SCORER = "claims"
SHIPPED_SCORERS = (SHIPPED_SCORER, "clap")
"""Of ours, and covered by the code's digest; any other comes from outside. 'clap' asks the model seated at `score`."""


class Retry(_Section):
    """What happens when a take fails its checks, or a tool gives none."""

    kind: Literal["none", "resample", "repair", "replan"] = Field(
        "repair",
        description="resample: a new seed; repair: a new seed and arguments mended from the failed checks; replan: the"
        " planner is asked again with the evidence",
    )
    attempts: int = Field(
        3, ge=1, le=10, description="attempts at one step (replan: plans in a turn), the first included"
    )

    @model_validator(mode="before")
    @classmethod
    def _once(cls, given: Any) -> Any:
        """Without another attempt there is one: equal strategies are equal, however they are written."""
        return {"attempts": 1, **given} if isinstance(given, dict) and given.get("kind") == "none" else given


class Thresholds(_Section):
    """From where on a measured score passes. A threshold belongs to its scorer."""

    score: float | None = Field(None, description="least text-audio score; null: it chooses the take and fails none")


class Budget(_Section):
    """Limits of one turn; reaching one ends the turn with what was verified so far."""

    tool_calls: int = Field(24, ge=1, le=1000)
    llm_calls: int = Field(24, ge=1, le=1000)
    tokens: int = Field(200_000, ge=1, description="input and output together")
    seconds: float = Field(600.0, gt=0)


class Strategy(_Section):
    """How a conversation is conducted. Equal content on equal code has an equal hash."""

    name: str = "default"
    planner: PlannerChoice = RulesChoice()
    tools: tuple[str, ...] | None = Field(
        None, description="tools that may be used: names, 'module:attribute' or entry points; null for all"
    )
    candidates: int = Field(
        1,
        ge=1,
        le=16,
        description="takes made for each attempt; the best one is kept, or the first where nothing is verified",
    )
    verifier: Literal["none", "attributes", "clap", "both"] = Field(
        "attributes", description="what judges a take: measured attributes, the text-audio score of `scorer`, or both"
    )
    scorer: str = Field(
        SHIPPED_SCORER, description="who gives the text-audio score: shipped name or 'module:attribute'"
    )
    thresholds: Thresholds = Thresholds()
    retry: Retry = Retry()
    approval: Literal["never", "destructive", "always"] = "never"
    budget: Budget = Budget()
    ensemble: Ensemble = Ensemble()
    graph: str | None = Field(
        None, description="'module:function' that builds the graph, in place of graph.build:build"
    )

    @field_validator("tools", mode="before")
    @classmethod
    def _are_names(cls, tools: Any) -> Any:
        if tools is None:
            return None
        if not isinstance(tools, list | tuple) or not all(isinstance(name, str) for name in tools):
            raise ValueError(f"must be a list of tool names such as [add_track, undo], or null for all, got {tools!r}")
        if not tools:
            raise ValueError("is an empty list; name at least one tool, or leave it out (null) for all")
        if twice := sorted({name for name in tools if tools.count(name) > 1}):
            raise ValueError(f"names {', '.join(twice)} more than once")
        return tools

    @model_validator(mode="after")
    def _agrees_with_itself(self) -> Self:
        """What plainly would do nothing is refused: a study that varies it would compare equals. What strategies share is
        not (a budget), nor what counts when a tool fails: another attempt or candidate, though nothing is verified."""
        kind = self.planner.kind
        if self.retry.kind == "replan" and kind in KINDS and kind not in MAY_REPLAN:
            raise _contradiction(
                "retry.kind",
                f"'replan' needs a planner that reads the evidence ({', '.join(sorted(MAY_REPLAN))}, or your own);"
                f" {kind} does not",
            )
        if self.retry.kind == "none" and self.retry.attempts > 1:
            raise _contradiction(
                "retry.attempts", f"is {self.retry.attempts}, but with retry.kind none there is one attempt"
            )
        if self.verifier not in ("clap", "both"):
            no_score = f"does nothing with verifier {self.verifier}, which asks for no score; clap and both do"
            if self.thresholds.score is not None:
                raise _contradiction("thresholds.score", no_score)
            if self.scorer != SHIPPED_SCORER:  # that one is written wherever a strategy is kept whole
                raise _contradiction("scorer", f"{self.scorer} {no_score}")
        return self

    @cached_property
    def code(self) -> str:
        """12 hex digits over everything in `hash` that is no field: this project's code with its prompts and tools, the
        source of what is named from outside, and the shape of a graph from outside."""
        evidence = {"code": code_hash(), **{name: source_digest(name, kind) for name, kind in self._outside()}}
        if self.graph is not None:
            evidence["topology"] = self._topology()
        return hashlib.sha256(json.dumps(evidence, sort_keys=True).encode()).hexdigest()[:12]

    @cached_property
    def hash(self) -> str:
        """12 hex digits over everything that can change an outcome: the fields (prompt, model, parameters, tools,
        thresholds), this project's code with its prompts and tools, the source of what is named from outside, and the
        shape of a graph from outside. The name cannot change an outcome; a dialogue's expected plans are an input."""
        content = self.model_dump(mode="json", exclude={"name"})
        content["planner"] = _without_plans(self.planner, content["planner"])
        whole = json.dumps([content, self.code], sort_keys=True)
        return hashlib.sha256(whole.encode()).hexdigest()[:12]

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> Self:
        """As pydantic's; the copy has a hash of its own."""
        copied = super().model_copy(update=update, deep=deep)
        for worked_out in ("hash", "code"):
            copied.__dict__.pop(worked_out, None)
        return copied

    def on(self, settings: Settings) -> Strategy:
        """This strategy with the model named that `settings` stand for where it names none."""
        return self.model_copy(update={"planner": _with_model(self.planner, settings.llm.model)})

    def _outside(self) -> Iterator[tuple[str, str]]:
        """What comes from outside this project: (name, kind of entry point)."""
        planner = self.planner
        while isinstance(planner, NoisyChoice):
            planner = planner.planner
        if isinstance(planner, OwnChoice):
            yield planner.kind, "planners"
        for tool in self.tools or ():
            if ":" in tool or located(tool, "tools"):
                yield tool, "tools"
        if self.scorer not in SHIPPED_SCORERS:
            yield self.scorer, "scorers"
        if self.graph is not None:
            yield self.graph, "graphs"

    def _topology(self) -> str:
        """The nodes and edges of a graph from outside, which its source alone need not show."""
        from state.topology import topology

        assert self.graph is not None
        return topology(self.graph)


def _with_model(planner: Any, model: str | None) -> Any:
    if isinstance(planner, NoisyChoice):
        return planner.model_copy(update={"planner": _with_model(planner.planner, model)})
    if isinstance(planner, ModelChoice) and planner.model is None:
        return planner.model_copy(update={"model": model})
    return planner


def _without_plans(planner: Any, content: dict[str, Any]) -> dict[str, Any]:
    """The dump of `planner` without the plans of an oracle, noisy or not; what a planner of one's own calls so counts."""
    if isinstance(planner, NoisyChoice):
        return {**content, "planner": _without_plans(planner.planner, content["planner"])}
    if isinstance(planner, OracleChoice):
        return {name: value for name, value in content.items() if name != "plans"}
    return content


def _contradiction(field: str, message: str) -> PydanticCustomError:
    """Two fields that do not go together, told at the one that is to be changed."""
    return PydanticCustomError("contradiction", "{field}: {message}", {"field": field, "message": message})


SHIPPED_FOLDER = Path(__file__).parent / "strategies"


@lru_cache(maxsize=1)
def shipped() -> dict[str, Strategy]:
    """The shipped strategies by name; 'default' first."""
    names = sorted((path.stem for path in SHIPPED_FOLDER.glob("*.yaml")), key=lambda name: (name != "default", name))
    return {name: _read(SHIPPED_FOLDER / f"{name}.yaml") for name in names}


def load_strategy(name_or_file: str | None) -> Strategy:
    """A shipped strategy by name, or one from a YAML file. Raises StrategyError saying which field and what is right."""
    if name_or_file is None:
        return Strategy()
    if (SHIPPED_FOLDER / f"{name_or_file}.yaml").parent == SHIPPED_FOLDER and name_or_file in shipped():
        return shipped()[name_or_file]
    path = Path(name_or_file)
    if not path.is_file():
        raise StrategyError(
            f"no shipped strategy and no file is called {name_or_file!r}; shipped are {', '.join(shipped())}",
            field="strategy",
        )
    strategy = _read(path)
    folder = str(path.absolute().parent)
    if any(True for _ in strategy._outside()) and folder not in sys.path:
        sys.path.append(folder)  # so that a planner that lies beside its strategy is found
    return strategy


def _read(path: Path) -> Strategy:
    content = read(path, StrategyError, field="strategy")
    if not isinstance(content, dict):
        raise StrategyError(f"{path} must hold a mapping of fields such as 'candidates: 3'", field="strategy")
    _inline_prompts(content.get("planner"), path.parent)
    try:
        return Strategy.model_validate({"name": path.stem, **content})
    except ValidationError as error:
        raise _explained(error) from None


def _inline_prompts(planner: Any, folder: Path) -> None:
    """`prompt: {file: PATH}` becomes the text, so that a strategy stands by itself wherever it is recorded."""
    if not isinstance(planner, dict):
        return
    _inline_prompts(planner.get("planner"), folder)
    prompt = planner.get("prompt")
    if not isinstance(prompt, dict):
        return
    if set(prompt) != {"file"} or not isinstance(prompt["file"], str):
        raise StrategyError("is a version such as 'v1', a text, or {file: PATH}", field="planner.prompt")
    try:
        planner["prompt"] = (folder / prompt["file"]).read_text("utf-8")
    except (OSError, UnicodeDecodeError):
        raise StrategyError(
            f"there is no readable file {folder / prompt['file']}", field="planner.prompt.file"
        ) from None


def _explained(error: ValidationError) -> StrategyError:
    """The first thing wrong, with the field as it stands in the file and what is allowed there."""
    first = error.errors()[0]
    place = [str(part) for part in first["loc"]]
    # pydantic puts the tag of a planner's section after each 'planner'
    shown = [
        part
        for index, part in enumerate(place)
        if not (index and place[index - 1] == "planner" and part in {*KINDS, "own"})
    ]
    tags = [
        part for index, part in enumerate(place) if index and place[index - 1] == "planner" and part in {*KINDS, "own"}
    ]
    field = ".".join(shown)
    if first["type"] == "extra_forbidden":
        section: type[BaseModel] = Strategy
        if len(shown) > 1:
            section = KINDS.get(tags[-1], OwnChoice) if tags and shown[-2] == "planner" else _section_of(shown, tags)
        where = (
            f"of planner {tags[-1]}"
            if tags and len(shown) > 1 and shown[-2] == "planner"
            else (f"in {'.'.join(shown[:-1])}" if len(shown) > 1 else "at the top")
        )
        names = (declared.alias or name for name, declared in section.model_fields.items())
        return StrategyError(f"no such field; allowed {where} are {', '.join(names)}", field=field)
    if first["type"] == "contradiction":
        return StrategyError(first["ctx"]["message"], field=first["ctx"]["field"])
    message = str(first["msg"]).removeprefix("Value error, ")
    if first["type"] == "value_error":
        return StrategyError(message, field=field or "strategy")
    if tags and first["type"].startswith("model_type"):
        return StrategyError(f"is a planner's kind or a mapping with 'kind', got {first['input']!r}", field=field)
    return StrategyError(f"{message}, got {first['input']!r}", field=field)


def _section_of(shown: list[str], tags: list[str]) -> type[BaseModel]:
    """The section in which the last of `shown` was looked for."""
    section: type[BaseModel] = Strategy
    for part in shown[:-1]:
        if part == "planner":
            section = KINDS.get(tags[0], OwnChoice) if tags else section
            continue
        for name, declared in section.model_fields.items():
            if part in (name, declared.alias):
                section = next(_sections(declared.annotation), section)
                break
    return section


def _sections(annotation: Any) -> Iterator[type[BaseModel]]:
    """The sections that a field may hold, alone or in a list."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for inner in get_args(annotation):
        yield from _sections(inner)
