"""The life of a listing, without a store."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.catalog import rules
from marketplace.catalog.categories import CATEGORIES
from marketplace.catalog.model import (
    DESCRIPTION_LENGTH_MAX,
    DRAFT,
    LIVE,
    PHOTO_BYTES_MAX,
    PRICE_MAX_MINOR,
    PRICE_MIN_MINOR,
    STOCK_MAX,
    TITLE_LENGTH_MAX,
    WITHDRAWN,
    Edit,
    Listing,
    ListingChanged,
    ListingIncomplete,
    ListingInvalid,
    ListingNotAvailable,
    ListingNotLive,
    OutOfStock,
    Photo,
    PhotoInvalid,
    RevisionPassed,
)
from tests.unit.catalog.making import SELLER, START, FrozenClock, complete_draft, listing

SHA = "a" * 64


def begun(**said) -> Listing:
    return rules.begin(complete_draft(**said), listing_id="lst_1", seller_id=SELLER, seller_kind="trader", now=START)


def test_a_listing_begins_as_a_draft_of_revision_one() -> None:
    made = begun()

    assert (DRAFT, 1, SELLER, None, ()) == (
        made.state,
        made.revision,
        made.seller_id,
        made.listed_at,
        made.photos,
    )


def test_a_draft_needs_no_more_than_a_title_a_currency_and_a_language() -> None:
    made = begun(description="", category="", price_minor=0, stock=0)

    assert (made.description, made.category, made.price_minor, made.stock) == ("", "", 0, 0)


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ({"title": "   "}, "required"),
        ({"title": "x" * (TITLE_LENGTH_MAX + 1)}, "too_long"),
        ({"title": "two\nlines"}, "control_character"),
        ({"title": "abc\u202egpj.exe"}, "control_character"),
        ({"description": "x" * (DESCRIPTION_LENGTH_MAX + 1)}, "too_long"),
        ({"description": "nul \x00"}, "control_character"),
        ({"category": "weapons"}, "not_a_choice"),
        ({"price_minor": -1}, "out_of_range"),
        ({"price_minor": PRICE_MAX_MINOR + 1}, "out_of_range"),
        ({"currency": "chf"}, "not_a_choice"),
        ({"stock": -1}, "out_of_range"),
        ({"stock": STOCK_MAX + 1}, "out_of_range"),
        ({"language": "fr"}, "not_a_choice"),
    ],
)
def test_what_is_just_outside_a_limit_is_refused_by_field(said, reason) -> None:
    with pytest.raises(ListingInvalid) as refused:
        begun(**said)

    assert dict.fromkeys(said, reason) == refused.value.fields


@pytest.mark.parametrize(
    "said",
    [
        {"title": "x" * TITLE_LENGTH_MAX},
        {"title": "Ñandú 🚲 «nuevo»"},
        {"description": "x" * DESCRIPTION_LENGTH_MAX},
        {"description": "two\nlines\tand a tab"},
        {"price_minor": PRICE_MAX_MINOR},
        {"stock": STOCK_MAX},
        {"currency": "jpy"},
    ],
)
def test_what_is_just_inside_a_limit_is_taken(said) -> None:
    made = begun(**said)

    assert said == {name: getattr(made, name) for name in said}


def test_all_bad_fields_are_named_at_once() -> None:
    with pytest.raises(ListingInvalid) as refused:
        begun(title="", stock=-1, currency="xxx")

    assert {"title", "stock", "currency"} == refused.value.fields.keys()


def test_space_around_texts_is_dropped() -> None:
    assert begun(title="  Silla ").title == "Silla"


@pytest.mark.parametrize(
    ("lack", "reason"),
    [
        ({"description": ""}, "required"),
        ({"category": ""}, "required"),
        ({"price_minor": PRICE_MIN_MINOR - 1}, "out_of_range"),
        ({"stock": 0}, "out_of_range"),
    ],
)
def test_an_incomplete_listing_is_not_published(lack, reason) -> None:
    with pytest.raises(ListingIncomplete) as refused:
        rules.publish(listing(**lack), seller_kind="trader", now=START)

    assert dict.fromkeys(lack, reason) == refused.value.fields


def test_the_smallest_price_and_stock_are_enough_to_publish() -> None:
    live = rules.publish(listing(price_minor=PRICE_MIN_MINOR, stock=1), seller_kind="private", now=START)

    assert (LIVE, START, 2, "private") == (live.state, live.listed_at, live.revision, live.seller_kind)


OUTCOMES = {
    ("publish", DRAFT): LIVE,
    ("publish", LIVE): LIVE,
    ("publish", WITHDRAWN): LIVE,
    ("withdraw", DRAFT): None,
    ("withdraw", LIVE): WITHDRAWN,
    ("withdraw", WITHDRAWN): WITHDRAWN,
}


@pytest.mark.parametrize(("step", "state"), list(OUTCOMES))
def test_every_step_from_every_state_ends_where_the_table_says(step, state) -> None:
    before, expected = listing(state=state), OUTCOMES[step, state]

    def take() -> Listing:
        return (
            rules.publish(before, seller_kind="trader", now=START)
            if step == "publish"
            else rules.withdraw(before, START)
        )

    if expected is None:
        with pytest.raises(ListingNotLive):
            take()
    else:
        after = take()
        assert expected == after.state
        assert (after is before) == (expected == state)


def test_withdrawing_and_returning_gains_no_place_among_the_newest() -> None:
    clock = FrozenClock()
    live = rules.publish(listing(), seller_kind="trader", now=clock.now())
    clock.advance(86_400)

    again = rules.publish(rules.withdraw(live, clock.now()), seller_kind="trader", now=clock.now())

    assert START == again.listed_at


def test_an_edit_raises_the_revision_and_leaves_the_rest() -> None:
    before = listing()

    after = rules.amend(before, Edit(price_minor=9_900), START)

    assert (2, 9_900, before.title, before.stock) == (after.revision, after.price_minor, after.title, after.stock)


def test_an_edit_that_changes_nothing_is_no_edit() -> None:
    before = listing()

    assert rules.amend(before, Edit(title=f" {before.title} ", stock=before.stock), START) is before


@pytest.mark.parametrize("state", [DRAFT, LIVE, WITHDRAWN])
def test_a_listing_can_be_edited_in_every_state(state) -> None:
    assert rules.amend(listing(state=state), Edit(title="Otra"), START).title == "Otra"


def test_a_live_listing_may_be_sold_out_but_not_incomplete() -> None:
    live = listing(state=LIVE)

    assert rules.amend(live, Edit(stock=0), START).sold_out
    with pytest.raises(ListingIncomplete) as refused:
        rules.amend(live, Edit(description="", price_minor=PRICE_MIN_MINOR - 1), START)
    assert {"description": "required", "price_minor": "out_of_range"} == refused.value.fields


@pytest.mark.parametrize("passed", [Edit(title="x", revision=2), Edit(stock=5, stock_seen=2)])
def test_an_edit_of_what_has_passed_is_refused(passed) -> None:
    with pytest.raises(RevisionPassed):
        rules.amend(listing(revision=3, stock=3), passed, START)


def test_an_edit_of_what_is_still_there_is_taken() -> None:
    after = rules.amend(listing(revision=3, stock=3), Edit(stock=5, stock_seen=3, revision=3), START)

    assert after.stock == 5


def test_photos_are_kept_and_ordered_by_an_edit() -> None:
    one, two, three = (Photo(f"pho_{number}", "image/png", 10, SHA) for number in (1, 2, 3))
    before = listing(photos=(one, two, three))

    after = rules.amend(before, Edit(photo_ids=("pho_3", "pho_1")), START)

    assert (three, one) == after.photos


@pytest.mark.parametrize("photo_ids", [("pho_2",), ("pho_1", "pho_1")])
def test_an_edit_cannot_keep_a_photo_that_is_not_there_or_keep_it_twice(photo_ids) -> None:
    before = listing(photos=(Photo("pho_1", "image/png", 10, SHA),))

    with pytest.raises(ListingInvalid) as refused:
        rules.amend(before, Edit(photo_ids=photo_ids), START)

    assert {"photo_ids": "not_a_choice"} == refused.value.fields


@pytest.mark.parametrize(
    ("declared", "field"),
    [
        ({"content_type": "image/gif"}, "content_type"),
        ({"content_type": "image/png; charset=x"}, "content_type"),
        ({"size_bytes": 0}, "size_bytes"),
        ({"size_bytes": PHOTO_BYTES_MAX + 1}, "size_bytes"),
        ({"sha256": "A" * 64}, "sha256"),
        ({"sha256": "a" * 63}, "sha256"),
        ({"sha256": "a" * 64 + "\n"}, "sha256"),
    ],
)
def test_a_photo_outside_the_limits_is_refused_by_field(declared, field) -> None:
    with pytest.raises(PhotoInvalid) as refused:
        rules.declare_photo("lst_1", **{"content_type": "image/png", "size_bytes": 1, "sha256": SHA, **declared})

    assert [field] == list(refused.value.fields)


def test_a_photo_is_named_by_its_listing_and_content() -> None:
    declared = {"content_type": "image/png", "size_bytes": PHOTO_BYTES_MAX, "sha256": SHA}
    photo, same = rules.declare_photo("lst_1", **declared), rules.declare_photo("lst_1", **declared)
    elsewhere = rules.declare_photo("lst_2", **declared)

    assert photo == same
    assert photo.photo_id != elsewhere.photo_id
    assert f"photos/lst_1/{photo.photo_id}" == photo.key("lst_1")


SHOWN = listing(state=LIVE)


@pytest.mark.parametrize(
    ("now", "code"),
    [
        (None, "listing_not_available"),
        (listing(state=WITHDRAWN), "listing_not_available"),
        (listing(state=LIVE, revision=2), "listing_changed"),
        (listing(state=LIVE, price_minor=1), "listing_changed"),
        (listing(state=LIVE, stock=0), "out_of_stock"),
    ],
)
def test_a_refused_reservation_is_explained_from_a_fresh_read(now, code) -> None:
    refusal = rules.why_unavailable(SHOWN, now)

    assert code == refusal.code
    assert SHOWN.listing_id == refusal.listing_id
    assert isinstance(refusal, ListingNotAvailable)
    assert refusal.title_es != refusal.title_en


def test_what_is_left_is_told() -> None:
    refusal = rules.why_unavailable(SHOWN, listing(state=LIVE, stock=2))

    assert isinstance(refusal, OutOfStock)
    assert refusal.facts["left"] == 2
    assert not isinstance(refusal, ListingChanged)


def test_there_are_twelve_categories_with_two_labels_each() -> None:
    labels = [category.label(locale) for category in CATEGORIES.values() for locale in ("es", "en")]

    assert len(CATEGORIES) == 12
    assert all(labels)
    assert len(set(labels)) == 24


@given(st.text(max_size=200), st.integers(), st.integers())
def test_whatever_is_said_gives_a_listing_within_the_limits_or_a_refusal(title, price, stock) -> None:
    made = None
    with suppress(ListingInvalid):
        made = begun(title=title, price_minor=price, stock=stock)

    inside = 0 <= price <= PRICE_MAX_MINOR and 0 <= stock <= STOCK_MAX and 1 <= len(title.strip()) <= TITLE_LENGTH_MAX
    assert made is None or inside
    assert made is not None or not inside or not title.isprintable()
