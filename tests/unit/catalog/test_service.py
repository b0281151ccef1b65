"""The use cases of /listings."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from marketplace.catalog.model import (
    LIVE,
    PHOTOS_MAX,
    Edit,
    ListingIncomplete,
    ListingInvalid,
    ListingMissing,
    ListingNotAvailable,
    PhotoInvalid,
    RevisionPassed,
    SellerNotActive,
    TooManyPhotos,
)
from marketplace.catalog.rules import why_unavailable
from marketplace.kit.errors import IdempotencyKeyReused
from marketplace.storage.cursor import BadCursor
from tests.fakes.faults import Crash
from tests.fakes.scheduler import Race, all_interleavings
from tests.unit.catalog.making import (
    OTHER_SELLER,
    SELLER,
    SLEEPING_SELLER,
    Profile,
    Shop,
    attempt,
    complete_draft,
    open_shop,
    photo_of,
)


@pytest.fixture
def shop():
    with open_shop() as opened:
        yield opened


def test_a_draft_is_seen_by_its_seller_and_by_nobody_else(shop: Shop) -> None:
    made = shop.draft()

    assert made == shop.catalog.get_listing(made.listing_id, viewer_id=SELLER)
    for viewer_id in (None, OTHER_SELLER):
        with pytest.raises(ListingMissing):
            shop.catalog.get_listing(made.listing_id, viewer_id=viewer_id)


def test_a_live_listing_is_seen_by_everybody_until_it_is_withdrawn(shop: Shop) -> None:
    live = shop.live()

    assert shop.catalog.get_listing(live.listing_id).state == LIVE
    shop.catalog.withdraw_listing(SELLER, live.listing_id)
    with pytest.raises(ListingMissing):
        shop.catalog.get_listing(live.listing_id)


@pytest.mark.parametrize("seller_id", [SLEEPING_SELLER, "acc_never_applied"])
def test_who_may_not_sell_begins_nothing(shop: Shop, seller_id) -> None:
    with pytest.raises(SellerNotActive):
        shop.catalog.create_listing(seller_id, complete_draft())


def test_a_seller_who_was_stopped_publishes_nothing(shop: Shop) -> None:
    made = shop.draft()
    shop.sellers.profiles[SELLER] = Profile(active=False)

    with pytest.raises(SellerNotActive):
        shop.catalog.publish_listing(SELLER, made.listing_id)


def test_publishing_takes_the_sellers_present_kind(shop: Shop) -> None:
    made = shop.draft()
    shop.sellers.profiles[SELLER] = Profile(kind="private")

    assert shop.catalog.publish_listing(SELLER, made.listing_id).seller_kind == "private"


def test_the_same_request_under_one_key_makes_one_listing(shop: Shop) -> None:
    first = shop.catalog.create_listing(SELLER, complete_draft(), attempt("key-1"))

    again = shop.catalog.create_listing(SELLER, complete_draft(), attempt("key-1"))

    assert first == again
    assert len(shop.dynamo.rows("aval-local-catalog")) == 1


def test_a_replay_shows_the_first_listing_as_it_stands_now(shop: Shop) -> None:
    first = shop.catalog.create_listing(SELLER, complete_draft(), attempt("key-1"))
    edited = shop.catalog.edit_listing(SELLER, first.listing_id, Edit(title="Otra"))

    assert edited == shop.catalog.create_listing(SELLER, complete_draft(), attempt("key-1"))


def test_a_key_with_another_body_is_refused(shop: Shop) -> None:
    shop.catalog.create_listing(SELLER, complete_draft(), attempt("key-1"))

    with pytest.raises(IdempotencyKeyReused):
        shop.catalog.create_listing(SELLER, complete_draft(title="Otra"), attempt("key-1", "another body"))


def test_two_sellers_may_use_the_same_key(shop: Shop) -> None:
    one = shop.catalog.create_listing(SELLER, complete_draft(), attempt("key-1"))
    two = shop.catalog.create_listing(OTHER_SELLER, complete_draft(), attempt("key-1"))

    assert one.listing_id != two.listing_id


def test_a_creation_that_died_after_the_write_is_finished_by_its_replay(shop: Shop) -> None:
    shop.faults.arm(call_number=1, kind="crash_after")
    with pytest.raises(Crash):
        shop.catalog.create_listing(SELLER, complete_draft(), attempt("key-1"))

    again = shop.catalog.create_listing(SELLER, complete_draft(), attempt("key-1"))

    assert [again.listing_id] == [row["pk"] for row in shop.dynamo.rows("aval-local-catalog")]


USES = {
    "edit": lambda shop, listing_id: shop.catalog.edit_listing(OTHER_SELLER, listing_id, Edit(title="Mine now")),
    "publish": lambda shop, listing_id: shop.catalog.publish_listing(OTHER_SELLER, listing_id),
    "withdraw": lambda shop, listing_id: shop.catalog.withdraw_listing(OTHER_SELLER, listing_id),
    "photo": lambda shop, listing_id: shop.catalog.add_photo(OTHER_SELLER, listing_id, **photo_of("x")),
}


@pytest.mark.parametrize("use", USES)
def test_somebody_elses_listing_is_missing_like_one_that_never_was(shop: Shop, use) -> None:
    made = shop.live()

    answers = []
    for listing_id in (made.listing_id, "lst_never_was"):
        with pytest.raises(ListingMissing) as refused:
            USES[use](shop, listing_id)
        answers.append((refused.value.code, refused.value.fields, refused.value.facts))

    assert answers[0] == answers[1]
    assert made == shop.store.read(made.listing_id)


def test_publishing_and_withdrawing_again_write_nothing(shop: Shop) -> None:
    live = shop.live()
    shop.round_trips()

    shop.catalog.publish_listing(SELLER, live.listing_id)
    assert shop.round_trips() == ["GetItem"]
    withdrawn = shop.catalog.withdraw_listing(SELLER, live.listing_id)
    shop.round_trips()
    assert withdrawn == shop.catalog.withdraw_listing(SELLER, live.listing_id)
    assert shop.round_trips() == ["GetItem"]


def test_a_sold_out_listing_that_was_withdrawn_can_come_back(shop: Shop) -> None:
    live = shop.live(stock=1)
    shop.transactions.commit([shop.store.reserve(live, 1)])
    shop.catalog.withdraw_listing(SELLER, live.listing_id)

    with pytest.raises(ListingIncomplete):
        shop.catalog.publish_listing(SELLER, live.listing_id)
    shop.catalog.edit_listing(SELLER, live.listing_id, Edit(stock=4))

    assert shop.catalog.publish_listing(SELLER, live.listing_id).stock == 4


def test_two_edits_at_once_never_lose_one_whatever_the_order() -> None:
    with open_shop() as shop:
        made = shop.live()

        def race() -> Race:
            edits = {"title": Edit(title="Nueva"), "price": Edit(price_minor=5_000)}
            return Race(
                shop.faults,
                {
                    name: lambda edit=edit: shop.catalog.edit_listing(SELLER, made.listing_id, edit)
                    for name, edit in edits.items()
                },
            )

        start = shop.dynamo.snapshot()
        outcomes = []
        for outcome in all_interleavings(race):
            now = shop.store.read(made.listing_id)
            assert now.revision == made.revision + len(outcome.winners)
            assert (now.title == "Nueva") == ("title" in outcome.winners)
            assert (now.price_minor == 5_000) == ("price" in outcome.winners)
            losers = [result.error for result in outcome.results.values() if result.error]
            assert all(isinstance(error, RevisionPassed) for error in losers)
            outcomes.append(len(outcome.winners))
            shop.dynamo.restore(start)

        assert {1, 2} == set(outcomes)


def test_setting_the_stock_never_forgets_a_sale_whatever_the_order() -> None:
    with open_shop() as shop:
        live = shop.live(stock=3)

        def race() -> Race:
            return Race(
                shop.faults,
                {
                    "seller": lambda: shop.catalog.edit_listing(SELLER, live.listing_id, Edit(stock=10)),
                    "buyer": lambda: shop.transactions.commit([shop.store.reserve(live, 2)]),
                },
            )

        start = shop.dynamo.snapshot()
        # Both win only when the seller read what the sale had left; an edit ends the terms the buyer was shown.
        expected = {("seller",): 10, ("buyer",): 1, ("seller", "buyer"): 10}
        seen = set()
        for outcome in all_interleavings(race):
            winners = tuple(outcome.winners)
            assert expected[winners] == shop.store.read(live.listing_id).stock
            assert len(winners) == 1 or outcome.script[0] == "buyer"
            seen.add(winners)
            shop.dynamo.restore(start)

        assert expected.keys() == seen


def test_of_twenty_buyers_for_the_last_item_exactly_one_gets_it(shop: Shop) -> None:
    last = shop.live(stock=1)
    together = threading.Barrier(20)

    def buy(_: int) -> Exception | None:
        together.wait()
        try:
            shop.transactions.commit([shop.store.reserve(last, 1)])
        except ListingNotAvailable as refusal:
            return why_unavailable(last, shop.store.read(refusal.listing_id))
        return None

    with ThreadPoolExecutor(20) as buyers:
        answers = list(buyers.map(buy, range(20)))

    assert answers.count(None) == 1
    assert {"out_of_stock"} == {answer.code for answer in answers if answer}
    assert shop.store.read(last.listing_id).sold_out


def test_a_sold_out_listing_stays_on_the_shelf(shop: Shop) -> None:
    live = shop.live(stock=1)
    shop.transactions.commit([shop.store.reserve(live, 1)])

    (shown,) = shop.catalog.list_live(limit=10).items

    assert shown.sold_out


def test_a_photo_is_attached_with_what_was_declared_and_gets_a_form(shop: Shop) -> None:
    made = shop.draft()

    photo, form = shop.catalog.add_photo(SELLER, made.listing_id, **photo_of("front"))

    assert (photo,) == shop.store.read(made.listing_id).photos
    assert photo.key(made.listing_id) == form.fields["key"]
    assert (photo.content_type, str(photo.size_bytes), photo.sha256) == (
        form.fields["Content-Type"],
        form.fields["size"],
        form.fields["sha256"],
    )


def test_the_same_photo_again_gives_a_form_and_no_second_photo(shop: Shop) -> None:
    made = shop.draft()
    first, _ = shop.catalog.add_photo(SELLER, made.listing_id, **photo_of("front"))
    shop.round_trips()

    again, form = shop.catalog.add_photo(SELLER, made.listing_id, **photo_of("front"))

    assert first == again
    assert form.url
    assert (first,) == shop.store.read(made.listing_id).photos


def test_a_listing_takes_eight_photos_and_no_ninth_until_one_goes(shop: Shop) -> None:
    made = shop.draft()
    photos = [shop.catalog.add_photo(SELLER, made.listing_id, **photo_of(str(n)))[0] for n in range(PHOTOS_MAX)]

    with pytest.raises(TooManyPhotos):
        shop.catalog.add_photo(SELLER, made.listing_id, **photo_of("ninth"))
    kept = tuple(photo.photo_id for photo in photos[1:])
    shop.catalog.edit_listing(SELLER, made.listing_id, Edit(photo_ids=kept))
    ninth, _ = shop.catalog.add_photo(SELLER, made.listing_id, **photo_of("ninth"))

    assert (*photos[1:], ninth) == shop.store.read(made.listing_id).photos


def test_photos_sent_at_once_are_all_kept_and_never_more_than_eight(shop: Shop) -> None:
    made = shop.draft()

    def add(number: int) -> bool:
        try:
            shop.catalog.add_photo(SELLER, made.listing_id, **photo_of(str(number)))
        except TooManyPhotos:
            return False
        return True

    with ThreadPoolExecutor(12) as uploads:
        answers = list(uploads.map(add, range(12)))

    assert answers.count(True) == PHOTOS_MAX
    assert len(shop.store.read(made.listing_id).photos) == PHOTOS_MAX


def test_one_photo_sent_twice_at_once_is_attached_once_whatever_the_order() -> None:
    with open_shop() as shop:
        made = shop.draft()

        def add() -> object:
            return shop.catalog.add_photo(SELLER, made.listing_id, **photo_of("front"))

        start = shop.dynamo.snapshot()
        for outcome in all_interleavings(lambda: Race(shop.faults, {"one": add, "two": add})):
            assert ["one", "two"] == outcome.winners
            assert len(shop.store.read(made.listing_id).photos) == 1
            shop.dynamo.restore(start)


def test_a_bad_photo_is_refused_before_anything_is_read(shop: Shop) -> None:
    with pytest.raises(PhotoInvalid):
        shop.catalog.add_photo(SELLER, "lst_never_was", content_type="image/gif", size_bytes=1, sha256="0" * 64)

    assert shop.round_trips() == []


def test_lists_show_the_newest_first_and_only_what_is_live(shop: Shop) -> None:
    bike, lamp = shop.live(title="Bici"), shop.live(title="Lámpara", category="home")
    shop.draft(title="Borrador")
    shop.catalog.withdraw_listing(SELLER, shop.live(title="Retirada").listing_id)

    assert [lamp, bike] == list(shop.catalog.list_live(limit=10).items)
    assert [bike] == list(shop.catalog.list_live(category="sports", limit=10).items)
    assert [lamp] == list(shop.catalog.list_live(seller_id=SELLER, category="home", limit=10).items)
    assert [lamp, bike] == list(shop.catalog.list_live(seller_id=SELLER, limit=10).items)
    assert [] == list(shop.catalog.list_live(seller_id=OTHER_SELLER, limit=10).items)
    assert {"live", "draft", "withdrawn"} == {it.state for it in shop.catalog.list_own(SELLER, limit=10).items}


def test_a_category_that_does_not_exist_is_refused(shop: Shop) -> None:
    with pytest.raises(ListingInvalid) as refused:
        shop.catalog.list_live(category="weapons", limit=10)

    assert {"category": "not_a_choice"} == refused.value.fields


@pytest.mark.parametrize("cursor", ["x", "W10", "eyJhIjoxfQ", "not base 64!"])
def test_a_cursor_that_no_page_returned_is_refused(shop: Shop, cursor) -> None:
    with pytest.raises(BadCursor):
        shop.catalog.list_live(cursor=cursor, limit=10)


@pytest.mark.parametrize(
    ("name", "use", "expected"),
    [
        ("create", lambda shop, it: shop.draft(), ["TransactWriteItems"]),
        ("read", lambda shop, it: shop.catalog.get_listing(it.listing_id), ["GetItem"]),
        (
            "edit",
            lambda shop, it: shop.catalog.edit_listing(SELLER, it.listing_id, Edit(title="x")),
            ["GetItem", "TransactWriteItems"],
        ),
        (
            "withdraw",
            lambda shop, it: shop.catalog.withdraw_listing(SELLER, it.listing_id),
            ["GetItem", "TransactWriteItems"],
        ),
        (
            "photo",
            lambda shop, it: shop.catalog.add_photo(SELLER, it.listing_id, **photo_of("x")),
            ["GetItem", "TransactWriteItems"],
        ),
        ("newest", lambda shop, it: shop.catalog.list_live(limit=24), ["Query"]),
        ("category", lambda shop, it: shop.catalog.list_live(category="home", limit=24), ["Query"]),
        ("of seller", lambda shop, it: shop.catalog.list_live(seller_id=SELLER, limit=24), ["Query"]),
        ("mine", lambda shop, it: shop.catalog.list_own(SELLER, limit=24), ["Query"]),
        ("read many", lambda shop, it: shop.store.read_many([it.listing_id] * 2), ["BatchGetItem"]),
    ],
)
def test_each_use_takes_no_more_round_trips_than_its_budget(shop: Shop, name, use, expected) -> None:
    live = shop.live()
    shop.round_trips()

    use(shop, live)

    assert expected == shop.round_trips()
