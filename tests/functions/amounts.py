"""Every request in which a client says an amount or a currency, as tests of amounts send them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from marketplace.kit.money import AMOUNT_MAX_MINOR
from tests.fakes.http import Reply
from tests.functions.story import BIKE, BUYER, DISPUTE, FINANCE_ID, OPERATOR_ID, ORDER, SELLER, SUPPORT_ID, Story

DINARS = "kwd"  # three decimals, and not traded


@dataclass(frozen=True)
class Entry:
    """A request with an amount: the field, the state of the order it needs, who sends it where, what else it says.

    `least` is the smallest amount that is one, `most` the largest that any order has; `above` is the code of
    more than that, `beyond` of more than this order has.
    """

    field: str
    state: str
    who: str
    path: Callable[[Story], str]
    body: Mapping[str, Any]
    least: int = 0
    most: int = AMOUNT_MAX_MINOR
    above: str = "invalid"
    beyond: str = ""
    method: str = "POST"

    def send(self, story: Story, amount: Any, **said: Any) -> Reply:
        """Say an amount; "lines.0.refund_minor" lies in the first of the body's lines."""
        body = _with(self.body, self.field.split("."), amount)
        return story.call(self.method, self.path(story), self.who, body | said, key="the-one-attempt")


def _with(body: Any, path: Sequence[str], amount: Any) -> Any:
    if not path:
        return amount
    name, *deeper = path
    if name == "0":
        return [_with(body[0], deeper, amount)]
    return {**body, name: _with(body.get(name, {}), deeper, amount)}


def _at(path: str) -> Callable[[Story], str]:
    return lambda _story: path


def _received_back(story: Story) -> str:
    [opened] = story.get(f"/orders/{ORDER}/returns", SELLER).json["items"]
    return f"/returns/{opened['return_id']}/received"


DRAFT = {"title": "Bicicleta", "language": "es", "currency": "eur"}
_WHY = {"reasons": "So it was agreed by telephone, and both sides wrote it down."}
SCRATCH = {"reason": "A scratch."}
_BROKEN = {"reason": "damaged", "statement": "It came broken."}
_AWARD = {"clause": "5.2", "refund_minor": 100, "lines": [{"line": 0, "refund_minor": 100}], **_WHY}
_REFUNDS, _DISPUTE = _at(f"/orders/{ORDER}/refunds"), f"/disputes/{DISPUTE}"
_DECISION = _at(f"{_DISPUTE}/decision")
_TOO_LARGE, _NO_SUM = "refund_too_large", "award_does_not_sum"
ENTRIES = {
    "price of a draft": Entry("price_minor", "", SELLER, _at("/listings"), DRAFT),
    "price of what is on sale": Entry("price_minor", "", SELLER, _at(f"/listings/{BIKE}"), {}, method="PATCH"),
    "refund": Entry("amount_minor", "shipped", SELLER, _REFUNDS, SCRATCH, 1, beyond=_TOO_LARGE),
    "refund of a released order": Entry("amount_minor", "released", SELLER, _REFUNDS, SCRATCH, 1, beyond=_TOO_LARGE),
    "refund by staff": Entry(
        "amount_minor", "shipped", SUPPORT_ID, _at(f"/operator/orders/{ORDER}/refunds"), _WHY, 1, beyond=_TOO_LARGE
    ),
    "what a buyer wants back": Entry(
        "wanted_minor", "delivered", BUYER, _at(f"/orders/{ORDER}/disputes"), _BROKEN, 1, beyond=_NO_SUM
    ),
    "offer": Entry(
        "refund_minor", "negotiating", SELLER, _at(f"{_DISPUTE}/offers"), {"expires_in_hours": 48}, beyond=_NO_SUM
    ),
    "award": Entry(
        "refund_minor",
        "dispute_review",
        OPERATOR_ID,
        _DECISION,
        {**_AWARD, "lines": []},
        beyond=_NO_SUM,
    ),
    "part of an award": Entry(
        "lines.0.refund_minor",
        "dispute_review",
        OPERATOR_ID,
        _DECISION,
        _AWARD,
        beyond="lines_do_not_sum",
    ),
    "award of an appeal": Entry(
        "refund_minor", "appeal_review", OPERATOR_ID, _at(f"{_DISPUTE}/appeal/decision"), _AWARD
    ),
    "price reduction of a claim": Entry(
        "amount_minor",
        "delivered",
        BUYER,
        _at(f"/orders/{ORDER}/guarantee-claims"),
        {"line": {"listing_id": BIKE}, "lack": "It broke.", "remedy": "price_reduction", "ground": "serious"},
        above="remedy_invalid",
        beyond="remedy_invalid",
    ),
    "deduction from a return": Entry(
        "deduction_minor",
        "return_open",
        SELLER,
        _received_back,
        {"reasons": "Worn."},
        above="deduction_invalid",
        beyond="deduction_invalid",
    ),
    "debt that is given up": Entry(
        "amount_minor",
        "",
        FINANCE_ID,
        _at(f"/operator/sellers/{SELLER}/debts/write-off"),
        {"currency": "eur", **_WHY},
        1,
    ),
    "fixed part of a commission": Entry(
        "fixed_minor.eur",
        "",
        FINANCE_ID,
        _at(f"/operator/sellers/{SELLER}/commission"),
        {"percent_bps": 100, **_WHY},
        most=1_000_000,
        method="PUT",
    ),
}
NO_DINARS = {
    "listing": (SELLER, "POST", "/listings", DRAFT | {"currency": DINARS}, "listing_invalid", "currency"),
    "edited listing": (SELLER, "PATCH", f"/listings/{BIKE}", {"currency": DINARS}, "listing_invalid", "currency"),
    "payout by hand": (
        FINANCE_ID,
        "POST",
        "/operator/payouts",
        {"seller_id": SELLER, "currency": DINARS, **_WHY},
        "invalid",
        "currency",
    ),
    "commission": (
        FINANCE_ID,
        "PUT",
        f"/operator/sellers/{SELLER}/commission",
        {"percent_bps": 100, "min_minor": {DINARS: 1}, **_WHY},
        "fee_rule_invalid",
        "min_minor",
    ),
}
