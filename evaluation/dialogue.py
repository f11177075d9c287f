"""A dialogue file: the turns that `loopcopilot play` and studies hold with a strategy.

id: first-steps            # optional label
seed: 7                    # optional, 0 without it
strategy: best_of_three    # optional: a shipped name or a YAML file
turns:
  - text: a dusty hip hop loop, 86 bpm, G minor, keys, bass and drums
  - text: build something around this
    attach: drums.wav      # relative to this file
  - text: add a clarinet
    plan:                  # optional: what should be done, for the oracle; [] for nothing
      - {tool: add_track, arguments: {instrument: clarinet}}
"""

from __future__ import annotations

from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from state.documents import read
from state.errors import DialogueError
from state.planning import PlannedStep

MAX_TEXT = 10_000
"""Characters of one turn's text."""


class DialogueTurn(BaseModel):
    """What the user says in one turn, the audio file that goes with it, and the plan that it is expected to lead to."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    text: str = Field(max_length=MAX_TEXT)
    attach: Path | None = Field(None, strict=False, description="absolute after loading")
    plan: tuple[PlannedStep, ...] | None = Field(
        None, strict=False, description="the steps expected of this turn; empty: nothing should be done; null: not said"
    )

    @field_validator("text")
    @classmethod
    def _says_something(cls, value: str) -> str:
        if not value.strip():
            raise ValueError("must not be empty")
        return value


class Dialogue(BaseModel):
    """A whole dialogue. `id` is a label; playing always starts a new session."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    id: str = Field("", max_length=200)
    seed: int | None = Field(None, ge=0, lt=2**63)
    strategy: str | None = Field(None, description="a shipped strategy's name or a file, relative to the dialogue")
    turns: tuple[DialogueTurn, ...] = Field(strict=False, min_length=1)


_FORM = "a mapping with 'turns: [{text: ..., attach: optional path}]' and optionally id, seed, strategy"


def load(path: Path) -> Dialogue:
    """The dialogue in the YAML file `path`, its paths made absolute.

    Raises DialogueError naming the field, what was wrong and what would be right.
    """
    content = read(path, DialogueError, field="dialogue")
    if not isinstance(content, dict):
        raise DialogueError(f"{path} holds {_kind(content)}; it must hold {_FORM}", field="dialogue")
    try:
        dialogue = Dialogue.model_validate(content)
    except ValidationError as error:
        raise _explain(error) from None
    return _with_paths(dialogue, path.absolute().parent)


def _with_paths(dialogue: Dialogue, folder: Path) -> Dialogue:
    """Paths made absolute against `folder`; a missing attachment is refused before the first turn plays."""
    turns = []
    for index, turn in enumerate(dialogue.turns):
        attach = None if turn.attach is None else folder / turn.attach.expanduser()
        if attach is not None and not attach.is_file():
            raise DialogueError(
                f"there is no file {attach}; paths are relative to the dialogue's folder",
                field=f"turns[{index}].attach",
            )
        turns.append(turn.model_copy(update={"attach": attach}))
    strategy = dialogue.strategy
    if strategy is not None and (folder / strategy).is_file():
        strategy = str(folder / strategy)
    return dialogue.model_copy(update={"turns": tuple(turns), "strategy": strategy})


def _explain(error: ValidationError) -> DialogueError:
    first = error.errors()[0]
    field = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in first["loc"]).lstrip(".")
    kind, given = first["type"], first["input"]
    if kind == "extra_forbidden":
        allowed = "id, seed, strategy, turns"
        if field.startswith("turns["):
            allowed = "tool, arguments" if ".plan[" in field else "text, attach, plan"
        return DialogueError(f"there is no such field; the fields here are {allowed}", field=field)
    if kind == "missing":
        form = f"a step is {_STEP}" if ".plan[" in field else f"a dialogue is {_FORM}"
        return DialogueError(f"is missing; {form}", field=field)
    if field == "turns" and kind == "too_short":
        return DialogueError("is empty; at least one {text: ...} is needed", field=field)
    right = {
        "turns": "a list of {text: ..., attach: optional path}",
        "seed": "a whole number from 0 to 9223372036854775807",
        "id": "a label of at most 200 characters, in quotes if it is a number",
        "strategy": "a shipped strategy's name or the path of a strategy file",
    }.get(field.partition("[")[0], "")
    if field.endswith(".text"):
        right = f"what the user says, 1 to {MAX_TEXT} characters, in quotes if YAML reads it as a number or yes/no"
    elif ".plan" in field:
        right = _expected(field)
    elif field.endswith(".attach"):
        right = "the path of an audio file"
    elif field.startswith("turns["):
        right = "a mapping such as {text: add a clarinet}"
    return DialogueError(f"is {_kind(given)}; it must be {right}", field=field or "dialogue")


_STEP = "{tool: add_track, arguments: {instrument: clarinet}}"


def _expected(field: str) -> str:
    """What is right at `field` of an expected plan."""
    if field.endswith(".tool"):
        return "the name of a tool, such as add_track"
    if ".arguments" in field:
        return "a mapping of names to values such as {instrument: clarinet}"
    return f"a step such as {_STEP}" if field.endswith("]") else f"a list of steps such as [{_STEP}]"


def _kind(value: object) -> str:
    if value is None:
        return "empty"
    text = str(value)
    shown = text if len(text) <= 60 else text[:57] + "..."
    names = {bool: "yes/no", int: "the number", float: "the number", str: "the text", list: "a list", dict: "a mapping"}
    name = names.get(type(value), f"a {type(value).__name__}")
    return (
        name
        if isinstance(value, (list, dict, bool))
        else f"{name} {shown!r}"
        if isinstance(value, str)
        else f"{name} {shown}"
    )
