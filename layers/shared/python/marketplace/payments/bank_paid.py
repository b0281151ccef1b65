"""What two people decided about money that stopped, as far as banks decide it: sent again, or waiting still.

A bank that keeps a payment has paid its buyer. So what waits for that buyer is owed no more, as far as it kept: that
much of it bears the marketplace's loss, and the amount ends as paid by a bank. What a bank gives back later is nobody's
until people say so, like all that comes back when an order is over; a late payment, which has no order, waits again.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from marketplace.kit.clock import Clock
from marketplace.kit.writes import Write
from marketplace.ledger import refunds
from marketplace.ledger.model import LATE_PAYMENT, UNCLAIMED
from marketplace.ledger.ports import Ledger
from marketplace.orders.model import Order
from marketplace.outbox.ports import Outbox
from marketplace.payments.late_news import BANK_PAID, KEPT, news_of
from marketplace.payments.model import Intent, IntentKind, IntentState
from marketplace.payments.ports import Payments, UnclaimedRows
from marketplace.payments.unclaimed_model import WAITS, Stage, Unclaimed, Whose


class BankPaid:
    """Finds it, and ends it."""

    def __init__(
        self, *, clock: Clock, payments: Payments, rows: UnclaimedRows, ledger: Ledger, outbox: Outbox
    ) -> None:
        self._clock = clock
        self._payments = payments
        self._rows = rows
        self._ledger = ledger
        self._outbox = outbox

    def sent_since(self, names: Iterable[str]) -> list[Intent]:
        """Return the intents of these names, and all by which what two people closed of them was sent again."""
        found, wanted = list[Intent](), tuple(names)
        while wanted:
            known = self._payments.intents(wanted)
            found += known.values()
            closed = [each.intent_id for each in known.values() if each.state is IntentState.CLOSED]
            closed += [name for name in wanted if name not in known]  # what came back from a bank has no intent
            rows = self._rows.read_many(tuple(closed)) if closed else []
            wanted = tuple(row.sent_as for row in rows if row.sent_as)
        return found

    def waiting(self, intents: Iterable[Intent]) -> list[Unclaimed]:
        """Return what waits of the buyers' among these intents."""
        theirs = (IntentKind.REFUND, IntentKind.LATE_REFUND)
        closed = [each.intent_id for each in intents if each.kind in theirs and each.state is IntentState.CLOSED]
        return [row for row in self._rows.read_many(tuple(closed)) if row.stage in WAITS] if closed else []

    def as_read(self, row: Unclaimed) -> Write:
        """Return the condition that it is as it was read."""
        return self._rows.change(row, row)

    def now(self, row: Unclaimed) -> Unclaimed | None:
        return self._rows.read(row.name)

    def read(self, closed: Intent) -> Unclaimed | None:
        return self._rows.read(closed.intent_id)

    def paid(self, order: Order, row: Unclaimed, lost: Mapping[str, int]) -> list[Write]:
        """Return the writes by which it bears what the marketplace lost by case; none when it lost nothing."""
        left_minor, booked = row.amount_minor, list[Write]()
        for dispute_id, lost_minor in lost.items():
            some_minor = min(lost_minor, left_minor)
            if some_minor > 0:
                name = f"{row.name}#{row.round}"
                how: dict[str, Any] = {"out_of": UNCLAIMED, "at": self._clock.now(), "dispute_id": dispute_id}
                booked.append(self._ledger.book(refunds.overtaken(order, name, some_minor, **how)))
                left_minor -= some_minor
        return [self._rows.change(row, _less(row, left_minor)), *booked] if booked else []

    def late_paid(self, row: Unclaimed, paid_minor: int) -> list[Write]:
        """Return the writes by which a bank paid so much of a late payment that waited; 0 < `paid_minor` <= it."""
        facts = (row.payment_id, row.currency, row.name, paid_minor, row.round, self._clock.now())
        booked = self._ledger.book(refunds.late_overtaken(*facts, out_of=UNCLAIMED))
        told = self._told(BANK_PAID, row.payment_id, paid_minor, _round_of(row))
        return [self._rows.change(row, _less(row, row.amount_minor - paid_minor)), booked, *told]

    def late_back(self, row: Unclaimed, back_minor: int) -> list[Write]:
        """Return the writes by which so much of it waits again, as a bank gave it back; `back_minor` > 0."""
        now = self._clock.now()
        facts = (row.payment_id, row.currency, row.name, -back_minor, row.round, now)
        booked = self._ledger.book(refunds.late_overtaken(*facts, out_of=UNCLAIMED))
        left_minor = row.amount_minor if row.stage in WAITS else 0
        since = row.since if row.stage is Stage.WAITING else now  # what was kept is decided anew, as its payer is told
        waits = replace(row, stage=Stage.WAITING, since=since)
        again = replace(waits, amount_minor=left_minor + back_minor, round=row.round + 1)
        told = self._told(KEPT, row.payment_id, back_minor, _round_of(row))
        return [self._rows.change(row, again), booked, *told]

    def late_whole(self, refund: Intent) -> list[Write]:
        """Return the writes that end a late payment's refund as a bank paid all of it; it is closed with them."""
        facts = (refund.payment_id, refund.currency, refund.intent_id, refund.amount_minor)
        paid = self._ledger.book(refunds.late_overtaken(*facts, refund.attempt, self._clock.now()))
        return [paid, *self._told(BANK_PAID, refund.payment_id, refund.amount_minor, refund.stripe_key)]

    def late_rest(self, refund: Intent, paid_minor: int) -> list[Write]:
        """Return the writes that end a late payment's refund as a bank paid so much of it: the rest waits for two.

        0 <= `paid_minor` < it; it is closed with them.
        """
        now, left_minor = self._clock.now(), refund.amount_minor - paid_minor
        facts = (refund.payment_id, refund.currency, refund.intent_id)
        paid = refunds.late_overtaken(*facts, paid_minor, refund.attempt, now) if paid_minor else None
        row = Unclaimed(refund.intent_id, Whose.BUYER, refund.payment_id, None, left_minor, refund.currency, now)
        kept = refunds.closed(*facts, left_minor, out_of=LATE_PAYMENT, at=now)
        told = self._told(KEPT, refund.payment_id, left_minor, refund.stripe_key)
        told += self._told(BANK_PAID, refund.payment_id, paid_minor, refund.stripe_key) if paid_minor else []
        return [*(self._ledger.book(each) for each in (paid, kept) if each), self._rows.put(row), *told]

    def _told(self, kind: str, payment_id: str, amount_minor: int, once: str) -> list[Write]:
        """Return the write that tells whose late payment it was what became of so much of it."""
        payment = self._payments.read(payment_id)
        told = news_of(kind, payment, amount_minor, self._clock.now(), once=once) if payment else None
        return [self._outbox.publish(told)] if told else []


def _round_of(row: Unclaimed) -> str:
    return f"{row.name}#row#{row.round}"


def _less(row: Unclaimed, left_minor: int) -> Unclaimed:
    """Return what is left of it; an amount that is wholly paid is kept as it was, for whoever reads of it."""
    if left_minor:
        return replace(row, amount_minor=left_minor, round=row.round + 1)
    return replace(row, stage=Stage.BANK_PAID, round=row.round + 1)
