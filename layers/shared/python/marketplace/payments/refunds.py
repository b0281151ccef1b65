"""Refunds as they are asked for: of what is held, or of what was released before.

Asking commits everything that must be true before a call: how much is given back (a condition on the order, so that no
two refunds, and no refund and release, spend the same money), who bears it (the ledger), and the intents. The calls are
made by whoever comes first, from a queue or from the sweep: see refund_legs.py.

While the order runs, the money comes out of its hold, and its award divides what is left; all that is left is the award
itself, and ends the order. After the end the seller's part is taken back from their Stripe account, or is their debt;
the commission on it is given back, and the order stays what it was.
"""

from collections.abc import Sequence

from marketplace.kit.clock import Clock
from marketplace.kit.errors import Conflict, Forbidden, IdempotencyKeyReused
from marketplace.kit.ids import derived_id
from marketplace.kit.principal import Idempotency, Principal
from marketplace.kit.step_up import (
    has_stepped_up,
    is_large_refund,
    require_step_up,
    step_up_required,
    unproved_refunds_max_minor,
)
from marketplace.kit.writes import Transactions, Write
from marketplace.orders.model import OPERATOR, SELLER, Order, OrderMissing, OwnCase
from marketplace.orders.ports import Orders
from marketplace.payments.model import IntentState
from marketplace.payments.ports import Given, Payments, RefundRows, UnclaimedRows
from marketplace.payments.refund_model import (
    Cause,
    OrderRefunds,
    Refund,
    RefundedMeanwhile,
    RefundExists,
    RefundLine,
    RefundView,
    view_of,
)
from marketplace.payments.refund_plan import RefundPlan
from marketplace.payments.unclaimed_model import Unclaimed
from marketplace.staff.approvals import Approvals
from marketplace.staff.kinds import KINDS
from marketplace.staff.model import Proposal

MANUAL = "refund.manual"  # the kind of proposal


class Refunds:
    """Takes refunds in."""

    def __init__(
        self,
        *,
        clock: Clock,
        transactions: Transactions,
        orders: Orders,
        payments: Payments,
        refunds: RefundRows,
        plan: RefundPlan,
        approvals: Approvals,
        given: Given,
        unclaimed: UnclaimedRows,
    ) -> None:
        self._clock = clock
        self._tx = transactions
        self._orders = orders
        self._payments = payments
        self._refunds = refunds
        self._plan = plan
        self._approvals = approvals
        self._given = given
        self._unclaimed = unclaimed

    def of_order(self, order_id: str, account_id: str, *, staff: bool = False) -> OrderRefunds:
        """Return an order's refunds to its parties and to staff.

        Raises: OrderMissing for anybody else.
        """
        order = self._read(order_id)
        if order.party(account_id) is None and not staff:
            raise OrderMissing
        return OrderRefunds(order, tuple(self._views(self._refunds.of_order(order_id))))

    def ask(
        self,
        order_id: str,
        seller: Principal,
        amount_minor: int,
        reason: str,
        attempt: Idempotency,
        *,
        cause: str = Cause.GOODWILL,
        lines: Sequence[RefundLine] = (),
    ) -> RefundView:
        """Give money back as the order's seller; the same attempt again returns the same refund.

        Raises: OrderMissing; StepUpRequired for a large amount; IdempotencyKeyReused; and what `request` raises.
        """
        order = self._read(order_id)
        if order.party(seller.account_id) != SELLER:
            raise OrderMissing
        refund_id = derived_id("ref", seller.account_id, order_id, attempt.key)
        known = self._known(order_id, refund_id, attempt)
        if known:
            return known
        if is_large_refund(order.refunded_minor + order.refunded_after_minor + amount_minor, order.currency):
            require_step_up(seller, self._clock.now())
        writes = self.request(
            order,
            amount_minor,
            reason=reason,
            actor=SELLER,
            refund_id=refund_id,
            requested_by=seller.account_id,
            cause=cause,
            lines=lines,
            fingerprint=attempt.fingerprint,
        )
        try:
            self._tx.commit([*writes, self._counted(order, amount_minor, seller)])
        except Conflict:
            known = self._known(order_id, refund_id, attempt)
            if known is None:
                raise
            return known  # the same attempt, twice at once
        return self._view(order_id, refund_id)

    def _counted(self, order: Order, amount_minor: int, seller: Principal) -> Write:
        """Count a refund into the seller's day: without a fresh proof it stays below a large one."""
        now, refusal = self._clock.now(), step_up_required(seller)
        at_most = None if has_stepped_up(seller, now) else unproved_refunds_max_minor(order.currency)
        return self._given.count(order.seller_id, order.currency, amount_minor, now, at_most=at_most, refusal=refusal)

    def request(
        self,
        order: Order,
        amount_minor: int,
        *,
        reason: str,
        actor: str,
        refund_id: str,
        requested_by: str,
        cause: str = Cause.GOODWILL,
        lines: Sequence[RefundLine] = (),
        fingerprint: str = "",
    ) -> list[Write]:
        """Return the writes that give `amount_minor` of an order back; whoever asks commits them with their own.

        They refuse, when somebody moved or refunded the order meanwhile, with TransitionRefused.

        Raises: as RefundPlan.writes.
        """
        asked = Refund(
            refund_id=refund_id,
            order_id=order.order_id,
            amount_minor=amount_minor,
            currency=order.currency,
            reason=reason,
            cause=cause,
            requested_by=requested_by,
            actor=actor,
            requested_at=self._clock.now(),
            fingerprint=fingerprint,
            lines=tuple(lines),
            cost_bearer=order.refund_cost_bearer,
        )
        return self._plan.writes(order, asked)

    def propose(
        self, order_id: str, staff: Principal, amount_minor: int, reasons: str, attempt: Idempotency, *, cause: str
    ) -> Proposal:
        """Propose a refund as somebody of the staff: it is made when another one approves it.

        Raises: Forbidden; OrderMissing; OwnCase; RefundAmountInvalid; RefundTooLarge; ChargeDisputed; DisputeDecides;
            RefundTooEarly; TransitionRefused; ProposalDiffers.
        """
        if not staff.roles & KINDS[MANUAL].proposed_by:
            raise Forbidden
        order = self._read(order_id)
        if order.party(staff.account_id):
            raise OwnCase
        asked: dict[str, str | int] = {"order_id": order_id, "amount_minor": amount_minor, "cause": cause}
        once = f"{staff.account_id}#{attempt.key}"
        known = self._approvals.repeated(
            kind=MANUAL, subject=order_id, asked=asked, principal=staff, reasons=reasons, once=once
        )
        if known is not None:
            return known
        by = staff.account_id
        # What could not be made now is not proposed; its writes are made anew from what stands when it is approved.
        self.request(order, amount_minor, reason=reasons, actor=OPERATOR, refund_id="", requested_by=by, cause=cause)
        return self._approvals.propose(
            kind=MANUAL,
            subject=order_id,
            facts=asked | {"refunded_minor": _refunded_minor(order)},
            principal=staff,
            reasons=reasons,
            once=once,
            concerns=(order.buyer_id, order.seller_id),
        )

    def approved(self, proposal: Proposal) -> list[Write]:
        """Return the writes of a refund that two people agreed on.

        Raises: RefundedMeanwhile when something went back since it was proposed; and as `request`.
        """
        order = self._read(str(proposal.facts["order_id"]))
        if proposal.facts.get("refunded_minor", 0) != _refunded_minor(order):
            raise RefundedMeanwhile
        return self.request(
            order,
            int(proposal.facts["amount_minor"]),
            reason=proposal.reasons,
            actor=OPERATOR,
            refund_id=derived_id("ref", proposal.proposal_id),
            requested_by=proposal.proposed_by,
            cause=str(proposal.facts["cause"]),
        )

    def _known(self, order_id: str, refund_id: str, attempt: Idempotency) -> RefundView | None:
        known = self._refunds.read(order_id, refund_id)
        if known is None:
            return None
        if known.fingerprint != attempt.fingerprint:
            raise IdempotencyKeyReused
        return self._view(order_id, refund_id)

    def _view(self, order_id: str, refund_id: str) -> RefundView:
        refund = self._refunds.read(order_id, refund_id)
        if refund is None:
            raise RefundExists  # committed a moment ago: it cannot be gone
        [view] = self._views([refund])
        return view

    def _views(self, refunds: Sequence[Refund]) -> list[RefundView]:
        """Say how far each has come, also what was closed of it and sent by another name since."""
        wanted = sorted({name for each in refunds for name in (each.leg_id, each.reversal_id) if name})
        intents = dict(self._payments.intents(wanted)) if wanted else {}
        legs = {each.leg_id: each.leg_id for each in refunds}  # by the name under which each was sent last
        kept: dict[str, Unclaimed] = {}
        while closed := [name for name in legs if name in intents and intents[name].state is IntentState.CLOSED]:
            rows = {legs[row.name]: row for row in self._unclaimed.read_many(tuple(closed))}
            kept |= rows
            legs = {row.sent_as: leg for leg, row in rows.items() if row.sent_as}
            intents |= self._payments.intents(list(legs)) if legs else {}
        return [view_of(each, intents, kept) for each in refunds]

    def _read(self, order_id: str) -> Order:
        order = self._orders.read(order_id)
        if order is None:
            raise OrderMissing
        return order


def _refunded_minor(order: Order) -> int:
    """Return what went back, or was promised, beside the award."""
    return order.refunded_minor + order.refunded_after_minor
