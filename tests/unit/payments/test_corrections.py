"""What Stripe took or gave by itself is booked by two people, by Stripe's own amount, once; nothing else ever so."""

from dataclasses import replace

import pytest

from marketplace.audit.staff import corrections_are_made_by_two
from marketplace.kit.errors import Forbidden, Unavailable
from marketplace.kit.principal import ADMIN, FINANCE
from marketplace.ledger.model import STRIPE, STRIPE_BILLED, STRIPE_FEES, AlreadyBooked, balances
from marketplace.ledger.stripe_billed import billed
from marketplace.payments.corrections import InTheBooks, NotStripesOwn, StripeTransactionMissing
from marketplace.payments.movements import INSIDE_STRIPE, Movement
from marketplace.staff.errors import OwnProposal, ProposalDiffers, ReasonsNeeded
from tests.crash.correction_deeds import WHY, taken
from tests.crash.refund_deeds import of_finance, released


@pytest.fixture
def finance(trade):
    """Two people of finance."""
    return [of_finance(trade, trade.staff(FINANCE)) for _ in range(2)]


def propose(world, name, person, once="one"):
    return world.services.corrections.propose(name, person, WHY, once)


def approve(world, proposal, person):
    return world.services.approvals.approve(proposal.proposal_id, person, "I read the invoice as well.")


def booked(world, account):
    return balances(world.view().ledger).get((account, "eur"), 0)


def differences(world):
    world.clock.advance(days=2)
    day = world.clock.now().date()
    report = world.services.reconciliation.run(world.clock.now().date().replace(day=day.day - 2), day)
    return [each.kind for each in report.differences]


@pytest.mark.parametrize(
    ("amount_minor", "fee_minor", "kind"),
    [(-300, 0, "stripe_fee"), (-63, 0, "tax_fee"), (500, 0, "fee_credit_funding"), (-300, 20, "contribution")],
)
def test_the_books_move_by_what_stripe_moved(trade, world, finance, amount_minor, fee_minor, kind):
    name = taken(trade, amount_minor, kind, fee=fee_minor)

    approve(world, propose(world, name, finance[0]), finance[1])

    assert booked(world, STRIPE) == amount_minor - fee_minor
    assert (booked(world, STRIPE_BILLED), booked(world, STRIPE_FEES)) == (-amount_minor, fee_minor)


def test_the_proposal_says_what_stripe_says(trade, world, finance):
    name = taken(trade)

    proposal = propose(world, name, finance[0])
    approve(world, proposal, finance[1])

    assert proposal.subject == name
    assert proposal.facts == {"type": "stripe_fee", "currency": "eur", "amount_minor": -300}


def test_the_reconciliation_is_silent_about_it_from_then_on(trade, world, finance):
    name = taken(trade)
    approve(world, propose(world, name, finance[0]), finance[1])

    movement = world.services.stripe_books.of_transaction(name)
    [entry] = world.services.ledger.of_book(name)

    assert (entry.stripe_object, movement.stripe_object) == (name, name)
    assert differences(world) == []


def test_approved_however_often_it_is_booked_once(trade, world, finance):
    name = taken(trade)
    first, second = (propose(world, name, finance[0], once) for once in ("one", "two"))
    for _ in range(2):
        approve(world, first, finance[1])

    with pytest.raises(InTheBooks):
        approve(world, second, finance[1])
    with pytest.raises(InTheBooks):
        propose(world, name, finance[0], "three")

    assert booked(world, STRIPE_BILLED) == 300


def test_a_repeated_attempt_is_the_same_proposal_after_it_was_carried_out(trade, world, finance):
    name = taken(trade)
    made = propose(world, name, finance[0])
    approve(world, made, finance[1])

    again = propose(world, name, finance[0])

    assert (again.proposal_id, again.state) == (made.proposal_id, "approved")
    with pytest.raises(ProposalDiffers):
        world.services.corrections.propose(name, finance[0], "Another reason.", "one")


def test_two_at_once_book_it_once(trade, world, finance):
    services, name = world.services, taken(trade)
    first, second = (propose(world, name, finance[0], once) for once in ("one", "two"))
    late = services.corrections.approved(second)
    approve(world, first, finance[1])

    with pytest.raises(AlreadyBooked):
        services.transactions.commit(late)

    assert booked(world, STRIPE_BILLED) == 300


def test_what_something_of_ours_is_behind_is_never_booked_by_hand(trade, world, finance):
    released(trade)
    topup = world.stripe_client().v1.topups.create({"amount": 5_000, "currency": "eur"})
    world.stripe.close_topup(topup.id)
    world.drain()
    before = world.view().ledger
    names = [
        each["id"] for each in world.stripe_client().v1.balance_transactions.list({"limit": 100}).to_dict()["data"]
    ]

    assert len(names) >= 3  # the charge, the transfer, the top-up
    for name in names:
        with pytest.raises(NotStripesOwn):
            propose(world, name, finance[0])
    assert world.view().ledger == before


@pytest.mark.parametrize("kind", sorted(INSIDE_STRIPE)[:3])
def test_what_stripe_only_sets_aside_is_no_cost(trade, world, finance, kind):
    name = taken(trade, -300, kind)

    with pytest.raises(NotStripesOwn):
        propose(world, name, finance[0])

    taken(trade, 300, kind)  # and frees again


def test_what_stripe_does_not_know_is_missing_and_an_outage_is_told_as_one(trade, world, finance):
    with pytest.raises(StripeTransactionMissing):
        propose(world, "txn_nobody", finance[0])

    world.stripe.inject(fault="error_500", method="GET", path_prefix="/v1/balance_transactions", times=2)
    with pytest.raises(Unavailable):
        propose(world, "txn_nobody", finance[0])


def test_it_takes_two_of_finance_with_reasons(trade, world, finance):
    name = taken(trade)
    proposal = propose(world, name, finance[0])
    admin = replace(finance[1], roles=frozenset({ADMIN}))

    with pytest.raises(OwnProposal):
        approve(world, proposal, finance[0])
    for deed in (lambda: approve(world, proposal, admin), lambda: propose(world, name, admin)):
        with pytest.raises(Forbidden):
            deed()
    with pytest.raises(ReasonsNeeded):
        world.services.corrections.propose(name, finance[0], " ", "two")
    assert booked(world, STRIPE_BILLED) == 0

    approve(world, proposal, finance[1])


@pytest.mark.parametrize("wrong", ["nobody agreed", "another amount", "never booked"])
def test_an_entry_that_two_did_not_agree_on_is_found(trade, world, finance, wrong):
    name = taken(trade)
    approve(world, propose(world, name, finance[0]), finance[1])
    view, now = world.view(), world.clock.now()
    right = Movement(name, name, "stripe_fee", -300, 0, "eur", now)
    entries = {
        "nobody agreed": [*billed(right, now), *billed(replace(right, transaction_id="txn_other"), now)],
        "another amount": billed(replace(right, amount_minor=-301), now),
        "never booked": [],
    }[wrong]

    assert list(corrections_are_made_by_two(replace(view, ledger=entries)))
    assert list(corrections_are_made_by_two(view)) == []
