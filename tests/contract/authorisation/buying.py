"""From the price to the paid cart."""

from tests.contract.authorisation.vocabulary import BUYER, BY_ANYBODY, BY_BUYERS, PUBLIC, row, thing

THINGS = {"checkout": thing("pay")}
CART = {"lines": [{"listing_id": "{object}", "quantity": 1}]}
NOT_FOR_SALE = {
    "own seller seller2": "409 own_listing",
    "missing buyer seller buyer2 seller2 support moderator finance admin party plain": "409 listing_not_available",
}

ROWS = (
    row("GET /fees", PUBLIC),
    row("POST /quotes", BUYER, BY_ANYBODY, thing="on_sale", body=CART, but=NOT_FOR_SALE),
    row("POST /checkouts", BUYER, BY_ANYBODY, thing="on_sale", body=CART, but=NOT_FOR_SALE),
    row("GET /checkouts/{checkout_id}", BUYER, BY_BUYERS, thing="checkout", at="placed", gone="checkout_not_found"),
    row(
        "POST /checkouts/{checkout_id}/complete",
        BUYER,
        BY_BUYERS,
        thing="checkout",
        at="placed",
        gone="checkout_not_found",
    ),
)
