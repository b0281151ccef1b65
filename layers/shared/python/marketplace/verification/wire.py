"""Checks of identity and tiers as the API says them."""

from typing import Annotated, Literal, Self

import msgspec

from marketplace.kit.clock import to_text
from marketplace.verification.model import RETURN_URL_LENGTH_MAX, Identity, reason_text
from marketplace.verification.service import Check
from marketplace.verification.tiers import LEVELS, LIMITS, Level, Limit

# What the wire calls an attempt that Stripe has not answered yet is open as well: the difference is ours alone.
_STATUS = {"opening": "open"}


class NewVerification(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """Where Stripe sends the person afterwards: a page of the marketplace's own site."""

    return_url: Annotated[str, msgspec.Meta(min_length=1, max_length=RETURN_URL_LENGTH_MAX)]


class Verification(msgspec.Struct, frozen=True, kw_only=True):
    """A check of one's identity. `url` is where it goes on; what is shown there, Stripe alone sees."""

    status: Literal["open", "processing", "verified", "refused", "cancelled"]
    url: str | None
    begun_at: str
    decided_at: str | None
    reason: str | None  # a stable code, while refused
    reason_text: str | None
    may_retry: bool

    @classmethod
    def of(cls, identity: Identity, locale: str, url: str | None = None) -> Self:
        return cls(
            status=_STATUS.get(identity.status, identity.status),  # type: ignore[arg-type]
            url=url,
            begun_at=to_text(identity.begun_at),
            decided_at=to_text(identity.decided_at) if identity.decided_at else None,
            reason=identity.reason,
            reason_text=reason_text(identity.reason, locale),
            may_retry=identity.status in {"refused", "cancelled"},
        )


class TierLimitShown(msgspec.Struct, frozen=True, kw_only=True):
    """One bound at one tier: `most` where it counts, `most_minor` by currency where it is money; neither: no bound."""

    limit: str
    side: Literal["buyer", "seller"]
    text: str
    most: int | None
    most_minor: dict[str, int] | None


class TierShown(msgspec.Struct, frozen=True, kw_only=True):
    """One tier, what it takes, and what it allows."""

    tier: int
    name: str
    text: str
    limits: list[TierLimitShown]


class Tiers(msgspec.Struct, frozen=True, kw_only=True):
    """Every tier, the lowest first."""

    tiers: list[TierShown]


def verification_to_wire(check: Check, locale: str) -> Verification:
    """Show a check to its person."""
    return Verification.of(check.identity, locale, check.url)


def tiers_to_wire(locale: str) -> Tiers:
    """Write out the whole table."""
    return Tiers(tiers=[_tier(level, locale) for level in LEVELS])


def _tier(level: Level, locale: str) -> TierShown:
    limits = [_limit(limit, level, locale) for limit in LIMITS]
    return TierShown(tier=int(level.tier), name=level.name, text=_in(level, locale), limits=limits)


def _limit(limit: Limit, level: Level, locale: str) -> TierLimitShown:
    found = limit.most[level.tier]
    counts = found is not None and "" in found
    return TierLimitShown(
        limit=limit.name,
        side=limit.side,  # type: ignore[arg-type]
        text=_in(limit, locale),
        most=found[""] if found is not None and counts else None,
        most_minor=dict(found) if found is not None and not counts else None,
    )


def _in(said: Level | Limit, locale: str) -> str:
    return said.es if locale == "es" else said.en
