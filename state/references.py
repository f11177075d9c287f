"""What a strategy names from outside this project: 'module:attribute', or the name of an installed entry point.

Groups of entry points: loopcopilot.planners, loopcopilot.tools, loopcopilot.scorers, loopcopilot.graphs.
"""

from __future__ import annotations

import hashlib
import importlib
import re
import sys
import traceback
from functools import lru_cache
from importlib import import_module, metadata
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from state.errors import StrategyError

_REFERENCE = re.compile(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)*:[A-Za-z_]\w*(\.[A-Za-z_]\w*)*")


def is_reference(name: str) -> bool:
    """Whether `name` has the form 'module:attribute'."""
    return _REFERENCE.fullmatch(name) is not None


def located(name: str, kind: str) -> str | None:
    """'module:attribute' for a reference, or for an entry point of the group loopcopilot.`kind`; None for neither."""
    if is_reference(name):
        return name
    return _entry_point(name, kind, tuple(sys.path))


@lru_cache(maxsize=256)
def _entry_point(name: str, kind: str, path: tuple[str, ...]) -> str | None:
    """Looking through every installed package takes milliseconds; what is found depends on `path` alone."""
    found = metadata.entry_points(group=f"loopcopilot.{kind}", name=name)
    return next((point.value for point in found), None)


def load(name: str, kind: str, *, field: str) -> Any:
    """The object that `name` refers to. Raises StrategyError, naming `field`, when there is none."""
    place = located(name, kind)
    if place is None:
        raise StrategyError(
            f"{name!r} is neither shipped, nor 'module:attribute', nor an entry point of loopcopilot.{kind}",
            field=field,
        )
    module, _, attribute = place.partition(":")
    try:
        found: Any = import_module(module)
        for part in attribute.split("."):
            found = getattr(found, part)
    except (Exception, SystemExit) as error:  # noqa: BLE001 - importing runs code that is not ours, which may raise anything
        raise StrategyError(f"{name!r} cannot be imported: {in_one_line(error)}", field=field) from None
    return found


def in_one_line(error: BaseException) -> str:
    """What code that is not ours raised, and where: 'ValueError: no such thing (mine.py, line 12)'; no place where it is
    the import itself that failed."""
    said = " ".join(str(error).split())
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if not _imports(frame.filename)]
    place = f" ({Path(frames[-1].filename).name}, line {frames[-1].lineno})" if frames else ""
    return f"{type(error).__name__}{': ' if said else ''}{said[:500]}{place}"


def _imports(filename: str) -> bool:
    """Whether a frame is one of importing, Python's or ours, which says nothing to the one who named a part."""
    return filename.startswith("<frozen importlib") or filename in (importlib.__file__, __file__)


def source_digest(name: str, kind: str) -> str:
    """16 hex digits over the source file of what `name` refers to; 'absent' when it cannot be found."""
    place = located(name, kind)
    try:
        spec = find_spec(place.partition(":")[0]) if place else None
    except (ImportError, ValueError):
        spec = None
    if spec is None or spec.origin is None or not Path(spec.origin).is_file():
        return "absent"
    return hashlib.sha256(Path(spec.origin).read_bytes()).hexdigest()[:16]
