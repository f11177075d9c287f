"""The first lines of a worker, run by the Python of its own environment: `python -I boot.py --name ... --adapter ...`.

That environment does not hold this project, and the folder that does may hold packages that fight the environment's own: so
only our own two packages that an adapter needs are taken from there, by path, and nothing is put on sys.path.
Standard output carries frames alone: whatever a library prints there is led to standard error.
"""

from __future__ import annotations

import os
import sys
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def take(package: str) -> None:
    """Import `package` from the project's folder."""
    if package in sys.modules:
        return
    folder = ROOT / package
    spec = spec_from_file_location(package, folder / "__init__.py", submodule_search_locations=[str(folder)])
    assert spec is not None
    assert spec.loader is not None
    sys.modules[package] = module_from_spec(spec)
    spec.loader.exec_module(sys.modules[package])


def main() -> None:
    frames_in, frames_out = os.dup(0), os.dup(1)
    nowhere = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nowhere, 0)
    os.dup2(2, 1)
    for package in ("state", "ensemble"):
        take(package)
    from ensemble.worker.serve import serve

    serve(sys.argv[1:], os.fdopen(frames_in, "rb"), os.fdopen(frames_out, "wb"))


if __name__ == "__main__":
    main()
