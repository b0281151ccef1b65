"""What is broken of the running marketplace stops payments of its order or seller, and of nobody else."""

from datetime import date, timedelta

import pytest

from marketplace.audit.report import LIFTED, STANDING, STOPPED, TOLD
from marketplace.kit.clock import to_text
from marketplace.ledger.store import LedgerItem
from marketplace.orders.store import OrderItem
from marketplace.payouts.model import Cause, Hold, PayoutState
from marketplace.payouts.table_store import EntryItem, HoldItem, PayoutItem, PurseItem
from tests.crash.flows import prepare_late
from tests.crash.payout_deeds import account_of, arrive, due, next_date, pay_out, released
from tests.crash.stop_deeds import planned
from tests.fakes.grants import only_its_grants
from tests.fakes.trade import Trade
from tests.fakes.world import START, new_world
from tests.unit.payouts.test_later_holds import resume


@pytest.fixture
def shop():
    """A marketplace of its own whose promises nobody checks at the end: they are broken on purpose."""
    with new_world() as world:
        yield Trade(world)


def audited(shop, day: date | None = None, **said):
    with only_its_grants("audit_run"):
        return shop.services.audit.of_day(day or shop.world.clock.now().date(), **said)


def stops(shop) -> set[str]:
    return {each.scope for each in shop.services.switch.standing()}


def rules(report) -> set[tuple[str, str]]:
    return {(each.rule, each.done) for each in report.found}


def rewrite(item, **said) -> None:
    """Change a stored row by hand, as nobody may."""
    for name, value in said.items():
        setattr(item, name, value)
    item.save()


def is_paid(shop, order) -> bool:
    return shop.services.payout_table.payout(order.seller_id, order.currency, 1) is not None


def captured_less(shop, order):
    row = LedgerItem.get(order.order_id, "capture")
    rewrite(row, postings=[["stripe", 9_999], ["held", -9_999]])


def out_of_balance(shop, order):
    row = LedgerItem.get(order.order_id, "capture")
    rewrite(row, postings=[["stripe", 9_999], ["held", -10_000]])


def held_after_the_end(shop, order):
    row = LedgerItem.get(order.order_id, "release")
    seller = next(account for account, _ in row.postings if account.startswith("seller:"))
    change = {"held": -1, seller: 1}
    rewrite(row, postings=[[name, minor + change.get(name, 0)] for name, minor in row.postings])


def log_rewritten(shop, order):
    rewrite(OrderItem.get(order.order_id, "order"), step=order.step + 1)


def cent_added(shop, order):
    row = PurseItem.get(order.seller_id, "purse#eur")
    rewrite(row, available_minor=row.available_minor + 1)


def cent_added_twice(shop, order):
    """Its buckets add up, and its entries say otherwise."""
    row = PurseItem.get(order.seller_id, "purse#eur")
    rewrite(row, available_minor=row.available_minor + 1, earned_minor=row.earned_minor + 1)


def entry_removed(shop, order):
    rows = EntryItem.read_partition(order.seller_id, EntryItem.sk.startswith("entry#"))
    rows[0].delete()


def paid_out_by_hand(shop, order):
    money = {"amount": 500, "currency": order.currency}
    shop.world.stripe_client().v1.payouts.create(money, {"stripe_account": account_of(shop, order)})


def transfer_reversed_by_hand(shop, order):
    transfers = shop.world.stripe.objects("transfer")
    transfer = next(each for each in transfers if each["destination"] == account_of(shop, order))
    shop.world.stripe_client().v1.transfers.reversals.create(transfer["id"], {"amount": 100})


PLANTED = {
    "a ledger row that was changed": (captured_less, "M3", "order"),
    "a ledger row that sums to nothing right": (out_of_balance, "unreadable", "seller"),
    "money held in an ended order": (held_after_the_end, "M3", "order"),
    "an order that is not where its log ends": (log_rewritten, "E5", "order"),
    "a cent in a balance": (cent_added, "P1", "seller"),
    "a cent in a balance that adds up": (cent_added_twice, "P2", "seller"),
    "an entry that is gone": (entry_removed, "P2", "seller"),
    "a payout by hand": (paid_out_by_hand, "P12", "seller"),
    "a transfer that was taken back by hand": (transfer_reversed_by_hand, "P3", "seller"),
}


@pytest.mark.parametrize("what", PLANTED)
def test_what_is_broken_stops_its_own_scope_and_others_are_paid(shop, what):
    plant, rule, kind = PLANTED[what]
    order, other = released(shop), released(shop)
    next_date(shop, order)
    plant(shop, order)

    report = audited(shop, START.date())
    for each in (order, other):
        next_date(shop, each)
        pay_out(shop, each)

    scope = f"order:{order.order_id}" if kind == "order" else f"seller:{order.seller_id}"
    assert stops(shop) == {scope}
    assert (rule, STOPPED) in rules(report)
    assert {each.scope for each in report.found} == {scope}
    assert [is_paid(shop, each) for each in (order, other)] == [False, True]
    [told] = [facts for message, facts in shop.world.alarms if message == "switch.stopped"]
    assert (told["scope"], told["cause"].partition(":")[0]) == (scope, "invariant")


def test_the_reasons_name_what_was_seen(shop):
    order = due(shop)
    captured_less(shop, order)

    audited(shop, START.date())

    [stop] = shop.services.switch.standing()
    assert (stop.cause, stop.by) == ("invariant:M3", "system")
    assert f"M3 {order.order_id}: " in stop.reasons
    assert "captured 9999 of 10000" in stop.reasons


def test_two_people_resume_and_the_same_fact_stops_nothing_again(shop):
    order = due(shop)
    paid_out_by_hand(shop, order)
    audited(shop, START.date())

    resume(shop.world, f"seller:{order.seller_id}")
    again = audited(shop, START.date())

    assert rules(again) == {("P12", LIFTED)}
    assert stops(shop) == set()
    next_date(shop, order)
    pay_out(shop, order)
    assert shop.services.payout_table.payout(order.seller_id, "eur", 1).state is PayoutState.PAID


def test_what_changed_since_it_was_lifted_stops_again(shop):
    order = due(shop)
    paid_out_by_hand(shop, order)
    audited(shop, START.date())
    resume(shop.world, f"seller:{order.seller_id}")

    paid_out_by_hand(shop, order)
    audited(shop, START.date())

    assert stops(shop) == {f"seller:{order.seller_id}"}


def test_what_stands_is_not_stopped_again(shop):
    order = due(shop)
    cent_added(shop, order)

    first = audited(shop, START.date())
    shop.world.clock.advance(seconds=1)
    again = audited(shop, START.date())

    assert [{each.done for each in report.found} for report in (first, again)] == [{STOPPED}, {STANDING}]
    assert len(shop.services.switch.history(f"seller:{order.seller_id}", None, 10).items) == 1


def test_an_order_whose_hold_outlived_an_earlier_stop_is_not_stopped_for_ever(shop):
    order = released(shop)
    hold = Hold(Cause.KILL_SWITCH, order.order_id, START, None, 1, "eur", order.order_id)
    shop.services.transactions.commit(shop.services.payout_table.place(order.seller_id, hold))
    captured_less(shop, order)

    report = audited(shop, START.date())

    assert {("M3", STOPPED), ("P10", STOPPED)} <= rules(report)
    assert stops(shop) == {f"seller:{order.seller_id}"}


def test_an_overdue_order_is_told_and_stops_nothing(shop):
    order = shop.shipped()
    shop.world.clock.set(order.due_at + timedelta(hours=2))

    report = audited(shop, START.date())

    assert rules(report) == {("E4", TOLD)}
    assert stops(shop) == set()


def test_a_book_of_no_order_stops_its_currency(shop):
    facts = {"kind": "capture", "currency": "eur", "postings": [["stripe", 5], ["held", -5]]}
    now = shop.world.clock.now()
    LedgerItem("ord_nobodys", "capture", day=now.date().isoformat(), booked_at=to_text(now), **facts).save()

    report = audited(shop)

    assert rules(report) == {("unknown", STOPPED)}
    assert stops(shop) == {"currency:eur"}


def test_a_transfer_that_stripe_made_and_nobody_recorded_is_explained(shop):
    order = planned(shop)
    services = shop.services
    intent = services.payment_store.intent(f"transfer#{order.order_id}")
    services.transactions.commit([services.payment_store.let_go(intent, shop.world.clock.now())])
    charge_id = services.payment_store.read(order.payment_id).charge_id
    earlier = released(shop)
    services.stripe.transfer(intent, destination=account_of(shop, order), charge_id=charge_id)

    report = audited(shop, START.date())

    assert (report.found, report.left, report.unsettled) == ([], [], [])
    assert {order.seller_id, earlier.seller_id} <= {each.seller_id for each in shop.world.view().orders}


def test_a_payout_that_the_bank_sent_back_unseen_is_explained(shop):
    order = due(shop)
    shop.services.payout_run.run()
    shop.world.stripe.bank_refuses(account_of(shop, order))
    shop.world.clock.advance(days=2)
    shop.world.stripe.tick()

    report = shop.services.audit.of_seller(order.seller_id)

    assert report.found == []


def test_a_seller_of_many_months_is_sound_though_stripe_is_asked_for_the_last_two(shop):
    order = due(shop)
    pay_out(shop, order)
    shop.world.clock.advance(days=200)

    report = shop.services.audit.of_seller(order.seller_id)

    assert (report.sellers, report.found, report.left) == (1, [], [])


def test_a_seller_whose_payout_is_on_its_way_is_looked_at_though_no_order_moved(shop):
    order = due(shop)
    shop.services.payout_run.run()
    shop.world.drain()
    PayoutItem.get(order.seller_id, "payout#eur#00000001")
    cent_added(shop, order)

    report = audited(shop)

    assert (report.orders, report.sellers) == (0, 1)
    assert stops(shop) == {f"seller:{order.seller_id}"}


def test_a_payment_that_came_too_late_brings_its_orders_before_the_audit(shop):
    placed = prepare_late(shop)
    shop.world.drain()

    report = audited(shop)

    assert shop.services.ledger.books_of(shop.world.clock.now().date()) == [placed.payment.payment_id]
    assert (report.orders, report.found) == (1, [])


def test_a_stopped_order_whose_money_is_free_stops_its_seller(shop):
    order = released(shop)
    shop.services.switch.stop(f"order:{order.order_id}", "manual", "A look.", by="acc_finance")
    HoldItem.get(order.seller_id, f"hold#kill_switch#{order.order_id}").delete()

    report = audited(shop, START.date())

    assert rules(report) == {("P10", STOPPED)}
    assert f"seller:{order.seller_id}" in stops(shop)


def test_an_order_and_a_seller_are_judged_when_somebody_asks(shop):
    order, other = released(shop), released(shop)
    captured_less(shop, order)
    cent_added(shop, other)
    audit = shop.services.audit

    sound = (*audit.of_order(other.order_id).found, *audit.of_seller(order.seller_id).found)
    broken = (*audit.of_order(order.order_id).found, *audit.of_seller(other.seller_id).found)

    assert (sound, len(broken) >= 2) == ((), True)
    assert stops(shop) == {f"order:{order.order_id}", f"seller:{other.seller_id}"}


def test_a_run_that_is_out_of_time_says_what_is_left_and_another_goes_on(shop):
    order, other = released(shop), released(shop)
    cent_added(shop, max(order, other, key=lambda each: each.seller_id))

    first = audited(shop, START.date(), until=shop.world.clock.now())
    whole = audited(shop, START.date())
    rest = audited(shop, START.date(), after=min(order.seller_id, other.seller_id))

    assert (first.orders, first.sellers, len(first.rest)) == (0, 0, 4)
    assert (whole.orders, whole.sellers, whole.rest, whole.after) == (2, 2, [], max(order.order_id, other.order_id))
    assert (rest.orders, rest.sellers) == (2, 1)


def test_a_seller_whom_stripe_says_nothing_of_is_left_and_the_others_are_judged(shop):
    order, other = released(shop), released(shop)
    captured_less(shop, other)
    shop.world.stripe.inject(fault="error_500", method="GET", path_prefix="/v1/balance", times=2)

    report = audited(shop, START.date())

    assert report.left == [f"{min(order.seller_id, other.seller_id)} unavailable"]
    assert stops(shop) == {f"order:{other.order_id}"}


def round_trips(world, look) -> int:
    before = len(world.dynamo.calls)
    look()
    return len(world.dynamo.calls) - before


def test_an_order_and_a_seller_take_few_reads(shop):
    order = due(shop)
    pay_out(shop, order)
    arrive(shop)
    orders, sellers = shop.services.order_views, shop.services.seller_views

    of_order = round_trips(shop.world, lambda: orders.of(order.order_id))
    of_seller = round_trips(shop.world, lambda: sellers.of(order.seller_id, [order.order_id]))

    assert (of_order, of_seller) == (8, 9)
