"""The order process, explored whole: it always ends, strands nothing, pays nobody twice."""

import dataclasses
import json
from pathlib import Path

import pytest

from marketplace.orders import asl, diagram
from marketplace.orders.model import BUYER, CARRIER, OPERATOR, SELLER, SYSTEM
from marketplace.orders.process import LATEST, PROCESSES, Effect, Guard, Kind, Process, State, Timer, Transition
from marketplace.orders.timers import DEFAULT_TIMERS, BadTimers, Timers
from tests.unit.orders.model_checker import explore

ROOT = Path(__file__).parents[3]
LATEST_PROCESS = PROCESSES[LATEST]


@pytest.mark.parametrize("version", PROCESSES)
def test_every_version_ends_from_everywhere_and_strands_nothing(version, record_property):
    explored = explore(PROCESSES[version])

    counted = f"{len(explored.situations)} situations, {len(explored.edges)} moves, {len(explored.problems)} problems"
    record_property("summary", f"model checker, order process {version}: {counted}")
    assert explored.problems == ()
    assert len(explored.situations) > 25
    assert {here.state for here in explored.situations} == set(PROCESSES[version].states)


def without(process: Process, name: str) -> Process:
    kept = tuple(row for row in process.transitions if row.name != name)
    return dataclasses.replace(process, transitions=kept)


def with_state(process: Process, state: State) -> Process:
    return dataclasses.replace(process, states={**process.states, state.name: state})


BROKEN = {
    "a wait without a timer": with_state(LATEST_PROCESS, State("paid", Kind.WAITING)),
    "a timer that nobody obeys": without(LATEST_PROCESS, "ship_overdue"),
    "an exit that only a person opens": without(LATEST_PROCESS, "decision_overdue"),
    "money left in an end": dataclasses.replace(
        LATEST_PROCESS,
        transitions=(*LATEST_PROCESS.transitions, Transition("drop", "paid", "cancelled", (SELLER,))),
    ),
    "a second award": dataclasses.replace(
        LATEST_PROCESS,
        transitions=(
            *LATEST_PROCESS.transitions,
            Transition("again", "settling", "settling", (OPERATOR,), (Effect.AWARD_BUYER,)),
        ),
    ),
    "an end that goes on": dataclasses.replace(
        LATEST_PROCESS,
        transitions=(*LATEST_PROCESS.transitions, Transition("revive", "released", "paid", (BUYER,))),
    ),
    "a silence without a text": dataclasses.replace(LATEST_PROCESS, silences={}),
    "one name, two ways": dataclasses.replace(
        LATEST_PROCESS,
        transitions=(*LATEST_PROCESS.transitions, Transition("ship", "paid", "delivered", (SELLER,))),
    ),
    "a risk that the clock does not see": dataclasses.replace(
        LATEST_PROCESS,
        transitions=tuple(
            row
            for row in LATEST_PROCESS.transitions
            if not (row.name == "inspection_over" and row.guard is Guard.RISKY)
        ),
    ),
    "a timer for an unknown transition": with_state(
        LATEST_PROCESS, State("shipped", Kind.WAITING, Timer("teleport", "unshipped"))
    ),
}


@pytest.mark.parametrize("name", BROKEN)
def test_the_checker_finds(name):
    assert explore(BROKEN[name]).problems != ()


def test_release_by_the_clock_starts_only_where_delivery_was_shown():
    for version, process in PROCESSES.items():
        paying = [row for row in process.transitions if SYSTEM in row.actors and Effect.AWARD_SELLER in row.effects]
        # Returns are opened of what was delivered.
        assert {row.source for row in paying} == {"delivered"} | ({"return_open"} if version > 1 else set())
        # Who agrees to send the goods back says that they are there; such a move notes it (disputes/offers.py).
        agreed = {row for row in process.transitions if row.name == "agree_return"}
        assert {actor for row in agreed for actor in row.actors} <= {BUYER, SELLER}
        # Whoever takes a dispute back while goods are on their way back goes back to where those were.
        resumed = {row for row in process.transitions if row.guard is Guard.RETURNING}
        assert {(row.name, row.target) for row in resumed} <= {("drop", "return_open")}
        entering = [row for row in process.transitions if row.target == "return_open"]
        opening = [row for row in entering if row not in agreed | resumed]
        assert {row.source for row in opening if row.guard is not Guard.PROVEN} <= {"delivered"}
        assert {row.source for row in opening} <= {"delivered", "held"}


def test_a_sellers_word_alone_delivers_nothing_but_a_file_that_the_platform_itself_hands_over():
    expected = {
        1: {("attest_delivery", OPERATOR)},
        2: {("attest_delivery", OPERATOR), ("arrive", CARRIER), ("make_available", SELLER), ("drop", BUYER)},
    }
    for version, process in PROCESSES.items():
        arriving = [row for row in process.transitions if row.target == "delivered"]
        by_seller = [row for row in arriving if SELLER in row.actors]
        assert {(row.name, actor) for row in arriving for actor in row.actors} == expected[version]
        assert all(row.guard is Guard.DIGITAL for row in by_seller)
        assert {actor for row in process.transitions if row.name == "confirm" for actor in row.actors} == {BUYER}


def test_every_timer_of_the_process_has_a_length():
    used = {state.timer.length for state in LATEST_PROCESS.states.values() if state.timer}
    used |= {
        state.timer.private_length
        for state in LATEST_PROCESS.states.values()
        if state.timer and state.timer.private_length
    }

    assert used <= set(DEFAULT_TIMERS)


def test_the_state_machine_in_the_repository_is_what_the_process_gives():
    stored = json.loads((ROOT / "infra" / "escrow.asl.json").read_text())

    assert stored == asl.definition()


def test_the_diagram_in_the_documentation_is_what_the_process_gives():
    assert (ROOT / "docs" / "process.md").read_text() == diagram.page()


def test_every_way_through_the_state_machine_stays_inside_it():
    states = asl.definition()["States"]
    named = {state.get("Next") for state in states.values()}
    named |= {catch["Next"] for state in states.values() for catch in state.get("Catch", [])}
    named |= {choice["Next"] for choice in states["WhereNow"]["Choices"]} | {states["WhereNow"]["Default"]}

    assert named - {None} <= set(states)


def test_a_happy_order_costs_at_most_eight_transitions_when_the_clock_releases_it():
    states = asl.definition()["States"]
    walked, here = ["paid"], "paid"
    while here != "delivered":
        here = states[here]["Next"]
        walked.append(here)
    walked += ["Tick", "WhereNow", "settling", "WhereNow", "Ended"]

    assert states["delivered"]["Catch"][0]["Next"] == "Tick"
    assert len(walked) <= 8


def test_every_wait_lasts_as_long_as_it_is_told():
    waits = [state for state in asl.definition()["States"].values() if "waitForTaskToken" in state.get("Resource", "")]

    assert {state["TimeoutSecondsPath"] for state in waits} == {"$.clock.seconds"}
    assert not any("TimeoutSeconds" in state for state in waits)


@pytest.mark.parametrize(
    "text", ["unshipped", "unshipped=0s", "unshipped=5", "nothing=5s", "unshipped=-1s", "unpaid=1w"]
)
def test_timers_that_make_no_sense_are_refused_with_a_sentence(text):
    with pytest.raises(BadTimers, match="unshipped=20s"):
        Timers(text)
