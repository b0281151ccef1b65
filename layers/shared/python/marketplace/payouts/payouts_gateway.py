"""The only module that calls Stripe about payouts of connected accounts."""

import hashlib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from marketplace.kit.errors import Unavailable
from marketplace.payouts.errors import PayoutRefused
from marketplace.payouts.model import BankAccounts, Payout, StripePayout

if TYPE_CHECKING:
    from stripe import StripeClient

LOOKUP_PAGE = 100  # payouts read at a time when looking for one that a lost answer left behind
LOOKUP_MARGIN_SECONDS = 60  # Stripe's clock is not ours
RETRY_AFTER_SECONDS = 2
ACCOUNT_GONE = "account_invalid"  # a connected account that left us, or is no more


class StripePayoutsGateway:
    """Speaks Stripe for connected accounts; `client` makes the StripeClient on first use."""

    def __init__(self, client: "Callable[[], StripeClient]") -> None:
        self._make_client = client

    @property
    def _v1(self) -> Any:
        return self._make_client().v1

    def cleared_minor(self, stripe_account_id: str, currency: str) -> int:
        with _meanings():
            balance = self._v1.balance.retrieve({}, _of(stripe_account_id)).to_dict()
        return sum(each["amount"] for each in balance["available"] if each["currency"] == currency)

    def held(self, stripe_account_id: str) -> Mapping[str, int]:
        """Return what the account holds by currency, available and pending together."""
        with _meanings():
            balance = self._v1.balance.retrieve({}, _of(stripe_account_id)).to_dict()
        found: Counter[str] = Counter()
        for part in (*balance["available"], *balance["pending"]):
            found[part["currency"]] += part["amount"]
        return found

    def create(self, payout: Payout) -> StripePayout:
        params = {
            "amount": payout.amount_minor,
            "currency": payout.currency,
            "metadata": {"payout_key": payout.key, "payout_id": payout.payout_id},
        }
        # One leave, one call: a repetition by the SDK could be refused although the call before it was done.
        options = {"idempotency_key": payout.key, "max_network_retries": 0}
        options |= _of(payout.stripe_account_id)
        with _meanings():
            return _payout(self._v1.payouts.create(params, options))

    def find(self, payout: Payout) -> StripePayout | None:
        since = {"gte": int(payout.created_at.timestamp()) - LOOKUP_MARGIN_SECONDS}
        with _meanings():
            params = {"created": since, "limit": LOOKUP_PAGE}
            found = self._v1.payouts.list(params, _of(payout.stripe_account_id)).auto_paging_iter()
            candidates = (_payout(each) for each in found)
            return next((each for each in candidates if each.key == payout.key), None)

    def read(self, stripe_account_id: str, stripe_payout_id: str) -> StripePayout:
        with _meanings():
            return _payout(self._v1.payouts.retrieve(stripe_payout_id, {}, _of(stripe_account_id)))

    def since(self, stripe_account_id: str, moment: datetime) -> list[StripePayout]:
        """Return the account's payouts that Stripe has from then on, whoever made them."""
        params = {"created": {"gte": int(moment.timestamp())}, "limit": LOOKUP_PAGE}
        with _meanings():
            found = self._v1.payouts.list(params, _of(stripe_account_id)).auto_paging_iter()
            return [_payout(each) for each in found]

    def banks(self, stripe_account_id: str) -> BankAccounts | None:
        try:
            with _meanings():
                account = self._v1.accounts.retrieve(stripe_account_id).to_dict()
        except PayoutRefused:
            return None
        found = (account.get("external_accounts") or {}).get("data") or []
        currencies = {str(each["currency"]) for each in found if each.get("currency")}
        if found and account.get("default_currency"):
            currencies.add(str(account["default_currency"]))  # Stripe converts nothing of its own default
        seen = sorted(f"{each.get('id')}:{each.get('fingerprint')}" for each in found)
        mark = hashlib.sha256("\n".join(seen).encode()).hexdigest() if seen else ""
        return BankAccounts(frozenset(currencies), mark)


def _of(stripe_account_id: str) -> dict[str, str]:
    return {"stripe_account": stripe_account_id}


def _payout(found: Any) -> StripePayout:
    plain = found.to_dict()
    arrives = plain.get("arrival_date")
    return StripePayout(
        stripe_payout_id=plain["id"],
        status=plain["status"],
        amount_minor=plain["amount"],
        currency=plain["currency"],
        key=(plain.get("metadata") or {}).get("payout_key"),
        arrives_at=datetime.fromtimestamp(arrives, UTC) if arrives else None,
        failure_code=plain.get("failure_code"),
    )


def _code(error: Any) -> str | None:
    """Return Stripe's code; stripe-python lifts it out of the answer for some of its errors only."""
    return error.code or getattr(error.error, "code", None)


@contextmanager
def _meanings() -> Iterator[None]:
    """Turn Stripe's errors into two: perhaps, and no.

    No is only what Stripe says of the request, or of an account that left us; what it says of our key, of its pace or
    of itself is "perhaps", and nobody's bank refused anything. A saved 500 replays on its key for a day: it is
    "perhaps" too, and the payout is looked up.
    """
    import stripe  # noqa: PLC0415 - 120 ms that only a call to Stripe should pay

    try:
        yield
    except stripe.StripeError as error:
        about_it = isinstance(error, stripe.InvalidRequestError | stripe.CardError)
        gone = isinstance(error, stripe.PermissionError) and _code(error) == ACCOUNT_GONE
        if about_it or gone:
            raise PayoutRefused(_code(error) or type(error).__name__) from error
        raise Unavailable(retry_after_seconds=RETRY_AFTER_SECONDS) from error
