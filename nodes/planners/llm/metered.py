"""The language model of one turn: counted, within the turn's budget, and kept with the turn."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from nodes.closing import seconds_spent
from nodes.planners.exchange import Answer, Prompt, Server, Unsupported, digest_of
from state.errors import SECONDS, BudgetSpent, Cancelled, ServerError, ServerTimeout
from state.exchanges import ExchangeStore
from state.planning import ModelChoice
from state.stored import known
from state.strategy import Budget

NO_USAGE: dict[str, Any] = {"llm_calls": 0, "input_tokens": 0, "output_tokens": 0, "tokens_estimated": False}

_PASSING = ("server", "budget")
"""Errors that were so then, and need not be so when the same is asked after a crash."""


class MeteredLlm:
    """Stands between planners and a server. `usage` counts on from what the turn has used already."""

    def __init__(
        self,
        server: Server,
        choice: ModelChoice,
        kept: ExchangeStore,
        *,
        session: str,
        turn: int,
        seed: int,
        usage: dict[str, Any],
        budget: Budget,
        spent_seconds: float,
        timeout_seconds: float,
        cancelled: Callable[[], bool],
    ) -> None:
        self.usage = dict(usage)
        self._server = server
        self._choice = choice
        self._kept = kept
        self._session = session
        self._turn = turn
        self._seed = seed
        self._budget = budget
        self._ends = time.time() + budget.seconds - spent_seconds
        self._timeout = timeout_seconds
        self._cancelled = cancelled

    def ask(self, prompt: Prompt) -> Answer:
        """See `nodes.planners.exchange.Llm`. An answer that is kept from before a crash is given again, not bought again."""
        if self._cancelled():
            raise Cancelled("stopped by the user")
        self._within_budget()
        number = self.usage["llm_calls"]
        final = self._final(prompt, number)
        written = final.model_dump_json()
        digest = digest_of(written)
        kept = self._kept.find(self._session, self._turn, number)
        if kept is not None and kept.digest == digest and kept.answer.get("error", {}).get("kind") not in _PASSING:
            said = kept.answer
        else:
            said = self._asked(final)
            self._kept.keep(self._session, self._turn, number, digest, written, said)
        self.usage["llm_calls"] += 1
        if "error" in said:
            raise why(said["error"])
        answer = known(Answer.model_validate, said, self._session)
        self.usage["input_tokens"] += answer.input_tokens
        self.usage["output_tokens"] += answer.output_tokens
        self.usage["tokens_estimated"] |= answer.estimated
        return answer

    def refused(self) -> list[Prompt]:
        """See `nodes.planners.exchange.Llm`."""
        found = self._kept.refused(self._session, self._turn, self.usage["llm_calls"])
        prompts = (known(Prompt.model_validate, prompt, self._session) for prompt in found)
        return [prompt for prompt in prompts if prompt.model == self._choice.model]

    def _asked(self, prompt: Prompt) -> dict[str, Any]:
        """What the server said, or why it said nothing, in the form in which it is kept."""
        left = max(0.1, self._ends - time.time())
        try:
            return self._server.complete(prompt, min(self._timeout, left)).model_dump(mode="json")
        except Unsupported as error:
            return {"error": {"kind": "unsupported", "message": str(error)}}
        except BudgetSpent as error:  # of a replay: it was so then
            return {"error": {"kind": "budget", "message": error.message}}
        except ServerError as error:
            if isinstance(error, ServerTimeout) and left <= self._timeout:  # it was the turn that had no more time
                return {"error": {"kind": "budget", "message": self._too_late()}}
            return {"error": {"kind": "server", "message": error.message}}

    def _final(self, prompt: Prompt, number: int) -> Prompt:
        """`prompt` with what the strategy says; a seed of its own for every call."""
        choice = self._choice
        return prompt.model_copy(
            update={
                "model": choice.model,
                "temperature": choice.temperature,
                "max_tokens": choice.max_tokens,
                "seed": (self._seed + number) % 2**31,
            }
        )

    def _within_budget(self) -> None:
        budget, usage = self._budget, self.usage
        if usage["llm_calls"] >= budget.llm_calls:
            calls = "call" if budget.llm_calls == 1 else "calls"
            raise BudgetSpent(f"The limit of {budget.llm_calls} language model {calls} a turn was reached.")
        if usage["input_tokens"] + usage["output_tokens"] >= budget.tokens:
            raise BudgetSpent(f"The limit of {budget.tokens} tokens a turn was reached.")
        if time.time() >= self._ends:
            raise BudgetSpent(self._too_late(), field=SECONDS)

    def _too_late(self) -> str:
        return seconds_spent(self._budget)


def why(error: dict[str, Any]) -> Exception:
    """The exception that a kept error stands for."""
    match error["kind"]:
        case "unsupported":
            return Unsupported(error["message"])
        case "budget":
            return BudgetSpent(error["message"], field=SECONDS)
    return ServerError(error["message"])
