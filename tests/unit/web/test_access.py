"""Every access value, over every kind of caller."""

from datetime import UTC, datetime

import pytest

from marketplace.kit.errors import Forbidden, Unauthenticated
from marketplace.kit.principal import STAFF_ROLES
from marketplace.web import (
    Access,
    Admin,
    Buyer,
    Finance,
    MaybeSignedIn,
    Moderator,
    Public,
    Seller,
    SellerApplicant,
    SignedIn,
    Staff,
    Support,
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
STAFF_BY_PASSWORD = principal(roles=STAFF_ROLES)
SUPPORTER, JUDGE, CASHIER, CHIEF = (
    principal(roles=frozenset({role}), factor_at=AT) for role in ("support", "moderator", "finance", "admin")
)
LOOKING_ON = principal(roles=STAFF_ROLES, factor_at=AT, visitor="acc_support")
OUTSIDERS = (NOBODY, FRESH, BUYER, APPLICANT, SELLER, UNPROVEN_SELLER)
CALLERS = (*OUTSIDERS, STAFF_BY_PASSWORD, SUPPORTER, JUDGE, CASHIER, CHIEF)

OK, WHO, MAIL, APPLY, ACTIVE = None, Unauthenticated, EmailNotVerified, NotASeller, SellerInactive
NO, FACTOR = Forbidden, SecondFactorRequired
ANSWERS = {
    Public: (OK,) * 11,
    MaybeSignedIn: (OK,) * 11,
    SignedIn: (WHO, *(OK,) * 10),
    Verified: (WHO, MAIL, OK, OK, OK, MAIL, *(OK,) * 5),
    Buyer: (WHO, MAIL, OK, OK, OK, MAIL, *(OK,) * 5),
    SellerApplicant: (WHO, MAIL, APPLY, OK, OK, MAIL, *(OK,) * 5),
    Seller: (WHO, MAIL, ACTIVE, ACTIVE, OK, MAIL, *(OK,) * 5),
    Staff: (WHO, *(NO,) * 5, FACTOR, OK, OK, OK, OK),
    Support: (WHO, *(NO,) * 5, FACTOR, OK, NO, NO, NO),
    Moderator: (WHO, *(NO,) * 5, FACTOR, NO, OK, NO, NO),
    Finance: (WHO, *(NO,) * 5, FACTOR, NO, NO, OK, NO),
    Admin: (WHO, *(NO,) * 5, FACTOR, NO, NO, NO, OK),
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


def test_who_looks_through_somebody_s_eyes_is_no_staff_meanwhile() -> None:
    assert CHIEF.is_staff
    assert not LOOKING_ON.is_staff
    assert not STAFF_BY_PASSWORD.is_staff
