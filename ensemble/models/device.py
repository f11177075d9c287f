"""Where a model runs and in which precision. Decided from what this machine has, never at import."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from state.errors import SetupError

Precision = Literal["float32", "bfloat16", "float16"]


@dataclass(frozen=True)
class Placement:
    """One device and one precision, such as 'cuda:0' and 'bfloat16'."""

    device: str
    """As torch names it: 'cpu', 'cuda', 'cuda:1', 'mps'."""
    precision: Precision

    @property
    def dtype(self) -> Any:
        """The torch dtype of the precision."""
        import torch

        return getattr(torch, self.precision)

    @property
    def accelerated(self) -> bool:
        return self.device != "cpu"

    def __str__(self) -> str:
        return f"{self.device} {self.precision}"


def place(device: str = "auto", precision: str = "auto") -> Placement:
    """What is asked for, with 'auto' decided: an accelerator before the CPU, bfloat16 where the accelerator computes in
    it, else float32. Raises SetupError for a device that is not here or that cannot compute in the precision."""
    chosen = _device(device)
    if precision == "auto":
        return Placement(chosen, "bfloat16" if _takes_bfloat16(chosen) else "float32")
    if precision not in ("float32", "bfloat16", "float16"):
        raise SetupError(f"there is no precision {precision!r}; auto, float32, bfloat16 or float16", field="precision")
    if precision == "float16" and chosen == "cpu":
        raise SetupError("the CPU does not compute in float16; take auto, float32 or bfloat16", field="precision")
    return Placement(chosen, precision)  # type: ignore[arg-type]


def available() -> list[str]:
    """The devices here, the fastest kind first, the CPU last."""
    import torch

    found = [f"cuda:{index}" for index in range(torch.cuda.device_count())] if torch.cuda.is_available() else []
    if torch.backends.mps.is_available():
        found.append("mps")
    return [*found, "cpu"]


def _device(asked: str) -> str:
    here = available()
    if asked == "auto":
        return here[0]
    if asked in here or (asked == "cuda" and here[0].startswith("cuda")):
        return asked
    raise SetupError(f"device {asked!r} is not here; there is {', '.join(here)} (or auto)", field="device")


def _takes_bfloat16(device: str) -> bool:
    """Whether the device computes in bfloat16 itself; an emulation is slower than float32."""
    import torch

    return device.startswith("cuda") and bool(torch.cuda.is_bf16_supported(including_emulation=False))
