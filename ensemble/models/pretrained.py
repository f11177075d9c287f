"""Models and tokenizers as transformers' save_pretrained writes them, loaded so that nothing is made up in silence.

Left alone the library fills tensors that are missing with random ones, and makes an empty tokenizer where its files are not.
"""

from __future__ import annotations

from typing import Any

from ensemble.models.base import Local, complete, quiet, wrong_weights

_PROBE = "piano and drums"


def opened(kind: Any, adapter: Local[Any], model_type: str, **options: Any) -> Any:
    """The model of class `kind` at the adapter's weights, in float32 on the CPU and ready to infer. Raises ToolError for
    weights of another type, with tensors missing or of another shape; the library's own errors for the rest."""
    from transformers import AutoConfig

    quiet()
    found = AutoConfig.from_pretrained(adapter.weights).model_type
    if found != model_type:
        what = f"they are of a {found!r}, not of a {model_type!r}"
        raise wrong_weights(adapter.name, adapter.weights, what, adapter.right)
    # Mismatches are let through to be named: the library's own error only points at a report in its log.
    options = {"output_loading_info": True, "ignore_mismatched_sizes": True, "weights_only": True, **options}
    model, info = kind.from_pretrained(adapter.weights, **options)
    complete(adapter.name, adapter.weights, info, right=adapter.right)
    return model.eval()


def tokenizer_of(adapter: Local[Any], **options: Any) -> Any:
    """The tokenizer at the adapter's weights. Raises ToolError where it knows no words."""
    from transformers import AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(adapter.weights, **options)
    return knowing(adapter, tokenizer)


def knowing(adapter: Local[Any], tokenizer: Any) -> Any:
    """The tokenizer, if plain words come back from it. Raises ToolError."""
    back = tokenizer.decode(tokenizer(_PROBE).input_ids, skip_special_tokens=True)
    if not any(character.isalpha() for character in back):
        what = "the tokenizer's files are missing or empty"
        raise wrong_weights(adapter.name, adapter.weights, what, adapter.right)
    return tokenizer
