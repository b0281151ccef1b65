"""The shipping table, on both backends."""

from datetime import UTC, datetime

import pytest

from marketplace.shipping.model import CarrierEvent, EventSeen, Outcome, Punctuality, Tracking, TrackingNumberUsed
from marketplace.shipping.store import DynamoShipping
from marketplace.storage.transaction import DynamoTransactions
from tests.stores.backends import NAMES, backend_of

AT = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
PARCEL = Tracking("correos", "PK1")
EVENT = CarrierEvent("e1", "PK1", Outcome.DELIVERED, AT)


@pytest.fixture(params=NAMES)
def store(request):
    with backend_of(request.param):
        yield DynamoShipping()


def commit(*writes) -> None:
    DynamoTransactions().commit(writes)


def test_a_parcel_is_claimed_once(store):
    commit(store.claim(PARCEL, "ord_1", AT))

    with pytest.raises(TrackingNumberUsed):
        commit(store.claim(PARCEL, "ord_2", AT))
    assert store.order_of(PARCEL) == "ord_1"
    assert store.order_of(Tracking("seur", "PK1")) is None


def test_an_event_is_kept_once_and_listed_with_its_order(store):
    commit(store.keep("ord_1", "correos", EVENT, AT, moved=True))

    with pytest.raises(EventSeen):
        commit(store.keep("ord_1", "correos", EVENT, AT, moved=False))
    [known] = store.events_of("ord_1")
    assert (known.carrier, known.event_id, known.outcome) == ("correos", "e1", "delivered")
    assert (known.at, known.moved) == (AT, True)
    assert store.is_known("ord_1", "correos", "e1")
    assert not store.is_known("ord_1", "dhl", "e1")
    assert store.events_of("ord_2") == []


def test_counts_add_up(store):
    for counts in ({"shipped_late": 1}, {"shipped_late": 1, "delivered_on_time": 1}):
        commit(store.count_kept("acc_1", counts))

    assert store.punctuality("acc_1") == Punctuality("acc_1", shipped_late=2, delivered_on_time=1)
    assert store.punctuality("acc_2") == Punctuality("acc_2")
