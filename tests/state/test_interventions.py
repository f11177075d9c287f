from __future__ import annotations

import sqlite3
from contextlib import closing

from state.interventions import StandIn
from state.sessions import SessionStore
from state.settings import Settings
from state.strategy import Strategy

ACCEPT, REJECT = {"decision": "accept"}, {"decision": "reject"}


def test_decisions_come_back_in_the_order_of_their_plans_and_the_last_word_counts(settings: Settings) -> None:
    with closing(SessionStore(settings.database)) as store:
        store.interventions.decide("s", 2, 3, ACCEPT)
        store.interventions.decide("s", 2, 1, ACCEPT)
        store.interventions.decide("s", 2, 3, REJECT)
        store.interventions.decide("s", 1, 1, ACCEPT)
    with closing(SessionStore(settings.database)) as store:
        assert store.interventions.decisions("s", 2) == [ACCEPT, REJECT]
        assert store.interventions.decision("s", 2, 3) == REJECT
        assert store.interventions.decision("s", 2, 2) is None
        assert store.interventions.decisions("other", 2) == []


def test_a_home_made_before_they_were_kept_is_opened_and_takes_them(settings: Settings) -> None:
    with closing(SessionStore(settings.database)) as store:
        session = store.create(1, Strategy(), name="s").id
    with closing(sqlite3.connect(settings.database)) as db, db:
        for table in ("decisions", "stand_ins", "exchanges"):
            db.execute(f"DROP TABLE {table}")
    with closing(SessionStore(settings.database)) as store:
        assert store.interventions.decisions(session, 1) == []
        store.interventions.stand_in(session, 1, StandIn("mine", None))
        assert store.interventions.stand_ins(session) == {1: StandIn("mine", None)}


def test_turns_are_told_as_they_began(settings: Settings) -> None:
    with closing(SessionStore(settings.database)) as store:
        store.create(1, Strategy(), name="s")
        store.begin_turn("s", "hello", [("a.wav", "id.wav")], Strategy(candidates=2))
        (entry,) = store.entries("s")
        assert (entry.turn, entry.status, entry.request, entry.head_before) == (1, "running", "hello", None)
        assert (entry.attachments, entry.strategy.candidates) == ((("a.wav", "id.wav"),), 2)
        assert store.session_of_run("r") is None
        store.set_run_id("s", "r")
        assert store.session_of_run("r") == "s"
