"""The least round trips and write units of each flow of money, from its access pattern, and what it takes beyond."""

from collections.abc import Mapping

from bench.minima.banks import BANKS
from bench.minima.orders import ORDERS
from bench.minima.payouts import PAYOUTS
from bench.minima.words import REASONS, Parts, Reason, excess, least

__all__ = ["MINIMA", "REASONS", "Parts", "Reason", "excess", "least"]

MINIMA: Mapping[str, Parts] = {**ORDERS, **BANKS, **PAYOUTS}
