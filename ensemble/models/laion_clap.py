"""LAION-CLAP (Wu et al. 2023, arXiv 2211.06687) through its own package: for checkpoints that only exist in its form. In a worker.

As in `ensemble.models.clap` the score is the mean over windows of 10 s of the cosine similarity of sound and text, mono at 48 kHz; the
package would crop longer audio at random. It reads checkpoints by running what they hold: here they are read as tensors alone.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib import import_module
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType
from typing import Any, ClassVar

import numpy as np

from ensemble.capabilities import Sheet, Sound, Work
from ensemble.models.audio import convert, playable
from ensemble.models.base import Local, local_folder, wrong_weights
from ensemble.models.checkpoints import damage
from ensemble.models.clap import LONGEST_SECONDS, windows
from ensemble.models.device import Placement
from state.errors import ToolError

RATE = 48_000
WINDOW = 10 * RATE
REPOSITORY = "lukewys/laion_clap"
_WINDOWS_A_BATCH = 8
_WIDTHS = {96: "HTSAT-tiny", 128: "HTSAT-base", 256: "HTSAT-large"}
"""Of the first layer; tells the architectures apart."""


class LaionClap(Local[Any]):
    """A checkpoint's name at lukewys/laion_clap (music_audioset_epoch_15_esc_90.14.pt, 630k-audioset-best.pt ...) or a local file."""

    name = "laion-clap"
    right: ClassVar[str] = f"a .pt file of LAION-CLAP, or the name of one at {REPOSITORY}"

    def __init__(self, weights: str, *, device: str = "auto", precision: str = "auto") -> None:
        # Its own code makes float32 spectra and hands them to the model as they are.
        super().__init__(weights, device=device, precision="float32" if precision == "auto" else precision)

    def score(self, sound: Sound, texts: Sequence[str], work: Work) -> list[float]:
        """See `Score`. Raises ToolError for audio without samples or longer than 10 minutes."""
        with self.call() as model:
            if not texts:
                return []
            audio = convert(playable(self.name, sound), RATE, 1).samples[0]
            if len(audio) > LONGEST_SECONDS * RATE:
                raise ToolError(
                    f"{self.name} scores audio of up to {LONGEST_SECONDS:g} s; this has {sound.seconds:g} s"
                )
            cut = windows(audio, WINDOW)
            heard = []
            for first in range(0, len(cut), _WINDOWS_A_BATCH):
                work.report(f"{self.name}: {first} of {len(cut)} windows on {self.device}")
                heard.append(model.get_audio_embedding_from_data(cut[first : first + _WINDOWS_A_BATCH]))
            read = _unit(model.get_text_embedding(list(texts)))
            scores = (_unit(np.concatenate(heard)) @ read.T).mean(axis=0)
            if not np.isfinite(scores).all():
                raise ToolError(f"{self.name} made scores that are no numbers")
            return [float(score) for score in scores]

    def _open(self, placement: Placement) -> Any:
        if placement.precision != "float32":
            raise ToolError(f"{self.name} computes in float32 alone", field="precision")
        state = self._state()
        width = state["audio_branch.patch_embed.proj.weight"].shape[0]
        fused = any(key.startswith("audio_branch.patch_embed.fusion_model") for key in state)
        with without_torchvision():
            from laion_clap import CLAP_Module
        module = CLAP_Module(enable_fusion=fused, amodel=_WIDTHS.get(width, "HTSAT-tiny"), device=placement.device)
        expected = set(module.model.state_dict())
        # Older transformers kept the numbers of the positions among the weights.
        given = {key: tensor for key, tensor in state.items() if not key.endswith("embeddings.position_ids")}
        lacking = sorted(key for key in expected - set(given) if not key.endswith("embeddings.position_ids"))
        if lacking:
            what = f"{len(lacking)} tensors are missing, such as {lacking[0]}"
            raise wrong_weights(self.name, self.weights, what, self.right)
        module.model.load_state_dict({key: given[key] for key in expected & set(given)}, strict=False)
        return module.eval()

    def _state(self) -> Mapping[str, Any]:
        """The checkpoint's tensors by the model's names."""
        import torch

        place = local_folder(self.weights)
        if place is None:
            from huggingface_hub import hf_hub_download

            place = Path(hf_hub_download(REPOSITORY, self.weights))
        try:
            with torch.serialization.safe_globals(_numbers()):
                checkpoint = torch.load(place, map_location="cpu", weights_only=True)
        except Exception as error:
            what = damage(error)
            if what is None:
                raise
            raise wrong_weights(self.name, self.weights, what, self.right) from error
        state = checkpoint.get("state_dict", checkpoint) if isinstance(checkpoint, dict) else {}
        state = {key.removeprefix("module."): tensor for key, tensor in state.items()}
        if "audio_branch.patch_embed.proj.weight" not in state:
            raise wrong_weights(self.name, self.weights, "they hold no HTSAT and RoBERTa of LAION-CLAP", self.right)
        return state

    def _modules(self, loaded: Any) -> Iterable[Any]:
        return [loaded.model]

    def _describe(self, loaded: Any) -> Sheet:
        return Sheet(RATE, 1, LONGEST_SECONDS, True, "CC0-1.0 (see the checkpoint)")


def _numbers() -> list[Any]:
    """What LAION's checkpoints hold beside tensors: NumPy's numbers, in a record of how training went."""
    multiarray = import_module("numpy.core.multiarray")  # of numpy 1, which the environment holds
    return [multiarray.scalar, np.dtype, np.dtypes.Float64DType, np.dtypes.Int64DType, np.dtypes.Float32DType]


class Absent:
    """Stands for whatever is imported from a package that is not needed; never used."""


@contextmanager
def without_torchvision() -> Iterator[None]:
    """laion_clap imports torchvision for training on pictures. Beside a CPU build of torch PyPI's torchvision fails at import and
    takes transformers with it: empty modules stand in while laion_clap is imported."""
    names = ["torchvision", *(f"torchvision.{name}" for name in ("datasets", "transforms", "ops", "ops.misc"))]
    put = [name for name in names if name not in sys.modules]
    import transformers  # first, so that it looks for the real one

    assert transformers.BertTokenizer
    assert transformers.RobertaModel
    for name in put:
        module = ModuleType(name)
        module.__spec__ = ModuleSpec(name, None, is_package=True)
        module.__path__ = []
        module.__dict__["__getattr__"] = lambda asked: Absent
        sys.modules[name] = module
    try:
        yield
    finally:
        for name in put:
            sys.modules.pop(name, None)


def _unit(embedded: Any) -> Any:
    return embedded / np.maximum(np.linalg.norm(embedded, axis=-1, keepdims=True), 1e-12)
