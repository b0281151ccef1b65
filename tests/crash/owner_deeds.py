"""Flows of the owner's own money, and of what waits for a person: parts of a Flow, as tuples (see flows.py)."""

from contextlib import suppress
from dataclasses import replace
from functools import cached_property
from itertools import count
from typing import Any

from marketplace.kit.errors import DomainError
from marketplace.kit.principal import FINANCE
from marketplace.ledger.owner import is_owners, moved
from marketplace.ledger.store import DynamoLedger
from marketplace.payments.beside import Beside
from marketplace.payments.desk import CLOSE
from marketplace.payments.model import transfer_intent_id
from marketplace.payments.owner_money import OwnerMoney
from marketplace.payments.unclaimed import DECIDE
from marketplace.payments.unclaimed_model import UnclaimedMoved, Way
from marketplace.payments.unclaimed_store import DynamoUnclaimed, UnclaimedItem
from marketplace.storage.transaction import Put
from marketplace.wiring import Services
from tests.crash.refund_deeds import PART, ask, decide, of_finance, prepare_parked
from tests.fakes.trade import Trade

REFERENCE = "AVAL-2026-000123"  # of the bank transfer by which the owner pays outside
_NUMBERS = count()  # a process that starts anew goes on counting


def put_in(trade: Trade) -> str:
    topup = trade.world.stripe_client().v1.topups.create({"amount": 5_000, "currency": "eur"})
    trade.world.stripe.close_topup(topup.id)
    return str(topup.id)


def put_in_and_taken_back(trade: Trade) -> str:
    topup_id = put_in(trade)
    trade.world.stripe.close_topup(topup_id, code="debit_not_authorized")
    return topup_id


def taken_out_and_refused(trade: Trade) -> str:
    put_in(trade)
    trade.world.drain()
    payout = trade.world.stripe_client().v1.payouts.create({"amount": 2_000, "currency": "eur"})
    trade.world.stripe.fail_payout(payout.id)
    return str(payout.id)


def told(trade: Trade, _made: str) -> None:
    trade.world.drain()


NO_ORDERS = frozenset[str]()
# prepare, act, ends
OWNER_FLOWS: dict[str, tuple[Any, ...]] = {
    "owner puts money in": (put_in, told, NO_ORDERS),
    "owner's bank takes a top-up back": (put_in_and_taken_back, told, NO_ORDERS),
    "owner takes money out, the bank refuses": (taken_out_and_refused, told, NO_ORDERS),
}


class CapitalBookedByAmount(Services):
    """Books what the owner moved as a fact of that moment."""

    @cached_property
    def owner_money(self) -> Any:
        class Repeating(OwnerMoney):
            def _book(self, movements: Any) -> int:
                for movement in filter(is_owners, movements):
                    again = replace(movement, transaction_id=f"{movement.transaction_id}#{next(_NUMBERS)}")
                    self._tx.commit([self._ledger.book(each) for each in moved(again, self._clock.now())])
                return 0

        made = vars(super().owner_money)
        return Repeating(clock=made["_clock"], transactions=made["_tx"], ledger=made["_ledger"], stripe=made["_stripe"])


def agreed(trade: Trade, propose: Any, approve_as: str) -> None:
    """Propose and approve, as two people who repeat whatever fails; what was decided meanwhile stands."""
    with suppress(DomainError):
        proposal = propose()
        trade.services.approvals.approve(proposal.proposal_id, of_finance(trade, approve_as), "So I read it too.")


def closed_refund(trade: Trade) -> tuple[Any, str, list[str]]:
    """A refund that the buyer's bank sent back, and that two people closed."""
    made = prepare_parked(trade)
    decide(trade, made, CLOSE)
    return made


def closed_transfer(trade: Trade) -> tuple[Any, str, list[str]]:
    """A release whose transfer Stripe had not made when it was parked, closed by two."""
    order, services = trade.shipped(), trade.services
    services.orders.confirm(order.order_id, order.buyer_id)
    trade.world.stripe.inject(fault="error_500", method="POST", path_prefix="/v1/transfers", times=2)
    with suppress(DomainError):
        services.settlement.settle(order.order_id)
    trade.world.stripe.faults.clear()
    name = transfer_intent_id(order.order_id)
    intent = services.payment_store.intent(name)
    services.transactions.commit([services.payment_store.park_intent(intent, "refused", trade.world.clock.now())])
    trade.world.clock.advance(minutes=3)
    staff = [trade.staff(FINANCE), trade.staff(FINANCE)]
    proposal = services.intent_desk.propose(CLOSE, name, of_finance(trade, staff[0]), "The seller's account is gone.")
    services.approvals.approve(proposal.proposal_id, of_finance(trade, staff[1]), "So it is.")
    trade.world.sweep()
    return order, name, staff


def _reference(way: Way) -> dict[str, str]:
    return {"bank_reference": REFERENCE} if way is Way.PAID_OUTSIDE else {}


def decide_as(way: Way) -> Any:
    def act(trade: Trade, made: tuple[Any, str, list[str]]) -> None:
        _, name, (one, other) = made
        facts = {"name": name, "way": way.value, "round": 0, "amount_minor": 1, **_reference(way)}
        by = of_finance(trade, one)
        agreed(
            trade,
            lambda: trade.services.approvals.propose(
                kind=DECIDE, subject=name, facts=facts, principal=by, reasons="They wrote.", once="the-one-proposal"
            ),
            other,
        )
        trade.world.sweep()

    return act


RUNNING, RELEASED = frozenset({"shipped"}), frozenset({"released"})
OWNER_FLOWS |= {
    "unclaimed money goes to the buyer": (closed_refund, decide_as(Way.BUYER), RUNNING),
    "unclaimed money goes to the seller": (closed_transfer, decide_as(Way.SELLER), RELEASED),
    "a seller's unclaimed money goes to the buyer": (closed_transfer, decide_as(Way.BUYER), RELEASED),
    "unclaimed money is kept": (closed_refund, decide_as(Way.KEEP), RUNNING),
    "unclaimed money is paid outside": (closed_refund, decide_as(Way.PAID_OUTSIDE), RUNNING),
}


def _deciding(way: Way) -> Any:
    def deed(services: Any, trade: Trade, made: tuple[Any, str, list[str]]) -> None:
        _, name, (one, other) = made
        proposal = services.unclaimed.propose(name, way, of_finance(trade, one), "They wrote.", **_reference(way))
        services.approvals.approve(proposal.proposal_id, of_finance(trade, other), "So I read it too.")
        services.sweep.run()

    return deed


def _refund(services: Any, _trade: Trade, made: tuple[Any, str, list[str]]) -> None:
    ask(services, services.order_store.read(made[0].order_id), PART, "kept")
    services.sweep.run()


# prepare, actors, ends
OWNER_CONTESTS: dict[str, tuple[Any, ...]] = {
    "unclaimed to the seller x to the buyer": (
        closed_transfer,
        {"seller": _deciding(Way.SELLER), "buyer": _deciding(Way.BUYER)},
        RELEASED,
    ),
    "unclaimed paid outside x to the buyer": (
        closed_refund,
        {"outside": _deciding(Way.PAID_OUTSIDE), "buyer": _deciding(Way.BUYER)},
        RUNNING,
    ),
    "unclaimed to the seller x refund": (
        closed_transfer,
        {"seller": _deciding(Way.SELLER), "refund": _refund},
        RELEASED,
    ),
}


class UnclaimedUnread(Services):
    """Decides about unclaimed money whatever was decided meanwhile."""

    @cached_property
    def unclaimed_store(self) -> Any:
        class LastOneWins(DynamoUnclaimed):
            def change(self, before: Any, after: Any) -> Any:
                guarded: Any = super().change(before, after)
                return Put(guarded.item, UnclaimedMoved(), UnclaimedItem.pk.exists())

        return LastOneWins()

    @cached_property
    def ledger(self) -> Any:
        class Anything(DynamoLedger):
            def book(self, transaction: Any) -> Any:
                found = transaction.kind.startswith(("unclaimed_to", "sellers_to"))
                return super().book(
                    replace(transaction, key=f"{transaction.key}#{next(_NUMBERS)}") if found else transaction
                )

        return Anything()

    @cached_property
    def beside(self) -> Any:
        class EachTime(Beside):
            def to_seller(self, order: Any, intent_id: str, amount_minor: int, facts: Any) -> Any:
                return super().to_seller(order, f"{intent_id}#{next(_NUMBERS)}", amount_minor, facts)

            def to_buyer(self, order: Any, intent_id: str, amount_minor: int, facts: Any) -> Any:
                return super().to_buyer(order, f"{intent_id}#{next(_NUMBERS)}", amount_minor, facts)

        made = {name.removeprefix("_"): part for name, part in vars(super().beside).items()}
        return EachTime(transactions=made.pop("tx"), **made)
