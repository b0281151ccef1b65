"""Money: integers in a currency's minor unit; nothing else ever crosses a boundary."""

from collections.abc import Sequence
from dataclasses import dataclass

from marketplace.kit.errors import Invalid

AMOUNT_MAX_MINOR = 99_999_999  # Stripe's largest charge, in the minor unit
CURRENCIES = {"eur": 2, "usd": 2, "gbp": 2, "jpy": 0}  # ISO 4217 code, lower case as Stripe writes it -> decimals
BASIS_POINTS = 10_000


class UnsupportedCurrency(Invalid):
    """The marketplace does not trade in this currency."""

    code = "unsupported_currency"


@dataclass(frozen=True, slots=True)
class Money:
    """An amount that knows its currency; arithmetic across currencies is an error.

    `amount_minor` may be negative in ledger postings; prices bound it themselves.
    """

    amount_minor: int
    currency: str

    def __post_init__(self) -> None:
        if type(self.amount_minor) is not int:
            raise TypeError("amount_minor is an int in the minor unit")
        if self.currency not in CURRENCIES:
            raise UnsupportedCurrency(fields={"currency": "not_supported"})

    def __add__(self, other: "Money") -> "Money":
        return Money(self.amount_minor + self._same(other), self.currency)

    def __sub__(self, other: "Money") -> "Money":
        return Money(self.amount_minor - self._same(other), self.currency)

    def _same(self, other: "Money") -> int:
        if other.currency != self.currency:
            raise ValueError(f"cannot mix {self.currency} and {other.currency}")
        return other.amount_minor


def split(amount_minor: int, weights: Sequence[int]) -> list[int]:
    """Divide `amount_minor` >= 0 in proportion to `weights`, so that the parts sum exactly to the whole.

    Each part is within one minor unit of its exact share; what rounding leaves goes to the largest
    remainders, the earlier part first. All-zero weights share evenly.

    Raises: ValueError for a negative amount or weight, or for no weights.
    """
    if amount_minor < 0 or not weights or min(weights) < 0:
        raise ValueError("split needs a non-negative amount and non-negative weights")
    total = sum(weights)
    shares = list(weights) if total else [1] * len(weights)
    total = total or len(weights)
    parts = [amount_minor * share // total for share in shares]
    left = amount_minor - sum(parts)
    by_remainder = sorted(range(len(shares)), key=lambda place: (-(amount_minor * shares[place] % total), place))
    for place in by_remainder[:left]:
        parts[place] += 1
    return parts


def share_of(amount_minor: int, basis_points: int) -> int:
    """Return that many ten-thousandths of the amount, rounded half up (a commission is never negative)."""
    return (amount_minor * basis_points + BASIS_POINTS // 2) // BASIS_POINTS
