"""MusicGen (Copet et al. 2023, arXiv 2306.05284) through transformers: text to music, and music to what comes next.

Audio is 32 kHz, 50 frames of 4 codebooks a second, mono or stereo as the weights are. One window of the model is at most 30 s,
a prompt included; longer audio is made window after window, each continuing the last 12 s of the one before.
Sampling follows the paper: the 250 likeliest tokens, temperature 1, classifier-free guidance 3.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ensemble.capabilities import Sheet, Sound, Work
from ensemble.models.audio import convert, playable, samples_of, takes
from ensemble.models.base import Local
from ensemble.models.device import Placement
from ensemble.models.pretrained import opened, tokenizer_of
from ensemble.models.sampling import SeededSampling, Watch
from state.errors import ToolError

WINDOW_SECONDS = 30.0
CONTEXT_SECONDS = 12.0
"""Of one window, what the next one hears; audiocraft's `extend_stride` of 18 s leaves the same."""
LONGEST_SECONDS = 300.0
TOP_K = 250
GUIDANCE = 3.0
_FADE_SECONDS = 0.02


@dataclass(frozen=True)
class Parts:
    """The loaded model and its tokenizer, and what its configuration says."""

    model: Any
    tokenizer: Any
    rate: int
    hop: int
    """Samples a frame."""
    channels: int
    delay: int
    """Frames by which the last codebook lags; generated beyond the wanted ones and dropped."""

    def frames(self, seconds: float) -> int:
        """The fewest frames that last at least `seconds`."""
        return -(-samples_of(seconds, self.rate) // self.hop)


class MusicGen(Local[Parts]):
    """facebook/musicgen-small, -medium, -large and their stereo kin, or a local folder of such weights."""

    name = "musicgen"

    def generate(self, text: str, seconds: float, seeds: Sequence[int], work: Work) -> list[Sound]:
        """See `Generate`. Takes are mono or stereo at 32 kHz, cut to whole frames of 20 ms."""
        return self._play(None, text, seconds, seeds, work)

    def continue_(self, prompt: Sound, text: str, seconds: float, seeds: Sequence[int], work: Work) -> list[Sound]:
        """See `Continue`. Of a long prompt the end is heard: what fits beside `seconds` in 30 s, at least 12 s. Raises
        ToolError for a prompt shorter than one frame."""
        return self._play(prompt, text, seconds, seeds, work)

    def _open(self, placement: Placement) -> Parts:
        from transformers import MusicgenForConditionalGeneration

        model = opened(MusicgenForConditionalGeneration, self, "musicgen")
        tokenizer = tokenizer_of(self)
        # The codec stays in float32: it is small, and its rounding would be heard in every sample.
        for part in (model.text_encoder, model.decoder, getattr(model, "enc_to_dec_proj", None)):
            if part is not None:
                part.to(placement.dtype)
        model.to(placement.device)
        decoder, codec = model.config.decoder, model.config.audio_encoder
        delay = decoder.num_codebooks // decoder.audio_channels - 1
        return Parts(model, tokenizer, codec.sampling_rate, codec.hop_length, decoder.audio_channels, delay)

    def _modules(self, loaded: Parts) -> Iterable[Any]:
        return [loaded.model]

    def _describe(self, loaded: Parts) -> Sheet:
        return Sheet(loaded.rate, loaded.channels, LONGEST_SECONDS, True, "CC-BY-NC 4.0")

    def _play(self, prompt: Sound | None, text: str, seconds: float, seeds: Sequence[int], work: Work) -> list[Sound]:
        """Whole windows one after another, each a batch of one row a seed."""
        with self.call() as parts:
            import torch

            self.check_length(seconds)
            if not seeds:
                return []
            work.report(f"{self.name}: {len(seeds)} x {seconds:.1f} s on {self.device}")
            wanted = parts.frames(seconds)
            left = max(wanted, parts.delay + 1)  # the library drops the delays of anything shorter
            window, context = parts.frames(WINDOW_SECONDS), parts.frames(CONTEXT_SECONDS)
            chances = [np.random.default_rng(seed) for seed in seeds]
            heard = None if prompt is None else self._heard(parts, prompt, max(context, window - wanted))
            pieces: list[Any] = []
            while left:
                codes = None if heard is None else _codes(parts, heard)
                known = 0 if codes is None else int(codes.shape[-1])
                new = min(left, window - known)
                audio = _window(parts, text, codes, new, chances, Watch(work, self.name, new, parts.rate / parts.hop))
                if audio.shape[-1] != (known + new) * parts.hop:
                    raise ToolError(
                        f"{self.name} made {audio.shape[-1]} samples for {known + new} frames of {parts.hop}"
                    )
                fresh = audio[..., known * parts.hop :]
                if pieces:
                    _join(pieces[-1], audio[..., : known * parts.hop], int(_FADE_SECONDS * parts.rate))
                pieces.append(fresh)
                left -= new
                heard = audio[..., -context * parts.hop :]
            return takes(self.name, torch.cat(pieces, dim=-1)[..., : wanted * parts.hop], parts.rate)

    def _heard(self, parts: Parts, prompt: Sound, most: int) -> Any:
        """The end of the prompt as a tensor (1, channels, samples) of whole frames, so that what is made begins exactly
        where the prompt ends."""
        import torch

        samples = convert(playable(self.name, prompt), parts.rate, parts.channels).samples
        frames = min(samples.shape[1] // parts.hop, most)
        if not frames:
            raise ToolError(f"{self.name} needs a prompt of at least {parts.hop / parts.rate:g} s", field="prompt")
        end = np.ascontiguousarray(samples[:, samples.shape[1] - frames * parts.hop :])
        return torch.from_numpy(end)[None].to(parts.model.device)


def _codes(parts: Parts, audio: Any) -> Any:
    """(rows, codebooks, frames) of audio (rows, channels, samples); of stereo the sides' codebooks alternate."""
    import torch

    sides = [
        parts.model.audio_encoder.encode(audio[:, side : side + 1]).audio_codes[0] for side in range(parts.channels)
    ]
    return sides[0] if len(sides) == 1 else torch.stack(sides, dim=2).flatten(1, 2)


def _window(
    parts: Parts, text: str, codes: Any, frames: int, chances: Sequence[np.random.Generator], watch: Watch
) -> Any:
    """(takes, channels, samples): what `codes` hold, decoded, and `frames` more. Codes of one row serve every take."""
    from transformers import LogitsProcessorList, StoppingCriteriaList

    model, count = parts.model, len(chances)
    words = parts.tokenizer([text] * count, return_tensors="pt").to(model.device)
    given = {} if codes is None else {"decoder_input_ids": codes.expand(count, -1, -1).flatten(0, 1)}
    steps = frames + parts.delay
    asked = model.generation_config.guidance_scale
    guidance = GUIDANCE if asked is None else float(asked)
    sampling = SeededSampling(chances, steps, model.config.decoder.num_codebooks, TOP_K, guidance)
    return model.generate(
        **words,
        **given,
        do_sample=False,  # SeededSampling has drawn: the likeliest is the only one left
        guidance_scale=guidance,
        max_new_tokens=steps,
        logits_processor=LogitsProcessorList([sampling]),
        stopping_criteria=StoppingCriteriaList([watch]),
    )


def _join(before: Any, again: Any, fade: int) -> None:
    """Cross-fade the end of `before`, in place, into `again`: the same moments, decoded anew with what follows them."""
    import torch

    rise = torch.linspace(0.0, 1.0, fade, device=before.device)
    before[..., -fade:] = before[..., -fade:] * (1 - rise) + again[..., -fade:] * rise
