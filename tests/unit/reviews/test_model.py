"""Words, stars and sums, without a store."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.reviews.model import (
    RATING_MAX,
    TEXT_LENGTH_MAX,
    Rating,
    ReviewInvalid,
    check_words,
    published,
    rate,
    ratings_match,
)
from tests.unit.reviews.making import ENDED, SELLER_ID, review


@pytest.mark.parametrize("rating", [1, RATING_MAX])
@pytest.mark.parametrize("text", ["x", "x" * TEXT_LENGTH_MAX, "two\nlines 🚲"])
def test_words_just_inside_the_limits_are_taken(rating, text) -> None:
    assert text == check_words(rating, f"  {text} ")


@pytest.mark.parametrize(
    ("rating", "text", "fields"),
    [
        (0, "x", {"rating": "out_of_range"}),
        (6, "x", {"rating": "out_of_range"}),
        (5, " \n ", {"text": "required"}),
        (5, "x" * (TEXT_LENGTH_MAX + 1), {"text": "too_long"}),
        (5, "bell \x07", {"text": "control_character"}),
        (5, "turned \u202e round", {"text": "control_character"}),
        (0, "", {"rating": "out_of_range", "text": "required"}),
    ],
)
def test_words_just_outside_the_limits_are_refused_by_field(rating, text, fields) -> None:
    with pytest.raises(ReviewInvalid) as refused:
        check_words(rating, text)

    assert fields == refused.value.fields


def test_a_rating_counts_what_was_published_about_one_account_in_one_role() -> None:
    shown = published(review(rating=4), ENDED)
    others = [
        review(order_id="ord_sealed", rating=1),
        published(review(order_id="ord_other", subject_id="acc_other", rating=1), ENDED),
        published(review(order_id="ord_bought", written_by="seller", rating=1), ENDED),
    ]

    assert Rating(SELLER_ID, "seller", 1, 4, (0, 0, 0, 1, 0)) == rate([shown, *others], SELLER_ID, "seller")


@pytest.mark.parametrize(
    ("stars", "mean"), [((0, 0, 0, 0, 0), 0), ((0, 0, 0, 0, 1), 500), ((1, 0, 0, 0, 2), 367), ((1, 1, 0, 0, 0), 150)]
)
def test_the_mean_is_told_in_hundredths_of_a_star(stars, mean) -> None:
    total = sum(value * count for value, count in enumerate(stars, start=1))

    assert mean == Rating(SELLER_ID, "seller", sum(stars), total, stars).average_hundredths


@given(st.lists(st.tuples(st.integers(1, 5), st.booleans())))
def test_a_fold_matches_itself_and_no_rating_with_one_star_more(given_stars) -> None:
    reviews = [
        review(order_id=f"ord_{place}", rating=rating, published_at=ENDED if shown else None)
        for place, (rating, shown) in enumerate(given_stars)
    ]
    rating = rate(reviews, SELLER_ID, "seller")

    assert ratings_match(reviews, rating)
    assert not ratings_match(reviews, replace(rating, sum=rating.sum + 1))
    assert rating.count == sum(rating.stars) == sum(shown for _, shown in given_stars)
    assert rating.count == 0 or 100 <= rating.average_hundredths <= 500
