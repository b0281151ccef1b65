"""The only module that calls Stripe Identity. What people showed is never asked for: only how it ended."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from marketplace.kit.errors import Unavailable
from marketplace.verification.model import (
    ASKED,
    CANCELLED,
    DONE,
    OPEN,
    PROCESSING,
    REASONS,
    REFUSED,
    UNKNOWN_REASON,
    VERIFIED,
    Identity,
    StripeIdentity,
)

if TYPE_CHECKING:
    from stripe import StripeClient

LOOKUP_MARGIN_SECONDS = 60  # Stripe's clock is not ours
RETRY_AFTER_SECONDS = 2
_STATUSES = {"requires_input": OPEN, "processing": PROCESSING, "verified": VERIFIED, "canceled": CANCELLED}
_REDACTIONS = {"processing": ASKED, "redacted": DONE}


class StripeIdentityChecks:
    """Speaks Stripe Identity; `client_factory` makes the StripeClient on first use."""

    def __init__(self, client_factory: "Callable[[], StripeClient]") -> None:
        self._make_client = client_factory

    @property
    def _sessions(self) -> Any:
        return self._make_client().v1.identity.verification_sessions

    def create(self, identity: Identity, *, key: str) -> StripeIdentity:
        params: dict[str, Any] = {
            "type": "document",
            "client_reference_id": identity.attempt_id,
            "metadata": {"account_id": identity.account_id},
            "options": {"document": {"require_live_capture": True, "require_matching_selfie": True}},
            "return_url": identity.return_url,
        }
        with _meanings():
            return _session(self._sessions.create(params, {"idempotency_key": key}))

    def find(self, identity: Identity) -> StripeIdentity | None:
        since = {"gte": int(identity.begun_at.timestamp()) - LOOKUP_MARGIN_SECONDS}
        with _meanings():
            found = self._sessions.list({"client_reference_id": identity.attempt_id, "created": since, "limit": 1})
            return next((_session(each) for each in found.data), None)

    def read(self, session_id: str) -> StripeIdentity | None:
        import stripe  # noqa: PLC0415 - 120 ms that only a call to Stripe should pay

        try:
            with _meanings():
                return _session(self._sessions.retrieve(session_id))
        except stripe.InvalidRequestError as error:
            if error.code == "resource_missing":
                return None
            raise

    def redact(self, session_id: str, *, key: str) -> bool:
        import stripe  # noqa: PLC0415

        try:
            with _meanings():
                self._sessions.redact(session_id, {}, {"idempotency_key": key})
        except stripe.InvalidRequestError:
            return self._is_redacted(session_id)
        return True

    def _is_redacted(self, session_id: str) -> bool:
        # Refused because it was done already (a lost answer under a key that has lapsed), or because a check goes on.
        found = self.read(session_id)
        return found is None or found.redacted is not None


def _session(found: Any) -> StripeIdentity:
    session = found.to_dict()
    error = (session.get("last_error") or {}).get("code")
    status = _STATUSES[session["status"]]
    refused = status == OPEN and error is not None
    return StripeIdentity(
        session_id=session["id"],
        status=REFUSED if refused else status,
        account_id=(session.get("metadata") or {}).get("account_id"),
        attempt_id=session.get("client_reference_id"),
        reason=(error if error in REASONS else UNKNOWN_REASON) if refused else None,
        url=session.get("url"),
        redacted=_REDACTIONS[session["redaction"]["status"]] if session.get("redaction") else None,
    )


@contextmanager
def _meanings() -> Iterator[None]:
    """Turn "no clear answer" into ours; a request that Stripe finds wrong stays Stripe's error."""
    import stripe  # noqa: PLC0415

    try:
        yield
    except stripe.InvalidRequestError:
        raise
    except stripe.StripeError as error:
        raise Unavailable(retry_after_seconds=RETRY_AFTER_SECONDS) from error
