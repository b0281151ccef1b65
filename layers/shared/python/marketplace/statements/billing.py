"""Invoice every seller's commission of a month that has ended; done twice, it finds all of them issued.

Who had a commission is read from the ledger's index of days, hours after the month: the amounts are then drawn from
each seller's own statement, which holds its index against the books.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from marketplace.kit.clock import Clock
from marketplace.ledger.model import COMMISSION, VAT_PAYABLE
from marketplace.ledger.ports import Ledger
from marketplace.statements.monthly import Month, month_at, month_of
from marketplace.statements.service import Statements

DAY = timedelta(days=1)
_TAKEN = frozenset({COMMISSION, VAT_PAYABLE})


@dataclass(frozen=True, slots=True)
class Billed:
    """What a run found: `invoices` stand now, whoever issued them."""

    month: str
    sellers: int
    invoices: int
    told: int = 0  # sellers who were told now that their statement is ready


class Billing:
    """Issues invoices."""

    def __init__(self, *, clock: Clock, ledger: Ledger, statements: Statements) -> None:
        self._clock = clock
        self._ledger = ledger
        self._statements = statements
        self._active: set[str] = set()  # sellers of whom the month's books say anything

    def run(self, month_name: str | None = None) -> Billed:
        """Invoice a month, the last one that ended unless told; an open month has no invoices yet.

        Raises: BadMonth; Unavailable.
        """
        now = self._clock.now()
        self._active = set()
        month = month_of(month_name, now) if month_name else month_at(month_at(now).begins - DAY)
        charged = sorted(set(self._charged(month))) if month.is_closed(now) else []
        issued = [self._statements.invoice(seller_id, month.name, currency) for seller_id, currency in charged]
        told = [self._statements.tell_ready(seller_id, month.name) for seller_id in sorted(self._active)]
        sellers = len({seller_id for seller_id, _ in charged})
        return Billed(month.name, sellers, sum(each is not None for each in issued), sum(told))

    def _charged(self, month: Month) -> Iterator[tuple[str, str]]:
        """Yield who had a commission, in which currency, and note everybody for whom anything was booked."""
        day: date = month.begins.date()
        while day < month.ends.date():
            for each in self._ledger.of_day(day):
                if each.seller_id:
                    self._active.add(each.seller_id)
                    if any(posting.account in _TAKEN for posting in each.postings):
                        yield each.seller_id, each.currency
            day += DAY
