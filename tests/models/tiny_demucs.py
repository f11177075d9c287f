"""A tiny random HTDemucs, written as the model hub holds the real ones (or in the older .th form)."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path
from typing import Any, Literal

FOUR = ("drums", "bass", "other", "vocals")
SIX = (*FOUR, "guitar", "piano")


def build(
    folder: Path,
    *,
    sources: tuple[str, ...] = FOUR,
    models: int = 1,
    form: Literal["safetensors", "th"] = "safetensors",
    seed: int = 0,
) -> Path:
    """Write a bag of `models` random models of a few thousand weights to `folder`; returns it."""
    import torch
    from demucs.htdemucs import HTDemucs

    folder.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(seed)
    names = [f"tiny{index}" for index in range(models)]
    for name in names:
        kwargs: dict[str, Any] = {
            "sources": list(sources), "channels": 8, "depth": 2, "nfft": 512, "dconv_comp": 4, "t_layers": 1, "t_heads": 2,
            "bottom_channels": 8, "segment": Fraction(1, 2), "t_hidden_scale": 1.0,
        }  # fmt: skip
        model = HTDemucs(**kwargs)
        state = {key: value.contiguous() for key, value in model.state_dict().items()}
        if form == "th":
            package = {"klass": HTDemucs, "args": (), "kwargs": kwargs, "state": state, "training_args": {"lr": 1e-3}}
            torch.save(package, folder / f"{name}-0a1b2c3d.th")
            continue
        from safetensors.torch import save_file

        fraction = {"_type": "fraction", "numerator": 1, "denominator": 2}
        metadata = {
            "klass": "demucs.htdemucs.HTDemucs",
            "args": "[]",
            "kwargs": json.dumps({**kwargs, "segment": fraction}),
        }
        save_file(state, folder / f"{name}.safetensors", metadata=metadata)
    (folder / "htdemucs.yaml").write_text(f"models: [{', '.join(names)}]\n")
    return folder
