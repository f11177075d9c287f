"""A conversation with the planner on paper: every plan is foreseen by the real tools, nothing is played."""

from __future__ import annotations

from itertools import count

from rules_tables import FakeRevisions

from ensemble.band.band import BuiltInBand
from ensemble.tools.registry import parse
from ensemble.tools.tool import PENDING, Stage
from nodes.planners.planner import PastTurn, PlanRequest
from nodes.planners.rules.planner import RulesPlanner
from state.errors import Refusal
from state.gat import GlobalAttributeTable
from state.plan import Plan
from state.turn import TurnStatus


class Talk:
    """Turns in order; `plan` is the last one, `gat` the table after it. A tool's refusal becomes the plan's question."""

    def __init__(self) -> None:
        self.planner = RulesPlanner()
        self.revisions = FakeRevisions()
        self.history: list[PastTurn] = []
        self.takes = count(1)

    @property
    def gat(self) -> GlobalAttributeTable | None:
        line = self.revisions.lineage()
        return self.revisions.revision(line[0]) if line else None

    def say(self, text: str) -> Plan:
        plan = self.planner.plan(PlanRequest(text, self.gat, self.revisions, self.history))
        if plan.steps and not plan.question:
            try:
                self._carry_out(plan)
            except Refusal as refusal:
                plan = Plan(question=refusal.message)
        status: TurnStatus = "asked" if plan.question else "done"
        steps = () if plan.question else tuple(plan.steps)
        head = self.gat.revision if self.gat else None
        self.history.append(
            PastTurn(len(self.history) + 1, text, plan.question or plan.answer or "", status, steps, head)
        )
        return plan

    def _carry_out(self, plan: Plan) -> None:
        before = table = base = self.gat
        stage = Stage(store=None, band=BuiltInBand(), seed=7, revisions=self.revisions)  # type: ignore[arg-type]
        for step in plan.steps:
            tool, arguments = parse(step)
            table = tool.foresee(arguments, table, stage)
            if step.tool == "undo" and table is not None and len(plan.steps) == 1:
                self.revisions.head = table.revision
                return
            base = table if step.tool == "undo" else base
            table = self._taken(table)
        if table is None or table == before:
            return
        number = len(self.revisions.tables) + 1
        parent = base.revision if base else None
        self.revisions.tables.append(table.revised(revision=number, parent=parent))
        self.revisions.head = number

    def _taken(self, table: GlobalAttributeTable | None) -> GlobalAttributeTable | None:
        """Every take that was foreseen gets an id of its own, as a real one would."""
        if table is None:
            return None
        stems = tuple(
            stem.model_copy(update={"audio": f"take-{next(self.takes)}"}) if stem.audio == PENDING else stem
            for stem in table.stems
        )
        return table.revised(stems=stems)
