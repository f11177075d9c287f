"""YAML as people write it: read safely, a repeated key refused, and what is wrong told with its line."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from state.errors import InputError
from state.text import quoted

_MERGE = "tag:yaml.org,2002:merge"
_LONGEST_KEY = 60


class _Repeated(Exception):
    """A mapping has a key twice."""


def read(path: Path, wrong: type[InputError], *, field: str) -> Any:
    """The content of the YAML or JSON file `path`. Raises `wrong`, at `field` and in one line, when it cannot be had."""
    import yaml

    try:
        return yaml.load(path.read_text("utf-8"), Loader=_loader())  # noqa: S506 - a safe loader
    except FileNotFoundError:
        raise wrong(f"there is no file {path}", field=field) from None
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        raise wrong(f"{path} cannot be read: {reason}", field=field) from None
    except _Repeated as error:
        raise wrong(f"{path} {error}", field=field) from None
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise wrong(f"{path} is not YAML: {_problem(error)}", field=field) from None


@cache
def _loader() -> Any:
    """yaml's own safe loader keeps the last of a key's values, so that a study would run on another value than it shows."""
    import yaml

    class Loader(yaml.SafeLoader):
        def compose_mapping_node(self, anchor: Any) -> Any:
            # Keys are compared as they are written: merging brings its own later, which may be overridden.
            node = super().compose_mapping_node(anchor)
            lines: dict[tuple[str, str], int] = {}
            for key, _ in node.value:
                if not isinstance(key, yaml.ScalarNode) or key.tag == _MERGE:
                    continue
                name, line = (key.tag, key.value), key.start_mark.line + 1
                if name in lines:
                    shown, first = quoted(key.value, _LONGEST_KEY), lines[name]
                    where = f"in line {line}, which line {first} has" if first < line else f"in line {line}"
                    raise _Repeated(f"repeats the key {shown} {where}; give it once")
                lines[name] = line
            return node

    return Loader


def _problem(error: Exception) -> str:
    mark = getattr(error, "problem_mark", None)
    problem = getattr(error, "problem", None) or (str(error).splitlines() or ["unreadable"])[0]
    return f"line {mark.line + 1}: {problem}" if mark is not None else str(problem)
