"""The tables of a conversation's page: a turn's plan, what it changed, what was checked."""

from __future__ import annotations

import json
from collections.abc import Mapping
from html import escape

from evaluation.conversation import kept_verdicts, signature
from evaluation.difference import Difference, shown
from state.gat import GlobalAttributeTable, Stem
from state.turn import TurnRecord
from state.verdict import Verdict

_STATUS = {"done": "good", "passed": "good", "failed": "bad"}
_WORDS = {"awaiting_approval": "awaiting approval"}


def plan(record: TurnRecord) -> str:
    if not record.plan:
        return ""
    rows = "".join(
        f"<tr><td>{index}</td><td><code>{escape(step.tool)}</code></td><td>{_arguments(step.arguments)}</td>"
        f"<td>{pill(step.status)}</td><td class='number'>{step.attempts}</td><td>{escape(step.backend) or '-'}</td>"
        f"<td class='number'>{step.seconds:.2f} s</td></tr>"
        for index, step in enumerate(record.plan, 1)
    )
    return (
        f"<h3>Plan: {escape(signature(record))}</h3><div class='scroll'><table><thead><tr><th>Step</th><th>Tool</th>"
        "<th>Arguments</th><th>Status</th><th>Attempts</th><th>Played by</th><th>Time</th></tr></thead>"
        f"<tbody>{rows}</tbody></table></div>"
    )


def _arguments(arguments: Mapping[str, object]) -> str:
    pairs = (
        f"{escape(name)} = {escape(_value(value))}" for name, value in arguments.items() if value not in (None, [], "")
    )
    return "<br>".join(pairs) or "-"


def changes(found: Difference, before: GlobalAttributeTable | None, made: GlobalAttributeTable) -> str:
    rows = "".join(
        f"<tr><td>{escape(f'{change.stem}: ' if change.stem else '')}{escape(change.attribute.replace('_', ' '))}</td>"
        + (f"<td><del>{escape(change.before)}</del></td>" if before is not None else "")
        + f"<td>{escape(change.after)}</td><td class='small'>{escape(change.source)}</td></tr>"
        for change in found.changes
    )
    rows += "".join(
        f"<tr><td>{word} stem</td>"
        + (
            f"<td>{'<del>' + escape(stem.name) + '</del>' if word == 'removed' else '-'}</td>"
            if before is not None
            else ""
        )
        + f"<td>{'-' if word == 'removed' else escape(_stem(stem))}</td>"
        f"<td class='small'>{escape(stem.backend)}</td></tr>"
        for word, stems in (("added", found.added), ("removed", found.removed))
        for stem in stems
    )
    caption = f"Table: revision {before.revision} to {made.revision}" if before else f"Table: revision {made.revision}"
    columns = "<th>Before</th><th>After</th>" if before else "<th>Value</th>"
    untouched = (
        f'<p class="small">Untouched, by artifact id: {escape(", ".join(found.untouched))}.</p>'
        if found.untouched
        else ""
    )
    if found.empty:
        return f"<h3>{caption}</h3><p class='small'>Nothing but the mix differs.</p>{untouched}"
    return (
        f"<h3>{caption}</h3><div class='scroll'><table><thead><tr><th>Attribute</th>{columns}<th>Source</th></tr></thead>"
        f"<tbody>{rows}</tbody></table></div>{untouched}"
    )


def checks(record: TurnRecord) -> str:
    if not any(verdict.checks for verdict in record.verdicts):
        return ""
    kept = kept_verdicts(record)
    counts = {
        status: sum(check.status == status for verdict in kept for check in verdict.checks)
        for status in ("passed", "failed", "unmeasurable")
    }
    total = ", ".join(f"{number} {status}" for status, number in counts.items() if number) or "nothing was checked"
    unfolded = " open" if counts["failed"] else ""
    blocks = "".join(
        _verdict(verdict, record, verdict in kept and len(record.verdicts) > len(kept)) for verdict in record.verdicts
    )
    return f"<h3>Checks of what was kept</h3><details{unfolded}><summary>{escape(total)}</summary>{blocks}</details>"


def _verdict(verdict: Verdict, record: TurnRecord, mark_kept: bool) -> str:
    tool = record.plan[verdict.step].tool if verdict.step < len(record.plan) else "step"
    title = f"Step {verdict.step + 1} ({tool}), attempt {verdict.attempt}" + (", kept" if mark_kept else "")
    if verdict.clap is not None:
        title += f", scored {verdict.clap:.3f} by {verdict.scorer}"
    rows = "".join(
        f"<tr><td>{pill(check.status)}</td><td>{escape(check.name)}</td><td>{escape(_value(check.expected))}</td>"
        f"<td>{escape(_value(check.measured))}</td></tr>"
        for check in verdict.checks
    )
    if not rows:
        return f"<h3>{escape(title)}</h3><p class='small'>Nothing was checked.</p>"
    return (
        f"<h3>{escape(title)}</h3><div class='scroll'><table><thead><tr><th>Result</th><th>Check</th><th>Expected</th>"
        f"<th>Measured</th></tr></thead><tbody>{rows}</tbody></table></div>"
    )


def pill(status: str) -> str:
    return f'<span class="pill {_STATUS.get(status, "")}">{escape(_WORDS.get(status, status))}</span>'


def _stem(stem: Stem) -> str:
    return f"{stem.name}: {stem.instrument}, {shown('gain_db', stem.gain_db)}, pan {stem.pan:g}"


def _value(value: object) -> str:
    if value is None:
        return "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:.6g}"
    if isinstance(value, str):
        return value
    if isinstance(value, (list, tuple)) and all(isinstance(item, (str, int, float)) for item in value):
        return ", ".join(_value(item) for item in value)
    return json.dumps(value, ensure_ascii=False, default=str)
