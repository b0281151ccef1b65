"""Gather all that the invariants look at: the tables by scan, which no role of the product may, and Stripe's lists."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from infra.local.aws import client
from infra.local.journeys.collect_payouts import payouts_of
from infra.local.journeys.payers import StripeSide
from infra.local.journeys.stage import Stage
from marketplace.audit.view import StripeMoney, View
from marketplace.catalog.store import ListingItem
from marketplace.ledger.model import LedgerTransaction
from marketplace.ledger.store import LedgerItem, ledger_transaction
from marketplace.orders import table_store as orders
from marketplace.payments import debt_store
from marketplace.payments import store as payments
from marketplace.payments.debt_store import DebtItem
from marketplace.reviews import store as reviews
from marketplace.reviews.model import Rating
from marketplace.shipping import store as shipping

# The stores keep these to themselves, because nobody else in the product may read a table by scan.
_review = reviews._review  # noqa: SLF001


class Tables:
    """Every item of the emulator's tables, read once a table with the account owner's key."""

    def __init__(self, emulator_url: str, table_prefix: str) -> None:
        self._dynamodb = client(emulator_url, "dynamodb")
        self._prefix = table_prefix

    def items(self, area: str) -> list[dict[str, Any]]:
        """Return all items of an area's table in DynamoDB's own form."""
        pages = self._dynamodb.get_paginator("scan").paginate(TableName=f"{self._prefix}-{area}", ConsistentRead=True)
        return [item for page in pages for item in page["Items"]]


def view_of(stage: Stage, tables: Tables) -> View:
    """Read everything."""
    of_orders, of_payments = tables.items("orders"), tables.items("payments")
    of_reviews, of_catalog = tables.items("reviews"), tables.items("catalog")
    stripe = StripeSide(stage)
    seller_accounts = {
        item["pk"]["S"]: item["stripe_account_id"]["S"]
        for item in tables.items("accounts")
        if item["sk"]["S"] == "seller" and "stripe_account_id" in item and not item["pk"]["S"].startswith("stripe#")
    }
    return View(
        now=datetime.now(UTC),
        orders=[orders.order_from(item) for item in _read(orders.OrderItem, of_orders, orders.ORDER)],
        moves=[orders.move_from(item) for item in _read(orders.MoveItem, of_orders, orders.MOVE_PREFIX)],
        payments=[payments.payment_from(item) for item in _read(payments.PaymentItem, of_payments, payments.PAYMENT)],
        intents=[payments.intent_from(item) for item in _read(payments.IntentItem, of_payments, payments.INTENT)],
        ledger=ledger_of(tables),
        stripe=list(_money(stripe)),
        stripe_platform_minor=stripe.balances(),
        reviews=[_review(item) for item in _read(reviews.ReviewItem, of_reviews, "review#")],
        punctuality=[
            shipping.punctuality_from(item)
            for item in _read(shipping.PunctualityItem, tables.items("shipping"), shipping.COUNTS)
        ],
        ratings=[_rating(item) for item in _read(reviews.RatingItem, of_reviews, "rating")],
        debts={
            (item.seller_id, item.currency): item.amount_minor for item in _read(DebtItem, of_payments, debt_store.DEBT)
        },
        seller_accounts=seller_accounts,
        stock_sold_over=[item.pk for item in _read(ListingItem, of_catalog, "listing") if item.stock < 0],
        **payouts_of(tables.items("payouts"), stripe, seller_accounts),
    )


def ledger_of(tables: Tables) -> list[LedgerTransaction]:
    """Read the whole ledger."""
    return [ledger_transaction(LedgerItem.from_raw_data(item)) for item in tables.items("ledger")]


def _read(model: Any, items: list[dict[str, Any]], sort_prefix: str) -> list[Any]:
    return [model.from_raw_data(item) for item in items if item["sk"]["S"].startswith(sort_prefix)]


def _rating(item: Any) -> Rating:
    _, role, subject_id = item.pk.split("#")
    stars = (item.stars_1, item.stars_2, item.stars_3, item.stars_4, item.stars_5)
    return Rating(subject_id, role, item.review_count, item.stars_total, stars)


def _money(stripe: StripeSide) -> Iterator[StripeMoney]:
    for kind in ("charge", "transfer", "refund"):
        for found in stripe.list_all(f"/v1/{kind}s"):
            if found.get("status") not in {"failed", "canceled"}:
                yield _moved(kind, found)
            if kind == "transfer" and found["amount_reversed"]:
                yield from (
                    _moved("reversal", each) for each in stripe.list_all(f"/v1/transfers/{found['id']}/reversals")
                )


def _moved(kind: str, found: dict[str, Any]) -> StripeMoney:
    named = found.get("metadata") or {}
    return StripeMoney(
        found["id"],
        kind,
        found["amount"],
        found["currency"],
        named.get("payment_id") or found.get("transfer_group"),
        named.get("order_id"),
        named.get("intent_id"),
        found.get("destination"),
    )
