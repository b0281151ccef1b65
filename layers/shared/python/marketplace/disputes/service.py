"""Open, answer, talk and end a dispute; each step moves the order in the same transaction: the money stands still."""

from dataclasses import replace

from marketplace.disputes.clauses import APPEAL_DAYS
from marketplace.disputes.deciding import Deciding
from marketplace.disputes.desk import APPEALABLE_FROM, DisputeView, new_dispute
from marketplace.disputes.errors import ReasonUnfit
from marketplace.disputes.evidence import Evidences
from marketplace.disputes.model import CLOCK, PARTIES, Decision, Dispute, DisputeMissing
from marketplace.disputes.offers import Offers
from marketplace.disputes.reasons import fits
from marketplace.kit.rows import Rows
from marketplace.kit.writes import Write
from marketplace.orders.model import BUYER, SELLER, Award, AwardDoesNotSum, Order, OrderMissing

__all__ = ["APPEAL_DAYS", "DisputeService", "DisputeView"]


class DisputeService(Evidences, Offers, Deciding):
    """What buyers, sellers and operators do with a dispute."""

    def open(self, order_id: str, buyer_id: str, reason: str, statement: str, wanted_minor: int | None) -> DisputeView:
        """Open the order's one dispute: from here on nothing is released until it is decided.

        Raises: as `opening`.
        """
        view, writes = self.opening(order_id, buyer_id, reason, statement, wanted_minor)
        self._tx.commit(writes)
        return view

    def opening(
        self, order_id: str, buyer_id: str, reason: str, statement: str, wanted_minor: int | None
    ) -> tuple[DisputeView, list[Write]]:
        """Return the order's one dispute and the writes that open it; a refused claim commits them with its own.

        `wanted_minor` is what the buyer asks back, up to what is left of the order (the default).

        Raises: OrderMissing, TransitionRefused, DisputeExists, AwardDoesNotSum, ReasonUnfit, ClaimNeedsEvidence.
        """
        order = self._orders.read(order_id)
        if order is None or order.buyer_id != buyer_id:
            raise OrderMissing
        wanted = order.total_minor if wanted_minor is None else wanted_minor
        if not 0 < wanted <= order.total_minor:
            raise AwardDoesNotSum(fields={"wanted_minor": "between_1_and_total"})
        dispute = new_dispute(order, reason, statement, wanted, self._clock)
        step = self._mover.plan(order, "open_dispute", BUYER, dispute_id=dispute.dispute_id)
        if order.process_version >= APPEALABLE_FROM and not fits(reason, order.state, order.fulfilment):
            raise ReasonUnfit(fields={"reason": "not_in_this_state"}, state=order.state)
        dispute = replace(dispute, evidence=self._disputes.before(dispute.dispute_id)[1])
        counted = self._claims.opening(dispute)
        told = self.tell(dispute, "opened", step.after)
        return DisputeView(dispute, step.after), [*step.writes, self._disputes.open(dispute), told, *counted]

    def opening_again(
        self, order_id: str, buyer_id: str, reason: str, statement: str, wanted_minor: int | None
    ) -> tuple[DisputeView, list[Write]]:
        """Do as `opening` does; where the order's one dispute was taken back before, it is open again instead.

        Raises: as `opening`, without DisputeExists.
        """
        order = self._orders.read(order_id)
        known = self._disputes.read(order.dispute_id) if order and order.dispute_id else None
        if order is None or known is None or known.decision is None or known.buyer_id != buyer_id:
            return self.opening(order_id, buyer_id, reason, statement, wanted_minor)
        if not fits(reason, order.state, order.fulfilment):
            raise ReasonUnfit(fields={"reason": "not_in_this_state"}, state=order.state)
        wanted = min(order.total_minor, wanted_minor or order.total_minor)
        again = replace(_undecided(known, known.decision), reason=reason, statement=statement, wanted_minor=wanted)
        again = replace(again, answer=None, answered_at=None)
        step = self._mover.plan(order, "open_dispute", BUYER, dispute_id=known.dispute_id)
        told = self.tell(again, "reopened", step.after)
        return DisputeView(again, step.after), [*step.writes, self._disputes.change(known, again), told]

    def answer(self, dispute_id: str, seller_id: str, statement: str, *, by: str = "") -> DisputeView:
        """Give the seller's side; what comes next the order's process says.

        Raises: DisputeMissing, TransitionRefused, DisputeDecided.
        """
        dispute, role = self.case(dispute_id, seller_id, by=by)
        if role != SELLER:
            raise DisputeMissing
        now = self._clock.now()
        after = replace(dispute, answer=statement, answered_at=now, revision=dispute.revision + 1)
        facts = {"member_id": by} if by else {}
        step = self._mover.plan(self.order_of(dispute), "answer", SELLER, facts=facts)
        self._tx.commit([*step.writes, self._disputes.change(dispute, after), self.tell(after, "answered", step.after)])
        return DisputeView(after, step.after)

    def escalate(self, dispute_id: str, account_id: str, *, by: str = "") -> DisputeView:
        """Stop talking and ask the marketplace to decide, as either side.

        Raises: DisputeMissing, TransitionRefused.
        """
        dispute, role = self.case(dispute_id, account_id, by=by)
        step = self._mover.plan(self.order_of(dispute), "escalate", role, facts={"member_id": by} if by else {})
        self._tx.commit(step.writes)
        return DisputeView(dispute, step.after)

    def drop(self, dispute_id: str, buyer_id: str) -> DisputeView:
        """Take the claim back as the buyer: the order goes on from where its delivery, or its returns, stand.

        Raises: DisputeMissing, TransitionRefused, DisputeDecided, ReturnsMoved.
        """
        dispute, role = self.case(dispute_id, buyer_id)
        if role != BUYER:
            raise DisputeMissing
        order, unmoved = self._returns.beside(self.order_of(dispute))
        step = self._mover.plan(order, "drop", BUYER)
        decision = Decision(0, order.left_minor, "claim.dropped", "", PARTIES, self._clock.now())
        after = replace(dispute, decision=decision, revision=dispute.revision + 1)
        told = self.tell(after, "dropped", step.after)
        self._tx.commit([*step.writes, *unmoved, self._disputes.change(dispute, after), told])
        return DisputeView(after, step.after)

    def queue(self, cursor: str | None, limit: int) -> Rows[Dispute]:
        """List undecided disputes for operators, the oldest first."""
        return self._disputes.page_open(cursor, limit)

    def queue_views(self, cursor: str | None, limit: int) -> Rows[DisputeView]:
        """List them with their orders, which say how each stands and until when; the orders are read consistently."""
        rows = self._disputes.page_open(cursor, limit)
        orders = {each.order_id: each for each in self._orders.read_many([row.order_id for row in rows.items])}
        views = (DisputeView(each, orders[each.order_id]) for each in rows.items if each.order_id in orders)
        return Rows(tuple(views), rows.cursor)

    # What the clock and the banks do with a case: see orders.clock.Cases.

    def lapse(self, order: Order) -> list[Write]:
        """Return the writes that close an order's dispute which ended by the clock, or at a bank."""
        dispute = self._disputes.read(order.dispute_id) if order.dispute_id else None
        if dispute is None:
            return []
        if dispute.decision:
            return self.appeal_lapsed(order)
        now, everything = self._clock.now(), Award(refund_minor=order.left_minor, seller_minor=0)
        parts = (everything.refund_minor, everything.seller_minor)
        decision = Decision(*parts, "process.silence", "nobody decided in time", CLOCK, now)
        after = replace(dispute, decision=decision, proposal_id="", revision=dispute.revision + 1)
        told = self.tell(after, "decided", order)
        return [self._disputes.change(dispute, after), told, *self._aftermath.decided(after, order)]

    def appeal_lapsed(self, order: Order) -> list[Write]:
        """Return the writes that close an order's appeal which nobody decided: the first decision stands."""
        dispute = self._disputes.read(order.dispute_id) if order.dispute_id else None
        if dispute is None or dispute.appeal is None or not dispute.appeal.is_open:
            return []
        appeal = replace(dispute.appeal, lapsed=True)
        after = replace(dispute, appeal=appeal, proposal_id="", revision=dispute.revision + 1)
        told = self.tell(after, "appeal_lapsed", order)
        return [self._disputes.change(dispute, after), told, *self._aftermath.lapsed(after, order)]

    def open_case(self, order: Order, reason: str) -> tuple[str, list[Write]]:
        """Return the id of the case in which an operator decides about an order, and the writes that open it.

        An order has one case. One that was decided, agreed or dropped before, and not carried out, is open again.
        """
        dispute = self._disputes.read(order.dispute_id) if order.dispute_id else None
        if dispute is None:
            dispute = new_dispute(order, reason, "", order.total_minor, self._clock)
            return dispute.dispute_id, [self._disputes.open(dispute), self.tell(dispute, "opened", order)]
        if dispute.decision is None:
            return dispute.dispute_id, []
        again = _undecided(dispute, dispute.decision)
        told = self.tell(again, "reopened", order, once=str(len(again.past)))
        return dispute.dispute_id, [self._disputes.change(dispute, again), told, *self._aftermath.undone(again)]

    def reopen_after_chargeback(self, order: Order) -> tuple[str, list[Write]]:
        """Return the id of the case that an operator decides after a chargeback, and the writes that open it."""
        return self.open_case(order, "charged_back")


def _undecided(dispute: Dispute, decision: Decision) -> Dispute:
    """Return a case as it is open again; what was decided in it is kept."""
    return replace(
        dispute,
        decision=None,
        appeal=None,
        accepted=(),
        proposal_id="",
        past=(*dispute.past, decision),
        past_appeals=(*dispute.past_appeals, *((dispute.appeal,) if dispute.appeal else ())),
        revision=dispute.revision + 1,
    )
