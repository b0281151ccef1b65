"""Flows and contests of banks' cases: inquiries, evidence, early warnings, chargebacks beside cancellations."""

from contextlib import suppress
from datetime import timedelta
from functools import partial
from typing import Any

import stripe

from marketplace.kit.errors import DomainError
from marketplace.kit.principal import FINANCE as MONEY_DESK
from marketplace.orders.model import Order
from tests.crash.refund_deeds import ask, of_finance, pay_out, released
from tests.fakes.faults import Failures
from tests.fakes.trade import Trade

FINANCE = "acc_finance"


def charge_of(trade: Trade) -> dict[str, Any]:
    return next(each for each in trade.world.stripe.objects("charge") if each["status"] == "succeeded")


def dispute_of(trade: Trade) -> dict[str, Any]:
    return next(iter(trade.world.stripe.objects("dispute")))


def drain(trade: Trade, _made: Any) -> None:
    trade.world.drain()


def sweep(trade: Trade, _made: Any) -> None:
    trade.world.sweep()


def taken_from_delivered(trade: Trade) -> Order:
    """Delivered, so that the record answers the bank by itself."""
    order = trade.delivered()
    trade.world.stripe.open_dispute(charge_of(trade)["id"])
    return order


def unanswered(trade: Trade) -> Order:
    """Shipped and not delivered: somebody must look before the bank gets its one answer."""
    order = trade.shipped()
    trade.world.stripe.open_dispute(charge_of(trade)["id"], reason="product_not_received")
    trade.world.drain()
    return order


def near_the_deadline(trade: Trade, order: Order | None = None) -> Order:
    order = order or unanswered(trade)
    [case] = trade.services.bank_case_store.of_payment(order.payment_id)
    trade.world.clock.set(case.answer_by - timedelta(hours=23))
    return order


def unsent_near_the_deadline(trade: Trade) -> Order:
    """Never shipped: the record is the buyer's, and no answer goes by itself."""
    order = trade.bought()
    trade.world.stripe.open_dispute(charge_of(trade)["id"])
    trade.world.drain()
    return near_the_deadline(trade, order)


def remind_and_answer(trade: Trade, _made: Any) -> None:
    trade.world.sweep()  # reminds
    trade.world.sweep()  # answers


def finance_answers(trade: Trade, order: Order, *, services: Any = None) -> None:
    services = services or trade.services
    with suppress(DomainError):
        services.bank_cases.answer(dispute_of(trade)["id"], of_finance(trade, FINANCE))


def act_finance(trade: Trade, order: Order) -> None:
    finance_answers(trade, order)
    trade.world.drain()


def inquired(trade: Trade) -> Order:
    order = trade.delivered()
    trade.world.stripe.open_dispute(charge_of(trade)["id"], inquiry=True)
    return order


def escalated(trade: Trade) -> Order:
    order = inquired(trade)
    trade.world.drain()
    trade.world.stripe.escalate_dispute(dispute_of(trade)["id"])
    return order


def inquiry_over(trade: Trade) -> Order:
    order = inquired(trade)
    trade.world.drain()
    trade.world.stripe.close_dispute(dispute_of(trade)["id"], won=False)
    return order


def unsent_and_taken(trade: Trade) -> Order:
    """Charged back before the shipment, and lost: the goods are still there."""
    order = trade.bought()
    trade.world.stripe.open_dispute(charge_of(trade)["id"])
    trade.world.drain()
    trade.world.stripe.close_dispute(dispute_of(trade)["id"], won=False)
    return order


def one_of_two_cancelled(trade: Trade) -> object:
    """One payment, two sellers; one cancels, and the bank takes what was not given back."""
    buyer_id, one, other = trade.person("Buyer"), trade.listing(trade.seller()), trade.listing(trade.seller())
    placed = trade.place(buyer_id, (one, 1), (other, 1))
    trade.pay(placed)
    trade.world.drain()
    first = placed.orders[0]
    trade.services.orders.cancel(first.order_id, first.seller_id, "broken")
    trade.world.drain()
    trade.world.stripe.open_dispute(charge_of(trade)["id"])
    return placed


def second_case(trade: Trade) -> Order:
    """Won once, in part; then the bank comes again for another part."""
    order = trade.shipped()
    charge = charge_of(trade)["id"]
    trade.world.stripe.open_dispute(charge, amount=order.total_minor // 4)
    trade.world.drain()
    trade.world.stripe.close_dispute(dispute_of(trade)["id"], won=True)
    trade.world.drain()
    trade.world.clock.advance(days=1)
    trade.world.stripe.open_dispute(charge, amount=order.total_minor // 2)
    return order


def warned_unsent(trade: Trade) -> Order:
    order = trade.bought(price_minor=4_999)
    trade.world.stripe.warn_of_fraud(charge_of(trade)["id"])
    return order


def warned_sent(trade: Trade) -> Order:
    order = trade.shipped()
    trade.world.stripe.warn_of_fraud(charge_of(trade)["id"])
    return order


def lost_of_the_paid(trade: Trade) -> Order:
    """Lost while the seller still has the money at Stripe: it is reversed."""
    order = released(trade)
    trade.world.stripe.open_dispute(charge_of(trade)["id"])
    trade.world.drain()
    trade.world.stripe.close_dispute(dispute_of(trade)["id"], won=False)
    return order


def lost_in_part_of_the_paid_out(trade: Trade) -> Order:
    """Lost in part after the seller's money left for their bank: it is debt."""
    order = released(trade)
    pay_out(trade, order)
    trade.world.stripe.open_dispute(charge_of(trade)["id"], amount=order.total_minor // 3)
    trade.world.drain()
    trade.world.stripe.close_dispute(dispute_of(trade)["id"], won=False)
    return order


def sent_away_beside(trade: Trade) -> Order:
    """Held, but the account sends its money away beside us: Stripe refuses the reversal."""
    order = released(trade)
    trade.world.stripe.open_dispute(charge_of(trade)["id"])
    trade.world.drain()
    pay_out(trade, order)
    trade.world.stripe.close_dispute(dispute_of(trade)["id"], won=False)
    return order


def overturned(trade: Trade) -> Order:
    """Lost, and given back after all, both told at once."""
    order = lost_of_the_paid(trade)
    trade.world.stripe.overturn_dispute(dispute_of(trade)["id"])
    return order


def overturned_later(trade: Trade) -> Order:
    order = lost_of_the_paid(trade)
    trade.world.drain()
    trade.world.stripe.overturn_dispute(dispute_of(trade)["id"])
    return order


def asked_of_version_2(trade: Trade) -> Order:
    """Delivered under version 2, and the bank asks; nobody was told yet."""
    trade.world.place_under(2)
    return inquired(trade)


def asked_until_over(trade: Trade) -> Order:
    """The bank asked, the inspection ended meanwhile, and the bank is done."""
    order = asked_of_version_2(trade)
    trade.world.drain()
    trade.world.clock.advance(days=20)
    trade.world.sweep()
    trade.world.stripe.close_dispute(dispute_of(trade)["id"], won=False)
    return order


def kept_in_part(trade: Trade) -> Order:
    """A bank keeps a part of a sent order, an operator divides the rest, and nobody was told yet."""
    order = trade.shipped()
    trade.world.stripe.open_dispute(charge_of(trade)["id"], amount=order.total_minor * 2 // 5)
    trade.world.drain()
    trade.world.stripe.close_dispute(dispute_of(trade)["id"], won=False)
    trade.world.drain()
    return trade.awarded(trade.order(order.order_id), order.total_minor // 4)


def overtaken_award(trade: Trade) -> Order:
    """The order is divided, and before its refund leaves a bank keeps a part of the payment."""
    order = trade.awarded(trade.reviewed(trade.delivered()), 6_000)
    trade.world.stripe.open_dispute(charge_of(trade)["id"], amount=4_000)
    trade.world.stripe.close_dispute(dispute_of(trade)["id"], won=False)
    return order


def lost_in_part_and_asked_for(trade: Trade) -> Order:
    """A bank kept a part of what had been paid; the seller gives back of the rest, and no card can be given it."""
    order = released(trade)
    trade.world.stripe.open_dispute(charge_of(trade)["id"], amount=order.total_minor // 4)
    trade.world.drain()
    trade.world.stripe.close_dispute(dispute_of(trade)["id"], won=False)
    trade.world.drain()
    return order


def ask_and_send(trade: Trade, order: Order) -> None:
    with suppress(DomainError):
        ask(trade.services, order, order.total_minor // 2, "the-one-refund")
    trade.world.drain()
    trade.world.sweep()


def forgiven_and_given_back(trade: Trade) -> Order:
    """A lost chargeback left a debt, two people gave it up, and its bank gives the money back after all."""
    order = lost_in_part_of_the_paid_out(trade)
    trade.world.drain()
    owed_minor = trade.services.debts.owed_minor(order.seller_id, order.currency)
    one, other = (of_finance(trade, trade.staff(MONEY_DESK)) for _ in range(2))
    facts = (order.seller_id, order.currency, owed_minor, one, "Nothing will pay it.")
    made = trade.services.write_offs.propose(*facts, "the-one-proposal")
    trade.services.approvals.approve(made.proposal_id, other, "I read it too.")
    trade.world.drain()
    trade.world.stripe.overturn_dispute(dispute_of(trade)["id"])
    return order


def drain_and_sweep(trade: Trade, _made: Any) -> None:
    trade.world.drain()
    trade.world.sweep()


TAKEN = frozenset({"charged_back"})
PAID = frozenset({"released"})

# prepare, act, ends
CHARGEBACK_FLOWS: dict[str, tuple[Any, ...]] = {
    "evidence sent by itself": (taken_from_delivered, drain, TAKEN),
    "evidence sent by finance": (unanswered, act_finance, TAKEN),
    "evidence before the deadline": (near_the_deadline, remind_and_answer, TAKEN),
    "no evidence for what was never sent": (unsent_near_the_deadline, remind_and_answer, TAKEN),
    "inquiry answered": (inquired, drain, frozenset({"delivered"})),
    "inquiry becomes a chargeback": (escalated, drain, TAKEN),
    "inquiry closed": (inquiry_over, drain, frozenset({"delivered"})),
    "chargeback lost before the shipment": (unsent_and_taken, drain, frozenset({"lost_to_chargeback"})),
    "chargeback beside a cancelled order": (one_of_two_cancelled, drain, frozenset({"refunded", "charged_back"})),
    "second chargeback": (second_case, drain, TAKEN),
    "release waits for a bank's question": (asked_of_version_2, drain, frozenset({"delivered"})),
    "release goes on after a bank's question": (asked_until_over, drain_and_sweep, frozenset({"released"})),
    "lost chargeback of a paid seller": (lost_of_the_paid, drain, PAID),
    "lost chargeback after the payout": (lost_in_part_of_the_paid_out, drain, PAID),
    "lost chargeback, reversal refused": (sent_away_beside, drain, PAID),
    "lost chargeback won at once": (overturned, drain, PAID),
    "lost chargeback won later": (overturned_later, drain, PAID),
    "award of what a bank left": (kept_in_part, drain_and_sweep, frozenset({"split"})),
    "award overtaken by a bank": (overtaken_award, drain_and_sweep, frozenset({"split"})),
    "refund of what a bank left": (lost_in_part_and_asked_for, ask_and_send, PAID),
    "forgiven debt, given back by a bank": (forgiven_and_given_back, drain, PAID),
    "warning, refunded": (warned_unsent, drain, frozenset({"refunded"})),
    "warning, held": (warned_sent, drain, frozenset({"shipped"})),
}


def _answer(services: Any, trade: Trade, order: Order) -> None:
    services.bank_cases.answer(dispute_of(trade)["id"], of_finance(trade, FINANCE))


def _tend(services: Any, _trade: Trade, _order: Order) -> None:
    services.bank_cases.tend()
    services.bank_cases.tend()


def _bank_decides(services: Any, trade: Trade, _order: Order) -> None:
    """The bank decides at some moment, and we are told at some later one."""
    nothing = Failures(TimeoutError, lambda: None)
    dispute_id = dispute_of(trade)["id"]
    with suppress(stripe.StripeError):
        close = partial(trade.world.stripe.close_dispute, dispute_id, won=False)
        trade.world.faults.cross("bank.decides", close, nothing)
    services.chargebacks.follow(dispute_id)


def _follow(services: Any, trade: Trade, _order: Order) -> None:
    services.chargebacks.follow(dispute_of(trade)["id"])


def _overturned_meanwhile(services: Any, trade: Trade, _order: Order) -> None:
    """The network gives back at some moment, and we are told at some later one."""
    nothing = Failures(TimeoutError, lambda: None)
    dispute_id = dispute_of(trade)["id"]
    with suppress(stripe.StripeError):
        trade.world.faults.cross("bank.gives_back", partial(trade.world.stripe.overturn_dispute, dispute_id), nothing)
    services.chargebacks.follow(dispute_id)


def _confirm(services: Any, _trade: Trade, order: Order) -> None:
    services.orders.confirm(order.order_id, order.buyer_id)


def _warned(services: Any, trade: Trade, _order: Order) -> None:
    [warning] = trade.world.stripe.objects("radar.early_fraud_warning")
    services.fraud_warnings.follow(warning["id"])


def _ship(services: Any, _trade: Trade, order: Order) -> None:
    services.orders.ship(order.order_id, order.seller_id, "correos", "PK7")


def two_cases(trade: Trade, *, won: tuple[bool, bool]) -> Order:
    """Two cases about one shipped order, both decided, and nobody is told yet."""
    order = trade.shipped()
    for amount_minor in (4_000, 6_000):
        trade.world.stripe.open_dispute(charge_of(trade)["id"], amount=amount_minor)
    trade.world.drain()
    for case, is_won in zip(_cases_by_amount(trade), won, strict=True):
        trade.world.stripe.close_dispute(case["id"], won=is_won)
    return order


def _cases_by_amount(trade: Trade) -> list[dict[str, Any]]:
    return sorted(trade.world.stripe.objects("dispute"), key=lambda each: each["amount"])


def _follow_the_nth(nth: int) -> Any:
    def follow(services: Any, trade: Trade, _order: Order) -> None:
        services.chargebacks.follow(_cases_by_amount(trade)[nth]["id"])

    return follow


_TWO = {"one": _follow_the_nth(0), "other": _follow_the_nth(1)}


# prepare, actors, ends
CHARGEBACK_CONTESTS: dict[str, tuple[Any, ...]] = {
    "evidence x evidence": (near_the_deadline, {"finance": _answer, "sweep": _tend}, TAKEN),
    "evidence x decision of the bank": (
        unanswered,
        {"finance": _answer, "bank": _bank_decides},
        frozenset({"lost_to_chargeback"}),
    ),
    "question x confirm": (
        asked_of_version_2,
        {"bank": _follow, "confirm": _confirm},
        frozenset({"delivered", "released"}),
    ),
    "loss x win": (lost_of_the_paid, {"loss": _follow, "win": _overturned_meanwhile}, PAID),
    "two cases end": (partial(two_cases, won=(False, True)), _TWO, frozenset({"dispute_review"})),
    "two cases are lost": (partial(two_cases, won=(False, False)), _TWO, frozenset({"lost_to_chargeback"})),
    "win x win": (overturned_later, {"one": _follow, "other": _follow}, PAID),
    "warning x ship": (warned_unsent, {"warning": _warned, "ship": _ship}, frozenset({"refunded", "shipped"})),
    "warning x warning": (warned_unsent, {"one": _warned, "other": _warned}, frozenset({"refunded"})),
}
