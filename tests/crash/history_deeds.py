"""What people, carriers and banks do in a random history, each through the real services.

Whoever did something whose call failed does the same once more; so every deed here may be repeated.
"""

from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import datetime
from typing import Any

import stripe

from marketplace.kit.ids import derived_id
from marketplace.kit.principal import Idempotency
from marketplace.orders.checkout import Placed
from marketplace.orders.model import Order
from marketplace.returns.rules import Wanted
from tests.crash.model import TO_LOOK, Known
from tests.crash.process_deeds import report
from tests.fakes.stored_files import FakeBucket
from tests.fakes.trade import Trade
from tests.unit.disputes.making import CONTENT, FILE

# Deeds of nobody who could be refused.
OUTSIDE = frozenset({"bank_takes", "bank_gives", "bank_keeps", "arrive", "astray", "pay"})
RETURNING = frozenset({"return", "send_back", "keep", "take_back"})
OFFER_HOURS = 48
WHY = "So be it."


class Deeds:
    """Everything anybody may do to an order; `refund` is what a decision or an offer gives back."""

    def __init__(self, trade: Trade) -> None:
        self.trade, self.world = trade, trade.world
        self.bucket = FakeBucket()
        self.world.given |= {"uploads": self.bucket, "stored_files": self.bucket}
        self.world.restart()
        self.operator, self.second = trade.operator(), trade.operator()

    @property
    def services(self) -> Any:
        return self.trade.services

    def do(self, deed: str, order_id: str, refund: int, sides: tuple[str, ...]) -> object:
        """Do one deed; `sides` are those that lost by a decision.

        Raises: DomainError where it is refused.
        """
        order = self.trade.order(order_id)
        return (self._trading() | self._disputing(sides) | self._outside())[deed](order, refund)

    def pay(self, buyer_id: str, placed: Placed) -> Placed:
        """Pay at Stripe, which takes no money for what was given up or is paid, and let the client say so."""
        with suppress(stripe.InvalidRequestError):
            self.trade.pay(placed)
        done: Placed = self.services.checkout.complete(buyer_id, placed.payment.payment_id)
        return done

    def _trading(self) -> Mapping[str, Callable[[Order, int], object]]:
        orders, returns = self.services.orders, self.services.returns
        return {
            "ship": lambda it, _: orders.ship(it.order_id, it.seller_id, "correos", f"PK{it.order_id[-8:]}"),
            "cancel": lambda it, _: orders.cancel(it.order_id, it.buyer_id, "changed my mind"),
            "attest": lambda it, _: orders.attest_delivery(it.order_id, self.operator, "receipt"),
            "confirm": lambda it, _: orders.confirm(it.order_id, it.buyer_id),
            "return": lambda it, _: self._give_back(it),
            "send_back": lambda it, _: returns.send(_return_of(it), it.buyer_id, "correos", f"RR{it.order_id[-8:]}"),
            "keep": lambda it, _: returns.cancel(_return_of(it), it.buyer_id),
            "take_back": lambda it, _: returns.receive(_return_of(it), it.seller_id, restock=True),
        }

    def _disputing(self, sides: tuple[str, ...]) -> Mapping[str, Callable[[Order, int], object]]:
        disputes, appeals = self.services.disputes, self.services.appeals
        return {
            "dispute": lambda it, _: disputes.open(it.order_id, it.buyer_id, "damaged", "Broken.", None),
            "answer": lambda it, _: disputes.answer(_dispute_of(it), it.seller_id, "It was whole."),
            "escalate": lambda it, _: disputes.escalate(_dispute_of(it), it.buyer_id),
            "agree": self._agree,
            "drop": lambda it, _: disputes.drop(_dispute_of(it), it.buyer_id),
            "decide": lambda it, refund: disputes.decide(_dispute_of(it), self.operator, refund, "5.2", WHY),
            "accept": lambda it, _: [disputes.accept_decision(_dispute_of(it), getattr(it, side)) for side in sides],
            "appeal": lambda it, _: self._appeal(it, sides[0]),
            "overturn": lambda it, refund: appeals.decide(_dispute_of(it), self.second, refund, "5.2", WHY),
        }

    def _outside(self) -> Mapping[str, Callable[[Order, int], object]]:
        return {
            "pay": lambda it, _: self.pay(it.buyer_id, self.services.checkout.read(it.buyer_id, it.payment_id)),
            "arrive": lambda it, _: report(self.services, self.trade, it),
            "astray": lambda it, _: report(self.services, self.trade, it, "lost"),
            **{each: lambda it, _, each=each: self._bank(each, it) for each in OUTSIDE if each.startswith("bank")},
        }

    def _give_back(self, order: Order) -> object:
        wanted, key = (Wanted(order.lines[0].listing_id, 1),), _key_of(order)
        return self.services.returns.ask(order.order_id, order.buyer_id, wanted, "", Idempotency(key, key))

    def _agree(self, order: Order, refund: int) -> object:
        """The seller offers, and the buyer accepts what is offered."""
        disputes, dispute_id = self.services.disputes, _dispute_of(order)
        offers = disputes.view(dispute_id, order.buyer_id).dispute.offers
        made = [each for each in offers if each.state == "open"]
        if not made:
            view = disputes.offer(dispute_id, order.seller_id, refund, expires_in_hours=OFFER_HOURS)
            made = [view.dispute.offers[-1]]
        return disputes.accept_offer(dispute_id, made[-1].offer_id, order.buyer_id)

    def _appeal(self, order: Order, side: str) -> object:
        """Show one more photo, and ask for another look."""
        account_id, dispute_id = getattr(order, side), _dispute_of(order)
        made, form = self.services.disputes.announce_evidence(dispute_id, account_id, **FILE, kind="photo")
        self.bucket.put(form.fields["key"], CONTENT)
        self.services.disputes.confirm_evidence(dispute_id, account_id, made.evidence_id)
        return self.services.appeals.appeal(dispute_id, account_id, "Look at the second photo.")

    def _bank(self, deed: str, order: Order) -> None:
        bank = self.world.stripe
        charge = next(each for each in bank.objects("charge") if each["transfer_group"] == order.payment_id)
        disputes = [each for each in bank.objects("dispute") if each["charge"] == charge["id"]]
        if deed == "bank_takes" and not disputes:
            bank.open_dispute(charge["id"])
        if deed != "bank_takes" and disputes[0]["status"] not in {"won", "lost"}:
            bank.close_dispute(disputes[0]["id"], won=deed == "bank_gives")


def _key_of(order: Order) -> str:
    return f"return-{order.order_id}"


def _return_of(order: Order) -> str:
    return derived_id("rtn", order.buyer_id, order.order_id, _key_of(order))


def _dispute_of(order: Order) -> str:
    return order.dispute_id or "dsp_none"


def is_left_out(deed: str, known: Known, target: str | None, now: datetime) -> bool:
    """Say whether the model has no word on this deed now, so that nobody tries it."""
    if deed in OUTSIDE:  # not a deed of ours that could be refused
        again = deed == "bank_takes" and (known.banked or known.shared)  # of a shared payment it takes both orders
        return target is None or again
    if deed in RETURNING and deed != "return":
        return known.returned is None or target is None
    if deed == "return":  # one piece of an order, once, while nothing was divided
        in_time = known.delivered_at is not None and now < known.delivered_at + TO_LOOK  # then whole days are counted
        return target is None or known.returned is not None or known.left < 1 or not in_time
    if deed == "drop":
        return known.is_returning  # whose goods and money would go their own ways
    return deed == "appeal" and (target is None or not known.losers)
