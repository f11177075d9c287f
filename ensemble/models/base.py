"""What every adapter of a model in this process shares: loading on first use, unloading, clear errors, one call at a time.

An adapter subclasses Local and gives `_open` (load, return what was loaded), `_modules` (what of it holds weights) and
`_describe` (its sheet). Its calls run inside `with self.call() as loaded:`. Nothing heavy is imported before that.
"""

from __future__ import annotations

import gc
import threading
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path, PurePath
from typing import Any, ClassVar, Generic, TypeVar

from ensemble.capabilities import Sheet
from ensemble.models.device import Placement, place
from state.errors import Cancelled, LoopCopilotError, ModelUnavailable, SetupError, ToolError

Loaded = TypeVar("Loaded")
"""What `_open` returns: the model and what it needs beside."""

INSTALL = 'pip install "loopcopilot[models]"'


class Local(ABC, Generic[Loaded]):
    """A model loaded into this process."""

    name: str = ""
    """As the registry calls it."""
    right: ClassVar[str] = "a local folder as save_pretrained writes it, or a model's name at the Hugging Face hub"
    """What `weights` may be, to be said when they are wrong."""

    def __init__(self, weights: str, *, device: str = "auto", precision: str = "auto") -> None:
        self._seated = weights
        # Libraries take "~/weights" for a name at a hub.
        self.weights = str(Path(weights).expanduser()) if weights.startswith("~") else weights
        self.make_room: Callable[[], None] = lambda: None
        self.cancelled: Callable[[], bool] = lambda: False
        self._asked = (device, precision)
        self._lock = threading.RLock()
        self._placement: Placement | None = None
        self._loaded: Loaded | None = None
        self._sheet: Sheet | None = None
        self._memory = 0

    @abstractmethod
    def _open(self, placement: Placement) -> Loaded:
        """Load `self.weights` onto the placement. May raise anything: `load` says it in one line."""

    @abstractmethod
    def _modules(self, loaded: Loaded) -> Iterable[Any]:
        """The torch modules that hold the weights."""

    @abstractmethod
    def _describe(self, loaded: Loaded) -> Sheet:
        """What the loaded weights state of themselves."""

    @property
    def sheet(self) -> Sheet:
        with self._lock:
            self.load()
            assert self._sheet is not None
            return self._sheet

    @property
    def memory_bytes(self) -> int:
        return self._memory

    @property
    def device(self) -> str:
        """'cpu float32' once it is loaded; before, what was asked for."""
        return " ".join(self._asked) if self._placement is None else str(self._placement)

    def load(self) -> None:
        with self._lock:
            if self._loaded is not None:
                return
            if self.cancelled():  # once begun it cannot be broken off
                raise Cancelled("stopped by the user")
            self.make_room()
            with self.opening():
                placement = place(*self._asked)
                loaded = self._open(placement)
                sheet = self._describe(loaded)
            self._placement, self._loaded, self._sheet = placement, loaded, sheet
            self._memory = sum(_bytes_of(module) for module in self._modules(loaded))

    def unload(self) -> None:
        with self._lock:
            if self._loaded is None:
                return
            self._loaded, self._memory = None, 0
            gc.collect()
            if self._placement is not None and self._placement.device.startswith("cuda"):
                import torch

                torch.cuda.empty_cache()

    @contextmanager
    def call(self) -> Iterator[Loaded]:
        """What was loaded, for one call; a second thread waits. Gradients are off. A library's error becomes a ToolError of
        one line; our own pass."""
        with self._lock:
            self.load()
            assert self._loaded is not None
            import torch

            with _one_line_at_calling(self.name, self.device), torch.inference_mode():
                yield self._loaded

    @contextmanager
    def opening(self) -> Iterator[None]:
        """Where weights are read: what a library raises becomes an error of one line; our own pass."""
        try:
            with _one_line_at_loading(self.name, self.weights, self.right):
                self._check_there()
                yield
        except ModelUnavailable as failure:
            # It names the part and the file that are wrong; who is seated with what is known by the seat's own words.
            failure.model, failure.weights = self.name, self._seated
            raise

    def check_length(self, seconds: float) -> None:
        """Raise ToolError for what one call cannot make."""
        longest = self.sheet.longest_seconds
        if not 0 < seconds <= longest:
            raise ToolError(f"{self.name} makes up to {longest:g} s at once, not {seconds:g} s")

    def _check_there(self) -> None:
        """Raise ToolError where the weights are a path, and nothing lies there: a hub's name is OWNER/NAME at most."""
        path = PurePath(self.weights)
        is_path = path.is_absolute() or self.weights.startswith(".") or len(path.parts) > 2
        if is_path and local_folder(self.weights) is None:
            raise wrong_weights(self.name, self.weights, "there is no such file or folder", self.right)

    @property
    def placement(self) -> Placement:
        """Where it was loaded. Only after loading."""
        assert self._placement is not None
        return self._placement


def local_folder(weights: str) -> Path | None:
    """The folder or file that `weights` names here; None where it is a name at a hub."""
    path = Path(weights).expanduser()
    return path if path.exists() else None


def wrong_weights(name: str, weights: str, what: str, right: str) -> ToolError:
    """`what` is wrong with them, `right` is what would do."""
    message = f"{name} cannot use the weights {weights!r}: {what}; give {right}"
    return ModelUnavailable(message, field="weights", model=name, weights=weights)


def complete(name: str, weights: str, info: dict[str, Any], *, right: str) -> None:
    """Raise ToolError where transformers had to invent weights: `info` is what from_pretrained(output_loading_info=True)
    returns beside the model. Left alone it would warn and play random weights."""
    lacking = sorted(info.get("missing_keys", ()))
    wrong = sorted(str(entry[0]) for entry in info.get("mismatched_keys", ()))
    if wrong:
        raise wrong_weights(name, weights, f"{len(wrong)} tensors have another shape, such as {wrong[0]}", right)
    if lacking:
        raise wrong_weights(name, weights, f"{len(lacking)} tensors are missing, such as {lacking[0]}", right)


def quiet() -> None:
    """No bars and no advice from transformers: standard error is for our own lines."""
    from transformers.utils import logging

    logging.set_verbosity_error()
    logging.disable_progress_bar()


def first_line(error: BaseException) -> str:
    """What a library's error says, in one line of at most 200 characters."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return (lines[0] if lines else type(error).__name__)[:200].rstrip(".;: ")


def _bytes_of(module: Any) -> int:
    tensors = [*module.parameters(), *module.buffers()]
    return sum(tensor.numel() * tensor.element_size() for tensor in tensors)


@contextmanager
def _one_line_at_loading(name: str, weights: str, right: str) -> Iterator[None]:
    try:
        yield
    except LoopCopilotError:
        raise
    except ImportError as error:
        raise SetupError(f"{name} needs a package that is not here ({first_line(error)}): {INSTALL}") from error
    except (MemoryError, RuntimeError) as error:
        if _out_of_memory(error):
            message = f"there is not memory enough to load {name} from {weights!r}; {_LESS}"
            raise ModelUnavailable(message, field="weights", model=name, weights=weights) from error
        raise wrong_weights(name, weights, first_line(error), right) from error
    except Exception as error:
        here = local_folder(weights) is not None
        what = (
            first_line(error) if here else f"they are no file here and cannot be had from a hub ({first_line(error)})"
        )
        raise wrong_weights(name, weights, what, right) from error


@contextmanager
def _one_line_at_calling(name: str, device: str) -> Iterator[None]:
    try:
        yield
    except LoopCopilotError:
        raise
    except Exception as error:
        if _out_of_memory(error):
            raise ToolError(f"{name} ran out of memory on {device}; {_LESS}") from error
        raise ToolError(f"{name} failed: {first_line(error)}") from error


_LESS = "take smaller weights, fewer candidates, another device, or set LOOPCOPILOT_MODEL_MEMORY_GB"


def _out_of_memory(error: BaseException) -> bool:
    """torch.OutOfMemoryError is a RuntimeError; the CPU's allocator raises a plain one."""
    return isinstance(error, MemoryError) or "out of memory" in str(error) or "not enough memory" in str(error)
