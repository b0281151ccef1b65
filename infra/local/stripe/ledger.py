"""Double entry: every movement of money is lines that sum to nothing.

The API shows balance transactions; the ledger keeps its own account of the same
movements. The two are compared after every operation, which is how an object
that claims money nobody moved is found out at once.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import asdict, dataclass

from infra.local.stripe.errors import Json

#: Where money comes from and goes to, outside any Stripe balance.
CARDS, FEES, BANKS = "outside:cards", "outside:fees", "outside:banks"
#: Money leaving one Stripe balance for another; empty between operations.
CLEARING = "clearing"
_OUTER = (CARDS, FEES, BANKS, CLEARING)


class LedgerBroken(AssertionError):
    """The books do not balance: a fault in the local Stripe itself."""


@dataclass(frozen=True)
class Line:
    """A sum put on one side of the books (negative: taken off it)."""

    account: str
    bucket: str
    currency: str
    amount: int


class Ledger:
    """The lines ever written and their running totals."""

    def __init__(self) -> None:
        self._lines: list[Line] = []
        self._totals: dict[tuple[str, str, str], int] = defaultdict(int)
        self._mark = 0

    def post(self, *lines: Line) -> None:
        """Write one entry; lines that do not sum to zero are refused."""
        if sum(line.amount for line in lines):
            raise LedgerBroken(f"unbalanced entry: {lines}")
        for line in lines:
            self._apply(line, 1)
        self._lines.extend(lines)

    def total(self, account: str, bucket: str, currency: str) -> int:
        """Return what one bucket holds."""
        return self._totals.get((account, bucket, currency), 0)

    def balances(self) -> dict[str, dict[str, dict[str, int]]]:
        """Return available and pending of every balance, by account and currency."""
        shown: dict[str, dict[str, dict[str, int]]] = {}
        for (account, bucket, currency), amount in self._totals.items():
            if account not in _OUTER:
                of_account = shown.setdefault(account, {})
                empty = {"available": 0, "pending": 0}
                of_account.setdefault(currency, empty)[bucket] += amount
        return shown

    def commit(self) -> None:
        """Keep what the operation wrote."""
        self._mark = len(self._lines)

    def rollback(self) -> None:
        """Undo what the operation wrote."""
        for line in self._lines[self._mark :]:
            self._apply(line, -1)
        del self._lines[self._mark :]

    def check(self, transactions: dict[tuple[str, str], int]) -> None:
        """Compare the books with the balance transactions' net sums."""
        per_balance: dict[tuple[str, str], int] = defaultdict(int)
        per_currency: dict[str, int] = defaultdict(int)
        for (account, _, currency), amount in self._totals.items():
            per_currency[currency] += amount
            if account not in _OUTER:
                per_balance[account, currency] += amount
            elif account == CLEARING and amount:
                raise LedgerBroken(f"{amount} {currency} left a balance and never arrived")
        if any(per_currency.values()):
            raise LedgerBroken(f"the books do not sum to zero: {dict(per_currency)}")
        for key in per_balance.keys() | transactions.keys():
            if per_balance.get(key, 0) != transactions.get(key, 0):
                raise LedgerBroken(
                    f"{key}: balance {per_balance.get(key, 0)}, balance transactions {transactions.get(key, 0)}"
                )

    def recount(self) -> None:
        """Rebuild the totals from the lines; a difference is a fault."""
        fresh: dict[tuple[str, str, str], int] = defaultdict(int)
        for line in self._lines:
            fresh[line.account, line.bucket, line.currency] += line.amount
        if fresh != {place: total for place, total in self._totals.items() if total or place in fresh}:
            raise LedgerBroken("the running totals differ from the lines")

    def dump(self) -> list[Json]:
        """Return the lines as JSON values."""
        return [asdict(line) for line in self._lines]

    def load(self, saved: list[Json]) -> None:
        """Take up what ``dump`` gave."""
        for values in saved:
            line = Line(**values)
            self._apply(line, 1)
            self._lines.append(line)
        self.commit()

    def _apply(self, line: Line, sign: int) -> None:
        self._totals[line.account, line.bucket, line.currency] += sign * line.amount
