"""Refunds of money that its seller never got, for the crash suite: out of what was kept, and where it went since."""

from contextlib import suppress
from functools import cached_property
from typing import Any

from marketplace.kit.errors import Conflict, DomainError
from marketplace.kit.principal import FINANCE
from marketplace.payments.currency_wait import CURRENCY_WAITS_MAX
from marketplace.payments.desk import CLOSE
from marketplace.payments.model import late_refund_intent_id
from marketplace.payments.refund_plan import RefundPlan
from marketplace.payments.unclaimed_model import Way
from marketplace.wiring import Services
from tests.crash.money_back_deeds import bank_in_another_currency
from tests.crash.owner_deeds import RELEASED, agreed, closed_refund, closed_transfer, decide_as
from tests.crash.refund_deeds import PART, ask, of_finance
from tests.fakes.trade import Trade

Made = tuple[Any, str, list[str]]


def refund(services: Any, made: Made, amount_minor: int, key: str = "kept") -> None:
    order, _, _ = made
    with suppress(Conflict):
        ask(services, services.order_store.read(order.order_id), amount_minor, key)


def act_refund(trade: Trade, made: Made) -> None:
    refund(trade.services, made, PART)
    trade.world.drain()


def act_refund_all(trade: Trade, made: Made) -> None:
    refund(trade.services, made, made[0].total_minor)
    trade.world.drain()


def decide(trade: Trade, made: Made, name: str, way: Way, once: str) -> None:
    """Propose and approve, as two people who repeat whatever fails."""
    one, other = made[2]
    row = trade.services.unclaimed_store.read(name)
    facts = {"name": name, "way": way.value, "round": row.round if row else 0, "amount_minor": 1}
    agreed(
        trade,
        lambda: trade.services.approvals.propose(
            kind="unclaimed.decide",
            subject=name,
            facts=facts,
            principal=of_finance(trade, one),
            reasons="They wrote.",
            once=once,
        ),
        other,
    )
    trade.world.sweep()


def act_rest_to_seller(trade: Trade, made: Made) -> None:
    """What a refund left of it goes to the seller."""
    act_refund(trade, made)
    row = trade.services.unclaimed_store.read(made[1])
    if row is not None and row.sent_as is None:
        decide(trade, made, made[1], Way.SELLER, f"round-{row.round}")
    trade.world.sweep()


def sent_late(trade: Trade) -> Made:
    """The seller got it in the end."""
    made = closed_transfer(trade)
    decide_as(Way.SELLER)(trade, made)
    return made


def back_from_the_buyer(trade: Trade) -> Made:
    """It was given to the buyer, whose bank sent it back, and two people closed that refund too."""
    made = closed_transfer(trade)
    decide_as(Way.BUYER)(trade, made)
    order, name, staff = made
    trade.world.stripe.fail_refund(trade.world.stripe.objects("refund")[0]["id"])
    trade.world.drain()
    trade.world.clock.advance(minutes=3)
    again = str(trade.services.unclaimed_store.read(name).sent_as)
    proposal = trade.services.intent_desk.propose(CLOSE, again, of_finance(trade, staff[0]), "Wrong person.")
    trade.services.approvals.approve(proposal.proposal_id, of_finance(trade, staff[1]), "So it is.")
    trade.world.sweep()
    return order, again, staff


def at_bank(prepare: Any, *, won: bool, again: bool = False) -> Any:
    """A bank has decided about a charge of which a refund waits, or was sent again and refused; we do not know yet."""

    def prepared(trade: Trade) -> Made:
        made, stripe = prepare(trade), trade.world.stripe
        charge = next(each for each in stripe.objects("charge") if each["status"] == "succeeded")
        case = stripe.open_dispute(charge["id"])
        trade.world.drain()
        if again:
            decide_as(Way.BUYER)(trade, made)
        stripe.close_dispute(case["id"], won=won)
        return made

    return prepared


def late_and_closed(late: Any) -> Any:
    """A payment that came too late, whose refund its bank sent back, closed by two."""

    def prepared(trade: Trade) -> Made:
        placed, world = late(trade), trade.world
        world.drain()
        world.stripe.fail_refund(world.stripe.objects("refund")[0]["id"])
        world.drain()
        world.clock.advance(minutes=3)
        name = late_refund_intent_id(placed.payment.payment_id)
        staff = [trade.staff(FINANCE), trade.staff(FINANCE)]
        proposal = trade.services.intent_desk.propose(CLOSE, name, of_finance(trade, staff[0]), "No answer.")
        trade.services.approvals.approve(proposal.proposal_id, of_finance(trade, staff[1]), "So it is.")
        world.sweep()
        return placed, name, staff

    return prepared


def late_flows(late: Any) -> dict[str, tuple[Any, ...]]:
    """Return the flows of payments that came too late, as `late` brings them."""
    cancelled, closed = frozenset({"cancelled"}), late_and_closed(late)
    return {
        "unclaimed late payment, the bank pays": (at_bank(closed, won=False), hear, cancelled),
        "unclaimed late payment sent again, the bank pays": (at_bank(closed, won=False, again=True), hear, cancelled),
    }


def hear(trade: Trade, _made: Any) -> None:
    trade.world.drain()


def hear_and_send(trade: Trade, _made: Any) -> None:
    trade.world.drain()
    trade.world.sweep()


def waited_too_long(trade: Trade) -> Any:
    """No bank account of the seller took the currency, and the term is about to be seen to have ended."""
    order = bank_in_another_currency(trade)
    with suppress(DomainError):
        trade.services.settlement.settle(order.order_id)
    trade.world.clock.advance(days=CURRENCY_WAITS_MAX.days, minutes=1)
    return trade.order(order.order_id)


def settle(trade: Trade, order: Any) -> None:
    with suppress(DomainError):
        trade.services.settlement.settle(order.order_id)
    trade.world.drain()


LOST = frozenset({"lost_to_chargeback"})
UNCLAIMED_FLOWS: dict[str, tuple[Any, ...]] = {
    "refund out of unclaimed money": (closed_transfer, act_refund, RELEASED),
    "refund of all that is unclaimed": (closed_transfer, act_refund_all, RELEASED),
    "refund out of unclaimed money, the rest sent": (closed_transfer, act_rest_to_seller, RELEASED),
    "refund of unclaimed money that was sent": (sent_late, act_refund_all, RELEASED),
    "unclaimed money back to its seller": (back_from_the_buyer, decide_as(Way.SELLER), RELEASED),
    "unclaimed money, the bank pays": (at_bank(closed_refund, won=False), hear, LOST),
    "unclaimed money sent again, the bank pays": (at_bank(closed_refund, won=False, again=True), hear, LOST),
    "unclaimed money sent again, the bank does not": (
        at_bank(closed_refund, won=True, again=True),
        hear_and_send,
        frozenset({"shipped", "dispute_review", "disputed", "charged_back"}),
    ),
    "seller's unclaimed money sent, the bank pays": (at_bank(closed_transfer, won=False, again=True), hear, RELEASED),
    "transfer waited too long for a bank account": (waited_too_long, settle, frozenset({"settling"}), True),
}


class RefundPastTheKept(Services):
    """Lets what was kept pay a refund, and leaves it to be sent in full all the same."""

    @cached_property
    def refunds(self) -> Any:
        class Forgetful(RefundPlan):
            def _out_of_kept(self, order: Any, refund: Any, part: Any) -> Any:
                return super()._out_of_kept(order, refund, part)[1:]

        made = super().refunds
        parts = {name.removeprefix("_"): part for name, part in vars(made._plan).items()}
        made._plan = Forgetful(**parts)
        return made
