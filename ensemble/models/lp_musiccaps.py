"""LP-MusicCaps (Doh, Choi, Lee, Nam: LLM-Based Pseudo Music Captioning, ISMIR 2023): music to an English description.

A log-mel spectrogram of ten seconds goes through six convolutions and replaces the word embeddings of a BART encoder; the
decoder writes. The published checkpoints (transfer.pth, supervised.pth, pretrain.pth) load under their own names.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from ensemble.capabilities import Sheet, Sound, Work
from ensemble.models.audio import playable
from ensemble.models.base import Local, first_line, local_folder, quiet, wrong_weights
from ensemble.models.device import Placement
from ensemble.models.writing import Writing
from state.errors import ToolError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

RATE = 16_000
"""Hz, mono."""
SECONDS = 10
"""Of the windows that it was trained on."""
_BEAMS, _MOST_TOKENS, _FEWEST_TOKENS = 5, 128, 2
_FFT, _HOP, _MELS = 1024, 160, 128
_LONGEST = 60.0
"""Six windows in one batch: enough to say what a piece is, within minutes on a CPU."""
_BART = "facebook/bart-base"
"""Whose configuration and words it uses; not its weights."""
_CHECKPOINTS = ("model.safetensors", "transfer.pth", "supervised.pth", "pretrain.pth")
"""Of a folder, the first that is there; 'transfer' is the best of the paper's table."""
_HABITS = ("early_stopping", "no_repeat_ngram_size", "forced_bos_token_id", "length_penalty")
"""Of writing, which the authors' code took over from BART's config.json; transformers 5 leaves them unread there."""
_MEL_TENSORS = {"mel_encoder.spec_fn.window": "window", "mel_encoder.mel_scale.fb": "filters"}
"""Where the published checkpoints keep what torchaudio computed."""


@dataclass
class _Captioner:
    """What is loaded: `front` (convolutions and positions) and `bart` are torch modules."""

    front: Any
    bart: Any
    tokenizer: Any
    habits: dict[str, Any]


class LpMusicCaps(Local[_Captioner]):
    """The music captioner of the paper's ensemble. Beam search, so equal audio gives equal words."""

    name = "lp-musiccaps"
    right: ClassVar[str] = (
        "seungheondoh/lp-music-caps, or a local folder with one of "
        f"{', '.join(_CHECKPOINTS)} (and BART's config.json and tokenizer where the hub cannot be reached)"
    )

    def caption(self, sound: Sound, work: Work) -> str:
        """What it hears; of more than ten seconds, what it hears in each window, where that differs. The last window is
        filled up with silence (the released code drops it)."""
        windows = _windows(playable(self.name, sound))
        with self.call() as loaded:
            import torch
            from transformers import StoppingCriteriaList

            work.report(f"{self.name}: listening to {sound.seconds:.1f} s on {self.device}")
            heard = _heard(loaded.front, torch.from_numpy(windows).to(self.placement.device))
            encoded = loaded.bart.model.encoder(inputs_embeds=heard, return_dict=True)
            start = loaded.bart.config.decoder_start_token_id
            first = torch.full((len(windows), 1), start, dtype=torch.long, device=heard.device)
            written = loaded.bart.generate(
                encoder_outputs=encoded,
                attention_mask=torch.ones(heard.shape[:2], dtype=torch.long, device=heard.device),
                decoder_input_ids=first,
                num_beams=_BEAMS,
                max_length=_MOST_TOKENS,
                min_length=_FEWEST_TOKENS,
                repetition_penalty=1.0,
                do_sample=False,
                **loaded.habits,
                stopping_criteria=StoppingCriteriaList([Writing(work, self.name)]),
            )
            texts = loaded.tokenizer.batch_decode(written, skip_special_tokens=True)
        return _joined(texts)

    def _open(self, placement: Placement) -> _Captioner:
        from transformers import AutoTokenizer, BartConfig, BartForConditionalGeneration

        quiet()
        file, words = _files(self.weights)
        state = _state(file)
        tokenizer = AutoTokenizer.from_pretrained(words)
        bart = BartForConditionalGeneration(BartConfig.from_pretrained(words))
        own = {name.removeprefix("bart."): value for name, value in state.items() if name.startswith("bart.")}
        front = {
            name.removeprefix("audio_encoder."): value
            for name, value in state.items()
            if name.startswith("audio_encoder.")
        }
        self._fill(bart, own, tied=("embed_tokens.weight", "lm_head.weight"), prefix="bart.")
        bart.tie_weights()
        if "conv1.weight" not in front:
            raise wrong_weights(self.name, str(file), "there is no audio_encoder.conv1.weight in it", self.right)
        strides = sum(name.startswith("conv_stack.") and name.endswith(".weight") for name in front)
        ears = _front(front["conv1.weight"].shape[0], bart.config.d_model, strides)
        self._fill(
            ears, {_MEL_TENSORS.get(name, name): value for name, value in front.items()}, prefix="audio_encoder."
        )
        bart = bart.to(placement.device, placement.dtype).eval()
        ears = ears.to(placement.device).eval()
        # The spectrogram stays in float32: half precision would lose quiet sound.
        ears.conv1.to(placement.dtype)
        ears.conv_stack.to(placement.dtype)
        said, _ = BartConfig.get_config_dict(words)
        habits = {name: said[name] for name in _HABITS if said.get(name) is not None}
        return _Captioner(ears, bart, tokenizer, habits)

    def _fill(self, module: Any, state: Mapping[str, Any], *, prefix: str, tied: tuple[str, ...] = ()) -> None:
        """Load `state`, complete but for what can be computed or is tied to something that is there."""
        found = module.load_state_dict(state, strict=False)
        computed = (*tied, "window", "filters", "final_logits_bias")
        lacking = [name for name in found.missing_keys if not name.endswith(computed)]
        if lacking:
            what = f"{len(lacking)} tensors are missing, such as {prefix}{lacking[0]}"
            raise wrong_weights(self.name, self.weights, what, self.right)

    def _modules(self, loaded: _Captioner) -> Iterable[Any]:
        return loaded.front, loaded.bart

    def _describe(self, loaded: _Captioner) -> Sheet:
        return Sheet(RATE, 1, _LONGEST, deterministic=True, licence="CC-BY-NC 4.0")


def _windows(sound: Sound) -> NDArray[np.float32]:
    """Shape (windows, 160000), the last filled up with silence. Raises ToolError for another rate or more channels."""
    import numpy as np

    if sound.rate != RATE or sound.samples.shape[0] != 1:
        raise ToolError(f"lp-musiccaps takes mono at {RATE} Hz, got {sound}")
    size = RATE * SECONDS
    count = max(1, -(-sound.samples.shape[1] // size))
    filled = np.zeros(count * size, dtype=np.float32)
    filled[: sound.samples.shape[1]] = sound.samples[0]
    return filled.reshape(count, size)


def _joined(texts: list[str]) -> str:
    """One caption; several differing ones with their seconds before them."""
    texts = [" ".join(text.split()) for text in texts]
    if len(set(texts)) == 1:
        return texts[0]
    return " ".join(f"[{at * SECONDS}-{(at + 1) * SECONDS} s] {text}" for at, text in enumerate(texts))


def _files(weights: str) -> tuple[Path, str]:
    """The checkpoint, and where BART's configuration and tokenizer are: beside it, else the hub's."""
    path = local_folder(weights)
    if path is None:
        from huggingface_hub import hf_hub_download

        return Path(hf_hub_download(weights, "transfer.pth")), _BART
    folder = path if path.is_dir() else path.parent
    words = str(folder) if (folder / "config.json").exists() else _BART
    if path.is_file():
        return path, words
    for name in _CHECKPOINTS:
        if (path / name).exists():
            return path / name, words
    raise wrong_weights("lp-musiccaps", weights, "no checkpoint is in it", LpMusicCaps.right)


def _state(file: Path) -> dict[str, Any]:
    """Tensors by name. Nothing is unpickled but tensors and plain values."""
    try:
        if file.suffix == ".safetensors":
            from safetensors.torch import load_file

            return dict(load_file(str(file)))
        import torch

        package = torch.load(file, map_location="cpu", weights_only=True)
    except Exception as error:
        what = f"it is truncated, or holds more than weights and is not unpickled ({first_line(error)})"
        raise wrong_weights("lp-musiccaps", str(file), what, LpMusicCaps.right) from error
    state = package.get("state_dict", package) if isinstance(package, dict) else None
    if not isinstance(state, dict) or not state:
        raise wrong_weights("lp-musiccaps", str(file), "it holds no state_dict", LpMusicCaps.right)
    # Training on several devices put 'module.' before every name.
    return {str(name).removeprefix("module."): value for name, value in state.items()}


def _front(width: int, text_width: int, strides: int) -> Any:
    """The audio front end, a torch module without weights yet."""
    import torch
    from torch import nn

    front: Any = nn.Module()
    front.conv1 = nn.Conv1d(_MELS, width, kernel_size=3, padding=1)
    front.conv_stack = nn.ModuleList(
        nn.Conv1d(width, width, kernel_size=3, stride=2, padding=1) for _ in range(strides)
    )
    front.register_buffer("positional_embedding", torch.zeros(RATE * SECONDS // _HOP // 2**strides + 1, text_width))
    front.register_buffer("window", torch.hann_window(_FFT))
    front.register_buffer("filters", mel_filters())
    return front


def _heard(front: Any, samples: Any) -> Any:
    """Shape (windows, frames, text_width) of samples (windows, 160000)."""
    import torch
    from torch.nn.functional import gelu

    spectrum = torch.stft(samples, _FFT, _HOP, _FFT, front.window, pad_mode="reflect", return_complex=True)
    # The authors squared the real part alone, and the weights were trained on that.
    power = torch.einsum("bft,fm->bmt", spectrum.real.square(), front.filters)
    levels = 10 * torch.log10(power.clamp(min=1e-10))
    heard = gelu(front.conv1(levels.to(front.conv1.weight.dtype)))
    for conv in front.conv_stack:
        heard = gelu(conv(heard))
    return heard.permute(0, 2, 1) + front.positional_embedding.to(heard.dtype)


def mel_filters() -> Any:
    """Shape (513, 128): triangles on the HTK mel scale from 0 to 8 kHz, not normalised."""
    import torch

    frequencies = torch.linspace(0, RATE // 2, _FFT // 2 + 1)
    top = 2595 * torch.log10(torch.tensor(1 + RATE / 2 / 700))
    edges = 700 * (10 ** (torch.linspace(0, float(top), _MELS + 2) / 2595) - 1)
    widths = edges[1:] - edges[:-1]
    slopes = edges[None, :] - frequencies[:, None]
    rising, falling = -slopes[:, :-2] / widths[:-1], slopes[:, 2:] / widths[1:]
    return torch.minimum(rising, falling).clamp(min=0)
