"""Keys of people, and the fields encrypted under them."""

from marketplace.wiring.adapters import Adapters


class Vault(Adapters):
    """Keys of people, and the fields encrypted under them."""
