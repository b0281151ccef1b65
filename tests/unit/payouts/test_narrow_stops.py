"""No more is stopped than what is wrong, no less than can be, and never again what people let go on as it is."""

import pytest

from marketplace.kit.errors import Unavailable
from marketplace.payouts.model import Purse
from marketplace.payouts.narrow_stops import REASONS_LENGTH_MAX, in_short, stop_narrowest
from marketplace.payouts.purse_store import purse_key
from marketplace.payouts.switch import EVERYTHING, StopOvertaken
from marketplace.payouts.table_store import PurseItem
from tests.crash.payout_deeds import released
from tests.unit.payouts.test_later_holds import resume

LONG = "x" * REASONS_LENGTH_MAX


class Crowded:
    """A switch on which no order can be stopped."""

    def __init__(self, refusal: type[Exception]) -> None:
        self.refusal, self.scopes = refusal, []

    def stop_unless_lifted(self, scope, _cause, _reasons):
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


def test_what_can_never_be_stopped_and_has_nothing_wider_is_told():
    with pytest.raises(StopOvertaken):
        stop_narrowest(Crowded(StopOvertaken), ["order:ord_1"], "invariant:M3", "Why.")


def test_a_switch_that_does_not_answer_widens_no_stop():
    switch = Crowded(Unavailable)

    with pytest.raises(Unavailable):
        stop_narrowest(switch, ["order:ord_1", EVERYTHING], "invariant:M3", "Why.")

    assert switch.scopes == []
