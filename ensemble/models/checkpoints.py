"""What is wrong with a checkpoint file, in words: torch's own go on for paragraphs, and advise to load it in the unsafe way."""

from __future__ import annotations

import errno

from state.errors import SetupError


def damage(error: Exception) -> str | None:
    """Half a sentence for what torch.load raised; None where that says it well itself."""
    said = str(error)
    if type(error).__name__ == "UnpicklingError":
        if "Weights only load failed" in said:
            return "a file holds more than tensors and plain values, which would be run when it is read"
        return "a file is no checkpoint"
    # torch looks for a directory at the file's end: where that is cut off it seeks to before the file's start.
    cut = isinstance(error, EOFError) or (isinstance(error, OSError) and error.errno == errno.EINVAL)
    if cut or "PytorchStreamReader" in said:
        return "a file is truncated or damaged"
    return None


def check_safe_loading(name: str) -> None:
    """Raise SetupError where torch.load, as libraries call it, would still run what a file tells it to: before torch 2.6."""
    import torch

    if tuple(int(part) for part in torch.__version__.split(".")[:2]) < (2, 6):
        raise SetupError(f"{name} loads weights safely from torch 2.6 on, this is {torch.__version__}")
