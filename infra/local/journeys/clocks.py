"""Journeys (c) and (d): somebody stays silent, and the order ends as its process said from the beginning."""

from infra.local.journeys.cast import Cast
from infra.local.journeys.offers import COFFEE_MAKER, RECORDS
from infra.local.journeys.story import Story, money
from infra.local.journeys.trading import buy, commission_of, offer_for_sale, require, ship, until_clock


def silent_buyer(story: Story, cast: Cast) -> None:
    """Show that a release by the clock needs proof of delivery, and then needs nobody."""
    seller = cast.seller("Inés Molina", "es", kind="trader", country="ES", legal_name="Molina Menaje S.L.")
    buyer = cast.buyer("Pablo Ortega", "es")
    story.tell(seller, f"offers “{COFFEE_MAKER.title}”", money(COFFEE_MAKER.price_minor))
    (order_id,) = buy(story, buyer, offer_for_sale(seller, COFFEE_MAKER))
    ship(story, seller, order_id, "MRW", "0284 5531 7790")
    operator = cast.operator()
    evidence = "Albarán de MRW firmado en destino, 0284 5531 7790."
    order = operator.post(f"/orders/{order_id}/delivery", {"evidence": evidence})
    story.tell(operator, "sees the carrier's proof and attests the delivery", order["state"])
    order = until_clock(story, seller, order_id, "inspection_trader", "released")
    last_act = next(entry for entry in order["timeline"] if entry["what"] == "inspection_over")
    require(last_act["by"] == "system", f"the order was released by {last_act['by']}")
    received = money(order["seller_minor"] - commission_of(order))
    story.tell(seller, "is paid without the buyer's doing", f"released: {received} to the seller")


def seller_who_never_ships(story: Story, cast: Cast) -> None:
    """Show that the buyer of goods that never leave gets everything back without asking."""
    seller = cast.seller("Bruno Costa", "es", kind="private", country="PT")
    buyer = cast.buyer("Hannah Moore", "en")
    listing_id = offer_for_sale(seller, RECORDS)
    story.tell(seller, f"offers “{RECORDS.title}”", money(RECORDS.price_minor))
    (order_id,) = buy(story, buyer, listing_id)
    order = until_clock(story, buyer, order_id, "unshipped", "refunded")
    require(
        order["refund_minor"] == order["total_minor"], f"of {order['total_minor']} {order['refund_minor']} came back"
    )
    story.tell(buyer, "has asked for nothing", f"refunded: {money(order['refund_minor'])} back")
    listing = seller.get(f"/listings/{listing_id}")
    require(listing["stock"] == RECORDS.stock, f"the stock is {listing['stock']} after the refund")
    story.tell(seller, "still has the records", "on sale again")
