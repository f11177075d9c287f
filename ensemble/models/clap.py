"""LAION-CLAP (Wu et al. 2023, arXiv 2211.06687) through transformers' ClapModel: how well audio fits text.

The score is the mean, over windows of 10 s, of the cosine similarity between the window's embedding and the text's: -1..1,
in practice about 0..0.6. Mono at 48 kHz. The library itself would crop longer audio at random, and pick at random one clip of a
batch to be treated as a long one: here windows are spread evenly, the last ends where the audio ends, and none is "long", so that
equal sounds score equally.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from ensemble.capabilities import Sheet, Sound, Work
from ensemble.models.audio import convert, playable
from ensemble.models.base import Local
from ensemble.models.device import Placement
from ensemble.models.pretrained import knowing, opened
from state.errors import ToolError

if TYPE_CHECKING:
    from numpy.typing import NDArray

LONGEST_SECONDS = 600.0
_WINDOWS_A_BATCH = 8


@dataclass(frozen=True)
class Parts:
    """The loaded model, its tokenizer and what makes its mel spectra."""

    model: Any
    tokenizer: Any
    extractor: Any


class Clap(Local[Parts]):
    """laion/larger_clap_music_and_speech, laion/larger_clap_music, laion/clap-htsat-fused ..., or a local folder."""

    name = "clap"

    def __init__(self, weights: str, *, device: str = "auto", precision: str = "auto") -> None:
        # A small model whose figures are held against thresholds: bfloat16's three digits are too few unless asked for.
        super().__init__(weights, device=device, precision="float32" if precision == "auto" else precision)

    def score(self, sound: Sound, texts: Sequence[str], work: Work) -> list[float]:
        """See `Score`. Raises ToolError for audio without samples or longer than 10 minutes."""
        with self.call() as parts:
            if not texts:
                return []
            audio = convert(playable(self.name, sound), parts.extractor.sampling_rate, 1).samples[0]
            if len(audio) > LONGEST_SECONDS * parts.extractor.sampling_rate:
                raise ToolError(
                    f"{self.name} scores audio of up to {LONGEST_SECONDS:g} s; this has {sound.seconds:g} s"
                )
            cut = windows(audio, parts.extractor.nb_max_samples)
            heard = []
            for first in range(0, len(cut), _WINDOWS_A_BATCH):
                work.report(f"{self.name}: {first} of {len(cut)} windows on {self.device}")
                heard.append(_heard(parts, cut[first : first + _WINDOWS_A_BATCH]))
            read = _read(parts, texts)
            scores = (np.concatenate(heard) @ read.T).mean(axis=0)
            if not np.isfinite(scores).all():
                raise ToolError(f"{self.name} made scores that are no numbers; set the seat's precision to float32")
            return [float(score) for score in scores]

    def _open(self, placement: Placement) -> Parts:
        from transformers import ClapModel, ClapProcessor

        model = opened(ClapModel, self, "clap")
        processor = ClapProcessor.from_pretrained(self.weights)
        knowing(self, processor.tokenizer)
        model.to(device=placement.device, dtype=placement.dtype)
        return Parts(model, processor.tokenizer, processor.feature_extractor)

    def _modules(self, loaded: Parts) -> Iterable[Any]:
        return [loaded.model]

    def _describe(self, loaded: Parts) -> Sheet:
        return Sheet(loaded.extractor.sampling_rate, 1, LONGEST_SECONDS, True, "Apache-2.0")


def windows(audio: NDArray[np.float32], length: int) -> list[NDArray[np.float32]]:
    """`audio` of shape (samples,) as the fewest windows of `length` samples that cover it, spread evenly from its start to
    its end; one shorter window where it is shorter."""
    count = -(-len(audio) // length)
    if count == 1:
        return [audio]
    starts = np.linspace(0, len(audio) - length, count).round().astype(int)
    return [audio[start : start + length] for start in starts]


def _heard(parts: Parts, cut: Sequence[NDArray[np.float32]]) -> NDArray[np.float32]:
    """(windows, dimensions), each of length 1."""
    import torch

    given = parts.extractor(list(cut), sampling_rate=parts.extractor.sampling_rate, return_tensors="pt")
    features = given["input_features"].to(device=parts.model.device, dtype=parts.model.dtype)
    none = torch.zeros(len(cut), 1, dtype=torch.bool, device=parts.model.device)
    return _unit(parts.model.get_audio_features(input_features=features, is_longer=none).pooler_output)


def _read(parts: Parts, texts: Sequence[str]) -> NDArray[np.float32]:
    """(texts, dimensions), each of length 1. Words beyond what the model reads are left out."""
    most = parts.model.config.text_config.max_position_embeddings - 2  # RoBERTa's positions begin at 2
    given = parts.tokenizer(list(texts), padding=True, truncation=True, max_length=most, return_tensors="pt")
    given = given.to(parts.model.device)
    features = parts.model.get_text_features(input_ids=given["input_ids"], attention_mask=given["attention_mask"])
    return _unit(features.pooler_output)


def _unit(embedded: Any) -> NDArray[np.float32]:
    array: NDArray[np.float32] = embedded.float().cpu().numpy()
    length: NDArray[np.float32] = np.maximum(np.linalg.norm(array, axis=-1, keepdims=True), 1e-12)
    unit: NDArray[np.float32] = array / length
    return unit
