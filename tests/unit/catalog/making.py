"""A catalog to try things on: the real service and store over a DynamoDB in memory, sellers and storage made up."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from marketplace.catalog.model import Draft, Listing, SellerNotActive
from marketplace.catalog.ports import UploadForm
from marketplace.catalog.service import Catalog
from marketplace.catalog.store import DynamoListings
from marketplace.kit.ids import derived_id
from marketplace.kit.principal import Idempotency
from marketplace.storage.transaction import DynamoTransactions
from tests.fakes.dynamo import MemoryDynamo, create_tables
from tests.fakes.faults import Faults

START = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
SELLER, OTHER_SELLER, SLEEPING_SELLER = "acc_seller", "acc_other", "acc_sleeping"


class FrozenClock:
    def __init__(self, now: datetime = START) -> None:
        self._now = now

    def now(self) -> datetime:
        return self._now

    def advance(self, seconds: float) -> None:
        self._now += timedelta(seconds=seconds)


class CountedIds:
    def __init__(self) -> None:
        self._made = 0

    def new(self, prefix: str, at: datetime) -> str:
        self._made += 1
        return derived_id(prefix, str(self._made))

    def secret(self, size_bytes: int = 32) -> str:
        self._made += 1
        return f"secret-{self._made}"


@dataclass(frozen=True)
class Profile:
    kind: str = "trader"
    active: bool = True


class MadeUpSellers:
    def __init__(self) -> None:
        self.profiles = {SELLER: Profile(), OTHER_SELLER: Profile("private"), SLEEPING_SELLER: Profile(active=False)}

    def of(self, seller_id: str) -> Profile | None:
        return self.profiles.get(seller_id)


class MadeUpGate:
    """Lets everybody sell who is active, and counts nothing."""

    def __init__(self, sellers: MadeUpSellers) -> None:
        self._sellers = sellers

    def publishing(self, seller_id: str, price_minor: int, currency: str) -> tuple[str, list[Any]]:
        profile = self._sellers.of(seller_id)
        if profile is None or not profile.active:
            raise SellerNotActive
        return profile.kind, []

    def repricing(self, seller_id: str, price_minor: int, currency: str) -> None:
        return

    def withdrawing(self, seller_id: str) -> list[Any]:
        return []


class MadeUpUploads:
    def form(self, key: str, *, content_type: str, size_bytes: int, sha256: str) -> UploadForm:
        fields = {"key": key, "Content-Type": content_type, "size": str(size_bytes), "sha256": sha256}
        return UploadForm("https://uploads.example.test/", fields, 600)


@dataclass
class Shop:
    dynamo: MemoryDynamo
    faults: Faults
    clock: FrozenClock = field(default_factory=FrozenClock)
    sellers: MadeUpSellers = field(default_factory=MadeUpSellers)
    store: DynamoListings = field(default_factory=DynamoListings)
    transactions: DynamoTransactions = field(default_factory=lambda: DynamoTransactions(pause=lambda _: None))

    def __post_init__(self) -> None:
        self.catalog = Catalog(
            clock=self.clock,
            ids=CountedIds(),
            transactions=self.transactions,
            listings=self.store,
            sellers=self.sellers,
            uploads=MadeUpUploads(),
            gate=MadeUpGate(self.sellers),
        )

    def draft(self, seller_id: str = SELLER, **said: Any) -> Listing:
        self.clock.advance(1)
        return self.catalog.create_listing(seller_id, complete_draft(**said))

    def live(self, seller_id: str = SELLER, **said: Any) -> Listing:
        return self.catalog.publish_listing(seller_id, self.draft(seller_id, **said).listing_id)

    def round_trips(self) -> list[str]:
        made = [call.operation for call in self.dynamo.calls]
        self.dynamo.calls.clear()
        return made


@contextmanager
def open_shop() -> Iterator[Shop]:
    faults = Faults()
    with MemoryDynamo(boundary=faults).installed() as dynamo:
        create_tables(dynamo, "infra/data.yaml", {"Stage": "local"})
        dynamo.calls.clear()
        yield Shop(dynamo, faults)


def complete_draft(**said: Any) -> Draft:
    whole = {
        "title": "Bicicleta de paseo",
        "description": "Poco uso, frenos nuevos.",
        "category": "sports",
        "price_minor": 12_000,
        "currency": "eur",
        "stock": 3,
        "language": "es",
    }
    return Draft(**{**whole, **said})


def listing(**said: Any) -> Listing:
    whole = {
        "listing_id": "lst_1",
        "seller_id": SELLER,
        "seller_kind": "trader",
        "title": "Bicicleta de paseo",
        "description": "Poco uso, frenos nuevos.",
        "category": "sports",
        "price_minor": 12_000,
        "currency": "eur",
        "stock": 3,
        "state": "draft",
        "language": "es",
        "photos": (),
        "revision": 1,
        "created_at": START,
        "updated_at": START,
        "listed_at": None,
    }
    return Listing(**{**whole, **said})


def attempt(key: str, body: str = "a body") -> Idempotency:
    return Idempotency(key, hashlib.sha256(body.encode()).hexdigest())


def photo_of(text: str) -> dict[str, Any]:
    return {"content_type": "image/jpeg", "size_bytes": 1_000, "sha256": hashlib.sha256(text.encode()).hexdigest()}
