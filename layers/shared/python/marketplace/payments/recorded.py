"""Reads what is recorded of an order, wherever it lies, for a bank that asks about it."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from marketplace.disputes.model import PARTIES, Dispute, Evidence
from marketplace.disputes.ports import Disputes
from marketplace.kit.clock import to_text
from marketplace.kit.ids import derived_id
from marketplace.ledger.ports import Ledger
from marketplace.orders.model import Move, Order
from marketplace.orders.ports import Orders
from marketplace.payments.bank_books import paid_by_banks, refunded, refunded_late
from marketplace.payments.bank_record import OrderRecord
from marketplace.returns.model import Outcome, Return
from marketplace.returns.overruled import is_overruled
from marketplace.withdrawals.ports import Withdrawals


class Recorded:
    """The order's own log, its cases, its returns, its statements of withdrawal, and the books."""

    def __init__(
        self,
        *,
        orders: Orders,
        disputes: Disputes,
        returns_of: Callable[[str], Sequence[Return]],
        withdrawals: Withdrawals,
        ledger: Ledger,
    ) -> None:
        self._orders = orders
        self._disputes = disputes
        self._returns_of = returns_of
        self._withdrawals = withdrawals
        self._ledger = ledger

    def of(self, order: Order, at: datetime) -> OrderRecord:
        """Return the record of an order that was read at this moment or after it."""
        dispute = self._disputes.read(order.dispute_id) if order.dispute_id else None
        # Files that were shown before a dispute, also by who then opened none.
        early = () if dispute else self._disputes.before(derived_id("dsp", order.order_id))[1]
        returns = self._returns_of(order.order_id)
        declared = ["a statement of withdrawal from it"] if self._withdrawals.named(order.order_id) else []
        files = list(_files(dispute.evidence if dispute else early))
        asked = [*(_asked(each) for each in returns), *declared]
        moves, book = self._orders.moves(order.order_id), self._ledger.of_book(order.order_id)
        record = OrderRecord(
            order,
            moves,
            marks=[*(_heard(dispute) if dispute else []), *asked, *files],
            asked=[*asked, *files],
            refunded_minor=refunded(book),
            by_bank_minor=paid_by_banks(book),
            due_minor=_due(order, moves, dispute, returns),
            looked_at=at,
        )
        return record if record.paid else replace(record, refunded_minor=self._late(order))

    def _late(self, order: Order) -> int:
        """Return what was given back of a payment that came too late: it is in the payment's book, for no order."""
        return refunded_late(order.total_minor, self._ledger.of_book(order.payment_id))


def _heard(dispute: Dispute) -> Iterable[str]:
    yield f"dispute {dispute.dispute_id} ({dispute.reason}) opened on {to_text(dispute.opened_at)}"
    if dispute.answered_at:
        yield f"answered by the seller on {to_text(dispute.answered_at)}"


def _files(evidence: Iterable[Evidence]) -> Iterable[str]:
    """Name the files that were really uploaded; one that was only announced was never shown."""
    for each in evidence:
        if each.uploaded_at:
            yield f"{each.by} showed a file, sha256 {each.sha256}, on {to_text(each.uploaded_at)}"


def _asked(made: Return) -> str:
    ended = f"ended: {made.outcome}" if made.outcome else f"stands at: {made.state}"
    back = f", goods back on {to_text(made.returned_at)} by the {made.returned_by}'s word" if made.returned_at else ""
    what = f"{made.kind} {made.return_id} of {made.quoted_minor} {made.currency}"
    return f"{what}, requested on {to_text(made.requested_at)}{back}, {ended}"


def _due(order: Order, moves: Sequence[Move], dispute: Dispute | None, returns: Iterable[Return]) -> int:
    """Return what is the buyer's by a decision that was not carried out, or by goods that came back since the last.

    What both sides agreed on is carried out at once, or when the goods are back.
    """
    standing = dispute.standing if dispute and order.award is None else None
    if standing and standing.decided_by != PARTIES:
        return standing.refund_minor  # of all that there is, goods that were back by then too
    if order.award is not None and order.ended_at is None:
        return 0  # the award, under way, divides all
    return sum(_back(each) for each in returns if not is_overruled(each, order, moves))


def _back(made: Return) -> int:
    """Return what goods that are back make the buyer's, where no refund and no replacement followed."""
    unpaid = made.outcome in {None, Outcome.SUPERSEDED} and made.replacement is None
    return made.payable_minor if made.returned_at and unpaid else 0
