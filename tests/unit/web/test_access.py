"""Every access value, over every kind of caller."""

from datetime import UTC, datetime

import pytest

from marketplace.kit.errors import Forbidden, Unauthenticated
from marketplace.web import (
    Access,
    Buyer,
    MaybeSignedIn,
    Operator,
    Public,
    Seller,
    SellerApplicant,
    SignedIn,
    Verified,
)
from marketplace.web.access import EmailNotVerified, NotASeller, SecondFactorRequired, SellerInactive
from tests.unit.web.making import principal

AT = datetime(2026, 1, 1, tzinfo=UTC)
NOBODY = None
FRESH = principal(email_verified=False, has_applied=False, seller_active=False)
BUYER = principal(has_applied=False, seller_active=False)
APPLICANT = principal(seller_active=False)
SELLER = principal()
UNPROVEN_SELLER = principal(email_verified=False)
OPERATOR_BY_PASSWORD = principal(roles=frozenset({"operator"}))
OPERATOR = principal(roles=frozenset({"operator"}), factor_at=AT)
CALLERS = (NOBODY, FRESH, BUYER, APPLICANT, SELLER, UNPROVEN_SELLER, OPERATOR_BY_PASSWORD, OPERATOR)

OK, WHO, MAIL, APPLY, ACTIVE = None, Unauthenticated, EmailNotVerified, NotASeller, SellerInactive
ANSWERS = {
    Public: (OK,) * 8,
    MaybeSignedIn: (OK,) * 8,
    SignedIn: (WHO, OK, OK, OK, OK, OK, OK, OK),
    Verified: (WHO, MAIL, OK, OK, OK, MAIL, OK, OK),
    Buyer: (WHO, MAIL, OK, OK, OK, MAIL, OK, OK),
    SellerApplicant: (WHO, MAIL, APPLY, OK, OK, MAIL, OK, OK),
    Seller: (WHO, MAIL, ACTIVE, ACTIVE, OK, MAIL, OK, OK),
    Operator: (WHO, *(Forbidden,) * 5, SecondFactorRequired, OK),
}


@pytest.mark.parametrize("place", range(len(CALLERS)))
@pytest.mark.parametrize("access", ANSWERS, ids=lambda access: access.name)
def test_each_access_lets_in_whom_it_names_and_nobody_else(access: Access, place: int) -> None:
    expected = ANSWERS[access][place]

    if expected is None:
        access.check(CALLERS[place])
    else:
        with pytest.raises(expected) as raised:
            access.check(CALLERS[place])
        assert type(raised.value) is expected


@pytest.mark.parametrize("access", ANSWERS, ids=lambda access: access.name)
def test_an_access_lists_every_refusal_it_can_give(access: Access) -> None:
    given = {answer for answer in ANSWERS[access] if answer is not None}

    assert given <= set(access.refusals)
