"""What a late appeal makes a seller good for follows from the order as it stands, whatever is given back meanwhile."""

from contextlib import suppress

import pytest

from marketplace.kit.errors import Conflict
from tests.unit.disputes.making import WHY, Case
from tests.unit.disputes.test_late_appeals import appeal_late, borne
from tests.unit.meanwhile import before
from tests.unit.payments.test_owner_money import top_up
from tests.unit.returns.test_claims import accept, claim


@pytest.mark.parametrize("when", ["before", "meanwhile", "afterwards"])
def test_what_a_claim_gave_back_meanwhile_is_not_taken_off_twice(world, trade, when):
    case = appeal_late(Case(trade), "seller", 4_000)
    top_up(world, 50_000)
    world.drain()
    made = claim(trade, case.order, "price_reduction", ground="serious", amount_minor=2_000)
    decides = world.new_services().appeals
    if when == "before":
        accept(trade, made)
    if when == "meanwhile":
        decides._returns_of = before(decides._returns_of, lambda: accept(trade, made))

    with suppress(Conflict):
        decides.decide(case.dispute_id, "acc_second", 0, "5.7", WHY)
    if case.dispute.appeal.decision is None:
        decides.decide(case.dispute_id, "acc_second", 0, "5.7", WHY)
    world.drain()
    if when == "afterwards":
        accept(trade, made)
    world.sweep()

    assert case.order.refunded_after_minor == 2_000
    assert borne(case) == 3_680
