"""A difference between Stripe and the books stops what it is about, and nothing else."""

from dataclasses import replace
from types import SimpleNamespace

import pytest

from functions.reconcile.handler import run
from marketplace.kit.errors import Unavailable
from marketplace.ledger.differences import FEE_DIFFERS, KINDS, LATE, Difference
from marketplace.payments import difference_stops
from marketplace.payments.difference_stops import STOPPING
from marketplace.payouts.narrow_stops import STOPS_MAX
from marketplace.payouts.switch import EVERYTHING, UnknownScope
from tests.crash.payout_deeds import released
from tests.fakes.grants import only_its_grants
from tests.unit.payouts.test_later_holds import resume


class Pulled:
    """A switch that notes what is stopped, and knows some orders only."""

    def __init__(self, known: frozenset[str] = frozenset(), out_of_order: str = "") -> None:
        self.known, self.out_of_order = known, out_of_order
        self.scopes: list[str] = []

    def stop_unless_lifted(self, scope, cause, reasons):
        if scope == self.out_of_order:
            raise Unavailable
        if scope.startswith("order:") and scope not in self.known:
            raise UnknownScope
        self.scopes.append(scope)


def difference(kind: str = "amount_differs", *orders: str, currencies: tuple[str, ...] = ("eur",)) -> Difference:
    return Difference(kind, "ch_1", "100", "99", ("txn_1",), (), orders, currencies)


def stopped(*found: Difference, switch: Pulled | None = None) -> list[str]:
    switch = switch or Pulled(frozenset({"order:ord_1", "order:ord_2"}))
    difference_stops.stop(switch, found)
    return switch.scopes


def test_only_a_fee_and_what_is_late_stop_nothing():
    assert {kind.code for kind in KINDS} - STOPPING == {FEE_DIFFERS.code, LATE.code}
    assert stopped(difference("fee_differs", "ord_1"), difference("late", "ord_1")) == []


@pytest.mark.parametrize("kind", sorted(STOPPING))
def test_a_grave_difference_stops_each_of_its_orders(kind):
    assert stopped(difference(kind, "ord_1", "ord_2")) == ["order:ord_1", "order:ord_2"]


def test_several_differences_of_an_order_stop_it_once():
    assert stopped(difference("amount_differs", "ord_1"), difference("booked_twice", "ord_1")) == ["order:ord_1"]


@pytest.mark.parametrize(
    ("orders", "currencies", "scopes"),
    [
        ((), ("eur",), ["currency:eur"]),
        ((), ("eur", "usd"), ["currency:eur", "currency:usd"]),
        (("ord_9",), ("eur",), ["currency:eur"]),
        ((), ("xxx",), [EVERYTHING]),
        ((), ("eur", "xxx"), [EVERYTHING]),
        (("ord_9",), ("xxx",), [EVERYTHING]),
        ((), (), [EVERYTHING]),
    ],
    ids=[
        "no order",
        "no order, converted",
        "an order that is not there",
        "a currency that nobody lists in",
        "converted to one",
        "neither",
        "nothing known",
    ],
)
def test_what_names_no_order_stops_its_currency(orders, currencies, scopes):
    assert stopped(difference("missing_in_ledger", *orders, currencies=currencies)) == scopes


@pytest.mark.parametrize(("orders", "scopes"), [(STOPS_MAX, STOPS_MAX), (STOPS_MAX + 1, 1)])
def test_differences_of_too_many_orders_stop_everything_at_once(orders, scopes):
    names = [f"ord_{nth}" for nth in range(orders)]
    switch = Pulled(frozenset(f"order:{name}" for name in names))

    found = stopped(*(difference("missing_at_stripe", name) for name in names), switch=switch)

    assert len(found) == scopes
    assert (found == [EVERYTHING]) is (scopes == 1)


def test_what_cannot_be_stopped_is_told_after_the_others_are():
    switch = Pulled(frozenset({"order:ord_1", "order:ord_2"}), out_of_order="order:ord_1")

    with pytest.raises(Unavailable):
        difference_stops.stop(switch, [difference("amount_differs", "ord_1"), difference("amount_differs", "ord_2")])

    assert switch.scopes == ["order:ord_2"]


def told(*found: Difference) -> list[tuple[str, str]]:
    notes = []
    difference_stops.stop(
        SimpleNamespace(stop_unless_lifted=lambda _scope, cause, reasons: notes.append((cause, reasons))), found
    )
    return notes


def test_reasons_change_with_any_of_several_differences_and_not_with_their_order():
    first, second, third = (replace(difference(), stripe_object=f"ch_{nth}") for nth in (1, 2, 3))

    assert told(first, second) == told(second, first)
    assert told(first, second) != told(first, third)
    assert told(first, second)[0][1].startswith("ch_1: 100 at Stripe, 99 in the books; 2 in all [")


class Paper:
    """A Stripe that says one cent more of every charge than it moved."""

    def __init__(self, books):
        self._books = books

    def between(self, since, until):
        return [self._more(each) for each in self._books.between(since, until)]

    def of_object(self, name):
        return [self._more(each) for each in self._books.of_object(name)]

    def _more(self, movement):
        return replace(movement, amount_minor=movement.amount_minor + (movement.kind == "charge"))


def test_the_night_stops_the_order_until_two_people_lift_it_and_then_no_more(world, trade):
    order = released(trade)
    world.given["stripe_books"] = Paper(world.services.stripe_books)
    world.restart()
    world.clock.advance(days=1)
    services, scope = world.services, f"order:{order.order_id}"

    with only_its_grants("reconcile"):
        run({}, services.reconciliation, services.switch)
    first = [each.scope for each in services.switch.standing()]
    resume(world, scope)
    run({}, services.reconciliation, services.switch)

    assert (first, services.switch.standing()) == ([scope], [])
