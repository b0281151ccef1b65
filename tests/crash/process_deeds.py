"""The second version of the order process under faults: carriers, services, files, and a decision that waits."""

import hashlib
import json
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from marketplace.catalog.promises import DIGITAL, SERVICE, Promises
from marketplace.kit.clock import to_text
from marketplace.kit.errors import DomainError
from marketplace.orders.files import SoldFile
from marketplace.orders.model import Order
from marketplace.shipping.adapters import SIGNATURE_HEADER, sign
from tests.fakes.stored_files import FakeBucket
from tests.fakes.trade import Trade
from tests.fakes.world import CARRIER_SECRETS

CONTENT = b"%PDF a manual"
FILE = SoldFile("manual.pdf", "application/pdf", len(CONTENT), hashlib.sha256(CONTENT).hexdigest())


def prepare_on_its_way(trade: Trade) -> Order:
    trade.world.place_under(2)
    return trade.shipped()


def prepare_arrived(trade: Trade) -> Order:
    order = prepare_on_its_way(trade)
    report(trade.services, trade, order)
    trade.world.drain()
    return trade.order(order.order_id)


def prepare_service(trade: Trade) -> Order:
    trade.world.place_under(2)
    return trade.bought(promises=Promises(SERVICE))


def prepare_file(trade: Trade) -> Order:
    bucket = FakeBucket()
    trade.world.given |= {"uploads": bucket, "stored_files": bucket}
    trade.world.place_under(2)
    order = trade.bought(promises=Promises(DIGITAL))
    bucket.put(FILE.key(order.order_id), CONTENT, FILE.content_type)
    return order


def prepare_decided(trade: Trade) -> Order:
    """Decided, and the time to appeal is over; nobody looked yet."""
    trade.world.place_under(2)
    order = trade.delivered(price_minor=9_999)
    disputes = trade.services.disputes
    view = disputes.open(order.order_id, order.buyer_id, "damaged", "It came broken.", None)
    disputes.answer(view.dispute.dispute_id, order.seller_id, "It was whole.")
    disputes.escalate(view.dispute.dispute_id, order.buyer_id)
    disputes.decide(view.dispute.dispute_id, "acc_operator", 3_333, "5.2", "Both are a little right.")
    trade.world.drain()
    return trade.order(order.order_id)


def report(services: Any, trade: Trade, order: Order, status: str = "delivered") -> None:
    """Have the carrier say what happened to the order's parcel; said again it is the same event."""
    now = trade.world.clock.now()
    said = {
        "event_id": f"{order.order_id}-{status}",
        "tracking_number": order.tracking_number,
        "status": status,
        "occurred_at": to_text(now),
    }
    raw, stamp = json.dumps(said).encode(), str(int(now.timestamp()))
    headers = {SIGNATURE_HEADER: f"t={stamp},v1={sign(raw, CARRIER_SECRETS['correos'], stamp)}"}
    services.carrier_webhook.receive("correos", raw, headers)


def act_carrier_delivers(trade: Trade, order: Order) -> None:
    report(trade.services, trade, order)
    trade.world.drain()


def act_carrier_loses(trade: Trade, order: Order) -> None:
    report(trade.services, trade, order, "lost")
    trade.world.drain()


def act_report_done(trade: Trade, order: Order) -> None:
    with suppress(DomainError):
        trade.services.orders.report_done(order.order_id, order.seller_id, "It runs again.")
    trade.world.drain()


def act_make_available(trade: Trade, order: Order) -> None:
    with suppress(DomainError):
        trade.services.digital_goods.make_available(order.order_id, order.seller_id, FILE)
    trade.world.drain()


def act_time_is_up(trade: Trade, order: Order) -> None:
    trade.world.clock.set(max(trade.world.clock.now(), order.due_at))
    trade.services.order_clock.catch_up(order.order_id)
    trade.world.drain()


PROCESS_FLOWS: Mapping[str, tuple[Any, ...]] = {
    "carrier delivers": (prepare_on_its_way, act_carrier_delivers, frozenset({"delivered"})),
    "carrier loses": (prepare_on_its_way, act_carrier_loses, frozenset({"delivery_unproven"})),
    "carrier delivered, released by the clock": (prepare_arrived, act_time_is_up, frozenset({"released"})),
    "service reported done": (prepare_service, act_report_done, frozenset({"reported_done"})),
    "file made available": (prepare_file, act_make_available, frozenset({"delivered"})),
    "decision carried out by the clock": (prepare_decided, act_time_is_up, frozenset({"split"})),
}


def _carrier(services: Any, trade: Trade, order: Order) -> None:
    report(services, trade, order)


def _loses(services: Any, trade: Trade, order: Order) -> None:
    report(services, trade, order, "lost")


def _confirm(services: Any, _trade: Trade, order: Order) -> None:
    services.orders.confirm(order.order_id, order.buyer_id)
    services.order_clock.settle(order.order_id)


def _dispute(services: Any, _trade: Trade, order: Order) -> None:
    services.disputes.open(order.order_id, order.buyer_id, "damaged", "It came broken.", None)


def _ship(services: Any, _trade: Trade, made: tuple[Order, Order], *, which: int) -> None:
    order = made[which]
    services.orders.ship(order.order_id, order.seller_id, "correos", "PK1")


def _two_paid(trade: Trade) -> tuple[Order, Order]:
    trade.world.place_under(2)
    return trade.bought(), trade.bought()


PROCESS_CONTESTS: Mapping[str, tuple[Any, ...]] = {
    "carrier x carrier": (prepare_on_its_way, {"one": _carrier, "other": _carrier}, frozenset({"delivered"})),
    "delivered x lost": (
        prepare_on_its_way,
        {"delivered": _carrier, "lost": _loses},
        frozenset({"delivered"}),  # in whatever order: a parcel that was lost may still come
    ),
    "carrier x confirm": (
        prepare_on_its_way,
        {"carrier": _carrier, "confirm": _confirm},
        frozenset({"released", "delivered"}),
    ),
    "carrier x dispute": (
        prepare_on_its_way,
        {"carrier": _carrier, "dispute": _dispute},
        frozenset({"disputed", "delivered"}),
    ),
    "one parcel, two orders": (
        _two_paid,
        {
            "one": lambda services, trade, made: _ship(services, trade, made, which=0),
            "other": lambda services, trade, made: _ship(services, trade, made, which=1),
        },
        frozenset({"paid", "shipped"}),
    ),
}
