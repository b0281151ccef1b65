"""What the accounts area needs from outside."""

from datetime import datetime
from typing import Protocol

from marketplace.accounts.limits import Limit
from marketplace.accounts.model import (
    Account,
    ConnectAccount,
    OnboardingLink,
    Owner,
    Rating,
    SellerProfile,
    Session,
    Verification,
)
from marketplace.kit.writes import Write


class Accounts(Protocol):
    """Accounts and what proves them. Reads are consistent and one round trip each; the rest returns writes."""

    def owner(self, email: str) -> Owner | None: ...
    def owner_of(self, email: str) -> str | None: ...

    def email_marks(self, email: str) -> tuple[str, ...]:
        """Return the entries of the blind index that an account with this address may have; no read."""

    def read(self, account_id: str) -> Account | None: ...
    def read_verification(self, token_hash: str) -> Verification | None: ...
    def recovery_hashes(self, account_id: str) -> list[str]: ...

    def open(self, account: Account) -> list[Write]:
        """Store a new account and claim its address; refused with AddressTaken."""

    def sign_up_anew(self, account: Account) -> list[Write]:
        """Replace what an earlier sign-up said of an account; refused with AddressTaken unless it is unproved.

        Like `open` it takes one read and one call of the key service.
        """

    def note_told(self, email: str, owner: Owner, told_at: datetime) -> Write:
        """Note when an address was written to; refused with AddressTaken unless `owner` still stands as read."""

    def put_verification(self, token_hash: str, verification: Verification) -> Write: ...

    def verify_email(self, token_hash: str, account: Account, *, roles: frozenset[str]) -> list[Write]:
        """Spend the token and mark the address proved.

        Refused with TokenInvalid when the token is spent, and with PasswordWrong unless the account still has the
        address (its mark) and the password hash that were read, and waits for its proof.
        """

    def cool(self, account_id: str, until: datetime, cause: str) -> Write:
        """Hold payouts until then; on an item of its own, beside any change of the account."""

    def payouts_after(self, account_id: str) -> datetime | None:
        """Read until when nothing is paid out; None when nothing was ever held."""

    def rename(self, account_id: str, *, display_name: str | None, locale: str | None) -> Write: ...

    def begin_factor(self, account_id: str, secret: str) -> Write:
        """Remember a secret that is not confirmed; one that is stays as it is. Refused with AccountMissing."""

    def enable_factor(self, account: Account, step: int) -> Write:
        """Turn the pending secret into the factor, spend `step`, end the sessions; refused with CodeUsed."""

    def disable_factor(self, account: Account) -> Write:
        """Remove app and pending secret, end the sessions; refused with FactorsChanged, as the two that follow."""

    def count_passkeys(self, account: Account, by: int) -> Write:
        """Note one passkey more or less, end the sessions."""

    def recover(self, account: Account, password_hash: str, *, password_is_long: bool) -> Write:
        """Set the password, forget every factor, unlock, end the sessions."""

    def move_address(self, account: Account, email: str, *, displaced: str | None = None) -> list[Write]:
        """Claim another address and give the present one up, end the sessions; refused with AddressTaken.

        `displaced` is an account that holds the address and has not proved it: it goes.
        """

    def spend(self, account: Account, *, step: int | None, password_hash: str | None) -> list[Write]:
        """Spend a time-step once, replace a password hash by a stronger one, or both.

        Refused with CodeUsed when the step is not later than the last one spent, or one to be refused.
        """

    def refuse_step(self, account_id: str, step: int) -> Write:
        """Never accept the code of this step; the latest one named counts."""

    def put_recovery(self, account_id: str, code_hash: str) -> Write: ...

    def spend_recovery(self, account_id: str, code_hash: str) -> Write:
        """Remove one code; refused with CodeWrong when it is not there (any more)."""


class SessionStore(Protocol):
    """Sessions, read together with the account that they speak for."""

    def read_session(self, account_id: str, secret_hash: str) -> tuple[Account, Session] | None:
        """Read both in one round trip; None unless both exist."""

    def roles_of(self, account_id: str) -> frozenset[str]:
        """Return somebody's roles at this moment; none of an account that is suspended, locked or not there."""

    def sessions_of(self, account_id: str) -> list[Session]: ...
    def open_session(self, session: Session) -> Write: ...

    def use_session(self, session: Session, now: datetime) -> Write:
        """Note the use; refused with SessionMissing when it has ended meanwhile."""

    def keep_session(self, session: Session, *, epoch: int, factor_at: datetime | None) -> Write:
        """Carry one session over into a new epoch, with the factor that it just showed."""

    def end_session(self, account_id: str, secret_hash: str) -> Write: ...
    def end_sessions(self, account_id: str) -> Write: ...


class AttemptStore(Protocol):
    """Counters of attempts, one item a subject and window."""

    def take(self, limit: Limit, subject: str, now: datetime) -> Write:
        """Count one attempt; refused with TooManyAttempts when the window's are spent."""

    def give_back(self, limit: Limit, subject: str, now: datetime) -> Write:
        """Uncount an attempt that `take` counted in the same window."""


class SellerStore(Protocol):
    """Sellers' part of the accounts."""

    def seller(self, seller_id: str) -> SellerProfile | None: ...

    def seller_with_account(self, seller_id: str) -> tuple[SellerProfile, Account] | None:
        """Read both in one round trip; None unless both exist."""

    def seller_of_stripe(self, stripe_account_id: str) -> str | None: ...

    def apply(self, seller: SellerProfile) -> list[Write]:
        """Store the application; refused with SellerExists."""

    def record_stripe_account(self, seller: SellerProfile, stripe_account_id: str) -> list[Write]:
        """Bind the two, once and for good; refused with SellerExists when another was bound."""

    def set_active(self, seller: SellerProfile, *, active: bool, now: datetime) -> list[Write]:
        """Move seller and account together; refused with SellerMoved when it happened already."""


class Passwords(Protocol):
    """Slow hashes."""

    def hash(self, password: str) -> str: ...

    def verify(self, password_hash: str | None, password: str) -> bool:
        """Compare; None stands for an account that does not exist and takes as long."""

    def is_outdated(self, password_hash: str) -> bool: ...


class Blocklist(Protocol):
    """Passwords that attackers try first."""

    def contains(self, password: str) -> bool: ...


class TimeCodes(Protocol):
    """Codes that an authenticator app shows (RFC 6238)."""

    def address(self, secret: str, email: str) -> str:
        """Return the `otpauth://` URI that an app reads as a QR code."""

    def step_of(self, secret: str, code: str, now: datetime) -> int | None:
        """Return the time-step whose code this is, or None."""


class ConnectAccounts(Protocol):
    """Sellers' accounts at Stripe.

    Every method raises Unavailable when Stripe gave no clear answer; repeating is then safe.
    """

    def create_account(self, seller: SellerProfile, *, key: str) -> ConnectAccount:
        """Make the account, or return the one that the same `key` made within the last day.

        Raises: CountryNotServed.
        """

    def find_account(self, seller: SellerProfile) -> ConnectAccount | None:
        """Look for an account that an earlier call made for this application."""

    def read_account(self, stripe_account_id: str) -> ConnectAccount | None: ...
    def onboarding_link(
        self, stripe_account_id: str, *, return_url: str, refresh_url: str, key: str
    ) -> OnboardingLink: ...


class Ratings(Protocol):
    """What reviews say, given by the reviews area."""

    def of(self, subject_id: str) -> Rating | None: ...
