"""Journeys (c), (d) and (u): somebody stays silent, and the order ends as its process said from the beginning."""

from infra.local.journeys.cast import Cast
from infra.local.journeys.offers import COFFEE_MAKER, RECORDS, TURNTABLE
from infra.local.journeys.story import Story, money
from infra.local.journeys.trading import (
    buy,
    carrier_delivers,
    commission_of,
    offer_for_sale,
    require,
    ship,
    until_clock,
)

BROKEN = "The plinth is cracked from front to back, and the arm does not move."


def silent_buyer(story: Story, cast: Cast) -> None:
    """Show that a release by the clock needs proof of delivery, and then needs nobody."""
    seller = cast.seller("Inés Molina", "es", kind="trader", country="ES", legal_name="Molina Menaje S.L.")
    buyer = cast.buyer("Pablo Ortega", "es")
    story.tell(seller, f"offers “{COFFEE_MAKER.title}”", money(COFFEE_MAKER.price_minor))
    (order_id,) = buy(story, buyer, offer_for_sale(seller, COFFEE_MAKER))
    order = ship(story, seller, order_id, "MRW", "0284 5531 7790")
    carrier_delivers(story, seller, order, "mrw")
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
    order = until_clock(story, buyer, order_id, "handling_grace", "refunded")
    require(
        order["refund_minor"] == order["total_minor"], f"of {order['total_minor']} {order['refund_minor']} came back"
    )
    story.tell(buyer, "has asked for nothing", f"refunded: {money(order['refund_minor'])} back")
    listing = seller.get(f"/listings/{listing_id}")
    require(listing["stock"] == RECORDS.stock, f"the stock is {listing['stock']} after the refund")
    story.tell(seller, "still has the records", "on sale again")


def nobody_answers_or_decides(story: Story, cast: Cast) -> None:
    """Show a dispute end although the seller and then the marketplace stay silent."""
    seller = cast.seller("Rui Tavares", "es", kind="private", country="PT")
    buyer = cast.buyer("Elsa Nyman", "en")
    (order_id,) = buy(story, buyer, offer_for_sale(seller, TURNTABLE))
    ship(story, seller, order_id, "CTT", "RR 2210 4471 PT")
    dispute = buyer.post(f"/orders/{order_id}/disputes", {"reason": "damaged", "statement": BROKEN})
    silence = buyer.get(f"/orders/{order_id}")["if_nobody_acts"][0]
    story.tell(buyer, "opens a dispute, and reads what silence means", f"“{silence['explanation']}”")
    until_clock(story, buyer, order_id, "answer_business_days", "dispute_review")
    story.tell(seller, "has not answered", "dispute_review: a person is to decide")
    order = until_clock(story, buyer, order_id, "dispute_decision", "refunded")
    require(order["refund_minor"] == order["total_minor"], f"{order['refund_minor']} came back")
    decision = buyer.get(f"/disputes/{dispute['dispute_id']}")["decision"]
    result = f"refunded: {money(order['refund_minor'])}, by rule {decision['clause']}"
    story.tell(buyer, "has everything back, though nobody decided", result)
