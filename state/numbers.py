"""Numbers of a declaration: what a file says as yes or no is none."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ValidationInfo, field_validator


class Numbers(BaseModel):
    """Base of sections whose numbers are not taken from 'yes', 'no', true or false."""

    @field_validator("*", mode="before")
    @classmethod
    def _is_a_number(cls, value: Any, info: ValidationInfo) -> Any:
        if isinstance(value, bool) and info.field_name is not None:
            wanted = cls.model_fields[info.field_name].annotation
            if wanted in (int, float, int | None, float | None):
                raise ValueError(f"must be a number, got {value!r}")
        return value
