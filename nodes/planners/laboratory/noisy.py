"""Another planner's plans, spoilt at known, seeded rates: ground truth for everything that measures planning.

Each way of spoiling is drawn by itself, once a turn, from its own seed. What was done to which step is noted with the
turn's record as "spoilt"; where a plan offers nothing to spoil in that way (one step cannot change places), nothing is
done and nothing noted. Where a plan has fewer steps than errors, a later note is about what an earlier one left. Of a
planner that plans step by step the first answer of a turn is spoilt.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from random import Random
from typing import Any

from nodes.planners.laboratory.draws import STEM_FIELDS, Draws, schema_of
from nodes.planners.planner import Planner, PlanRequest
from state.errors import InputError
from state.plan import Plan, Step
from state.planning import Rates
from state.seeds import derived_seed

_NOT_THE_MUSIC = ("description", "inferred", "question")
"""Fields of ours that a tool's work hardly hangs on: another value there would be no mistake."""
_INVENTED = ("theremin", "kazoo", "bagpipe", "sitar", "tuba", "banjo", "ocarina", "steel drums")


class Noisy:
    """Errs on purpose. A spoilt plan may be impossible: the turn then asks or fails as any other."""

    def __init__(self, planner: Planner, rates: Rates) -> None:
        self.name = f"noisy {planner.name}"
        self._planner = planner
        self._rates = rates

    def plan(self, request: PlanRequest) -> Plan:
        """The other planner's plan, spoilt; an answer or a question is passed on as it is."""
        plan = self._planner.plan(request)
        if request.steps or not plan.steps or plan.question:
            return plan
        spoiling = _Spoiling(plan.steps, request)
        # A step is dropped last, so that every other way has the whole plan to choose from and keeps its rate.
        for name, spoil in (
            ("swapped_order", spoiling.swap),
            ("invented_stem", spoiling.invent_stem),
            ("wrong_argument", spoiling.change_argument),
            ("wrong_tool", spoiling.change_tool),
            ("drop_step", spoiling.drop),
        ):
            random = Random(derived_seed(request.seed, name))
            if random.random() < getattr(self._rates, name) and (detail := spoil(random)):
                request.note("spoilt", name, detail)
        return plan.model_copy(update={"steps": spoiling.steps})


class _Spoiling:
    """A plan's steps while they are spoilt. Every way takes a step that none took before, where there is one."""

    def __init__(self, steps: Sequence[Step], request: PlanRequest) -> None:
        self.steps = [step.model_copy(deep=True) for step in steps]
        self._request = request
        self._spoilt: list[bool] = [False] * len(self.steps)

    def swap(self, random: Random) -> str | None:
        """Two neighbours that differ change places."""
        pairs = [at for at in range(len(self.steps) - 1) if self.steps[at] != self.steps[at + 1]]
        if not pairs:
            return None
        at = random.choice(pairs)
        self.steps[at], self.steps[at + 1] = self.steps[at + 1], self.steps[at]
        return f"steps {at + 1} and {at + 2} changed places"

    def invent_stem(self, random: Random) -> str | None:
        """A step is given the name of a stem that the table has not."""
        return self._first(random, lambda at: self._invented(at, random))

    def change_argument(self, random: Random) -> str | None:
        """One argument of a step gets another value that its tool takes, at random."""
        return self._first(random, lambda at: self._argument(at, random))

    def change_tool(self, random: Random) -> str | None:
        """A step calls another tool, with arguments drawn at random: possible on the table where one is found."""
        return self._first(random, lambda at: self._tool(at, random))

    def drop(self, random: Random) -> str:
        """A step is left out."""
        at = self._order(random)[0]
        left = self.steps.pop(at)
        self._spoilt.pop(at)
        return f"step {at + 1}, {left.tool}, was left out"

    def _order(self, random: Random) -> list[int]:
        """The steps' places at random, those not spoilt yet first."""
        places = random.sample(range(len(self.steps)), len(self.steps))
        return sorted(places, key=lambda at: self._spoilt[at])

    def _first(self, random: Random, spoil: Callable[[int], str | None]) -> str | None:
        for at in self._order(random):
            if detail := spoil(at):
                self._spoilt[at] = True
                return f"step {at + 1}, {detail}"
        return None

    def _invented(self, at: int, random: Random) -> str | None:
        step = self.steps[at]
        properties = self._properties(step)
        fields = [field for field in STEM_FIELDS if field in properties]
        if not fields:
            return None
        # One that is given already: 'stems' and 'keep' together would be no call at all.
        field = next((field for field in fields if step.arguments.get(field)), fields[0])
        name = random.choice([word for word in _INVENTED if not self._is_known(word)] or list(_INVENTED))
        several = isinstance(step.arguments.get(field), list) or properties[field].get("type") == "array"
        self.steps[at] = _with(step, field, [name] if several else name)
        return f"{step.tool}: {field} became {name!r}"

    def _argument(self, at: int, random: Random) -> str | None:
        step = self.steps[at]
        if step.tool not in self._request.tools:
            return None
        tool = self._request.tools.get(step.tool)
        usable = [field for field in self._properties(step) if field not in _NOT_THE_MUSIC]
        taken = STEM_FIELDS if self._spoilt[at] else ()
        given = [field for field in usable if field in step.arguments and field not in taken]
        others = [field for field in usable if field not in step.arguments and field not in taken]
        draws = Draws(self._request, random)
        for field in (*_mixed(given, random), *_mixed(others, random)):
            value = draws.other(tool, field, step.arguments.get(field))
            changed = _with(step, field, value)
            if changed != step and self._means_something_else(step, changed):
                self.steps[at] = changed
                return f"{step.tool}: {field} was {step.arguments.get(field)!r} and became {value!r}"
        return None

    def _tool(self, at: int, random: Random) -> str | None:
        old = self.steps[at]

        def possible(step: Step) -> None:
            self._request.check([*self.steps[:at], step])

        others = [tool for tool in self._request.tools if tool.name != old.tool]
        draws = Draws(self._request, random)
        # Before an earlier step that is itself impossible no call is possible: any valid one will do then.
        drawn = draws.step(others, possible) or draws.step(others, lambda step: None)
        if drawn is None:
            return None
        self.steps[at] = drawn
        return f"{old.tool} became {drawn.tool}"

    def _means_something_else(self, old: Step, new: Step) -> bool:
        """Whether `new` is a valid call that asks for something else (a default that is written out does not)."""
        try:
            _, before = self._request.tools.parse(old)
        except InputError:
            before = None
        try:
            _, after = self._request.tools.parse(new)
        except InputError:
            return False
        return after != before

    def _properties(self, step: Step) -> dict[str, Any]:
        if step.tool not in self._request.tools:
            return {}
        properties: dict[str, Any] = schema_of(self._request.tools.get(step.tool)).get("properties", {})
        return properties

    def _is_known(self, word: str) -> bool:
        from ensemble.band.instruments import matches

        gat = self._request.gat
        return gat is not None and any(matches(word, stem.name, stem.instrument) for stem in gat.stems)


def _with(step: Step, field: str, value: Any) -> Step:
    return step.model_copy(update={"arguments": {**step.arguments, field: value}})


def _mixed(fields: Iterable[str], random: Random) -> list[str]:
    items = list(fields)
    return random.sample(items, len(items))
