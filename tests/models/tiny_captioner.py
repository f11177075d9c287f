"""A tiny random Qwen2-Audio with its processor."""

from __future__ import annotations

from pathlib import Path

from tiny_words import tokenizer_of_words


def build(folder: Path, *, seed: int = 0) -> Path:
    """Write a Qwen2-Audio of a few thousand weights with its processor to `folder`; returns it."""
    import torch
    from transformers import (
        Qwen2AudioConfig,
        Qwen2AudioForConditionalGeneration,
        Qwen2AudioProcessor,
        WhisperFeatureExtractor,
    )

    torch.manual_seed(seed)
    tokenizer = tokenizer_of_words(extra=("<|AUDIO|>", "<|audio_bos|>", "<|audio_eos|>", "<|im_start|>", "<|im_end|>"))
    size = len(tokenizer)
    config = Qwen2AudioConfig(
        audio_config={
            "num_mel_bins": 16, "d_model": 16, "encoder_layers": 1, "encoder_attention_heads": 2, "encoder_ffn_dim": 32,
        },
        text_config={
            "model_type": "qwen2", "vocab_size": size, "hidden_size": 16, "intermediate_size": 32,
            "num_hidden_layers": 1, "num_attention_heads": 2, "num_key_value_heads": 2, "initializer_range": 0.5,
            "bos_token_id": 0, "eos_token_id": 2, "pad_token_id": 1,
        },
        audio_token_index=tokenizer.convert_tokens_to_ids("<|AUDIO|>"),
        initializer_range=0.5,
    )  # fmt: skip
    model = Qwen2AudioForConditionalGeneration(config)
    model.generation_config.pad_token_id, model.generation_config.eos_token_id = 1, 2
    model.save_pretrained(folder)
    Qwen2AudioProcessor(WhisperFeatureExtractor(feature_size=16), tokenizer).save_pretrained(folder)
    return folder
