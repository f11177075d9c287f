"""MusicLDM (Chen et al. 2023, arXiv 2308.01546) through diffusers: text to music by latent diffusion.

Mono at 16 kHz; trained on 10 s, longer takes wander. The text is encoded here and handed over as embeddings: with transformers 5
the pipeline's own encoding of text fails, since CLAP's features come wrapped.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Any

from ensemble.capabilities import Sheet, Sound, Work
from ensemble.models.audio import samples_of, takes
from ensemble.models.base import Local
from ensemble.models.device import Placement
from ensemble.models.pipelines import generators, modules_of, opened_pipeline, watched
from state.errors import ToolError

LONGEST_SECONDS = 30.0
STEPS = 200
GUIDANCE = 2.0


class MusicLdm(Local[Any]):
    """ucsd-reach/musicldm, or a local folder of a MusicLDMPipeline."""

    name = "musicldm"

    def generate(self, text: str, seconds: float, seeds: Sequence[int], work: Work) -> list[Sound]:
        """See `Generate`. Raises ToolError for more than 30 s."""
        with self.call() as pipe:
            self.check_length(seconds)
            if not seeds:
                return []
            work.report(f"{self.name}: {len(seeds)} x {seconds:.1f} s on {self.device}")
            rate = pipe.vocoder.config.sampling_rate
            frame = math.prod(pipe.vocoder.config.upsample_rates) * pipe.vae_scale_factor
            wanted = samples_of(seconds, rate)
            whole = -(-wanted // frame) * frame  # the pipeline would make up to a frame less than asked
            heard = pipe(
                prompt_embeds=_embedded(pipe, [text] * len(seeds)),
                negative_prompt_embeds=_embedded(pipe, [""] * len(seeds)),
                audio_length_in_s=(whole + 0.5) / rate,
                num_inference_steps=STEPS,
                guidance_scale=GUIDANCE,
                generator=generators(seeds),
                callback=watched(work, self.name, STEPS),
                output_type="pt",
            ).audios
            if heard.shape[-1] < wanted:
                raise ToolError(f"{self.name} made {heard.shape[-1]} samples where {wanted} were asked for")
            return takes(self.name, heard[:, None, :wanted], rate)

    def _open(self, placement: Placement) -> Any:
        from diffusers import MusicLDMPipeline

        return opened_pipeline(MusicLDMPipeline, self, placement)

    def _modules(self, loaded: Any) -> Iterable[Any]:
        return modules_of(loaded)

    def _describe(self, loaded: Any) -> Sheet:
        return Sheet(loaded.vocoder.config.sampling_rate, 1, LONGEST_SECONDS, True, "CC-BY-NC-SA 4.0")


def _embedded(pipe: Any, texts: list[str]) -> Any:
    """(texts, dimensions), as CLAP reads them; words beyond what it reads are left out."""
    text_model = pipe.text_encoder.text_model
    most = text_model.config.max_position_embeddings - 2  # RoBERTa's positions begin at 2
    given = pipe.tokenizer(texts, padding=True, truncation=True, max_length=most, return_tensors="pt").to(pipe.device)
    features = pipe.text_encoder.get_text_features(given["input_ids"], attention_mask=given["attention_mask"])
    return features.pooler_output
