"""The models that can be asked, by name: what each can do, where its adapter stands, what it needs. Imports none of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from importlib.util import find_spec

from ensemble.capabilities import Capability
from state.errors import StrategyError


@dataclass(frozen=True)
class Entry:
    """One model. `adapter` is 'module:Class', made with (weights, device=..., precision=..., options)."""

    name: str
    capabilities: tuple[Capability, ...]
    adapter: str
    packages: tuple[str, ...]
    """Modules that must be importable where the adapter runs."""
    weights: str
    """What is loaded when a strategy names none."""
    licence: str
    """Of the default weights."""
    memory_gb: float
    """About what the default weights need."""
    environment: str | None = None
    """The worker environment that it runs in where its pins fight ours; None: in this process."""
    note: str = ""

    @property
    def here(self) -> bool:
        """Whether the packages are importable in this process."""
        return all(find_spec(package) is not None for package in self.packages)


_ENTRIES = (
    Entry(
        "musicgen", ("generate", "continue"), "ensemble.models.musicgen:MusicGen", ("torch", "transformers"),
        "facebook/musicgen-small", "CC-BY-NC 4.0", 2.4,
        note="any MusicGen of the Hugging Face hub but the melody ones; longer than 30 s by continuation",
    ),
    Entry(
        "audiocraft", ("generate", "continue", "rearrange"), "ensemble.models.audiocraft:AudiocraftMusicGen",
        ("torch", "audiocraft"), "facebook/musicgen-melody", "CC-BY-NC 4.0", 6.0, "audiocraft",
    ),
    Entry(
        "clap", ("score",), "ensemble.models.clap:Clap", ("torch", "transformers"), "laion/larger_clap_music_and_speech",
        "Apache-2.0", 0.8, note="always float32 unless a precision is asked for",
    ),
    Entry(
        "laion-clap", ("score",), "ensemble.models.laion_clap:LaionClap", ("torch", "laion_clap"),
        "music_audioset_epoch_15_esc_90.14.pt", "CC0-1.0 (see the checkpoint)", 2.5, "laion-clap",
    ),
    Entry("demucs", ("separate",), "ensemble.models.demucs:Demucs", ("torch", "demucs"), "htdemucs", "MIT", 1.5),
    Entry(
        "vampnet", ("inpaint", "vary"), "ensemble.models.vampnet:VampNet", ("torch", "vampnet"), "hugggof/vampnet",
        "CC-BY-NC-SA 4.0", 3.0, "vampnet",
    ),
    Entry(
        "lp-musiccaps", ("caption",), "ensemble.models.lp_musiccaps:LpMusicCaps", ("torch", "transformers"),
        "seungheondoh/lp-music-caps", "CC-BY-NC 4.0", 1.5,
    ),
    Entry(
        "captioner", ("caption",), "ensemble.models.captioner:Captioner", ("torch", "transformers"),
        "Qwen/Qwen2-Audio-7B-Instruct", "Apache-2.0 (see the checkpoint)", 17.0,
    ),
    Entry(
        "musicldm", ("generate",), "ensemble.models.musicldm:MusicLdm", ("torch", "diffusers"), "ucsd-reach/musicldm",
        "CC-BY-NC-SA 4.0", 4.0, note="mono at 16 kHz, 200 steps a take; deprecated in diffusers",
    ),
    Entry(
        "ace-step", ("generate", "continue", "rearrange", "inpaint", "vary", "separate"), "ensemble.models.ace_step:AceStep",
        ("torch", "diffusers"), "ACE-Step/acestep-v15-xl-turbo-diffusers", "MIT", 14.0,
        note="turbo weights make, continue, cover and repaint; separate needs ACE-Step/acestep-v15-xl-base-diffusers, with "
        "which add_track asks for the new part alone. Exercised with tiny random weights only",
    ),
)  # fmt: skip

MODELS: dict[str, Entry] = {entry.name: entry for entry in _ENTRIES}


def entry_of(name: str, *, field: str) -> Entry:
    """The entry of that name. Raises StrategyError, naming `field`, listing those there are."""
    try:
        return MODELS[name]
    except KeyError:
        raise StrategyError(f"there is no model {name!r}; there are {', '.join(MODELS)}", field=field) from None


def able(capability: Capability) -> Sequence[Entry]:
    """The models that can do `capability`, the primary one first."""
    return [entry for entry in _ENTRIES if capability in entry.capabilities]
