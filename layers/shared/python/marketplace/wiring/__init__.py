"""The composition root: which adapter stands behind which port. Each part is made on first use, once per container.

The parts stand in layers, each knowing only those below: base, adapters, vault, security, factors, people, selling,
trading, money, payouts, statements, returning, community, staff, casework, auditing.
Imports stand inside the properties on purpose: a function pays only for what its own requests touch.
"""

from marketplace.wiring.auditing import Auditing


class Services(Auditing):
    """Everything the functions can do. Tests hand in their own clock, ids and gateways."""


def live() -> Services:
    """Build the services of this container from its environment."""
    return Services()
