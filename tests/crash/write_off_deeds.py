"""Debts that two people give up: parts of a Flow and of a Contest, as tuples (see flows.py and races.py)."""

from contextlib import suppress
from dataclasses import replace
from functools import cached_property
from typing import Any

from marketplace.kit.errors import DomainError
from marketplace.kit.principal import FINANCE
from marketplace.payments.debt_store import DebtItem, DynamoDebts
from marketplace.wiring import Services
from tests.crash.refund_deeds import of_finance, prepare_in_debt
from tests.fakes.trade import Trade

WHY = "Their shop burnt down."
RUNNING, RELEASED = frozenset({"shipped", "released"}), frozenset({"released"})


def owing(trade: Trade) -> tuple[Any, int, list[str]]:
    """A seller who owes for a refund, how much, and two people of finance."""
    order = prepare_in_debt(trade)
    owed_minor = trade.services.debts.owed_minor(order.seller_id, order.currency)
    return order, owed_minor, [trade.staff(FINANCE), trade.staff(FINANCE)]


def proposed(trade: Trade) -> tuple[Any, list[str], list[str]]:
    """The same, with two proposals to give up all of it."""
    order, owed_minor, staff = owing(trade)
    by = of_finance(trade, staff[0])
    facts = (order.seller_id, order.currency, owed_minor, by, WHY)
    made = [trade.services.write_offs.propose(*facts, once).proposal_id for once in ("one", "other")]
    return order, made, staff


def write_off(trade: Trade, made: tuple[Any, int, list[str]]) -> None:
    """Propose and approve, as two people who repeat whatever fails."""
    order, owed_minor, (one, other) = made
    services = trade.services
    with suppress(DomainError):  # what was given up is owed no more
        facts = (order.seller_id, order.currency, owed_minor, of_finance(trade, one), WHY)
        services.write_offs.propose(*facts, "the-one-proposal")
    for each in services.approvals.page("open", None, 10).items:
        services.approvals.approve(each.proposal_id, of_finance(trade, other), "So I read it too.")
    trade.world.drain()


# prepare, act, ends
WRITE_OFF_FLOWS: dict[str, tuple[Any, ...]] = {"debt written off": (owing, write_off, RUNNING)}


def _approve(which: int) -> Any:
    def deed(services: Any, trade: Trade, made: tuple[Any, list[str], list[str]]) -> None:
        _, proposals, (_, other) = made
        services.approvals.approve(proposals[which], of_finance(trade, other), "So I read it too.")

    return deed


def _earn(services: Any, _trade: Trade, made: tuple[Any, list[str], list[str]]) -> None:
    order = made[0]
    services.orders.confirm(order.order_id, order.buyer_id)
    services.order_clock.settle(order.order_id)


# prepare, actors, ends
WRITE_OFF_CONTESTS: dict[str, tuple[Any, ...]] = {
    "debt written off x earnings pay it": (proposed, {"finance": _approve(0), "buyer": _earn}, RELEASED),
    "debt written off x written off": (proposed, {"one": _approve(0), "other": _approve(1)}, RUNNING),
}


class WrittenOffUnread(Services):
    """Gives up what was owed when somebody looked, whatever is owed by now."""

    @cached_property
    def debts(self) -> DynamoDebts:
        class Whatever(DynamoDebts):
            def net(self, seller_id: str, currency: str, amount_minor: int) -> Any:
                guarded: Any = super().net(seller_id, currency, amount_minor)
                return replace(guarded, condition=DebtItem.pk.exists())

        return Whatever(self.clock)
