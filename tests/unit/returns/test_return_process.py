"""The table of returns, explored to a fixed point: each ends, by time alone if need be, and pays once at most."""

from marketplace.orders.model import BUYER, OPERATOR, SELLER, SYSTEM
from marketplace.returns.model import Outcome
from marketplace.returns.process import ENDED, FIRST, STATES, TRANSITIONS, Does, allowed_actions, deadline, named
from tests.fakes.world import START


def reached():
    seen, todo = set(FIRST), list(FIRST)
    while todo:
        here = todo.pop()
        for each in TRANSITIONS:
            if each.source == here and each.target not in seen:
                seen.add(each.target)
                todo.append(each.target)
    return seen


def test_every_state_is_reached_and_every_name_leads_somewhere(record_property):
    assert reached() == set(STATES)
    assert {each.source for each in TRANSITIONS} | {each.target for each in TRANSITIONS} == set(STATES)
    record_property("summary", f"returns: {len(STATES)} states, {len(TRANSITIONS)} transitions, to a fixed point")


def test_from_every_state_time_alone_leads_to_the_end():
    for state in STATES:
        here, steps = state, 0
        while here != ENDED:
            wait = STATES[here]
            assert wait is not None
            silent = named(here, wait.transition, SYSTEM)
            assert silent is not None, here
            here, steps = silent.target, steps + 1
            assert steps <= len(STATES)


def test_what_ends_a_return_says_how_and_nothing_leaves_the_end():
    for each in TRANSITIONS:
        assert (each.target == ENDED) == (each.outcome is not None)
        assert (each.does is Does.REFUND) == (each.outcome is Outcome.REFUNDED)
        assert each.source != ENDED


def test_money_never_moves_for_the_one_who_gets_it_by_their_own_word_alone():
    """The buyer's own acts refund nothing but what the seller offered."""
    paid = {(each.name, actor) for each in TRANSITIONS if each.does is Does.REFUND for actor in each.actors}

    assert {name for name, actor in paid if actor == BUYER} == {"accept_deduction"}
    assert {actor for _, actor in paid} == {BUYER, SELLER, SYSTEM, OPERATOR}


def test_every_silence_is_told_in_both_languages():
    waits = [wait for wait in STATES.values() if wait]

    assert all(wait.en and wait.es and wait.en != wait.es for wait in waits)
    assert all(deadline(state, START) is not None for state, wait in STATES.items() if wait)
    assert deadline(ENDED, START) is None


def test_a_name_and_an_actor_mean_one_thing_in_a_state():
    keys = [(each.source, each.name, actor) for each in TRANSITIONS for actor in each.actors]

    assert len(keys) == len(set(keys))
    assert allowed_actions("approved", SELLER) == ["receive", "deduct"]
