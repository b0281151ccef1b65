import pytest
import stripe


@pytest.fixture
def seller(shop):
    return shop.seller()


@pytest.fixture
def charge(shop):
    return shop.charge(10_000, transfer_group="order-1")


def test_a_transfer_out_of_a_charge_lands_when_the_charge_does(shop, seller, charge):
    transfer = shop.transfer(seller, 9_000, source_transaction=charge.id)

    assert transfer.transfer_group == "order-1"
    assert (shop.held(), shop.held(seller)) == ((0, 825), (0, 9_000))
    shop.settle()
    assert (shop.held(), shop.held(seller)) == ((825, 0), (9_000, 0))


def test_the_seller_sees_a_payment_of_its_own(shop, seller, charge):
    transfer = shop.transfer(seller, 9_000, source_transaction=charge.id, expand=["destination_payment"])

    payment = transfer.destination_payment
    assert (payment.amount, payment.source_transfer, payment.status) == (9_000, transfer.id, "succeeded")
    own = shop.api.balance_transactions.list(options={"stripe_account": seller}).data
    assert [(t.type, t.net, t.source) for t in own] == [("payment", 9_000, payment.id)]


def test_several_transfers_share_what_a_charge_has(shop, seller, charge):
    other = shop.seller()
    shop.transfer(seller, 6_000, source_transaction=charge.id)
    shop.transfer(other, 4_000, source_transaction=charge.id)

    with pytest.raises(stripe.InvalidRequestError, match=r"has left \(0\)"):
        shop.transfer(seller, 1, source_transaction=charge.id)
    groups = shop.api.transfers.list({"transfer_group": "order-1"}).data
    assert [t.destination for t in groups] == [other, seller]


def test_a_refund_lowers_what_can_be_transferred(shop, seller, charge):
    shop.api.refunds.create({"charge": charge.id, "amount": 3_000})

    with pytest.raises(stripe.InvalidRequestError, match=r"has left \(7000\)"):
        shop.transfer(seller, 7_001, source_transaction=charge.id)


def test_a_reversal_gives_room_for_another_transfer(shop, seller, charge):
    transfer = shop.transfer(seller, 10_000, source_transaction=charge.id)
    shop.api.transfers.reversals.create(transfer.id, {"amount": 4_000})

    assert shop.transfer(shop.seller(), 4_000, source_transaction=charge.id).amount == 4_000


def test_without_a_source_the_money_must_be_available(shop, seller, charge):
    with pytest.raises(stripe.InvalidRequestError) as refused:
        shop.transfer(seller, 9_000)
    assert refused.value.code == "balance_insufficient"

    shop.settle()
    shop.transfer(seller, 9_000)
    assert (shop.held(), shop.held(seller)) == ((825, 0), (9_000, 0))


def test_an_account_that_is_not_onboarded_is_not_paid(shop, charge):
    with pytest.raises(stripe.InvalidRequestError) as refused:
        shop.transfer(shop.seller(ready=False), 100, source_transaction=charge.id)
    assert refused.value.code == "insufficient_capabilities_for_transfer"


def test_an_unknown_destination_is_named(shop, charge):
    with pytest.raises(stripe.InvalidRequestError) as refused:
        shop.transfer("acct_nobody", 100, source_transaction=charge.id)
    assert (refused.value.code, refused.value.param) == ("resource_missing", "destination")


def test_the_currency_must_be_that_of_the_charge(shop, seller, charge):
    with pytest.raises(stripe.InvalidRequestError) as refused:
        shop.api.transfers.create(
            {"amount": 1, "currency": "usd", "destination": seller, "source_transaction": charge.id}
        )
    assert refused.value.param == "currency"


def test_another_group_than_the_charges_is_refused(shop, seller, charge):
    with pytest.raises(stripe.InvalidRequestError) as refused:
        shop.transfer(seller, 1, source_transaction=charge.id, transfer_group="order-2")
    assert refused.value.param == "transfer_group"


def test_a_reversal_takes_money_back_in_parts_and_never_more(shop, seller, charge):
    transfer = shop.transfer(seller, 9_000, source_transaction=charge.id)

    first = shop.api.transfers.reversals.create(transfer.id, {"amount": 2_000})
    with pytest.raises(stripe.InvalidRequestError, match=r"unreversed amount of the transfer \(7000\)"):
        shop.api.transfers.reversals.create(transfer.id, {"amount": 7_001})
    second = shop.api.transfers.reversals.create(transfer.id)

    after = shop.api.transfers.retrieve(transfer.id)
    assert (after.amount_reversed, after.reversed) == (9_000, True)
    assert [r.id for r in after.reversals.data] == [second.id, first.id]
    assert [r.amount for r in shop.api.transfers.reversals.list(transfer.id).data] == [7_000, 2_000]
    assert shop.api.transfers.reversals.retrieve(transfer.id, first.id).amount == 2_000
    assert (shop.held(), shop.held(seller)) == ((0, 9_825), (0, 0))
    with pytest.raises(stripe.InvalidRequestError):
        shop.api.transfers.reversals.create(transfer.id)


def test_a_seller_who_was_paid_out_cannot_be_reversed(shop, seller, charge):
    transfer = shop.transfer(seller, 9_000, source_transaction=charge.id)
    shop.settle()
    shop.api.payouts.create({"amount": 8_500, "currency": "eur"}, {"stripe_account": seller})

    with pytest.raises(stripe.InvalidRequestError) as refused:
        shop.api.transfers.reversals.create(transfer.id)
    assert refused.value.code == "balance_insufficient"
    assert shop.api.transfers.reversals.create(transfer.id, {"amount": 500}).amount == 500


def test_transfer_events_are_the_platforms(shop, seller, charge):
    transfer = shop.transfer(seller, 9_000, source_transaction=charge.id)
    shop.api.transfers.update(transfer.id, {"metadata": {"order": "1"}})
    shop.api.transfers.reversals.create(transfer.id)

    assert shop.happened()[-3:] == ["transfer.created", "transfer.updated", "transfer.reversed"]
    assert "transfer.created" not in shop.happened(seller)


def test_a_reversal_that_does_not_exist_is_not_found(shop, seller, charge):
    transfer = shop.transfer(seller, 9_000, source_transaction=charge.id)

    with pytest.raises(stripe.InvalidRequestError) as refused:
        shop.api.transfers.reversals.retrieve(transfer.id, "trr_none")
    assert refused.value.http_status == 404


def test_a_transfer_needs_an_amount(shop, seller):
    with pytest.raises(stripe.InvalidRequestError) as refused:
        shop.api.transfers.create({"currency": "eur", "destination": seller})
    assert (refused.value.code, refused.value.param) == ("parameter_missing", "amount")


def test_a_charge_without_a_group_gives_its_transfers_one(shop, seller):
    charge = shop.charge()

    groups = {shop.transfer(seller, 100, source_transaction=charge.id).transfer_group for _ in range(2)}

    assert groups == {f"group_{charge.id}"}
