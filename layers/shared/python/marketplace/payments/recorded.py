"""Reads what is recorded of an order, wherever it lies, for a bank that asks about it."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime

from marketplace.disputes.model import PARTIES, Dispute, Evidence
from marketplace.disputes.ports import Disputes
from marketplace.kit.clock import to_text
from marketplace.kit.ids import derived_id
from marketplace.ledger.ports import Ledger
from marketplace.orders.model import Order
from marketplace.orders.ports import Orders
from marketplace.payments.bank_books import refunded
from marketplace.payments.bank_record import OrderRecord
from marketplace.returns.model import Outcome, Return
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
        return OrderRecord(
            order,
            self._orders.moves(order.order_id),
            marks=[*(_heard(dispute) if dispute else []), *asked, *files],
            asked=[*asked, *files],
            refunded_minor=refunded(self._ledger.of_book(order.order_id)),
            due_minor=_decided(order, dispute) + sum(_back(each) for each in returns),
            looked_at=at,
        )


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


def _back(made: Return) -> int:
    """Return what goods that are back make the buyer's, where no refund and no replacement followed."""
    unpaid = made.outcome in {None, Outcome.SUPERSEDED} and made.replacement is None
    return made.payable_minor if made.returned_at and unpaid else 0


def _decided(order: Order, dispute: Dispute | None) -> int:
    """Return what a decision gives the buyer that has not been carried out: an award would say so.

    What both sides agreed on is carried out at once, or when the goods are back.
    """
    standing = dispute.standing if dispute and order.award is None else None
    return standing.refund_minor if standing and standing.decided_by != PARTIES else 0
