"""A strategy: the one object that says how a conversation is conducted, and that a study varies."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from state.errors import StrategyError


class _Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Retry(_Section):
    """What happens when a take fails its checks."""

    kind: Literal["none", "resample", "repair"] = Field(
        "repair", description="resample: a new seed; repair: a new seed and arguments mended from the failed checks"
    )
    attempts: int = Field(3, ge=1, le=10, description="attempts at one step, the first included")


class Budget(_Section):
    """Limits of one turn; reaching one ends the turn with what was verified so far."""

    tool_calls: int = Field(24, ge=1, le=1000)
    seconds: float = Field(600.0, gt=0)


class Strategy(_Section):
    """How a conversation is conducted. Equal content has an equal hash."""

    name: str = "default"
    planner: Literal["rules"] = "rules"
    candidates: int = Field(1, ge=1, le=16, description="takes made for each attempt; the best one is kept")
    verifier: Literal["none", "attributes"] = "attributes"
    retry: Retry = Retry()
    approval: Literal["never", "destructive", "always"] = "never"
    budget: Budget = Budget()

    @property
    def hash(self) -> str:
        """12 hex digits over everything that can change an outcome; the name cannot."""
        content = self.model_dump(mode="json", exclude={"name"})
        return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()[:12]


SHIPPED: dict[str, Strategy] = {
    strategy.name: strategy
    for strategy in (
        Strategy(),
        Strategy(name="unverified", verifier="none", retry=Retry(kind="none", attempts=1)),
        Strategy(name="best_of_three", candidates=3, retry=Retry(kind="none", attempts=1)),
        Strategy(name="careful", approval="destructive"),
    )
}


def load_strategy(name_or_file: str | None) -> Strategy:
    """A shipped strategy by name, or one from a YAML file. Raises StrategyError saying which field and what is right."""
    if name_or_file is None:
        return Strategy()
    if name_or_file in SHIPPED:
        return SHIPPED[name_or_file]
    path = Path(name_or_file)
    if not path.is_file():
        names = ", ".join(SHIPPED)
        raise StrategyError(
            f"no shipped strategy and no file is called {name_or_file!r}; shipped are {names}", field="strategy"
        )
    import yaml

    try:
        content: Any = yaml.safe_load(path.read_text("utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise StrategyError(f"{path} is not YAML: {str(error).splitlines()[0]}", field="strategy") from None
    if not isinstance(content, dict):
        raise StrategyError(f"{path} must hold a mapping of fields such as 'candidates: 3'", field="strategy")
    try:
        return Strategy.model_validate({"name": path.stem, **content})
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(str(part) for part in first["loc"])
        if first["type"] == "extra_forbidden":
            allowed = ", ".join(Strategy.model_fields)
            raise StrategyError(f"no such field; allowed at the top are {allowed}", field=field) from None
        raise StrategyError(f"{first['msg']}, got {first['input']!r}", field=field) from None
