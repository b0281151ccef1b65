"""Explained amounts, and one person's side of an order, as values."""

from dataclasses import dataclass
from datetime import datetime

from marketplace.kit.errors import Invalid


class BadMonth(Invalid):
    """Not a month, or one that has not begun."""

    code = "bad_month"
    title_en = "This is not a month that has begun."
    title_es = "Este no es un mes que haya empezado."


class MonthTooLong(Invalid):
    """More orders than one answer reads the books of: refused, since a statement leaves nothing out."""

    code = "month_too_long"
    title_en = "There are too many orders for one answer. Every order has a receipt of its own."
    title_es = "Hay demasiados pedidos para una sola respuesta. Cada pedido tiene su propio recibo."


@dataclass(frozen=True, slots=True)
class Entry:
    """One explained amount. `fact` is what happened; `clause` the rule or reason it follows from, as a code.

    `reference` is the end of the id that Stripe gave what moved the money, so that a person can find it there.
    """

    at: datetime
    book: str  # the order, or the payment
    fact: str
    amount_minor: int
    clause: str = ""
    reference: str = ""
    rate_bps: int = 0  # of a percentage, in ten-thousandths


@dataclass(frozen=True, slots=True)
class Account:
    """One person's side of one order: what it came to, and what of it was settled.

    For a buyer `entries` are what they paid (positive) and got back (negative), and everything is settled at once. For
    a seller they are what was earned and taken off, and `settled` is what was sent, or kept against a debt.
    """

    entries: tuple[Entry, ...]
    settled: tuple[Entry, ...] = ()

    @property
    def total_minor(self) -> int:
        return sum(entry.amount_minor for entry in self.entries)

    @property
    def settled_minor(self) -> int:
        return sum(entry.amount_minor for entry in self.settled)

    @property
    def open_minor(self) -> int:
        """What is still owed to a seller when positive, by them when negative."""
        return self.total_minor - self.settled_minor
