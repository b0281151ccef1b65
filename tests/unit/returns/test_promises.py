"""Each promise about returns is kept by a real marketplace, and its breach is seen."""

from dataclasses import replace

import pytest

from marketplace.audit.returns import (
    RETURNS,
    open_returns_freeze,
    pieces_are_returned_once,
    prices_come_back_once,
    refunds_are_what_was_quoted,
)
from tests.unit.returns.test_returns import ask, bought, receive


@pytest.fixture
def view(trade, world):
    world.place_under(2)
    order = bought(trade)
    receive(trade, ask(trade, order))
    ask(trade, bought(trade), name="two")
    return world.view()


def test_each_breach_is_seen_and_nothing_else(view):
    done, waiting = sorted(view.returns, key=lambda each: not each.is_over)
    of_waiting = [replace(each, state="delivered") for each in view.orders if each.order_id == waiting.order_id]
    more, wrong = replace(waiting, return_id="rtn_more"), replace(done, refund_minor=done.refund_minor + 1)
    planted = {
        pieces_are_returned_once: replace(view, returns=[done, waiting, more]),
        refunds_are_what_was_quoted: replace(view, returns=[wrong, waiting]),
        open_returns_freeze: replace(view, orders=of_waiting),
        prices_come_back_once: replace(view, returns=[done, waiting, replace(done, reserved=True), done, done]),
    }

    assert set(planted) == set(RETURNS)
    assert [each for predicate in RETURNS for each in predicate(view)] == []
    assert all(list(predicate(broken)) for predicate, broken in planted.items())


def test_what_is_told_is_amounts_and_nobody_s_words(view):
    done, waiting = sorted(view.returns, key=lambda each: not each.is_over)
    wrong = replace(done, refund_minor=done.refund_minor + 1)
    refunds = [replace(each, reason="It pinched my toe.") for each in view.refunds]
    broken = replace(view, returns=[wrong, waiting], refunds=refunds)

    [found, *_] = refunds_are_what_was_quoted(broken)

    assert found.seen == f"refunds {wrong.refund_minor}, booked {done.refund_minor}"
