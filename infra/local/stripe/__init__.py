"""A local Stripe: stateful, offline, with Connect, webhooks and a real ledger.

One core, two plugs. In a test::

    core = LocalStripe(seed=7)
    client = stripe.StripeClient("sk_test_local", http_client=LocalTransport(core))

Over loopback HTTP: ``python -m infra.local.stripe --port 12111``.
"""

from infra.local.stripe.core import LocalStripe
from infra.local.stripe.errors import ConnectionDropped, StripeError
from infra.local.stripe.ledger import LedgerBroken
from infra.local.stripe.money import Terms
from infra.local.stripe.transport import LocalTransport
from infra.local.stripe.webhooks import Delivery, Endpoint

__all__ = [
    "ConnectionDropped",
    "Delivery",
    "Endpoint",
    "LedgerBroken",
    "LocalStripe",
    "LocalTransport",
    "StripeError",
    "Terms",
]
