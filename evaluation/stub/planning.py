"""From a request to a plan: everything is decided by what the prompt shows."""

from __future__ import annotations

import re
from dataclasses import replace

from evaluation.stub.calls import Ask, Call, Reply, Unable
from evaluation.stub.clauses import clauses
from evaluation.stub.critic import judged
from evaluation.stub.dialect.arranging import instead
from evaluation.stub.dialect.asking import answer
from evaluation.stub.dialect.reader import Instruction, understood
from evaluation.stub.evidence import learned, mended, still_to_do
from evaluation.stub.offers import Offers
from evaluation.stub.request import Asked
from evaluation.stub.variants import varied
from evaluation.stub.world import World, seen


def decide(asked: Asked) -> Reply:
    """The reply to a prompt: a whole plan, or, where one action at a time is wanted, the next one."""
    world = learned(seen(asked), asked.error)
    try:
        if not asked.text:
            raise Ask("What would you like to hear?")
        reply = _planned(asked, world)
        _not_again(reply, asked.error)
    except Ask as question:
        reply = Reply(question=str(question))
    if asked.draft is not None:
        return judged(asked.draft, reply, world)
    if asked.form in ("react", "tools"):
        return _next_action(reply, asked)
    return reply


def _planned(asked: Asked, world: World) -> Reply:
    instructions, facts, unmet = _understood(asked.text, world, asked.offers)
    if not instructions and facts:
        return Reply(answer=" ".join(facts))
    rest, failed, failures = still_to_do(instructions, asked.steps)
    calls: list[Call] = []
    for position, instruction in enumerate(rest):
        try:
            call = varied(instruction.call(world, asked.offers), world, asked)
            again = failed is not None and position == 0
            made = mended(call, failed, failures, world, asked.offers) if again and failed else [call]
        except Unable as reason:
            unmet.append(str(reason))
            continue
        for call in made:
            calls.append(call)
            world = world.after(call)
    if calls:
        return Reply(tuple(calls), unmet=tuple(unmet))
    if unmet:
        raise Ask(f"{' '.join(unmet)} What shall I do instead?")
    return Reply(answer="That is done.")


def _understood(text: str, world: World, offers: Offers) -> tuple[list[Instruction], list[str], list[str]]:
    """The instructions that an offered tool may carry out, what needs no tool, and what cannot be reached."""
    instructions: list[Instruction] = []
    facts: list[str] = []
    unmet: list[str] = []
    parts = [part for clause in clauses(text) for part in instead(clause, offers)]
    for clause in parts:
        instruction = understood(clause)
        told = answer(clause, world, offers) if len(parts) == 1 or instruction is None else None
        if told is not None:
            facts.append(told)
        elif instruction is None:
            unmet.append(f"I did not understand '{clause}'.")
        elif not any(tool in offers for tool in instruction.tools):
            unmet.append(f"None of my tools can {instruction.tools[0].replace('_', ' ')}.")
        else:
            instructions.append(instruction)
    if not instructions and unmet:
        raise Ask(f"{' '.join(unmet)} What shall I do?")
    return instructions, facts, unmet


def _not_again(reply: Reply, error: str | None) -> None:
    """What was refused once is not proposed again: the reason is handed on as a question."""
    if error is None:
        return
    refused = re.findall(r"got (-?\d+(?:\.\d+)?|'[^']*')", error)
    given = {_shown(value) for call in reply.calls for value in call.arguments.values()}
    for value in refused:
        if value in given or value.removesuffix(".0") in given:
            raise Ask(f"{value} is not possible here: {error} What shall it be instead?")


def _shown(value: object) -> str:
    return f"{value:g}" if isinstance(value, (int, float)) else repr(value)


def _next_action(reply: Reply, asked: Asked) -> Reply:
    """The first of the calls; the last words, with what could not be reached, when none is left."""
    if reply.calls:
        return replace(reply, calls=reply.calls[:1], unmet=())
    done = [step.tool.replace("_", " ") for step in asked.steps if step.passed]
    if done and reply.answer:
        return Reply(answer=f"Done: {', '.join(done)}.")
    return reply
