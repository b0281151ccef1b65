"""Journey (g): Stripe's webhooks arrive three times and out of order, and the money is booked once."""

from infra.local.journeys.cast import Cast
from infra.local.journeys.offers import PUZZLE
from infra.local.journeys.payers import StripeSide
from infra.local.journeys.story import Story, money
from infra.local.journeys.trading import buy, confirm, offer_for_sale, require, ship

TIMES = 3


def repeated_webhooks(story: Story, cast: Cast) -> None:
    """Show that webhooks are hints: repeated, shuffled and stale ones change nothing."""
    seller = cast.seller("Elena Duarte", "es", kind="private", country="ES")
    buyer = cast.buyer("Martín Gil", "es")
    listing_id = offer_for_sale(seller, PUZZLE)
    story.tell(seller, f"offers “{PUZZLE.title}”", f"{money(PUZZLE.price_minor)}, {PUZZLE.stock} in stock")
    stripe = StripeSide(cast.stage)
    stripe.webhook_modes("shuffled", "duplicated")
    try:
        (order_id,) = buy(story, buyer, listing_id)
    finally:
        stripe.webhook_modes("in_order")
    events = _events_of(stripe, buyer.get(f"/orders/{order_id}")["checkout_id"])
    require(events, "Stripe has no events of this payment")
    for _time in range(TIMES):
        for event in events:  # the newest first: the wrong way round
            stripe.send_again(event["id"])
    cast.stage.until("every webhook to be taken", stripe.webhooks_waiting, lambda waiting: waiting == 0)
    story.tell("Stripe", f"sends its {len(events)} events {TIMES} times more, backwards", "all taken")
    ship(story, seller, order_id, "Correos Express", "CX 5500 1200")
    order = confirm(story, buyer, order_id)
    captures = [entry for entry in order["timeline"] if entry["what"] == "pay"]
    stock = seller.get(f"/listings/{listing_id}")["stock"]
    require(len(captures) == 1, f"the order was paid {len(captures)} times")
    require(stock == PUZZLE.stock - 1, f"the stock is {stock}")
    story.tell(buyer, "looks at the order", f"paid once; {stock} of {PUZZLE.stock} left in stock")


def _events_of(stripe: StripeSide, checkout_id: str) -> list[dict[str, str]]:
    """Return the events about a checkout's payment, the newest first."""
    found = []
    for event in stripe.list_all("/v1/events"):
        about = event["data"]["object"]
        if checkout_id in (about.get("transfer_group"), (about.get("metadata") or {}).get("payment_id")):
            found.append(event)
    return found
