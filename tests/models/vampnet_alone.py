"""Runs in VampNet's environment: `python vampnet_alone.py FOLDER`, with tiny weights in FOLDER. Prints, as JSON, how far the rows of
a batch are from what upstream itself fills in alone after torch.manual_seed, and how far what the codec hears from upstream's."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

sys.path.append(str(Path(__file__).parents[2]))

import numpy as np
import torch
from audiotools import AudioSignal

from ensemble.models.vampnet import VampNet, _batches, _each_its_own, _heard

SEEDS = [3, 1, 4, 15, 9]


def main(folder: str) -> None:
    torch.set_num_threads(1)
    with VampNet(folder, device="cpu").call() as parts:
        interface = parts.interface
        length = interface.s2t(10) + 5
        # The last chunk is shorter than the period of what is kept: some takes keep a frame of it, and some do not.
        codes = torch.randint(0, 64, (1, 14, length), generator=torch.Generator().manual_seed(0))
        masks = []
        for seed in SEEDS:
            torch.manual_seed(seed)
            masks.append(interface.build_mask(codes, periodic_prompt=15, upper_codebook_mask=3))
        # Another number of masked codes in each row.
        masks[1][:, :, 40:300] = 0
        batches = _batches(interface, masks, len(masks))
        different = []
        for rows in batches:
            with _each_its_own([SEEDS[row] for row in rows], codes.device):
                filled = interface.vamp(codes, torch.cat([masks[row] for row in rows]), batch_size=len(rows))
            for row, one in zip(rows, filled, strict=True):
                torch.manual_seed(SEEDS[row])
                different.append(int((interface.vamp(codes, masks[row])[0] != one).sum()))
        print(  # noqa: T201
            json.dumps(
                {"batches": sorted(map(len, batches)), "different": different, "heard": apart(interface, parts.rate)}
            )
        )


def apart(interface: Any, rate: int) -> float:
    """The largest difference, of bass-heavy noise that a short filter would mistake the loudness of."""
    noise = np.cumsum(np.random.default_rng(0).standard_normal(rate)) * 0.002
    signal = AudioSignal(torch.from_numpy(noise.astype(np.float32))[None, None], rate)
    return float((_heard(interface, signal) - interface._preprocess(signal).samples).abs().max())


if __name__ == "__main__":
    main(sys.argv[1])
