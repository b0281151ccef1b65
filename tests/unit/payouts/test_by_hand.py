"""A payout by hand: two people, no date, no published minimum, and not past a single hold."""

import pytest

from marketplace.kit.errors import Forbidden
from marketplace.kit.principal import FINANCE, SUPPORT, Principal
from marketplace.orders.model import OwnCase
from marketplace.payouts.by_hand import BalanceMoved, NothingToSend
from marketplace.payouts.errors import PayeeMissing
from marketplace.payouts.model import MINIMUM_MINOR, PayoutState
from marketplace.staff.errors import OwnProposal
from tests.crash.payout_deeds import with_factor
from tests.crash.refund_deeds import released


def of_staff(world, account_id, role=FINANCE):
    now = world.clock.now()
    return Principal(account_id, "ses_1", True, "en", roles=frozenset({role}), factor_at=now, proved_at=now)


@pytest.fixture
def finance(world, trade):
    """Two people of finance."""
    return [of_staff(world, trade.staff(FINANCE)) for _ in range(2)]


@pytest.fixture
def small(world, trade):
    """A seller who earned less than the published minimum, and whom Stripe has cleared."""
    order = released(trade, trade.shipped(price_minor=1_000))
    with_factor(trade, order.seller_id)
    world.clock.advance(days=14)
    world.sweep()
    return order.seller_id


def available(world, seller_id):
    return world.services.payout_table.purse(seller_id, "eur")[0].available_minor


def propose(world, seller_id, person, currency="eur"):
    return world.services.payouts_by_hand.propose(seller_id, currency, person, "They close their shop.")


def approve(world, proposal, person):
    return world.services.approvals.approve(proposal.proposal_id, person, "Nothing speaks against it.")


def test_less_than_the_minimum_is_sent_when_two_people_say_so(world, finance, small):
    before = available(world, small)

    approve(world, propose(world, small, finance[0]), finance[1])
    begun = world.services.payout_table.payout(small, "eur", 1)
    world.sweep()

    sent = world.services.payout_table.payout(small, "eur", 1)
    assert 100 <= begun.amount_minor <= before < MINIMUM_MINOR["eur"]
    assert (begun.state, sent.state) == (PayoutState.OPEN, PayoutState.IN_TRANSIT)
    assert available(world, small) == before - begun.amount_minor


def test_approved_twice_it_is_sent_once(world, finance, small):
    proposal = propose(world, small, finance[0])

    for _ in range(2):
        approve(world, proposal, finance[1])
    world.sweep()

    assert len(world.view().stripe_payouts) == 1


def test_of_two_proposals_for_one_balance_one_is_sent(world, finance, small):
    one, other = propose(world, small, finance[0]), propose(world, small, finance[0])
    approve(world, one, finance[1])

    with pytest.raises(BalanceMoved):
        approve(world, other, finance[1])
    world.sweep()

    assert len(world.view().stripe_payouts) == 1


def test_it_passes_no_hold_that_came_meanwhile(world, finance, small):
    proposal = propose(world, small, finance[0])
    world.services.switch.stop(f"seller:{small}", "manual", "A look.")

    with pytest.raises(NothingToSend):
        approve(world, proposal, finance[1])

    assert list(world.view().stripe_payouts) == []


def test_what_cannot_be_paid_is_a_clear_problem_and_moves_nothing(world, trade, finance, small):
    nobody, empty = trade.person(), trade.seller()
    refused = [
        (PayeeMissing, lambda: propose(world, nobody, finance[0])),
        (NothingToSend, lambda: propose(world, empty, finance[0])),
        (NothingToSend, lambda: propose(world, small, finance[0], "usd")),
        (NothingToSend, lambda: propose(world, small, finance[0], "sek")),
        (Forbidden, lambda: propose(world, small, of_staff(world, trade.staff(SUPPORT), SUPPORT))),
        (OwnCase, lambda: propose(world, small, of_staff(world, small))),
        (OwnProposal, lambda: approve(world, propose(world, small, finance[0]), finance[0])),
    ]

    for error, call in refused:
        with pytest.raises(error):
            call()

    assert list(world.view().stripe_payouts) == []
