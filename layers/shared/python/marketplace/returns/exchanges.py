"""Exchanges, and what is sent for goods that came back: the same again, new or mended."""

from dataclasses import replace
from typing import Any

from marketplace.catalog.model import ListingNotAvailable
from marketplace.kit.principal import Idempotency, Principal
from marketplace.kit.writes import Write
from marketplace.orders.model import BUYER, SELLER, Order
from marketplace.returns.deciding import Deciding, Verdict
from marketplace.returns.desk import ReturnView, check_openable
from marketplace.returns.errors import ReplacementOutOfStock
from marketplace.returns.model import Parcel, Return
from marketplace.returns.rules import Quote, Wanted, quote_exchange
from marketplace.returns.steps import in_stock

RESERVATIONS_MAX = 2  # attempts, while others buy or change the listing at the same time


class Exchanges(Deciding):
    """What both sides do with an exchange, and with whatever is sent for goods that came back."""

    def quote_exchange(self, order_id: str, buyer_id: str, wanted: tuple[Wanted, ...]) -> Quote:
        """Say how an exchange would go, and what comes back when it fails; nothing happens, nothing is reserved.

        Raises: OrderMissing; TransitionRefused; ReturnLinesInvalid; ReturnNotAllowed; AlreadyReturned.
        """
        order, now = self._bought(order_id, buyer_id), self._clock.now()
        check_openable(order)
        priced = quote_exchange(order, self._rows.head(order_id), wanted, now, self._informed_at(order))
        there = self._stock.read_many([each.listing_id for each in wanted])
        return replace(priced, in_stock=in_stock(priced.return_lines, there))

    def ask_exchange(
        self, order_id: str, buyer_id: str, wanted: tuple[Wanted, ...], reason: str, attempt: Idempotency
    ) -> ReturnView:
        """Ask for the same again; the same attempt again returns the same one.

        Raises: as `quote_exchange`; IdempotencyKeyReused; TooManyReturns; ReturnsMoved.
        """

        def plan(order: Order, return_id: str) -> tuple[Return, list[Write]]:
            check_openable(order)
            now = self._clock.now()
            priced = quote_exchange(order, self._rows.head(order_id), wanted, now, self._informed_at(order))
            return self._open(order, priced, return_id, reason, now, attempt.fingerprint)

        return self._asked(order_id, buyer_id, attempt, plan)

    def answer_exchange(
        self, return_id: str, seller_id: str, *, accept: bool, reasons: str = "", by: str = ""
    ) -> ReturnView:
        """Agree to an exchange, which reserves what is to be sent; or not, and it becomes a return.

        Where there is not enough left to send, agreeing makes it a return, too.

        Raises: ReturnMissing, ReturnRefused.
        """
        view = self._as(SELLER, return_id, seller_id, by=by)
        if not accept:
            return self._move(view, "decline_exchange", by=by, answer=reasons)
        try:
            return self._reserving(view, "accept_exchange", by=by, answer=reasons)
        except ReplacementOutOfStock:
            return self._move(view, "out_of_stock", by=by, answer=reasons)

    def report_missing(self, return_id: str, seller_id: str, reasons: str, *, by: str = "") -> ReturnView:
        """Say as the seller that what the buyer calls sent back did not come: a moderator looks at it.

        Raises: ReturnMissing, ReturnRefused.
        """
        return self._move(self._as(SELLER, return_id, seller_id, by=by), "report_missing", by=by, answer=reasons)

    def decide_missing(
        self, return_id: str, operator_id: str, *, arrived: bool, reasons: str, principal: Principal | None = None
    ) -> ReturnView:
        """Say as a moderator whether the goods came back: if not, nothing comes for them, and nothing is refunded.

        Raises: ReturnMissing, OwnCase, ReturnRefused, SecondPersonNeeded, DecisionProposed.
        """
        view = self._case(return_id, operator_id)
        name = "attest_return" if arrived else "not_sent_back"
        return self._decide(view, Verdict(name, 0, reasons, operator_id), principal)

    def send_replacement(
        self, return_id: str, seller_id: str, carrier: str, tracking_number: str, *, by: str = ""
    ) -> ReturnView:
        """Note that the seller sent what comes for the returned goods.

        Raises: ReturnMissing, ReturnRefused; TrackingInvalid, TrackingNumberUsed.
        """
        view = self._as(SELLER, return_id, seller_id, by=by)
        parcel = Parcel(carrier, tracking_number, self._clock.now())
        claimed = self._parcel(view.made.order_id, carrier, tracking_number, goes_back=False)
        return self._move(view, "send_replacement", by=by, also=claimed, replacement=parcel)

    def refund_instead(self, return_id: str, seller_id: str, *, by: str = "") -> ReturnView:
        """Give the money back as the seller, instead of sending something.

        Raises: ReturnMissing, ReturnRefused; what a refund raises.
        """
        return self._move(self._as(SELLER, return_id, seller_id, by=by), "refund_instead", by=by)

    def confirm_replacement(self, return_id: str, buyer_id: str) -> ReturnView:
        """Say that it arrived, as the buyer.

        Raises: ReturnMissing, ReturnRefused.
        """
        view = self._as(BUYER, return_id, buyer_id)
        return self._move(view, "confirm_replacement", replacement=self._arrived(view.made, BUYER))

    def decide_replacement(
        self, return_id: str, operator_id: str, *, arrived: bool, reasons: str, principal: Principal | None = None
    ) -> ReturnView:
        """Say as a moderator whether it arrived: if not, the buyer is refunded.

        Raises: ReturnMissing, OwnCase, ReturnRefused, SecondPersonNeeded, DecisionProposed; what a refund raises.
        """
        view = self._case(return_id, operator_id)
        name = "attest_replacement" if arrived else "refund_lost"
        return self._decide(view, Verdict(name, 0, reasons, operator_id), principal)

    def _reserving(self, view: ReturnView, name: str, **given: Any) -> ReturnView:
        """Move a return and take what is to be sent from what is on sale, in one transaction.

        Raises: ReturnRefused; ReplacementOutOfStock.
        """
        for _attempt in range(RESERVATIONS_MAX):
            try:
                return self._move(view, name, **given)
            except ListingNotAvailable:
                continue  # somebody bought or changed it at the same moment: look again
        raise ReplacementOutOfStock

    def _arrived(self, made: Return, actor: str) -> Parcel | None:
        """Return the parcel as it arrived; what was never sent is refused by the process."""
        return made.replacement and replace(made.replacement, arrived_at=self._clock.now(), arrived_by=actor)
