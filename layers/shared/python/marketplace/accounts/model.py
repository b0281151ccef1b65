"""Accounts, sessions and sellers as values, with the few rules that need nothing but themselves."""

import base64
import hashlib
import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta

ACCOUNT, SESSION, SELLER = "acc", "ses", "seller"

TRADER, PRIVATE = "trader", "private"

VERIFICATION_KEPT_SECONDS = 86_400
SESSION_KEPT_SECONDS = 30 * 86_400  # whatever happens
SESSION_IDLE_SECONDS = 7 * 86_400  # without a request
SESSION_REFRESH_SECONDS = 3_600  # how exactly the last use is known
DEVICE_LENGTH_MAX = 120  # characters of a user agent
SECRET_BYTES = 32

_TOKEN = re.compile(r"(acc_[0-9a-z]{26})\.([A-Za-z0-9_-]{43})")
_SESSION_ID = re.compile(r"ses_([0-9a-f]{64})")


@dataclass(frozen=True, slots=True)
class Account:
    """A person's account as it is stored; never sent to anybody whole."""

    account_id: str
    email: str  # normalised
    display_name: str
    locale: str  # "es" or "en"
    password_hash: str
    created_at: datetime
    email_verified: bool = False
    roles: frozenset[str] = frozenset()
    has_applied: bool = False  # as a seller
    seller_active: bool = False
    suspended: bool = False
    selling_suspended: bool = False
    signup_mark: str | None = None  # keyed hash of the network address that it was opened from
    session_epoch: int = 0  # raising it ends every session that was opened under a lower one
    totp_secret: str | None = None
    totp_pending: str | None = None  # enrolled, not confirmed: protects nothing yet
    totp_last_step: int = 0
    totp_told_step: int = 0  # a later one, of which somebody who guessed learned the code: never accepted
    locked: bool = False  # by "this was not me", until the password is reset by mail
    password_is_long: bool = True  # enough to stand without a second factor
    identity_verified_at: datetime | None = None  # by Stripe: what was shown there is nowhere with us
    email_mark: str = field(default="", compare=False)  # the address in the blind index; the store sets it
    passkeys: int = 0  # registered ones, suspended ones included: losing trust in one must not open the account

    def holds(self, name: str) -> bool:
        """Tell whether a personal field has a value; of an account that was read, without opening it."""
        return getattr(self, name) is not None

    @property
    def has_totp(self) -> bool:
        return self.holds("totp_secret")

    @property
    def has_factor(self) -> bool:
        return self.has_totp or self.passkeys > 0

    @property
    def tier(self) -> int:
        """Return how well it is known whose it is: 0 by an address, 1 by a second factor, 2 by a document."""
        return 2 if self.identity_verified_at else int(self.has_factor)

    @property
    def step_up_by(self) -> tuple[str, ...]:
        """Name what proves anew that a session is the owner's; the password only where there is nothing better."""
        if not self.has_factor:
            return ("password",)
        enrolled = {"code": self.has_totp, "passkey": self.passkeys > 0, "recovery_code": True}
        return tuple(name for name, there in enrolled.items() if there)


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose an address is, and when it was last written to because somebody signed up with it again."""

    account_id: str
    told_at: datetime | None = None
    email_mark: str = field(default="", compare=False)  # under which entry of the blind index it was found


@dataclass(frozen=True, slots=True)
class Contact:
    """Where and how to write to somebody."""

    account_id: str
    email: str
    locale: str
    display_name: str


@dataclass(frozen=True, slots=True)
class Session:
    """One sign-in on one device. Its id names the stored hash and opens nothing."""

    account_id: str
    secret_hash: str
    epoch: int
    device: str
    created_at: datetime
    last_used_at: datetime
    expires_at: datetime
    factor_at: datetime | None = None  # when it last showed a second factor
    network: str | None = None  # that it was opened from: the address without its last part
    country: str | None = None
    proved_at: datetime | None = None  # when it last proved by anything whose it is, if later than its beginning
    visitor: str | None = None  # the staff member who looks through the account's eyes

    @property
    def session_id(self) -> str:
        return f"{SESSION}_{self.secret_hash}"

    def proof_at(self, account: Account) -> datetime | None:
        """Return when it last proved whose it is, by the best that the account has."""
        return self.factor_at if account.has_factor else (self.proved_at or self.created_at)

    def opens(self, account: Account) -> bool:
        """Tell whether nothing ended it: neither its owner, nor a change of the account, nor a lock."""
        return self.epoch == account.session_epoch and not account.locked

    def is_live(self, now: datetime) -> bool:
        """Tell whether it may still be used, whatever the table's own expiry has or has not removed."""
        return now < self.expires_at and now < self.last_used_at + timedelta(seconds=SESSION_IDLE_SECONDS)


@dataclass(frozen=True, slots=True)
class Verification:
    """A token that was mailed: whose it is, and which address it proves."""

    account_id: str
    email_mark: str  # the address, as the blind index has it
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class SellerProfile:
    """An account in its capacity as a seller; `seller_id` is the account's id."""

    seller_id: str
    legal_name: str
    kind: str  # TRADER or PRIVATE
    country: str  # ISO 3166-1 alpha-2
    applied_at: datetime
    stripe_account_id: str | None = None
    active: bool = False
    activated_at: datetime | None = None  # the first time
    activations: int = 0


@dataclass(frozen=True, slots=True)
class Shop:
    """A seller who may sell now, as a checkout meets them."""

    kind: str
    country: str
    tier: int
    is_buyers_team: bool  # the buyer acts for this seller too
    settles: frozenset[str] | None = None  # currencies that their bank accounts take; None: not known


@dataclass(frozen=True, slots=True)
class ConnectAccount:
    """What Stripe says of a connected account, in our words."""

    stripe_account_id: str
    seller_id: str | None  # from the metadata that we set at creation
    details_submitted: bool
    transfers_active: bool
    payouts_enabled: bool

    @property
    def can_sell(self) -> bool:
        """Money can be transferred to the seller, and from there to a bank."""
        return self.details_submitted and self.transfers_active and self.payouts_enabled


@dataclass(frozen=True, slots=True)
class OnboardingLink:
    """A page of Stripe's where the seller proves who they are; good for one visit."""

    url: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Rating:
    """What others said of somebody: how many reviews, and the sum of their stars."""

    count: int
    sum: int


def digest(text: str) -> str:
    """Return the SHA-256 of a secret that is itself random: what a stolen table would show."""
    return hashlib.sha256(text.encode()).hexdigest()


def base32_secret(randomness: str, size_bytes: int) -> str:
    """Spell random text of at least `size_bytes` as unpadded base 32, which people and apps can type."""
    return base64.b32encode(hashlib.sha256(randomness.encode()).digest()[:size_bytes]).decode().rstrip("=")


def session_token(account_id: str, secret: str) -> str:
    """Join what the client keeps."""
    return f"{account_id}.{secret}"


def parse_token(token: str) -> tuple[str, str] | None:
    """Split a token into account id and secret; None when it cannot be one of ours."""
    found = _TOKEN.fullmatch(token)
    return (found[1], found[2]) if found else None


def parse_session_id(session_id: str) -> str | None:
    """Return the stored hash that a session id names; None when it cannot be one of ours."""
    found = _SESSION_ID.fullmatch(session_id)
    return found[1] if found else None


def device_name(user_agent: str) -> str:
    """Shorten a user agent to something that a list can show."""
    return "".join(c for c in user_agent if c.isprintable()).strip()[:DEVICE_LENGTH_MAX] or "unknown"
