"""Diffusers pipelines: loaded part by part so that nothing is made up in silence, seeded take by take, watched step by step."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable, Sequence
from importlib import import_module
from typing import Any

from ensemble.capabilities import Work
from ensemble.models.base import Local, complete, quiet, wrong_weights
from ensemble.models.device import Placement
from ensemble.models.pretrained import knowing


def opened_pipeline(kind: Any, adapter: Local[Any], placement: Placement) -> Any:
    """The pipeline of class `kind` at the adapter's weights. Its models are loaded one by one, since the pipeline's own
    loading fills missing tensors with random ones. Raises ToolError for a pipeline of another class or with tensors missing."""
    from diffusers.utils import logging

    quiet()
    logging.set_verbosity_error()
    logging.disable_progress_bar()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)  # of the library, about its own use of torch
        return _opened(kind, adapter, placement)


def _opened(kind: Any, adapter: Local[Any], placement: Placement) -> Any:
    parts = kind.load_config(adapter.weights)
    if parts.get("_class_name") != kind.__name__:
        what = f"they are of a {parts.get('_class_name')!r}, not of a {kind.__name__!r}"
        raise wrong_weights(adapter.name, adapter.weights, what, adapter.right)
    models = {}
    for name, of in parts.items():
        model_class = _model_class(of)
        if model_class is None:
            continue
        where = {"subfolder": name, "torch_dtype": placement.dtype, "output_loading_info": True}
        model, info = model_class.from_pretrained(adapter.weights, **where)
        complete(f"{adapter.name}'s {name}", adapter.weights, info, right=adapter.right)
        models[name] = model.eval()
    pipe = kind.from_pretrained(adapter.weights, **models)
    if getattr(pipe, "tokenizer", None) is not None:
        knowing(adapter, pipe.tokenizer)
    pipe.set_progress_bar_config(disable=True)
    return pipe.to(placement.device)


def _model_class(of: Any) -> Any:
    """The class of a part that has weights, as model_index.json names it: [library, class]; None for every other entry."""
    if not isinstance(of, list) or len(of) != 2 or not all(isinstance(word, str) for word in of):
        return None
    library, name = of
    if library not in ("diffusers", "transformers"):
        library = f"diffusers.pipelines.{library}"  # a pipeline's own parts; nothing outside diffusers is imported
    found = getattr(import_module(library), name, None)
    import torch

    return found if isinstance(found, type) and issubclass(found, torch.nn.Module) else None


def modules_of(pipe: Any) -> Iterable[Any]:
    """Its parts that hold weights."""
    import torch

    return [part for part in pipe.components.values() if isinstance(part, torch.nn.Module)]


def generators(seeds: Sequence[int]) -> list[Any]:
    """One a take, on the CPU on every machine: equal seeds start from equal noise in any batch."""
    import torch

    return [torch.Generator("cpu").manual_seed(seed % 2**63) for seed in seeds]


def watched(work: Work, name: str, steps: int) -> Callable[[int, Any, Any], None]:
    """A callback of the denoising loop: reports every step, and raises Cancelled."""

    def step(index: int, _: Any, __: Any) -> None:
        work.report(f"{name}: step {index + 1} of {steps}")

    return step
