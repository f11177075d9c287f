"""A tiny random VampNet with its codec, in VampNet's environment: `python tiny_vampnet.py FOLDER`."""

from __future__ import annotations

import sys
from pathlib import Path


def build(
    folder: Path, *, rate: int = 44100, strides: tuple[int, ...] = (2, 4, 8, 12), layers: int = 1, codes: int = 64
) -> Path:
    """Write coarse.pth, c2f.pth and codec.pth. `strides`: of the codec's layers, whose product is the samples a frame; `layers`: of
    either transformer; `codes`: of each codebook."""
    import torch
    from lac.model.lac import LAC
    from vampnet.modules.transformer import VampNet

    folder.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(0)
    small = {
        "n_heads": 2,
        "n_layers": layers,
        "embedding_dim": 16,
        "latent_dim": 8,
        "vocab_size": codes,
        "flash_attn": False,
    }
    LAC(
        encoder_dim=4, encoder_rates=list(strides), decoder_dim=32, decoder_rates=list(reversed(strides)), n_codebooks=14,
        codebook_size=codes, codebook_dim=8, sample_rate=rate,
    ).save(folder / "codec.pth", package=False)  # fmt: skip
    VampNet(n_codebooks=4, **small).save(folder / "coarse.pth", package=False)
    VampNet(n_codebooks=14, n_conditioning_codebooks=4, **small).save(folder / "c2f.pth", package=False)
    return folder


if __name__ == "__main__":
    build(Path(sys.argv[1]))
