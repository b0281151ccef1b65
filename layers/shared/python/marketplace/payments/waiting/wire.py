"""Money that waits for a person, as JSON."""

from typing import Annotated, Literal

import msgspec

from marketplace.kit.clock import to_text
from marketplace.payments.model import intent_name
from marketplace.payments.unclaimed_model import Unclaimed
from marketplace.staff.approvals import REASONS_LENGTH_MAX

Moment = Annotated[str, msgspec.Meta(extra_json_schema={"format": "date-time"})]


class UnclaimedDecision(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """What becomes of it: transferred to the seller, refunded to the buyer, paid to them outside, or kept.

    `bank_reference` is the end-to-end reference of the bank transfer by which the owner paid it: needed for
    `paid_outside`, and given for nothing else. It holds no personal data.
    """

    to: Literal["seller", "buyer", "paid_outside", "keep"]
    bank_reference: Annotated[str, msgspec.Meta(min_length=4, max_length=35)] | None = None
    reasons: Annotated[str, msgspec.Meta(min_length=1, max_length=REASONS_LENGTH_MAX)]


class UnclaimedShown(msgspec.Struct):
    """One amount that could not be sent, or that came back when nobody was owed it any more.

    `whose` says whose it was when it stopped: buyer, seller or nobody. It can be asked for until `kept_until`.
    `stage` is waiting, kept or sent; or refunded, when refunds took all of it; or bank_paid, when a bank has paid its
    buyer; or paid_outside, when the owner has, by the bank transfer that `bank_reference` names.
    """

    name: str
    whose: str
    stage: str
    payment_id: str
    order_id: str | None
    amount_minor: int
    currency: str
    since: Moment
    kept_until: Moment
    sent_as: str | None
    bank_reference: str | None


def unclaimed_to_wire(found: Unclaimed) -> UnclaimedShown:
    """Show one amount."""
    return UnclaimedShown(
        name=intent_name(found.name),
        whose=found.whose.value,
        stage=found.stage.value,
        payment_id=found.payment_id,
        order_id=found.order_id,
        amount_minor=found.amount_minor,
        currency=found.currency,
        since=to_text(found.since),
        kept_until=to_text(found.kept_until),
        sent_as=intent_name(found.sent_as) if found.sent_as else None,
        bank_reference=found.bank_reference,
    )
