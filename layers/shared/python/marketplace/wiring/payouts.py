"""From a seller's balance at Stripe to their bank, and the switch that stops it."""

from marketplace.wiring.money import Money


class Payouts(Money):
    """From a seller's balance at Stripe to their bank, and the switch that stops it."""
