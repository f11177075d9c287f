"""Scores the planner on the requests of data/requests.yaml."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import rules_tables
import yaml
from rules_tables import FakeRevisions
from rules_talk import Talk

from ensemble.band.instruments import resolve
from nodes.planners.rules.planner import RulesPlanner
from state.plan import Plan

DATA = Path(__file__).parent / "data"


@dataclass(frozen=True)
class Score:
    """Shares of right sequences and right attributes, and what went wrong."""

    requests: int
    right_sequences: int
    attributes: int
    right_attributes: int
    wrong: tuple[str, ...]

    @property
    def sequence(self) -> float:
        return self.right_sequences / self.requests

    @property
    def attribute(self) -> float:
        return self.right_attributes / self.attributes


def requests(name: str = "requests.yaml") -> list[dict[str, Any]]:
    loaded: list[dict[str, Any]] = yaml.safe_load((DATA / name).read_text("utf-8"))
    return loaded


def held_out(case: dict[str, Any]) -> bool:
    """A quarter of the requests, by a hash of the text."""
    return hashlib.sha256(case["text"].encode()).digest()[0] < 64


def score(cases: Iterable[dict[str, Any]]) -> Score:
    planner = RulesPlanner()
    total = right = attributes = right_attributes = 0
    wrong: list[str] = []
    for case in cases:
        situation = rules_tables.situation(case["table"])
        plan = planner.plan(situation.request(case["text"]))
        total += 1
        sequence = plan.signature in case["tools"] and bool(plan.steps or plan.answer or plan.question)
        right += sequence
        checks = [*_attributes(case, plan, situation), *_words(case, plan)]
        if not sequence:
            checks = [(name, False) for name in case.get("with", {})] + [
                (name, False) for name in ("unmet", "says") if name in case
            ]
            wrong.append(f"{case['text']!r} on {case['table']}: {_shown(plan)}, wanted {case['tools']}")
        attributes += len(checks)
        right_attributes += sum(good for _, good in checks)
        if sequence and not all(good for _, good in checks):
            wrong.append(
                f"{case['text']!r} on {case['table']}: {[n for n, good in checks if not good]} in {_shown(plan)}"
            )
    return Score(total, right, attributes, right_attributes, tuple(wrong))


def _shown(plan: Plan) -> str:
    if plan.steps and not plan.question:
        return "; ".join(f"{made.tool}{made.arguments}" for made in plan.steps) + (
            f" unmet {plan.unmet}" if plan.unmet else ""
        )
    return f"question: {plan.question}" if plan.question else f"answer: {plan.answer}"


def _attributes(case: dict[str, Any], plan: Plan, situation: rules_tables.Situation) -> list[tuple[str, bool]]:
    checks = []
    for path, wanted in case.get("with", {}).items():
        tool, name = path.split(".")
        arguments = next((made.arguments for made in plan.steps if made.tool == tool), None)
        if arguments is None:
            continue
        value = arguments.get(name)
        if path == "change_speed.factor" and value is None and situation.gat and situation.gat.bpm:
            value = arguments["bpm"] / situation.gat.bpm  # 'slower' becomes a whole number of bpm
        if name == "remaining":
            names = situation.gat.stem_names if situation.gat else []
            value = arguments.get("keep") or [stem for stem in names if stem not in arguments.get("stems", [])]
        if name == "genre" and isinstance(wanted, str):
            wanted = {"contains": wanted}  # 'deep house' is house; the table keeps the word asked for
        checks.append((path, agrees(value, wanted)))
    return checks


def _words(case: dict[str, Any], plan: Plan) -> list[tuple[str, bool]]:
    checks = []
    if "unmet" in case:
        checks.append(("unmet", case["unmet"] in " ".join(plan.unmet)))
    if "says" in case:
        checks.append(("says", case["says"] in f"{plan.answer} {plan.question}"))
    return checks


def agrees(value: Any, wanted: Any) -> bool:
    """Whether an argument is what a request wants; see the head of requests.yaml."""
    if not isinstance(wanted, dict):
        return bool(
            sorted(value or []) == sorted(wanted)
            if isinstance(wanted, list) and not _ordered(wanted)
            else value == wanted
        )
    tests = {
        "below": lambda w: value is not None and value < w,
        "above": lambda w: value is not None and value > w,
        "near": lambda w: value is not None and abs(value - w) < 0.011 * max(1, abs(w)),
        "any": lambda w: value in w,
        "contains": lambda w: w.lower() in str(value).lower(),
        "holds": lambda w: all(any(_same(str(item), str(held)) for held in value or []) for item in w),
        "empty": lambda w: not value,
        "count": lambda w: len(value or []) == w,
        "kinds": lambda w: [effect["kind"] for effect in value or [] if effect["kind"] in w] == w,
    }
    return all(bool(tests[name](want)) for name, want in wanted.items())


def _same(wanted: str, held: str) -> bool:
    """The word itself, or another word for the same stem."""
    one, other = resolve(wanted), resolve(held)
    return wanted in held or (one is not None and other is not None and one.stem == other.stem)


def _ordered(wanted: list[Any]) -> bool:
    return all(str(item)[:1].isupper() for item in wanted)


def score_talks(talks: Iterable[dict[str, Any]]) -> Score:
    """Like `score`, for conversations: every turn is planned on the table that the turns before left."""
    total = right = attributes = right_attributes = 0
    wrong: list[str] = []
    for talk in talks:
        spoken = Talk()
        for turn in talk["turns"]:
            before = rules_tables.Situation(FakeRevisions([spoken.gat] if spoken.gat else []))
            plan = spoken.say(turn["say"])
            good = plan.signature in turn["tools"]
            checks = [(name, good and ok) for name, ok in (*_attributes(turn, plan, before), *_words(turn, plan))]
            total, right, attributes = total + 1, right + good, attributes + len(checks)
            right_attributes += sum(ok for _, ok in checks)
            if not good or not all(ok for _, ok in checks):
                wrong.append(f"{talk['name']}: {turn['say']!r}: {_shown(plan)}, wanted {turn['tools']}")
    return Score(total, right, attributes, right_attributes, tuple(wrong))
