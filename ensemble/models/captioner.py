"""Language models that hear, from transformers: Qwen2-Audio (arXiv 2407.10759), Music Flamingo (arXiv 2511.10289), and
others of that form (a processor with a chat template and a feature extractor, a model that takes both)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from ensemble.capabilities import Sheet, Sound, Work
from ensemble.models.audio import playable
from ensemble.models.base import Local, complete, quiet, wrong_weights
from ensemble.models.device import Placement
from ensemble.models.writing import Writing
from state.errors import ToolError

_QUESTION = (
    "Describe this music in two or three sentences: its style and mood, which instruments are heard and what they play, "
    "its tempo and rhythm, and whether anyone sings."
)
_MOST_TOKENS = 160
_LONGEST = 60.0
"""Some take twenty minutes; a minute says what a piece is at a fraction of the memory."""
_SHORTEST = 0.1
"""Of less the processors make no piece of audio that the model hears."""
_LICENCES = {
    "qwen2_audio": "Apache-2.0",
    "audioflamingo3": "NVIDIA OneWay Noncommercial",
    "musicflamingo": "NVIDIA OneWay Noncommercial",
}
"""Of the published weights of each kind."""


@dataclass
class _Listener:
    processor: Any
    model: Any
    kind: str
    rate: int
    longest: float


class Captioner(Local[_Listener]):
    """An audio language model, asked to describe what it hears. Greedy, so equal audio gives equal words."""

    name = "captioner"

    def caption(self, sound: Sound, work: Work) -> str:
        """What it hears. `sound` as the sheet says; raises ToolError for another rate or longer audio."""
        sheet = self.sheet
        if sound.rate != sheet.sample_rate or sound.samples.shape[0] != 1 or sound.seconds > sheet.longest_seconds:
            raise ToolError(
                f"captioner takes at most {sheet.longest_seconds:g} s of mono at {sheet.sample_rate} Hz, got {sound}"
            )
        if playable(self.name, sound).seconds < _SHORTEST:
            raise ToolError(f"captioner needs at least {_SHORTEST:g} s to hear, this is {sound.seconds:g} s")
        with self.call() as loaded:
            from transformers import StoppingCriteriaList

            work.report(f"{self.name}: listening to {sound.seconds:.1f} s on {self.device}")
            content = [{"type": "audio", "audio": ""}, {"type": "text", "text": _QUESTION}]
            chat = [{"role": "user", "content": content}]
            prompt = loaded.processor.apply_chat_template(chat, add_generation_prompt=True, tokenize=False)
            given = loaded.processor(
                text=[prompt], audio=[sound.samples[0]], sampling_rate=sound.rate, return_tensors="pt", padding=True
            ).to(self.placement.device, self.placement.dtype)
            written = loaded.model.generate(
                **given,
                do_sample=False,
                max_new_tokens=_MOST_TOKENS,
                stopping_criteria=StoppingCriteriaList([Writing(work, self.name)]),
            )
            answer = written[:, given["input_ids"].shape[1] :]
            text: str = loaded.processor.batch_decode(answer, skip_special_tokens=True)[0]
        return " ".join(text.split())

    def _open(self, placement: Placement) -> _Listener:
        from transformers import AutoConfig, AutoModelForSeq2SeqLM, AutoProcessor

        quiet()
        kind = AutoConfig.from_pretrained(self.weights).model_type
        processor = AutoProcessor.from_pretrained(self.weights)
        ears = getattr(processor, "feature_extractor", None)
        if ears is None or getattr(processor, "chat_template", None) is None:
            what = f"a {kind!r} cannot be asked about audio"
            raise wrong_weights(self.name, self.weights, what, "a model such as Qwen/Qwen2-Audio-7B-Instruct")
        model, info = AutoModelForSeq2SeqLM.from_pretrained(
            self.weights, dtype=placement.dtype, output_loading_info=True
        )
        complete(self.name, self.weights, info, right=self.right)
        model.to(placement.device).eval()
        chunk = float(getattr(ears, "chunk_length", 30))
        # Whisper's extractor cuts at one chunk; Flamingo's processor hands several on.
        longest = min(_LONGEST, float(getattr(processor, "max_audio_len", chunk)))
        return _Listener(processor, model, kind, int(ears.sampling_rate), longest)

    def _modules(self, loaded: _Listener) -> Iterable[Any]:
        return (loaded.model,)

    def _describe(self, loaded: _Listener) -> Sheet:
        licence = _LICENCES.get(loaded.kind, "see the checkpoint's card")
        return Sheet(loaded.rate, 1, loaded.longest, deterministic=True, licence=licence)
