"""Ended orders to review: the real service and store over a DynamoDB in memory, orders made up."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from marketplace.orders.model import Order
from marketplace.outbox.store import DynamoOutbox
from marketplace.reviews.model import Review
from marketplace.reviews.service import Reviews
from marketplace.reviews.store import DynamoReviews
from marketplace.storage.transaction import DynamoTransactions
from tests.fakes.dynamo import MemoryDynamo, create_tables
from tests.fakes.faults import Faults

ENDED = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
WINDOW_SECONDS = 14 * 86_400
BUYER_ID, SELLER_ID, STRANGER_ID = "acc_buyer", "acc_seller", "acc_stranger"
ORDER_ID = "ord_1"
REVIEWS_TABLE, OUTBOX_TABLE = "aval-local-reviews", "aval-local-outbox"


class FrozenClock:
    def __init__(self, now: datetime = ENDED) -> None:
        self._now = now

    def now(self) -> datetime:
        return self._now

    def advance(self, seconds: float) -> None:
        self._now += timedelta(seconds=seconds)


class MadeUpOrders:
    def __init__(self, *orders: Order) -> None:
        self.orders = {it.order_id: it for it in orders}

    def read(self, order_id: str) -> Order | None:
        return self.orders.get(order_id)


class NoLinks:
    """Everybody belongs to nobody."""

    def is_member(self, seller_id: str, account_id: str) -> bool:
        return False


@dataclass
class Booth:
    dynamo: MemoryDynamo
    faults: Faults
    clock: FrozenClock = field(default_factory=FrozenClock)
    orders: MadeUpOrders = field(default_factory=lambda: MadeUpOrders(order()))
    store: DynamoReviews = field(default_factory=DynamoReviews)

    def __post_init__(self) -> None:
        self.reviews = Reviews(
            clock=self.clock,
            transactions=DynamoTransactions(pause=lambda _: None),
            outbox=DynamoOutbox(),
            reviews=self.store,
            orders=self.orders,
            links=NoLinks(),
            review_window_seconds=WINDOW_SECONDS,
        )

    def write(self, author_id: str, rating: int = 5, text: str = "Todo perfecto.", order_id: str = ORDER_ID) -> Review:
        return self.reviews.write_review(author_id, order_id, rating=rating, text=text)

    def events(self) -> list[dict[str, Any]]:
        return [{"kind": row["kind"], "subject": row["subject"]} for row in self.dynamo.rows(OUTBOX_TABLE)]

    def round_trips(self) -> list[str]:
        made = [call.operation for call in self.dynamo.calls]
        self.dynamo.calls.clear()
        return made


@contextmanager
def open_booth() -> Iterator[Booth]:
    faults = Faults()
    with MemoryDynamo(boundary=faults).installed() as dynamo:
        create_tables(dynamo, "infra/data.yaml", {"Stage": "local"})
        dynamo.calls.clear()
        yield Booth(dynamo, faults)


def order(**said: Any) -> Order:
    whole = {
        "order_id": ORDER_ID,
        "payment_id": "pay_1",
        "buyer_id": BUYER_ID,
        "seller_id": SELLER_ID,
        "seller_kind": "trader",
        "currency": "eur",
        "lines": (),
        "total_minor": 12_000,
        "commission_minor": 1_200,
        "fee_version": "1",
        "process_version": 1,
        "placed_at": ENDED - timedelta(days=5),
        "state": "released",
        "step": 5,
        "entered_at": ENDED,
        "due_at": None,
        "ended_at": ENDED,
    }
    return Order(**{**whole, **said})


def review(**said: Any) -> Review:
    whole = {
        "order_id": ORDER_ID,
        "written_by": "buyer",
        "author_id": BUYER_ID,
        "subject_id": SELLER_ID,
        "rating": 4,
        "text": "Llegó a tiempo.",
        "written_at": ENDED,
        "reveal_at": ENDED + timedelta(seconds=WINDOW_SECONDS),
        "published_at": None,
    }
    return Review(**{**whole, **said})
