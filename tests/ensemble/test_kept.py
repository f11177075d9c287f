from __future__ import annotations

from ensemble.band.kept import Kept


def test_the_least_recently_used_goes_first() -> None:
    kept: Kept[str] = Kept(10)
    kept.put("a", "A", 4)
    kept.put("b", "B", 4)
    assert kept.get("a") == "A"
    kept.put("c", "C", 4)
    assert kept.get("b") is None
    assert (kept.get("a"), kept.get("c")) == ("A", "C")


def test_what_is_larger_than_all_room_is_not_kept() -> None:
    kept: Kept[str] = Kept(10)
    kept.put("a", "A", 4)
    kept.put("b", "B", 11)
    assert kept.get("b") is None
    assert kept.get("a") == "A"


def test_a_second_put_keeps_the_first_value_and_clear_forgets() -> None:
    kept: Kept[str] = Kept(10)
    kept.put("a", "A", 6)
    kept.put("a", "other", 6)
    kept.put("b", "B", 4)
    assert kept.get("a") == "A"
    kept.clear()
    assert kept.get("a") is None
    kept.put("c", "C", 10)
    assert kept.get("c") == "C"
