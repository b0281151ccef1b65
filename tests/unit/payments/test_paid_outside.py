"""What no card takes is paid to the buyer outside Stripe: by two people, with a bank's reference, and once."""

import pytest

from marketplace.ledger.model import OWNER_CAPITAL, STRIPE, UNCLAIMED
from marketplace.payments.desk import CLOSE
from marketplace.payments.unclaimed_model import (
    BankReferenceNeeded,
    NoMoreByCard,
    OnlyTheBuyers,
    Stage,
    UnclaimedMoved,
    Way,
)
from marketplace.staff.errors import OwnProposal
from tests.unit.payments.test_after_a_partial_loss import LEFT, lost, manual, partly_lost, taken
from tests.unit.payments.test_desk import agree, booked, of_staff, parked_transfer

REFERENCE = "AVAL-2026-000123"


@pytest.fixture
def owing(world, trade):
    """An order of which a bank kept a part, and no card takes the refund of the rest."""
    order = partly_lost(trade)
    manual(trade, order, LEFT)
    [row] = world.services.unclaimed.page(None, 10).items
    return trade.order(order.order_id), row.name


def propose(world, name, by, *, way=Way.PAID_OUTSIDE, reference=REFERENCE):
    return world.services.unclaimed.propose(
        name, way, of_staff(world, by), "Their card takes nothing.", bank_reference=reference
    )


def paid(world, name, finance):
    proposal = propose(world, name, finance[0])
    world.services.approvals.approve(proposal.proposal_id, of_staff(world, finance[1]), "I see it at the bank.")
    world.sweep()
    world.drain()
    return proposal


def told(world, buyer_id):
    return list(world.services.notifications.page(buyer_id, None, 50).items)


def test_it_is_owed_no_more_and_the_owner_has_put_it_in(world, owing, finance):
    order, name = owing
    before = booked(world, order.order_id)

    paid(world, name, finance)

    found, after = world.services.unclaimed.read(name), booked(world, order.order_id)
    assert (found.stage, found.bank_reference, found.amount_minor) == (Stage.PAID_OUTSIDE, REFERENCE, LEFT)
    assert (before[UNCLAIMED], UNCLAIMED in after, after[OWNER_CAPITAL]) == (-LEFT, False, -LEFT)
    assert after[STRIPE] == before[STRIPE]
    assert world.stripe.objects("refund") == []
    assert world.services.unclaimed.page(None, 10).items == ()
    assert world.services.owner_capital.now()[0].put_in_minor == LEFT


def test_the_buyer_is_told_once_and_their_receipt_says_it(world, owing, finance):
    order, name = owing

    paid(world, name, finance)

    notices = [each for each in told(world, order.buyer_id) if each.kind == "refund.paid_outside"]
    assert [each.data["refund_minor"] for each in notices] == [LEFT]
    receipt = world.services.statements.receipt(order.order_id, order.buyer_id)
    assert [each.amount_minor for each in receipt.account.entries if each.fact == "paid_outside"] == [-LEFT]


def test_it_is_paid_once_by_two_people(world, owing, finance):
    _, name = owing
    alone = propose(world, name, finance[0])
    with pytest.raises(OwnProposal):
        world.services.approvals.approve(alone.proposal_id, of_staff(world, finance[0]), "r")
    made = paid(world, name, finance)

    world.services.approvals.approve(made.proposal_id, of_staff(world, finance[1]), "r")  # repeated
    with pytest.raises(UnclaimedMoved):
        world.services.approvals.approve(alone.proposal_id, of_staff(world, finance[1]), "r")
    with pytest.raises(UnclaimedMoved):
        propose(world, name, finance[0])

    assert [each.kind for each in world.view().ledger].count("paid_outside") == 1


def test_the_card_is_refused_while_a_bank_keeps_the_payment(world, owing, finance):
    _, name = owing

    with pytest.raises(NoMoreByCard) as refused:
        propose(world, name, finance[0], way=Way.BUYER, reference=None)

    assert refused.value.fields == {"to": "paid_outside"}


def test_the_card_is_asked_again_once_the_bank_gave_it_back(world, owing, finance):
    order, name = owing
    world.stripe.overturn_dispute(world.stripe.objects("dispute")[0]["id"])
    world.drain()

    proposal = propose(world, name, finance[0], way=Way.BUYER, reference=None)
    world.services.approvals.approve(proposal.proposal_id, of_staff(world, finance[1]), "I read it.")
    world.sweep()
    world.drain()

    assert world.services.unclaimed.read(name).stage is Stage.SENT
    assert [each.kind for each in told(world, order.buyer_id)].count("refund.not_by_card") == 1


def test_a_card_that_refuses_it_again_is_no_second_notice(world, trade, owing, finance):
    order, name = owing
    world.stripe.overturn_dispute(world.stripe.objects("dispute")[0]["id"])
    world.drain()
    proposal = propose(world, name, finance[0], way=Way.BUYER, reference=None)
    world.services.approvals.approve(proposal.proposal_id, of_staff(world, finance[1]), "I read it.")
    lost(trade, taken(trade, 2_000))
    world.drain()

    [row] = world.services.unclaimed.page(None, 10).items
    assert row.name == world.services.unclaimed.read(name).sent_as
    assert [each.kind for each in told(world, order.buyer_id)].count("refund.not_by_card") == 1


@pytest.mark.parametrize(
    "reference", [None, "", "abc", "a b c d", "-AVAL", "x" * 36, "ES9121000418450200051332", "Ana García"]
)
def test_it_needs_a_bank_s_reference_and_no_account(world, owing, finance, reference):
    with pytest.raises(BankReferenceNeeded):
        propose(world, owing[1], finance[0], reference=reference)


def test_nothing_else_has_a_bank_s_reference(world, owing, finance):
    with pytest.raises(BankReferenceNeeded):
        propose(world, owing[1], finance[0], way=Way.KEEP)


def test_a_seller_s_is_not_paid_outside(world, trade, finance):
    _, name = parked_transfer(trade)
    world.clock.advance(minutes=3)
    agree(world, CLOSE, name, finance)

    with pytest.raises(OnlyTheBuyers):
        propose(world, name, finance[0])


def test_a_late_payment_can_be_paid_outside(world, late, finance):
    payment_id, name = late
    amount = world.services.unclaimed.read(name).amount_minor

    paid(world, name, finance)

    assert booked(world, payment_id)[OWNER_CAPITAL] == -amount
    decided = world.services.decisions.page(world.services.payment_store.read(payment_id).buyer_id, None, 10).items
    assert [each.kind for each in decided] == ["unclaimed.sent"]
