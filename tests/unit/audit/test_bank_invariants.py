"""Who bears what banks keep: a loss of the platform's beside money that the seller has left is found."""

from dataclasses import replace

import pytest

from marketplace.audit.banks import BANKS, sellers_bear_before_the_platform
from marketplace.audit.view import View
from marketplace.ledger import postings, refunds
from marketplace.ledger.model import LedgerTransaction, Posting
from marketplace.ledger.unclaimed import buyers_to_seller
from tests.unit.ledger.test_postings import ENDED, NOW

LEFT = replace(ENDED, lost_after_minor=6_000)
LOST = postings.chargeback_lost(replace(ENDED, lost_after_minor=7_000), 6_000, 0, "dp_2", NOW)  # 3,000 the seller's
BACK = LedgerTransaction(
    LEFT.order_id,
    "chargeback_reinstated#dp_1",
    "chargeback_reinstated",
    LEFT.currency,
    (Posting("stripe", 4_000), Posting("seller:acc_s", -4_000)),
    NOW,
    "dp_1",
)
OWED = refunds.promised(LEFT, "x", 3_000, NOW)
HOLD = replace(OWED, key="hold", postings=(Posting("stripe", 3_000), Posting("held", -3_000)))


def seen(order, *booked):
    return [each.rule for each in sellers_bear_before_the_platform(View(NOW, [order], [], [], [], booked))]


def test_a_loss_of_the_platform_s_beside_what_the_seller_has_left_is_a_violation():
    assert sellers_bear_before_the_platform in BANKS
    assert seen(LEFT, LOST) == ["B8"]


@pytest.mark.parametrize(
    ("order", "booked"),
    [
        (replace(LEFT, lost_after_minor=10_000), [LOST]),
        (LEFT, [postings.chargeback_lost(ENDED, 6_000, 0, "dp_2", NOW)]),
        (LEFT, [HOLD, OWED, LOST, refunds.overtaken(LEFT, "i", 3_000, out_of="refund_owed", at=NOW)]),
        (LEFT, [HOLD, OWED, LOST]),
        (LEFT, [LOST, BACK]),
        (LEFT, [LOST, buyers_to_seller(LEFT.order_id, LEFT.currency, (3_000, 0, 0), "acc_s", "k", NOW)]),
    ],
    ids=["nothing left", "the seller's", "paid a refund", "pays one still", "given back since", "got a refund since"],
)
def test_it_is_none_where_the_seller_could_not_have_borne_it(order, booked):
    assert seen(order, *booked) == []
