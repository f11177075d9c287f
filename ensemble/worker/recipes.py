"""What each worker's environment is made of: versions that were found to work together, in the order of installing.

A step `exact` installs its packages without what they ask for: their own pins (an old torch, numpy 1) are what keeps them out
of one environment with us; what they truly need stands in the steps before.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Step:
    """One call of pip."""

    packages: tuple[str, ...]
    exact: bool = False
    """Without dependencies."""


@dataclass(frozen=True)
class Recipe:
    """One environment."""

    name: str
    steps: tuple[Step, ...]
    imports: tuple[str, ...]
    """Must be importable in the end; the last check of an installation."""
    size_gb: float
    """About, beside a CPU build of torch; a CUDA build adds 5 GB or so."""
    newest_python: tuple[int, int]
    """The newest Python for which all these versions have wheels; the oldest is our own, 3.11."""
    exercised: str
    """What was run of it where this project is developed."""
    mending: tuple[str, ...] = ()
    """Programs of ours that the environment's Python runs when all is installed, for what packages leave undone."""
    git: bool = False
    """Whether something comes from a Git repository."""


_TORCH = "torch==2.13.0"
_OURS = ("pydantic>=2.12,<3", "soxr>=1.0")
"""What our own side of an adapter imports."""

_TORCHAUDIO = """
import importlib.util, pathlib
spec = importlib.util.find_spec("torchaudio")
try:
    import torchaudio
except OSError:
    for library in (pathlib.Path(spec.origin).parent / "lib").glob("*.so"):
        library.unlink()
    print("mended: torchaudio: its compiled parts were built for another torch and are left out")
"""
"""PyPI's torchaudio is built against the CUDA torch and raises on import beside a CPU build; its Python parts work alone."""

_VAMPNET_DEFAULTS = """
import pathlib, sysconfig
path = pathlib.Path(sysconfig.get_paths()["purelib"]) / "DEFAULT_HF_MODEL_REPO"
path.write_text("hugggof/vampnet")
print("mended: vampnet: the file that it reads at import and that its package leaves out")
"""

_AUDIOCRAFT = Recipe(
    name="audiocraft",
    steps=(
        Step((_TORCH, "numpy>=2,<3", *_OURS, "transformers>=5,<6", "safetensors")),
        Step(
            (
                "av", "spacy>=3.8,<4", "num2words", "einops", "julius", "hydra-core>=1.3,<2", "hydra-colorlog",
                "torchmetrics", "sentencepiece", "submitit", "retrying", "soundfile>=0.13", "librosa>=0.11", "huggingface_hub", "protobuf", "demucs==4.1.0",
            )
        ),
        Step(
            (
                "xformers==0.0.35", "torchaudio==2.11.0", "flashy==0.0.2", "dora-search==0.1.13", "treetable==0.2.6",
                "audiocraft==1.3.0",
            ),
            exact=True,
        ),
    ),
    imports=("numpy", "audiocraft.models"),
    mending=(_TORCHAUDIO,),
    size_gb=1.9,
    newest_python=(3, 13),
    exercised="built and run with a tiny random model; real weights were not",
)  # fmt: skip

_LAION_CLAP = Recipe(
    name="laion-clap",
    steps=(
        Step((_TORCH, "numpy>=1.26,<2", *_OURS, "transformers>=5,<6", "safetensors")),
        Step(
            (
                "numpy>=1.26,<2", "librosa>=0.11", "soundfile>=0.13", "torchlibrosa", "ftfy", "braceexpand", "webdataset", "wget",
                "h5py", "pandas", "scikit-learn", "regex", "progressbar", "pillow",
            )
        ),
        # Without torchvision, which it imports and does not need to score.
        Step(("torchaudio==2.11.0", "laion-clap==1.1.7"), exact=True),
    ),
    # Not laion_clap itself, which asks the hub for three models as it is imported.
    mending=(_TORCHAUDIO,),
    imports=("numpy", "torchaudio", "transformers", "torchlibrosa", "webdataset", "h5py", "pandas"),
    size_gb=1.8,
    newest_python=(3, 12),
    exercised="built and run with a random model; real weights were not",
)  # fmt: skip

_UPSTREAM = "git+https://github.com/hugofloresgarcia"

_VAMPNET = Recipe(
    name="vampnet",
    steps=(
        Step((_TORCH, "numpy>=1.26,<2", *_OURS)),
        Step(
            (
                "numpy>=1.26,<2", "argbind", "importlib-resources", "pyloudnorm", "scipy", "julius", "ffmpy", "ipython", "rich",
                "matplotlib", "librosa>=0.11", "soundfile>=0.13", "pystoi", "torch_stoi", "flatten-dict", "markdown2",
                "randomname", "pytorch-ignite", "tensorboard", "tqdm", "einops", "loralib", "huggingface_hub",
            )
        ),
        # Without wavebeat (GPL-3, only for masks on beats) and gradio, which generating does not need.
        Step(
            (
                "torchaudio==2.11.0",
                f"descript-audiotools @ {_UPSTREAM}/audiotools@54eecf66f38af6a15bd8c42f44c9f3e1746892bb",
                f"lac @ {_UPSTREAM}/lac@7761206878d1fba79aad314a38f975e9589af0a4",
                f"vampnet @ {_UPSTREAM}/vampnet@72e2675790091fe28ecfd8391303a46b25a703db",
            ),
            exact=True,
        ),
    ),
    mending=(_TORCHAUDIO, _VAMPNET_DEFAULTS),
    imports=("numpy", "vampnet.interface"),
    size_gb=2.0,
    newest_python=(3, 12),
    exercised="built and run with a tiny random model; real weights were not",
    git=True,
)  # fmt: skip

RECIPES: Mapping[str, Recipe] = {recipe.name: recipe for recipe in (_AUDIOCRAFT, _LAION_CLAP, _VAMPNET)}
