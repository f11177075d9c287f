from __future__ import annotations

from pathlib import Path

import pytest

from state.errors import InputError
from state.gat import GlobalAttributeTable, Stem
from state.sessions import SessionStore
from state.strategy import Strategy
from state.turn import StrategyName, TurnRecord, TurnStatus


@pytest.fixture
def store(tmp_path: Path) -> SessionStore:
    return SessionStore(tmp_path / "sessions.sqlite")


def table(bpm: float = 100.0, **more: object) -> GlobalAttributeTable:
    stem = Stem(name="bass", instrument="acoustic bass", audio="a.wav", tool="text_to_music", seed=1, backend="band")
    return GlobalAttributeTable.model_validate(
        {"revision": 1, "bpm": bpm, "bars": 4, "duration_seconds": 960 / bpm, "stems": (stem,), "mix": "m.wav", **more}
    )


def record(session: str, turn: int, gat: GlobalAttributeTable | None, status: TurnStatus = "done") -> TurnRecord:
    name = StrategyName(name="default", hash="0")
    return TurnRecord(session=session, turn=turn, request="r", reply="a", seed=0, strategy=name, status=status, gat=gat)


def turn(store: SessionStore, session: str, draft: GlobalAttributeTable) -> GlobalAttributeTable:
    number = store.begin_turn(session, "request")
    committed = store.commit(session, number, draft)
    store.finish_turn(record(session, number, committed))
    return committed


def test_revisions_are_numbered_from_one_and_know_their_parent(store: SessionStore) -> None:
    session = store.create(0, Strategy()).id
    first = turn(store, session, table(100))
    second = turn(store, session, first.revised(bpm=110, duration_seconds=8.7))
    assert (first.revision, first.parent) == (1, None)
    assert (second.revision, second.parent) == (2, 1)
    assert store.get(session).head == 2
    assert store.revision(session, 1) == first


def test_after_an_undo_the_next_revision_takes_the_next_number_and_the_head_as_parent(store: SessionStore) -> None:
    session = store.create(0, Strategy()).id
    first = turn(store, session, table(100))
    turn(store, session, first.revised(bpm=110))
    back = turn(store, session, first)
    assert back == first
    assert store.get(session).head == 1
    third = turn(store, session, back.revised(bpm=120))
    assert (third.revision, third.parent) == (3, 1)
    assert store.lineage(session) == [3, 1]
    assert len(store.revisions(session)) == 3


def test_committing_a_turn_twice_gives_one_revision(store: SessionStore) -> None:
    session = store.create(0, Strategy()).id
    number = store.begin_turn(session, "request")
    first = store.commit(session, number, table(100))
    again = store.commit(session, number, table(100))
    assert first == again
    assert len(store.revisions(session)) == 1


def test_a_turn_that_did_not_end_is_found_by_another_process(store: SessionStore, tmp_path: Path) -> None:
    session = store.create(0, Strategy()).id
    store.begin_turn(session, "half done", [("loop.wav", "id.wav")])
    opened = SessionStore(tmp_path / "sessions.sqlite").open_turn(session)
    assert opened is not None
    assert (opened.turn, opened.status, opened.request) == (1, "running", "half done")
    assert opened.attachments == (("loop.wav", "id.wav"),)


def test_a_fork_shares_the_past_and_nothing_after_it(store: SessionStore) -> None:
    origin = store.create(42, Strategy()).id
    first = turn(store, origin, table(100))
    second = turn(store, origin, first.revised(bpm=110))
    turn(store, origin, second.revised(bpm=120))
    fork = store.fork(origin, 2)
    assert fork.seed == 42
    assert (fork.parent_session, fork.parent_turn, fork.head) == (origin, 2, 2)
    assert [item.session for item in store.records(fork.id)] == [fork.id, fork.id]
    grown = turn(store, fork.id, second.revised(bpm=90))
    assert grown.revision == 3
    assert store.revision(origin, 3) != grown
    assert store.get(origin).head == 3


def test_a_fork_of_a_turn_that_is_not_there_says_which_there_are(store: SessionStore) -> None:
    session = store.create(0, Strategy()).id
    turn(store, session, table())
    with pytest.raises(InputError, match=r"no ended turn 7.*turns 1 to 1"):
        store.fork(session, 7)


@pytest.mark.parametrize("name", ["", "../up", "a b", "a/b", "-rf", "x" * 65])
def test_a_session_name_that_could_be_a_path_is_refused(store: SessionStore, name: str) -> None:
    with pytest.raises(InputError, match="cannot be a name"):
        store.create(0, Strategy(), name=name)


def test_an_unknown_session_is_named(store: SessionStore) -> None:
    with pytest.raises(InputError, match="no session 'nope'"):
        store.get("nope")


def test_head_moves_only_to_revisions_that_exist(store: SessionStore) -> None:
    session = store.create(0, Strategy()).id
    turn(store, session, table())
    with pytest.raises(InputError, match="no revision 5"):
        store.move_head(session, 5)
    assert store.get(session).head == 1
