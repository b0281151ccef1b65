"""What cannot be right is stopped until two people let it go on, and again as soon as anything about it changes."""

import pytest

from functions.solvency_run.handler import run
from marketplace.ledger.store import LedgerItem
from marketplace.payouts.model import Purse
from marketplace.payouts.purse_store import purse_key
from marketplace.payouts.table_store import PurseItem
from marketplace.solvency import stopping
from marketplace.solvency.model import SolvencyMissing
from marketplace.solvency.moment import UnreadableBooks
from tests.crash.payout_deeds import released, second
from tests.fakes.grants import only_its_grants
from tests.fakes.trade import Trade
from tests.fakes.world import new_world
from tests.unit.payouts.test_later_holds import resume


@pytest.fixture
def planted():
    """A marketplace in which something is wrong on purpose: its promises do not hold at the end."""
    with new_world() as world:
        yield Trade(world)


def stated(trade):
    with only_its_grants("solvency_run"):
        return trade.services.solvency.run()


def stops(trade):
    return {each.scope: each.cause for each in trade.services.switch.standing()}


def change_row(book, key, **said):
    """Change a stored transaction by hand, as nobody may."""
    row = LedgerItem.get(book, key)
    row.postings = said["postings"]
    row.save()


def change_purse(order, **cents):
    item = purse_key(Purse(order.seller_id, order.currency))
    item.update([getattr(PurseItem, f"{bucket}_minor").add(minor) for bucket, minor in cents.items()])


@pytest.mark.parametrize("postings", [[["stripe", 9_999], ["held", -10_000]], [7], [["stripe", 1, 1]]])
def test_one_row_that_cannot_be_read_stops_everything_and_fails_the_run(planted, postings):
    order = released(planted)
    change_row(order.order_id, "capture", postings=postings)

    with only_its_grants("solvency_run"), pytest.raises(UnreadableBooks):
        run(planted.services.solvency)

    assert stops(planted) == {"everything": "solvency:anomaly"}
    with pytest.raises(SolvencyMissing):
        planted.services.solvency.statement()


def test_the_stop_says_which_row_cannot_be_read(planted):
    order = released(planted)
    change_row(order.order_id, "capture", postings=[["stripe", 9_999], ["held", -10_000]])

    with pytest.raises(UnreadableBooks):
        stated(planted)

    [stop] = planted.services.switch.standing()
    why = f"the postings of {order.order_id}/capture do not sum to zero: [9999, -10000]"
    assert stop.reasons == f"the books cannot be read: {why}"


def test_books_that_cannot_be_read_fail_every_run_and_stop_once(planted):
    order = released(planted)
    change_row(order.order_id, "capture", postings=[["stripe", 9_999], ["held", -10_000]])
    with pytest.raises(UnreadableBooks):
        stated(planted)
    resume(planted.world, "everything")
    planted.world.clock.advance(days=1)

    with pytest.raises(UnreadableBooks):
        stated(planted)

    assert stops(planted) == {}


def test_a_row_that_is_changed_again_after_two_people_let_go_on_stops_again(planted):
    order = released(planted)
    for brought in (9_999, 1):
        change_row(order.order_id, "capture", postings=[["stripe", brought], ["held", -10_000]])

        with pytest.raises(UnreadableBooks):
            stated(planted)

        assert stops(planted) == {"everything": "solvency:anomaly"}
        resume(planted.world, "everything")


def held_below_zero(order, minor):
    change_row(order.order_id, "capture", postings=[["stripe", 10_000 - minor], ["held", minor - 10_000]])


def test_an_account_of_the_wrong_sign_is_not_stopped_again_when_people_let_it_go_on(planted):
    order = released(planted)
    held_below_zero(order, 5)
    stated(planted)
    first = stops(planted)
    resume(planted.world, "currency:eur")
    planted.world.clock.advance(minutes=5)

    stated(planted)

    assert (first, stops(planted)) == ({"currency:eur": "solvency:anomaly"}, {})


def test_another_account_of_the_wrong_sign_is_stopped_again(planted):
    order, other = released(planted), released(planted)
    held_below_zero(order, 5)
    stated(planted)
    resume(planted.world, "currency:eur")
    held_below_zero(other, 5)

    stated(planted)

    assert stops(planted) == {"currency:eur": "solvency:anomaly"}


def test_a_balance_beside_the_books_is_not_stopped_again_although_right_money_came_and_a_day_passed(planted):
    order = released(planted)
    give_at_stripe(planted)
    change_purse(order, available=1, earned=1)
    stated(planted)
    first = stops(planted)
    resume(planted.world, f"seller:{order.seller_id}")
    second(planted, order)
    planted.world.clock.advance(days=1)

    stated(planted)

    assert (first, stops(planted)) == ({f"seller:{order.seller_id}": "solvency:anomaly"}, {})


def give_at_stripe(trade):
    """Let Stripe have all that balances say, so that only our own records are judged."""
    held = trade.services.stripe_payouts.held
    trade.services.stripe_payouts.held = lambda each: {"eur": held(each)["eur"] + 1_000}


@pytest.mark.parametrize("more", [{"available": 1, "earned": 1}, {"paid": 1}, {"reserved": -5_000, "available": 5_000}])
def test_whatever_else_goes_wrong_with_a_balance_stops_it_again(planted, more):
    order = released(planted)
    give_at_stripe(planted)
    change_purse(order, available=1, earned=1)
    stated(planted)
    resume(planted.world, f"seller:{order.seller_id}")
    stated(planted)
    lifted = stops(planted)
    change_purse(order, **more)

    stated(planted)

    assert (lifted, stops(planted)) == ({}, {f"seller:{order.seller_id}": "solvency:anomaly"})


def test_another_of_very_many_sellers_is_another_matter(planted, monkeypatch):
    monkeypatch.setattr(stopping, "SELLERS_MAX", 1)
    orders = [released(planted) for _ in range(3)]
    give_at_stripe(planted)
    for order in orders[:2]:
        change_purse(order, available=1, earned=1)
    stated(planted)
    resume(planted.world, "currency:eur")
    stated(planted)
    lifted = stops(planted)
    change_purse(orders[2], available=1, earned=1)

    stated(planted)

    assert (lifted, stops(planted)) == ({}, {"currency:eur": "solvency:anomaly"})


def test_what_is_short_is_stopped_at_every_run_whatever_people_decided(planted):
    order = released(planted)
    change_purse(order, available=100, earned=100)
    stated(planted)
    resume(planted.world, f"seller:{order.seller_id}")

    stated(planted)

    assert stops(planted) == {f"seller:{order.seller_id}": "solvency"}
