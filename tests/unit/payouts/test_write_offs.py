"""A debt is given up by two people, never more than is owed, and once: the platform bears it, the seller reads it."""

from dataclasses import replace
from functools import partial

import pytest

from marketplace.audit.staff import debts_are_given_up_by_two
from marketplace.kit.errors import Forbidden, Invalid
from marketplace.kit.principal import FINANCE, MODERATOR, SUPPORT
from marketplace.ledger.model import BAD_DEBT, balances, seller_debt_account
from marketplace.ledger.write_off import written_off
from marketplace.orders.model import SELLER, OwnCase
from marketplace.payments.debt_store import DebtMoved
from marketplace.payouts.errors import PayeeMissing
from marketplace.payouts.write_offs import ForgivenMeanwhile, NotSoMuchOwed
from marketplace.staff.errors import OwnProposal, ProposalDecided, ProposalDiffers, ReasonsNeeded
from tests.crash.refund_deeds import prepare_in_debt, released
from tests.unit.payouts.test_by_hand import of_staff

DEBT = 2_760  # of the refund of 30.00: the commission on it went back
WHY = "The carrier lost the parcel; it was not their fault."


@pytest.fixture
def finance(world, trade):
    """Two people of finance."""
    return [of_staff(world, trade.staff(FINANCE)) for _ in range(2)]


@pytest.fixture
def owing(trade):
    """An order under way of a seller who owes for a refund."""
    return prepare_in_debt(trade)


def propose(world, owing, person, amount_minor=DEBT, *, currency="eur", once="one", why=WHY):
    return world.services.write_offs.propose(owing.seller_id, currency, amount_minor, person, why, once)


def approve(world, proposal, person):
    return world.services.approvals.approve(proposal.proposal_id, person, "I read the case as well.")


def owed(world, owing):
    return world.services.debts.owed_minor(owing.seller_id, "eur")


def lost(world):
    return balances(world.view().ledger).get((BAD_DEBT, "eur"), 0)


@pytest.mark.parametrize("amount_minor", [1, DEBT - 1, DEBT])
def test_what_two_people_give_up_is_the_platforms_loss_and_owed_no_more(world, owing, finance, amount_minor):
    approve(world, propose(world, owing, finance[0], amount_minor), finance[1])

    books = balances(world.view().ledger)
    assert (owed(world, owing), lost(world)) == (DEBT - amount_minor, amount_minor)
    assert books[seller_debt_account(owing.seller_id), "eur"] == DEBT - amount_minor


def test_the_next_earnings_pay_only_what_was_not_given_up(world, trade, owing, finance):
    approve(world, propose(world, owing, finance[0], DEBT - 1), finance[1])

    order = released(trade, owing)

    booked = balances(world.services.ledger.of_book(order.order_id))
    assert booked[seller_debt_account(order.seller_id), "eur"] == -1
    assert owed(world, owing) == 0


def test_approved_however_often_it_is_given_up_once(world, owing, finance):
    proposal = propose(world, owing, finance[0], 1_000)

    for _ in range(3):
        world.restart()
        approve(world, proposal, finance[1])

    assert (owed(world, owing), lost(world)) == (DEBT - 1_000, 1_000)


def test_the_same_attempt_is_one_proposal_and_other_facts_are_refused(world, owing, finance):
    made = [propose(world, owing, finance[0], 1_000).proposal_id for _ in range(2)]

    with pytest.raises(ProposalDiffers):
        propose(world, owing, finance[0], 999)

    assert made[0] == made[1]


def test_two_proposals_never_give_up_more_than_is_owed(world, owing, finance):
    first, second = (propose(world, owing, finance[0], 2_000, once=once) for once in ("one", "two"))
    approve(world, first, finance[1])

    with pytest.raises(NotSoMuchOwed):
        approve(world, second, finance[1])

    assert (owed(world, owing), lost(world)) == (DEBT - 2_000, 2_000)
    assert world.services.approvals.read(second.proposal_id).state == "open"


def test_of_two_proposals_of_one_part_the_second_is_refused_though_so_much_is_still_owed(world, owing, finance):
    first, second = (propose(world, owing, each, 1_000) for each in finance)
    third = replace(finance[0], account_id="acc_third")
    approve(world, first, third)

    with pytest.raises(ForgivenMeanwhile):
        approve(world, second, third)

    assert (owed(world, owing), lost(world)) == (DEBT - 1_000, 1_000)
    approve(world, propose(world, owing, finance[0], 500, once="again"), third)
    assert lost(world) == 1_500


def test_of_two_approvals_at_once_of_one_part_one_is_refused(world, owing, finance):
    first, second = (propose(world, owing, each, 1_000) for each in finance)
    late = world.services.write_offs.approved(replace(second, state="approved", decided_by="acc_third"))
    approve(world, first, finance[1])

    with pytest.raises(DebtMoved):
        world.services.transactions.commit(late)

    assert (owed(world, owing), lost(world)) == (DEBT - 1_000, 1_000)


def test_a_repeated_attempt_is_the_same_proposal_after_it_was_carried_out(world, owing, finance):
    made = propose(world, owing, finance[0])
    approve(world, made, finance[1])

    again = propose(world, owing, finance[0])

    assert (again.proposal_id, again.state) == (made.proposal_id, "approved")
    for said in ({"why": "Another reason."}, {"amount_minor": 1}):
        with pytest.raises(ProposalDiffers):
            propose(world, owing, finance[0], **said)
    with pytest.raises(Forbidden):
        propose(world, owing, replace(finance[0], roles=frozenset({MODERATOR})))


def test_what_earnings_paid_meanwhile_is_not_given_up_too(world, trade, owing, finance):
    proposal = propose(world, owing, finance[0])
    released(trade, owing)

    with pytest.raises(NotSoMuchOwed):
        approve(world, proposal, finance[1])

    assert (owed(world, owing), lost(world)) == (0, 0)


def test_what_changes_between_the_look_and_the_booking_refuses_it(world, owing, finance):
    proposal = propose(world, owing, finance[0])
    decided = replace(proposal, state="approved", decided_by=finance[1].account_id)
    services = world.services
    writes = services.write_offs.approved(decided)
    rival = propose(world, owing, finance[0], 1, once="rival")
    approve(world, rival, finance[1])

    with pytest.raises(DebtMoved):
        services.transactions.commit(writes)

    assert (owed(world, owing), lost(world)) == (DEBT - 1, 1)


@pytest.mark.parametrize("amount_minor", [0, -1, 100_000_000])
def test_an_amount_that_is_none_is_refused(world, owing, finance, amount_minor):
    with pytest.raises(Invalid) as refused:
        propose(world, owing, finance[0], amount_minor)

    assert refused.value.fields == {"amount_minor": "1_to_99999999"}


@pytest.mark.parametrize(
    ("amount_minor", "currency", "refusal"),
    [(DEBT + 1, "eur", NotSoMuchOwed), (1, "usd", NotSoMuchOwed), (1, "chf", Invalid)],
)
def test_what_is_not_owed_cannot_be_proposed(world, owing, finance, amount_minor, currency, refusal):
    with pytest.raises(refusal):
        propose(world, owing, finance[0], amount_minor, currency=currency)

    assert world.services.approvals.page("open", None, 10).items == ()


def test_nobody_who_sells_owes_nothing_that_could_be_given_up(world, trade, finance):
    buyer = trade.person("Buyer")

    for deed in (
        partial(world.services.write_offs.propose, buyer, "eur", 1, finance[0], WHY, "one"),
        partial(world.services.write_offs.owed, buyer),
    ):
        with pytest.raises(PayeeMissing):
            deed()


def test_it_takes_two_with_reasons_and_neither_decides_their_own_matter(world, trade, owing, finance):
    moderator = of_staff(world, trade.staff(MODERATOR), MODERATOR)
    seller = replace(finance[0], account_id=owing.seller_id)
    with pytest.raises(Forbidden):
        propose(world, owing, moderator)
    with pytest.raises(OwnCase):
        propose(world, owing, seller)
    with pytest.raises(ReasonsNeeded):
        propose(world, owing, finance[0], why="  ")
    proposal = propose(world, owing, finance[0])

    for person, refusal in (
        (finance[0], OwnProposal),
        (seller, OwnCase),
        (of_staff(world, trade.staff(SUPPORT), SUPPORT), Forbidden),
    ):
        with pytest.raises(refusal):
            approve(world, proposal, person)

    assert (owed(world, owing), lost(world)) == (DEBT, 0)


def test_declined_it_changes_nothing_for_good(world, owing, finance):
    proposal = propose(world, owing, finance[0])
    world.services.approvals.decline(proposal.proposal_id, finance[1], "They can pay.")

    with pytest.raises(ProposalDecided):
        approve(world, proposal, finance[1])

    assert (owed(world, owing), lost(world)) == (DEBT, 0)


def test_the_seller_reads_it_in_a_notice_a_decision_and_their_statement(world, owing, finance):
    approve(world, propose(world, owing, finance[0], 1_000), finance[1])
    world.drain()

    services = world.services
    kinds = [each.kind for each in services.decisions.page(owing.seller_id, None, 50).items]
    month = services.statements.statement(owing.seller_id, SELLER, world.clock.now().strftime("%Y-%m"), "eur")
    assert "debt.written_off" in kinds
    assert [each.amount_minor for each in month.entries if each.fact == "debt_written_off"] == [1_000]
    assert month.closing_minor == -(DEBT - 1_000)
    told = services.notifications.page(owing.seller_id, None, 50).items
    assert [each.kind for each in told].count("seller.debt_written_off") == 1


def test_a_seller_sees_by_currency_what_they_owe_as_finance_does(world, owing):
    [debt] = world.services.write_offs.owed(owing.seller_id)

    assert (debt.currency, debt.owed_minor) == ("eur", DEBT)


@pytest.mark.parametrize("wrong", ["nobody agreed", "more than agreed", "another seller's", "never booked"])
def test_a_loss_that_two_did_not_agree_on_is_found(world, owing, finance, wrong):
    proposal = approve(world, propose(world, owing, finance[0]), finance[1])
    view = world.view()
    others = [each for each in view.ledger if each.book != proposal.proposal_id]
    told = (proposal.proposal_id, owing.seller_id, "eur", DEBT, world.clock.now())
    booked = {
        "nobody agreed": [written_off(*told), written_off("prp_other", *told[1:])],
        "more than agreed": [written_off(*told[:3], DEBT + 1, told[4])],
        "another seller's": [written_off(told[0], "acc_other", *told[2:])],
        "never booked": [],
    }[wrong]

    assert [each.rule for each in debts_are_given_up_by_two(replace(view, ledger=[*others, *booked]))]
    assert list(debts_are_given_up_by_two(view)) == []
