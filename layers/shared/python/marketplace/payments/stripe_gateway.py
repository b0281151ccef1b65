"""The only module that calls Stripe about payments, transfers, refunds and chargebacks."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from marketplace.kit.errors import Unavailable
from marketplace.payments.model import (
    FraudWarning,
    Intent,
    Payment,
    StripeDispute,
    StripePayment,
    StripeRefund,
    StripeRefused,
)

if TYPE_CHECKING:
    from stripe import StripeClient

LOOKUP_PAGE = 100  # objects read when looking for one that a lost answer left behind
RETRY_AFTER_SECONDS = 2
FAILED_REFUND = {"failed", "canceled"}  # the buyer got nothing, and the money is back with the platform
ACCOUNT_GONE = "account_invalid"  # a connected account that left us, or is no more: no waiting brings it back
CHARGE_WITH_FEE = "latest_charge.balance_transaction"


class StripeGateway:
    """Speaks Stripe; `client` makes the StripeClient on first use, so that importing this costs nothing."""

    def __init__(self, client: "Callable[[], StripeClient]") -> None:
        self._make_client = client

    @property
    def _v1(self) -> Any:
        return self._make_client().v1

    def create_payment(self, payment: Payment) -> StripePayment:
        params = {
            "amount": payment.amount_minor,
            "currency": payment.currency,
            "automatic_payment_methods": {"enabled": True, "allow_redirects": "never"},
            "transfer_group": payment.payment_id,
            "metadata": {"payment_id": payment.payment_id},
        }
        with _meanings():
            return _payment(self._v1.payment_intents.create(params, _once(f"payment#{payment.payment_id}")))

    def read_payment(self, payment_intent_id: str) -> StripePayment:
        with _meanings():
            return _payment(self._v1.payment_intents.retrieve(payment_intent_id, {"expand": [CHARGE_WITH_FEE]}))

    def find_payment(self, payment: Payment) -> StripePayment | None:
        since = {"gte": int(payment.created_at.timestamp()) - 60}
        with _meanings():
            found = self._v1.payment_intents.list({"created": since, "limit": LOOKUP_PAGE}).auto_paging_iter()
            candidates = (_payment(each) for each in found)
            return next((each for each in candidates if each.payment_id == payment.payment_id), None)

    def cancel_payment(self, payment_intent_id: str) -> StripePayment:
        try:
            with _meanings():
                # No key: cancelling twice is harmless, and a key would replay one failure for a day.
                return _payment(self._v1.payment_intents.cancel(payment_intent_id, {}))
        except StripeRefused:
            return self.read_payment(payment_intent_id)

    def transfer(self, intent: Intent, *, destination: str, charge_id: str) -> str:
        params = {
            "amount": intent.amount_minor,
            "currency": intent.currency,
            "destination": destination,
            "transfer_group": intent.payment_id,
            "metadata": _names(intent),
            **({"source_transaction": charge_id} if charge_id else {}),
        }
        with _meanings():
            return str(self._v1.transfers.create(params, _once(intent.stripe_key)).id)

    def find_transfer(self, intent: Intent) -> str | None:
        with _meanings():
            found = self._v1.transfers.list({"transfer_group": intent.payment_id, "limit": LOOKUP_PAGE})
            return _carrying(intent, found.auto_paging_iter())

    def refund(self, intent: Intent, *, charge_id: str) -> str:
        params = {"amount": intent.amount_minor, "charge": charge_id, "metadata": _names(intent)}
        with _meanings():
            made = self._v1.refunds.create(params, _once(intent.stripe_key))
        if made.status in FAILED_REFUND:
            raise StripeRefused(f"refund_{made.status}")
        return str(made.id)

    def find_refund(self, intent: Intent, *, charge_id: str) -> str | None:
        with _meanings():
            found = self._v1.refunds.list({"charge": charge_id, "limit": LOOKUP_PAGE})
            return _carrying(intent, found.auto_paging_iter())

    def read_refund(self, refund_id: str) -> StripeRefund:
        with _meanings():
            plain = self._v1.refunds.retrieve(refund_id).to_dict()
        return StripeRefund(
            refund_id=plain["id"],
            status=plain["status"],
            intent_id=_metadata(plain).get("intent_id"),
            amount_minor=plain["amount"],
            currency=plain["currency"],
            failed=plain["status"] in FAILED_REFUND,
            failure_reason=plain.get("failure_reason"),
        )

    def reverse(self, intent: Intent, *, transfer_id: str) -> str:
        params = {"amount": intent.amount_minor, "metadata": _names(intent)}
        with _meanings():
            return str(self._v1.transfers.reversals.create(transfer_id, params, _once(intent.stripe_key)).id)

    def find_reversal(self, intent: Intent, *, transfer_id: str) -> str | None:
        with _meanings():
            found = self._v1.transfers.reversals.list(transfer_id, {"limit": LOOKUP_PAGE})
            return _carrying(intent, found.auto_paging_iter())

    def read_dispute(self, dispute_id: str) -> StripeDispute:
        with _meanings():
            return _dispute(self._v1.disputes.retrieve(dispute_id))

    def submit_evidence(self, dispute_id: str, evidence: Mapping[str, str], key: str) -> None:
        with _meanings():
            self._v1.disputes.update(dispute_id, {"evidence": dict(evidence), "submit": True}, _once(key))

    def read_warning(self, warning_id: str) -> FraudWarning:
        with _meanings():
            plain = self._v1.radar.early_fraud_warnings.retrieve(warning_id).to_dict()
        named = (plain["id"], plain.get("payment_intent"), plain["fraud_type"], plain["actionable"])
        return FraudWarning(*named)


def _once(key: str) -> dict[str, str]:
    return {"idempotency_key": key}


def _names(intent: Intent) -> dict[str, str]:
    named = {"intent_id": intent.intent_id, "payment_id": intent.payment_id}
    return {**named, "order_id": intent.order_id} if intent.order_id else named


def _carrying(intent: Intent, objects: Any) -> str | None:
    plain = (each.to_dict() for each in objects)
    ours = (each for each in plain if _metadata(each).get("intent_id") == intent.intent_id)
    return next((str(each["id"]) for each in ours if each.get("status") not in FAILED_REFUND), None)


def _metadata(plain: Mapping[str, Any]) -> Mapping[str, str]:
    return plain.get("metadata") or {}


def _payment(found: Any) -> StripePayment:
    plain = found.to_dict()
    charge = plain.get("latest_charge")  # an id, or the charge itself where it was expanded
    whole = charge if isinstance(charge, dict) else {"id": charge}
    booked = whole.get("balance_transaction")
    return StripePayment(
        payment_intent_id=plain["id"],
        status=plain["status"],
        amount_minor=plain["amount"],
        currency=plain["currency"],
        payment_id=_metadata(plain).get("payment_id"),
        client_secret=plain.get("client_secret"),
        charge_id=whole["id"],
        fee_minor=booked["fee"] if isinstance(booked, dict) else 0,
        fee_currency=booked["currency"] if isinstance(booked, dict) else "",
        clears_at=datetime.fromtimestamp(booked["available_on"], UTC) if isinstance(booked, dict) else None,
    )


def _dispute(found: Any) -> StripeDispute:
    plain = found.to_dict()
    moved = plain.get("balance_transactions") or []
    details = plain.get("evidence_details") or {}
    due_by = details.get("due_by")
    return StripeDispute(
        dispute_id=plain["id"],
        status=plain["status"],
        payment_intent_id=plain.get("payment_intent"),
        amount_minor=plain["amount"],
        fees=_by_currency((each["currency"], each["fee"]) for each in moved),
        taken=_by_currency((each["currency"], -each["amount"]) for each in moved if each["amount"] < 0),
        withdrawn=any(each["amount"] < 0 for each in moved),
        reinstated=_given_back(moved, plain["currency"]),
        reason=plain["reason"],
        currency=plain["currency"],
        answer_by=datetime.fromtimestamp(due_by, UTC) if due_by else None,
        submissions=details.get("submission_count", 0),
    )


def _by_currency(amounts: Iterable[tuple[str, int]]) -> dict[str, int]:
    totals: dict[str, int] = {}
    for currency, minor in amounts:
        totals[currency] = totals.get(currency, 0) + minor
    return totals


def _given_back(moved: Sequence[Mapping[str, Any]], currency: str) -> bool:
    """Say whether the bank gave back all that it had taken; a part of it is for people, and nothing for us to book."""
    if any(each["currency"] != currency for each in moved):
        return any(each["amount"] > 0 for each in moved)  # converted twice, at two rates
    return any(each["amount"] > 0 for each in moved) and sum(each["amount"] for each in moved) >= 0


def _code(error: Any) -> str | None:
    """Return Stripe's code; stripe-python lifts it out of the answer for some of its errors only."""
    return error.code or getattr(error.error, "code", None)


@contextmanager
def _meanings() -> Iterator[None]:
    """Turn Stripe's errors into two: perhaps, and no.

    No is only what Stripe says of the request, or of an account that left us; what it says of our key, of its pace or
    of itself is "perhaps". A saved 500 replays on its key for a day: it is "perhaps" too, and whoever holds the intent
    looks the object up.
    """
    import stripe  # noqa: PLC0415 - 120 ms that only a call to Stripe should pay

    try:
        yield
    except stripe.StripeError as error:
        about_it = isinstance(error, stripe.InvalidRequestError | stripe.CardError)
        gone = isinstance(error, stripe.PermissionError) and _code(error) == ACCOUNT_GONE
        if about_it or gone:
            raise StripeRefused(_code(error) or type(error).__name__) from error
        raise Unavailable(retry_after_seconds=RETRY_AFTER_SECONDS) from error
