"""What Stripe took by itself, booked by two people: parts of a Flow and of a Contest, as tuples."""

from contextlib import suppress
from dataclasses import replace
from functools import cached_property
from itertools import count
from typing import Any

from infra.local.stripe.ledger import FEES
from infra.local.stripe.store import PLATFORM
from marketplace.kit.errors import Conflict
from marketplace.kit.principal import FINANCE
from marketplace.ledger.store import DynamoLedger
from marketplace.ledger.stripe_billed import KIND
from marketplace.wiring import Services
from tests.crash.refund_deeds import of_finance
from tests.fakes.trade import Trade

_NUMBERS = count()  # a process that starts anew goes on counting
WHY = "Stripe's invoice of October."
NO_ORDERS = frozenset[str]()


def taken(trade: Trade, amount_minor: int = -300, kind: str = "stripe_fee", **told: Any) -> str:
    """Let Stripe take a fee by itself, out of the owner's money; return the balance transaction's id."""
    stripe = trade.world.stripe
    with stripe.workplace.unit():
        now = stripe.world.now()
        whole = {"amount": amount_minor, "currency": "eur", "source": None, "against": FEES, "now": now} | told
        made = stripe.world.books.write(PLATFORM, kind, available_on=now, **whole)
    return str(made["id"])


def prepare(trade: Trade) -> tuple[str, list[str]]:
    return taken(trade), [trade.staff(FINANCE), trade.staff(FINANCE)]


def correct(trade: Trade, made: tuple[str, list[str]]) -> None:
    """Propose and approve, as two people who repeat whatever fails."""
    name, (one, other) = made
    services = trade.services
    with suppress(Conflict):  # what is in the books is not proposed again
        services.corrections.propose(name, of_finance(trade, one), WHY, "the-one-proposal")
    for each in services.approvals.page("open", None, 10).items:
        services.approvals.approve(each.proposal_id, of_finance(trade, other), "I read the invoice as well.")


# prepare, act, ends
CORRECTION_FLOWS: dict[str, tuple[Any, ...]] = {"Stripe's own fee booked": (prepare, correct, NO_ORDERS)}


def proposed(trade: Trade) -> tuple[list[str], str]:
    name, (one, other) = prepare(trade)
    by, services = of_finance(trade, one), trade.services
    return [services.corrections.propose(name, by, WHY, once).proposal_id for once in ("one", "other")], other


def _approve(which: int) -> Any:
    def deed(services: Any, trade: Trade, made: tuple[list[str], str]) -> None:
        proposals, other = made
        services.approvals.approve(proposals[which], of_finance(trade, other), "I read the invoice as well.")

    return deed


# prepare, actors, ends
CORRECTION_CONTESTS: dict[str, tuple[Any, ...]] = {
    "correction x the same correction": (proposed, {"one": _approve(0), "other": _approve(1)}, NO_ORDERS)
}


class CorrectedEachTime(Services):
    """Books a correction as a fact of its approval, not of what Stripe moved."""

    @cached_property
    def ledger(self) -> DynamoLedger:
        class Unkeyed(DynamoLedger):
            def book(self, transaction: Any) -> Any:
                own = transaction.kind == KIND
                key = f"{transaction.key}#{next(_NUMBERS)}" if own else transaction.key
                return super().book(replace(transaction, key=key))

        return Unkeyed()
