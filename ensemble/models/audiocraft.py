"""MusicGen through audiocraft 1.3 (Copet et al. 2023, arXiv 2306.05284): text to music, continuation, and the melody model's
music on the chroma of a given melody (section 3.2 of the paper). Runs in a worker: audiocraft's pins fight ours.

Audio is 32 kHz, mono or stereo as the weights are. One window is at most 30 s; longer audio is made by audiocraft itself, window
after window, each hearing the last 12 s of the one before. Sampling as in the paper: top 250, guidance 3.
"""

from __future__ import annotations

import math
import random
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np

from ensemble.capabilities import Sheet, Sound, Work
from ensemble.models.audio import convert, playable, samples_of, takes
from ensemble.models.base import Local, wrong_weights
from ensemble.models.checkpoints import check_safe_loading, damage
from ensemble.models.device import Placement
from state.errors import Cancelled, ToolError

CONTEXT_SECONDS = 12.0
"""Of one window, what the next one hears; of a long prompt, what is heard at least."""
LONGEST_SECONDS = 300.0
TOP_K = 250
GUIDANCE = 3.0
_REPORT_EVERY = 25


@dataclass(frozen=True)
class Parts:
    """The loaded model, and what it says of itself."""

    model: Any
    rate: int
    channels: int
    hop: int
    """Samples a frame."""
    window_seconds: float

    def frames(self, seconds: float) -> int:
        """The fewest frames that last at least `seconds`."""
        return -(-samples_of(seconds, self.rate) // self.hop)


class AudiocraftMusicGen(Local[Parts]):
    """facebook/musicgen-melody, -small, -medium, -large or their stereo kin in audiocraft's form, or a local folder of it."""

    name = "audiocraft"
    right = "a local folder with state_dict.bin and compression_state_dict.bin, or a name at the hub such as facebook/musicgen-melody"

    def generate(self, text: str, seconds: float, seeds: Sequence[int], work: Work) -> list[Sound]:
        """See `Generate`."""
        with self.call() as parts, self._playing(parts, seeds, work):
            self.check_length(seconds)
            frames = parts.frames(seconds)
            self._ask_for(parts, frames)
            return self._cut(parts, parts.model.generate([text] * len(seeds), progress=True), 0, frames)

    def continue_(self, prompt: Sound, text: str, seconds: float, seeds: Sequence[int], work: Work) -> list[Sound]:
        """See `Continue`. Of a long prompt the end is heard: what fits beside `seconds` in one window, at least 12 s."""
        import torch

        with self.call() as parts, self._playing(parts, seeds, work):
            self.check_length(seconds)
            frames = parts.frames(seconds)
            window = int(parts.window_seconds * parts.rate / parts.hop)
            most = max(parts.frames(min(CONTEXT_SECONDS, parts.window_seconds / 2)), window - frames)
            samples = convert(playable(self.name, prompt), parts.rate, parts.channels).samples
            known = min(samples.shape[1] // parts.hop, most)
            if not known:
                raise ToolError(f"{self.name} needs a prompt of at least {parts.hop / parts.rate:g} s", field="prompt")
            heard = torch.from_numpy(np.ascontiguousarray(samples[:, samples.shape[1] - known * parts.hop :]))
            self._ask_for(parts, known + frames)
            audio = parts.model.generate_continuation(
                heard[None].repeat(len(seeds), 1, 1), parts.rate, [text] * len(seeds), progress=True
            )
            return self._cut(parts, audio, known, frames)

    def rearrange(self, melody: Sound, text: str, seconds: float, seeds: Sequence[int], work: Work) -> list[Sound]:
        """See `Rearrange`. A melody shorter than one window is repeated by the model's conditioner. Raises ToolError for
        weights without a melody's conditioner."""
        import torch

        with self.call() as parts, self._playing(parts, seeds, work):
            if "self_wav" not in parts.model.lm.condition_provider.conditioners:
                raise ToolError(
                    f"the weights {self.weights!r} take no melody; give facebook/musicgen-melody", field="weights"
                )
            self.check_length(seconds)
            frames = parts.frames(seconds)
            self._ask_for(parts, frames)
            tune = torch.from_numpy(convert(playable(self.name, melody), parts.rate, parts.channels).samples)
            audio = parts.model.generate_with_chroma(
                [text] * len(seeds), tune[None].repeat(len(seeds), 1, 1), parts.rate, progress=True
            )
            return self._cut(parts, audio, 0, frames)

    def _open(self, placement: Placement) -> Parts:
        check_safe_loading(self.name)
        from audiocraft.models import MusicGen
        from audiocraft.utils.autocast import TorchAutocast

        try:
            model = MusicGen.get_pretrained(self.weights, device=placement.device)
        except Exception as error:
            what = damage(error)
            if what is None:
                raise
            raise wrong_weights(self.name, self.weights, what, self.right) from error
        model.lm.to(placement.dtype)
        mixed = placement.accelerated and placement.precision != "float32"
        model.autocast = TorchAutocast(
            enabled=mixed, device_type=placement.device.partition(":")[0], dtype=placement.dtype
        )
        hop = round(model.sample_rate / model.frame_rate)
        return Parts(model, model.sample_rate, model.audio_channels, hop, float(model.max_duration))

    def _modules(self, loaded: Parts) -> Iterable[Any]:
        conditioners = loaded.model.lm.condition_provider.conditioners.values()
        # T5 and Demucs are kept out of the modules' tree, since they are no part of the checkpoint.
        hidden = [part for each in conditioners for part in (each.__dict__.get("t5"), each.__dict__.get("demucs"))]
        return [loaded.model.lm, loaded.model.compression_model, *(part for part in hidden if part is not None)]

    def _describe(self, loaded: Parts) -> Sheet:
        return Sheet(loaded.rate, loaded.channels, LONGEST_SECONDS, True, "CC-BY-NC 4.0")

    def _ask_for(self, parts: Parts, frames: int) -> None:
        """audiocraft rounds seconds down to frames: half a frame more gives the frames that are meant."""
        parts.model.set_generation_params(
            duration=(frames + 0.5) * parts.hop / parts.rate,
            top_k=min(TOP_K, parts.model.lm.card),
            cfg_coef=GUIDANCE,
            extend_stride=parts.window_seconds - min(CONTEXT_SECONDS, parts.window_seconds / 2),
        )

    def _cut(self, parts: Parts, audio: Any, known: int, frames: int) -> list[Sound]:
        """The frames after the first `known`, as Sounds."""
        fresh = audio[..., known * parts.hop : (known + frames) * parts.hop]
        if fresh.shape[-1] != frames * parts.hop:
            raise ToolError(f"{self.name} made {fresh.shape[-1]} samples for {frames} frames of {parts.hop}")
        return takes(self.name, fresh, parts.rate)

    @contextmanager
    def _playing(self, parts: Parts, seeds: Sequence[int], work: Work) -> Iterator[None]:
        """Each take draws from its own seed, and the loop over frames tells how far it is and stops when told."""
        from audiocraft.utils import utils

        work.report(f"{self.name}: {len(seeds)} takes on {self.device}")

        def step(done: int, whole: int) -> None:
            if done % _REPORT_EVERY == 0:
                work.report(
                    f"{self.name}: {done * parts.hop / parts.rate:.1f} of {whole * parts.hop / parts.rate:.1f} s"
                )
            elif work.cancelled():
                raise Cancelled("stopped by the user")

        theirs, chance = utils.multinomial, random.getstate()
        utils.multinomial = Draw(seeds)
        random.seed(0)  # the melody's Demucs shifts its input by what Python's own generator draws
        parts.model.set_custom_progress_callback(step)
        try:
            yield
        finally:
            utils.multinomial = theirs
            random.setstate(chance)
            parts.model.set_custom_progress_callback(None)


class Draw:
    """In place of audiocraft's draw, which takes all rows of a batch from one generator, so that a take would depend on its
    neighbours: here each row has uniform numbers of its own and picks by the inverse of the cumulated probabilities."""

    def __init__(self, seeds: Sequence[int]) -> None:
        self._chances = [np.random.default_rng(seed) for seed in seeds]

    def __call__(self, probabilities: Any, num_samples: int = 1, *_: Any, **__: Any) -> Any:
        """Tokens of shape (rows, codebooks, 1) for probabilities of shape (rows, codebooks, tokens)."""
        import torch

        shape = (*probabilities.shape[1:-1], num_samples)
        drawn = np.stack([chance.random(math.prod(shape)).reshape(shape) for chance in self._chances])
        # In double precision: rounding shall not pick a token that was ruled out.
        reached = probabilities.double().cumsum(-1)
        chosen = torch.from_numpy(drawn).to(reached.device) * reached[..., -1:]
        return torch.searchsorted(reached, chosen, right=True).clamp_(max=probabilities.shape[-1] - 1)
