"""The only module that calls Stripe about sellers' connected accounts."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from marketplace.accounts.errors import CountryNotServed, SellerMissing
from marketplace.accounts.model import PRIVATE, ConnectAccount, OnboardingLink, SellerProfile
from marketplace.kit.errors import DomainError, Unavailable

if TYPE_CHECKING:
    from stripe import StripeClient

LOOKUP_PAGE = 100  # accounts read at a time when looking for one that a lost answer left behind
LOOKUP_MARGIN_SECONDS = 60  # Stripe's clock is not ours
RETRY_AFTER_SECONDS = 2


class StripeConnect:
    """Speaks Stripe Connect; `client_factory` makes the StripeClient on first use."""

    def __init__(self, client_factory: "Callable[[], StripeClient]") -> None:
        self._make_client = client_factory

    @property
    def _v1(self) -> Any:
        return self._make_client().v1

    def create_account(self, seller: SellerProfile, *, key: str) -> ConnectAccount:
        # Payments are charged by the platform, so a seller needs the one capability to receive transfers.
        params: dict[str, Any] = {
            "type": "express",
            "country": seller.country,
            "capabilities": {"transfers": {"requested": True}},
            # We make the payouts, so that what must wait can wait, and each can be explained.
            "settings": {"payouts": {"schedule": {"interval": "manual"}}},
            "metadata": {"seller_id": seller.seller_id},
        }
        if seller.kind == PRIVATE:
            params["business_type"] = "individual"  # a trader may be a person or a firm: Stripe asks
        with _meanings({"country": CountryNotServed}):
            return _account(self._v1.accounts.create(params, {"idempotency_key": key}))

    def find_account(self, seller: SellerProfile) -> ConnectAccount | None:
        since = {"gte": int(seller.applied_at.timestamp()) - LOOKUP_MARGIN_SECONDS}
        with _meanings():
            found = self._v1.accounts.list({"created": since, "limit": LOOKUP_PAGE}).auto_paging_iter()
            accounts = (_account(each) for each in found)
            return next((account for account in accounts if account.seller_id == seller.seller_id), None)

    def read_account(self, stripe_account_id: str) -> ConnectAccount | None:
        try:
            with _meanings({"account_invalid": SellerMissing, "resource_missing": SellerMissing}):
                return _account(self._v1.accounts.retrieve(stripe_account_id))
        except SellerMissing:
            return None

    def onboarding_link(self, stripe_account_id: str, *, return_url: str, refresh_url: str, key: str) -> OnboardingLink:
        params = {
            "account": stripe_account_id,
            "type": "account_onboarding",
            "return_url": return_url,
            "refresh_url": refresh_url,
        }
        with _meanings():
            link = self._v1.account_links.create(params, {"idempotency_key": key})
            return OnboardingLink(link.url, datetime.fromtimestamp(link.expires_at, UTC))


def _account(found: Any) -> ConnectAccount:
    account = found.to_dict()
    return ConnectAccount(
        stripe_account_id=account["id"],
        seller_id=(account.get("metadata") or {}).get("seller_id"),
        details_submitted=bool(account.get("details_submitted")),
        transfers_active=(account.get("capabilities") or {}).get("transfers") == "active",
        payouts_enabled=bool(account.get("payouts_enabled")),
    )


def _code(error: Any) -> str | None:
    """Return Stripe's code; stripe-python lifts it out of the answer for some of its errors only."""
    return error.code or getattr(error.error, "code", None)


@contextmanager
def _meanings(refusals: Mapping[str, type[DomainError]] | None = None) -> Iterator[None]:
    """Turn Stripe's errors into ours: a clear no by its code or parameter, else "not now, and repeating is safe".

    A request that Stripe finds wrong for another reason is our own mistake and stays Stripe's error.
    """
    import stripe  # noqa: PLC0415 - 120 ms that only a call to Stripe should pay

    try:
        yield
    except (stripe.InvalidRequestError, stripe.PermissionError) as error:
        known = refusals or {}
        refusal = known.get(_code(error) or "") or known.get(getattr(error, "param", None) or "")
        if refusal is not None:
            raise refusal from error
        if isinstance(error, stripe.InvalidRequestError):
            raise
        raise Unavailable(retry_after_seconds=RETRY_AFTER_SECONDS) from error  # our key, not the request
    except stripe.StripeError as error:
        raise Unavailable(retry_after_seconds=RETRY_AFTER_SECONDS) from error
