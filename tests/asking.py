"""A planner from outside that asks a language model, and a model whose answers are written down beforehand."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from nodes.planners.exchange import Answer, Message, Prompt, Unsupported
from nodes.planners.planner import PlanRequest
from state.errors import ServerError
from state.plan import Plan, Step


class AskingPlanner:
    """Sends the request with what is known of the table and takes the answer's JSON as the plan; with `each`, one step at
    a time."""

    name = "asking"

    def __init__(self, each: bool = False, sees: bool = True) -> None:
        self.each = each
        self.sees = sees

    def plan(self, request: PlanRequest) -> Plan:
        assert request.llm is not None
        stems = request.gat.stem_names if request.gat else []
        known: dict[str, Any] = {"request": request.text, "done": [step.tool for step in request.steps]}
        if self.sees:
            known |= {
                "stems": stems,
                "said": list(request.notes),
                "uploads": [upload.name for upload in request.uploads],
                "past": [past.request for past in request.history],
            }
        system = Message(role="system", content="Plan the request.")
        prompt = Prompt(messages=(system, Message(role="user", content=json.dumps(known))))
        try:
            answer = request.llm.ask(prompt)
        except Unsupported as refused:
            request.note("form", "text", str(refused))
            answer = request.llm.ask(prompt)
        found = json.loads(answer.text)
        steps = [Step(tool=tool, arguments=arguments) for tool, arguments in found.get("steps", [])]
        return Plan(
            steps=steps,
            answer=found.get("answer"),
            question=found.get("question"),
            grounded=False,
            complete=not self.each or not steps,
        )


def said(*calls: tuple[str, dict[str, Any]], **more: Any) -> Answer:
    """A model's plan: 40 tokens in, 7 out."""
    return Answer(text=json.dumps({"steps": calls, **more}), input_tokens=40, output_tokens=7)


class ScriptedServer:
    """Gives its answers, or raises its errors, one after the other; raises when the script is exhausted."""

    def __init__(self, answers: Sequence[Answer | Unsupported | ServerError]) -> None:
        self.answers = list(answers)
        self.prompts: list[Prompt] = []

    def complete(self, prompt: Prompt, timeout_seconds: float) -> Answer:
        self.prompts.append(prompt)
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer
