"""What an account's owner is told: the security log, known devices, risk."""

from marketplace.wiring.vault import Vault


class Security(Vault):
    """What an account's owner is told: the security log, known devices, risk."""
