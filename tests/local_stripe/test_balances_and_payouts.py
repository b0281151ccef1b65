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
    assert shop.happened(seller)[-3:] == ["payout.created", "payout.updated", "payout.paid"]


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


def funded(shop, amount=9_000, currency="eur"):
    seller = shop.seller()
    shop.core.add_funds(currency, amount, seller)
    return seller, {"stripe_account": seller}


def test_a_payout_is_handed_to_the_bank_before_it_arrives(shop):
    _seller, own = funded(shop)
    payout = shop.api.payouts.create({"amount": 9_000, "currency": "eur"}, own)

    shop.clock.move(hours=12)

    assert shop.api.payouts.retrieve(payout.id, options=own).status == "in_transit"


def test_a_pending_payout_is_cancelled_and_the_money_is_back(shop):
    seller, own = funded(shop)
    payout = shop.api.payouts.create({"amount": 9_000, "currency": "eur"}, own)

    cancelled = shop.api.payouts.cancel(payout.id, options=own)

    assert (cancelled.status, shop.held(seller)) == ("canceled", (9_000, 0))
    shop.clock.move(days=2)
    assert shop.api.payouts.retrieve(payout.id, options=own).status == "canceled"
    assert shop.happened(seller)[-1] == "payout.canceled"
    shop.core.audit()


def test_an_account_that_disconnected_refuses_what_it_had_answered_until_it_is_back(shop):
    seller, own = funded(shop)
    once = {**own, "idempotency_key": "payout-1"}
    made = shop.api.payouts.create({"amount": 500, "currency": "eur"}, once)

    shop.core.disconnect(seller)
    with pytest.raises(stripe.PermissionError) as refused:
        shop.api.payouts.create({"amount": 500, "currency": "eur"}, once)
    shop.core.disconnect(seller, gone=False)

    assert refused.value.error.code == "account_invalid"
    assert shop.api.payouts.create({"amount": 500, "currency": "eur"}, once).id == made.id


def test_a_payout_that_was_handed_over_cannot_be_cancelled(shop):
    _seller, own = funded(shop)
    payout = shop.api.payouts.create({"amount": 9_000, "currency": "eur"}, own)
    shop.clock.move(hours=12)

    with pytest.raises(stripe.InvalidRequestError) as refused:
        shop.api.payouts.cancel(payout.id, options=own)
    assert refused.value.code == "payout_not_cancelable"


def test_a_bank_that_refuses_sends_the_money_back_with_its_code(shop):
    seller, own = funded(shop)
    shop.core.bank_refuses(seller, code="account_closed")
    payout = shop.api.payouts.create({"amount": 9_000, "currency": "eur"}, own)
    shop.clock.move(days=1)

    found = shop.api.payouts.retrieve(payout.id, options=own)

    assert (found.status, found.failure_code, shop.held(seller)) == ("failed", "account_closed", (9_000, 0))
    assert found.failure_balance_transaction
    assert shop.core.events(seller)[-1]["account"] == seller
    shop.core.audit()


def test_a_payout_may_come_back_after_it_seemed_to_have_arrived(shop):
    seller, own = funded(shop)
    payout = shop.api.payouts.create({"amount": 9_000, "currency": "eur"}, own)
    shop.clock.move(days=3)
    assert shop.api.payouts.retrieve(payout.id, options=own).status == "paid"

    shop.core.fail_payout(payout.id, code="no_account")

    assert shop.held(seller) == (9_000, 0)
    assert shop.happened(seller)[-2:] == ["payout.paid", "payout.failed"]


def test_the_bank_may_take_a_payout_before_its_date(shop):
    seller, own = funded(shop)
    payout = shop.api.payouts.create({"amount": 9_000, "currency": "eur"}, own)

    shop.core.take_payout(payout.id)

    assert shop.api.payouts.retrieve(payout.id, options=own).status == "paid"
    shop.clock.move(days=3)
    assert shop.happened(seller).count("payout.paid") == 1
    shop.core.audit()


def test_a_payout_below_the_currency_s_least_amount_is_refused(shop):
    _seller, own = funded(shop)

    with pytest.raises(stripe.InvalidRequestError) as refused:
        shop.api.payouts.create({"amount": 99, "currency": "eur"}, own)
    assert refused.value.code == "amount_too_small"


def test_a_currency_without_a_bank_account_is_not_paid_out(shop):
    seller, own = funded(shop, currency="jpy")
    shop.core.change_banks(seller, currencies=["eur"])

    with pytest.raises(stripe.InvalidRequestError) as refused:
        shop.api.payouts.create({"amount": 500, "currency": "jpy"}, own)
    assert refused.value.code == "no_account"


def test_a_payout_names_the_bank_account_of_its_currency(shop):
    seller, own = funded(shop)

    payout = shop.api.payouts.create({"amount": 9_000, "currency": "eur"}, own)

    banks = shop.api.accounts.retrieve(seller).external_accounts.data
    assert payout.destination in {bank.id for bank in banks if bank.currency == "eur"}


def test_changed_bank_accounts_are_told_with_the_account_named(shop):
    seller = shop.seller()

    shop.core.change_banks(seller, currencies=["eur"])
    shop.core.update_bank(seller)

    told = [event for event in shop.core.events(seller) if "external_account" in event["type"]]
    assert [event["type"].rpartition(".")[2] for event in told] == ["deleted"] * 4 + ["created", "updated"]
    assert {event["account"] for event in told} == {seller}


def test_an_account_is_made_with_a_manual_schedule_when_asked(shop):
    schedule = {"payouts": {"schedule": {"interval": "manual"}}}

    made = shop.api.accounts.create({"type": "express", "country": "DE", "settings": schedule})

    assert made.settings.payouts.schedule.interval == "manual"
