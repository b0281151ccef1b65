"""What each of Stripe's errors means to each gateway: what is about us comes again, and is nobody's refusal."""

from collections.abc import Iterator
from contextlib import AbstractContextManager

import pytest
import stripe

from marketplace.accounts.errors import CountryNotServed
from marketplace.kit.errors import Unavailable
from marketplace.payments import books_gateway, connect_gateway, stripe_gateway
from marketplace.payments.model import StripeRefused
from marketplace.payouts import payouts_gateway
from marketplace.payouts.errors import PayoutRefused
from marketplace.verification import identity_gateway

GONE = "account_invalid"  # Stripe's code for a connected account that left us
NO_COUNTRY = "country_unsupported"


def kinds(of: type[stripe.StripeError] = stripe.StripeError) -> Iterator[type[stripe.StripeError]]:
    yield of
    for each in of.__subclasses__():
        yield from kinds(each)


# The HTTP status with which stripe-python makes it; the rest come from Stripe's second API, which nothing here calls.
STATUS = {
    stripe.APIConnectionError: None,
    stripe.APIError: 500,
    stripe.AuthenticationError: 401,
    stripe.CardError: 402,
    stripe.IdempotencyError: 400,
    stripe.InvalidRequestError: 400,
    stripe.PermissionError: 403,
    stripe.RateLimitError: 429,
    stripe.SignatureVerificationError: None,
    stripe.StripeError: None,
}
ABSTRACT = {"StripeErrorWithParamCode"}
CORE = stripe.StripeError.__module__  # signing in with Stripe, which has errors of its own, is not used
SECOND_API = [each for each in kinds() if each not in STATUS and each.__module__ == CORE]
SECOND_API = [each for each in SECOND_API if each.__name__ not in ABSTRACT]


def made(kind: type[stripe.StripeError], *, status: int | None, code: str = "") -> stripe.StripeError:
    """Make one as stripe-python does, which lifts the code out of the answer for two kinds only."""
    facts = {"http_status": status, "json_body": {"error": {"code": code} if code else {}}}
    if kind in {stripe.CardError, stripe.InvalidRequestError}:
        return kind("no", None, **facts, code=code or None)
    return kind("no", "v1=") if kind is stripe.SignatureVerificationError else kind("no", **facts)


def meant(gateway: AbstractContextManager[None], error: stripe.StripeError) -> type[Exception]:
    with pytest.raises(Exception) as raised, gateway:  # noqa: PT011 - which one it is, is what is asked
        raise error
    return raised.type


def connect() -> AbstractContextManager[None]:
    return connect_gateway._meanings({NO_COUNTRY: CountryNotServed})


MONEY = {"payments": (stripe_gateway._meanings, StripeRefused), "payouts": (payouts_gateway._meanings, PayoutRefused)}
GATEWAYS = {
    **{name: meanings for name, (meanings, _) in MONEY.items()},
    "books": books_gateway._meanings,
    "accounts": connect,
    "identity": identity_gateway._meanings,
}
# What is a clear no; everything else is "not now".
REFUSALS = {
    ("payments", stripe.CardError): StripeRefused,
    ("payments", stripe.InvalidRequestError): StripeRefused,
    ("payouts", stripe.CardError): PayoutRefused,
    ("payouts", stripe.InvalidRequestError): PayoutRefused,
    ("books", stripe.InvalidRequestError): StripeRefused,
    ("accounts", stripe.InvalidRequestError): stripe.InvalidRequestError,  # our own mistake, which no repeat heals
    ("identity", stripe.InvalidRequestError): stripe.InvalidRequestError,
}


@pytest.mark.parametrize("kind", [*STATUS, *SECOND_API], ids=lambda kind: kind.__name__)
@pytest.mark.parametrize("gateway", GATEWAYS)
def test_each_error_of_stripe_s_has_one_meaning(gateway, kind):
    error = made(kind, status=STATUS.get(kind, 400))

    assert meant(GATEWAYS[gateway](), error) is REFUSALS.get((gateway, kind), Unavailable)


@pytest.mark.parametrize("status", [409, 424, 500, 503])
@pytest.mark.parametrize("gateway", GATEWAYS)
def test_what_stripe_could_not_do_now_is_no_refusal(gateway, status):
    assert meant(GATEWAYS[gateway](), made(stripe.APIError, status=status)) is Unavailable


@pytest.mark.parametrize("gateway", MONEY)
def test_an_account_that_left_is_a_refusal_and_whatever_our_key_may_not_do_is_none(gateway):
    meanings, refused = MONEY[gateway]

    assert meant(meanings(), made(stripe.PermissionError, status=403, code=GONE)) is refused
    for code in ("", "api_key_expired", "secret_key_required", "more_permissions_required"):
        assert meant(meanings(), made(stripe.PermissionError, status=403, code=code)) is Unavailable
        assert meant(meanings(), made(stripe.AuthenticationError, status=401, code=code)) is Unavailable


@pytest.mark.parametrize("kind", [stripe.InvalidRequestError, stripe.PermissionError])
def test_an_account_s_refusal_that_is_known_by_its_code_is_ours(kind):
    assert meant(connect(), made(kind, status=400, code=NO_COUNTRY)) is CountryNotServed
