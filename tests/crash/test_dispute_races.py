"""Two at once about a dispute: in every order of their calls exactly one of them decides what happens."""

import pytest

from tests.crash import races

PREEMPTIONS = 2
CLOCK = "clock"  # the actor that takes a lost race for an answer, and raises nothing

EXCLUSIVE = (
    "dispute x release, later process",
    "dispute x confirm, later process",
    "return received x dispute",
    "answer x silence",
    "offer x counter",
    "offer with return x counter",
    "offer x decision",
    "two moderators decide",
    "two moderators decide an appeal",
    "two moderators decide a late appeal",
    "appeal x decision stands",
    "late appeal decided x lapsed",
)


@pytest.mark.parametrize("name", EXCLUSIVE)
def test_exactly_one_wins_in_every_order_of_calls(name, record_property):
    won: dict[str, int] = {}

    for outcome, wrong in races.explore(name, PREEMPTIONS):
        assert wrong == []
        people = [actor for actor, result in outcome.results.items() if result.error is None and actor != CLOCK]
        assert len(people) == 1 or (not people and CLOCK in outcome.results)
        winner = people[0] if people else CLOCK
        won[winner] = won.get(winner, 0) + 1

    assert set(won) == set(races.CONTESTS[name].actors), "each of the two is faster at least once"
    record_property("summary", f"race, {name}: {sum(won.values())} orders of calls, won by {won}")
