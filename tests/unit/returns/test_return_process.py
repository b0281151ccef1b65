"""The table of returns, explored to a fixed point: each ends, by time alone if need be, and pays once at most."""

from dataclasses import replace

import pytest

from marketplace.orders.model import BUYER, CARRIER, OPERATOR, SELLER, SYSTEM
from marketplace.orders.timers import DEFAULT_TIMERS
from marketplace.returns.model import Outcome, ReturnKind
from marketplace.returns.process import (
    BEGINS_IN,
    ENDED,
    FIRST,
    STATES,
    TRANSITIONS,
    Does,
    Stocked,
    allowed_actions,
    deadline,
    named,
)
from marketplace.returns.process_claims import CLAIM_REVIEW
from tests.fakes.world import START
from tests.unit.returns.return_checker import explore, longest

DAY = 86_400


def test_every_kind_ends_from_everywhere_and_strands_nothing(record_property):
    explored = explore()

    counted = f"{len(explored.situations)} situations, {explored.edges} moves, {len(explored.problems)} problems"
    shape = f"{len(STATES)} states, {len(TRANSITIONS)} transitions, {len(BEGINS_IN)} kinds"
    record_property("summary", f"model checker, returns: {shape}: {counted}, to a fixed point")
    assert explored.problems == ()
    assert {each.kind for each in explored.situations} == set(ReturnKind)
    assert {each.state for each in explored.situations} == set(STATES)


def _without(name):
    return tuple(each for each in TRANSITIONS if each.name != name)


def _changed(name, **changes):
    return tuple(replace(each, **changes) if each.name == name else each for each in TRANSITIONS)


@pytest.mark.parametrize(
    "broken",
    [
        _without("swap_receipt_overdue"),
        _without("claim_undecided"),
        _changed("swap_lapses", stock=None),
        _changed("replacement_overdue", does=Does.LET_GO, outcome=Outcome.CANCELLED),
        _changed("replacement_not_proven", target=ENDED, outcome=Outcome.REPLACED),
        _changed("accept_reduction", does=None),
        _changed("decline_offer", target="to_send", stock=Stocked.RESERVE, does=Does.REFUND),
    ],
    ids=[
        "a silence without an exit",
        "a review without an end",
        "stock stranded",
        "goods and money at the seller",
        "arrived by silence",
        "a reduction that pays nothing",
        "paid before the end",
    ],
)
def test_a_broken_table_is_noticed(broken):
    assert explore(broken).problems


@pytest.mark.parametrize("kind", BEGINS_IN)
def test_an_order_waits_longer_than_any_of_its_returns_can_take(kind):
    """While an order runs, a claim that was refused is a dispute: the review of claims is for those that ended."""
    review = STATES[CLAIM_REVIEW].days + longest("approved")
    most = max(longest(first) - (review if kind == ReturnKind.CLAIM else 0) for first in BEGINS_IN[kind])

    assert most * DAY <= DEFAULT_TIMERS["return"]


def test_what_ends_a_return_says_how_and_nothing_leaves_the_end():
    for each in TRANSITIONS:
        assert (each.target == ENDED) == (each.outcome is not None)
        assert (each.does is Does.REFUND) == (each.outcome in {Outcome.REFUNDED, Outcome.REDUCED})
        assert each.source != ENDED


def test_money_never_moves_for_the_one_who_gets_it_by_their_own_word_alone():
    """The buyer's own acts refund nothing but what the seller offered."""
    paid = {(each.name, actor) for each in TRANSITIONS if each.does is Does.REFUND for actor in each.actors}

    assert {name for name, actor in paid if actor == BUYER} == {"accept_deduction", "accept_reduction"}
    assert {each.source for each in TRANSITIONS if each.name == "accept_reduction" and BUYER in each.actors} == {
        "remedy_offered"
    }
    assert {actor for _, actor in paid} == {BUYER, SELLER, SYSTEM, OPERATOR}


def test_a_carrier_moves_goods_and_never_money():
    assert all(each.does is not Does.REFUND for each in TRANSITIONS if CARRIER in each.actors)


def test_every_silence_is_told_in_both_languages():
    waits = [wait for wait in STATES.values() if wait]

    assert all(wait.en and wait.es and wait.en != wait.es for wait in waits)
    assert all(deadline(state, START) is not None for state, wait in STATES.items() if wait)
    assert deadline(ENDED, START) is None


def test_a_name_and_an_actor_mean_one_thing_in_a_state():
    keys = [(each.source, each.name, actor) for each in TRANSITIONS for actor in each.actors]

    assert len(keys) == len(set(keys))
    assert allowed_actions("approved", SELLER) == ["receive", "deduct"]
    assert named("approved", "send", SELLER) is None
    assert set(FIRST) == {first for firsts in BEGINS_IN.values() for first in firsts}
