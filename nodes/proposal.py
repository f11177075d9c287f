"""What a planner hands over, as a turn takes it: it can be kept, and what the planner says has an end."""

from __future__ import annotations

from typing import Any

from pydantic import ValidationError

from state.errors import PlannerError
from state.plan import Plan, PlanningNote
from state.text import LONGEST_SAID, brief, clean, cleaned, cut, quoted, unkept

_MOST_UNMET = 20


def taken(proposal: Any) -> Plan:
    """`proposal`, which may be of somebody's own planner, with every text clean and the planner's words cut.

    Raises PlannerError when it is no plan, or when arguments of a step cannot be kept.
    """
    if not isinstance(proposal, Plan):
        raise PlannerError(f"the planner returned no Plan, but {quoted(proposal)}")
    try:
        for number, step in enumerate(proposal.steps, start=1):
            if (unfit := unkept(cleaned(step.arguments))) is not None:
                raise PlannerError(
                    f"the arguments of step {number}, {cut(clean(step.tool))}, cannot be kept: one {unfit}"
                )
        content = cleaned(proposal.model_dump(warnings=False))
        # How a step went is the turn's to say.
        content["steps"] = [{name: step[name] for name in ("tool", "arguments")} for step in content["steps"]]
        return Plan.model_validate({**content, **_words(content)})
    except (ValidationError, ValueError, TypeError, AttributeError, RecursionError) as error:
        raise PlannerError(f"the planner returned a Plan that is none ({brief(str(error))})") from None


def note_of(kind: Any, name: str, detail: str) -> PlanningNote:
    """A planner's note on how its plan came to be, as it can be kept."""
    return PlanningNote(kind=kind, name=cut(clean(name)), detail=brief(detail))


def _words(content: dict[str, Any]) -> dict[str, Any]:
    said = {name: content[name] and cut(content[name], LONGEST_SAID) for name in ("answer", "question")}
    unmet = [brief(sentence) for sentence in content["unmet"]]
    more = [f"{len(unmet) - _MOST_UNMET} more parts were not reached."] if len(unmet) > _MOST_UNMET else []
    return {**said, "unmet": [*unmet[:_MOST_UNMET], *more]}
