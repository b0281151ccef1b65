"""The listings' store, on the in-memory DynamoDB and on moto: both must give the same answers."""

from dataclasses import replace

import boto3
import pytest

from marketplace.catalog.model import (
    LIVE,
    PHOTOS_MAX,
    WITHDRAWN,
    Listing,
    ListingExists,
    ListingMissing,
    ListingNotAvailable,
    Photo,
    RevisionPassed,
    TooManyPhotos,
)
from marketplace.catalog.store import DynamoListings, ListingItem
from marketplace.storage.cursor import BadCursor
from marketplace.storage.tables import shared_client
from marketplace.storage.transaction import DynamoTransactions
from tests.fakes.dynamo import MemoryDynamo, create_tables
from tests.fakes.strict_moto import strict_moto
from tests.unit.catalog.making import OTHER_SELLER, SELLER, START, FrozenClock, listing

TABLE = "aval-local-catalog"
SHA = "0" * 64


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
    return DynamoListings()


@pytest.fixture
def commit(backend):
    transactions = DynamoTransactions(pause=lambda _: None)
    return lambda *writes: transactions.commit(writes)


def live(**said) -> Listing:
    return listing(**{"state": LIVE, "listed_at": START, **said})


def photo(number: int) -> Photo:
    return Photo(f"pho_{number}", "image/png", 10 + number, SHA)


def test_a_listing_comes_back_as_it_was_stored(store, commit) -> None:
    whole = live(photos=(photo(1), photo(2)), title="Ñandú 🚲")

    commit(store.add(whole, "print"))

    assert whole == store.read(whole.listing_id)
    assert (whole, "print") == store.read_made(whole.listing_id)


def test_an_incomplete_draft_comes_back_as_it_was_stored(store, commit) -> None:
    draft = listing(description="", category="", price_minor=0, stock=0)

    commit(store.add(draft, ""))

    assert (draft, "") == store.read_made(draft.listing_id)


def test_what_was_never_stored_is_not_there(store) -> None:
    assert store.read("lst_never") is None
    assert store.read_made("lst_never") is None
    assert store.read_many(["lst_never"]) == {}
    assert store.read_many([]) == {}


def test_an_id_is_taken_once(store, commit) -> None:
    commit(store.add(listing(), ""))

    with pytest.raises(ListingExists):
        commit(store.add(listing(title="Otra"), ""))

    assert store.read("lst_1").title == listing().title


def test_several_listings_are_read_by_id_and_one_asked_twice_is_one(store, commit) -> None:
    one, two = listing(), listing(listing_id="lst_2")
    commit(store.add(one, ""), store.add(two, ""))

    found = store.read_many(["lst_2", "lst_1", "lst_2", "lst_3"])

    assert {"lst_1": one, "lst_2": two} == found


def test_a_revision_stores_what_differs_and_takes_the_listing_off_its_shelves(store, commit) -> None:
    before = live(photos=(photo(1),))
    commit(store.add(before, ""))
    after = replace(before, state=WITHDRAWN, title="Otra", photos=(), revision=2)

    commit(store.revise(before, after))

    assert after == store.read("lst_1")
    item = ListingItem.read("lst_1", "listing")
    assert (None, None) == (item.shelf, item.category_shelf)


def test_a_revision_moves_a_live_listing_to_another_category(store, commit) -> None:
    before = live()
    commit(store.add(before, ""))
    after = replace(before, category="home", revision=2)

    commit(store.revise(before, after))

    assert (after,) == store.newest(category="home", cursor=None, limit=5).items
    assert () == store.newest(category="sports", cursor=None, limit=5).items


@pytest.mark.parametrize("other", [{"seller_id": OTHER_SELLER}, {"revision": 7}])
def test_a_revision_of_another_sellers_or_another_revision_is_refused(store, commit, other) -> None:
    commit(store.add(listing(), ""))
    before = listing(**other)

    with pytest.raises(RevisionPassed):
        commit(store.revise(before, replace(before, title="Mine", revision=before.revision + 1)))

    assert listing() == store.read("lst_1")


def test_a_revision_of_a_listing_that_never_was_is_refused(store, commit) -> None:
    with pytest.raises(RevisionPassed):
        commit(store.revise(listing(), listing(title="Otra", revision=2)))

    assert store.read("lst_1") is None


def test_a_stock_that_changed_refuses_a_new_stock_and_no_other_edit(store, commit) -> None:
    before = live(stock=3)
    commit(store.add(before, ""))
    commit(store.reserve(before, 1))

    with pytest.raises(RevisionPassed):
        commit(store.revise(before, replace(before, stock=9, revision=2)))
    commit(store.revise(before, replace(before, title="Otra", revision=2)))

    assert (2, "Otra") == (store.read("lst_1").stock, store.read("lst_1").title)


def test_photos_are_appended_until_there_are_eight(store, commit) -> None:
    commit(store.add(listing(), ""))
    for number in range(PHOTOS_MAX):
        commit(store.attach(listing(), photo(number), START))

    with pytest.raises(TooManyPhotos):
        commit(store.attach(listing(), photo(9), START))

    stored = store.read("lst_1")
    assert tuple(map(photo, range(PHOTOS_MAX))) == stored.photos
    assert 1 + PHOTOS_MAX == stored.revision


def test_a_photo_is_not_appended_twice_or_to_another_sellers_listing(store, commit) -> None:
    commit(store.add(listing(), ""))
    commit(store.attach(listing(), photo(1), START))

    for refused in (store.attach(listing(), photo(1), START), store.attach(listing(seller_id="x"), photo(2), START)):
        with pytest.raises(TooManyPhotos):
            commit(refused)

    assert (photo(1),) == store.read("lst_1").photos


def test_reserving_takes_stock_and_nothing_else(store, commit) -> None:
    commit(store.add(live(stock=3), ""))

    commit(store.reserve(live(stock=3), 3))

    assert live(stock=0) == store.read("lst_1")


@pytest.mark.parametrize(
    ("shown", "quantity"),
    [
        ({"stock": 9}, 4),
        ({"revision": 2}, 1),
        ({"price_minor": 11_999}, 1),
        ({"currency": "usd"}, 1),
        ({"listing_id": "lst_never"}, 1),
    ],
)
def test_reserving_more_than_there_is_or_at_other_terms_is_refused(store, commit, shown, quantity) -> None:
    commit(store.add(live(stock=3), ""))

    with pytest.raises(ListingNotAvailable) as refused:
        commit(store.reserve(live(**shown), quantity))

    assert shown.get("listing_id", "lst_1") == refused.value.listing_id
    assert live(stock=3) == store.read("lst_1")
    assert store.read("lst_never") is None


def test_what_is_not_on_sale_cannot_be_reserved(store, commit) -> None:
    commit(store.add(listing(), ""))

    with pytest.raises(ListingNotAvailable):
        commit(store.reserve(listing(), 1))


def test_a_cart_is_reserved_whole_or_not_at_all(store, commit) -> None:
    one, two = live(stock=5), live(listing_id="lst_2", stock=1)
    commit(store.add(one, ""), store.add(two, ""))

    with pytest.raises(ListingNotAvailable) as refused:
        commit(store.reserve(one, 1), store.reserve(two, 2))

    assert refused.value.listing_id == "lst_2"
    assert store.read("lst_1").stock == 5


def test_restocking_gives_back_whatever_the_state(store, commit) -> None:
    commit(store.add(listing(stock=1), ""))

    commit(store.restock("lst_1", 2))

    assert store.read("lst_1").stock == 3


def test_restocking_what_never_was_is_refused(store, commit) -> None:
    with pytest.raises(ListingMissing):
        commit(store.restock("lst_never", 1))

    assert store.read("lst_never") is None


@pytest.mark.parametrize("quantity", [0, -1])
def test_stock_moves_by_at_least_one_piece(store, quantity) -> None:
    for move in (lambda: store.reserve(live(), quantity), lambda: store.restock("lst_1", quantity)):
        with pytest.raises(ValueError, match="at least one"):
            move()


def many(store, commit, count: int, **said) -> list[str]:
    """Store live listings, each listed later than the one before, and return their ids, the newest first."""
    clock = FrozenClock()
    ids = []
    for number in range(count):
        clock.advance(1)
        at = clock.now()
        made = live(listing_id=f"lst_{number:02d}", listed_at=at, updated_at=at, **said)
        commit(store.add(made, ""))
        ids.append(made.listing_id)
    return ids[::-1]


def walk(read, limit: int) -> list[list[str]]:
    pages, cursor = [], None
    while True:
        page = read(cursor=cursor, limit=limit)
        pages.append([found.listing_id for found in page.items])
        cursor = page.cursor
        if cursor is None:
            return pages


@pytest.mark.parametrize("limit", [1, 3, 7, 50])
def test_pages_join_into_the_whole_list_once(store, commit, limit) -> None:
    expected = many(store, commit, 7)

    for read in (
        lambda **at: store.newest(category=None, **at),
        lambda **at: store.newest(category="sports", **at),
        lambda **at: store.of_seller(SELLER, live_only=False, **at),
    ):
        pages = walk(read, limit)
        assert expected == [listing_id for page in pages for listing_id in page]
        assert all(len(page) <= limit for page in pages)


def test_a_list_with_drafts_between_shows_only_what_is_live_and_ends(store, commit) -> None:
    clock = FrozenClock()
    for number in range(20):
        clock.advance(1)
        state = LIVE if number % 5 == 0 else "draft"
        commit(store.add(live(listing_id=f"lst_{number:02d}", state=state, updated_at=clock.now()), ""))

    pages = walk(lambda **at: store.of_seller(SELLER, live_only=True, **at), 2)

    assert ["lst_15", "lst_10", "lst_05", "lst_00"] == [listing_id for page in pages for listing_id in page]


def test_a_cursor_never_leaves_its_own_list(store, commit) -> None:
    many(store, commit, 3)
    cursor = store.of_seller(SELLER, live_only=False, cursor=None, limit=1).cursor

    elsewhere = store.of_seller(OTHER_SELLER, live_only=False, cursor=cursor, limit=5)

    assert () == elsewhere.items


def test_a_cursor_that_is_not_one_is_refused(store) -> None:
    with pytest.raises(BadCursor):
        store.newest(category=None, cursor="bm9uc2Vuc2U", limit=5)
