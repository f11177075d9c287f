"""What a conversation's MLflow run says: parameters, metrics by turn, the table of plans, the description.

Only what is listed here is logged. Nothing reads the environment.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from evaluation.conversation import Conversation, count, kept_verdicts, signature
from state.strategy import Strategy
from state.turn import TurnRecord

PLAN_COLUMNS = ("turn", "plan_signature", "step", "tool", "arguments", "status", "attempts", "backend", "seconds")
"""In this order MLflow's comparison of runs opens with each turn's plan signature, run beside run."""

STATUSES = ("done", "partial", "asked", "failed")

_DESCRIPTION_LIMIT = 6000
_VALUE_LIMIT = 500
_KEY_LIMIT = 250


def parameters(conversation: Conversation, environment: Mapping[str, str]) -> dict[str, str]:
    """Strategy (flat), seed, origin, environment, each ended turn's plan signature, and the strategy of a turn that had
    another one than the first."""
    session, ended = conversation.session, conversation.ended
    # As it was recorded: on other code the same strategy has another hash.
    kept = ended[0].strategy.hash if ended else session.strategy.hash
    found = {
        **strategy_parameters(session.strategy),
        "strategy.hash": kept,
        "seed": str(session.seed),
        **{f"environment.{name}": value for name, value in environment.items()},
    }
    if session.parent_session:
        found["forked_from"] = f"{session.parent_session}:{session.parent_turn}"
    for record in ended:
        found[f"turn_{record.turn:02d}.plan_signature"] = signature(record)
        if record.strategy.hash != kept:
            found[f"turn_{record.turn:02d}.strategy"] = f"{record.strategy.name} ({record.strategy.hash})"
    return {_key(name): _bounded(value) for name, value in found.items()}


def _key(name: str) -> str:
    """A name that MLflow takes; options of a planner from outside may be called anything."""
    return re.sub(r"[^A-Za-z0-9_./: -]", "_", name)[:_KEY_LIMIT]


def _bounded(value: str) -> str:
    """The value, or its beginning and a digest of the whole: two long prompts can still be told apart."""
    if len(value) <= _VALUE_LIMIT:
        return value
    mark = f" ... sha256 {hashlib.sha256(value.encode()).hexdigest()[:12]}"
    return value[: _VALUE_LIMIT - len(mark)] + mark


def strategy_parameters(strategy: Strategy) -> dict[str, str]:
    """Every field of the strategy under 'strategy.', nested ones with dots, and its hash."""
    flat: dict[str, str] = {"strategy.hash": strategy.hash}

    def visit(prefix: str, value: Any) -> None:
        if isinstance(value, dict) and value:
            for name, inner in value.items():
                visit(f"{prefix}.{name}", inner)
        elif isinstance(value, str):
            flat[prefix] = value
        else:
            flat[prefix] = json.dumps(value)

    visit("strategy", strategy.model_dump(mode="json", by_alias=True))
    return flat


def turn_metrics(record: TurnRecord) -> dict[str, float]:
    """Figures of one ended turn. Checks are those of the takes that were kept; `tool_calls` counts steps that ran."""
    kept = kept_verdicts(record)
    checks = [check for verdict in kept for check in verdict.checks]
    usage = record.usage
    figures: dict[str, float] = {
        "seconds": sum(usage.seconds.values()),
        "steps": len(record.plan),
        "tool_calls": sum(step.attempts > 0 for step in record.plan),
        "attempts": sum(step.attempts for step in record.plan),
        "attempts_failed": sum(not verdict.passed for verdict in record.verdicts),
        "checks_passed": count(checks, "passed"),
        "checks_failed": count(checks, "failed"),
        "checks_unmeasurable": count(checks, "unmeasurable"),
        "llm_calls": usage.llm_calls,
        "input_tokens": usage.input_tokens,
        "output_tokens": usage.output_tokens,
        "tokens": usage.input_tokens + usage.output_tokens,
        "tokens_estimated": usage.tokens_estimated,
        "planning_faults": sum(note.kind == "fault" for note in record.planning),
        **{f"status/{status}": record.status == status for status in STATUSES},
        **{f"seconds/{node}": seconds for node, seconds in usage.seconds.items()},
    }
    return {name: round(float(value), 6) for name, value in figures.items()}


def totals(records: Sequence[TurnRecord]) -> dict[str, float]:
    """Sums over the conversation under 'total/', and the number of turns of each status."""
    summed: dict[str, float] = {"total/turns": float(len(records))}
    for record in records:
        for name, value in turn_metrics(record).items():
            if not name.startswith("seconds/"):
                key = f"total/{name.removeprefix('status/')}"
                summed[key] = round(summed.get(key, 0.0) + value, 6)
    return summed


def plans_table(records: Sequence[TurnRecord]) -> dict[str, Any]:
    """Every step of every turn as a table {"columns", "data"}; a turn without steps has one row of step 0."""
    rows: list[list[Any]] = []
    for record in records:
        name = signature(record)
        rows += [
            [
                record.turn,
                name,
                index,
                step.tool,
                json.dumps(step.arguments, ensure_ascii=False, sort_keys=True),
                step.status,
                step.attempts,
                step.backend,
                round(step.seconds, 4),
            ]
            for index, step in enumerate(record.plan, 1)
        ]
        if not record.plan:
            rows.append([record.turn, name, 0, f"({name})", "{}", record.status, 0, "", 0.0])
    return {"columns": list(PLAN_COLUMNS), "data": rows}


def run_name(conversation: Conversation) -> str:
    """The session's title, else how it began, else its id."""
    first = " ".join(conversation.records[0].request.split()) if conversation.records else ""
    name = conversation.session.title or first or conversation.session.id
    return name if len(name) <= 60 else name[:57] + "..."


def description(conversation: Conversation) -> str:
    """The conversation in Markdown, for the run's page; cut in the middle if it is long."""
    lines = [
        f"**{record.turn}.** {_line(record.request)}  \n_{record.status}_: {_line(record.reply)}"
        for record in conversation.records
    ]
    hidden = 0
    while len(lines) > 3 and sum(map(len, lines)) > _DESCRIPTION_LIMIT:
        lines.pop(len(lines) // 2)
        hidden += 1
    if hidden:
        lines.insert(len(lines) // 2, f"... {hidden} more turns ...")
    return "\n\n".join(
        [*lines, "Listen: artifact `report.html`. Plans: artifact `plans.json`. Steps and checks: tab Traces."]
    )


def _line(text: str) -> str:
    """One paragraph of Markdown that shows `text` as it is: what people type is not markup."""
    flat = " ".join(text.split())
    flat = flat if len(flat) <= 600 else flat[:597] + "..."
    return re.sub(r"([\\`*_\[\]#|~])", r"\\\1", flat).replace("&", "&amp;").replace("<", "&lt;")
