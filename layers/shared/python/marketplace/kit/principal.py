"""Who is asking, as every request learns it from the session check."""

from dataclasses import dataclass
from datetime import datetime

# Those who run the marketplace. None of them implies another: an admin appoints people and moves no money.
SUPPORT, MODERATOR, FINANCE, ADMIN = "support", "moderator", "finance", "admin"
STAFF_ROLES = frozenset({SUPPORT, MODERATOR, FINANCE, ADMIN})


@dataclass(frozen=True, slots=True)
class Principal:
    """A signed-in account as it stands right now: read on each request, never cached in a token."""

    account_id: str
    session_id: str
    email_verified: bool
    locale: str  # "es" or "en"
    roles: frozenset[str] = frozenset()  # of STAFF_ROLES
    has_applied: bool = False  # as a seller
    seller_active: bool = False
    factor_at: datetime | None = None  # when this session last showed a second factor
    # When it last proved whose it is: by a second factor, or by the password of an account that has none.
    proved_at: datetime | None = None
    step_up_by: tuple[str, ...] = ()  # what would prove it anew: "password", or "code", "passkey", "recovery_code"
    visitor: str | None = None  # the staff member who looks through this account's eyes, and may touch nothing

    tier: int = 0  # how well it is known whose it is: see verification/tiers.py
    acting_for: str | None = None  # the seller whose team the account belongs to, when it asks to act for it
    team_role: str | None = None  # its part in that team

    @property
    def seller_id(self) -> str:
        """Return the seller as whom the caller acts: the team's, or the account itself."""
        return self.acting_for or self.account_id

    @property
    def member_id(self) -> str:
        """Return who acts for a seller that is not themselves; "" for a seller in person."""
        return self.account_id if self.acting_for else ""

    @property
    def is_staff(self) -> bool:
        """Tell whether somebody acts for the marketplace: a role, and a second factor shown in this session."""
        return bool(self.roles & STAFF_ROLES) and self.factor_at is not None and self.visitor is None


@dataclass(frozen=True, slots=True)
class Idempotency:
    """The client's name for one attempt, and a fingerprint of what was asked under it."""

    key: str
    fingerprint: str  # SHA-256 of method, path, account and raw body, hexadecimal
