"""Appeals that come after the money went: either loser's, for thirty days from the decision.

In the buyer's favour a further refund follows, out of what the seller got. In the seller's favour nothing is taken back
from a buyer: the marketplace pays the seller what the right decision would have brought them, and bears it. Neither is
left worse off by an appeal of their own.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Protocol

from marketplace.disputes.desk import APPEALABLE_ENDS, DisputeView
from marketplace.disputes.errors import AppealTooLate
from marketplace.disputes.made_good import seller_parts
from marketplace.disputes.model import Appeal, Decision, Dispute
from marketplace.disputes.ports import Aftermath, Disputes, Standing
from marketplace.disputes.service import DisputeService
from marketplace.disputes.verdicts import DECIDE_APPEAL, Lines, Verdict, agreed, check_clause, needs_two
from marketplace.kit.clock import Clock, to_text
from marketplace.kit.errors import Conflict
from marketplace.kit.ids import derived_id
from marketplace.kit.principal import Principal
from marketplace.kit.writes import Transactions, Write
from marketplace.orders.model import BUYER, OPERATOR, SELLER, AwardDoesNotSum, Order
from marketplace.orders.rules import is_over
from marketplace.returns.model import Return
from marketplace.staff.acts import StaffActs
from marketplace.staff.model import Proposal

DECISION_DAYS = 30


class Refunds(Protocol):
    """Refunds, as appeals see them."""

    def request(
        self, order: Order, amount_minor: int, *, reason: str, actor: str, refund_id: str, requested_by: str, cause: str
    ) -> list[Write]: ...


class Compensation(Protocol):
    """What the marketplace pays a seller; see payments/making_good.py."""

    def writes(self, order: Order, before_minor: int, after_minor: int) -> list[Write]:
        """Return the writes that pay what `after_minor` of the order would have brought more than `before_minor`."""


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
        standing: Standing,
        rows: LateRows,
        refunds: Refunds,
        compensation: Compensation,
        acts: StaffActs,
        aftermath: Aftermath,
        returns_of: Callable[[str], Sequence[Return]],
    ) -> None:
        self._clock = clock
        self._tx = transactions
        self._disputes = disputes
        self._store = store
        self._standing = standing
        self._rows = rows
        self._refunds = refunds
        self._compensation = compensation
        self._acts = acts
        self._aftermath = aftermath
        self._returns_of = returns_of

    def appeal(self, dispute_id: str, account_id: str, statement: str, *, by: str = "") -> DisputeView:
        """Appeal, while the money waits or after it went.

        Raises: as DisputeService.appeal.
        """
        view = self._disputes.view(dispute_id, account_id, by=by)
        if not is_over(view.order):
            return self._disputes.appeal(dispute_id, account_id, statement, by=by)
        dispute, role = self._disputes.case(dispute_id, account_id, by=by)
        self._disputes.check_appeal(dispute, view.order, role)
        if view.order.state not in APPEALABLE_ENDS[role]:
            raise AppealTooLate(until=to_text(view.order.entered_at))
        if dispute.appeal:
            return self._disputes.join_appeal(dispute, view.order, dispute.appeal, statement)
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
        """Decide an appeal, as somebody who had no part in the first decision; above the limit two people do.

        After the order's end `refund_minor` is what the buyer gets in all: on their own appeal never less than they
        have, on the seller's never more.

        Raises: as DisputeService.decide_appeal, and what refunds.request raises.
        """
        dispute, order = self._disputes.case_for(dispute_id, operator_id)
        verdict = Verdict(refund_minor, clause, reasons, operator_id, tuple(lines))
        if dispute.appeal is None or not dispute.appeal.after_end:
            facts: dict[str, Any] = {"lines": lines, "principal": principal}
            return self._disputes.decide_appeal(dispute_id, operator_id, refund_minor, clause, reasons, **facts)
        self._disputes.check_appeal_by(dispute, operator_id)
        first = _first(dispute)
        after, writes = self._decision(dispute, order, verdict)
        if needs_two(first.refund_minor + first.seller_minor, order.currency):
            return self._disputes.propose(DECIDE_APPEAL, dispute, order, verdict, principal)
        act = self._acts.note(operator_id, "dispute.appeal_decided", dispute_id, {"refund_minor": refund_minor})
        self._tx.commit([*writes, act])
        return DisputeView(after, order)

    def approved(self, proposal: Proposal) -> list[Write]:
        """Return the writes of an appeal's decision that two people agreed on, before the order's end or after it.

        Raises: as `decide`.
        """
        verdict = agreed(proposal)
        dispute, order = self._disputes.case_for(str(proposal.facts["dispute_id"]), verdict.approved_by)
        if dispute.appeal is None or not dispute.appeal.after_end:
            return self._disputes.approved(proposal)
        self._disputes.check_appeal_by(dispute, verdict.by, verdict.approved_by)
        return self._decision(dispute, order, verdict)[1]

    def _decision(self, dispute: Dispute, order: Order, verdict: Verdict) -> tuple[Dispute, list[Write]]:
        check_clause(order, verdict)
        first, appeal = _first(dispute), dispute.appeal
        if appeal is None:
            raise ValueError("an appeal is decided once there is one")
        _check_bounds(order, first, appeal, verdict)
        decision = Decision(
            verdict.refund_minor,
            first.seller_minor + first.refund_minor - verdict.refund_minor,
            verdict.clause,
            verdict.reasons,
            verdict.by,
            self._clock.now(),
            lines=verdict.lines,
            approved_by=verdict.approved_by,
        )
        decided = replace(appeal, decision=decision)
        after = replace(dispute, appeal=decided, proposal_id="", revision=dispute.revision + 1)
        return after, [
            self._store.change(dispute, after),
            self._rows.no_late_appeal(dispute.dispute_id),
            self._disputes.tell(after, "appeal_decided", order),
            *self._aftermath.decided(after, order),
            *self._money(order, first, decision, verdict),
        ]

    def _money(self, order: Order, first: Decision, decided: Decision, verdict: Verdict) -> list[Write]:
        more_minor = decided.refund_minor - first.refund_minor
        if more_minor < 0:
            has_minor, would_have_minor = seller_parts(order, decided, self._returns_of(order.order_id))
            # Even where nothing is paid: the returns were read after the order, and are to be of the same moment.
            return [*self._compensation.writes(order, has_minor, would_have_minor), self._standing.unmoved(order)]
        if not more_minor:
            return []
        return self._refunds.request(
            order,
            more_minor,
            reason=verdict.reasons,
            actor=OPERATOR,
            refund_id=derived_id("ref", str(order.dispute_id), "appeal"),
            requested_by=verdict.by,
            cause="decision",
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


def _first(dispute: Dispute) -> Decision:
    if dispute.decision is None:
        raise ValueError("an appeal is about a decision")
    return dispute.decision


def _check_bounds(order: Order, first: Decision, appeal: Appeal, verdict: Verdict) -> None:
    """Refuse an amount that would leave a side that appealed alone worse off, or exceed what there is."""
    least = 0 if SELLER in appeal.sides else first.refund_minor
    most = first.refund_minor + (order.seller_left_minor if BUYER in appeal.sides else 0)
    if not least <= verdict.refund_minor <= most:
        raise AwardDoesNotSum(fields={"refund_minor": f"between_{least}_and_{most}"})
