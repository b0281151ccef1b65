"""The accounts area on the wire."""

from typing import Annotated, Literal, Self

import msgspec

from marketplace.accounts.admission import SignedIn
from marketplace.accounts.model import (
    Account,
    OnboardingLink,
    SellerProfile,
    Session,
)
from marketplace.accounts.names import EMAIL_LENGTH_MAX, LEGAL_NAME_LENGTH_MAX, NAME_LENGTH_MAX
from marketplace.accounts.password_rules import PASSWORD_LENGTH_MAX
from marketplace.accounts.sellers import Storefront
from marketplace.kit.clock import to_text
from marketplace.selling.model import TraderData
from marketplace.shipping.model import Punctuality

TOKEN_LENGTH_MAX = 128  # characters
URL_LENGTH_MAX = 2_048
RECOVERY_CODE_LENGTH_MAX = 64  # 24 characters and what people type between them

Email = Annotated[str, msgspec.Meta(min_length=3, max_length=EMAIL_LENGTH_MAX, examples=["lucia@example.com"])]
# Its least length is the business of the password rules, which say why.
Password = Annotated[str, msgspec.Meta(min_length=1, max_length=PASSWORD_LENGTH_MAX)]
DisplayName = Annotated[str, msgspec.Meta(min_length=1, max_length=NAME_LENGTH_MAX, examples=["Lucía Vega"])]
Locale = Literal["es", "en"]
Code = Annotated[str, msgspec.Meta(pattern="^[0-9]{6}$", examples=["492039"])]
RecoveryCode = Annotated[str, msgspec.Meta(min_length=1, max_length=RECOVERY_CODE_LENGTH_MAX)]
Url = Annotated[str, msgspec.Meta(min_length=1, max_length=URL_LENGTH_MAX)]


class Body(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """What a client sends."""


class Reply(msgspec.Struct, frozen=True, kw_only=True):
    """What a client gets."""


class NewAccount(Body, frozen=True):
    """The sign-up form."""

    email: Email
    password: Password
    display_name: DisplayName
    locale: Locale = "es"


class MailRequested(Reply, frozen=True):
    """The same whether or not the address has an account: what differs is in the mail."""

    status: Literal["check_your_mail"] = "check_your_mail"


class EmailProof(Body, frozen=True):
    """The token of a mailed link, and the password that was chosen at the latest sign-up with the address."""

    token: Annotated[str, msgspec.Meta(min_length=1, max_length=TOKEN_LENGTH_MAX)]
    password: Password


class EmailVerified(Reply, frozen=True):
    """The account whose address is now proved."""

    account_id: str


class EmailAddress(Body, frozen=True):
    """Where to mail a new link."""

    email: Email


class Credentials(Body, frozen=True):
    """Password, one of the two codes where there is a second factor, and a mailed code where one is asked for."""

    email: Email
    password: Password
    code: Code | None = None
    recovery_code: RecoveryCode | None = None
    mail_code: Annotated[str, msgspec.Meta(pattern="^[0-9]{8}$", examples=["48203915"])] | None = None
    # What the answer `mail_code_required` gave; the code is good beside it alone.
    mail_request: Annotated[str, msgspec.Meta(min_length=1, max_length=TOKEN_LENGTH_MAX)] | None = None


class SessionOpened(Reply, frozen=True):
    """The token to send as `Authorization: Bearer`; it is shown this once."""

    token: str
    session_id: str
    expires_at: str
    second_factor: bool
    # To keep on this device and to send as `Aval-Device` at its next sign-ins; null where it was sent and is known.
    device_token: str | None = None

    @classmethod
    def of(cls, signed_in: SignedIn) -> Self:
        session = signed_in.session
        return cls(
            token=signed_in.token,
            session_id=session.session_id,
            expires_at=to_text(session.expires_at),
            second_factor=session.factor_at is not None,
            device_token=signed_in.device_token,
        )


class SessionSummary(Reply, frozen=True):
    """One place where the account is signed in."""

    session_id: str
    device: str
    created_at: str
    last_used_at: str
    expires_at: str
    second_factor: bool
    current: bool
    network: str | None  # that it was opened from: the address without its last part
    country: str | None

    @classmethod
    def of(cls, session: Session, current_id: str) -> Self:
        return cls(
            session_id=session.session_id,
            device=session.device,
            created_at=to_text(session.created_at),
            last_used_at=to_text(session.last_used_at),
            expires_at=to_text(session.expires_at),
            second_factor=session.factor_at is not None,
            current=session.session_id == current_id,
            network=session.network,
            country=session.country,
        )


class MyAccount(Reply, frozen=True):
    """One's own account."""

    account_id: str
    email: str
    email_verified: bool
    display_name: str
    locale: Locale
    second_factor: bool
    roles: list[str]
    seller: Literal["none", "applied", "active"]
    created_at: str

    @classmethod
    def of(cls, account: Account) -> Self:
        applied = "applied" if account.has_applied else "none"
        return cls(
            account_id=account.account_id,
            email=account.email,
            email_verified=account.email_verified,
            display_name=account.display_name,
            locale=account.locale,  # type: ignore[arg-type]
            second_factor=account.has_factor,
            roles=sorted(account.roles),
            seller="active" if account.seller_active else applied,  # type: ignore[arg-type]
            created_at=to_text(account.created_at),
        )


class AccountChange(Body, frozen=True):
    """What to change; what is left out stays."""

    display_name: DisplayName | None = None
    locale: Locale | None = None


class SellerApplication(Body, frozen=True):
    """Who would sell: a trader (firm or self-employed) or a private person, and where."""

    legal_name: Annotated[str, msgspec.Meta(min_length=1, max_length=LEGAL_NAME_LENGTH_MAX)]
    kind: Literal["trader", "private"]
    country: Annotated[str, msgspec.Meta(pattern="^[A-Z]{2}$", examples=["ES"])]


class MySeller(Reply, frozen=True):
    """One's own seller account: `applied`, then `onboarding` at Stripe, `active`, or `paused` by Stripe."""

    seller_id: str
    legal_name: str
    kind: Literal["trader", "private"]
    country: str
    status: Literal["applied", "onboarding", "active", "paused"]
    applied_at: str

    @classmethod
    def of(cls, seller: SellerProfile) -> Self:
        return cls(
            seller_id=seller.seller_id,
            legal_name=seller.legal_name,
            kind=seller.kind,  # type: ignore[arg-type]
            country=seller.country,
            status=_status(seller),
            applied_at=to_text(seller.applied_at),
        )


class OnboardingReturn(Body, frozen=True):
    """Where Stripe sends the seller afterwards, and when the link is stale: both on the marketplace's own site."""

    return_url: Url
    refresh_url: Url


class Onboarding(Reply, frozen=True):
    """A page of Stripe's, good for one visit."""

    url: str
    expires_at: str

    @classmethod
    def of(cls, link: OnboardingLink) -> Self:
        return cls(url=link.url, expires_at=to_text(link.expires_at))


class RatingSummary(Reply, frozen=True):
    """Reviews and the sum of their stars, 1 to 5 each."""

    count: int
    sum: int


class PromisesKept(Reply, frozen=True):
    """Of how many orders a seller kept the promised day; a delivery is called late on a carrier's word alone."""

    shipped_on_time: int
    shipped_late: int
    delivered_on_time: int
    delivered_late: int


class TraderShown(Reply, frozen=True):
    """What the law shows to buyers of a trader (Regulation 2022/2065, Article 30(7))."""

    street: str
    postal_code: str
    city: str
    phone: str
    email: str
    register_name: str  # "" where no register must have the trader
    register_number: str
    self_certified: bool  # to offer only what complies with the law of the Union


class PublicSeller(Reply, frozen=True):
    """A seller as buyers see them; without a name once the person was erased. `trader` is null for a private person."""

    seller_id: str
    name: str | None
    kind: Literal["trader", "private"]
    country: str
    active: bool
    since: str
    rating: RatingSummary | None
    punctuality: PromisesKept
    trader: TraderShown | None = None

    @classmethod
    def of(cls, storefront: Storefront, kept: Punctuality, trader: TraderData | None = None) -> Self:
        rating = storefront.rating
        return cls(
            seller_id=storefront.seller_id,
            name=storefront.name,
            kind=storefront.kind,  # type: ignore[arg-type]
            country=storefront.country,
            active=storefront.active,
            since=to_text(storefront.since),
            rating=RatingSummary(count=rating.count, sum=rating.sum) if rating else None,
            punctuality=msgspec.convert(kept, PromisesKept, from_attributes=True),
            trader=_trader(trader) if trader else None,
        )


def _trader(data: TraderData) -> TraderShown:
    return TraderShown(
        street=data.street,
        postal_code=data.postal_code,
        city=data.city,
        phone=data.phone,
        email=data.contact_email,
        register_name=data.register_name,
        register_number=data.register_number,
        self_certified=data.self_certified,
    )


def _status(seller: SellerProfile) -> Literal["applied", "onboarding", "active", "paused"]:
    if seller.active:
        return "active"
    if seller.activated_at is not None:
        return "paused"
    return "onboarding" if seller.stripe_account_id else "applied"
