"""The Connect gateway against the local Stripe."""

from dataclasses import replace
from datetime import timedelta

import pytest
import stripe

from infra.local.stripe import LocalStripe, LocalTransport
from marketplace.accounts.errors import CountryNotServed
from marketplace.accounts.model import SellerProfile
from marketplace.kit.errors import Unavailable
from marketplace.payments.connect_gateway import StripeConnect
from tests.unit.accounts.scene import START

SELLER = SellerProfile("acc_1", "Vega Bicicletas SL", "trader", "ES", applied_at=START)
KEY = "seller-account#acc_1"


@pytest.fixture
def core() -> LocalStripe:
    return LocalStripe(clock=lambda: START)


@pytest.fixture
def connect(core: LocalStripe) -> StripeConnect:
    client = stripe.StripeClient("sk_test_local", http_client=LocalTransport(core))
    return StripeConnect(lambda: client)


def test_an_account_is_made_once_for_a_key(core: LocalStripe, connect: StripeConnect) -> None:
    made = connect.create_account(SELLER, key=KEY)

    again = connect.create_account(SELLER, key=KEY)

    assert made == again
    assert (made.seller_id, made.can_sell) == ("acc_1", False)
    assert len(core.objects("account")) == 1


@pytest.mark.parametrize(("kind", "business_type"), [("trader", None), ("private", "individual")])
def test_stripe_learns_what_the_seller_is(
    core: LocalStripe, connect: StripeConnect, kind: str, business_type: str | None
) -> None:
    connect.create_account(replace(SELLER, kind=kind), key=KEY)

    account = core.objects("account")[0]
    assert (account["type"], account["country"], account["business_type"]) == ("express", "ES", business_type)


def test_onboarding_done_means_able_to_sell(core: LocalStripe, connect: StripeConnect) -> None:
    made = connect.create_account(SELLER, key=KEY)

    core.finish_onboarding(made.stripe_account_id)

    read = connect.read_account(made.stripe_account_id)
    assert read is not None
    assert read.can_sell


def test_something_still_due_means_not_able_to_sell(core: LocalStripe, connect: StripeConnect) -> None:
    made = connect.create_account(SELLER, key=KEY)

    core.finish_onboarding(made.stripe_account_id, currently_due=("individual.verification.document",))

    read = connect.read_account(made.stripe_account_id)
    assert read is not None
    assert not read.can_sell


def test_an_account_that_stripe_does_not_know_is_none(connect: StripeConnect) -> None:
    assert connect.read_account("acct_1Unknown00000000") is None


def test_a_lost_answer_is_unavailable_and_the_account_can_be_found(core: LocalStripe, connect: StripeConnect) -> None:
    core.inject(fault="answer_lost", path_prefix="/v1/accounts")

    with pytest.raises(Unavailable):
        connect.create_account(SELLER, key=KEY)

    found = connect.find_account(SELLER)
    assert found is not None
    assert found == connect.create_account(SELLER, key=KEY)


def test_another_seller_s_account_is_not_found(connect: StripeConnect) -> None:
    connect.create_account(replace(SELLER, seller_id="acc_2"), key="seller-account#acc_2")

    assert connect.find_account(SELLER) is None


def test_an_account_from_before_the_application_is_not_looked_at(connect: StripeConnect) -> None:
    connect.create_account(SELLER, key=KEY)

    assert connect.find_account(replace(SELLER, applied_at=START + timedelta(minutes=5))) is None


@pytest.mark.parametrize("fault", ["error_500", "saved_500", "conflict_409", "limited_429", "timeout"])
def test_stripe_s_troubles_are_unavailable(core: LocalStripe, connect: StripeConnect, fault: str) -> None:
    made = connect.create_account(SELLER, key=KEY)
    core.inject(fault=fault, method="POST", path_prefix="/v1/account")  # type: ignore[arg-type]

    with pytest.raises(Unavailable) as refused:
        connect.onboarding_link(
            made.stripe_account_id, return_url="https://a.example", refresh_url="https://a.example", key="lnk_1"
        )

    assert refused.value.retry_after_seconds == 2


def test_an_onboarding_link_is_stripe_s_page_for_a_few_minutes(connect: StripeConnect) -> None:
    made = connect.create_account(SELLER, key=KEY)

    link = connect.onboarding_link(
        made.stripe_account_id, return_url="https://a.example", refresh_url="https://a.example", key="lnk_1"
    )

    assert link.url.startswith("http")
    assert START < link.expires_at <= START + timedelta(minutes=10)


def test_a_country_that_stripe_refuses_is_a_clear_no(connect: StripeConnect) -> None:
    with pytest.raises(CountryNotServed):
        connect.create_account(replace(SELLER, country="ESP"), key=KEY)


def test_a_wrong_key_of_ours_is_unavailable_to_the_seller(core: LocalStripe) -> None:
    client = stripe.StripeClient("sk_live_wrong", http_client=LocalTransport(core))

    with pytest.raises(Unavailable):
        StripeConnect(lambda: client).create_account(SELLER, key=KEY)
