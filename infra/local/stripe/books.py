"""Balance transactions, written together with the ledger lines behind them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from infra.local.stripe.errors import Json
from infra.local.stripe.ledger import FEES, Ledger, LedgerBroken, Line
from infra.local.stripe.store import Record, Store


class Books:
    """The one place that moves money."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.ledger = Ledger()
        self._net: dict[tuple[str, str], int] = defaultdict(int)
        self._unsure: list[tuple[str, str, int]] = []

    def write(
        self,
        owner: str,
        kind: str,
        *,
        amount: int,
        currency: str,
        source: str | None,
        against: str,
        now: int,
        available_on: int,
        fee: int = 0,
        category: str | None = None,
        description: str | None = None,
    ) -> Json:
        """Move ``amount`` less ``fee`` into ``owner``'s balance (negative: out of it)."""
        pending = available_on > now
        net = amount - fee
        transaction: Json = {
            "id": self._store.new_id("txn"),
            "object": "balance_transaction",
            "amount": amount,
            "available_on": available_on,
            "balance_type": "payments",
            "created": now,
            "currency": currency,
            "description": description,
            "exchange_rate": None,
            "fee": fee,
            "fee_details": _fee_details(fee, currency),
            "net": net,
            "reporting_category": category or kind,
            "source": source,
            "status": "pending" if pending else "available",
            "type": kind,
        }
        self._store.add(Record(transaction["id"], "balance_transaction", owner, transaction))
        self._note(owner, currency, net)
        self.ledger.post(
            Line(owner, "pending" if pending else "available", currency, net),
            Line(FEES, "fees", currency, fee),
            Line(against, "open", currency, -amount),
        )
        return transaction

    def settle(self, transaction_id: str) -> bool:
        """Make a pending transaction available; False when there is nothing to do."""
        if self._store.any(transaction_id) is None:
            return False
        record = self._store.edit(transaction_id)
        transaction = record.data
        if transaction["status"] == "available":
            return False
        transaction["status"] = "available"
        currency, net = transaction["currency"], transaction["net"]
        self.ledger.post(
            Line(record.owner, "pending", currency, -net),
            Line(record.owner, "available", currency, net),
        )
        return True

    def available(self, owner: str, currency: str) -> int:
        """Return what an owner could spend now."""
        return self.ledger.total(owner, "available", currency)

    def pending(self, owner: str, currency: str) -> int:
        """Return what an owner has been promised and cannot spend yet."""
        return self.ledger.total(owner, "pending", currency)

    def check(self) -> None:
        """Raise when balances and balance transactions disagree."""
        self.ledger.check(self._net)

    def audit(self) -> None:
        """Check everything again from the objects themselves, not running sums."""
        self.ledger.recount()
        by_status: dict[tuple[str, str, str], int] = defaultdict(int)
        for record in self._store.owned("balance_transaction"):
            data = record.data
            by_status[record.owner, data["status"], data["currency"]] += data["net"]
        for (owner, status, currency), net in by_status.items():
            if self.ledger.total(owner, status, currency) != net:
                raise LedgerBroken(f"{owner} {status} {currency} is not {net}")
        self.check()

    def commit(self) -> None:
        """Keep what the operation moved."""
        self.ledger.commit()
        self._unsure.clear()

    def rollback(self) -> None:
        """Undo what the operation moved."""
        self.ledger.rollback()
        for owner, currency, net in self._unsure:
            self._net[owner, currency] -= net
        self._unsure.clear()

    def load(self, lines: list[Json]) -> None:
        """Take up saved ledger lines; the store is loaded before."""
        self.ledger.load(lines)
        for owner, currency, net in self._nets():
            self._net[owner, currency] += net

    def _nets(self) -> Iterator[tuple[str, str, int]]:
        for record in self._store.owned("balance_transaction"):
            yield record.owner, record.data["currency"], record.data["net"]

    def _note(self, owner: str, currency: str, net: int) -> None:
        self._net[owner, currency] += net
        self._unsure.append((owner, currency, net))


def _fee_details(fee: int, currency: str) -> list[Json]:
    if not fee:
        return []
    return [
        {
            "amount": fee,
            "application": None,
            "currency": currency,
            "description": "Stripe processing fees",
            "type": "stripe_fee",
        }
    ]
