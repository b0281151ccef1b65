"""Gather a View of a whole test world: our tables by scan (which no role of the product may), and Stripe's objects."""

from collections.abc import Callable
from typing import Any

from infra.local.stripe import LocalStripe
from marketplace.audit.view import StripeMoney, View
from marketplace.ledger.store import LedgerItem, ledger_transaction
from marketplace.orders import store as orders
from marketplace.payments import store as payments
from marketplace.reviews import store as reviews
from marketplace.reviews.model import Rating
from tests.fakes.dynamo import MemoryDynamo


class _Parsed:
    """Remembers what each stored item says: the twin never changes an item in place, so its identity is enough."""

    KEPT_MAX = 20_000

    def __init__(self) -> None:
        self._kept: dict[tuple[int, Any], tuple[Any, Any]] = {}

    def of(self, item: Any, parse: Callable[[Any], Any]) -> Any:
        found = self._kept.get((id(item), parse))
        if found is None:
            if len(self._kept) >= self.KEPT_MAX:
                self._kept.clear()
            found = self._kept[id(item), parse] = (
                item,
                parse(item),
            )  # kept with the item, so that the id stays its own
        return found[1]


PARSED = _Parsed()


def view_of(dynamo: MemoryDynamo, stripe: LocalStripe, prefix: str, now: Any) -> View:
    """Read everything."""

    def rows(area: str, sort_prefix: str) -> list[Any]:
        found = dynamo.snapshot_items(f"{prefix}-{area}")
        return [found[key] for key in sorted(found) if found[key]["sk"]["S"].startswith(sort_prefix)]

    def of(parse: Callable[[Any], Any], area: str, sort_prefix: str) -> list[Any]:
        return [PARSED.of(item, parse) for item in rows(area, sort_prefix)]

    return View(
        now=now,
        orders=of(_order, "orders", orders.ORDER),
        moves=of(_move, "orders", orders.MOVE_PREFIX),
        payments=of(_payment, "payments", payments.PAYMENT),
        intents=of(_intent, "payments", payments.INTENT),
        ledger=of(_booked, "ledger", ""),
        stripe=_stripe(stripe),
        stripe_platform_minor={
            currency: amounts["available"] + amounts["pending"]
            for currency, amounts in stripe.balances()["platform"].items()
        },
        reviews=of(_review, "reviews", "review#"),
        ratings=of(_rating, "reviews", "rating"),
        stock_sold_over=[
            item["pk"]["S"] for item in rows("catalog", "listing") if int(item.get("stock", {"N": "0"})["N"]) < 0
        ],
    )


def _order(item: Any) -> Any:
    return orders._order(orders.OrderItem.from_raw_data(item))


def _move(item: Any) -> Any:
    return orders._move(orders.MoveItem.from_raw_data(item))


def _payment(item: Any) -> Any:
    return payments.payment_from(payments.PaymentItem.from_raw_data(item))


def _intent(item: Any) -> Any:
    return payments.intent_from(payments.IntentItem.from_raw_data(item))


def _booked(item: Any) -> Any:
    return ledger_transaction(LedgerItem.from_raw_data(item))


def _review(item: Any) -> Any:
    return reviews._review(reviews.ReviewItem.from_raw_data(item))


def _rating(item: Any) -> Rating:
    _, role, subject = item["pk"]["S"].split("#")
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
