"""Runs in a worker: the adapter itself, and beside it the bare calls of its library with the same loaded weights.

`score(sound, [ASKED, side, takes])` makes one call of that side ('bare', 'ours', ...) and returns its CPU seconds; 'clock' returns
those of the whole process until now. A worker's line carries floats for no other call.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

import numpy as np

from ensemble.capabilities import Sound, Work
from ensemble.models.audiocraft import GUIDANCE, TOP_K, AudiocraftMusicGen
from ensemble.models.laion_clap import LaionClap
from ensemble.models.vampnet import ALL_CODEBOOKS, VampNet, _heard

ASKED = "how long does it take"
TEXT = "lofi with piano and drums. bpm: 90. key: C major."
SECONDS = 4.0
SHORT, HOLE = (0.5, 1.5), (4.0, 6.0)


class _Asked:
    """To be mixed into an adapter."""

    def score(self, sound: Sound, texts: Sequence[str], work: Work) -> list[float]:
        if texts[0] != ASKED:
            scored: list[float] = super().score(sound, texts, work)  # type: ignore[misc]
            return scored
        if texts[1] == "clock":
            return [time.process_time()]
        import torch

        with torch.no_grad():
            began = time.process_time()
            getattr(self, texts[1])(sound, int(texts[2]))
            return [time.process_time() - began]


class Audiocraft(_Asked, AudiocraftMusicGen):
    """Text to 4 s: two hundred steps of the model, as many as a loop of two bars needs."""

    def ours(self, sound: Sound, takes: int) -> object:
        return self.generate(TEXT, SECONDS, range(takes), Work())

    def bare(self, sound: Sound, takes: int) -> object:
        with self._lock:
            model = self._loaded.model
            model.set_generation_params(duration=SECONDS, top_k=min(TOP_K, model.lm.card), cfg_coef=GUIDANCE)
            return model.generate([TEXT] * takes).cpu().numpy()


class Laion(_Asked, LaionClap):
    """One window of 10 s and one text."""

    def ours(self, sound: Sound, takes: int) -> object:
        return LaionClap.score(self, sound, [TEXT], Work())

    def bare(self, sound: Sound, takes: int) -> object:
        model: Any = self._loaded
        heard = model.get_audio_embedding_from_data([sound.samples[0]])
        return heard @ np.asarray(model.get_text_embedding([TEXT])).T


class Vamp(_Asked, VampNet):
    """A second of two made anew, or two of ten, which is what the model looks at at once."""

    def ours(self, sound: Sound, takes: int) -> object:
        return self.inpaint(sound, *_hole(sound), "", range(takes), Work())

    def bare(self, sound: Sound, takes: int) -> object:
        """All of upstream's, with upstream's loudness."""
        return self._made(sound, takes, lambda interface, signal: interface.encode(signal))

    def bare_quick(self, sound: Sound, takes: int) -> object:
        """Upstream's with the adapter's loudness, so that nothing hides what else the adapter adds."""
        return self._made(
            sound,
            takes,
            lambda interface, signal: interface.codec.encode(_heard(interface, signal), sound.rate)["codes"],
        )

    def _made(self, sound: Sound, takes: int, encode: Any) -> object:
        import torch
        from audiotools import AudioSignal

        interface = self._loaded.interface
        signal = AudioSignal(torch.from_numpy(sound.samples)[None], sound.rate)
        codes = encode(interface, signal)
        start, end = _hole(sound)
        span = {"prefix_s": start, "suffix_s": sound.seconds - end, "periodic_prompt": 0}
        mask = interface.build_mask(codes, signal, upper_codebook_mask=ALL_CODEBOOKS, **span)
        return interface.decode(interface.vamp(codes, mask, batch_size=takes)).samples.cpu().numpy()


def _hole(sound: Sound) -> tuple[float, float]:
    return HOLE if sound.seconds > SHORT[1] * 2 else SHORT
