"""Demucs 4.1 (Rouard, Massa, Défossez: Hybrid Transformers for Music Source Separation, ICASSP 2023): a mix to its sources.

Weights come as the model hub holds them: a yaml that names the models of a bag, and a safetensors file for each, whose
metadata says which class it is made with. The library's own loaders unpickle whatever they are given and import whatever
class a file names; here only Demucs' three classes are made, and a .th file is read as data alone (weights_only).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any, ClassVar

from ensemble.capabilities import Sheet, Sound, Work
from ensemble.models.audio import playable
from ensemble.models.base import Local, first_line, local_folder, wrong_weights
from ensemble.models.device import Placement
from state.errors import SetupError, ToolError

_FOUR = ("drums", "bass", "other", "vocals")
_KNOWN: dict[str, tuple[str, ...]] = {
    "htdemucs": _FOUR,
    "htdemucs_ft": _FOUR,
    "htdemucs_6s": (*_FOUR, "guitar", "piano"),
    "hdemucs_mmi": _FOUR,
}
"""What the published bags tell apart, known before they are loaded."""
_CLASSES = {"demucs.htdemucs.HTDemucs", "demucs.hdemucs.HDemucs", "demucs.demucs.Demucs"}
_LONGEST = 3600.0
_OVERLAP = 0.25


class Demucs(Local[Any]):
    """htdemucs, htdemucs_ft (four times the time), htdemucs_6s (guitar and piano as well), or a folder of that form.

    Nothing is drawn at random: the library's shift of up to half a second, which averages nothing when it is made once,
    is left out, so equal audio gives equal sources.
    """

    name = "demucs"
    right: ClassVar[str] = (
        "htdemucs, htdemucs_ft, htdemucs_6s, or a local folder with NAME.yaml (models: [...]) and a .safetensors or .th "
        "file for each of its models"
    )

    def __init__(self, weights: str, *, device: str = "auto", precision: str = "auto") -> None:
        """Its spectrogram is made in float32. Raises SetupError where another precision is asked for."""
        if precision not in ("auto", "float32"):
            raise SetupError(f"demucs computes in float32, not in {precision}; set auto", field="precision")
        super().__init__(weights, device=device, precision="float32")
        self._known = None if local_folder(weights) else _KNOWN.get(weights)

    @property
    def sources(self) -> tuple[str, ...]:
        """What it tells apart, in the model's order: by its name or as a folder's first file says, so that a plan can be
        checked before the weights are loaded; an older .th file must be loaded for it."""
        if self._known is None:
            folder = local_folder(self.weights)
            with self.opening():
                self._known = None if folder is None else _stated(folder)
        if self._known is None:
            with self.call() as bag:
                self._known = tuple(bag.sources)
        return self._known

    def separate(self, sound: Sound, work: Work) -> Mapping[str, Sound]:
        """Every source of `sound`, as long as it. `sound` as the sheet says."""
        import torch

        sheet = self.sheet
        if sound.rate != sheet.sample_rate or sound.samples.shape[0] != sheet.channels:
            raise ToolError(f"demucs takes {sheet.channels} channels at {sheet.sample_rate} Hz, got {sound}")
        with self.call() as bag:
            from demucs.apply import apply_model

            def step(info: dict[str, Any]) -> None:
                if info["state"] == "start":
                    part = info["segment_offset"] / max(1, sound.samples.shape[1])
                    share = min(1.0, (info["model_idx_in_bag"] + part) / info["models"])
                    work.report(f"separating: {share:.0%}")

            # As the library's Separator: the mono reference to zero mean and unit deviation, then back.
            mix = torch.from_numpy(playable(self.name, sound).samples)
            reference = mix.mean(0)
            middle, spread = reference.mean(), reference.std(correction=min(1, reference.numel() - 1)) + 1e-8
            made = apply_model(
                bag,
                ((mix - middle) / spread)[None],
                shifts=0,
                split=True,
                overlap=_OVERLAP,
                device=self.placement.device,
                callback=step,
            )
            sources = (made[0] * spread + middle).cpu().numpy()
        return {name: Sound(sources[index], sound.rate) for index, name in enumerate(bag.sources)}

    def _open(self, placement: Placement) -> Any:
        from demucs.apply import BagOfModels

        sheet, files = _files(self.weights)
        bag = _bag(sheet)
        models = [_model(files(str(name))) for name in bag["models"]]
        made = BagOfModels(models, bag.get("weights"), bag.get("segment"))
        return made.eval().to(placement.device)

    def _modules(self, loaded: Any) -> Iterable[Any]:
        return (loaded,)

    def _describe(self, loaded: Any) -> Sheet:
        return Sheet(loaded.samplerate, loaded.audio_channels, _LONGEST, deterministic=True, licence="MIT")


def _files(weights: str) -> tuple[Path, Callable[[str], Path]]:
    """The bag's yaml, and what finds the file of one of its models: in a local folder, else at the hub."""
    folder = local_folder(weights)
    if folder is not None:
        sheets = sorted(folder.glob("*.yaml")) if folder.is_dir() else []
        if len(sheets) != 1:
            raise ToolError(
                f"demucs finds {len(sheets) or 'no'} .yaml in {weights!r}; give {Demucs.right}", field="weights"
            )
        return sheets[0], lambda name: _local(folder, name)
    if weights not in _KNOWN:
        raise wrong_weights("demucs", weights, "there is no such folder here and no model of that name", Demucs.right)
    from demucs.hf import DEFAULT_NAMESPACE, hf_repo_name
    from huggingface_hub import hf_hub_download

    repository = f"{DEFAULT_NAMESPACE}/{hf_repo_name(weights)}"
    sheet = Path(hf_hub_download(repository, f"{weights}.yaml"))
    return sheet, lambda name: Path(hf_hub_download(repository, f"{name}.safetensors"))


def _bag(sheet: Path) -> dict[str, Any]:
    """What the bag's yaml says. Raises ToolError where it names no models."""
    import yaml

    try:
        bag = yaml.safe_load(sheet.read_text("utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise wrong_weights("demucs", str(sheet), f"it is no yaml ({first_line(error)})", Demucs.right) from error
    if not isinstance(bag, dict) or not isinstance(bag.get("models"), list) or not bag["models"]:
        raise wrong_weights("demucs", str(sheet), "it names no models", Demucs.right)
    return bag


def _stated(folder: Path) -> tuple[str, ...] | None:
    """The sources that the first safetensors file of a folder says it tells apart; None for a .th file.
    Raises ToolError where the folder is not as it should be."""
    sheet, files = _files(str(folder))
    path = files(str(_bag(sheet)["models"][0]))
    if path.suffix != ".safetensors":
        return None
    package = _read(path, lambda: _from_safetensors(path, with_state=False))
    found = package["kwargs"].get("sources") or (package["args"] or [None])[0]
    return tuple(str(source) for source in found) if isinstance(found, list) else None


def _local(folder: Path, name: str) -> Path:
    """The one file of model `name`; Demucs also writes NAME-CHECKSUM.th."""
    if Path(name).name != name:
        raise ToolError(f"demucs takes names of models, not {name!r}", field="weights")
    found = [path for ending in ("safetensors", "th") for path in sorted(folder.glob(f"{name}*.{ending}"))]
    for path in found:
        if path.stem == name or path.stem.rsplit("-", 1)[0] == name:
            return path
    raise ToolError(f"demucs finds no {name}.safetensors (nor .th) in {str(folder)!r}", field="weights")


def _model(path: Path) -> Any:
    """The model of one file."""
    from demucs.states import load_model

    return load_model(_read(path, lambda: _from_safetensors(path) if path.suffix == ".safetensors" else _from_th(path)))


def _read(path: Path, read: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """What `read` reads of `path`. Raises ToolError where it is truncated."""
    try:
        return read()
    except (ToolError, ImportError):
        raise
    except Exception as error:
        what = f"it is truncated or of another form ({first_line(error)})"
        raise wrong_weights("demucs", str(path), what, Demucs.right) from error


def _from_safetensors(path: Path, *, with_state: bool = True) -> dict[str, Any]:
    from safetensors import safe_open

    with safe_open(str(path), framework="pt") as file:
        metadata: dict[str, str] = file.metadata() or {}
        names = file.keys() if with_state else ()
        state = {name: file.get_tensor(name) for name in names}
    if "structure" in metadata:
        raise wrong_weights("demucs", str(path), "it is a quantised model", "one that is not, such as htdemucs")
    if not {"klass", "args", "kwargs"} <= set(metadata):
        raise wrong_weights("demucs", str(path), "its metadata does not say which model it is", Demucs.right)
    return {
        "klass": _class(metadata["klass"], path),
        "args": _decoded(json.loads(metadata["args"])),
        "kwargs": _decoded(json.loads(metadata["kwargs"])),
        "state": state,
    }


def _from_th(path: Path) -> dict[str, Any]:
    """A package of Demucs' older form, read without unpickling: only its classes and fractions are let through."""
    import torch

    allowed = [_class(name, path) for name in sorted(_CLASSES)]
    try:
        with torch.serialization.safe_globals([*allowed, Fraction]):
            package = torch.load(path, map_location="cpu", weights_only=True)
    except Exception as error:
        what = f"it is truncated, or holds more than weights and is not unpickled ({first_line(error)})"
        raise wrong_weights("demucs", str(path), what, Demucs.right) from error
    if not isinstance(package, dict) or package.get("klass") not in allowed:
        raise wrong_weights("demucs", str(path), "it holds no Demucs model", Demucs.right)
    return package


def _class(name: str, path: Path) -> Any:
    """One of Demucs' classes by its full name. A file names its class itself, so any other is refused unseen."""
    if name not in _CLASSES:
        raise wrong_weights(
            "demucs", str(path), f"it names the class {name!r}", f"one of {', '.join(sorted(_CLASSES))}"
        )
    from demucs.demucs import Demucs as Time
    from demucs.hdemucs import HDemucs
    from demucs.htdemucs import HTDemucs

    return {
        "demucs.htdemucs.HTDemucs": HTDemucs,
        "demucs.hdemucs.HDemucs": HDemucs,
        "demucs.demucs.Demucs": Time,
    }[name]


def _decoded(value: Any) -> Any:
    """Arguments as the hub's files hold them: JSON with fractions (the length of a segment) written out."""
    if isinstance(value, dict):
        if value.get("_type") == "fraction":
            return Fraction(int(value["numerator"]), int(value["denominator"]))
        return {key: _decoded(item) for key, item in value.items()}
    return [_decoded(item) for item in value] if isinstance(value, list) else value
