"""One rule for every seed, so that a conversation can be repeated sample for sample."""

from __future__ import annotations

import hashlib
import secrets


def take_seed(conversation_seed: int, turn: int, step: int, attempt: int, candidate: int) -> int:
    """The seed of one candidate take: a hash of where it stands, in 0..2**32-1."""
    return derived_seed(conversation_seed, turn, step, attempt, candidate)


def derived_seed(*parts: int | str) -> int:
    """A seed in 0..2**32-1 from any ordered parts; equal parts give equal seeds on every machine."""
    digest = hashlib.sha256("\x1f".join(str(part) for part in parts).encode()).digest()
    return int.from_bytes(digest[:4], "big")


def fresh_seed() -> int:
    """A conversation seed drawn at random, to be recorded."""
    return secrets.randbelow(2**31)
