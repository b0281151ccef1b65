"""What a refund of an order means for its money: the writes that promise it, and whom it is taken from."""

from collections.abc import Sequence
from dataclasses import replace

from marketplace.kit.money import AMOUNT_MAX_MINOR
from marketplace.kit.writes import Write
from marketplace.ledger import refunds as books
from marketplace.ledger import unclaimed
from marketplace.ledger.model import LedgerTransaction
from marketplace.ledger.ports import Ledger
from marketplace.orders.model import OPERATOR, SELLER, Order, TransitionRefused
from marketplace.orders.moves import Mover
from marketplace.orders.ports import Orders
from marketplace.orders.process import Kind
from marketplace.orders.rules import allowed_actions, process_of
from marketplace.outbox.model import event
from marketplace.outbox.ports import Outbox
from marketplace.payments.model import Intent, IntentKind
from marketplace.payments.ports import Debts, Payments, RefundRows, UnclaimedRows
from marketplace.payments.refund_costs import RefundCosts
from marketplace.payments.refund_limits import SELLER_DEBT_ALONE_MAX_MINOR, RefundBeyondBalance, may_owe
from marketplace.payments.refund_model import (
    REFUNDS_MAX,
    ChargeDisputed,
    DisputeDecides,
    Refund,
    RefundAmountInvalid,
    RefundLine,
    RefundTooEarly,
    RefundTooLarge,
    TooManyRefunds,
)
from marketplace.payments.reversible import largest_left
from marketplace.payments.sellers_part import SellersPart, SellersParts
from marketplace.payments.unclaimed_model import Stage
from marketplace.payouts.ports import Purses

_BY_DECISION = frozenset({"disputed", "negotiating", "dispute_review", "decided", "appeal_review"})
_AT_BANK = frozenset({"charged_back", "lost_to_chargeback"})
_DECIDED = frozenset({"chargeback_lost", "chargeback_reinstated"})
_WAYS_TO_END = ("cancel", "refund", "refuse")  # what gives back all that is left, as the process calls it
SETTLING_RETRY_SECONDS = 60


class RefundPlan:
    """Turns a refund that is asked for into writes."""

    def __init__(
        self,
        *,
        orders: Orders,
        mover: Mover,
        payments: Payments,
        refunds: RefundRows,
        debts: Debts,
        ledger: Ledger,
        outbox: Outbox,
        costs: RefundCosts,
        purses: Purses,
        parts: SellersParts,
        unclaimed: UnclaimedRows,
    ) -> None:
        self._orders = orders
        self._mover = mover
        self._payments = payments
        self._refunds = refunds
        self._debts = debts
        self._ledger = ledger
        self._outbox = outbox
        self._costs = costs
        self._purses = purses
        self._parts = parts
        self._unclaimed = unclaimed

    def writes(self, order: Order, asked: Refund) -> list[Write]:
        """Return the writes of a refund; they refuse with TransitionRefused when the order moved meanwhile.

        Raises: RefundAmountInvalid; RefundTooLarge; ChargeDisputed; DisputeDecides; RefundTooEarly;
            RefundBeyondBalance; TooManyRefunds; TransitionRefused for an order of which nothing was paid.
        """
        _check_lines(order, asked.lines)
        left_minor = self.left(order, asked.amount_minor)
        if process_of(order).states[order.state].kind is Kind.END:
            return self._after_end(order, asked)
        if asked.amount_minor == left_minor:
            return self._whole(order, asked, _way_to_end(order, asked.actor))
        return self._of_hold(order, asked)

    def left(self, order: Order, amount_minor: int) -> int:
        """Return what can be given back, when so much of it can.

        Raises: as `writes`, as far as the order itself tells.
        """
        if type(amount_minor) is not int or not 1 <= amount_minor <= AMOUNT_MAX_MINOR:
            raise RefundAmountInvalid(fields={"amount_minor": f"1_to_{AMOUNT_MAX_MINOR}"})
        if order.state in _BY_DECISION:
            raise DisputeDecides
        if order.state in _AT_BANK:
            raise ChargeDisputed
        state = process_of(order).states[order.state]
        if state.kind is Kind.WORKING:
            raise RefundTooEarly(retry_after_seconds=SETTLING_RETRY_SECONDS)
        if state.kind is Kind.END and order.award is None:
            raise TransitionRefused(state=order.state, transition="refund")
        if state.kind is Kind.WAITING and not _way_to_end(order, OPERATOR) and not _way_to_end(order, SELLER):
            raise TransitionRefused(state=order.state, transition="refund")
        left_minor = order.seller_left_minor if state.kind is Kind.END else order.left_minor
        if amount_minor > left_minor:
            raise RefundTooLarge(fields={"amount_minor": f"at_most_{left_minor}"}, left_minor=left_minor)
        return left_minor

    def _whole(self, order: Order, asked: Refund, way: str | None) -> list[Write]:
        if way is None:
            raise TransitionRefused(state=order.state, transition="refund")
        facts: dict[str, str | int] = {"reason": asked.reason, "refund_id": asked.refund_id}
        step = self._mover.plan(order, way, asked.actor, facts=facts)
        return [*step.writes, self._refunds.put(replace(asked, whole=True))]

    def _of_hold(self, order: Order, asked: Refund) -> list[Write]:
        self._bounded(order, asked)
        cost_minor = self._costs.of(order, asked.amount_minor, before_minor=order.refunded_minor)
        refund = replace(asked, cost_minor=cost_minor)
        after = replace(order, refunded_minor=order.refunded_minor + asked.amount_minor)
        promised = books.promised(order, refund.refund_id, refund.amount_minor, refund.requested_at)
        return [
            self._orders.give_back(order, after),
            self._ledger.book(promised),
            *self._opened(order, refund),
        ]

    def _after_end(self, order: Order, asked: Refund) -> list[Write]:
        earlier = self._bounded(order, asked)
        book = self._ledger.of_book(order.order_id)
        _check_not_at_bank(book)
        part = self._parts.of(order.order_id)
        if part.under_way and asked.by_seller_alone:  # what they would owe is known in a moment
            raise RefundTooEarly(retry_after_seconds=SETTLING_RETRY_SECONDS)
        left = largest_left(order, earlier, book, self._payments)
        seller_minor, commission_minor, vat_minor = books.shares_of(order, asked.amount_minor)
        kept_minor = min(seller_minor, part.waiting.amount_minor) if part.waiting else 0
        refund = replace(
            asked,
            after_end=True,
            seller_minor=seller_minor,
            commission_minor=commission_minor + vat_minor,
            reversal_minor=min(seller_minor - kept_minor, left.amount_minor),
            kept_minor=kept_minor,
            cost_minor=self._costs.of(order, asked.amount_minor, before_minor=_given_back(order)),
        )
        after = replace(order, refunded_after_minor=order.refunded_after_minor + asked.amount_minor)
        facts = (order, refund.refund_id, refund.amount_minor)
        theirs_minor = refund.reversal_minor + refund.kept_minor
        taken = books.taken_back(*facts, to_reverse_minor=theirs_minor, at=refund.requested_at)
        return [
            self._orders.give_back(order, after),
            self._ledger.book(taken),
            *self._out_of_kept(order, refund, part),
            *self._owed_after(order, refund),
            *self._opened(order, refund, left.transfer_id),
        ]

    def _opened(self, order: Order, refund: Refund, transfer_id: str = "") -> list[Write]:
        """Return the refund itself, its intents, and the news of it."""
        now, named = refund.requested_at, {"refund_id": refund.refund_id}
        parts = (order.payment_id, order.order_id)
        leg = Intent(
            refund.leg_id, IntentKind.REFUND, *parts, refund.amount_minor, order.currency, now, facts=_owed(named),
            gated=bool(refund.reversal_id),  # it leaves after its reversal, however long that takes
        )  # fmt: skip
        writes = [self._refunds.put(refund), self._payments.open_intent(leg)]
        if refund.reversal_id:
            back = Intent(
                refund.reversal_id, IntentKind.REVERSAL, *parts, refund.reversal_minor, order.currency, now,
                facts={**named, "transfer_id": transfer_id},
            )  # fmt: skip
            writes.append(self._payments.open_intent(back))
        told = event(
            "refund.requested",
            refund.refund_id,
            now,
            order_id=order.order_id,
            buyer_id=order.buyer_id,
            seller_id=order.seller_id,
            refund_minor=refund.amount_minor,
            currency=order.currency,
        )
        return [*writes, self._outbox.publish(told)]

    def _bounded(self, order: Order, asked: Refund) -> list[Refund]:
        """Return the order's refunds; a seller's own, however small, leave room for what is owed to the buyer."""
        earlier = self._refunds.of_order(order.order_id)
        if asked.by_seller_alone and sum(each.by_seller_alone for each in earlier) >= REFUNDS_MAX:
            raise TooManyRefunds
        return earlier

    def _owed_after(self, order: Order, refund: Refund) -> list[Write]:
        """Return the writes of what a refund after the end leaves as the seller's debt.

        Raises: RefundBeyondBalance when their own word would leave more than they may owe.
        """
        whose = (order.seller_id, order.currency)
        debt_minor = refund.seller_minor - refund.reversal_minor - refund.kept_minor
        if not refund.by_seller_alone:
            return [self._debts.add(*whose, debt_minor)] if debt_minor else []
        at_stripe_minor = max(0, self._purses.purse(*whose)[0].at_stripe_minor)
        uncovered_minor = debt_minor + max(0, refund.reversal_minor - at_stripe_minor)
        if not may_owe(order.currency, self._debts.owed_minor(*whose), uncovered_minor):
            raise RefundBeyondBalance
        at_most = SELLER_DEBT_ALONE_MAX_MINOR.get(order.currency, 0)
        return [self._debts.add_within(*whose, debt_minor, at_most)] if debt_minor else []

    def _out_of_kept(self, order: Order, refund: Refund, part: SellersPart) -> list[Write]:
        """Return the writes by which what was kept apart for the seller pays their share, before they owe anything."""
        if part.waiting is None or not refund.kept_minor:
            return []
        left_minor = part.waiting.amount_minor - refund.kept_minor
        stage = part.waiting.stage if left_minor else Stage.REFUNDED
        after = replace(part.waiting, amount_minor=left_minor, stage=stage, round=part.waiting.round + 1)
        parts = (order.currency, refund.kept_minor, order.seller_id, refund.refund_id, refund.requested_at)
        return [
            self._unclaimed.change(part.waiting, after),
            self._ledger.book(unclaimed.for_refund(order.order_id, *parts)),
        ]


def _check_not_at_bank(book: Sequence[LedgerTransaction]) -> None:
    taken = {each.stripe_object for each in book if each.kind == "chargeback_withdrawn"}
    decided = {each.stripe_object for each in book if each.kind in _DECIDED}
    if taken - decided:
        raise ChargeDisputed


def _way_to_end(order: Order, actor: str) -> str | None:
    ways = allowed_actions(order, actor)
    return next((way for way in _WAYS_TO_END if way in ways), None)


def _given_back(order: Order) -> int:
    awarded_minor = order.award.refund_minor if order.award else 0
    return order.refunded_minor + awarded_minor + order.refunded_after_minor


def _owed(named: dict[str, str]) -> dict[str, str]:
    return {**named, "out_of": "refund_owed"}


def _check_lines(order: Order, lines: Sequence[RefundLine]) -> None:
    bought = {line.listing_id: line.quantity for line in order.lines}
    for place, line in enumerate(lines):
        if not 1 <= line.quantity <= bought.get(line.listing_id, 0):
            raise RefundAmountInvalid(fields={f"lines[{place}]": "not_in_the_order"})
