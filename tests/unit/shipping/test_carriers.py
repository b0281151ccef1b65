"""What carriers report: once, in any order, believed only as far as it can be true."""

from datetime import timedelta
from itertools import permutations

import pytest

from marketplace.kit.errors import Invalid
from marketplace.orders.model import CARRIER, TransitionRefused
from marketplace.shipping.model import (
    TOLERANCE_SECONDS,
    BadCarrierSignature,
    CarrierEventRefused,
    CarrierUnknown,
    TrackingInvalid,
    TrackingNumberUsed,
)
from tests.unit.shipping.making import event, report, report_dhl, report_dhl_many, signed


@pytest.fixture
def shipped(world, trade):
    """A parcel on its way, of an order whose process knows carriers."""
    world.place_under(2)
    return trade.shipped()


def test_a_delivery_begins_the_buyers_time_at_the_moment_it_is_known_and_keeps_the_carriers(world, trade, shipped):
    world.clock.advance(days=2)
    arrived = world.clock.now() - timedelta(hours=5)

    moved = report(world, shipped.tracking_number, occurred_at=arrived.isoformat())

    order = trade.order(shipped.order_id)
    assert (moved, order.state, order.delivered_at, order.delivered_by) == (1, "delivered", arrived, CARRIER)
    assert order.entered_at == world.clock.now()  # a webhook that comes late takes no time from the buyer


def test_a_reported_delivery_releases_the_money_when_the_buyer_stays_silent(world, trade, shipped):
    report(world, shipped.tracking_number)
    world.clock.advance(days=14, seconds=2)
    world.drain()

    assert trade.order(shipped.order_id).state == "released"


@pytest.mark.parametrize("status", ["failed", "lost", "returned"])
def test_what_goes_astray_is_for_a_person_to_look_at(world, trade, shipped, status):
    moved = report(world, shipped.tracking_number, status)

    assert (moved, trade.order(shipped.order_id).state) == (1, "delivery_unproven")


def test_what_went_back_and_was_delivered_to_its_sender_is_no_delivery(world, trade, shipped):
    report(world, shipped.tracking_number, "returned")
    moved = report(world, shipped.tracking_number, "delivered")

    order = trade.order(shipped.order_id)
    assert (moved, order.state, order.delivered_at) == (0, "delivery_unproven", None)


def test_a_second_attempt_may_still_deliver(world, trade, shipped):
    report(world, shipped.tracking_number, "failed")
    report(world, shipped.tracking_number, "delivered")

    assert trade.order(shipped.order_id).state == "delivered"


def test_the_same_event_again_changes_nothing(world, trade, shipped):
    moved = [report(world, shipped.tracking_number, "failed") for _ in range(3)]
    world.services.orders.attest_delivery(shipped.order_id, trade.operator(), "signed receipt")
    step = trade.order(shipped.order_id).step

    assert moved == [1, 0, 0]
    assert report(world, shipped.tracking_number, "failed") == 0
    assert trade.order(shipped.order_id).step == step
    assert len(world.services.shipping_store.events_of(shipped.order_id)) == 1


@pytest.mark.parametrize("order_of", list(permutations(["in_transit", "failed", "delivered"])))
def test_in_any_order_of_arrival_a_delivered_parcel_ends_delivered(world, trade, shipped, order_of):
    for status in order_of:
        report(world, shipped.tracking_number, status)

    assert trade.order(shipped.order_id).state == "delivered"


def test_an_unknown_parcel_is_acknowledged_and_forgotten(world, shipped):
    assert report(world, "NOBODYS1") == 0
    assert report(world, "---") == 0


@pytest.mark.parametrize("late", [False, True])
def test_what_cannot_have_happened_then_is_refused(world, trade, shipped, late):
    world.clock.advance(days=1)
    at = world.clock.now() + timedelta(seconds=TOLERANCE_SECONDS + 1) if late else shipped.shipped_at
    at -= timedelta(seconds=0 if late else 1)

    with pytest.raises(CarrierEventRefused):
        report(world, shipped.tracking_number, occurred_at=at.isoformat())

    assert trade.order(shipped.order_id).state == "shipped"
    assert world.services.shipping_store.events_of(shipped.order_id) == []


def test_an_order_of_the_first_process_is_moved_by_no_carrier(world, trade):
    world.place_under(1)
    order = trade.shipped()

    assert report(world, order.tracking_number) == 0
    assert trade.order(order.order_id).state == "shipped"
    assert [each.moved for each in world.services.shipping_store.events_of(order.order_id)] == [False]


def test_a_delivery_during_a_dispute_pays_the_seller_when_the_buyer_drops_it(world, trade, shipped):
    """Nobody keeps goods and money by complaining before the parcel comes, and giving in after."""
    opened = world.services.disputes.open(shipped.order_id, shipped.buyer_id, "not_received", "Nothing came.", None)
    world.clock.advance(days=1)
    report(world, shipped.tracking_number)
    world.services.disputes.drop(opened.dispute.dispute_id, shipped.buyer_id)

    order = trade.order(shipped.order_id)
    assert (order.state, order.delivered_at, order.delivered_by) == ("delivered", world.clock.now(), CARRIER)
    world.clock.advance(days=14, seconds=2)
    world.drain()
    assert trade.order(shipped.order_id).state == "released"


def test_a_delivery_that_moves_nothing_counts_once_for_the_seller(world, trade, shipped):
    world.services.disputes.open(shipped.order_id, shipped.buyer_id, "not_received", "Nothing came.", None)
    for event_id in ("first", "again"):
        world.clock.advance(days=1)
        report(world, shipped.tracking_number, event_id=event_id)

    counts = world.services.shipping_store.punctuality(shipped.seller_id)
    assert (counts.delivered_on_time, counts.delivered_late) == (1, 0)
    assert trade.order(shipped.order_id).delivered_at == world.clock.now() - timedelta(days=1)


def test_a_move_that_was_planned_before_a_delivery_was_noted_does_not_forget_it(world, trade, shipped):
    opened = world.services.disputes.open(shipped.order_id, shipped.buyer_id, "not_received", "Nothing came.", None)
    planned = world.services.mover.plan(trade.order(shipped.order_id), "drop", "buyer")
    report(world, shipped.tracking_number)

    with pytest.raises(TransitionRefused):
        world.services.transactions.commit(planned.writes)
    world.services.disputes.drop(opened.dispute.dispute_id, shipped.buyer_id)
    assert trade.order(shipped.order_id).state == "delivered"


def test_what_went_back_during_a_dispute_and_was_delivered_to_its_sender_is_no_delivery(world, trade, shipped):
    world.services.disputes.open(shipped.order_id, shipped.buyer_id, "not_received", "Nothing came.", None)
    report(world, shipped.tracking_number, "returned")
    report(world, shipped.tracking_number)

    assert trade.order(shipped.order_id).delivered_at is None


def test_one_impossible_event_does_not_stop_the_others_of_its_delivery(world, trade):
    world.place_under(2)
    early, good = (trade.bought() for _parcel in range(2))
    for order, number in ((early, "EARLY1"), (good, "GOOD1")):
        world.services.orders.ship(order.order_id, order.seller_id, "dhl", number)
    world.drain()
    sent = world.clock.now()
    world.clock.advance(days=1)
    said = [("EARLY1", sent - timedelta(days=1)), ("GOOD1", world.clock.now())]

    assert report_dhl_many(world, said) == 1
    assert [trade.order(each.order_id).state for each in (early, good)] == ["shipped", "delivered"]


def test_a_delivery_during_a_dispute_is_kept_and_moves_nothing(world, trade, shipped):
    world.services.disputes.open(shipped.order_id, shipped.buyer_id, "not_received", "Nothing came.", None)

    assert report(world, shipped.tracking_number) == 0
    [known] = world.services.shipping_store.events_of(shipped.order_id)
    assert (known.outcome, known.moved, trade.order(shipped.order_id).state) == ("delivered", False, "disputed")


# Who speaks.


def test_only_who_has_the_carriers_secret_is_heard(world, trade, shipped):
    raw = event(world, shipped.tracking_number)
    good = signed(world, raw)
    tampered = signed(world, raw + b" ")
    old = signed(world, raw, at=world.clock.now() - timedelta(seconds=TOLERANCE_SECONDS + 1))
    for headers in ({}, tampered, old, {name: f"{value},v1=" for name, value in old.items()}):
        with pytest.raises(BadCarrierSignature):
            world.services.carrier_webhook.receive("correos", raw, headers)

    assert trade.order(shipped.order_id).state == "shipped"
    assert world.services.carrier_webhook.receive("correos", raw, good) == 1


def test_a_carrier_that_was_given_no_secret_does_not_exist(world, shipped):
    raw = event(world, shipped.tracking_number)
    with pytest.raises(CarrierUnknown):
        world.services.carrier_webhook.receive("seur", raw, signed(world, raw))


def test_one_carrier_says_nothing_about_anothers_parcel(world, trade, shipped):
    assert report_dhl(world, shipped.tracking_number, "delivered") == 0
    assert trade.order(shipped.order_id).state == "shipped"


@pytest.mark.parametrize(
    "raw", [b"{", b"[]", b"{}", b'{"status": "delivered"}', b'{"event_id": 1}', b"\xff", b"[" * 100_000]
)
def test_what_is_signed_and_makes_no_sense_is_refused(world, raw):
    with pytest.raises(Invalid):
        world.services.carrier_webhook.receive("correos", raw, signed(world, raw))


@pytest.mark.parametrize(
    "said", [{"status": "eaten"}, {"occurred_at": "yesterday"}, {"event_id": ""}, {"event_id": "x" * 129}]
)
def test_each_field_is_looked_at(world, shipped, said):
    with pytest.raises(Invalid):
        report(world, shipped.tracking_number, **said)


# DHL's own form.


@pytest.fixture
def with_dhl(world, trade):
    world.place_under(2)
    order = trade.bought()
    world.services.orders.ship(order.order_id, order.seller_id, "DHL Express", "00 3404-34161094")
    world.drain()
    return trade.order(order.order_id)


@pytest.mark.parametrize(
    ("code", "state"),
    [
        ("pre-transit", "shipped"),
        ("transit", "shipped"),
        ("unknown", "shipped"),
        ("delivered", "delivered"),
        ("failure", "delivery_unproven"),
    ],
)
def test_dhls_status_codes_mean_what_dhl_says(world, trade, with_dhl, code, state):
    report_dhl(world, "00340434161094", code)

    assert trade.order(with_dhl.order_id).state == state


def test_what_dhl_tells_again_is_the_same_event(world, with_dhl):
    at = world.clock.now()
    world.clock.advance(hours=1)

    assert [report_dhl(world, "00340434161094", "delivered", at=at) for _ in range(3)] == [1, 0, 0]


def test_dhl_proves_itself_with_the_token_it_was_given(world, trade, with_dhl):
    with pytest.raises(BadCarrierSignature):
        report_dhl(world, "00340434161094", "delivered", token="guessed")

    assert trade.order(with_dhl.order_id).state == "shipped"


@pytest.mark.parametrize("raw", [b"{}", b'{"shipments": []}', b'{"shipments": [{}]}', b'{"shipments": [1]}'])
def test_what_dhl_never_says_is_refused(world, raw):
    with pytest.raises(Invalid):
        world.services.carrier_webhook.receive("dhl", raw, {"aval-carrier-token": "local-dhl-token"})


# Whose parcel it is.


@pytest.mark.parametrize("version", [1, 2])
@pytest.mark.parametrize("spelled", [("correos", "pk 1"), ("Correos", "PK-1"), ("CORREOS S.A.", "pk1")])
def test_a_tracking_number_belongs_to_one_order_however_it_is_spelled(world, trade, version, spelled):
    world.place_under(version)
    one, other = trade.bought(), trade.bought()
    world.services.orders.ship(one.order_id, one.seller_id, "correos", "PK1")
    moves = len(world.services.order_store.moves(other.order_id))

    with pytest.raises(TrackingNumberUsed):
        world.services.orders.ship(other.order_id, other.seller_id, *spelled)

    assert trade.order(other.order_id) == other
    assert len(world.services.order_store.moves(other.order_id)) == moves
    world.services.orders.ship(other.order_id, other.seller_id, "seur", "PK1")
    world.drain()


def test_a_number_without_letter_or_digit_is_no_tracking_number(world, trade):
    order = trade.bought()
    for carrier, number in (("correos", "---"), ("!", "PK1")):
        with pytest.raises(TrackingInvalid):
            world.services.orders.ship(order.order_id, order.seller_id, carrier, number)

    assert trade.order(order.order_id) == order
