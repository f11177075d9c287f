"""approve: show the plan to a person and wait, when the strategy asks for that."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from langgraph.runtime import Runtime
from langgraph.types import interrupt

from ensemble.tools.registry import Toolbox
from nodes.context import Context
from nodes.turn import TurnState, dump, steps_of
from nodes.wording import in_words
from state.errors import InputError
from state.plan import Step
from state.strategy import Strategy


def needs_approval(steps: list[Step], strategy: Strategy, tools: Toolbox, has_loop: bool) -> bool:
    """Whether a person must agree before `steps` run."""
    if not steps or strategy.approval == "never":
        return False
    if strategy.approval == "always":
        return True
    return has_loop and any(tools.get(step.tool).contract.destructive for step in steps)


def approve(state: TurnState, runtime: Runtime[Context]) -> dict[str, Any]:
    """Wait for a decision: {"decision": "accept"}, {"decision": "reject"}, or {"decision": "edit", "steps": [...]}.

    Edited steps were rehearsed by the conductor before they arrive here.
    """
    steps, tools = steps_of(state)[state["cursor"] :], runtime.context.tools
    answer = interrupt(
        {
            "steps": [
                {
                    "tool": step.tool,
                    "arguments": step.arguments,
                    "changes": tools.get(step.tool).contract.changes,
                    "preserves": tools.get(step.tool).contract.preserves,
                }
                for step in steps
            ]
        }
    )
    done = state["plan"][: state["cursor"]]
    if answer["decision"] == "reject":
        rejected = [dump(step.model_copy(update={"status": "skipped"})) for step in steps]
        kept = any(step["status"] == "passed" for step in done)
        told = f"Not done, as you said no: {'; '.join(map(in_words, steps))}." if kept else "Nothing was changed."
        return {
            "plan": [*done, *rejected],
            "outcome": "stopped",
            "plan_complete": True,
            "answers": [*state["answers"], told],
        }
    if answer["decision"] == "edit":
        return {"plan": [*done, *(dump(Step.model_validate(step)) for step in answer["steps"])]}
    return {}


def proposal(steps: Sequence[Step], tools: Toolbox, session: str, *, has_loop: bool) -> str:
    """The plan as a person is asked about it: a line for each step, and what it changes and preserves below it."""
    lines = [
        "Waiting for your yes to this:" if len(steps) == 1 else f"Waiting for your yes to these {len(steps)} steps:"
    ]
    for number, step in enumerate(steps, 1):
        contract = tools.get(step.tool).contract
        lines.append(f"{number}. {in_words(step)}")
        if not has_loop and number == 1:
            lines.append("   changes: there is no loop yet, this makes the first")
            continue
        undone = "; undo brings back what is lost" if contract.destructive else ""
        lines += [f"   changes: {contract.changes}{undone}", f"   keeps: {contract.preserves}"]
    return "\n".join([*lines, f"Answer: loopcopilot resume {session} --accept | --edit FILE | --reject"])


def edited_steps(items: Any) -> list[Step]:
    """A person's edited plan: a list of {"tool", "arguments"}; what a record holds of a step besides is of no account.

    Raises InputError that names the step and what is wrong with its form.
    """
    if not isinstance(items, list) or not items:
        raise InputError("an edited plan is a list of steps, each with 'tool' and 'arguments'", field="steps")
    steps: list[Step] = []
    for number, item in enumerate(items, 1):
        field = f"step {number}"
        if not isinstance(item, dict) or not isinstance(item.get("tool"), str):
            raise InputError("needs 'tool' (a name) and 'arguments' (a mapping)", field=field)
        if unknown := [str(name) for name in item if name not in Step.model_fields]:
            raise InputError(f"has no {unknown[0]!r}; a step has 'tool' and 'arguments'", field=field)
        arguments = item.get("arguments") or {}
        if not isinstance(arguments, dict) or not all(isinstance(name, str) for name in arguments):
            raise InputError(f"'arguments' is a mapping of names to values, got {arguments!r}", field=field)
        steps.append(Step(tool=item["tool"], arguments=arguments))
    return steps
