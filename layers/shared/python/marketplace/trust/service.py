"""What operators decide about held orders, and what the parties of an order may read of any decision."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from marketplace.decisions.model import MODERATOR
from marketplace.decisions.ports import Recording
from marketplace.kit.clock import Clock
from marketplace.kit.ids import derived_id
from marketplace.kit.rows import Rows
from marketplace.kit.writes import Transactions, Write
from marketplace.orders.model import OrderMissing, OwnCase
from marketplace.outbox.ports import Outbox
from marketplace.staff.acts import StaffActs
from marketplace.staff.ports import IsMember
from marketplace.trust.model import (
    CLEAR,
    CLEARED,
    IN_FORCE,
    OPEN,
    REFUSE,
    REFUSED,
    TOO_LATE,
    Case,
    DecisionReceipt,
    HoldAlreadyDecided,
    HoldMissing,
    ReasonsMissing,
)
from marketplace.trust.ports import HoldableOrders, Records, ReleaseHolds
from marketplace.trust.screening import RECEIPT, hold_event, is_decided

Release = Callable[[str, str, str], Sequence[Write]]


class Trust:
    """Decisions about held orders."""

    def __init__(
        self,
        *,
        clock: Clock,
        transactions: Transactions,
        outbox: Outbox,
        records: Records,
        orders: HoldableOrders,
        release_holds: ReleaseHolds,
        acts: StaffActs,
        is_member: IsMember,
        decisions: Recording,
    ) -> None:
        self._clock = clock
        self._transactions = transactions
        self._outbox = outbox
        self._records = records
        self._orders = orders
        self._release_holds = release_holds
        self._acts = acts
        self._is_member = is_member
        self._decisions = decisions

    def open_holds(self, operator_id: str, cursor: str | None, limit: int) -> Rows[Case]:
        """Return one page of the orders that wait for a person, the longest waiting first.

        The reader's own are left out, so that a page may be shorter than `limit` and not be the last.

        Raises: BadCursor.
        """
        found = self._records.open_cases(cursor, limit)
        return Rows(tuple(case for case in found.items if operator_id not in case.parties), found.cursor)

    def hold(self, order_id: str, operator_id: str) -> tuple[Case, tuple[DecisionReceipt, ...]]:
        """Return a case, open or decided, with every decision about its order.

        Raises: HoldMissing; OwnCase: what was found about somebody is not theirs to read, whatever their role.
        """
        case = self._case(order_id)
        self._check_not_own(case, operator_id)
        return case, self._records.receipts(order_id)

    def clear(self, order_id: str, operator_id: str, reasons: str) -> DecisionReceipt:
        """Lift the hold, for reasons that both parties will read.

        Raises: HoldMissing; HoldAlreadyDecided; OwnCase; ReasonsMissing;
        Conflict when the order does not allow it now.
        """
        return self._decide(order_id, operator_id, reasons, CLEAR, self._release_holds.clear)

    def refuse(self, order_id: str, operator_id: str, reasons: str) -> DecisionReceipt:
        """Refuse the order: the buyer is refunded, for reasons that both parties will read.

        Raises: HoldMissing; HoldAlreadyDecided; OwnCase; ReasonsMissing;
        Conflict when the order does not allow it now.
        """
        return self._decide(order_id, operator_id, reasons, REFUSE, self._release_holds.refuse)

    def receipts_for(
        self, order_id: str, account_id: str, visitor: str | None = None
    ) -> tuple[str, tuple[DecisionReceipt, ...]]:
        """Return the reader's role in the order, and the decisions about it.

        `visitor` is the staff member who looks through the reader's eyes.

        Raises: OrderMissing for anybody but the parties; OwnCase when the other party is the visitor, who would read
        what was found about their own order.
        """
        order = self._orders.read(order_id)
        role = order.party(account_id) if order else None
        if order is None or role is None:
            raise OrderMissing
        if visitor is not None and order.party(visitor):
            raise OwnCase
        return role, self._records.receipts(order_id)

    def _case(self, order_id: str) -> Case:
        case = self._records.case(order_id)
        if case is None:
            raise HoldMissing
        return case

    def _check_not_own(self, case: Case, operator_id: str) -> None:
        """Let nobody judge, or read what was found about, an order of theirs or of a seller whom they act for."""
        if operator_id in case.parties or self._is_member(case.seller_id, operator_id):
            raise OwnCase

    def _decide(
        self, order_id: str, operator_id: str, reasons: str, decision: str, release: Release
    ) -> DecisionReceipt:
        if not reasons.strip():
            raise ReasonsMissing
        case = self._case(order_id)
        self._check_not_own(case, operator_id)
        if case.state != OPEN:
            raise HoldAlreadyDecided
        order = self._orders.read(order_id)
        if order is None:
            raise HoldMissing
        # An order may end while its case waits (a dispute, a chargeback, the hold's own deadline). The case is
        # still closed with a receipt, which says that it changed nothing.
        late = is_decided(order)
        receipt = self._receipt(case, operator_id, reasons.strip(), decision, TOO_LATE if late else IN_FORCE)
        released = [] if late else release(order_id, operator_id, receipt.receipt_id)
        act = self._acts.note(operator_id, f"hold.{decision}", order_id, {"receipt_id": receipt.receipt_id})
        self._transactions.commit([*self._decision(case, receipt), *released, act])
        return receipt

    def _receipt(self, case: Case, operator_id: str, reasons: str, decision: str, effect: str) -> DecisionReceipt:
        return DecisionReceipt(
            # One id for whatever is decided about a hold: two operators at once collide here.
            receipt_id=derived_id(RECEIPT, "decision", case.receipt_id),
            order_id=case.order_id,
            decision=decision,
            effect=effect,
            automated=False,
            decided_at=self._clock.now(),
            decided_by=operator_id,
            reasons=reasons,
            answers=case.receipt_id,
        )

    def _decision(self, case: Case, receipt: DecisionReceipt) -> list[Write]:
        cleared = receipt.decision == CLEAR
        closed = replace(
            case,
            state=CLEARED if cleared else REFUSED,
            decided_at=receipt.decided_at,
            decided_by=receipt.decided_by,
            decision_receipt_id=receipt.receipt_id,
        )
        writes = [self._records.put_receipt(receipt, HoldAlreadyDecided()), self._records.close_case(closed)]
        if receipt.effect == IN_FORCE:  # nothing changed for the parties otherwise
            told = hold_event("hold.cleared" if cleared else "hold.refused", case, receipt)
            writes += [self._outbox.publish(told), *self._recorded(case, receipt)]
        return writes

    def _recorded(self, case: Case, receipt: DecisionReceipt) -> list[Write]:
        return self._decisions.record(
            kind="hold.cleared" if receipt.decision == CLEAR else "hold.refused",
            subject=case.order_id,
            concerns=[case.buyer_id, case.seller_id],
            by=MODERATOR,
            once=receipt.receipt_id,
            reasons=receipt.reasons or "",
            detected=True,
        )
