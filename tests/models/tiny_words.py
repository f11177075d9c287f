"""A tokenizer that needs no file, for tiny models that write words."""

from __future__ import annotations

from typing import Any

WORDS = ["a", "slow", "warm", "piano", "loop", "with", "soft", "drums", "and", "bass", "in", "minor", "calm"]


def tokenizer_of_words(extra: tuple[str, ...] = ()) -> Any:
    """A tokenizer of single bytes' signs and a few words; needs no file."""
    from transformers import RobertaTokenizer

    special = ["<s>", "<pad>", "</s>", "<unk>", "<mask>"]
    signs = [chr(code) for code in range(33, 127)] + ["Ġ", "Ċ"]
    pieces = dict.fromkeys([*special, *signs, *(f"Ġ{word}" for word in WORDS)])
    tokenizer = RobertaTokenizer(vocab={piece: index for index, piece in enumerate(pieces)}, merges=[])
    if extra:
        tokenizer.add_special_tokens({"additional_special_tokens": list(extra)})
    return tokenizer
