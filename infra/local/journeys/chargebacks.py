"""Journey (r): the buyer's bank takes a payment back after its money went to the seller, and keeps it."""

from infra.local.journeys.cast import Cast
from infra.local.journeys.offers import LOOM
from infra.local.journeys.payers import CLEARED_CARD, StripeSide
from infra.local.journeys.payouts import earned
from infra.local.journeys.people import Person
from infra.local.journeys.story import Story, money
from infra.local.journeys.trading import (
    Answer,
    check_out,
    confirm,
    note_orders,
    offer_for_sale,
    require,
    ship,
    until_order,
)


def lost_after_release(story: Story, cast: Cast) -> None:
    """Show the amount wait while the bank looks, and become the seller's debt when it decides for the buyer."""
    seller = cast.seller("Marta Quiroga", "es", kind="private", country="ES")
    buyer = cast.buyer("Peter Blom", "en")
    story.tell(seller, f"offers “{LOOM.title}”", money(LOOM.price_minor))
    checkout = check_out(buyer, offer_for_sale(seller, LOOM))
    (order_id,) = note_orders(story, checkout)
    bank = StripeSide(cast.stage)
    bank.pay(checkout, CLEARED_CARD)
    until_order(buyer, order_id, "paid")
    story.tell(buyer, f"pays {money(LOOM.price_minor)} with {CLEARED_CARD}", "paid, and held")
    ship(story, seller, order_id, "Nacex", "NX 8810 2241")
    confirm(story, buyer, order_id)
    dispute_id = bank.charge_back(checkout["payment_intent_id"], reason="fraudulent")
    held = _holds(seller, "chargeback", 1)[0]
    story.tell("(the buyer's bank)", f"takes back {money(LOOM.price_minor)} while it looks", "fraudulent, it says")
    story.tell(seller, f"reads the balance: {money(held['amount_minor'])} wait", f"“{held['explanation']}”")
    bank.decide_chargeback(dispute_id, won=False)
    (debt,) = _holds(seller, "debt", 1)
    _holds(seller, "chargeback", 0)
    story.tell("(the buyer's bank)", "decides for its customer", "lost")
    told = f"{money(debt['amount_minor'])} owed: “{debt['explanation']}”"
    story.tell(seller, "reads the balance", told)
    receipt = buyer.get(f"/orders/{order_id}/receipt")
    require(receipt["total_minor"] == 0, f"the buyer's receipt comes to {receipt['total_minor']}")
    story.tell(
        buyer, "reads the receipt", f"“{receipt['entries'][-1]['title']}”: {money(receipt['total_minor'])} in all"
    )
    earning = seller.get(f"/orders/{order_id}/earning")
    require(earning["open_minor"] == -debt["amount_minor"], f"the earning leaves {earning['open_minor']} open")
    story.tell(seller, "reads the earning", f"“{earning['entries'][-1]['title']}”: {money(earning['open_minor'])} open")


def _holds(seller: Person, cause: str, count: int) -> list[Answer]:
    """Wait until a balance has so many holds of a cause, and return them."""

    def look() -> list[Answer]:
        return [hold for hold in earned(seller)["holds"] if hold["cause"] == cause]

    return seller.stage.until(f"{count} holds ({cause}) of {seller.name}", look, lambda found: len(found) == count)
