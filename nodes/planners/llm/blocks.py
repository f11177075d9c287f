"""The varying part of a prompt: what the planner may know of this turn, as blocks of JSON.

A block opens with <name> and closes with </name>, each on a line of its own. Everything between is JSON in which "<" is
written \\u003c and every line break is escaped, so no user's text, caption or file name can open or close a block.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from typing import Any

from nodes.planners.planner import PastTurn, PlanRequest
from state.gat import GlobalAttributeTable, Stem
from state.plan import Step
from state.take import Upload
from state.text import cut
from state.verdict import Verdict

_UNSAFE = re.compile("[<\x7f-\x9f\u2028\u2029\ud800-\udfff]")
"""What could be read as a block's border, as a line break, or cannot be sent as UTF-8."""

_LONGEST_PAST_REQUEST = 200
_LONGEST_PAST_REPLY = 200
_LONGEST_DEED = 60
_LONGEST_WORDS = 300
_MOST_REVISIONS = 20
_WHOLE = {"text_to_music", "impression_to_music", "drum_to_music", "rearrange", "upload"}
"""Tools that make all stems of a loop at once."""


_ALWAYS = {"bpm", "key", "stems", "revision", "revisions"}
"""Attributes that are told even where there is nothing to tell."""


def encoded(value: Any) -> str:
    """`value` as one line of JSON that is safe inside a block."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=str)
    return _UNSAFE.sub(lambda sign: f"\\u{ord(sign[0]):04x}", text)


def blocks(
    request: PlanRequest, *, sees_gat: bool, steps: bool = True, plan: Any = None, error: str | None = None
) -> str:
    """The blocks for `request` in their fixed order; a hidden or empty one is left out altogether.

    `plan` is another's plan that is to be judged, `error` what was wrong with the model's last answer.
    """
    made = [
        _block("history", [encoded(_past(turn)) for turn in request.history]),
        _block("table", [_table(request)] if sees_gat else []),
        _block("uploads", [encoded(upload) for upload in _uploads(request)]),
        _block("steps", [encoded(step) for step in observations(request)] if steps else []),
        _block("plan", [encoded(plan)] if plan is not None else []),
        _block("error", [encoded(error)] if error is not None else []),
        _block("request", [encoded(request.text)]),
    ]
    return "\n".join(block for block in made if block)


def error_block(error: str) -> str:
    """What was wrong with the model's last answer, by itself."""
    return _block("error", [encoded(error)])


def observations(request: PlanRequest) -> list[dict[str, Any]]:
    """This turn's steps that were played, with what listening found and, with the last one, what the tools said.

    A step that another plan took the place of counts as failed if it was played, else it is left out.
    """
    found = []
    for index, step in enumerate(request.steps):
        verdict = next((v for v in reversed(request.verdicts) if v.step == index), None)
        if step.status in ("passed", "failed"):
            status = step.status
        elif verdict is not None:
            status = "passed" if verdict.passed else "failed"
        else:
            continue
        found.append(_observation(step, status, verdict))
    if found:
        found[-1]["said"] = list(request.notes)
    return found


def _observation(step: Step, status: str, verdict: Verdict | None) -> dict[str, Any]:
    failed = [check for check in verdict.checks if check.status == "failed"] if verdict else []
    return {
        "tool": step.tool,
        "arguments": step.arguments,
        "status": status,
        "failed_checks": [{"check": c.name, "expected": c.expected, "measured": c.measured} for c in failed],
        "said": [],
    }


def _block(name: str, lines: Sequence[str]) -> str:
    return "\n".join([f"<{name}>", *lines, f"</{name}>"]) if lines else ""


def _past(turn: PastTurn) -> dict[str, Any]:
    """A turn in short; what was said only where a question was asked or nothing was to be done: deeds tell the rest."""
    did = [_deed(step) for step in turn.steps if step.status == "passed"]
    told = {"turn": turn.turn, "request": _cut(turn.request, _LONGEST_PAST_REQUEST), "did": did, "status": turn.status}
    if turn.status == "asked" or (not turn.steps and turn.status in ("done", "partial")):
        told["you_said"] = cut(turn.reply, _LONGEST_PAST_REPLY)  # a question stands at the end
    return told


def _deed(step: Step) -> str:
    """'add_track clarinet', 'change_speed bpm=100': the words by themselves, numbers with their name."""
    told = [_told(name, value) for name, value in step.arguments.items() if value not in (None, [], "")]
    return _cut(" ".join([step.tool, *told]), _LONGEST_DEED)


def _told(name: str, value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return ", ".join(value)
    return f"{name}={encoded(value)}"


def _table(request: PlanRequest) -> str:
    return "none" if request.gat is None else encoded(_attributes(request.gat, request.revisions.lineage()))


def _attributes(gat: GlobalAttributeTable, lineage: Sequence[int]) -> dict[str, Any]:
    made = {
        "bpm": _plain(gat.bpm),
        "key": gat.key,
        "time_signature": gat.time_signature,
        "bars": gat.bars,
        "duration_seconds": _plain(gat.duration_seconds),
        "genre": gat.genre,
        "mood": gat.mood,
        "chords": list(gat.chords),
        "stems": [_stem(stem) for stem in gat.stems],
        "mix_effects": _kinds(gat.mix_effects),
        "revision": gat.revision,
        "revisions": sorted(list(lineage[1:])[:_MOST_REVISIONS]),
    }
    return {name: value for name, value in made.items() if value is not None and (value or name in _ALWAYS)}


def _stem(stem: Stem) -> dict[str, Any]:
    """A stem; level, position, muting and effects only where they are not neutral, and its tool where it came by itself:
    what is usual would cost a third of the table."""
    more = {
        "gain_db": _plain(stem.gain_db),
        "pan": _plain(stem.pan),
        "muted": stem.muted,
        "effects": _kinds(stem.effects),
    }
    told: dict[str, Any] = {name: value for name, value in more.items() if value}
    if stem.tool not in _WHOLE:
        told["tool"] = stem.tool
    return {"name": stem.name, "instrument": stem.instrument, **told}


def _kinds(effects: Iterable[Any]) -> list[str]:
    return [effect.kind for effect in effects]


def _uploads(request: PlanRequest) -> list[dict[str, Any]]:
    fresh = len(request.uploads) - (request.attached if request.attached is not None else 0)
    return [_upload(upload, request.attached is not None and at >= fresh) for at, upload in enumerate(request.uploads)]


def _upload(upload: Upload, fresh: bool) -> dict[str, Any]:
    told: dict[str, Any] = {
        "name": upload.name,
        "kind": upload.instrument,
        "bpm": _plain(upload.bpm),
        "key": upload.key,
        "bars": upload.bars,
        "seconds": _plain(upload.duration_seconds),
    }
    if upload.words:
        told["a_model_says"] = _cut(upload.words, _LONGEST_WORDS)
    return {**told, "new": True} if fresh else told


def _plain(value: float | None) -> float | int | None:
    """Two decimals at most, none where they are zero."""
    if value is None:
        return None
    rounded = round(float(value), 2)
    return int(rounded) if rounded == int(rounded) else rounded


def _cut(text: str, longest: int) -> str:
    return text if len(text) <= longest else f"{text[: longest - 3]}..."
