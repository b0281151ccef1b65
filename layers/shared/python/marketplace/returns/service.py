"""What buyers, sellers and moderators do with returns. Opening one freezes the order in the same transaction."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from marketplace.kit.principal import Idempotency, Principal
from marketplace.kit.writes import Write
from marketplace.orders.model import BUYER, SELLER, Order
from marketplace.returns.deciding import Verdict
from marketplace.returns.desk import ReturnView, check_openable
from marketplace.returns.errors import DeductionInvalid, RepairRestocked, ReturnRefused
from marketplace.returns.guarantee import Claiming
from marketplace.returns.model import Return
from marketplace.returns.process import APPROVED
from marketplace.returns.process_swaps import GOODS_MISSING, REPAIRED, SENT_BACK, TO_SEND
from marketplace.returns.rules import Quote, Wanted, quote

__all__ = ["ReturnView", "Returns"]
_SWAPS = frozenset({TO_SEND, SENT_BACK, GOODS_MISSING})


class Returns(Claiming):
    """Takes returns in and moves them for people."""

    def quote(self, order_id: str, buyer_id: str, wanted: tuple[Wanted, ...]) -> Quote:
        """Say what a return would come to, by when, and who bears what; nothing happens.

        Raises: OrderMissing; TransitionRefused; PaidByBank; ReturnLinesInvalid; ReturnNotAllowed; AlreadyReturned.
        """
        order, now = self._bought(order_id, buyer_id), self._clock.now()
        check_openable(order)
        return quote(order, self._rows.head(order_id), wanted, now, now, self._informed_at(order))

    def ask(
        self, order_id: str, buyer_id: str, wanted: tuple[Wanted, ...], reason: str, attempt: Idempotency
    ) -> ReturnView:
        """Open a return as the buyer; the same attempt again returns the same one.

        Raises: as `quote`; IdempotencyKeyReused; TooManyReturns; ReturnsMoved.
        """

        def plan(order: Order, return_id: str) -> tuple[Return, list[Write]]:
            return self.plan(order, wanted, reason, return_id, self._clock.now(), attempt.fingerprint)

        return self._asked(order_id, buyer_id, attempt, plan)

    def plan(
        self,
        order: Order,
        wanted: tuple[Wanted, ...],
        reason: str,
        return_id: str,
        declared_at: datetime,
        fingerprint: str = "",
    ) -> tuple[Return, list[Write]]:
        """Return a new return, declared at `declared_at`, and its writes; they freeze the order while it runs.

        Raises: TransitionRefused; PaidByBank; ReturnLinesInvalid; ReturnNotAllowed; AlreadyReturned; TooManyReturns.
        """
        check_openable(order)
        priced = quote(
            order, self._rows.head(order.order_id), wanted, declared_at, self._clock.now(), self._informed_at(order)
        )
        return self._open(order, priced, return_id, reason, declared_at, fingerprint)

    def send(self, return_id: str, buyer_id: str, carrier: str, tracking_number: str) -> ReturnView:
        """Note that the buyer sent the goods back; from then on their carrier can say that they arrived.

        Raises: ReturnMissing, ReturnRefused; TrackingInvalid, TrackingNumberUsed.
        """
        view = self._as(BUYER, return_id, buyer_id)
        parcel = self._parcel(view.made.order_id, carrier, tracking_number, goes_back=True)
        name = "send_back" if view.made.state == TO_SEND else "send"
        return self._move(view, name, also=parcel, carrier=carrier, tracking_number=tracking_number)

    def receive(
        self,
        return_id: str,
        seller_id: str,
        *,
        restock: bool,
        deduction_minor: int = 0,
        reasons: str = "",
        by: str = "",
    ) -> ReturnView:
        """Note that the goods are back: refund them, or propose a deduction for what they lost in value.

        What is exchanged or mended is not refunded: the seller sends something for it. Restocking puts the pieces on
        sale again, in the same transaction; what is mended is not for sale. Received twice is received once.

        Raises: ReturnMissing, ReturnRefused, DeductionInvalid, RepairRestocked; what a refund raises.
        """
        view = self._as(SELLER, return_id, seller_id, by=by)
        made = view.made
        _check_deduction(made, deduction_minor, reasons)
        if restock and made.state in _SWAPS and any(step.name == REPAIRED for step in made.log):
            raise RepairRestocked(fields={"restock": "is_mended"})
        also = [self._stock.restock(line.listing_id, line.quantity) for line in made.lines] if restock else []
        changes: dict[str, Any] = {"restocked": restock}
        if made.returned_at is None:
            changes |= {"returned_at": self._clock.now(), "returned_by": SELLER}
        if made.state in _SWAPS:
            return self._move(view, "receive_swap", by=by, also=also, **changes)
        if not deduction_minor:
            return self._move(view, "receive", by=by, also=also, **changes)
        deducted: dict[str, Any] = {"deduction_minor": deduction_minor, "deduction_reasons": reasons}
        return self._move(view, "deduct", by=by, also=also, **changes, **deducted)

    def answer_deduction(self, return_id: str, buyer_id: str, *, accept: bool) -> ReturnView:
        """Take a deduction, or ask the marketplace to look at it, as the buyer.

        Raises: ReturnMissing, ReturnRefused; what a refund raises.
        """
        return self._move(self._as(BUYER, return_id, buyer_id), "accept_deduction" if accept else "contest")

    def decide(
        self,
        return_id: str,
        operator_id: str,
        deduction_minor: int,
        reasons: str,
        *,
        principal: Principal | None = None,
    ) -> ReturnView:
        """Decide a contested deduction as a moderator: the rest is refunded. A large one only once a second approves.

        Raises: ReturnMissing, OwnCase, ReturnRefused, DeductionInvalid, SecondPersonNeeded, DecisionProposed;
            what a refund raises.
        """
        view = self._case(return_id, operator_id)
        _check_deduction(view.made, deduction_minor, reasons)
        return self._decide(view, Verdict("decide", deduction_minor, reasons, operator_id), principal)

    def cancel(self, return_id: str, buyer_id: str) -> ReturnView:
        """Keep the goods as they are after all, as the buyer, before they are sent.

        Raises: ReturnMissing, ReturnRefused.
        """
        return self._move(self._as(BUYER, return_id, buyer_id), "cancel")

    def label(self, return_id: str, seller_id: str, label_url: str, *, by: str = "") -> ReturnView:
        """Give the buyer a label to send with, as the seller.

        Raises: ReturnMissing, ReturnRefused.
        """
        view = self._as(SELLER, return_id, seller_id, by=by)
        if view.made.state not in {APPROVED, TO_SEND}:
            raise ReturnRefused(state=view.made.state, transition="label")
        after = replace(view.made, label_url=label_url, step=view.made.step + 1)
        self._tx.commit([self._rows.move(view.made, after)])
        return replace(view, made=after)


def _check_deduction(made: Return, deduction_minor: int, reasons: str) -> None:
    most_minor = 0 if made.state in _SWAPS else made.quoted_minor
    if not 0 <= deduction_minor <= most_minor:
        raise DeductionInvalid(fields={"deduction_minor": f"0_to_{most_minor}"})
    if deduction_minor and not reasons.strip():
        raise DeductionInvalid(fields={"reasons": "required"})
