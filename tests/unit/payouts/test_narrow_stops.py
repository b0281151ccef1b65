"""No more is stopped than what is wrong, no less than can be, and never again what people let go on as it is."""

from datetime import timedelta

import pytest

from marketplace.kit.errors import Unavailable
from marketplace.payouts.model import Purse
from marketplace.payouts.narrow_stops import REASONS_LENGTH_MAX, in_short, stop_narrowest
from marketplace.payouts.purse_store import purse_key
from marketplace.payouts.switch import EVERYTHING, LIFTED_FOR, StopOvertaken
from marketplace.payouts.table_store import PurseItem
from tests.crash.payout_deeds import released
from tests.unit.payouts.test_later_holds import resume

LONG = "x" * REASONS_LENGTH_MAX


class Crowded:
    """A switch on which no order can be stopped."""

    def __init__(self, refusal: type[Exception]) -> None:
        self.refusal, self.scopes = refusal, []

    def stop_unless_lifted(self, scope, _cause, _reasons, _marks=()):
        if scope.startswith("order:"):
            raise self.refusal
        self.scopes.append(scope)


def test_reasons_that_people_read_whole_are_not_changed():
    assert in_short(LONG) == LONG


def test_reasons_that_differ_only_behind_the_cut_are_not_the_same():
    assert in_short(LONG + "y") == in_short(LONG + "y")
    assert len({LONG, in_short(LONG + "y"), in_short(LONG + "z")}) == 3
    assert len(in_short(LONG + "y")) == REASONS_LENGTH_MAX


def test_what_breaks_behind_the_cut_after_people_lifted_a_stop_stops_again(world):
    switch, scopes = world.services.switch, ["currency:eur"]
    stop_narrowest(switch, scopes, "invariant:P12", LONG + "y")
    resume(world, "currency:eur")

    _, same = stop_narrowest(switch, scopes, "invariant:P12", LONG + "y")
    _, more = stop_narrowest(switch, scopes, "invariant:P12", LONG + "z")

    assert same is None
    assert more is not None


def test_an_order_whose_sellers_balance_moves_at_every_try_is_stopped_with_its_seller(world, trade, monkeypatch):
    order, switch = released(trade), world.services.switch
    held, purse = switch._orders.held, purse_key(Purse(order.seller_id, order.currency))

    def overtaken(*asked):
        writes = held(*asked)
        purse.update([PurseItem.version.add(1)])
        return writes

    monkeypatch.setattr(switch._orders, "held", overtaken)

    scopes = [f"order:{order.order_id}", f"seller:{order.seller_id}", EVERYTHING]
    stop_narrowest(switch, scopes, "invariant:M3", "Why.")

    assert [each.scope for each in switch.standing()] == [f"seller:{order.seller_id}"]


@pytest.mark.parametrize("marks", [(), ("1", "2")], ids=["by cause and reasons", "by marks"])
@pytest.mark.parametrize(("later", "is_stopped"), [(timedelta(), False), (timedelta(milliseconds=1), True)])
def test_what_people_lifted_counts_as_lifted_from_then_on_for_a_bank_s_time(world, marks, later, is_stopped):
    switch, asked = world.services.switch, (["currency:eur"], "invariant:many", "The very same.", marks)
    stop_narrowest(switch, *asked)
    world.clock.advance(days=30)
    resume(world, "currency:eur")
    world.clock.advance(seconds=(LIFTED_FOR + later).total_seconds())

    _, change = stop_narrowest(switch, *asked)

    assert (change is not None) is is_stopped


def test_only_the_history_keeps_the_marks_of_a_stop(world):
    switch = world.services.switch
    stop_narrowest(switch, ["currency:eur"], "reconciliation:amount_differs", "Why.", ["1", "2"])
    resume(world, "currency:eur")

    history = switch.history("currency:eur", None, 10).items

    assert [each.marks for each in history] == [(), ("1", "2")]
    assert switch._switches.read("currency:eur").marks == ()


class Senseless:
    """A switch that cannot make sense of an order's book."""

    def __init__(self, error):
        self.error, self.scopes = error, []

    def stop_unless_lifted(self, scope, _cause, _reasons, _marks=()):
        if scope.startswith("order:"):
            raise self.error
        self.scopes.append(scope)


@pytest.mark.parametrize("error", [ValueError, TypeError, AttributeError, KeyError])
def test_an_order_whose_book_makes_no_sense_is_stopped_with_its_seller(error):
    switch = Senseless(error)

    stop_narrowest(switch, ["order:ord_1", "seller:acc_1", EVERYTHING], "reconciliation:unreadable", "Why.")

    assert switch.scopes == ["seller:acc_1"]


def test_what_can_never_be_stopped_and_has_nothing_wider_is_told():
    with pytest.raises(StopOvertaken):
        stop_narrowest(Crowded(StopOvertaken), ["order:ord_1"], "invariant:M3", "Why.")


def test_a_switch_that_does_not_answer_widens_no_stop():
    switch = Crowded(Unavailable)

    with pytest.raises(Unavailable):
        stop_narrowest(switch, ["order:ord_1", EVERYTHING], "invariant:M3", "Why.")

    assert switch.scopes == []
