"""The steps that most journeys share: selling, buying, paying, shipping, and waiting for an order to get somewhere."""

import secrets
from typing import Any

from infra.local.carriers import delivery
from infra.local.journeys.offers import Offer
from infra.local.journeys.payers import GOOD_CARD, StripeSide
from infra.local.journeys.people import Person
from infra.local.journeys.stage import SOON_SECONDS
from infra.local.journeys.story import JourneyFailed, Story, money
from marketplace.kit.money import split
from marketplace.orders.timers import Timers

CLOCK_SECONDS_MAX = 300  # longer waits are no journey

Answer = dict[str, Any]


def offer_for_sale(seller: Person, offer: Offer) -> str:
    """Write a listing, put it on sale, and return its id."""
    draft = seller.post("/listings", offer.form(), key=new_key())
    published = seller.post(f"/listings/{draft['listing_id']}/publish")
    return str(published["listing_id"])


def check_out(buyer: Person, *listing_ids: str) -> Answer:
    """Buy one of each listing, up to the payment."""
    lines = [{"listing_id": listing_id, "quantity": 1} for listing_id in listing_ids]
    checkout: Answer = buyer.post("/checkouts", {"lines": lines}, key=new_key())
    return checkout


def buy(story: Story, buyer: Person, *listing_ids: str, card: str = GOOD_CARD) -> list[str]:
    """Buy and pay one of each listing, tell it, and return the orders' ids."""
    checkout = check_out(buyer, *listing_ids)
    order_ids = note_orders(story, checkout)
    StripeSide(buyer.stage).pay(checkout, card)
    for order_id in order_ids:
        until_order(buyer, order_id, "paid")
    story.tell(buyer, f"pays {total_of(checkout)} with {card}", "paid, and held")
    return order_ids


def ship(story: Story, seller: Person, order_id: str, carrier: str, tracking_number: str) -> Answer:
    """Tell the buyer that the goods are on their way; in a marketplace that is kept, no number comes twice."""
    parcel = f"{tracking_number} {seller.stage.tag.upper()}"
    order: Answer = seller.post(f"/orders/{order_id}/shipment", {"carrier": carrier, "tracking_number": parcel})
    story.tell(seller, f"ships with {carrier}, {tracking_number}", order["state"])
    return order


def carrier_delivers(story: Story, person: Person, order: Answer, carrier: str) -> Answer:
    """Have the carrier report the parcel of an order as delivered, and wait until the order knows it."""
    headers, raw = delivery(carrier, order["tracking_number"], "delivered")
    address = f"{person.stage.place.api_url}/webhooks/carriers/{carrier}"
    replies = [person.send("POST", address, headers, raw) for _time in range(2)]
    require(all(reply.ok for reply in replies), f"the carrier was answered {[reply.status for reply in replies]}")
    found = until_order(person, order["order_id"], "delivered")
    require(found["delivered_by"] == "carrier", f"delivered by {found['delivered_by']}")
    story.tell(carrier.upper(), "reports the parcel delivered, twice", "delivered, on the carrier's word; once")
    return found


def confirm(story: Story, buyer: Person, order_id: str, does: str = "confirms that all is well") -> Answer:
    """Accept the goods, and wait until the money went where it goes."""
    buyer.confirm(order_id)
    order = until_order(buyer, order_id, "released")
    story.tell(buyer, does, f"released: {money(order['seller_minor'] - commission_of(order))} to the seller")
    return order


def until_order(person: Person, order_id: str, state: str, within_seconds: float = SOON_SECONDS) -> Answer:
    """Wait until an order is in a state."""

    def look() -> Answer:
        order: Answer = person.get(f"/orders/{order_id}")
        return order

    return person.stage.until(
        f"order {order_id} to be {state}", look, lambda order: order["state"] == state, within_seconds
    )


def until_clock(story: Story, person: Person, order_id: str, timer: str, state: str) -> Answer:
    """Do nothing until a timer of the order process has moved an order; the wait is told before it begins.

    Raises:
        JourneyFailed: it did not happen, or this run's timer is too long to wait for.
    """
    seconds = Timers(person.stage.place.timers).seconds(timer)
    if seconds > CLOCK_SECONDS_MAX:
        raise JourneyFailed(f"the timer {timer} is {seconds} s in this run; start it with TIMERS={timer}=20s")
    story.tell("(the clock)", f"nobody does anything for {seconds} s, which stand for {_usual(timer)}")
    return until_order(person, order_id, state, seconds + SOON_SECONDS)


def note_orders(story: Story, checkout: Answer) -> list[str]:
    """Remember a checkout's orders for the table at the end."""
    order_ids = [str(order["order_id"]) for order in checkout["orders"]]
    story.orders += order_ids
    return order_ids


def total_of(checkout: Answer) -> str:
    """Write what a checkout costs."""
    return money(checkout["amount_minor"], checkout["currency"])


def commission_of(order: Answer) -> int:
    """Return the commission, with its VAT, on what the seller was awarded."""
    shares = [order["seller_minor"], order["total_minor"] - order["seller_minor"]]
    return split(order["commission_minor"] + order["commission_vat_minor"], shares)[0]


def require(holds: object, otherwise: str) -> None:
    """Fail the journey unless something holds."""
    if not holds:
        raise JourneyFailed(otherwise)


def new_key() -> str:
    """Return a fresh Idempotency-Key."""
    return secrets.token_hex(16)


def _usual(timer: str) -> str:
    seconds = Timers().seconds(timer)
    days, hours = seconds // 86_400, seconds // 3_600
    kind = "business days" if timer.endswith("business_days") else "days"
    return f"{days} {kind}" if days else f"{hours} hours"
