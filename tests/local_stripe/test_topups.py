"""The owner's own money: top-ups in, payouts of the platform out."""

import pytest
import stripe


def kinds(shop):
    return [(each.type, each.amount) for each in shop.api.balance_transactions.list().data]


def test_a_topup_moves_money_when_it_succeeds_and_not_before(shop):
    topup = shop.api.topups.create({"amount": 5_000, "currency": "eur", "description": "To end the shortfall"})
    before = kinds(shop)

    shop.core.close_topup(topup.id)

    assert (topup.status, before) == ("pending", [])
    assert shop.api.topups.retrieve(topup.id).status == "succeeded"
    assert kinds(shop) == [("topup", 5_000)]


def test_a_topup_arrives_by_the_clock(shop):
    topup = shop.api.topups.create({"amount": 5_000, "currency": "eur"})

    shop.clock.move(days=3)

    assert shop.api.topups.retrieve(topup.id).status == "succeeded"


@pytest.mark.parametrize(("there", "status", "net"), [(False, "failed", 0), (True, "reversed", 0)])
def test_a_topup_that_the_bank_does_not_pay_leaves_nothing(shop, there, status, net):
    topup = shop.api.topups.create({"amount": 5_000, "currency": "eur"})
    if there:
        shop.core.close_topup(topup.id)

    shop.core.close_topup(topup.id, code="debit_not_authorized")

    assert shop.api.topups.retrieve(topup.id).status == status
    assert sum(amount for _, amount in kinds(shop)) == net
    shop.core.audit()


def test_what_a_topup_brought_can_leave_for_the_owner_s_bank(shop):
    topup = shop.api.topups.create({"amount": 5_000, "currency": "eur"})
    shop.core.close_topup(topup.id)

    payout = shop.api.payouts.create({"amount": 4_000, "currency": "eur"})

    assert payout.status == "pending"
    assert kinds(shop) == [("payout", -4_000), ("topup", 5_000)]


@pytest.mark.parametrize("amount", [0, -1])
def test_an_amount_of_nothing_is_refused(shop, amount):
    with pytest.raises(stripe.InvalidRequestError):
        shop.api.topups.create({"amount": amount, "currency": "eur"})


def test_a_topup_of_somebody_unknown_is_missing(shop):
    with pytest.raises(stripe.InvalidRequestError, match="No such topup"):
        shop.api.topups.retrieve("tu_nobody")
