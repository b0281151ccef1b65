"""Gather a View of a whole test world: our tables by scan (which no role of the product may), and Stripe's objects."""

from typing import Any

from infra.local.stripe import LocalStripe
from marketplace.audit.view import StripeMoney, View
from marketplace.ledger.store import LedgerItem, ledger_transaction
from marketplace.orders import store as orders
from marketplace.payments import store as payments
from marketplace.reviews import store as reviews
from marketplace.reviews.model import Rating
from tests.fakes.dynamo import MemoryDynamo


def view_of(dynamo: MemoryDynamo, stripe: LocalStripe, prefix: str, now: Any) -> View:
    """Read everything."""

    def rows(area: str, sort_prefix: str) -> list[Any]:
        found = dynamo.scan(f"{prefix}-{area}")
        return [item for item in found if item["sk"]["S"].startswith(sort_prefix)]

    def of(model: Any, area: str, sort_prefix: str) -> list[Any]:
        return [model.from_raw_data(item) for item in rows(area, sort_prefix)]

    review_items = of(reviews.ReviewItem, "reviews", "review#")
    return View(
        now=now,
        orders=[orders._order(item) for item in of(orders.OrderItem, "orders", orders.ORDER)],
        moves=[orders._move(item) for item in of(orders.MoveItem, "orders", orders.MOVE_PREFIX)],
        payments=[payments.payment_from(item) for item in of(payments.PaymentItem, "payments", payments.PAYMENT)],
        intents=[payments.intent_from(item) for item in of(payments.IntentItem, "payments", payments.INTENT)],
        ledger=[ledger_transaction(LedgerItem.from_raw_data(item)) for item in dynamo.scan(f"{prefix}-ledger")],
        stripe=_stripe(stripe),
        stripe_platform_minor={
            currency: amounts["available"] + amounts["pending"]
            for currency, amounts in stripe.balances()["platform"].items()
        },
        reviews=[reviews._review(item) for item in review_items],
        ratings=[_rating(item) for item in of(reviews.RatingItem, "reviews", "rating")],
        stock_sold_over=[
            item["pk"]["S"] for item in rows("catalog", "listing") if int(item.get("stock", {"N": "0"})["N"]) < 0
        ],
    )


def _rating(item: Any) -> Rating:
    _, role, subject = item.pk.split("#")
    found = reviews.DynamoReviews().rating(subject, role)
    assert found is not None
    return found


def _stripe(stripe: LocalStripe) -> list[StripeMoney]:
    found = []
    for kind in ("charge", "transfer", "refund"):
        for each in stripe.objects(kind):
            if each.get("status") == "failed":
                continue
            named = each.get("metadata") or {}
            payment_id = named.get("payment_id") or each.get("transfer_group")
            found.append(
                StripeMoney(
                    each["id"],
                    kind,
                    each["amount"],
                    each["currency"],
                    payment_id,
                    named.get("order_id"),
                    named.get("intent_id"),
                )
            )
    return found
