"""Steps that are one wish told twice, made one."""

from __future__ import annotations

from nodes.planners.rules.outcome import step
from state.plan import Step


def merged(steps: list[Step]) -> list[Step]:
    """Neighbouring removals as one, so that 'no drums, no bass' is one step."""
    found: list[Step] = []
    for made in steps:
        last = found[-1] if found else None
        if last is not None and last.tool == made.tool == "undo" and "revision" in made.arguments:
            found[-1] = made  # 'forget that, go back to the start'
            continue
        if (
            last is not None
            and made.tool in {"adjust_track", "vary"}
            and (made.tool, made.arguments) == (last.tool, last.arguments)
        ):
            continue  # 'softer and further back': one wish in two words
        if (
            last is not None
            and last.tool == made.tool == "vary"
            and not (set(last.arguments) | set(made.arguments)) - {"stems", "amount"}
            and last.arguments.get("stems") == made.arguments.get("stems")
        ):
            found[-1] = max(last, made, key=lambda varied: varied.arguments.get("amount", 0.5))
            continue  # 'mix it up, give me a variation'
        if (
            last is not None
            and last.tool == made.tool == "remove_track"
            and "keep" not in last.arguments
            and "keep" not in made.arguments
        ):
            names = dict.fromkeys([*last.arguments["stems"], *made.arguments["stems"]])
            found[-1] = step("remove_track", stems=list(names))
        else:
            found.append(made)
    return found
