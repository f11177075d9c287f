"""The record of one turn: the object that `--json` prints and that everything else is computed from."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from state.gat import SCHEMA_VERSION, GlobalAttributeTable
from state.plan import PlanningNote, Step
from state.verdict import Verdict

TurnStatus = Literal["done", "partial", "asked", "awaiting_approval", "failed"]


class _Record(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Usage(_Record):
    """What the turn cost."""

    llm_calls: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    tokens_estimated: bool = Field(False, description="the server gave no counts for some call: 4 characters a token")
    seconds: dict[str, float] = Field(default_factory=dict, description="wall seconds spent in each node")


class Files(_Record):
    """Absolute paths of the head revision's files, WAV at 44.1 kHz."""

    mix: str
    stems: dict[str, str] = Field(default_factory=dict)
    midi: str | None = None


class ErrorRecord(_Record):
    """Why a turn failed."""

    kind: str
    field: str | None = None
    message: str


class StrategyName(_Record):
    """Which strategy conducted the turn."""

    name: str
    hash: str
    code: str = Field("", description="digest of all that is in the hash and is no field: code, and parts from outside")


class TurnRecord(_Record):
    """One turn, whole. `gat` and `files` describe the head after the turn, also when nothing changed."""

    schema_version: int = SCHEMA_VERSION
    session: str
    turn: int = Field(ge=1)
    request: str
    reply: str
    seed: int
    strategy: StrategyName
    status: TurnStatus
    plan: list[Step] = Field(default_factory=list)
    gat: GlobalAttributeTable | None = None
    verdicts: list[Verdict] = Field(default_factory=list)
    planning: list[PlanningNote] = Field(default_factory=list, description="how the plan came to be")
    files: Files | None = None
    usage: Usage = Field(default_factory=Usage)
    error: ErrorRecord | None = None
    mlflow_run: str | None = None
