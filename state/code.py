"""Which code this is: a digest of every source and data file of this project's packages."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from pathlib import Path

OWN_FOLDERS = ("state", "ensemble", "nodes", "graph", "evaluation", "loopcopilot")
_OWN_FILES = {".py", ".yaml", ".md", ".html", ".txt", ".npz", ".onnx", ".json"}


@lru_cache(maxsize=1)
def code_hash() -> str:
    """16 hex digits over the name and content of every source and data file of this project's packages."""
    root = Path(__file__).resolve().parent.parent
    digest = hashlib.sha256()
    for folder in OWN_FOLDERS:
        for path in sorted((root / folder).rglob("*")):
            if path.suffix in _OWN_FILES and "__pycache__" not in path.parts and path.is_file():
                digest.update(path.relative_to(root).as_posix().encode() + b"\0")
                digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()[:16]
