"""Journeys (b) and (e): one payment for two sellers; a card that is declined, and one whose bank asks."""

from infra.local.journeys.cast import Cast
from infra.local.journeys.offers import JACKET, KEYBOARD, LAMP
from infra.local.journeys.payers import DECLINED_CARD, PROMPTING_CARD, StripeSide
from infra.local.journeys.story import Story, money
from infra.local.journeys.trading import (
    buy,
    check_out,
    confirm,
    note_orders,
    offer_for_sale,
    require,
    ship,
    total_of,
    until_order,
)


def two_sellers(story: Story, cast: Cast) -> None:
    """Show one cart become one payment and one order a seller, each going its own way."""
    nuria = cast.seller("Nuria Soler", "es", kind="private", country="ES")
    oliver = cast.seller("Oliver Reed", "en", kind="trader", country="GB", legal_name="Reed & Daughters Ltd")
    emma = cast.buyer("Emma Clarke", "en")
    lamp, jacket = offer_for_sale(nuria, LAMP), offer_for_sale(oliver, JACKET)
    story.tell(nuria, f"offers “{LAMP.title}”", f"{money(LAMP.price_minor)}, private seller")
    story.tell(oliver, f"offers “{JACKET.title}”", f"{money(JACKET.price_minor)}, trader")
    order_ids = buy(story, emma, lamp, jacket)
    require(len(order_ids) == 2, f"one cart of two sellers became {len(order_ids)} orders")  # noqa: PLR2004
    sellers = {emma.get(f"/orders/{order_id}")["seller_id"]: order_id for order_id in order_ids}
    ship(story, nuria, sellers[nuria.account_id], "SEUR", "S30288110")
    ship(story, oliver, sellers[oliver.account_id], "Royal Mail", "GB 7731 0099 2")
    confirm(story, emma, sellers[nuria.account_id], "has the lamp, and confirms")
    confirm(story, emma, sellers[oliver.account_id], "has the jacket, and confirms")
    hidden = nuria.ask("GET", f"/orders/{sellers[oliver.account_id]}")
    require(hidden.json.get("code") == "order_not_found", f"one seller reads the other's order: {hidden.status}")
    story.tell(nuria, "asks for the other seller's order", "404, as if there were none")


def declined_then_asked(story: Story, cast: Cast) -> None:
    """Show a declined card change nothing, and a payment wait for the buyer's bank (3D Secure)."""
    seller = cast.seller("Grace Turner", "en", kind="trader", country="IE", legal_name="Turner Keys Ltd")
    buyer = cast.buyer("Diego Navarro", "es")
    story.tell(seller, f"offers “{KEYBOARD.title}”", money(KEYBOARD.price_minor))
    checkout = check_out(buyer, offer_for_sale(seller, KEYBOARD))
    (order_id,) = note_orders(story, checkout)
    browser = StripeSide(buyer.stage)
    declined = browser.confirm(checkout, DECLINED_CARD)
    problem = declined.json.get("error", {})
    require(problem.get("code") == "card_declined", f"the bad card was answered with {declined.status} {problem}")
    order = buyer.get(f"/orders/{order_id}")
    require(order["state"] == "awaiting_payment", f"after the declined card the order is {order['state']}")
    story.tell(buyer, f"pays {total_of(checkout)} with {DECLINED_CARD}", f"“{problem['message']}” {order['state']}")
    status = browser.pay(checkout, PROMPTING_CARD)
    require(status == "requires_action", f"the card that must ask was {status}")
    story.tell(buyer, f"tries {PROMPTING_CARD}", f"{status}: the bank wants to be asked")
    browser.answer_prompt(checkout["payment_intent_id"], approve=True)
    until_order(buyer, order_id, "paid")
    story.tell(buyer, "approves it in the bank's app (3D Secure)", "paid, and held")
    ship(story, seller, order_id, "An Post", "CE 9921 4410 IE")
    confirm(story, buyer, order_id)
