"""Open, answer, show and decide; each step moves the order in the same transaction, so that the money stands still."""

from dataclasses import dataclass, replace
from typing import Any

from marketplace.catalog.ports import UploadForm
from marketplace.disputes.model import (
    EVIDENCE_BYTES_MAX,
    EVIDENCE_MAX,
    EVIDENCE_TYPES,
    SELLER_PART_MIN_MINOR,
    Decision,
    Dispute,
    DisputeDecided,
    DisputeMissing,
    Evidence,
    EvidenceFull,
    EvidenceRefused,
)
from marketplace.disputes.ports import Disputes, Uploads
from marketplace.kit.clock import Clock, to_text
from marketplace.kit.ids import Ids, derived_id
from marketplace.kit.rows import Rows
from marketplace.kit.writes import Transactions, Write
from marketplace.orders.model import BUYER, OPERATOR, SELLER, Award, AwardDoesNotSum, Order, OrderMissing, OwnCase
from marketplace.orders.moves import Mover
from marketplace.orders.ports import Orders
from marketplace.outbox.model import event
from marketplace.outbox.ports import Outbox

CLOCK = "clock"


@dataclass(frozen=True, slots=True)
class DisputeView:
    """A dispute with the order it is about."""

    dispute: Dispute
    order: Order


class DisputeService:
    """What buyers, sellers and operators do with a dispute."""

    def __init__(
        self,
        *,
        clock: Clock,
        ids: Ids,
        transactions: Transactions,
        disputes: Disputes,
        orders: Orders,
        mover: Mover,
        outbox: Outbox,
        uploads: Uploads,
    ) -> None:
        self._clock = clock
        self._ids = ids
        self._tx = transactions
        self._disputes = disputes
        self._orders = orders
        self._mover = mover
        self._outbox = outbox
        self._uploads = uploads

    def open(self, order_id: str, buyer_id: str, reason: str, statement: str, wanted_minor: int | None) -> DisputeView:
        """Open the order's one dispute: from here on nothing is released until it is decided.

        `wanted_minor` is what the buyer asks back, up to the order's total (the default).

        Raises: OrderMissing, TransitionRefused, DisputeExists, AwardDoesNotSum.
        """
        order = self._orders.read(order_id)
        if order is None or order.buyer_id != buyer_id:
            raise OrderMissing
        wanted = order.total_minor if wanted_minor is None else wanted_minor
        if not 0 < wanted <= order.total_minor:
            raise AwardDoesNotSum(fields={"wanted_minor": "between_1_and_total"})
        dispute = new_dispute(order, reason, statement, wanted, self._clock)
        step = self._mover.plan(order, "open_dispute", BUYER, dispute_id=dispute.dispute_id)
        self._tx.commit([*step.writes, self._disputes.open(dispute), self._tell(dispute, "opened", step.after)])
        return DisputeView(dispute, step.after)

    def view(self, dispute_id: str, account_id: str, *, operator: bool = False) -> DisputeView:
        """Return a dispute to one of its parties or to an operator.

        Raises: DisputeMissing.
        """
        dispute, _ = self._for(dispute_id, account_id, operator=operator)
        return DisputeView(dispute, self._order(dispute))

    def answer(self, dispute_id: str, seller_id: str, statement: str) -> DisputeView:
        """Give the seller's side; an operator decides next.

        Raises: DisputeMissing, TransitionRefused, DisputeDecided.
        """
        dispute, role = self._for(dispute_id, seller_id, operator=False)
        if role != SELLER:
            raise DisputeMissing
        now = self._clock.now()
        after = replace(dispute, answer=statement, answered_at=now, revision=dispute.revision + 1)
        step = self._mover.plan(self._order(dispute), "answer", SELLER)
        self._tx.commit(
            [*step.writes, self._disputes.change(dispute, after), self._tell(after, "answered", step.after)]
        )
        return DisputeView(after, step.after)

    def announce_evidence(
        self, dispute_id: str, account_id: str, *, content_type: str, size_bytes: int, sha256: str, description: str
    ) -> tuple[Evidence, UploadForm]:
        """Note a file of one side's, and return the form that uploads exactly it.

        Raises: DisputeMissing, DisputeDecided, EvidenceFull, EvidenceRefused.
        """
        if content_type not in EVIDENCE_TYPES:
            raise EvidenceRefused(fields={"content_type": "one_of:" + ",".join(EVIDENCE_TYPES)})
        if not 0 < size_bytes <= EVIDENCE_BYTES_MAX:
            raise EvidenceRefused(fields={"size_bytes": f"at_most_{EVIDENCE_BYTES_MAX}"})
        dispute, role = self._for(dispute_id, account_id, operator=False)
        if dispute.decision:
            raise DisputeDecided
        if sum(each.by == role for each in dispute.evidence) >= EVIDENCE_MAX:
            raise EvidenceFull
        now = self._clock.now()
        evidence = Evidence(self._ids.new("evd", now), role, content_type, size_bytes, sha256, description, now)
        after = replace(dispute, evidence=(*dispute.evidence, evidence), revision=dispute.revision + 1)
        self._tx.commit([self._disputes.change(dispute, after)])
        key = f"evidence/{dispute_id}/{evidence.evidence_id}"
        return evidence, self._uploads.form(key, content_type=content_type, size_bytes=size_bytes, sha256=sha256)

    def queue(self, cursor: str | None, limit: int) -> Rows[Dispute]:
        """List undecided disputes for operators, the oldest first."""
        return self._disputes.page_open(cursor, limit)

    def decide(self, dispute_id: str, operator_id: str, refund_minor: int, clause: str, reasons: str) -> DisputeView:
        """Award the buyer `refund_minor` and the seller the rest; the payout begins in the same transaction.

        Raises: DisputeMissing, OwnCase, DisputeDecided, TransitionRefused, AwardDoesNotSum.
        """
        dispute, role = self._for(dispute_id, operator_id, operator=True)
        if role != OPERATOR:
            raise OwnCase
        if dispute.decision:
            raise DisputeDecided
        order = self._order(dispute)
        award = _award(order, refund_minor)
        step = self._mover.plan(order, "decide", OPERATOR, decided=award, facts={"dispute_id": dispute_id})
        after = _decided(dispute, award, clause=clause, reasons=reasons, by=operator_id, clock=self._clock)
        self._tx.commit([*step.writes, self._disputes.change(dispute, after), self._tell(after, "decided", step.after)])
        return DisputeView(after, step.after)

    def lapse(self, order: Order) -> list[Write]:
        """Return the writes that close an order's dispute which ended by the clock; see orders.clock.Cases."""
        dispute = self._disputes.read(order.dispute_id) if order.dispute_id else None
        if dispute is None or dispute.decision:
            return []
        everything = Award(refund_minor=order.left_minor, seller_minor=0)
        after = _decided(
            dispute, everything, clause="process.silence", reasons="nobody decided in time", by=CLOCK, clock=self._clock
        )
        return [self._disputes.change(dispute, after), self._tell(after, "decided", order)]

    def reopen_after_chargeback(self, order: Order) -> tuple[str, list[Write]]:
        """Return the id of the case that an operator decides after a won chargeback, and the writes that open it."""
        if order.dispute_id:
            return order.dispute_id, []
        dispute = new_dispute(order, "charged_back", "", order.total_minor, self._clock)
        return dispute.dispute_id, [self._disputes.open(dispute), self._tell(dispute, "opened", order)]

    def _for(self, dispute_id: str, account_id: str, *, operator: bool) -> tuple[Dispute, str]:
        dispute = self._disputes.read(dispute_id)
        roles = {dispute.buyer_id: BUYER, dispute.seller_id: SELLER} if dispute else {}
        role = roles.get(account_id, OPERATOR if operator else None)
        if dispute is None or role is None:
            raise DisputeMissing
        return dispute, role

    def _order(self, dispute: Dispute) -> Order:
        order = self._orders.read(dispute.order_id)
        if order is None:
            raise DisputeMissing
        return order

    def _tell(self, dispute: Dispute, what: str, order: Order) -> Write:
        parties = {"order_id": dispute.order_id, "buyer_id": dispute.buyer_id, "seller_id": dispute.seller_id}
        decided = dispute.decision
        about: dict[str, Any] = {"currency": order.currency}
        if order.due_at:
            about["due_at"] = to_text(order.due_at)
        if decided:
            about |= {"refund_minor": decided.refund_minor, "seller_minor": decided.seller_minor}
        now = self._clock.now()
        return self._outbox.publish(event(f"dispute.{what}", dispute.dispute_id, now, **parties, **about))


def new_dispute(order: Order, reason: str, statement: str, wanted_minor: int, clock: Clock) -> Dispute:
    """Make an order's one dispute; its id follows from the order."""
    dispute_id = derived_id("dsp", order.order_id)
    parties = (order.order_id, order.buyer_id, order.seller_id)
    return Dispute(dispute_id, *parties, reason, statement, wanted_minor, clock.now())


def _award(order: Order, refund_minor: int) -> Award:
    seller_minor = order.left_minor - refund_minor
    if refund_minor < 0 or seller_minor < 0:
        raise AwardDoesNotSum(fields={"refund_minor": "between_0_and_total"})
    if 0 < seller_minor < SELLER_PART_MIN_MINOR:
        raise AwardDoesNotSum(fields={"refund_minor": f"leave_the_seller_0_or_at_least_{SELLER_PART_MIN_MINOR}"})
    return Award(refund_minor, seller_minor)


def _decided(dispute: Dispute, award: Award, *, clause: str, reasons: str, by: str, clock: Clock) -> Dispute:
    decision = Decision(award.refund_minor, award.seller_minor, clause, reasons, by, clock.now())
    return replace(dispute, decision=decision, revision=dispute.revision + 1)
