"""Journey (a): two strangers, one trade, every step."""

from infra.local.journeys.cast import Cast
from infra.local.journeys.offers import BICYCLE
from infra.local.journeys.people import Person
from infra.local.journeys.story import Story, money
from infra.local.journeys.trading import Answer, buy, confirm, offer_for_sale, require, ship

MAIN_BUYER = "Lucía Vega"
BUYER_SAYS = "Llegó en dos días, muy bien embalada y tal como en las fotos."
SELLER_SAYS = "Pago inmediato y trato muy amable. Recomendable."


def whole_trade(story: Story, cast: Cast) -> None:
    """Show sign-up, second factor, onboarding, listing, payment, delivery, release, and reviews blind until both."""
    seller = _seller_begins(story, cast)
    buyer = cast.stranger(MAIN_BUYER, "buyer", "es")
    story.tell(buyer, "signs up and follows the mailed link", f"“{buyer.sign_up()}”")
    cast.note(buyer)
    listing_id = offer_for_sale(seller, BICYCLE)
    story.tell(seller, f"offers “{BICYCLE.title}”", money(BICYCLE.price_minor))
    _look_before_buying(story, buyer, listing_id)
    (order_id,) = buy(story, buyer, listing_id)
    ship(story, seller, order_id, "Correos", "PQ4F6X0711223344")
    confirm(story, buyer, order_id, "has the bicycle, and confirms")
    _review_each_other(story, buyer, seller, order_id)
    _read_inbox(story, buyer)


def _seller_begins(story: Story, cast: Cast) -> Person:
    seller = cast.stranger("Mateo Ferrer", "seller", "es")
    story.tell(seller, "signs up and follows the mailed link", f"“{seller.sign_up()}”")
    cast.note(seller)
    codes = seller.enrol_second_factor()
    story.tell(seller, "adds an authenticator app", f"on, with {len(codes)} recovery codes")
    refused = seller.try_sign_in()
    require(refused.json.get("code") == "second_factor_required", f"the password alone got {refused.json}")
    opened = seller.sign_in(seller.code(1))
    require(opened["second_factor"], "the session does not know of the second factor")
    story.tell(seller, "signs in again, now with a code", "password alone: refused; with the code: in")
    seller.apply_to_sell("Ferrer Ciclos S.L.", "trader", "ES")
    story.tell(seller, "applies to sell and fills in Stripe's page", "active, may sell")
    return seller


def _look_before_buying(story: Story, buyer: Person, listing_id: str) -> None:
    found = buyer.get("/listings?category=sports")["items"]
    require(any(listing["listing_id"] == listing_id for listing in found), "the bicycle is not among its category's")
    quote = buyer.post("/quotes", {"lines": [{"listing_id": listing_id, "quantity": 1}]})
    share = quote["sellers"][0]
    story.tell(
        buyer,
        f"finds it and asks what it costs: {money(quote['total_minor'])}, of which",
        f"{money(share['seller_receives_minor'])} to the seller, {money(share['commission_minor'])} commission "
        f"and {money(share['commission_vat_minor'])} VAT on it",
    )
    last = quote["if_nobody_acts"][-1]
    story.tell(buyer, "reads what happens if nobody does anything", f"“{last['explanation']}”")


def _review_each_other(story: Story, buyer: Person, seller: Person, order_id: str) -> None:
    reviews = f"/orders/{order_id}/reviews"
    buyer.post(reviews, {"rating": 5, "text": BUYER_SAYS})
    require(seller.get(reviews)["theirs"] is None, "the seller could read the buyer's review before writing")
    story.tell(buyer, "reviews the seller: 5 stars", "sealed: the seller cannot read it yet")
    seller.post(reviews, {"rating": 5, "text": SELLER_SAYS})
    seen = seller.get(reviews)["theirs"]
    require(seen is not None and seen["text"] == BUYER_SAYS, "the reviews were not published when both were in")
    rating = buyer.get(f"/sellers/{seller.account_id}")["rating"]
    require(rating is not None and rating["count"] == 1, f"the seller's public rating is {rating}")
    stars = f"{rating['sum'] / rating['count']:.1f} stars"
    story.tell(seller, "reviews the buyer: 5 stars", f"both are in and published; the seller has {stars}")


def _read_inbox(story: Story, buyer: Person) -> None:
    def look() -> list[Answer]:
        found: list[Answer] = buyer.get("/notifications")["items"]
        return found

    notices = buyer.stage.until(
        "the notice of the review in the buyer's inbox",
        look,
        lambda found: any(notice["kind"] == "review.published" for notice in found),
    )
    story.tell(buyer, f"reads the inbox: {len(notices)} notices, the last one", f"“{notices[0]['title']}”")
