"""Who is asking, as every request learns it from the session check."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Principal:
    """A signed-in account as it stands right now: read on each request, never cached in a token."""

    account_id: str
    session_id: str
    email_verified: bool
    locale: str  # "es" or "en"
    roles: frozenset[str] = frozenset()  # "operator"
    has_applied: bool = False  # as a seller
    seller_active: bool = False
    factor_at: datetime | None = None  # when this session last showed a second factor


@dataclass(frozen=True, slots=True)
class Idempotency:
    """The client's name for one attempt, and a fingerprint of what was asked under it."""

    key: str
    fingerprint: str  # SHA-256 of method, path, account and raw body, hexadecimal
