"""What carriers report of goods on their way back, and of what is sent for them."""

from datetime import timedelta

import pytest

from marketplace.orders.model import CARRIER
from marketplace.shipping.model import CarrierEventRefused, TrackingNumberUsed
from tests.unit.returns.test_exchanges import agree, read, receive, replacing, send_back, wait
from tests.unit.returns.test_exchanges import ask as ask_exchange
from tests.unit.returns.test_exchanges import replace as replaced_by
from tests.unit.returns.test_returns import ask, bought, refunds
from tests.unit.shipping.making import report, report_dhl


@pytest.fixture(autouse=True)
def latest(world):
    world.place_under(2)


@pytest.fixture
def sent(trade):
    """A return on its way, in a parcel of a carrier that reports."""
    order = bought(trade)
    made = ask(trade, order)
    return trade.services.returns.send(made.return_id, order.buyer_id, "Correos", "rr 1").made


def test_a_delivery_to_the_seller_is_noted_and_begins_their_time_to_look(trade, world, sent):
    world.clock.advance(days=2)
    at = world.clock.now() - timedelta(hours=3)
    moved = report(world, "RR1", occurred_at=at.isoformat())

    made = read(trade, sent)
    assert (moved, made.state, made.returned_at, made.returned_by) == (1, "arrived_back", at, CARRIER)
    assert made.due_at == world.clock.now() + timedelta(days=5)
    assert refunds(world) == []
    wait(trade, 5)
    assert (read(trade, sent).outcome, refunds(world)) == ("refunded", [10_000])


def test_a_carrier_never_gives_the_seller_more_time_than_the_law(trade, world, sent):
    world.clock.advance(days=12)
    report(world, "RR1")

    assert read(trade, sent).due_at == sent.due_at


def test_a_seller_deducts_after_the_carrier_brought_it(trade, world, sent):
    report(world, "RR1")
    after = trade.services.returns.receive(
        sent.return_id, sent.seller_id, restock=False, deduction_minor=500, reasons="A scratch."
    ).made

    assert (after.state, after.returned_by) == ("deducted", CARRIER)


def test_dhl_is_understood_too(trade, world):
    order = bought(trade)
    made = ask(trade, order)
    trade.services.returns.send(made.return_id, order.buyer_id, "DHL Express", "JD 014")

    assert report_dhl(world, "JD014", "delivered") == 1
    assert read(trade, made).returned_by == CARRIER


def test_two_returns_in_one_parcel_arrive_together(trade, world):
    order = bought(trade)
    made = [ask(trade, order, name=name) for name in ("one", "two")]
    for each in made:
        trade.services.returns.send(each.return_id, order.buyer_id, "correos", "RR1")
    report(world, "RR1")

    assert {read(trade, each).state for each in made} == {"arrived_back"}


@pytest.mark.parametrize("status", ["in_transit", "lost", "failed", "returned"])
def test_what_is_not_a_delivery_changes_nothing_about_a_return(trade, world, sent, status):
    assert report(world, "RR1", status) == 0

    assert read(trade, sent) == sent


def test_told_twice_or_after_the_end_it_happens_once(trade, world, sent):
    assert (report(world, "RR1"), report(world, "RR1"), report(world, "RR1", event_id="again")) == (1, 0, 0)
    wait(trade, 5)
    assert report(world, "RR1", event_id="late") == 0

    assert refunds(world) == [10_000]


def test_what_went_back_to_the_buyer_did_not_reach_the_seller(trade, world, sent):
    report(world, "RR1", "returned")

    assert report(world, "RR1", "delivered") == 0
    assert read(trade, sent).state == "awaiting_receipt"


def test_what_cannot_have_happened_is_refused(trade, world, sent):
    for at in (sent.entered_at - timedelta(hours=1), world.clock.now() + timedelta(hours=1)):
        with pytest.raises(CarrierEventRefused):
            report(world, "RR1", occurred_at=at.isoformat())

    assert read(trade, sent) == sent


def test_the_orders_own_parcel_is_not_the_returns(trade, world, sent):
    order = trade.order(sent.order_id)
    report(world, order.tracking_number)

    assert read(trade, sent) == sent
    assert trade.order(sent.order_id).state == "return_open"


def test_a_replacement_arrives_by_its_carriers_word(trade, world):
    made = replacing(trade, bought(trade))
    replaced_by(trade, made)
    world.clock.advance(days=1)

    assert report(world, "RP1") == 1
    ended = read(trade, made)
    assert (ended.outcome, ended.replacement.arrived_by) == ("replaced", CARRIER)


def test_a_replacement_that_is_lost_is_looked_at_and_still_may_arrive(trade, world):
    made = replacing(trade, bought(trade))
    replaced_by(trade, made)
    report(world, "RP1", "lost")
    assert read(trade, made).state == "replacement_unproven"

    assert report(world, "RP1") == 1
    assert read(trade, made).outcome == "replaced"


def test_a_parcel_goes_one_way_and_proves_nothing_about_the_other(trade, world):
    """What one return sends back proves no replacement of another, and the other way round."""
    order = bought(trade, quantity=3)
    first, second = (_sent_back(trade, order, name) for name in ("A", "B"))
    receive(trade, second)
    with pytest.raises(TrackingNumberUsed):
        replaced_by(trade, second, "BACKA")
    replaced_by(trade, second, "OUT")
    third = ask(trade, order, name="C")
    with pytest.raises(TrackingNumberUsed):
        send_back(trade, third, "OUT")

    report(world, "OUT")
    assert [read(trade, each).state for each in (first, second, third)] == ["sent_back", "ended", "approved"]
    report(world, "BACKA")
    assert [read(trade, each).state for each in (first, third)] == ["replacing", "approved"]


def test_one_parcel_that_went_back_says_nothing_about_another(trade, world):
    order = bought(trade)
    first, second = (receive(trade, _sent_back(trade, order, name)) for name in ("A", "B"))
    replaced_by(trade, first, "OUTA")
    replaced_by(trade, second, "OUTB")
    report(world, "OUTA", "returned")
    report(world, "OUTA")
    report(world, "OUTB")

    assert (read(trade, first).state, read(trade, second).outcome) == ("replacement_unproven", "replaced")


def _sent_back(trade, order, name):
    return send_back(trade, agree(trade, ask_exchange(trade, order, name=name)), f"BACK{name}")
