"""A tiny random MusicGen, saved as the real ones are."""

from __future__ import annotations

from pathlib import Path
from typing import Any


def build(folder: Path, *, channels: int = 1, ratios: tuple[int, ...] = (8, 5, 4, 4), seed: int = 0) -> Path:
    """Write it to `folder`: 32 kHz, 4 codebooks a channel of 64 codes. The product of `ratios` is a frame's samples."""
    import torch
    from transformers import (
        EncodecConfig,
        EncodecFeatureExtractor,
        MusicgenConfig,
        MusicgenDecoderConfig,
        MusicgenForConditionalGeneration,
        MusicgenProcessor,
        T5Config,
        T5Tokenizer,
    )

    torch.manual_seed(seed)
    pieces = [("<pad>", 0.0), ("</s>", 0.0), ("<unk>", 0.0), ("▁", -2.0)]
    pieces += [(letter, -3.0) for letter in "abcdefghijklmnopqrstuvwxyz0123456789.:,"]
    hop = 1
    for ratio in ratios:
        hop *= ratio
    text = T5Config(
        vocab_size=len(pieces), d_model=16, d_kv=8, d_ff=32, num_layers=1, num_heads=2, decoder_start_token_id=0
    )
    codec = EncodecConfig(
        target_bandwidths=[4 * 6 * -(-32000 // hop) / 1000],  # 4 codebooks of 6 bits
        sampling_rate=32000,
        hidden_size=16,
        codebook_size=64,
        codebook_dim=16,
        num_filters=4,
        num_lstm_layers=1,
        upsampling_ratios=list(ratios),
        use_causal_conv=False,
    )
    decoder = MusicgenDecoderConfig(
        vocab_size=64,
        num_hidden_layers=2,
        ffn_dim=32,
        num_attention_heads=2,
        hidden_size=16,
        num_codebooks=4 * channels,
        audio_channels=channels,
        pad_token_id=64,
        bos_token_id=64,
        initializer_factor=1.0,  # logits that differ: each choice of a token matters to what follows
    )
    model = MusicgenForConditionalGeneration(MusicgenConfig(text_encoder=text, audio_encoder=codec, decoder=decoder))
    _make_audible(model.audio_encoder)
    told = model.generation_config
    told.decoder_start_token_id = told.pad_token_id = told.bos_token_id = 64
    told.guidance_scale, told.do_sample, told.max_length = 3.0, True, 1500
    tokenizer = T5Tokenizer(vocab=pieces, extra_ids=0)
    extractor = EncodecFeatureExtractor(feature_size=channels, sampling_rate=32000)
    model.save_pretrained(folder)
    MusicgenProcessor(extractor, tokenizer).save_pretrained(folder)
    return folder


def _make_audible(codec: Any) -> None:
    """Codes that tell sounds apart, and sounds that tell codes apart: a fresh codec's biases drown both, and its codebooks are
    zeros."""
    import torch

    with torch.no_grad():
        for name, parameter in codec.named_parameters():
            if "bias" in name:
                parameter.zero_()
        noise = 0.1 * torch.randn(1, codec.config.audio_channels, 32000)
        spread = codec.encoder(noise).std()
        for layer in codec.quantizer.layers:
            layer.codebook.embed.normal_(std=float(spread))
        codes = torch.randint(0, codec.config.codebook_size, (1, 1, 4, 50))
        # The last convolution's gain, so that the music is about as loud as music.
        loud = codec.decode(codes, [None]).audio_values.std()
        gain = [p for name, p in codec.decoder.named_parameters() if name.endswith("original0")][-1]
        gain.mul_(0.15 / loud)
