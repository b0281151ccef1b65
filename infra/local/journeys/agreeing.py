"""Journey (s): the two sides of a dispute agree, and nobody has to decide."""

from infra.local.journeys.cast import Cast
from infra.local.journeys.offers import WATCH
from infra.local.journeys.story import Story, money
from infra.local.journeys.trading import buy, offer_for_sale, require, ship, until_order

OFFERED_MINOR, COUNTERED_MINOR = 3_000, 5_500
OPEN_HOURS = 48
WRONG = "Se adelanta unos diez minutos al día; el anuncio decía que estaba revisado."
ANSWERED = "It kept time when I sent it, but a journey can put a movement out of beat. I will share the repair."


def settled_by_offer(story: Story, cast: Cast) -> None:
    """Show an offer, a counter-offer and its acceptance, which moves the money at once."""
    seller = cast.seller("Fionn Daly", "en", kind="private", country="IE")
    buyer = cast.buyer("Aitana Robles", "es")
    (order_id,) = buy(story, buyer, offer_for_sale(seller, WATCH))
    ship(story, seller, order_id, "An Post", "CE 4410 8873 IE")
    said = {"reason": "not_as_described", "statement": WRONG, "wanted_minor": 2 * COUNTERED_MINOR}
    path = f"/disputes/{buyer.post(f'/orders/{order_id}/disputes', said)['dispute_id']}"
    story.tell(buyer, f"opens a dispute and asks {money(2 * COUNTERED_MINOR)} back", "frozen")
    seller.post(f"{path}/answer", {"statement": ANSWERED})
    first = seller.post(f"{path}/offers", {"refund_minor": OFFERED_MINOR, "expires_in_hours": OPEN_HOURS})["offers"][-1]
    story.tell(seller, f"answers, and offers {money(OFFERED_MINOR)}", f"open for {OPEN_HOURS} hours")
    counter = {"refund_minor": COUNTERED_MINOR, "expires_in_hours": OPEN_HOURS, "counters": first["offer_id"]}
    offers = buyer.post(f"{path}/offers", counter)["offers"]
    require([each["state"] for each in offers] == ["countered", "open"], f"the offers are {offers}")
    buyer.refused("POST", f"{path}/offers/{offers[-1]['offer_id']}/accept", "own_offer")
    story.tell(buyer, f"counters with {money(COUNTERED_MINOR)}, and tries to accept it", "own_offer: refused")
    agreed = seller.post(f"{path}/offers/{offers[-1]['offer_id']}/accept")
    require(agreed["decision"]["decided_by"] == "parties", f"decided by {agreed['decision']['decided_by']}")
    story.tell(seller, "accepts it", "agreed: no person and no clock decided")
    order = until_order(buyer, order_id, "split")
    require(order["refund_minor"] == COUNTERED_MINOR, f"{order['refund_minor']} came back to the buyer")
    story.tell(
        buyer, "sees the order", f"split: {money(COUNTERED_MINOR)} back, {money(order['seller_minor'])} to the seller"
    )
