"""Whether months tell all of somebody's money: compared with Stripe, with the books, and with what waits."""

from collections import Counter
from typing import Any

from marketplace.ledger.model import HELD, LATE_PAYMENT, REFUND_OWED, UNCLAIMED, balances
from marketplace.orders.model import BUYER, SELLER
from marketplace.payments.model import IntentKind
from marketplace.statements.monthly import Month, Statement, month_at
from tests.fakes.world import World

FIRST = Month("2026-11")
AT_STRIPE = frozenset({"capture", "late_payment", "refund", "late_refund", "refund_failed"})
FAILED = frozenset({"failed", "canceled"})
REFUNDS = frozenset({IntentKind.REFUND, IntentKind.LATE_REFUND})
TRANSFERS = frozenset({IntentKind.TRANSFER})


def months_of(world: World, account_id: str, currency: str = "eur", role: str = BUYER) -> list[Statement]:
    """Return every month until now."""
    month, found = FIRST, []
    while month.begins <= world.clock.now():
        found.append(world.services.statements.statement(account_id, role, month.name, currency))
        month = month_at(month.ends)
    return found


def check(world: World) -> int:
    """Assert that everybody's months add up; return how many lines buyers read."""
    view = world.view()
    for seller_id, currency in sorted({(order.seller_id, order.currency) for order in view.orders}):
        _check_seller(world, view, seller_id, currency)
    of = {(order.buyer_id, order.currency): [] for order in view.orders}
    for order in view.orders:
        of[order.buyer_id, order.currency].append(order)
    return sum(_check(world, view, *whose, orders) for whose, orders in of.items())


def _check(world: World, view: Any, buyer_id: str, currency: str, orders: list[Any]) -> int:
    months = months_of(world, buyer_id, currency)
    lines = [line for month in months for line in month.entries]
    books, payments = {each.order_id for each in orders}, {each.payment_id for each in orders}

    assert [month.opening_minor for month in months] == [0, *(month.closing_minor for month in months[:-1])]
    assert months[-1].waiting_minor == _waits(world, books | payments, REFUNDS)
    assert months[-1].closing_minor == _owed(view, books, payments) + months[-1].waiting_minor
    assert sum(each.amount_minor for each in lines if each.fact in AT_STRIPE) == _at_stripe(world, payments)
    assert all(each.amount_minor for each in lines)
    return len(lines)


def _check_seller(world: World, view: Any, seller_id: str, currency: str) -> None:
    months = months_of(world, seller_id, currency, SELLER)
    owed = (posting for each in view.ledger if each.currency == currency for posting in each.postings)
    owed_minor = -sum(each.amount_minor for each in owed if each.account.partition(":")[2] == seller_id)
    books = {each.order_id for each in view.orders if (each.seller_id, each.currency) == (seller_id, currency)}

    assert [month.opening_minor for month in months] == [0, *(month.closing_minor for month in months[:-1])]
    assert months[-1].waiting_minor == _waits(world, books, TRANSFERS)
    assert months[-1].closing_minor == owed_minor + months[-1].waiting_minor


def _owed(view: Any, books: set[str], payments: set[str]) -> int:
    """Sum what the books hold of orders and owe of payments."""
    minor: Counter[str] = Counter()
    for each in view.ledger:
        for (account, _), amount_minor in balances([each]).items():
            if (each.book in books and account in {HELD, REFUND_OWED}) or (
                each.book in payments and account == LATE_PAYMENT
            ):
                minor[account] -= amount_minor
    return sum(minor.values())


def _waits(world: World, books: set[str], kinds: frozenset[IntentKind]) -> int:
    """Sum what people would find in the list of what waits, as far as such an intent had been meant to send it."""
    rows = world.services.unclaimed.page(None, 50).items
    theirs = [row for row in rows if row.book in books and row.account == UNCLAIMED]
    intents = {row.name: world.services.payment_store.intent(row.name) for row in theirs}
    return sum(row.amount_minor for row in theirs if intents[row.name].kind in kinds)


def _at_stripe(world: World, payments: set[str]) -> int:
    """Sum what Stripe charged of payments, less what it refunded."""
    charges = [each for each in world.stripe.objects("charge") if each["transfer_group"] in payments]
    names = {each["id"] for each in charges}
    refunds = [each for each in world.stripe.objects("refund") if each["charge"] in names]
    paid = sum(each["amount"] for each in charges if each["status"] == "succeeded")
    return paid - sum(each["amount"] for each in refunds if each["status"] not in FAILED)
