"""Nobody lists in a currency that could not be paid out to them."""

from marketplace.catalog.ports import Gate
from marketplace.kit.writes import Write
from marketplace.payouts.errors import CurrencyNotSettled
from marketplace.payouts.ports import Purses


class CurrencyGate:
    """Stands before another gate of the catalogue, and asks what Stripe said of the seller's bank accounts."""

    def __init__(self, *, inner: Gate, purses: Purses) -> None:
        self._inner = inner
        self._purses = purses

    def publishing(self, seller_id: str, price_minor: int, currency: str) -> tuple[str, list[Write]]:
        """Let a listing be published; see catalog.ports.Gate.

        Raises: CurrencyNotSettled; what the other gate raises.
        """
        settles = self._purses.standing(seller_id).settles
        if settles is not None and currency not in settles:  # None: Stripe told nothing yet
            raise CurrencyNotSettled(currency=currency)
        return self._inner.publishing(seller_id, price_minor, currency)

    def repricing(self, seller_id: str, price_minor: int, currency: str) -> None:
        """Let a listing on sale have this price: its currency was settled when it was published."""
        self._inner.repricing(seller_id, price_minor, currency)

    def withdrawing(self, seller_id: str) -> list[Write]:
        """Let a listing go."""
        return self._inner.withdrawing(seller_id)
