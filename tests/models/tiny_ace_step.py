"""A tiny random ACE-Step 1.5, saved as the real ones are in diffusers' form."""

from __future__ import annotations

import math
import warnings
from pathlib import Path


def build(folder: Path, *, version: str = "turbo", ratios: tuple[int, ...] = (10, 12, 16), seed: int = 0) -> Path:
    """Write it to `folder`: stereo, 25 latent frames a second; `version` turbo, base or sft. The product of `ratios` is a
    frame's samples: by default 1920, which makes 48 kHz."""
    import torch
    from diffusers import (
        AceStepPipeline,
        AceStepTransformer1DModel,
        AutoencoderOobleck,
        FlowMatchEulerDiscreteScheduler,
    )
    from diffusers.pipelines.ace_step import (
        AceStepAudioTokenDetokenizer,
        AceStepAudioTokenizer,
        AceStepConditionEncoder,
    )
    from transformers import Qwen2Tokenizer, Qwen3Config, Qwen3Model

    torch.manual_seed(seed)
    vocab = {"<|endoftext|>": 0, "Ġ": 1, "Ċ": 2}
    for letter in "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.:,#-/[]":
        vocab[letter] = len(vocab)
    tokenizer = Qwen2Tokenizer(vocab=vocab, merges=[], unk_token="<|endoftext|>", pad_token="<|endoftext|>")
    size = {
        "hidden_size": 32,
        "intermediate_size": 48,
        "num_attention_heads": 2,
        "num_key_value_heads": 1,
        "head_dim": 16,
    }
    text = Qwen3Config(**{**size, "hidden_size": 16}, vocab_size=len(vocab) + 3, num_hidden_layers=1)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)  # diffusers builds it on torch's older weight_norm
        vae = AutoencoderOobleck(
            encoder_hidden_size=16,
            downsampling_ratios=list(ratios),
            channel_multiples=[1, 1, 1],
            decoder_channels=2,
            decoder_input_channels=8,
            audio_channels=2,
            sampling_rate=25 * math.prod(ratios),
        )
    pipe = AceStepPipeline(
        vae=vae,
        text_encoder=Qwen3Model(text),
        tokenizer=tokenizer,
        transformer=AceStepTransformer1DModel(
            **size,
            num_hidden_layers=2,
            in_channels=24,
            audio_acoustic_hidden_dim=8,
            patch_size=2,
            is_turbo=version == "turbo",
            model_version=version,
        ),
        condition_encoder=AceStepConditionEncoder(
            **size,
            text_hidden_dim=16,
            timbre_hidden_dim=8,
            num_lyric_encoder_hidden_layers=1,
            num_timbre_encoder_hidden_layers=1,
        ),
        scheduler=FlowMatchEulerDiscreteScheduler(num_train_timesteps=1, shift=1.0),
        audio_tokenizer=AceStepAudioTokenizer(
            **size, audio_acoustic_hidden_dim=8, fsq_dim=32, num_attention_pooler_hidden_layers=1
        ),
        audio_token_detokenizer=AceStepAudioTokenDetokenizer(
            **size, audio_acoustic_hidden_dim=8, num_attention_pooler_hidden_layers=1
        ),
    )
    pipe.save_pretrained(folder)
    return folder
