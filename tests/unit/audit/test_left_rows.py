"""What nobody can make sense of, and whom Stripe tells nothing of, is told and hides nobody else."""

from dataclasses import replace
from types import SimpleNamespace

import pytest

from marketplace.accounts.table_store import AccountsItem
from marketplace.audit.night import UnknownSubject
from marketplace.audit.report import LIFTED, STOPPED
from marketplace.kit.errors import Unavailable
from marketplace.ledger.store import LedgerItem
from marketplace.orders.store import OrderItem
from marketplace.payouts.errors import PayoutRefused
from marketplace.payouts.table_store import EntryItem
from tests.crash.payout_deeds import due, released
from tests.fakes.grants import only_its_grants
from tests.fakes.trade import Trade
from tests.fakes.world import START, new_world
from tests.unit.audit.test_confirming import BROKEN, SOUND, Pulled, audit
from tests.unit.audit.test_night import (
    audited,
    captured_less,
    cent_added,
    log_rewritten,
    rewrite,
    rules,
    stops,
    transfer_reversed_by_hand,
)
from tests.unit.payouts.test_later_holds import resume


@pytest.fixture
def shop():
    """A marketplace of its own whose promises nobody checks at the end: they are broken on purpose."""
    with new_world() as world:
        yield Trade(world)


@pytest.mark.parametrize(("kind", "name"), [("order", "ord_typo"), ("seller", "acc_typo")])
def test_a_name_that_nothing_is_known_of_is_refused_and_stops_nothing(shop, kind, name):
    released(shop)

    with only_its_grants("audit_run"), pytest.raises(UnknownSubject) as refused:
        getattr(shop.services.audit, f"of_{kind}")(name)

    assert refused.value.fields == {f"{kind}_id": "unknown"}
    assert stops(shop) == set()


def test_a_book_of_no_order_that_cannot_be_read_now_is_left_for_the_next_run():
    def silent(_book):
        raise Unavailable

    made = audit(SimpleNamespace(), switch := Pulled(), sellers=[])
    made._ledger = SimpleNamespace(books_of=lambda _day: ["ord_1", "ord_2"], of_book=silent)

    report = made.of_day()

    assert (report.left, report.again) == (["ord_1 unavailable", "ord_2 unavailable"], ["ord_1", "ord_2"])
    assert switch.stops == []


def in_no_state(order):
    rewrite(OrderItem.get(order.order_id, "order"), state="nowhere")
    return order.order_id


def placed_at_no_time(order):
    rewrite(OrderItem.get(order.order_id, "order"), placed_at="x")
    return order.order_id


def posted_in_words(order):
    rewrite(LedgerItem.get(order.order_id, "capture"), postings=[["stripe", "ten"], ["held", "minus ten"]])
    return order.order_id


def entry_without_time(order):
    row = EntryItem.read_partition(order.seller_id, EntryItem.sk.startswith("entry#"))[0]
    row.update(actions=[EntryItem.at.remove()])
    return order.seller_id


@pytest.mark.parametrize("spoil", [in_no_state, placed_at_no_time, posted_in_words, entry_without_time])
def test_a_row_that_makes_no_sense_is_told_by_its_kind_and_everybody_else_is_judged(shop, spoil):
    order, other = released(shop), released(shop)
    captured_less(shop, other)
    cent_added(shop, other)
    name = spoil(order)

    report = audited(shop, START.date())

    [left] = report.left
    assert left.split()[0] == name
    assert left.split()[1] in {"KeyError", "TypeError", "ValueError", "AttributeError"}
    assert stops(shop) == {f"order:{other.order_id}", f"seller:{other.seller_id}"}


def test_a_payment_that_makes_no_sense_is_told_and_the_others_are_judged(shop):
    order = released(shop)
    captured_less(shop, order)

    def spoiled(_payment_id):
        raise KeyError("somebody's words")

    shop.services.audit._payments = SimpleNamespace(read=spoiled)
    report = audited(shop, START.date())

    assert report.left == [f"{order.payment_id} KeyError"]
    assert stops(shop) == {f"order:{order.order_id}"}


def test_a_seller_of_whom_stripe_shows_nothing_is_judged_by_their_own_rows(shop):
    order = released(shop)
    cent_added(shop, order)

    def refuses(*_):
        raise PayoutRefused("account_invalid")

    shop.services.seller_views._accounts = SimpleNamespace(since=refuses, held=refuses)
    report = shop.services.audit.of_seller(order.seller_id)

    assert report.left == [f"{order.seller_id} payout_refused"]
    assert rules(report) == {("P1", STOPPED), ("P2", STOPPED)}
    assert stops(shop) == {f"seller:{order.seller_id}"}


def test_a_seller_whose_profile_is_gone_is_judged_by_their_own_rows(shop):
    order = released(shop)
    AccountsItem.get(order.seller_id, "seller").delete()

    sound = audited(shop, START.date())
    cent_added(shop, order)
    broken = shop.services.audit.of_seller(order.seller_id)

    assert (sound.left, sound.found) == ([f"{order.seller_id} no_profile"], [])
    assert rules(broken) == {("P1", STOPPED), ("P2", STOPPED)}


def sold_again(shop, seller_id) -> None:
    placed = shop.place(buyer_id := shop.person("Buyer"), (shop.listing(seller_id), 1))
    shop.pay(placed)
    shop.world.drain()
    shop.services.orders.ship(placed.orders[0].order_id, seller_id, "correos", "PK12345678")
    shop.services.orders.confirm(placed.orders[0].order_id, buyer_id)
    shop.world.drain()


@pytest.mark.parametrize("plant", [transfer_reversed_by_hand, cent_added])
def test_what_people_let_go_on_is_known_again_after_the_next_sale(shop, plant):
    order = due(shop)
    plant(shop, order)
    seen = [each.seen for each in shop.services.audit.of_seller(order.seller_id).found]
    resume(shop.world, f"seller:{order.seller_id}")

    before = shop.services.payout_table.purse(order.seller_id, "eur")[0].earned_minor
    sold_again(shop, order.seller_id)
    again = shop.services.audit.of_seller(order.seller_id)

    assert shop.services.payout_table.purse(order.seller_id, "eur")[0].earned_minor > before
    assert [each.seen for each in again.found] == seen
    assert {each.done for each in again.found} == {LIFTED}


def test_a_row_with_an_impossible_word_is_left_without_the_word_and_stops_nobody():
    def spoiled(*_):
        raise ValueError("'Calle Mayor 1' is not a valid Cause")

    report = audit(SimpleNamespace(of=spoiled, with_moving=spoiled), switch := Pulled(), ["acc_1"]).of_day()

    assert (report.left, report.found, switch.stops) == (["acc_1 ValueError"], [], [])


def test_a_promise_that_stumbles_over_one_seller_is_told_and_the_others_are_judged():
    stumbling = replace(SOUND, purses=[None])
    looks = SimpleNamespace(of=lambda name, _: stumbling if name == "acc_1" else BROKEN, with_moving=lambda *_: BROKEN)
    switch = Pulled()

    report = audit(looks, switch, ["acc_1", "acc_2"]).of_day()

    assert report.left == ["acc_1 AttributeError"]
    assert [scope for scope, _, _ in switch.stops] == ["seller:acc_2"]


def test_an_order_alone_is_left_when_its_row_makes_no_sense(shop):
    order = released(shop)
    log_rewritten(shop, order)
    placed_at_no_time(order)

    report = shop.services.audit.of_order(order.order_id)

    assert [each.split()[0] for each in report.left] == [order.order_id]
    assert stops(shop) == set()
