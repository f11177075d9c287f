"""The language model of one turn: counted, within the turn's budget, and kept with the turn."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from nodes.planners.exchange import Answer, Prompt, Server, Unsupported
from state.errors import BudgetSpent, Cancelled, ServerError
from state.exchanges import Exchange, ExchangeStore
from state.planning import ModelChoice
from state.strategy import Budget

NO_USAGE: dict[str, Any] = {"llm_calls": 0, "input_tokens": 0, "output_tokens": 0, "tokens_estimated": False}


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
        started: float,
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
        self._ends = started + budget.seconds
        self._timeout = timeout_seconds
        self._cancelled = cancelled

    def ask(self, prompt: Prompt) -> Answer:
        """See `nodes.planners.exchange.Llm`. An answer that is kept from before a crash is given again, not bought again."""
        if self._cancelled():
            raise Cancelled("stopped by the user")
        self._within_budget()
        number = self.usage["llm_calls"]
        final = self._final(prompt, number)
        known = self._kept.find(self._session, self._turn, number)
        if known is not None and known.digest == final.digest and known.answer.get("error", {}).get("kind") != "server":
            said = known.answer
        else:
            said = self._asked(final)
            self._kept.keep(
                self._session, Exchange(self._turn, number, final.digest, final.model_dump(mode="json"), said)
            )
        self.usage["llm_calls"] += 1
        if "error" in said:
            kind = Unsupported if said["error"]["kind"] == "unsupported" else ServerError
            raise kind(said["error"]["message"])
        answer = Answer.model_validate(said)
        self.usage["input_tokens"] += answer.input_tokens
        self.usage["output_tokens"] += answer.output_tokens
        self.usage["tokens_estimated"] |= answer.estimated
        return answer

    def refused(self) -> list[Prompt]:
        """See `nodes.planners.exchange.Llm`."""
        found = self._kept.refused(self._session, self._turn, self.usage["llm_calls"])
        prompts = (Prompt.model_validate(prompt) for prompt in found)
        return [prompt for prompt in prompts if prompt.model == self._choice.model]

    def _asked(self, prompt: Prompt) -> dict[str, Any]:
        """What the server said, or why it said nothing, in the form in which it is kept."""
        left = max(0.1, self._ends - time.time())
        try:
            return self._server.complete(prompt, min(self._timeout, left)).model_dump(mode="json")
        except Unsupported as error:
            return {"error": {"kind": "unsupported", "message": str(error)}}
        except ServerError as error:
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
            raise BudgetSpent(f"The limit of {budget.llm_calls} language model calls a turn was reached.")
        if usage["input_tokens"] + usage["output_tokens"] >= budget.tokens:
            raise BudgetSpent(f"The limit of {budget.tokens} tokens a turn was reached.")
        if time.time() >= self._ends:
            raise BudgetSpent(f"The limit of {budget.seconds:g} seconds a turn was reached.")
