"""A random LAION-CLAP in its own form, in laion-clap's environment: `python tiny_laion_clap.py FOLDER`.

Its audio side cannot be made smaller than HTSAT-tiny (28 M parameters), which the package knows by name; its text side is one layer.
FOLDER/hub is a cache of the hub with what the package asks for at import; set HF_HUB_CACHE=FOLDER/hub and HF_HUB_OFFLINE=1.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path


def build(folder: Path) -> Path:
    """Write it; returns the checkpoint's path."""
    hub = folder / "hub"
    os.environ["HF_HUB_CACHE"], os.environ["HF_HUB_OFFLINE"] = str(hub), "1"
    import torch

    torch.manual_seed(0)
    for name in ("roberta-base", "bert-base-uncased", "facebook/bart-base"):
        place = hub / f"models--{name.replace('/', '--')}"
        snapshot = place / "snapshots" / ("0" * 40)
        snapshot.mkdir(parents=True, exist_ok=True)
        (place / "refs").mkdir(exist_ok=True)
        (place / "refs" / "main").write_text("0" * 40)
        write(name, snapshot)
    import numpy as np

    from ensemble.models.laion_clap import without_torchvision

    torch.manual_seed(0)
    with without_torchvision():
        from laion_clap import CLAP_Module
    module = CLAP_Module(enable_fusion=False, amodel="HTSAT-tiny", device="cpu")
    state = {f"module.{key}": tensor for key, tensor in module.model.state_dict().items()}
    # As LAION's: the state in a record of the training, with NumPy's numbers in it.
    torch.save({"epoch": 1, "name": "tiny", "state_dict": state, "metric": np.float64(0.5)}, folder / "tiny.pt")
    return folder / "tiny.pt"


def write(name: str, folder: Path) -> None:
    """The tokenizer of `name` with letters for words; for RoBERTa the model too, as wide as the package expects it."""
    from transformers import BartTokenizer, BertTokenizer, RobertaConfig, RobertaModel, RobertaTokenizer

    letters = "abcdefghijklmnopqrstuvwxyz0123456789Ġ.,:"
    if name.startswith("bert"):
        words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *letters]
        BertTokenizer(vocab={word: number for number, word in enumerate(words)}).save_pretrained(folder)
        return
    words = ["<s>", "<pad>", "</s>", "<unk>", "<mask>", *letters]
    vocabulary = {word: number for number, word in enumerate(words)}
    kind = RobertaTokenizer if name.startswith("roberta") else BartTokenizer
    kind(vocab=vocabulary, merges=[]).save_pretrained(folder)
    if not name.startswith("roberta"):
        (folder / "config.json").write_text(json.dumps({"model_type": "bart"}))
        return
    small = RobertaConfig(
        vocab_size=len(words), hidden_size=768, num_hidden_layers=1, num_attention_heads=2, intermediate_size=16,
        max_position_embeddings=514, type_vocab_size=1, pad_token_id=1, bos_token_id=0, eos_token_id=2,
    )  # fmt: skip
    RobertaModel(small).save_pretrained(folder)


if __name__ == "__main__":
    sys.path.append(str(Path(__file__).parents[2]))
    build(Path(sys.argv[1]))
