"""The only module that reads Stripe's balance transactions. It changes nothing at Stripe."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from marketplace.kit.errors import Unavailable
from marketplace.payments.model import StripeRefused
from marketplace.payments.movements import Movement

if TYPE_CHECKING:
    from stripe import StripeClient

PAGE = 100  # balance transactions in one answer: Stripe's most
RETRY_AFTER_SECONDS = 2
WITH_SOURCE = ["data.source"]


class StripeBooksGateway:
    """Lists Stripe's balance transactions; `client` makes the StripeClient on first use."""

    def __init__(self, client: "Callable[[], StripeClient]") -> None:
        self._make_client = client

    @property
    def _v1(self) -> Any:
        return self._make_client().v1

    def between(self, since: datetime, until: datetime) -> list[Movement]:
        return self._listed({"created": {"gte": int(since.timestamp()), "lt": int(until.timestamp())}})

    def of_object(self, stripe_object: str) -> list[Movement]:
        return self._listed({"source": stripe_object})

    def of_transaction(self, transaction_id: str) -> Movement:
        with _meanings():
            found = self._v1.balance_transactions.retrieve(transaction_id, {"expand": ["source"]})
            return self._movement(found.to_dict())

    def balances(self) -> Mapping[str, int]:
        """Return what the platform has at Stripe by currency, available and pending together."""
        return self._held("available", "pending")

    def available(self) -> Mapping[str, int]:
        """Return what of it Stripe would send to a bank now."""
        return self._held("available")

    def _held(self, *buckets: str) -> Mapping[str, int]:
        with _meanings():
            plain = self._v1.balance.retrieve().to_dict()
        found: Counter[str] = Counter()
        for part in (each for bucket in buckets for each in plain[bucket]):
            found[part["currency"]] += part["amount"]
        return found

    def _listed(self, wanted: Mapping[str, Any]) -> list[Movement]:
        with _meanings():
            pages = self._v1.balance_transactions.list({**wanted, "limit": PAGE, "expand": WITH_SOURCE})
            return [self._movement(each.to_dict()) for each in pages.auto_paging_iter()]

    def _movement(self, plain: Mapping[str, Any]) -> Movement:
        source = plain["source"]  # the object itself, an id that Stripe would not expand, or nothing
        whole: Mapping[str, Any] = source if isinstance(source, dict) else {"id": source or plain["id"]}
        named = self._names(whole)
        return Movement(
            transaction_id=plain["id"],
            stripe_object=whole["id"],
            kind=plain["type"],
            amount_minor=plain["amount"],
            fee_minor=plain["fee"],
            currency=plain["currency"],
            created_at=datetime.fromtimestamp(plain["created"], UTC),
            payment_id=named.get("payment_id"),
            order_id=named.get("order_id"),
        )

    def _names(self, source: Mapping[str, Any]) -> Mapping[str, str]:
        """Return our own ids from the object; a dispute carries none, so its payment is asked."""
        if source.get("object") == "dispute" and source.get("payment_intent"):
            return _metadata(self._v1.payment_intents.retrieve(source["payment_intent"]).to_dict())
        return _metadata(source)


def _metadata(plain: Mapping[str, Any]) -> Mapping[str, str]:
    return plain.get("metadata") or {}


@contextmanager
def _meanings() -> Iterator[None]:
    """Turn Stripe's errors into two: not now, and no. Nothing was changed, so anything but a clear no is "not now"."""
    import stripe  # noqa: PLC0415 - 120 ms that only a call to Stripe should pay

    try:
        yield
    except stripe.InvalidRequestError as error:
        raise StripeRefused(error.code or type(error).__name__) from error
    except stripe.StripeError as error:
        raise Unavailable(retry_after_seconds=RETRY_AFTER_SECONDS) from error
