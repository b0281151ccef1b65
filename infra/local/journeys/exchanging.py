"""Journey (z): a cracked pot exchanged, and a lower price for the new one under the legal guarantee."""

from infra.local.carriers import delivery
from infra.local.journeys.cast import Cast
from infra.local.journeys.offers import KETTLE
from infra.local.journeys.people import Person
from infra.local.journeys.schedules import SWEEP, Schedules
from infra.local.journeys.story import Story, money
from infra.local.journeys.trading import (
    Answer,
    buy,
    carrier_delivers,
    new_key,
    offer_for_sale,
    require,
    ship,
)

REDUCED_MINOR = 900
CRACKED = "La tetera llegó con una grieta en el asa."
DRIPS = "La nueva gotea por la tapa: ya es la segunda con un defecto."
BACK, AGAIN = "PQ4F6X0711225501", "PQ4F6X0711225502"


def exchanged_then_reduced(story: Story, cast: Cast) -> None:
    """Show goods for goods with the carrier's word both ways, and then money for what is still wrong."""
    seller = cast.seller("Bea Lorca", "es", kind="trader", country="ES", legal_name="Lorca Menaje S.L.")
    buyer = cast.buyer("Nils Aalto", "en")
    listing_id = offer_for_sale(seller, KETTLE)
    (order_id,) = buy(story, buyer, listing_id)
    carrier_delivers(story, seller, ship(story, seller, order_id, "Correos", "PQ4F6X0711225500"), "correos")
    _exchange(story, seller, buyer, order_id, listing_id)
    _reduce(story, seller, buyer, order_id, listing_id)


def _exchange(story: Story, seller: Person, buyer: Person, order_id: str, listing_id: str) -> None:
    wanted = {"lines": [{"listing_id": listing_id, "quantity": 1}]}
    quote = buyer.post(f"/orders/{order_id}/exchanges/quote", wanted)
    made = buyer.post(f"/orders/{order_id}/exchanges", wanted | {"reason": CRACKED}, key=new_key())
    path = f"/returns/{made['return_id']}"
    stock = "in stock" if quote["in_stock"] else "sold out"
    story.tell(
        buyer, "asks what an exchange would be like, and for it", f"{stock}; answered by {quote['answer_by'][:10]}"
    )
    seller.post(f"{path}/exchange-answer", {"accept": True})
    left = seller.get(f"/listings/{listing_id}")["stock"]
    require(left == KETTLE.stock - 2, f"{left} are left on sale")
    story.tell(seller, "agrees: the new one is set aside", f"{left} of {KETTLE.stock} left on sale")
    parcel = f"{BACK} {buyer.stage.tag.upper()}"
    buyer.post(f"{path}/sent", {"carrier": "Correos", "tracking_number": parcel})
    _carried(seller, parcel)
    _until(seller, order_id, made["return_id"], "replacing")
    story.tell("CORREOS", f"brings it back, {BACK}", "on the carrier's word: the seller's turn to send")
    parcel = f"{AGAIN} {buyer.stage.tag.upper()}"
    seller.post(f"{path}/replacement", {"carrier": "Correos", "tracking_number": parcel})
    _carried(seller, parcel)
    ended = _until(buyer, order_id, made["return_id"], "ended")
    require(not ended["refund_minor"], f"{ended['refund_minor']} came back as well")
    story.tell("CORREOS", f"brings the new one, {AGAIN}", f"{ended['outcome']}: goods for goods, no money moved")
    order = _swept_until_released(buyer, order_id)
    story.tell(seller, "is paid", f"released: {money(order['seller_minor'])} to the seller's side")


def _reduce(story: Story, seller: Person, buyer: Person, order_id: str, listing_id: str) -> None:
    policy = buyer.get("/guarantee-claims/policy")
    months = next(each for each in policy["rules"] if each["rule_id"] == policy["in_force"])["liable_months"]
    said = {
        "line": {"listing_id": listing_id, "quantity": 1},
        "lack": DRIPS,
        "remedy": "price_reduction",
        "ground": "again",
        "amount_minor": REDUCED_MINOR,
    }
    claim = buyer.post(f"/orders/{order_id}/guarantee-claims", said, key=new_key())
    story.tell(buyer, f"claims {money(REDUCED_MINOR)} off under the guarantee", f"the law gives {months} months")
    ended = seller.post(f"/returns/{claim['return_id']}/claim-answer", {"answer": "accept"})
    require(ended["refund_minor"] == REDUCED_MINOR, f"{ended['refund_minor']} came back to the buyer")
    story.tell(seller, "grants it", f"{money(ended['refund_minor'])} back, and the buyer keeps the pot")


def _carried(person: Person, tracking_number: str) -> None:
    headers, raw = delivery("correos", tracking_number, "delivered")
    reply = person.send("POST", f"{person.stage.place.api_url}/webhooks/carriers/correos", headers, raw)
    require(reply.ok, f"the carrier was answered {reply.status}")


def _swept_until_released(person: Person, order_id: str) -> Answer:
    """Let the sweep come round until the order goes on: not before the days to look at the goods are over."""
    schedules = Schedules(person.stage)

    def look() -> Answer:
        schedules.run(SWEEP)
        order: Answer = person.get(f"/orders/{order_id}")
        return order

    return person.stage.until(f"order {order_id} to be released", look, lambda order: order["state"] == "released")


def _until(person: Person, order_id: str, return_id: str, state: str) -> Answer:
    def look() -> Answer:
        made: Answer = next(
            each for each in person.get(f"/orders/{order_id}/returns")["items"] if each["return_id"] == return_id
        )
        return made

    return person.stage.until(f"{return_id} to be {state}", look, lambda made: made["state"] == state)
