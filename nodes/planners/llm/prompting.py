"""Prompts: a system text that stays the same for a whole conversation, then the blocks that vary.

The shipped texts are `prompts/NAME.VERSION.md`, their worked examples `prompts/NAME.examples.VERSION.md`.
"""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path

from ensemble.tools.registry import Toolbox
from nodes.planners.exchange import Message
from nodes.planners.llm.tool_text import signatures
from state.errors import StrategyError
from state.planning import PromptedChoice

_FOLDER = Path(__file__).parent / "prompts"
_VERSION = re.compile(r"[a-z0-9_]+")
_LIKE_A_VERSION = re.compile(r"[\w-]+(\.[\w-]+)*")
"""A prompt of one word is no prompt, but a version that may be mistyped."""
_FIRST = "v1"


class SystemText:
    """The constant half of a planner's prompts. Raises StrategyError where the strategy names a version that is not there."""

    def __init__(self, name: str, choice: PromptedChoice, *, own_text: bool = True, lists_tools: bool = True) -> None:
        """`own_text`: a text in the strategy takes the place of this prompt (not of a critic's). `lists_tools`: the tools
        stand in the text rather than beside it as functions."""
        version = _LIKE_A_VERSION.fullmatch(choice.prompt.strip()) is not None
        if not version and own_text:
            self._text = choice.prompt
        else:
            self._text = _shipped(name, choice.prompt if version else _FIRST)
        self._examples = ""
        if choice.examples:
            self._examples = _optional(f"{name}.examples.{choice.prompt if version else _FIRST}.md")
        self._lists_tools = lists_tools

    def message(self, tools: Toolbox) -> Message:
        """The system message with `tools` and the examples, where the text has {tools} and {examples}, else at its end."""
        text = self._text
        parts = {"{tools}": signatures(tools) if self._lists_tools else "", "{examples}": self._examples}
        missing = [part for marker, part in parts.items() if marker not in text and part]
        # One pass: what a part says is not looked through for markers.
        text = re.sub(r"\{tools\}|\{examples\}", lambda marker: parts[marker[0]], text)
        return Message(role="system", content="\n\n".join([text.strip(), *missing]).strip())


@lru_cache
def _shipped(name: str, version: str) -> str:
    path = _FOLDER / f"{name}.{version}.md"
    if _VERSION.fullmatch(version) is None or not path.is_file():
        versions = sorted(
            other.name.split(".")[1] for other in _FOLDER.glob(f"{name}.*.md") if other.name.count(".") == 2
        )
        raise StrategyError(
            f"there is no prompt {name}.{version}; there is {', '.join(versions)}, or give a text of your own",
            field="planner.prompt",
        )
    return path.read_text("utf-8").strip()


@lru_cache
def _optional(file: str) -> str:
    path = _FOLDER / file
    return path.read_text("utf-8").strip() if path.is_file() else ""
