"""A platform with a client, as small as a test needs it to be."""

from datetime import UTC, datetime, timedelta
from typing import Any

import stripe

from infra.local.stripe import LocalStripe, LocalTransport
from infra.local.stripe.webhooks import DEFAULT_SECRET

CARDS_ONLY = {"enabled": True, "allow_redirects": "never"}


class Clock:
    """Time that stands still until it is moved."""

    def __init__(self) -> None:
        self.moment = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.moment

    def move(self, **span: float) -> None:
        self.moment += timedelta(**span)


class Shop:
    """The moves of a marketplace on one local Stripe."""

    def __init__(self, core: LocalStripe, clock: Clock, key: str = "sk_test_local") -> None:
        self.core = core
        self.clock = clock
        self.client = stripe.StripeClient(key, http_client=LocalTransport(core))
        self.api = self.client.v1

    def seller(self, *, ready: bool = True) -> str:
        wanted = {"transfers": {"requested": True}}
        account = self.api.accounts.create({"type": "express", "country": "DE", "capabilities": wanted})
        if ready:
            self.core.finish_onboarding(account.id)
        return account.id

    def intent(self, amount: int = 10_000, **more: Any) -> stripe.PaymentIntent:
        given = {"amount": amount, "currency": "eur", "automatic_payment_methods": CARDS_ONLY}
        return self.api.payment_intents.create({**given, **more})

    def pay(self, amount: int = 10_000, card: str = "pm_card_visa", **more: Any) -> stripe.PaymentIntent:
        return self.intent(amount, confirm=True, payment_method=card, **more)

    def charge(self, amount: int = 10_000, card: str = "pm_card_visa", **more: Any) -> stripe.Charge:
        intent = self.pay(amount, card, expand=["latest_charge"], **more)
        return intent.latest_charge

    def transfer(self, seller: str, amount: int, **more: Any) -> stripe.Transfer:
        return self.api.transfers.create({"amount": amount, "currency": "eur", "destination": seller, **more})

    def settle(self) -> None:
        """Wait until everything pending has become available."""
        self.clock.move(days=8)
        self.core.tick()

    def held(self, owner: str = "platform") -> tuple[int, int]:
        """Return an owner's available and pending euros."""
        sums = self.core.balances().get(owner, {}).get("eur", {"available": 0, "pending": 0})
        return sums["available"], sums["pending"]

    def happened(self, owner: str = "platform") -> list[str]:
        return [event["type"] for event in self.core.events(owner)]


class Receiver:
    """A webhook receiver that verifies, remembers, and answers as it is told."""

    def __init__(self, clock: Clock, secret: str = DEFAULT_SECRET) -> None:
        self.clock = clock
        self.secret = secret
        self.events: list[dict[str, Any]] = []
        self.refused = 0
        self.answers: list[int] = []

    def __call__(self, raw: bytes, headers: dict[str, str]) -> int:
        try:
            self.verify(raw, headers["Stripe-Signature"])
        except stripe.SignatureVerificationError:
            self.refused += 1
            return 400
        status = self.answers.pop(0) if self.answers else 200
        if status == 200:
            event = stripe.Webhook.construct_event(raw, headers["Stripe-Signature"], self.secret, tolerance=0)
            self.events.append(event.to_dict())
        return status

    def verify(self, raw: bytes, header: str) -> None:
        # The client compares with the machine's clock; this one stands still.
        stripe.WebhookSignature.verify_header(raw, header, self.secret, tolerance=0)
        moment = int(header.split(",", maxsplit=1)[0].removeprefix("t="))
        if self.clock().timestamp() - moment > stripe.Webhook.DEFAULT_TOLERANCE:
            raise stripe.SignatureVerificationError("too old", header, raw)

    @property
    def ids(self) -> list[str]:
        return [event["id"] for event in self.events]

    @property
    def types(self) -> list[str]:
        return [event["type"] for event in self.events]
