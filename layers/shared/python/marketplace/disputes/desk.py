"""What every part of the disputes area does: find the case, know who asks, tell both sides."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from marketplace.disputes.clauses import APPEAL_DAYS
from marketplace.disputes.model import SELLER_PART_MIN_MINOR, Decision, Dispute, DisputeMissing
from marketplace.disputes.ports import Aftermath, AgreedReturns, Approvals, BuyerClaims, Disputes, Standing, Uploads
from marketplace.kit.clock import Clock, to_text
from marketplace.kit.files import StoredFiles
from marketplace.kit.ids import Ids, derived_id
from marketplace.kit.writes import Transactions, Write
from marketplace.orders.model import BUYER, OPERATOR, SELLER, Award, AwardDoesNotSum, Order
from marketplace.orders.moves import Mover
from marketplace.orders.ports import Orders, Screenings
from marketplace.outbox.model import event
from marketplace.outbox.ports import Outbox
from marketplace.staff.acts import StaffActs
from marketplace.staff.ports import IsMember

APPEALABLE_FROM = 2  # the process version that waits for an appeal


@dataclass(frozen=True, slots=True)
class DisputeView:
    """A dispute with the order it is about."""

    dispute: Dispute
    order: Order


class Desk:
    """The parts that all acts about a dispute share."""

    def __init__(
        self,
        *,
        clock: Clock,
        ids: Ids,
        transactions: Transactions,
        disputes: Disputes,
        orders: Orders,
        standing: Standing,
        mover: Mover,
        outbox: Outbox,
        uploads: Uploads,
        files: StoredFiles,
        acts: StaffActs,
        is_member: IsMember,
        approvals: Approvals,
        aftermath: Aftermath,
        claims: BuyerClaims,
        returns: AgreedReturns,
        screenings: Screenings,
    ) -> None:
        self._clock = clock
        self._ids = ids
        self._tx = transactions
        self._disputes = disputes
        self._orders = orders
        self._standing = standing
        self._mover = mover
        self._outbox = outbox
        self._uploads = uploads
        self._files = files
        self._acts = acts
        self._is_member = is_member
        self._approvals = approvals
        self._aftermath = aftermath
        self._claims = claims
        self._returns = returns
        self._screenings = screenings

    def view(self, dispute_id: str, account_id: str, *, operator: bool = False, by: str = "") -> DisputeView:
        """Return a dispute to one of its parties or to an operator; `by` acts for the seller, and sees their side.

        Raises: DisputeMissing.
        """
        dispute, _ = self.case(dispute_id, account_id, operator=operator, by=by)
        return DisputeView(dispute, self.order_of(dispute))

    def case(self, dispute_id: str, account_id: str, *, operator: bool = False, by: str = "") -> tuple[Dispute, str]:
        """Return a dispute and the part that this account has in it; staff of the seller's team have none.

        Raises: DisputeMissing.
        """
        dispute = self._disputes.read(dispute_id)
        roles = {dispute.buyer_id: BUYER, dispute.seller_id: SELLER} if dispute else {}
        role = roles.get(account_id, OPERATOR if operator else None)
        if dispute is None or role is None or (by and role != SELLER):
            raise DisputeMissing
        if role == OPERATOR and self._is_member(dispute.seller_id, account_id):
            raise DisputeMissing  # they see the seller's side, as the team does
        return dispute, role

    def order_of(self, dispute: Dispute) -> Order:
        """Return the order that a dispute is about."""
        order = self._orders.read(dispute.order_id)
        if order is None:
            raise DisputeMissing
        return order

    def tell(self, dispute: Dispute, what: str, order: Order, *, once: str = "", only: str = "", **more: Any) -> Write:
        """Publish what happened; `only` is the one side that is to be told, `more` further facts."""
        parties = {"order_id": dispute.order_id, "buyer_id": dispute.buyer_id, "seller_id": dispute.seller_id}
        if only:
            del parties[{BUYER: "seller_id", SELLER: "buyer_id"}[only]]
        decided = dispute.standing
        about: dict[str, Any] = {"currency": order.currency}
        if order.due_at:
            about["due_at"] = to_text(order.due_at)
        if decided:
            about |= {"refund_minor": decided.refund_minor, "seller_minor": decided.seller_minor}
        facts = {**parties, **about, **more}
        once = once or (str(len(dispute.past)) if dispute.past else "")  # a case that was opened again tells again
        return self._outbox.publish(event(f"dispute.{what}", dispute.dispute_id, self._clock.now(), once=once, **facts))


def new_dispute(order: Order, reason: str, statement: str, wanted_minor: int, clock: Clock) -> Dispute:
    """Make an order's one dispute; its id follows from the order."""
    dispute_id = derived_id("dsp", order.order_id)
    parties = (order.order_id, order.buyer_id, order.seller_id)
    return Dispute(dispute_id, *parties, reason, statement, wanted_minor, clock.now())


def award_for(order: Order, refund_minor: int) -> Award:
    """Divide what is left of an order.

    Raises: AwardDoesNotSum.
    """
    seller_minor = order.left_minor - refund_minor
    if refund_minor < 0 or seller_minor < 0:
        raise AwardDoesNotSum(fields={"refund_minor": "between_0_and_total"})
    if 0 < seller_minor < SELLER_PART_MIN_MINOR:
        raise AwardDoesNotSum(fields={"refund_minor": f"leave_the_seller_0_or_at_least_{SELLER_PART_MIN_MINOR}"})
    return Award(refund_minor, seller_minor)


def losers(dispute: Dispute, decision: Decision) -> tuple[str, ...]:
    """Name the sides that did not get what they asked for: the seller always asks for everything."""
    wanted_minor = min(dispute.wanted_minor, decision.refund_minor + decision.seller_minor)
    lost = {BUYER: decision.refund_minor < wanted_minor, SELLER: decision.refund_minor > 0}
    return tuple(side for side in (BUYER, SELLER) if lost[side])


# Where a side's appeal still finds something to change once the money went: what the other side got.
APPEALABLE_ENDS: Mapping[str, frozenset[str]] = {
    BUYER: frozenset({"released", "split"}),
    SELLER: frozenset({"refunded", "split"}),
}


def may_appeal(dispute: Dispute, order: Order, side: str, now: datetime) -> bool:
    """Say whether this side could still appeal, evidence aside."""
    decision = dispute.decision
    if decision is None or not decision.is_by_person or dispute.appeal or order.process_version < APPEALABLE_FROM:
        return False
    reachable = order.state == "decided" or order.state in APPEALABLE_ENDS[side]
    in_time = now < decision.at + timedelta(days=APPEAL_DAYS)
    return reachable and in_time and side in losers(dispute, decision)
