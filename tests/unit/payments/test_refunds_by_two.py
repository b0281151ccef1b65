"""A refund beyond the rules: two people agree on what they see, and on no refund twice."""

import pytest

from marketplace.kit.errors import Forbidden
from marketplace.kit.principal import ADMIN, FINANCE, Idempotency
from marketplace.payments.refund_model import RefundedMeanwhile
from marketplace.staff.errors import ProposalDiffers
from tests.crash.refund_deeds import PART, ask, of_finance, released
from tests.unit.staff.making import somebody

WHY = "The lamp was broken."


@pytest.fixture
def finance(trade):
    """Three people of finance."""
    return [of_finance(trade, trade.staff(FINANCE)) for _ in range(3)]


@pytest.fixture(params=["held", "after the end"])
def order(request, trade):
    return trade.delivered() if request.param == "held" else released(trade)


def propose(world, order, by, amount_minor=PART, *, key="one", why=WHY, cause="goodwill"):
    attempt = Idempotency(key, "fingerprint")
    return world.services.refunds.propose(order.order_id, by, amount_minor, why, attempt, cause=cause)


def approve(world, proposal, by):
    approved = world.services.approvals.approve(proposal.proposal_id, by, "So I read it too.")
    world.drain()
    return approved


def given_back(world):
    return [each["amount"] for each in world.stripe.objects("refund")]


def test_what_two_people_each_propose_for_one_reason_is_given_back_once(world, order, finance):
    first, second = (propose(world, order, each) for each in finance[:2])
    approve(world, first, finance[2])

    with pytest.raises(RefundedMeanwhile):
        approve(world, second, finance[2])

    assert given_back(world) == [PART]
    approve(world, propose(world, order, finance[1], key="again"), finance[2])
    assert given_back(world) == [PART, PART]


def test_what_the_seller_gave_back_meanwhile_refuses_it_too(world, order, finance):
    proposal = propose(world, order, finance[0])
    ask(world.services, order, PART, "the-seller")
    world.drain()

    with pytest.raises(RefundedMeanwhile):
        approve(world, proposal, finance[1])

    assert given_back(world) == [PART]


def test_a_repeated_attempt_is_the_same_proposal_after_it_was_carried_out(trade, world, order, finance):
    made = propose(world, order, finance[0])
    approve(world, made, finance[1])

    again = propose(world, order, finance[0])

    assert (again.proposal_id, again.state) == (made.proposal_id, "approved")
    for said in ({"why": "Another reason."}, {"amount_minor": 1}, {"cause": "decision"}):
        with pytest.raises(ProposalDiffers):
            propose(world, order, finance[0], **said)
    with pytest.raises(Forbidden):
        propose(world, order, somebody(trade, ADMIN))
    assert given_back(world) == [PART]
