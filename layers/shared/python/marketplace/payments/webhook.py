"""Stripe's webhook: verify on the raw bytes, store the event once, answer; the work is done from a queue."""

import hashlib
import hmac
import json
import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from marketplace.kit.clock import Clock
from marketplace.kit.errors import Conflict, Invalid
from marketplace.kit.writes import Transactions
from marketplace.outbox.model import event
from marketplace.outbox.ports import Outbox
from marketplace.payments.ports import Payments

TOLERANCE_SECONDS = 300  # Stripe's own libraries' default; older or newer signatures are replays or wrong clocks
EVENT_BYTES_MAX = 256 * 1024
_ACCOUNT_ID = re.compile(r"acct_[A-Za-z0-9]{1,240}")
_EVENT_ID = re.compile(r"evt_[A-Za-z0-9_]{1,240}")


class BadSignature(Invalid):
    """Not signed by Stripe with one of our secrets, or not lately."""

    code = "bad_signature"
    title_en = "The signature does not match."
    title_es = "La firma no coincide."


class WrongMode(Invalid):
    """A test event at a live endpoint, or the reverse."""

    code = "wrong_mode"
    title_en = "This event is of the other mode."
    title_es = "Este evento es del otro modo."


@dataclass(frozen=True, slots=True)
class WebhookSecret:
    """What verifies Stripe: one or (during a rotation) several signing secrets, and the mode of our key."""

    signing_secrets: tuple[str, ...]
    livemode: bool


class StripeWebhook:
    """Takes events in."""

    def __init__(
        self,
        *,
        clock: Clock,
        transactions: Transactions,
        payments: Payments,
        outbox: Outbox,
        secret: Callable[[], WebhookSecret],
    ) -> None:
        self._clock = clock
        self._tx = transactions
        self._payments = payments
        self._outbox = outbox
        self._secret = secret

    def receive(self, raw: bytes, signature: str) -> str:
        """Verify and store one delivery, and return the event's id; a repeat stores nothing and is no error.

        Raises: BadSignature; WrongMode; Invalid for what is signed but no event.
        """
        secret = self._secret()
        now = self._clock.now()
        verify(raw, signature, secret.signing_secrets, int(now.timestamp()))
        found = _parse(raw)
        if found.get("livemode") is not secret.livemode:
            raise WrongMode
        hints: dict[str, Any] = {**_hints(found)}
        received = event("stripe.event_received", found["id"], now, **hints)
        writes = [self._payments.remember_event(found["id"], found["type"], now), self._outbox.publish(received)]
        with suppress(Conflict):  # stored before, and on its way since
            self._tx.commit(writes)
        return str(found["id"])


def verify(raw: bytes, signature: str, secrets: tuple[str, ...], now_seconds: int) -> None:
    """Check Stripe's `t=...,v1=...` header over the raw bytes, in constant time.

    An empty list of secrets accepts nothing. Source: Stripe, "Verify webhook signatures manually".

    Raises: BadSignature.
    """
    parts = [part.partition("=") for part in signature.split(",")]
    stamps = [value for name, _, value in parts if name.strip() == "t"]
    given = [value for name, _, value in parts if name.strip() == "v1"]
    if len(stamps) != 1 or not stamps[0].isascii() or not stamps[0].isdigit() or len(stamps[0]) > 12:  # noqa: PLR2004
        raise BadSignature
    if abs(now_seconds - int(stamps[0])) > TOLERANCE_SECONDS:
        raise BadSignature
    signed = stamps[0].encode() + b"." + raw
    expected = [hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest() for secret in secrets if secret]
    if not any(hmac.compare_digest(one.encode(), other.encode()) for one in expected for other in given):
        raise BadSignature


def _parse(raw: bytes) -> dict[str, Any]:
    if len(raw) > EVENT_BYTES_MAX:
        raise Invalid(fields={"body": "too_large"})
    try:
        found = json.loads(raw)
    except (ValueError, RecursionError):
        raise Invalid(fields={"body": "not_json"}) from None
    if not isinstance(found, dict) or not isinstance(found.get("type"), str) or not _has_object(found):
        raise Invalid(fields={"body": "not_an_event"})
    if not isinstance(found.get("id"), str) or not _EVENT_ID.fullmatch(found["id"]):
        raise Invalid(fields={"id": "not_an_event_id"})
    if "account" in found and not (isinstance(found["account"], str) and _ACCOUNT_ID.fullmatch(found["account"])):
        raise Invalid(fields={"account": "not_an_account_id"})
    return found


def _has_object(found: Mapping[str, Any]) -> bool:
    data = found.get("data")
    return isinstance(data, dict) and isinstance(data.get("object"), dict)


def _hints(found: Mapping[str, Any]) -> dict[str, str]:
    """Take what says where to look; nothing in the event itself is believed."""
    about = found["data"]["object"]
    metadata = about.get("metadata")
    ours = metadata.get("payment_id") if isinstance(metadata, dict) else None
    named = {"stripe_kind": found["type"], "object_id": about.get("id"), "payment_id": ours}
    named["stripe_account"] = found.get("account")
    return {name: value for name, value in named.items() if isinstance(value, str)}
