"""What a decision leaves behind besides the money: its receipt, a precedent, and marks on both sides' records.

Each mark is one row that follows from the dispute and is written again when an appeal decides otherwise, so that a win
erases what the first decision had left.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from marketplace.decisions.model import CLOCK, MODERATOR, Amounts
from marketplace.decisions.ports import Recording
from marketplace.disputes.claims import Claim, ClaimRows
from marketplace.disputes.clauses import quoted
from marketplace.disputes.model import Decision, Dispute
from marketplace.disputes.precedents import LOOKED_AT, Match, Precedent, nearest, precedent_of
from marketplace.kit.writes import Write
from marketplace.orders.model import Order


@dataclass(frozen=True, slots=True)
class Defect:
    """A dispute that a seller lost by a person's decision; an overturned one is erased, and stays in the record."""

    seller_id: str
    dispute_id: str
    at: datetime
    erased: bool = False


class AftermathRows(ClaimRows, Protocol):
    """Where all that lies."""

    def precedent(self, precedent: Precedent) -> Write:
        """Store or replace a precedent."""

    def precedents(self, reason: str, currency: str, limit: int) -> list[Precedent]:
        """Return the newest of a reason and a currency."""

    def defect(self, defect: Defect) -> Write:
        """Store or replace a defect."""

    def defects(self, seller_id: str, since: datetime) -> list[Defect]:
        """Return a seller's defects, consistently."""


class DecisionAftermath:
    """Writes what a decision leaves behind."""

    def __init__(self, *, rows: AftermathRows, decisions: Recording) -> None:
        self._rows = rows
        self._decisions = decisions

    def decided(self, dispute: Dispute, order: Order) -> list[Write]:
        """Return what is written when a dispute was decided: first, on appeal, or by the clock."""
        first, standing = dispute.decision, dispute.standing
        if first is None or standing is None:
            return []
        receipt = self._receipt(dispute, order, standing, on_appeal=standing is not first)
        if not standing.is_by_person:
            return receipt
        lost = standing.refund_minor > 0
        marks = [
            self._rows.precedent(precedent_of(dispute, order)),
            self._rows.claim(Claim(dispute.buyer_id, dispute.dispute_id, dispute.opened_at, upheld=lost)),
        ]
        if lost or any(each.refund_minor > 0 for each in _by_people(dispute)):
            marks.append(self._mark(dispute, erased=not lost))
        return [*receipt, *marks]

    def undone(self, dispute: Dispute) -> list[Write]:
        """Return the write that erases the mark of a decision which was not carried out: the next one decides it."""
        marked = any(each.refund_minor > 0 for each in _by_people(dispute))
        return [self._mark(dispute, erased=True)] if marked else []

    def _mark(self, dispute: Dispute, *, erased: bool) -> Write:
        """Store a case's one mark where its first decision by a person put it, whatever becomes of the case."""
        at = next(each.at for each in _by_people(dispute))
        return self._rows.defect(Defect(dispute.seller_id, dispute.dispute_id, at, erased=erased))

    def similar(self, dispute: Dispute, order: Order) -> list[Match]:
        """Return how cases like this one were decided, the nearest first."""
        return nearest(dispute, order, self._rows.precedents(dispute.reason, order.currency, LOOKED_AT))

    def lapsed(self, dispute: Dispute, order: Order) -> list[Write]:
        """Return the receipt of an appeal that nobody decided in time."""
        decision = dispute.decision
        if decision is None:
            return []
        amounts = Amounts(order.currency, decision.refund_minor, decision.seller_minor)
        return self._record("appeal.lapsed", dispute, CLOCK, automated=True, amounts=amounts)

    def _receipt(self, dispute: Dispute, order: Order, decided: Decision, *, on_appeal: bool) -> list[Write]:
        amounts = Amounts(order.currency, decided.refund_minor, decided.seller_minor)
        if not decided.is_by_person:
            return self._record("dispute.lapsed", dispute, CLOCK, automated=True, amounts=amounts)
        kind = "appeal.decided" if on_appeal else "dispute.decided"
        said = (decided.reasons, quoted(decided.clause))
        return self._record(kind, dispute, MODERATOR, *said, automated=False, amounts=amounts)

    def _record(
        self,
        kind: str,
        dispute: Dispute,
        by: str,
        reasons: str = "",
        ground: str = "",
        *,
        automated: bool,
        amounts: Amounts,
    ) -> list[Write]:
        return self._decisions.record(
            kind=kind,
            subject=dispute.dispute_id,
            once=str(len(dispute.past)),
            about=dispute.order_id,
            concerns=[dispute.buyer_id, dispute.seller_id],
            by=by,
            automated=automated,
            amounts=amounts,
            reasons=reasons,
            ground=ground,
        )

    def defects(self, seller_id: str, since: datetime) -> int:
        """Count the disputes that a seller lost since then, and that no appeal gave back."""
        return sum(not each.erased for each in self._rows.defects(seller_id, since))


def _by_people(dispute: Dispute) -> list[Decision]:
    """Return what people decided first in a case, undone or not, the oldest first."""
    return [each for each in (*dispute.past, dispute.decision) if each and each.is_by_person]
