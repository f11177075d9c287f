"""A tiny random LP-MusicCaps in its released form."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Literal

from tiny_words import tokenizer_of_words


def build(folder: Path, *, form: Literal["transfer.pth", "model.safetensors"] = "transfer.pth", seed: int = 0) -> Path:
    """Write a checkpoint with the released one's names, BART's configuration and a tokenizer to `folder`; returns it."""
    import torch
    from transformers import BartConfig, BartForConditionalGeneration

    folder.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(seed)
    tokenizer = tokenizer_of_words()
    tokenizer.save_pretrained(folder)
    config = BartConfig(
        vocab_size=len(tokenizer), d_model=16, encoder_layers=1, decoder_layers=1, encoder_attention_heads=2,
        decoder_attention_heads=2, encoder_ffn_dim=32, decoder_ffn_dim=32, max_position_embeddings=130,
        bos_token_id=0, pad_token_id=1, eos_token_id=2, decoder_start_token_id=2, forced_eos_token_id=2,
        init_std=0.5,
    )  # fmt: skip
    config.save_pretrained(folder)
    # As the published BART's file has it; the library itself no longer writes it there.
    file = folder / "config.json"
    file.write_text(json.dumps({**json.loads(file.read_text()), "no_repeat_ngram_size": 3, "early_stopping": True}))
    bart = BartForConditionalGeneration(config)
    state = {f"bart.{name}": value.clone() for name, value in bart.state_dict().items()}
    conv: Any = torch.nn.Conv1d
    layers = {"conv1": conv(128, 16, 3)}
    layers |= {f"conv_stack.{index}": conv(16, 16, 3) for index in range(5)}
    for name, layer in layers.items():
        state |= {f"audio_encoder.{name}.{part}": value for part, value in layer.state_dict().items()}
    state["audio_encoder.positional_embedding"] = torch.randn(32, 16)
    state["audio_encoder.mel_encoder.spec_fn.window"] = torch.hann_window(1024)
    if form == "model.safetensors":
        from safetensors.torch import save_file

        save_file({name: value.contiguous() for name, value in state.items()}, folder / form)
    else:
        torch.save({"epoch": 1, "state_dict": state, "optimizer": {}}, folder / form)
    return folder
