import pytest
import stripe


def test_a_fresh_platform_has_an_empty_balance(shop):
    balance = shop.api.balance.retrieve()

    assert [(b.currency, b.amount) for b in balance.available] == [("eur", 0)]
    assert [(b.currency, b.amount) for b in balance.pending] == [("eur", 0)]


def test_every_currency_has_a_balance_of_its_own(shop):
    shop.pay(10_000)
    shop.api.payment_intents.create(
        {
            "amount": 2_000,
            "currency": "USD",
            "confirm": True,
            "payment_method": "pm_card_visa",
            "return_url": "http://shop.test",
        }
    )

    pending = shop.api.balance.retrieve().pending

    assert {b.currency: b.amount for b in pending} == {"eur": 9_825, "usd": 1_945}


def test_balance_transactions_add_up_to_the_balance(shop):
    seller = shop.seller()
    charge = shop.charge(10_000)
    transfer = shop.transfer(seller, 9_000, source_transaction=charge.id)
    shop.api.transfers.reversals.create(transfer.id, {"amount": 1_000})
    shop.api.refunds.create({"charge": charge.id, "amount": 1_000})

    rows = shop.api.balance_transactions.list().data

    assert [(t.type, t.net) for t in rows] == [
        ("refund", -1_000),
        ("transfer_refund", 1_000),
        ("transfer", -9_000),
        ("charge", 9_825),
    ]
    assert sum(t.net for t in rows) == sum(shop.held())
    shop.core.audit()


def test_balance_transactions_are_found_by_source_and_type(shop):
    charge = shop.charge()
    shop.pay()

    assert len(shop.api.balance_transactions.list({"source": charge.id}).data) == 1
    assert len(shop.api.balance_transactions.list({"type": "charge"}).data) == 2


def test_a_connected_account_sees_only_its_own_money(shop):
    seller = shop.seller()
    shop.transfer(seller, 9_000, source_transaction=shop.charge().id)

    own = shop.api.balance.retrieve(options={"stripe_account": seller})

    assert [b.amount for b in own.pending] == [9_000]


def test_a_payout_leaves_at_once_and_arrives_a_day_later(shop):
    seller = shop.seller()
    shop.transfer(seller, 9_000, source_transaction=shop.charge().id)
    shop.settle()

    payout = shop.api.payouts.create({"amount": 9_000, "currency": "eur"}, {"stripe_account": seller})
    assert payout.status == "pending"
    assert shop.held(seller) == (0, 0)
    shop.clock.move(days=1)

    assert shop.api.payouts.retrieve(payout.id, options={"stripe_account": seller}).status == "paid"
    paid = shop.api.payouts.list({"status": "paid"}, {"stripe_account": seller}).data
    assert [p.id for p in paid] == [payout.id]
    assert shop.happened(seller)[-2:] == ["payout.created", "payout.paid"]


def test_pending_money_cannot_be_paid_out(shop):
    seller = shop.seller()
    shop.transfer(seller, 9_000, source_transaction=shop.charge().id)

    with pytest.raises(stripe.InvalidRequestError) as refused:
        shop.api.payouts.create({"amount": 1, "currency": "eur"}, {"stripe_account": seller})
    assert refused.value.code == "balance_insufficient"


def test_an_account_that_owes_information_is_not_paid_out(shop):
    seller = shop.seller()
    shop.core.add_funds("eur", 500, seller)
    shop.core.finish_onboarding(seller, currently_due=["individual.id_number"])

    with pytest.raises(stripe.InvalidRequestError) as refused:
        shop.api.payouts.create({"amount": 500, "currency": "eur"}, {"stripe_account": seller})
    assert refused.value.code == "payouts_not_allowed"


def test_objects_of_one_account_are_unknown_to_another(shop):
    payment = shop.transfer(shop.seller(), 100, source_transaction=shop.charge().id).destination_payment

    with pytest.raises(stripe.InvalidRequestError) as refused:
        shop.api.charges.retrieve(payment, options={"stripe_account": shop.seller()})
    assert refused.value.http_status == 404


def test_an_account_that_is_not_the_platforms_is_forbidden(shop):
    with pytest.raises(stripe.PermissionError):
        shop.api.balance.retrieve(options={"stripe_account": "acct_stranger"})


@pytest.mark.parametrize(("amount", "fee"), [(99, 26), (100, 27), (1_033, 40), (99_999_999, 1_500_025)])
def test_half_a_cent_of_fee_is_rounded_up(shop, amount, fee):
    intent = shop.pay(amount, expand=["latest_charge.balance_transaction"])

    assert intent.latest_charge.balance_transaction.fee == fee
