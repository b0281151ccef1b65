"""A difference between Stripe and the books stops what it is about, and nothing else."""

from dataclasses import replace

import pytest

from functions.reconcile.handler import run
from marketplace.kit.errors import Unavailable
from marketplace.ledger.differences import FEE_DIFFERS, KINDS, LATE, Difference
from marketplace.ledger.sifting import Unreadable
from marketplace.payments import difference_stops
from marketplace.payments.difference_stops import MARKS_MAX, STOPPING
from marketplace.payouts.narrow_stops import STOPS_MAX
from marketplace.payouts.switch import EVERYTHING, UnknownScope
from tests.crash.payout_deeds import released
from tests.fakes.grants import only_its_grants
from tests.unit.payouts.test_later_holds import resume, stop

SPOILT = Unreadable("ord_1", "capture", "the postings of ord_1/capture do not sum to zero")


class Pulled:
    """A switch that notes what is stopped, and knows some orders only."""

    def __init__(self, known: frozenset[str] = frozenset(), out_of_order: str = "") -> None:
        self.known, self.out_of_order = known, out_of_order
        self.scopes: list[str] = []

    def parties_of(self, order_id):
        return ("acc_seller", "acc_buyer") if f"order:{order_id}" in self.known else None

    def stop_unless_lifted(self, scope, cause, reasons, marks=()):
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


def test_a_row_of_the_switch_that_makes_no_sense_keeps_no_other_from_being_stopped():
    switch = Spoilt(frozenset({"order:ord_1"}), out_of_order=EVERYTHING)

    with pytest.raises(KeyError):
        difference_stops.stop(switch, [difference(currencies=()), difference("amount_differs", "ord_1")])

    assert switch.scopes == ["order:ord_1"]


class Spoilt(Pulled):
    """A switch of which one row makes no sense."""

    def stop_unless_lifted(self, scope, cause, reasons, marks=()):
        if scope == self.out_of_order:
            raise KeyError("a row of the switch")
        super().stop_unless_lifted(scope, cause, reasons, marks)


class Notes(Pulled):
    """A switch that notes what it is told."""

    def stop_unless_lifted(self, scope, cause, reasons, marks=()):
        self.scopes.append((cause, reasons, list(marks)))


def several(*names: str) -> list[Difference]:
    return [replace(difference("amount_differs", "ord_1"), stripe_object=name) for name in names]


def marks(found: list[Difference]) -> list[str]:
    [(_, _, given)] = stopped(*found, switch=Notes())
    return given


def test_a_stop_says_its_first_difference_and_how_many_there_are_whatever_their_order():
    first, second = several("ch_1", "ch_2")

    assert stopped(first, second, switch=Notes()) == stopped(second, first, switch=Notes())
    [(cause, reasons, _)] = stopped(first, second, switch=Notes())
    assert (cause, reasons) == ("reconciliation:amount_differs", "ch_1: 100 at Stripe, 99 in the books; 2 in all")


def test_each_difference_has_a_mark_that_changes_with_anything_about_it():
    first, second = several("ch_1", "ch_2")

    assert set(marks([first, second])) == {*marks([first]), *marks([second])}
    for changed in ({"in_ledger": "98"}, {"entries": ("ord_1/again",)}, {"kind": "booked_twice"}):
        assert marks([replace(first, **changed)]) != marks([first])


@pytest.mark.parametrize(("count", "kept"), [(MARKS_MAX, MARKS_MAX), (MARKS_MAX + 1, 1)])
def test_of_more_differences_than_the_log_keeps_one_mark_stands_for_all(count, kept):
    flood = several(*(f"ch_{nth:03d}" for nth in range(count)))

    assert len(marks(flood)) == kept
    assert marks(flood) == marks(flood[::-1])
    assert marks(flood) != marks([*flood[:-1], *several("ch_another")])


@pytest.mark.parametrize(
    ("row", "scopes"),
    [
        ({"orders": ("ord_1",)}, ["order:ord_1"]),
        ({"book": "pay_1", "orders": ("ord_1", "ord_2")}, ["order:ord_1", "order:ord_2"]),
        ({"orders": ("ord_9",), "currency": "eur"}, ["currency:eur"]),
        ({"book": "po_1", "currency": "eur"}, ["currency:eur"]),
        ({"book": "po_1", "currency": "xxx"}, [EVERYTHING]),
        ({"book": "po_1"}, [EVERYTHING]),
    ],
    ids=["an order's", "a payment's", "no order's", "the owner's", "of no currency of ours", "of none"],
)
def test_a_row_that_makes_no_sense_stops_the_least_that_it_may_be_about(row, scopes):
    switch = Pulled(frozenset({"order:ord_1", "order:ord_2"}))

    difference_stops.stop(switch, [], [replace(SPOILT, **row)])

    assert switch.scopes == scopes


def test_a_row_and_a_difference_of_one_order_stop_it_together_and_the_row_is_said_first():
    switch = Notes(frozenset({"order:ord_1"}))

    difference_stops.stop(switch, several("ch_1"), [replace(SPOILT, orders=("ord_1",))])

    assert {(cause, reasons, len(given)) for cause, reasons, given in switch.scopes} == {
        ("reconciliation:unreadable", f"ord_1/capture cannot be read: {SPOILT.why}; 2 in all", 2)
    }


class Senseless(Pulled):
    """A switch that can make no sense of one order's row."""

    def parties_of(self, order_id):
        if order_id == "ord_9":
            raise KeyError(order_id)
        return super().parties_of(order_id)

    def stop_unless_lifted(self, scope, cause, reasons, marks=()):
        if scope == "order:ord_9":
            raise KeyError(scope)
        return super().stop_unless_lifted(scope, cause, reasons, marks)


def test_an_order_whose_own_row_makes_no_sense_stops_its_currency_and_keeps_no_other_from_being_stopped():
    switch = Senseless(frozenset({"order:ord_1"}))

    assert stopped(difference("amount_differs", "ord_9", "ord_1"), switch=switch) == ["currency:eur", "order:ord_1"]


@pytest.mark.parametrize(("rows", "scopes"), [(STOPS_MAX - 1, STOPS_MAX), (STOPS_MAX, 1)])
def test_rows_and_differences_of_too_many_orders_stop_everything_at_once(rows, scopes):
    names = [f"ord_{nth}" for nth in range(STOPS_MAX + 1)]
    switch = Pulled(frozenset(f"order:{name}" for name in names))
    spoilt = [replace(SPOILT, book=name, orders=(name,)) for name in names[:rows]]

    difference_stops.stop(switch, [difference("amount_differs", names[-1])], spoilt)

    assert (len(switch.scopes), switch.scopes == [EVERYTHING]) == (scopes, scopes == 1)


@pytest.fixture
def lifted(world, trade):
    """An order that two differences stopped, and two people resumed."""
    order = released(trade)
    found = [replace(difference("amount_differs", order.order_id), stripe_object=name) for name in ("ch_1", "ch_2")]
    difference_stops.stop(world.services.switch, found)
    resume(world, f"order:{order.order_id}")
    return found


def stops_again(world, *found: Difference) -> bool:
    difference_stops.stop(world.services.switch, found)
    return bool(world.services.switch.standing())


def test_what_two_people_lifted_stays_lifted_when_another_difference_has_left_the_days_looked_at(world, lifted):
    first, second = lifted

    assert not stops_again(world, second)
    assert not stops_again(world, first)
    assert not stops_again(world, first, second)


@pytest.mark.parametrize("change", [{"stripe_object": "ch_3"}, {"at_stripe": "101"}, {"kind": "booked_twice"}])
def test_a_new_or_a_changed_difference_beside_a_lifted_one_stops(world, lifted, change):
    first, second = lifted

    assert stops_again(world, second, replace(first, **change))


def test_what_was_lifted_in_several_stops_is_lifted_together(world, lifted):
    first, second = lifted
    third = replace(first, stripe_object="ch_3")
    assert stops_again(world, second, third)
    resume(world, f"order:{first.orders[0]}")

    assert not stops_again(world, first, second, third)


def test_what_nobody_let_go_on_is_not_lifted_by_another_stop_of_its_order(world, lifted):
    first, _ = lifted
    stop(world, f"order:{first.orders[0]}")
    resume(world, f"order:{first.orders[0]}")

    assert stops_again(world, replace(first, stripe_object="ch_3"))


def test_a_cause_that_changes_with_what_is_first_of_them_stops_nothing_again(world, lifted):
    first, second = lifted
    more = replace(second, kind="missing_at_stripe")
    assert stops_again(world, first, more)  # of amount_differs
    resume(world, f"order:{first.orders[0]}")

    assert not stops_again(world, more)  # of missing_at_stripe


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
