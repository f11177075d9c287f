"""A tiny random CLAP, saved as the real ones are."""

from __future__ import annotations

from pathlib import Path


def build(folder: Path, *, fused: bool = False, seed: int = 0) -> Path:
    """Write it to `folder`: 48 kHz, windows of 10 s; `fused`: of the kind that treats long audio apart."""
    import torch
    from transformers import (
        ClapAudioConfig,
        ClapConfig,
        ClapFeatureExtractor,
        ClapModel,
        ClapProcessor,
        ClapTextConfig,
        RobertaTokenizer,
    )

    torch.manual_seed(seed)
    vocab = {"<s>": 0, "<pad>": 1, "</s>": 2, "<unk>": 3, "<mask>": 4, "Ġ": 5}
    vocab |= {letter: len(vocab) + index for index, letter in enumerate("abcdefghijklmnopqrstuvwxyz0123456789.:,")}
    audio = ClapAudioConfig(
        spec_size=256,
        num_mel_bins=64,
        hidden_size=16,  # doubled from patch_embeds_hidden_size with each depth but the first
        patch_embeds_hidden_size=8,
        depths=[1, 1],
        num_attention_heads=[2, 2],
        num_hidden_layers=2,
        window_size=8,
        enable_fusion=fused,
        fusion_type="aff_2d" if fused else None,
        projection_dim=16,
    )
    text = ClapTextConfig(
        vocab_size=len(vocab),
        hidden_size=16,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=32,
        max_position_embeddings=80,
        projection_dim=16,
    )
    model = ClapModel(ClapConfig(text_config=text.to_dict(), audio_config=audio.to_dict(), projection_dim=16))
    model.save_pretrained(folder)
    extractor = ClapFeatureExtractor(truncation="fusion" if fused else "rand_trunc")
    ClapProcessor(extractor, RobertaTokenizer(vocab=vocab, merges=[])).save_pretrained(folder)
    return folder
