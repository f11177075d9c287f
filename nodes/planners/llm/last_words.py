"""What a model says to the user: neither a tool's call written as text nor a refusal passes for an answer."""

from __future__ import annotations

import re

from nodes.planners.llm.faults import Fault, declined
from state.text import ended, quoted

_CALL = re.compile(
    r"""^[ \t*\#>`-]*Action(?:[ ]Input)?[ \t*]*:          # the paper's format
    | </?\|?(?:tool|function|invoke|python)[_a-z]*\b      # the marks that models are trained on
    | \[TOOL_
    | \{\s*["'][^"'\n]{1,60}["']\s*:                      # a JSON object, whole or not
    | \b[a-z][a-z_]*\((?:\)|["'\[{]|\w+\s*=)              # as Python writes it
    """,
    re.MULTILINE | re.VERBOSE,
)

# A refusal turns down the request as a whole: it names nothing of the music. 'I cannot sing', 'I can't hear a clarinet' and
# 'I can't do that: there is no bass' say what is so, and what offers something else or asks is an answer, too.
_LEAD = (
    r"(?:(?:(?:i'm|i am) )?(?:(?:very|so|really|truly) )?(?:sorry|afraid)|i apologi[sz]e|(?:my )?apologies|unfortunately"
    r"|regrettably|no|as an ai(?: (?:language model|model|assistant))?)\W+(?:(?:but|that)\s+)?"
)
_CANNOT = (
    r"(?:(?:(?:i|we) )?(?:(?:simply|just) )?(?:can(?:not|'t| not)(?: and will not)?|could(?: not|n't)"
    r"|(?:will not|won't)(?: be able to)?|refuse to)"
    r"|(?:i(?:'m| am) |we(?:'re| are) )?(?:not able|unable|not allowed|not permitted) to|i (?:do not|don't) think i can)"
)
_REQUEST = (
    r"(?: you)?(?: (?:with|in|to))?(?: (?:that|this|it|such|your|any|the))?(?: (?:kind|type|sort) of)?"
    r"(?: (?:requests?|tasks?|questions?|instructions?))?"
)
_HELP = r"(?:help|assist|comply|fulfil|fulfill|engage)"
_DO = r"(?:do|continue|proceed|process|complete|carry out|provide|answer|perform|execute|discuss)"
_END = r"\s*(?:[.!\u2026]|$)"
_REFUSALS = (
    rf"{_CANNOT} {_HELP}{_REQUEST}{_END}",
    rf"{_CANNOT} {_DO}{_REQUEST}[.!\u2026\s]*$",
    rf"i (?:(?:must|have to|need to|will) )?(?:\w+ly )?decline(?: to {_HELP}| to {_DO})?{_REQUEST}{_END}",
    rf"(?:that|this|it)(?: is not|'s not| isn't) something (?:that )?i(?: can|(?:'m| am) able to) (?:{_HELP}|do)(?: you)?(?: with)?{_END}",
    rf"(?:that|this|it)(?: is|'s) something (?:that )?{_CANNOT} (?:{_HELP}|do)(?: you)?(?: with)?{_END}",
)
_REFUSAL = re.compile(rf"(?:{_LEAD}){{0,3}}(?:{'|'.join(_REFUSALS)})", re.IGNORECASE)
_POLICY = re.compile(
    r"\b(?:against|violat(?:es?|ing)|breach(?:es)?) (?:the )?(?:(?:my|our|openai's|content|usage|safety|ethical) ){1,3}"
    r"(?:guidelines?|polic(?:y|ies)|programming|principles)\b",
    re.IGNORECASE,
)
_LONGEST_LOOK = 2_000


def refuses(text: str) -> bool:
    """Whether a model's words turn the request down, as its `refusal` field would."""
    said = " ".join(text[:_LONGEST_LOOK].replace("\u2019", "'").split()).strip("\"'*")
    if said.endswith("?"):
        return False
    return _REFUSAL.match(said) is not None or _POLICY.search(said) is not None


def verify_words(text: str) -> None:
    """Raise Fault when `text`, which the user is to read, holds a tool's call."""
    call = _CALL.search(text)
    if call is not None:
        raise Fault(
            "invalid_tool_call",
            f"a call written as text, {quoted(text[call.start() :].strip(), 80)}, and nothing of it was carried out: call"
            " the tool in the form that you were told, or say what the user shall read in plain words",
        )


def answered(text: str) -> str:
    """`text` as an answer, its last sentence ended. Raises Fault when it is none."""
    verify_words(text)
    if refuses(text):
        raise declined(text)
    return ended(text)
