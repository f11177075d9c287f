from dataclasses import replace

import pytest

from ensemble.tools.registry import parse
from state.errors import Refusal
from state.plan import Step


class Shelf:
    def __init__(self, tables, line):
        self.tables, self.line = {table.revision: table for table in tables}, line

    def revision(self, number):
        return self.tables.get(number)

    def lineage(self):
        return self.line


@pytest.fixture
def shelf(loop):
    tables = [
        loop.revised(revision=number, parent=parent, description=f"version {number}")
        for number, parent in ((1, None), (2, 1), (3, 2), (4, 2))
    ]
    return Shelf(tables, [4, 2, 1])


def undo(hall, shelf, **arguments):
    tool, parsed = parse(Step(tool="undo", arguments=arguments))
    return tool.perform(parsed, shelf.revision(shelf.line[0]), replace(hall.stage, revisions=shelf))


@pytest.mark.parametrize(
    ("arguments", "number"), [({}, 2), ({"steps": 2}, 1), ({"revision": 1}, 1), ({"revision": 3}, 3)]
)
def test_the_table_is_the_stored_one_in_every_field(hall, shelf, arguments, number):
    take = undo(hall, shelf, **arguments)
    assert take.gat == shelf.tables[number]
    assert hall.mix(take.gat) is not None


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"steps": 3}, "first version is 2 steps back"),
        ({"revision": 9}, "no revision 9; there are 1, 2, 4"),
        ({"revision": 4}, "is the present one"),
    ],
)
def test_what_is_not_there_is_asked_about(hall, shelf, arguments, words):
    with pytest.raises(Refusal, match=words):
        undo(hall, shelf, **arguments)


def test_nothing_comes_before_the_first_version(hall, loop):
    with pytest.raises(Refusal, match="first version of the loop"):
        undo(hall, Shelf([loop], [1]))


def test_without_a_loop_there_is_nothing_to_undo(hall):
    with pytest.raises(Refusal, match="no loop to undo"):
        hall.foresee("undo", None)
