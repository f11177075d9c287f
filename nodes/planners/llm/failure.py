"""What went wrong between us and a language model's server, in one line that says what to do."""

from __future__ import annotations

from collections.abc import Iterable

from nodes.planners.llm.completion import NO_CHOICE, NoCompletion
from nodes.planners.llm.rejection import Rejection, clean, rejection


def rejected(error: Exception, secrets: Iterable[str]) -> Rejection | None:
    """The server's no that `error` carries; None when there was no answer at all."""
    import openai

    if isinstance(error, openai.APIStatusError):
        return rejection(error.status_code, error.body, error.message, secrets)
    if isinstance(error, NoCompletion) and error.body is not None:
        return rejection(200, error.body, str(error), secrets)
    return None


def timed_out(error: Exception) -> bool:
    """Whether there was no answer in time."""
    import openai

    return isinstance(error, openai.APITimeoutError)


def explained(
    error: Exception, *, server: str, model: str | None, timeout_seconds: float, secrets: Iterable[str]
) -> str:
    """One line: which server, what it said or did not say, what to do. It holds none of `secrets`."""
    import openai

    said = rejected(error, secrets)
    if said is not None:
        return f"{server} {_refused(said, model)}"
    if timed_out(error):
        return (
            f"{server} gave no answer within {timeout_seconds:.3g} s; LOOPCOPILOT_LLM_TIMEOUT and the strategy's"
            " budget.seconds say how long to wait"
        )
    if isinstance(error, openai.APIConnectionError):
        if _hung_up(error):
            return f"{server} closed the connection without an answer, or before it was whole: look at its log, or try again"
        return (
            f"{server} cannot be reached ({clean(_innermost(error), secrets)}): is it running, and is"
            " LOOPCOPILOT_LLM_BASE_URL its address?"
        )
    if str(error) == NO_CHOICE:
        return f"{server} answered with {NO_CHOICE}: try again, or use another model"
    what = str(error) if isinstance(error, NoCompletion) else f"something unreadable ({type(error).__name__}: {error})"
    return (
        f"{server} answered with {clean(what, secrets)}: does LOOPCOPILOT_LLM_BASE_URL lead to OpenAI's chat completions"
        " (most end in /v1)?"
    )


def _refused(said: Rejection, model: str | None) -> str:
    words = f"answered {said.status}: {said.words}" if said.status != 200 else f"reported an error: {said.words}"
    if said.too_long:
        return f"{words}; the prompt is longer than the model's context: lower the strategy's planner.history, or use another model"
    match said.status:
        case 401:
            return f"{words}; LOOPCOPILOT_LLM_API_KEY (or OPENAI_API_KEY) is missing or wrong"
        case 403:
            return f"{words}; the key in LOOPCOPILOT_LLM_API_KEY (or OPENAI_API_KEY) may not use the model {model!r}"
        case 404:
            return (
                f"{words}; is there a model {model!r} (LOOPCOPILOT_LLM_MODEL), and does LOOPCOPILOT_LLM_BASE_URL end where"
                " /chat/completions begins?"
            )
        case 402 | 429:
            return f"{words}; its limit is reached: wait, or look at the account"
        case status if status >= 500:
            return f"{words}; it failed by itself: look at its log, or try again"
    return words


def _hung_up(error: BaseException) -> bool:
    """Whether the server took the connection, and closed it before it had answered."""
    reason: BaseException | None = error
    while reason is not None:
        # By name: the client's HTTP library is its own affair, and has changed before.
        if type(reason).__name__ in ("RemoteProtocolError", "ReadError"):
            return True
        reason = reason.__cause__ or reason.__context__
    return False


def _innermost(error: BaseException) -> str:
    """The reason below the client's 'Connection error.'"""
    while (deeper := error.__cause__ or error.__context__) is not None:
        error = deeper
    return str(error) or type(error).__name__
