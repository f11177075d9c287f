"""`loopcopilot strategies`: what is shipped and how each differs from the default."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import click

from loopcopilot.cli import options

if TYPE_CHECKING:
    from state.strategy import Strategy


@click.command("strategies")
@click.argument("name", required=False, metavar="[NAME|FILE]")
@options.as_json
def command(name: str | None, as_json: bool) -> int:
    """List the shipped strategies and what each differs in, or print one whole.

    The hash is the one that records carry: it covers the code and the model that is set, too.
    """
    import yaml

    from loopcopilot.cli.terminal import tell, wrapped
    from state.strategy import shipped

    settings = options.settings_of(None)
    chosen = [options.strategy_of(name, settings)] if name else list(shipped().values())
    for strategy in (each.on(settings) for each in chosen):
        content = strategy.model_dump(mode="json", by_alias=True)
        about = _about(strategy.name) if name is None or name in shipped() else ""
        differs = _differences(strategy)
        if as_json:
            click.echo(json.dumps({"hash": strategy.hash, "about": about, "differs": differs, **content}))
        elif name:
            tell(f"# {about}\n# hash {strategy.hash}" if about else f"# hash {strategy.hash}")
            tell(yaml.safe_dump(content, sort_keys=False, allow_unicode=True, width=110), nl=False)
        else:
            tell(strategy.name, bold=True, nl=False)
            tell(f"  planner {strategy.planner.kind}  hash {strategy.hash}", fg="bright_black")
            told = ", ".join(f"{field} {_plain(value)}" for field, value in differs.items())
            for line in [*wrapped(about, "  "), *wrapped(f"differs in: {told or 'nothing, it is the default'}", "  ")]:
                tell(line)
    return 0


def _about(name: str) -> str:
    """What a shipped strategy is: the comment that its file begins with."""
    from state.strategy import SHIPPED_FOLDER

    first = (SHIPPED_FOLDER / f"{name}.yaml").read_text("utf-8").splitlines()[0]
    return first.removeprefix("#").strip()


def _differences(strategy: Strategy) -> dict[str, Any]:
    """Fields that are not as in the default strategy, flat; a planner's are compared with what its kind has of itself."""
    from pydantic import TypeAdapter

    from state.planning import PlannerChoice
    from state.strategy import Strategy

    found: dict[str, Any] = {}
    default = Strategy().model_dump(mode="json", by_alias=True)
    content = strategy.model_dump(mode="json", exclude={"name"}, by_alias=True)
    planner = content.pop("planner")
    while True:
        place = "planner" + ".planner" * sum(field.endswith(".kind") for field in found)
        found[f"{place}.kind"] = planner["kind"]
        required = {field: planner[field] for field in ("kind", "planner") if field in planner}
        usual = TypeAdapter[Any](PlannerChoice).validate_python(required).model_dump(mode="json")
        # The model is the settings' where the strategy names none: no difference between strategies.
        for field, value in planner.items():
            if field != "model":
                found |= _changed(f"{place}.{field}", value, usual[field])
        if "planner" not in planner:
            break
        planner = planner["planner"]
    if found["planner.kind"] == default["planner"]["kind"]:
        del found["planner.kind"]
    for field, value in content.items():
        found |= _changed(field, value, default[field])
    return found


def _changed(place: str, value: Any, usual: Any) -> dict[str, Any]:
    if isinstance(value, dict) and isinstance(usual, dict):
        changed: dict[str, Any] = {}
        for name, inner in value.items():
            changed |= _changed(f"{place}.{name}", inner, usual.get(name))
        return changed
    return {} if value == usual else {place: value}


def _plain(value: Any) -> str:
    """A value for people: lists are counted when they are long."""
    if isinstance(value, list) and len(value) > 4:
        return f"{len(value)} of them"
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
