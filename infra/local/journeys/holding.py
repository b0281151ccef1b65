"""Journey (h): an order that looks risky is held, says why, and goes on when a person has cleared it."""

from infra.local.journeys.cast import Cast
from infra.local.journeys.offers import RANGEFINDER
from infra.local.journeys.people import Person
from infra.local.journeys.story import Story, money
from infra.local.journeys.trading import buy, commission_of, offer_for_sale, require, ship, until_order

REASONS = "Hablamos con el comprador por teléfono: colecciona cámaras y la compra es suya."


def held_and_cleared(story: Story, cast: Cast) -> None:
    """Show a hold with its reasons, the wait for a person instead of a release, and the release after it."""
    seller = cast.seller("Carmen Rubio", "es", kind="trader", country="ES", legal_name="Rubio Fotografía S.L.")
    buyer = cast.buyer("Oscar Lindqvist", "en")
    story.tell(seller, f"offers “{RANGEFINDER.title}”", money(RANGEFINDER.price_minor))
    listing_id = offer_for_sale(seller, RANGEFINDER)
    _rise(story, buyer, listing_id)
    (order_id,) = buy(story, buyer, listing_id)
    cast.stage.until(
        "the fraud rules to have looked at the order",
        lambda: buyer.get(f"/orders/{order_id}"),
        lambda order: order["under_review"],
    )
    _explain(story, buyer, order_id)
    ship(story, seller, order_id, "Nacex", "3300 9914 0021")
    buyer.confirm(order_id)
    order = until_order(buyer, order_id, "held")
    story.tell(buyer, "confirms that the camera is as described", f"{order['state']}: nothing is paid out")
    _clear(story, cast.operator(), order_id)
    order = until_order(seller, order_id, "released")
    received = money(order["seller_minor"] - commission_of(order))
    story.tell(seller, "is paid", f"released: {received} to the seller")


def _rise(story: Story, buyer: Person, listing_id: str) -> None:
    """Show the bound of the lowest tier, and what raises it."""
    cart = {"lines": [{"listing_id": listing_id, "quantity": 1}]}
    refused = buyer.ask("POST", "/checkouts", cart, key=f"too-much-{listing_id}").json
    require(refused.get("code") == "tier_limit", f"the checkout was answered with {refused}")
    story.tell(buyer, "wants to buy it", f"more than {money(refused['facts']['at_most'])} at this tier")
    check = buyer.verify_identity()
    story.tell(buyer, "shows Stripe an identity document", f"{check['status']}: Aval keeps the outcome, Stripe deletes")


def _explain(story: Story, buyer: Person, order_id: str) -> None:
    receipt = buyer.get(f"/orders/{order_id}/receipts")["items"][0]
    require(receipt["decision"] == "hold", f"the receipt says {receipt['decision']}")
    fired = [finding for finding in receipt["findings"] if finding["outcome"] == "fired"]
    require(fired, "the receipt names no rule")
    score, threshold = receipt["score"], receipt["threshold"]
    story.tell("(the fraud rules)", f"give the order {score} points; from {threshold} on a person looks", "held")
    heaviest = max(fired, key=lambda finding: int(finding["weight"]))
    story.tell(buyer, "reads the receipt: why?", f"“{heaviest['reason']}”")
    story.tell(buyer, "reads the receipt: what would change it?", f"“{heaviest['remedy']}”")


def _clear(story: Story, operator: Person, order_id: str) -> None:
    waiting = operator.get("/operator/holds")["items"]
    require(any(case["order_id"] == order_id for case in waiting), "the order is not in the operators' queue")
    made = operator.post(f"/operator/holds/{order_id}/clear", {"reasons": REASONS})
    story.tell(operator, "calls the buyer, and clears the hold", f"{made['decision']}: “{made['reasons']}”")
