"""A turn as a tree of spans: the turn, its nodes, their steps and verdicts, with the seconds that were recorded.

Records hold each node's total seconds, not every visit's: nodes stand end to end in the order of the graph, steps end
to end inside `execute`, verdicts evenly inside `verify`, calls of a language model evenly inside `plan`. Lengths of nodes and steps are measured, places within the turn are not.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal

from evaluation.conversation import Span, signature
from state.exchanges import Exchange
from state.turn import TurnRecord

NODES = ("understand", "plan", "approve", "execute", "verify", "retry", "commit", "respond")

Kind = Literal["CHAIN", "AGENT", "TOOL", "EVALUATOR", "TASK", "CHAT_MODEL"]


@dataclass(frozen=True)
class TurnSpan:
    """One span. `key` is unique in its turn; `parent` is the key of the span that it lies in."""

    key: str
    parent: str | None
    name: str
    kind: Kind
    began: datetime
    ended: datetime
    inputs: Any = None
    outputs: Any = None
    failed: bool = False
    attributes: dict[str, Any] = field(default_factory=dict)


def trace_id(run_id: str, turn: int) -> str:
    """The id of a turn's trace, always the same, so that a trace sent twice is one: 'tr-' and 32 hex digits."""
    return "tr-" + _digest(run_id, str(turn))[:32]


def stored(span: TurnSpan, trace: str) -> dict[str, Any]:
    """The span as `mlflow.entities.Span.from_dict` reads it: ids in base64, times in nanoseconds, attributes as JSON
    texts. Equal spans have equal ids."""
    attributes = {
        "mlflow.traceRequestId": trace,
        "mlflow.spanType": span.kind,
        "mlflow.spanInputs": span.inputs,
        "mlflow.spanOutputs": span.outputs,
        **span.attributes,
    }
    return {
        "trace_id": _base64(trace.removeprefix("tr-")),
        "span_id": _base64(_digest(trace, span.key)[:16]),
        "parent_span_id": _base64(_digest(trace, span.parent)[:16]) if span.parent else None,
        "name": span.name,
        "start_time_unix_nano": round(span.began.timestamp() * 1e6) * 1000,
        "end_time_unix_nano": round(span.ended.timestamp() * 1e6) * 1000,
        "events": [],
        "links": [],
        "status": {"code": "STATUS_CODE_ERROR" if span.failed else "STATUS_CODE_OK", "message": ""},
        "attributes": {name: json.dumps(value) for name, value in attributes.items() if value is not None},
    }


def _base64(digits: str) -> str:
    return base64.b64encode(bytes.fromhex(digits)).decode("ascii")


def _digest(*parts: str) -> str:
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()


def turn_spans(record: TurnRecord, span: Span, calls: Sequence[Exchange] = ()) -> list[TurnSpan]:
    """The spans of one turn, the root first. `calls` are the turn's calls of a language model."""
    root = TurnSpan(
        key="turn",
        parent=None,
        name=f"turn {record.turn}",
        kind="AGENT",
        began=span.began,
        ended=span.ended,
        inputs={"request": record.request},
        outputs={
            "reply": record.reply,
            "status": record.status,
            "revision": record.gat.revision if record.gat else None,
        },
        failed=record.status == "failed",
        attributes={
            "session": record.session,
            "turn": record.turn,
            "plan_signature": signature(record),
            "strategy": f"{record.strategy.name} ({record.strategy.hash})",
            "seed": record.seed,
            "timing": "node totals, laid end to end",
        },
    )
    return [root, *_nodes(record, span, calls)]


def _nodes(record: TurnRecord, span: Span, calls: Sequence[Exchange]) -> Iterator[TurnSpan]:
    seconds = record.usage.seconds
    cursor = span.began
    for node in [*(name for name in NODES if name in seconds), *(name for name in seconds if name not in NODES)]:
        ended = min(cursor + timedelta(seconds=seconds[node]), span.ended)
        inputs, outputs = _words(node, record)
        yield TurnSpan(node, "turn", node, "TASK", cursor, ended, inputs, outputs)
        if node == "execute":
            yield from _steps(record, cursor, ended)
        elif node == "verify":
            yield from _verdicts(record, cursor, ended)
        elif node == "plan":
            yield from _calls(calls, cursor, ended)
        cursor = ended


def _calls(calls: Sequence[Exchange], began: datetime, ended: datetime) -> Iterator[TurnSpan]:
    share = (ended - began) / max(1, len(calls))
    for index, call in enumerate(calls):
        spent = (call.answer.get("input_tokens", 0), call.answer.get("output_tokens", 0))
        usage = dict(zip(("input_tokens", "output_tokens", "total_tokens"), (*spent, sum(spent)), strict=True))
        yield TurnSpan(
            key=f"call-{call.number}",
            parent="plan",
            name=f"call {call.number + 1}: {call.prompt.get('model') or 'language model'}",
            kind="CHAT_MODEL",
            began=began + index * share,
            ended=began + (index + 1) * share,
            inputs=call.prompt,
            outputs=call.answer,
            failed="error" in call.answer,
            attributes={"mlflow.chat.tokenUsage": usage},
        )


def _words(node: str, record: TurnRecord) -> tuple[Any, Any]:
    if node == "plan":
        plan = [{"tool": step.tool, "arguments": step.arguments} for step in record.plan]
        return {"request": record.request}, {"signature": signature(record), "plan": plan}
    if node == "commit":
        return None, {"revision": record.gat.revision if record.gat else None}
    if node == "respond":
        return None, {"reply": record.reply, "status": record.status}
    return None, None


def _steps(record: TurnRecord, began: datetime, ended: datetime) -> Iterator[TurnSpan]:
    cursor = began
    for index, step in enumerate(record.plan):
        if not step.attempts:
            continue
        until = min(cursor + timedelta(seconds=step.seconds), ended)
        yield TurnSpan(
            key=f"step-{index}",
            parent="execute",
            name=step.tool,
            kind="TOOL",
            began=cursor,
            ended=until,
            inputs=step.arguments,
            outputs={"status": step.status, "attempts": step.attempts, "backend": step.backend},
            failed=step.status == "failed",
            attributes={"step": index + 1},
        )
        cursor = until


def _verdicts(record: TurnRecord, began: datetime, ended: datetime) -> Iterator[TurnSpan]:
    share = (ended - began) / max(1, len(record.verdicts))
    for index, verdict in enumerate(record.verdicts):
        yield TurnSpan(
            key=f"verdict-{verdict.step}-{verdict.attempt}",
            parent="verify",
            name=f"step {verdict.step + 1}, attempt {verdict.attempt}: {'passed' if verdict.passed else 'failed'}",
            kind="EVALUATOR",
            began=began + index * share,
            ended=began + (index + 1) * share,
            inputs=[{"name": check.name, "expected": check.expected} for check in verdict.checks],
            outputs=[check.model_dump(mode="json") for check in verdict.checks],
            failed=not verdict.passed,
        )
