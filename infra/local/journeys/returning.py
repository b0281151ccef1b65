"""Journeys (v) and (w): giving back a part of an order, and withdrawing from a contract without signing in."""

from infra.local.journeys.cast import Cast
from infra.local.journeys.offers import BOWL, PLATTER, TENT
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
    until_order,
)

DEDUCTED_MINOR = 600
CHIPPED = "La fuente vuelve con un desconchón en el borde que no tenía."
ACKNOWLEDGED = "Recibimos tu declaración de desistimiento"


def returned_in_part(story: Story, cast: Cast) -> None:
    """Show what a return comes to before it is asked for, a deduction, and the rest paid to the seller."""
    seller = cast.seller("Alba Rueda", "es", kind="trader", country="ES", legal_name="Rueda Cerámica S.L.")
    buyer = cast.buyer("Tobias Lang", "en")
    bowl_id, platter_id = offer_for_sale(seller, BOWL), offer_for_sale(seller, PLATTER)
    (order_id,) = buy(story, buyer, bowl_id, platter_id)
    carrier_delivers(story, seller, ship(story, seller, order_id, "DHL", "JD0146 0000 9931"), "dhl")
    wanted = {"lines": [{"listing_id": platter_id, "quantity": 1}]}
    quote = buyer.post(f"/orders/{order_id}/returns/quote", wanted)
    made = buyer.post(f"/orders/{order_id}/returns", wanted, key=new_key())
    require(quote["refund_minor"] == made["quoted_minor"] == PLATTER.price_minor, f"the return is {made}")
    result = f"{money(quote['refund_minor'])} by {quote['refund_by'][:10]}; the {quote['return_shipping_paid_by']} pays"
    story.tell(buyer, "asks what returning the platter comes to, and does", f"{result} the post")
    _send_back(story, buyer, made, "DHL", "JD0146 0000 9940")
    deducted = seller.post(
        f"/returns/{made['return_id']}/received", {"deduction_minor": DEDUCTED_MINOR, "reasons": CHIPPED}
    )
    story.tell(seller, f"has it back, chipped: {money(DEDUCTED_MINOR)} less", f"“{deducted['if_nobody_acts']}”")
    ended = buyer.post(f"/returns/{made['return_id']}/accept-deduction")
    back_minor = PLATTER.price_minor - DEDUCTED_MINOR
    require(ended["refund_minor"] == back_minor, f"{ended['refund_minor']} came back, not {back_minor}")
    story.tell(buyer, "accepts that", f"{money(back_minor)} back")
    order = until_order(seller, order_id, "released")
    require(order["refunded_minor"] == back_minor, f"{order['refunded_minor']} was refunded")
    story.tell(seller, "is paid for the rest", f"released: {money(order['seller_minor'])} to the seller's side")


def withdrawn_without_signing_in(story: Story, cast: Cast) -> None:
    """Show the right of withdrawal used by order number and address alone, acknowledged at once and by mail."""
    seller = cast.seller("Hugo Estévez", "es", kind="trader", country="ES", legal_name="Estévez Montaña S.L.")
    buyer = cast.buyer("Vera Montoro", "es")
    visitor = cast.stranger("Vera Montoro", "no login", "es")
    form = visitor.get("/withdrawals/form")
    listing_id = offer_for_sale(seller, TENT)
    (order_id,) = buy(story, buyer, listing_id)
    carrier_delivers(story, seller, ship(story, seller, order_id, "Correos", "PQ4F6X0711229988"), "correos")
    said = {"order_reference": order_id, "name": visitor.name, "email": buyer.email, "confirmed": True}
    receipt = visitor.post("/withdrawals", said)
    Schedules(cast.stage).run(SWEEP)
    again = visitor.post("/withdrawals/receipt", {"token": receipt["token"]})
    require(again["received_at"] == receipt["received_at"], f"the receipt says {again['received_at']}")
    received = f"received at {receipt['received_at'][11:19]}; the receipt can be read again"
    story.tell(visitor, f"uses “{form['open_label']}”", received)
    mail = cast.stage.mail_to(buyer.email, ACKNOWLEDGED)
    until_order(buyer, order_id, "return_open")
    (made,) = buyer.get(f"/orders/{order_id}/returns")["items"]
    require(made["kind"] == "withdrawal", f"the return is a {made['kind']}")
    story.tell(buyer, f"has mail: “{mail['Subject'].replace(order_id, '…')}”", f"a return is open: {made['state']}")
    _send_back(story, buyer, made, "Correos", "PQ4F6X0711229999")
    ended = seller.post(f"/returns/{made['return_id']}/received", {"restock": True})
    story.tell(seller, "has the tent back, and puts it on sale again", f"{money(ended['refund_minor'])} to the buyer")
    order = until_order(buyer, order_id, "refunded")
    require(order["refund_minor"] == TENT.price_minor, f"{order['refund_minor']} came back to the buyer")
    stock = seller.get(f"/listings/{listing_id}")["stock"]
    require(stock == TENT.stock, f"the stock is {stock} after the return")
    story.tell(buyer, "has everything back, and gave no reason", f"refunded: {money(order['refund_minor'])}")


def _send_back(story: Story, buyer: Person, made: Answer, carrier: str, tracking_number: str) -> None:
    parcel = {"carrier": carrier, "tracking_number": f"{tracking_number} {buyer.stage.tag.upper()}"}
    sent = buyer.post(f"/returns/{made['return_id']}/sent", parcel)
    story.tell(buyer, f"sends it back with {carrier}, {tracking_number}", sent["state"])
