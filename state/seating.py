"""Who plays what: the `ensemble` section of a strategy."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field


class Seat(BaseModel):
    """One model at one capability."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_max_length=1_000)

    model: str = Field(description="a name of `loopcopilot doctor`'s list, such as 'musicgen'")
    weights: str | None = Field(
        None, min_length=1, description="a name at a hub or a local folder; default: the model's own"
    )
    device: str | None = Field(None, description="'cpu', 'cuda', 'cuda:1' ...; default: LOOPCOPILOT_DEVICE")
    precision: Literal["auto", "float32", "bfloat16", "float16"] = Field(
        "auto", description="auto: bfloat16 where an accelerator takes it, else float32"
    )


def _named(value: Any) -> Any:
    """'generate: musicgen' is short for 'generate: {model: musicgen}'."""
    if isinstance(value, str):
        return {"model": value}
    if value is not None and not isinstance(value, Mapping | Seat):
        raise ValueError("must be a model's name, or {model: ..., weights: ..., device: ..., precision: ...}")
    return value


OptionalSeat = Annotated[Seat | None, BeforeValidator(_named)]


class Ensemble(BaseModel):
    """Which model serves each capability; where none is named the band plays."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    generate: OptionalSeat = None
    continue_: OptionalSeat = Field(None, alias="continue")
    rearrange: OptionalSeat = None
    inpaint: OptionalSeat = None
    vary: OptionalSeat = None
    separate: OptionalSeat = None
    caption: OptionalSeat = None
    score: OptionalSeat = None
    fallback: bool = Field(False, description="whether the band stands in for a model that is not here")

    def seat(self, capability: str) -> Seat | None:
        """Who is seated for `capability`."""
        found: Seat | None = getattr(self, "continue_" if capability == "continue" else capability)
        return found
