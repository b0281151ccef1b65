"""The reviews' store, on the in-memory DynamoDB and on moto: both must give the same answers."""

from datetime import timedelta

import boto3
import pytest

from marketplace.reviews.model import AlreadyPublished, AlreadyReviewed, CounterpartArrived, Rating, published
from marketplace.reviews.store import DynamoReviews
from marketplace.storage.cursor import BadCursor
from marketplace.storage.tables import shared_client
from marketplace.storage.transaction import DynamoTransactions
from tests.fakes.dynamo import MemoryDynamo, create_tables
from tests.fakes.strict_moto import strict_moto
from tests.unit.reviews.making import BUYER_ID, ENDED, ORDER_ID, SELLER_ID, WINDOW_SECONDS, review

ENDS = ENDED + timedelta(seconds=WINDOW_SECONDS)


@pytest.fixture(params=["memory", "moto"])
def backend(request):
    shared_client.cache_clear()  # moto answers only clients that were made while it is there
    if request.param == "memory":
        with MemoryDynamo().installed() as dynamo:
            create_tables(dynamo, "infra/data.yaml", {"Stage": "local"})
            yield request.param
    else:
        with strict_moto():
            create_tables(boto3.client("dynamodb"), "infra/data.yaml", {"Stage": "local"})
            yield request.param
    shared_client.cache_clear()


@pytest.fixture
def store(backend):
    return DynamoReviews()


@pytest.fixture
def commit(backend):
    transactions = DynamoTransactions(pause=lambda _: None)
    return lambda *writes: transactions.commit(writes)


def answer(**said):
    return review(**{"written_by": "seller", "author_id": SELLER_ID, "subject_id": BUYER_ID, **said})


def test_reviews_of_an_order_come_back_as_they_were_stored(store, commit) -> None:
    sealed, shown = review(text="Ñandú 🚲\nbien"), published(answer(), ENDED)

    commit(store.add(sealed))
    commit(store.add(shown))

    assert {"buyer": sealed, "seller": shown} == store.of_order(ORDER_ID)
    assert store.of_order("ord_never") == {}


def test_a_party_is_heard_once(store, commit) -> None:
    commit(store.add(review()))

    with pytest.raises(AlreadyReviewed):
        commit(store.add(review(rating=1)))

    assert {"buyer": review()} == store.of_order(ORDER_ID)


def test_a_review_that_believes_to_be_alone_is_refused_when_it_is_not(store, commit) -> None:
    commit(store.add(review()), store.absent(ORDER_ID, "seller"))

    with pytest.raises(CounterpartArrived):
        commit(store.add(answer()), store.absent(ORDER_ID, "buyer"))

    assert ["buyer"] == list(store.of_order(ORDER_ID))


def test_only_published_reviews_are_listed(store, commit) -> None:
    commit(store.add(review()), store.add(published(answer(), ENDED)))

    assert () == store.about(SELLER_ID, "seller", cursor=None, limit=10).items
    assert (published(answer(), ENDED),) == store.about(BUYER_ID, "buyer", cursor=None, limit=10).items
    assert () == store.about(BUYER_ID, "seller", cursor=None, limit=10).items


def test_publishing_lists_a_review_and_takes_it_from_the_queue(store, commit) -> None:
    commit(store.add(review()))
    assert [(ORDER_ID, "buyer")] == list(store.due(ENDS, 10))

    commit(store.publish(published(review(), ENDS)))

    assert (published(review(), ENDS),) == store.about(SELLER_ID, "seller", cursor=None, limit=10).items
    assert [] == list(store.due(ENDS, 10))


def test_a_review_is_published_once_and_only_if_it_was_written(store, commit) -> None:
    commit(store.add(review()))
    commit(store.publish(published(review(), ENDED)))

    for again in (review(), review(order_id="ord_never")):
        with pytest.raises(AlreadyPublished):
            commit(store.publish(published(again, ENDS)))

    assert {"buyer": published(review(), ENDED)} == store.of_order(ORDER_ID)
    assert store.of_order("ord_never") == {}


def test_publishing_needs_a_moment(store) -> None:
    with pytest.raises(ValueError, match="moment"):
        store.publish(review())


def test_a_review_is_due_from_the_end_of_its_window(store, commit) -> None:
    commit(store.add(review()))

    assert [] == list(store.due(ENDS - timedelta(milliseconds=1), 10))
    assert [(ORDER_ID, "buyer")] == list(store.due(ENDS, 10))


def test_the_oldest_windows_are_due_first_and_no_more_than_asked(store, commit) -> None:
    for number in (3, 1, 2):
        commit(store.add(review(order_id=f"ord_{number}", reveal_at=ENDED + timedelta(seconds=number))))

    assert [("ord_1", "buyer"), ("ord_2", "buyer")] == list(store.due(ENDS, 2))


def test_a_rating_begins_with_the_first_review_and_adds_up(store, commit) -> None:
    assert store.rating(SELLER_ID, "seller") is None

    for rating in (5, 1, 5):
        commit(store.count_in(review(rating=rating)))

    assert Rating(SELLER_ID, "seller", 3, 11, (1, 0, 0, 0, 2)) == store.rating(SELLER_ID, "seller")
    assert store.rating(SELLER_ID, "buyer") is None


def test_a_cursor_goes_on_in_its_own_list_and_in_no_other(store, commit) -> None:
    for number in range(3):
        at = ENDED + timedelta(seconds=number)
        commit(store.add(published(review(order_id=f"ord_{number}"), at)))
    first = store.about(SELLER_ID, "seller", cursor=None, limit=2)

    rest = store.about(SELLER_ID, "seller", cursor=first.cursor, limit=2)

    assert ["ord_2", "ord_1"] == [it.order_id for it in first.items]
    assert ["ord_0"] == [it.order_id for it in rest.items]
    assert rest.cursor is None
    assert () == store.about(BUYER_ID, "buyer", cursor=first.cursor, limit=2).items
    with pytest.raises(BadCursor):
        store.about(SELLER_ID, "seller", cursor="nonsense", limit=2)
