"""The local Stripe against Stripe's own description of itself.

Every test of this folder runs with the comparison on. Here it is shown that nothing
modelled escapes it, and that it bites.
"""

import copy

import pytest
import stripe

from infra.local.stripe import LocalStripe
from infra.local.stripe.contract import ContractBroken
from infra.local.stripe.params import Hash
from infra.local.stripe.routes import REGISTRY
from tests.local_stripe.shop import Clock, Shop

REFUSING = [
    "POST /v1/payment_intents",
    "POST /v1/payment_intents/{intent}/confirm",
    "POST /v1/transfers",
    "POST /v1/refunds",
    "POST /v1/accounts",
]


def buy_and_pay_out(shop: Shop) -> None:
    api, seller = shop.api, shop.seller()
    api.accounts.update(seller, {"email": "s@example.com"})
    api.accounts.retrieve(seller)
    api.accounts.list()
    api.accounts.capabilities.list(seller)
    api.accounts.capabilities.retrieve(seller, "transfers")
    api.accounts.capabilities.update(seller, "card_payments", {"requested": True})
    urls = {"refresh_url": "http://shop.test/a", "return_url": "http://shop.test/b"}
    api.account_links.create({"account": seller, "type": "account_onboarding", **urls})
    api.accounts.login_links.create(seller)
    charge = shop.charge(10_000)
    transfer = shop.transfer(seller, 9_000, source_transaction=charge.id)
    api.transfers.update(transfer.id, {"description": "sold"})
    api.transfers.retrieve(transfer.id, {"expand": ["destination_payment", "source_transaction"]})
    api.transfers.list({"destination": seller})
    reversal = api.transfers.reversals.create(transfer.id, {"amount": 1_000})
    api.transfers.reversals.list(transfer.id)
    api.transfers.reversals.retrieve(transfer.id, reversal.id, {"expand": ["destination_payment_refund"]})
    shop.settle()
    own = {"stripe_account": seller}
    payout = api.payouts.create({"amount": 500, "currency": "eur"}, own)
    api.payouts.retrieve(payout.id, options=own)
    api.payouts.cancel(payout.id, options=own)
    api.payouts.list(options=own)
    api.balance.retrieve(options=own)


def take_payments(shop: Shop) -> None:
    api = shop.api
    customer = api.customers.create({"name": "Ada", "address": {"city": "Kiel"}}).id
    api.customers.update(customer, {"phone": "123"})
    api.customers.retrieve(customer)
    api.customers.list()
    card = api.payment_methods.create({"type": "card", "card": {"token": "tok_visa"}}).id
    api.payment_methods.attach(card, {"customer": customer})
    api.payment_methods.update(card, {"metadata": {"a": "1"}})
    api.payment_methods.retrieve(card, {"expand": ["customer"]})
    api.payment_methods.list({"customer": customer})
    api.customers.payment_methods.list(customer)
    shop.pay(customer=customer, card=card)
    api.payment_methods.detach(card)
    held = shop.pay(capture_method="manual")
    api.payment_intents.capture(held.id, {"amount_to_capture": 900})
    intent = shop.intent()
    api.payment_intents.update(intent.id, {"amount": 700})
    api.payment_intents.retrieve(intent.id)
    api.payment_intents.confirm(intent.id, {"payment_method": "pm_card_authenticationRequired"})
    api.payment_intents.cancel(intent.id)
    api.payment_intents.list()


def undo_payments(shop: Shop) -> None:
    api, charge = shop.api, shop.charge(5_000)
    api.charges.retrieve(charge.id, {"expand": ["refunds"]})
    api.charges.update(charge.id, {"description": "x"})
    api.charges.list()
    refund = api.refunds.create({"charge": charge.id, "amount": 100, "expand": ["charge"]})
    api.refunds.retrieve(refund.id)
    api.refunds.update(refund.id, {"metadata": {"a": "1"}})
    api.refunds.list()
    shop.pay(card="pm_card_createDispute")
    dispute = api.disputes.list().data[0].id
    api.disputes.retrieve(dispute)
    api.disputes.update(dispute, {"evidence": {"receipt": "file_1"}, "submit": False})
    api.disputes.close(dispute)
    shop.core.warn_of_fraud(shop.charge(700).id)
    warning = api.radar.early_fraud_warnings.list().data[0].id
    api.radar.early_fraud_warnings.retrieve(warning)
    api.balance.retrieve()
    money = api.balance_transactions.list({"expand": ["data.source"]}).data[0].id
    api.balance_transactions.retrieve(money)
    topup = api.topups.create({"amount": 900, "currency": "eur"}).id
    shop.core.close_topup(topup)
    api.topups.retrieve(topup, {"expand": ["balance_transaction"]})
    api.topups.list()
    event = api.events.list().data[0].id
    api.events.retrieve(event)


def identify(shop: Shop) -> None:
    sessions = shop.api.identity.verification_sessions
    session = sessions.create({"type": "document"}).id
    sessions.update(session, {"metadata": {"a": "1"}})
    shop.core.verify_identity(session, error="document_expired")
    sessions.retrieve(session)
    shop.core.verify_identity(session)
    sessions.retrieve(session, {"expand": ["verified_outputs"]})
    sessions.redact(session)
    sessions.cancel(sessions.create({"type": "document"}).id)
    sessions.list()


def be_refused(shop: Shop) -> None:
    intent = shop.intent()
    with pytest.raises(stripe.CardError):
        shop.api.payment_intents.confirm(intent.id, {"payment_method": "pm_card_chargeDeclined"})
    attempts = [
        lambda: shop.api.payment_intents.create({"amount": 1, "currency": "eur"}),
        lambda: shop.transfer(shop.seller(), 1),
        lambda: shop.api.refunds.create({"payment_intent": intent.id}),
        lambda: shop.api.accounts.create({}),
    ]
    for attempt in attempts:
        with pytest.raises(stripe.InvalidRequestError):
            attempt()


@pytest.fixture(scope="module")
def seen(description):
    """What was compared while the recorded flows ran, each on a fresh core."""
    description.seen.clear()
    for flow in (buy_and_pay_out, take_payments, undo_payments, identify, be_refused):
        clock = Clock()
        flow(Shop(LocalStripe(clock=clock, check=description), clock))
    return set(description.seen)


@pytest.mark.parametrize("operation", [f"{entry.method} {entry.template}" for entry in REGISTRY])
def test_every_modelled_operation_gives_answers_that_fit_the_description(seen, operation):
    assert (operation, 200) in seen


@pytest.mark.parametrize("operation", REFUSING)
def test_refusals_fit_the_description_too(seen, operation):
    assert any(name == operation and status >= 400 for name, status in seen)


def differences(table, schema, place=""):
    """Yield where a table of parameters takes more than a schema does, or asks for less."""
    branches = [branch for branch in schema.get("anyOf", [schema]) if "properties" in branch]
    known = {name: inner for branch in branches for name, inner in branch["properties"].items()}
    for name, kind in table.items():
        if name not in known:
            yield f"{place}{name} is made up"
        elif isinstance(kind, Hash):
            yield from differences(kind.fields, known[name], f"{place}{name}.")
    for branch in branches:
        for name in branch.get("required", []):
            if name in table and not table[name].required:
                yield f"{place}{name} is required"


@pytest.mark.parametrize("entry", REGISTRY, ids=lambda entry: f"{entry.method} {entry.template}")
def test_no_parameter_is_made_up_and_none_that_is_required_is_optional(description, entry):
    schema = description.parameters(entry.method, entry.template)

    assert list(differences(entry.params, schema)) == []


def test_a_made_up_property_is_found(description, shop):
    intent = shop.intent().to_dict()
    description.object("payment_intent", intent)

    with pytest.raises(ContractBroken, match="shiny"):
        description.object("payment_intent", {**intent, "shiny": True})


@pytest.mark.parametrize(
    ("name", "value"),
    [("status", "paid"), ("amount", "900"), ("currency", None), ("livemode", 0)],
)
def test_a_wrong_value_is_found(description, shop, name, value):
    with pytest.raises(ContractBroken, match=name if name != "status" else "paid"):
        description.object("payment_intent", {**shop.intent().to_dict(), name: value})


def test_a_missing_property_is_found(description, shop):
    intent = shop.intent().to_dict()
    del intent["status"]

    with pytest.raises(ContractBroken, match="status"):
        description.object("payment_intent", intent)


def test_a_made_up_property_deep_inside_an_event_is_found(description, shop):
    shop.pay()
    event = copy.deepcopy(shop.core.events()[1])
    event["data"]["object"]["payment_method_details"]["card"]["colour"] = "gold"

    with pytest.raises(ContractBroken, match="colour"):
        description.event(event)


@pytest.mark.parametrize(
    "params",
    [
        {"amount": "900"},
        {"amount": "much", "currency": "eur"},
        {"amount": "900", "currency": "eur", "colour": "red"},
        {"amount": "900", "currency": "eur", "capture_method": "never"},
        {"amount": "900", "currency": "eur", "payment_method_types": {"0": "card"}},
    ],
)
def test_a_request_stripe_would_refuse_is_found(description, params):
    with pytest.raises(ContractBroken):
        description.request("POST", "/v1/payment_intents", params)


def test_an_operation_stripe_does_not_have_is_found(description):
    with pytest.raises(ContractBroken, match="no POST /v1/wishes"):
        description.operation("POST", "/v1/wishes")


def test_an_answer_that_breaks_the_description_fails_the_call(shop, monkeypatch):
    intent = shop.intent()
    record = shop.core.world.store.any(intent.id)
    monkeypatch.setitem(record.data, "shiny", True)

    with pytest.raises(ContractBroken, match="shiny"):
        shop.api.payment_intents.retrieve(intent.id)
