"""Second factors, passkeys and step-up."""

from marketplace.wiring.security import Security


class Factors(Security):
    """Second factors, passkeys and step-up."""
