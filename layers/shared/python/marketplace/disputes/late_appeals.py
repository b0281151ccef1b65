"""Appeals that come after the money went: only the buyer's, and only by a further refund.

They are promised for thirty days from the decision. What can follow is what the order's seller still has of it; a
decision in a seller's favour cannot be followed any more, and that is said with the decision.
"""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Protocol

from marketplace.disputes.deciding import Lines, Verdict
from marketplace.disputes.desk import DisputeView
from marketplace.disputes.errors import AppealTooLate
from marketplace.disputes.model import Appeal, Decision, Dispute
from marketplace.disputes.ports import Aftermath, Disputes
from marketplace.disputes.service import DisputeService
from marketplace.kit.clock import Clock, to_text
from marketplace.kit.errors import Conflict
from marketplace.kit.ids import derived_id
from marketplace.kit.principal import Principal
from marketplace.kit.writes import Transactions, Write
from marketplace.orders.model import BUYER, OPERATOR, AwardDoesNotSum, Order
from marketplace.orders.process import Kind
from marketplace.orders.rules import process_of
from marketplace.staff.acts import StaffActs

DECISION_DAYS = 30


class Refunds(Protocol):
    """Refunds, as appeals see them."""

    def request(
        self, order: Order, amount_minor: int, *, reason: str, actor: str, refund_id: str, requested_by: str, cause: str
    ) -> list[Write]: ...


class LateRows(Protocol):
    """Where appeals after an order's end wait for their deadline."""

    def late_appeal(self, dispute_id: str, due_at: datetime) -> Write: ...

    def no_late_appeal(self, dispute_id: str) -> Write:
        """Take one off; refused with DisputeMoved when it is off already."""

    def late_appeals_due(self, now: datetime, limit: int) -> list[str]: ...


class LateAppeals:
    """Appeals, whichever side of the order's end they come from."""

    def __init__(
        self,
        *,
        clock: Clock,
        transactions: Transactions,
        disputes: DisputeService,
        store: Disputes,
        rows: LateRows,
        refunds: Refunds,
        acts: StaffActs,
        aftermath: Aftermath,
    ) -> None:
        self._clock = clock
        self._tx = transactions
        self._disputes = disputes
        self._store = store
        self._rows = rows
        self._refunds = refunds
        self._acts = acts
        self._aftermath = aftermath

    def appeal(self, dispute_id: str, account_id: str, statement: str, *, by: str = "") -> DisputeView:
        """Appeal, while the money waits or after it went.

        Raises: as DisputeService.appeal.
        """
        view = self._disputes.view(dispute_id, account_id, by=by)
        if not _is_over(view.order):
            return self._disputes.appeal(dispute_id, account_id, statement, by=by)
        dispute, role = self._disputes.case(dispute_id, account_id, by=by)
        self._disputes.check_appeal(dispute, view.order, role)
        if role != BUYER or view.order.state not in {"released", "split"}:
            raise AppealTooLate(until=to_text(view.order.entered_at))
        now = self._clock.now()
        due_at = now + timedelta(days=DECISION_DAYS)
        appeal = Appeal(role, statement, now, due_at, after_end=True)
        after = replace(dispute, appeal=appeal, revision=dispute.revision + 1)
        told = self._disputes.tell(after, "appealed", view.order, due_at=to_text(due_at))
        late = self._rows.late_appeal(dispute_id, due_at)
        self._tx.commit([self._store.change(dispute, after), late, told])
        return DisputeView(after, view.order)

    def decide(
        self,
        dispute_id: str,
        operator_id: str,
        refund_minor: int,
        clause: str,
        reasons: str,
        *,
        lines: Lines = (),
        principal: Principal | None = None,
    ) -> DisputeView:
        """Decide an appeal, as somebody who had no part in the first decision.

        After the order's end `refund_minor` is what the buyer gets in all: never less than they have.

        Raises: as DisputeService.decide_appeal, and what refunds.request raises.
        """
        dispute, order = self._disputes.case_for(dispute_id, operator_id)
        verdict = Verdict(refund_minor, clause, reasons, operator_id, tuple(lines))
        if dispute.appeal is None or not dispute.appeal.after_end:
            facts: dict[str, Any] = {"lines": lines, "principal": principal}
            return self._disputes.decide_appeal(dispute_id, operator_id, refund_minor, clause, reasons, **facts)
        self._disputes.check_appeal_by(dispute, operator_id)
        self._disputes.check_clause(order, verdict)
        return self._decide_late(dispute, order, verdict)

    def _decide_late(self, dispute: Dispute, order: Order, verdict: Verdict) -> DisputeView:
        first, appeal = dispute.decision, dispute.appeal
        if first is None or appeal is None:
            raise ValueError("an appeal is about a decision")
        more_minor = verdict.refund_minor - first.refund_minor
        if not 0 <= more_minor <= order.seller_left_minor:
            most = first.refund_minor + order.seller_left_minor
            raise AwardDoesNotSum(fields={"refund_minor": f"between_{first.refund_minor}_and_{most}"})
        now = self._clock.now()
        parts = (
            verdict.refund_minor,
            first.seller_minor - more_minor,
            verdict.clause,
            verdict.reasons,
            verdict.by,
            now,
        )
        decided = replace(appeal, decision=Decision(*parts, lines=verdict.lines))
        after = replace(dispute, appeal=decided, revision=dispute.revision + 1)
        act = self._acts.note(verdict.by, "dispute.appeal_decided", dispute.dispute_id, {"refund_minor": more_minor})
        self._tx.commit(
            [
                self._store.change(dispute, after),
                self._rows.no_late_appeal(dispute.dispute_id),
                self._disputes.tell(after, "appeal_decided", order),
                act,
                *self._aftermath.decided(after, order),
                *self._refund(order, more_minor, dispute.dispute_id, verdict),
            ]
        )
        return DisputeView(after, order)

    def _refund(self, order: Order, more_minor: int, dispute_id: str, verdict: Verdict) -> list[Write]:
        if not more_minor:
            return []
        return self._refunds.request(
            order,
            more_minor,
            reason=verdict.reasons,
            actor=OPERATOR,
            refund_id=derived_id("ref", dispute_id, "appeal"),
            requested_by=verdict.by,
            cause="goodwill",
        )

    def run(self, limit: int) -> int:
        """Close late appeals that nobody decided in time, at most `limit`, and return how many: the decision stands."""
        return sum(self._lapse(dispute_id) for dispute_id in self._rows.late_appeals_due(self._clock.now(), limit))

    def _lapse(self, dispute_id: str) -> bool:
        dispute = self._store.read(dispute_id)
        if dispute is None or dispute.appeal is None or not dispute.appeal.is_open:
            return False
        if self._clock.now() < dispute.appeal.due_at:
            return False
        order = self._disputes.order_of(dispute)
        writes = self._disputes.appeal_lapsed(order)
        try:
            self._tx.commit([*writes, self._rows.no_late_appeal(dispute_id)])
        except Conflict:
            return False  # somebody decided it a moment ago
        return True


def _is_over(order: Order) -> bool:
    return process_of(order).states[order.state].kind is Kind.END
