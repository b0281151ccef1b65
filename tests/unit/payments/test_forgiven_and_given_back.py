"""A debt was given up by two people, and its bank gives the money back: that makes up for the loss, and once."""

from dataclasses import replace
from datetime import timedelta

import pytest

from marketplace.audit.staff import debts_are_given_up_by_two
from marketplace.kit.errors import Unavailable
from marketplace.kit.principal import FINANCE
from marketplace.ledger.model import BAD_DEBT, STRIPE, balances, seller_account
from marketplace.ledger.postings import chargeback_reinstated
from marketplace.payments.debt_store import DebtMoved
from marketplace.payments.model import transfer_back_id
from tests.crash.refund_deeds import ask as refunded
from tests.crash.refund_deeds import pay_out
from tests.fakes.world import new_world
from tests.unit.payments.test_clawback import booked, closed, owed, released, taken
from tests.unit.payouts.test_by_hand import of_staff

TOTAL = 10_000


def lost_of_the_paid_out(world, trade):
    """Lost after the money had left the seller's account: all of it is debt."""
    order = released(world, trade)
    pay_out(trade, order)
    closed(world, taken(world), won=False)
    assert owed(world, order) == TOTAL
    return order


def give_up(world, trade, order, amount_minor, once="one"):
    one, other = (of_staff(world, trade.staff(FINANCE)) for _ in range(2))
    proposal = world.services.write_offs.propose(
        order.seller_id, "eur", amount_minor, one, "Nothing will pay it.", once
    )
    world.services.approvals.approve(proposal.proposal_id, other, "I read the case as well.")


def given_back(world):
    world.stripe.overturn_dispute(world.stripe.objects("dispute")[0]["id"])
    world.drain()
    world.sweep()


def bad_debt(world):
    return balances(world.view().ledger).get((BAD_DEBT, "eur"), 0)


def forgiven(world, order):
    return world.services.debts.forgiven_minor(order.seller_id, "eur")


@pytest.mark.parametrize("given_up_minor", [TOTAL, 6_000, 1])
def test_what_a_bank_gives_back_makes_up_first_for_what_was_forgiven(world, trade, given_up_minor):
    order = lost_of_the_paid_out(world, trade)
    give_up(world, trade, order, given_up_minor)
    paid_before = len(world.stripe.objects("transfer"))

    given_back(world)

    accounts = booked(world, order)
    assert (bad_debt(world), forgiven(world, order), owed(world, order)) == (0, 0, 0)
    assert accounts[BAD_DEBT] == -given_up_minor
    assert accounts.get(seller_account(order.seller_id), 0) == 0
    assert len(world.stripe.objects("transfer")) == paid_before


def test_what_earnings_paid_of_it_goes_back_to_the_seller(world, trade):
    order = lost_of_the_paid_out(world, trade)
    give_up(world, trade, order, 4_000)
    world.services.orders.confirm(*_another(trade, order))
    world.drain()
    paid_minor = 6_000 - owed(world, order)

    given_back(world)

    [case] = world.stripe.objects("dispute")
    back = world.services.payment_store.intent(transfer_back_id(order.order_id, case["id"]))
    assert (paid_minor > 0, back.amount_minor) == (True, paid_minor)
    assert (bad_debt(world), owed(world, order)) == (0, 0)


def _another(trade, order, price_minor=5_000):
    placed = trade.place(trade.person("Other"), (trade.listing(order.seller_id, price_minor=price_minor), 1))
    trade.pay(placed)
    trade.world.drain()
    made = placed.orders[0]
    trade.services.orders.ship(made.order_id, made.seller_id, "correos", f"PK{price_minor}")
    trade.services.orders.attest_delivery(made.order_id, trade.operator(), "signed receipt")
    trade.world.drain()
    return made.order_id, made.buyer_id


def test_what_was_forgiven_of_another_debt_stays_lost_while_this_one_is_still_owed(world, trade):
    order = lost_of_the_paid_out(world, trade)
    lost = [each for each in world.services.ledger.of_book(order.order_id) if each.kind == "chargeback_lost"]

    facts = (order, TOTAL, lost, "du_1", world.clock.now())
    back = chargeback_reinstated(*facts, owed_minor=12_000, forgiven_minor=3_000)

    legs = {leg.account: leg.amount_minor for leg in back.postings}
    assert (legs[STRIPE], legs.get(BAD_DEBT)) == (TOTAL, None)


def test_what_was_forgiven_of_another_debt_before_is_not_taken_out_of_a_debt_that_was_paid(world, trade):
    first = released(world, trade)
    pay_out(trade, first)
    refunded(world.services, first, 3_000, "goodwill")
    world.drain()
    other_minor = owed(world, first)
    give_up(world, trade, first, other_minor)
    second = sold_and_paid_out(trade, first)
    case = lost_charge_of(world, second)
    world.services.orders.confirm(*_another(trade, first, price_minor=15_000))
    world.drain()
    paid_before_minor = (owed(world, first), bad_debt(world))

    world.stripe.overturn_dispute(case)
    world.drain()
    world.sweep()

    back = world.services.payment_store.intent(transfer_back_id(second.order_id, case))
    assert paid_before_minor == (0, other_minor)
    assert (back.amount_minor, bad_debt(world), forgiven(world, first)) == (TOTAL, other_minor, other_minor)


def sold_and_paid_out(trade, first):
    order_id, buyer_id = _another(trade, first, price_minor=TOTAL)
    trade.services.orders.confirm(order_id, buyer_id)
    trade.world.drain()
    order = trade.order(order_id)
    pay_out(trade, order)
    return order


def lost_charge_of(world, order):
    case = world.stripe.open_dispute(world.services.payment_store.read(order.payment_id).charge_id)["id"]
    world.drain()
    closed(world, case, won=False)
    return case


def test_what_banks_make_up_for_is_taken_off_the_last_write_offs():
    with new_world() as world:
        debts, whose, times = world.services.debts, ("acc_s", "eur"), []
        world.services.transactions.commit([debts.add(*whose, 10_000)])
        for minor in (3_000, 2_000, 1_000):
            world.clock.advance(minutes=5)
            times.append(world.clock.now())
            world.services.transactions.commit([debts.forgive(*whose, minor)])
        stale = debts.regain(*whose, 0, 1)

        world.services.transactions.commit([debts.regain(*whose, 500, 1_500)])

        assert [debts.forgiven_minor(*whose, at) for at in times] == [4_500, 1_500, 0]
        assert debts.forgiven_minor(*whose, times[0] + timedelta(milliseconds=1)) == 1_500
        assert debts.owed_minor(*whose) == 3_500
        with pytest.raises(DebtMoved):
            world.services.transactions.commit([stale])
        with pytest.raises(Unavailable):
            debts.regain(*whose, 0, 4_501)
        world.services.transactions.commit([debts.regain(*whose, 0, 4_500)])
        assert debts.forgiven_minor(*whose) == 0


def test_a_bank_makes_up_for_no_more_than_was_given_up(world, trade):
    order = lost_of_the_paid_out(world, trade)
    give_up(world, trade, order, 4_000)
    given_back(world)
    view = world.view()

    unknown = [each for each in view.ledger if each.kind != "debt_written_off"]

    broken = list(debts_are_given_up_by_two(replace(view, ledger=unknown)))
    assert {each.rule for each in broken} == {"S4"}
    assert any("more than was given up" in each.seen for each in broken)
