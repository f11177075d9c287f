"""Plans spoilt at known rates: the rates hold, each by itself, and the record says what was done."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations

from lab import Fixed, Room, request

from ensemble.tools.registry import ALL, Toolbox
from graph.conductor import Conductor
from nodes.planners.laboratory.noisy import Noisy
from nodes.planners.planner import PlanRequest
from scripted import LOOP, steps
from state.plan import Plan
from state.planning import Rates
from state.settings import Settings
from state.strategy import Strategy, load_strategy

WAYS = ["drop_step", "wrong_tool", "wrong_argument", "invented_stem", "swapped_order"]
GOOD = steps(
    ("adjust_track", {"stems": ["guitar"], "gain_db": -3}),
    ("shift_pitch", {"semitones": 2}),
    ("remove_track", {"stems": ["bass"]}),
)
Notes = list[tuple[str, str, str]]


def spoil(room: Room, good: Plan, seed: int, tools: Toolbox = ALL, **rates: float) -> tuple[Plan, Notes]:
    notes: Notes = []
    asked = request(
        room.store,
        seed=seed,
        gat=room.table,
        tools=tools,
        note=lambda kind, name, detail: notes.append((kind, name, detail)),
    )
    return Noisy(Fixed(good), Rates(**rates)).plan(asked), notes


def calls(plan: Plan) -> list[tuple[str, dict[str, object]]]:
    return [(step.tool, step.arguments) for step in plan.steps]


def test_a_rate_of_nought_changes_nothing_and_a_rate_of_one_always_does(room: Room) -> None:
    for seed in range(20):
        assert spoil(room, GOOD, seed) == (GOOD, [])
        for way in WAYS:
            plan, notes = spoil(room, GOOD, seed, **{way: 1.0})
            assert [(kind, name) for kind, name, _ in notes] == [("spoilt", way)]
            assert calls(plan) != calls(GOOD), (way, notes)


def test_equal_seeds_spoil_alike(room: Room) -> None:
    rates = dict.fromkeys(WAYS, 0.5)
    assert spoil(room, GOOD, 7, **rates) == spoil(room, GOOD, 7, **rates)
    assert len({spoil(room, GOOD, seed, **rates)[0].model_dump_json() for seed in range(30)}) > 20


def test_each_way_happens_at_its_rate_and_independently_of_the_others(room: Room) -> None:
    rates = {"drop_step": 0.1, "wrong_tool": 0.3, "wrong_argument": 0.5, "invented_stem": 0.2, "swapped_order": 0.7}
    number = 1200
    happened = [{name for _, name, _ in spoil(room, GOOD, seed, **rates)[1]} for seed in range(number)]
    expected = {frozenset([way]): rate for way, rate in rates.items()}
    expected |= {frozenset(pair): rates[pair[0]] * rates[pair[1]] for pair in combinations(WAYS, 2)}
    for ways, rate in expected.items():
        count = sum(ways <= names for names in happened)
        # Four standard deviations of the binomial: of fifteen true rates one lies outside once in a thousand tests.
        assert abs(count - number * rate) <= 4 * (number * rate * (1 - rate)) ** 0.5, (sorted(ways), count / number)


def test_what_is_noted_is_what_was_done(room: Room) -> None:
    good = calls(GOOD)
    for seed in range(25):
        plan, _ = spoil(room, GOOD, seed, drop_step=1.0)
        assert len(plan.steps) == 2
        assert all(call in good for call in calls(plan))

        plan, ((_, _, detail),) = spoil(room, GOOD, seed, swapped_order=1.0)
        assert sorted(map(str, calls(plan))) == sorted(map(str, good))
        first = next(at for at in range(3) if calls(plan)[at] != good[at])
        assert detail == f"steps {first + 1} and {first + 2} changed places"

        plan, ((_, _, detail),) = spoil(room, GOOD, seed, wrong_tool=1.0)
        (at,) = [at for at in range(3) if calls(plan)[at] != good[at]]
        assert plan.steps[at].tool != GOOD.steps[at].tool
        assert detail == f"step {at + 1}, {GOOD.steps[at].tool} became {plan.steps[at].tool}"
        ALL.parse(plan.steps[at])

        plan, ((_, _, detail),) = spoil(room, GOOD, seed, wrong_argument=1.0)
        (at,) = [at for at in range(3) if calls(plan)[at] != good[at]]
        assert plan.steps[at].tool == GOOD.steps[at].tool
        assert ALL.parse(plan.steps[at]) != ALL.parse(GOOD.steps[at])
        assert detail.startswith(f"step {at + 1}, {GOOD.steps[at].tool}: ")

        plan, ((_, _, detail),) = spoil(room, GOOD, seed, invented_stem=1.0)
        (at,) = [at for at in range(3) if calls(plan)[at] != good[at]]
        (name,) = plan.steps[at].arguments["stems"]
        assert name not in room.table.stem_names
        assert repr(name) in detail


def test_what_a_plan_does_not_offer_is_neither_done_nor_noted(room: Room) -> None:
    alone = steps(("add_track", {"instrument": "clarinet"}))
    for seed in range(10):
        assert spoil(room, alone, seed, swapped_order=1.0, invented_stem=1.0) == (alone, [])
    for nothing in (Plan(), Plan(question="Which one?"), Plan(answer="It is in A minor.")):
        assert spoil(room, nothing, 1, **dict.fromkeys(WAYS, 1.0)) == (nothing, [])
    only = Toolbox.of(["add_track"])
    assert spoil(room, alone, 1, tools=only, wrong_tool=1.0) == (alone, [])


def test_every_way_at_once_leaves_each_its_own_step_while_there_are_enough(room: Room) -> None:
    five = steps(*[("adjust_track", {"stems": [name], "gain_db": -3}) for name in ("guitar", "bass", "drums") * 2])
    for seed in range(10):
        _, notes = spoil(room, five, seed, invented_stem=1.0, wrong_argument=1.0, wrong_tool=1.0)
        assert len({detail.partition(",")[0] for _, _, detail in notes}) == 3


def test_a_planner_that_goes_step_by_step_errs_once_a_turn(room: Room) -> None:
    class StepByStep:
        name = "step by step"

        def plan(self, request: PlanRequest) -> Plan:
            return GOOD.model_copy(update={"steps": GOOD.steps[:1], "complete": False}, deep=True)

    noisy = Noisy(StepByStep(), Rates(wrong_tool=1.0))
    first = request(room.store, gat=room.table)
    later = replace(first, steps=GOOD.steps[:1], seed=1)
    assert noisy.plan(first).steps != GOOD.steps[:1]
    assert noisy.plan(first).complete is False
    assert noisy.plan(later).steps == GOOD.steps[:1]


def test_an_impossible_spoilt_plan_asks_and_the_record_holds_the_truth(settings: Settings) -> None:
    tool, arguments = LOOP
    plans = [[{"tool": tool, "arguments": arguments}], [{"tool": "remove_track", "arguments": {"stems": ["bass"]}}]]
    inner = {"kind": "oracle", "plans": plans}
    conductor = Conductor(
        settings, strategy=Strategy(planner={"kind": "noisy", "planner": inner, "rates": {"invented_stem": 1.0}})
    )
    session = conductor.start(seed=1)
    made, asked = conductor.send(session, "a loop"), conductor.send(session, "no bass")
    assert (made.status, made.planning) == ("done", [])
    assert asked.status == "asked"
    assert asked.gat == made.gat
    (note,) = asked.planning
    assert (note.kind, note.name) == ("spoilt", "invented_stem")
    assert "remove_track: stems became " in note.detail


def test_the_shipped_strategy_spoils_the_rules_in_every_way() -> None:
    planner = load_strategy("noisy").planner
    assert planner.kind == "noisy"
    assert planner.planner.kind == "rules"
    assert set(planner.rates.model_dump().values()) == {0.1}
    assert list(planner.rates.model_dump()) == WAYS
