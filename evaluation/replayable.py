"""Whether a conversation can be replayed, and what one must know to judge how it came out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from state.errors import InputError
from state.sessions import SessionStore, TurnEntry
from state.turn import TurnRecord


def remarks(
    sessions: SessionStore, session: str, entries: Sequence[TurnEntry], records: Mapping[int, TurnRecord]
) -> list[str]:
    """A line each for players from outside, other code, limits of time, and a turn that is not ended.

    `entries` are the turns to be replayed, `records` theirs by turn. Raises InputError for a conversation with a planner
    that was handed over in Python: it cannot be had again.
    """
    stand_ins = sessions.interventions.stand_ins(session)
    for turn, stand_in in stand_ins.items():
        if stand_in.planner is not None:
            raise InputError(
                f"turn {turn} was conducted by a planner that was handed over in Python ({stand_in.planner}), which is not"
                " kept; name it in the strategy as 'module:attribute' to be able to replay",
                field="run",
            )
    found = []
    if bands := [turn for turn, stand_in in stand_ins.items() if stand_in.band is not None]:
        found.append(f"{_turns(bands)} had players that were handed over in Python; the built-in band plays here")
    hashes = {entry.turn: (records[entry.turn].strategy.hash, entry.strategy.hash) for entry in entries}
    same = {entry.turn for entry in entries if records[entry.turn].strategy.code == entry.strategy.code}
    if older := [turn for turn, (then, now) in hashes.items() if then != now and turn not in same]:
        then, now = hashes[older[0]]
        found.append(
            f"{_turns(older)}: strategy hash {then} was recorded, it is {now} here: the code, or what the strategy names"
            " from outside, has changed since"
        )
    if late := [turn for turn, record in records.items() if "seconds a turn was reached" in record.reply]:
        found.append(f"{_turns(late)} ended at the limit of seconds, which depends on the machine")
    opened = sessions.open_turn(session)
    if opened is not None and opened.status == "running":
        found.append(f"turn {opened.turn} is not ended and was left out")
    return found


def _turns(turns: Sequence[int]) -> str:
    return f"turn {turns[0]}" if len(turns) == 1 else f"turns {', '.join(map(str, turns))}"
