"""A tiny random MusicGen in audiocraft's own form. Runs in audiocraft's environment: `python tiny_audiocraft.py FOLDER [--melody]`.

FOLDER/weights holds state_dict.bin and compression_state_dict.bin, as the released models do. FOLDER/hub is a cache of the hub
with the two models that audiocraft's conditioners ask for by name, just as tiny: t5-base, and HTDemucs for the melody's chroma.
Set HF_HUB_CACHE=FOLDER/hub and HF_HUB_OFFLINE=1 when loading.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any


def build(folder: Path, *, melody: bool) -> Path:
    """Write it all; returns FOLDER/weights."""
    import os

    hub = folder / "hub"
    os.environ["HF_HUB_CACHE"], os.environ["HF_HUB_OFFLINE"] = str(hub), "1"
    import torch

    torch.manual_seed(0)
    cached(hub, "t5-base", t5)
    cached(hub, "adefossez/HTDemucs", demucs)
    weights = folder / "weights"
    weights.mkdir(parents=True, exist_ok=True)
    from audiocraft.models import builders
    from omegaconf import OmegaConf

    torch.manual_seed(0)
    for name, config, make in (
        ("compression_state_dict.bin", CODEC, builders.get_compression_model),
        ("state_dict.bin", language_model(melody), builders.get_lm_model),
    ):
        written = OmegaConf.create({**config, "device": "cpu", "dtype": "float32"})
        model = make(written)
        state = model.state_dict()
        for key, tensor in state.items():
            if key.endswith("codebook.inited"):
                tensor.fill_(1)  # else the codebooks are found by clustering at the first call
            elif key.endswith(("_codebook.embed", "_codebook.embed_avg")):
                tensor.normal_(std=0.05)  # about as far apart as what the encoder makes: sounds get different codes
            elif key == "decoder.model.0.conv.conv.weight":
                tensor.mul_(20.0)
            elif make is builders.get_lm_model and tensor.dim() == 2:
                # Large enough that text, melody and earlier codes change what is drawn.
                tensor.normal_(std=3.0 / tensor.shape[1] ** 0.5)
        torch.save(
            {"best_state": state, "xp.cfg": OmegaConf.to_yaml(written), "version": "1", "exported": True},
            weights / name,
        )
    return weights


CODEC: dict[str, Any] = {
    "compression_model": "encodec",
    "encodec": {
        "autoencoder": "seanet", "quantizer": "rvq", "sample_rate": 32000, "channels": 1, "causal": False, "renormalize": False,
    },
    "seanet": {
        "dimension": 16, "channels": 1, "causal": False, "n_filters": 4, "n_residual_layers": 1, "ratios": [8, 5, 4, 4],
        "lstm": 1, "disable_norm_outer_blocks": 0, "encoder": {}, "decoder": {"trim_right_ratio": 1.0},
    },
    "rvq": {"n_q": 4, "bins": 64, "q_dropout": False},
}  # fmt: skip


def language_model(melody: bool) -> dict[str, Any]:
    """As the released configurations, with everything small; with `melody` the chroma is prepended, as in musicgen-melody."""
    tune = {"self_wav": {"model": "chroma_stem", "chroma_stem": {
        "sample_rate": 32000, "n_chroma": 12, "radix2_exp": 14, "argmax": True, "match_len_on_eval": False,
    }}}  # fmt: skip
    told = {"description": {"model": "t5", "t5": {
        "name": "t5-base", "finetune": False, "word_dropout": 0.3, "normalize_text": False,
    }}}  # fmt: skip
    prepended = {"sum": [], "prepend": ["self_wav", "description"], "cross": [], "input_interpolate": []}
    crossed = {"sum": [], "prepend": [], "cross": ["description"], "input_interpolate": []}
    return {
        "lm_model": "transformer_lm",
        "transformer_lm": {
            "dim": 32, "num_heads": 2, "num_layers": 2, "hidden_scale": 2, "n_q": 4, "card": 64, "dropout": 0.0,
            "emb_lr": None, "activation": "gelu", "norm_first": True, "bias_ff": False, "bias_attn": False, "bias_proj": False,
            "past_context": None, "causal": True, "custom": False, "memory_efficient": True, "attention_as_float32": False,
            "positional_embedding": "sin", "xpos": False, "checkpointing": "none", "weight_init": "gaussian",
            "depthwise_init": "current", "zero_bias_init": True, "norm": "layer_norm", "cross_attention": False,
            "qk_layer_norm": False, "qk_layer_norm_cross": False, "attention_dropout": None, "kv_repeat": 1,
            "two_step_cfg": False,
        },
        "codebooks_pattern": {"modeling": "delay", "delay": {"delays": [0, 1, 2, 3], "flatten_first": 0, "empty_initial": 0}},
        "attribute_dropout": {},
        "classifier_free_guidance": {"training_dropout": 0.3, "inference_coef": 3.0},
        "fuser": {**(prepended if melody else crossed), "cross_attention_pos_emb": False, "cross_attention_pos_emb_scale": 1},
        "conditioners": {**(tune if melody else {}), **told, "args": {"merge_text_conditions_p": 0.25, "drop_desc_p": 0.5}},
        "dataset": {"segment_duration": 30},
    }  # fmt: skip


def cached(hub: Path, name: str, write: Any) -> None:
    """What `write` writes, as the hub's own cache keeps the model `name`."""
    place = hub / f"models--{name.replace('/', '--')}"
    snapshot = place / "snapshots" / ("0" * 40)
    snapshot.mkdir(parents=True, exist_ok=True)
    (place / "refs").mkdir(exist_ok=True)
    (place / "refs" / "main").write_text("0" * 40)
    write(snapshot)


def t5(folder: Path) -> None:
    """Its width is the real one's: audiocraft knows it by the name."""
    from transformers import T5Config, T5EncoderModel, T5Tokenizer

    pieces = [("<pad>", 0.0), ("</s>", 0.0), ("<unk>", 0.0), ("▁", -2.0)]
    pieces += [(letter, -3.0) for letter in "abcdefghijklmnopqrstuvwxyz0123456789.:,"]
    config = T5Config(vocab_size=len(pieces), d_model=768, d_kv=8, d_ff=16, num_layers=1, num_heads=2)
    T5EncoderModel(config).save_pretrained(folder)
    T5Tokenizer(vocab=pieces, extra_ids=0).save_pretrained(folder)


def demucs(folder: Path) -> None:
    """In the form in which Demucs 4.1 reads the hub: a bag's yaml, and safetensors with the class in the metadata."""
    from demucs.htdemucs import HTDemucs
    from safetensors.torch import save_file

    sources = ["drums", "bass", "other", "vocals"]
    small = {
        "channels": 8, "depth": 2, "nfft": 512, "dconv_comp": 4, "t_layers": 1, "t_heads": 2, "bottom_channels": 8,
        "segment": 2, "t_hidden_scale": 1.0,
    }  # fmt: skip
    model = HTDemucs(sources, **small)
    state = {key: tensor.contiguous() for key, tensor in model.state_dict().items()}
    told = {"klass": "demucs.htdemucs.HTDemucs", "args": json.dumps([sources]), "kwargs": json.dumps(small)}
    save_file(state, str(folder / "tiny.safetensors"), metadata=told)
    (folder / "htdemucs.yaml").write_text("models: ['tiny']\n")


if __name__ == "__main__":
    build(Path(sys.argv[1]), melody="--melody" in sys.argv)
