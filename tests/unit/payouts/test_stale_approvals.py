"""What people approve is what was proposed: a later stop or hold is another matter, and nobody decides their own."""

import pytest

from marketplace.kit.errors import Missing
from marketplace.kit.principal import FINANCE
from marketplace.orders.model import OwnCase
from marketplace.payouts.errors import HoldMissing
from marketplace.payouts.model import Cause, Hold, PayoutState
from marketplace.payouts.switch import AnotherStop, SwitchMissing, UnknownScope
from marketplace.staff.errors import OwnProposal
from tests.crash.payout_deeds import released
from tests.unit.payouts.test_by_hand import of_staff
from tests.unit.payouts.test_payouts import causes, parked_although_sent

EUR = "currency:eur"


@pytest.fixture
def finance(world, trade):
    """Four people of finance."""
    return [of_staff(world, trade.staff(FINANCE)) for _ in range(4)]


@pytest.fixture
def decisions(world):
    return world.services.payout_decisions


def approve(world, proposal, person):
    return world.services.approvals.approve(proposal.proposal_id, person, "Nothing speaks against it.")


def standing(world):
    return [each.scope for each in world.services.switch.standing()]


def test_an_approval_of_an_earlier_stop_does_not_lift_a_later_one(world, finance, decisions):
    world.services.switch.stop(EUR, "manual", "An unclear statement.")
    first, second = (decisions.propose_resume(EUR, finance[each], "The statement was fine.") for each in (0, 2))
    approve(world, first, finance[1])
    world.clock.advance(hours=2)
    world.services.switch.stop(EUR, "solvency", "500000 more is owed than Stripe holds")

    with pytest.raises(AnotherStop):
        approve(world, second, finance[3])

    assert standing(world) == [EUR]
    assert AnotherStop.title_en != AnotherStop.title_es


def test_two_proposals_of_one_stop_resume_it_once(world, finance, decisions):
    world.services.switch.stop(EUR, "manual", "An unclear statement.")
    first, second = (decisions.propose_resume(EUR, finance[each], "It was fine.") for each in (0, 2))
    approve(world, first, finance[1])

    with pytest.raises(SwitchMissing):
        approve(world, second, finance[3])
    with pytest.raises(SwitchMissing):
        decisions.propose_resume(EUR, finance[0], "Once more.")


def bank_refused(world, seller_id):
    table = world.services.payout_table
    hold = Hold(Cause.BANK_REFUSED, "bank", world.clock.now())
    world.services.transactions.commit(table.place(seller_id, hold, after=0))


def test_an_approval_about_an_earlier_hold_does_not_end_a_new_one_of_the_same_name(world, trade, finance, decisions):
    order = released(trade)
    bank_refused(world, order.seller_id)
    proposed = [
        decisions.propose_release(order.seller_id, "bank_refused", "bank", finance[0], "A new IBAN.") for _ in range(2)
    ]
    approve(world, proposed[0], finance[1])
    world.clock.advance(days=2)
    bank_refused(world, order.seller_id)

    with pytest.raises(HoldMissing):
        approve(world, proposed[1], finance[1])

    assert Cause.BANK_REFUSED in causes(trade, order)


def test_a_hold_as_it_was_read_ends_and_one_placed_since_does_not(world, trade):
    order = released(trade)
    table, commit = world.services.payout_table, world.services.transactions.commit
    bank_refused(world, order.seller_id)
    old = table.hold(order.seller_id, Cause.BANK_REFUSED, "bank")
    commit(table.end(order.seller_id, old, world.clock.now(), "system"))
    world.clock.advance(seconds=1)
    bank_refused(world, order.seller_id)

    with pytest.raises(Exception, match="hold_moved"):
        commit(table.end(order.seller_id, old, world.clock.now(), "system"))

    assert table.hold(order.seller_id, Cause.BANK_REFUSED, "bank") is not None


@pytest.mark.parametrize("ends", ["declined", "expired"])
def test_a_parked_payout_can_be_given_back_after_a_proposal_that_came_to_nothing(world, trade, finance, ends):
    _, payout = parked_although_sent(trade)
    decisions = world.services.payout_decisions
    first = decisions.propose_return(payout.payout_id, finance[0], "It never left.")
    if ends == "declined":
        world.services.approvals.decline(first.proposal_id, finance[1], "Look at Stripe's pages first.")
    world.clock.advance(days=60 if ends == "expired" else 1)
    again = [of_staff(world, each.account_id) for each in finance]

    second = decisions.propose_return(payout.payout_id, again[0], "I looked: it never left.")
    with pytest.raises(OwnProposal):
        approve(world, second, again[0])
    approve(world, second, again[1])

    assert world.services.payouts.read(payout.payout_id).state is PayoutState.FAILED


@pytest.mark.parametrize("party", ["seller_id", "buyer_id"])
def test_the_parties_of_a_stopped_order_do_not_let_it_go_on(world, trade, finance, decisions, party):
    order = released(trade)
    scope = f"order:{order.order_id}"
    decisions.stop(scope, "Looks wrong.", by="acc_finance")
    proposed = decisions.propose_resume(scope, finance[0], "It is fine.")
    own = of_staff(world, getattr(order, party))

    with pytest.raises(OwnCase):
        approve(world, proposed, own)
    with pytest.raises(OwnCase):
        decisions.propose_resume(scope, own, "It is mine.")

    assert standing(world) == [scope]


@pytest.mark.parametrize("scope", ["seller:acc_1", "seller:acc_#", "order:ord_1"])
def test_nobody_is_stopped_under_a_name_that_nobody_has(world, decisions, scope):
    with pytest.raises(UnknownScope) as refused:
        decisions.stop(scope, "Looks wrong.", by="acc_finance")

    assert refused.value.fields == {"scope": "unknown"}
    assert standing(world) == []


def test_somebody_who_only_buys_is_no_seller_to_stop(trade, decisions):
    with pytest.raises(UnknownScope):
        decisions.stop(f"seller:{trade.person('Buyer')}", "Looks wrong.", by="acc_finance")

    assert issubclass(HoldMissing, Missing)
