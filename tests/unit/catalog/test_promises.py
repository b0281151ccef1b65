"""Promises: what a seller may promise with a listing, and what the law promises in any case."""

import pytest

from marketplace.catalog.promises import (
    DIGITAL,
    GOODS,
    HANDLING_DAYS_MAX,
    NO_WITHDRAWAL,
    SERVICE,
    Milestone,
    Promises,
    return_days,
)

PARTS = (Milestone("Plans", 30, 5), Milestone("Work", 70, 20))


def test_a_listing_that_promises_nothing_is_goods_and_fine():
    assert Promises().fulfilment == GOODS
    assert Promises().problems() == {}


@pytest.mark.parametrize("days", [0, HANDLING_DAYS_MAX])
def test_days_at_the_bounds_can_be_promised(days):
    assert Promises(handling_days=days).problems() == {}


@pytest.mark.parametrize(
    ("promises", "field", "problem"),
    [
        (Promises(fulfilment="teleport"), "fulfilment", "not_a_choice"),
        (Promises(handling_days=-1), "handling_days", "out_of_range"),
        (Promises(handling_days=HANDLING_DAYS_MAX + 1), "handling_days", "out_of_range"),
        (Promises(delivery_days=61), "delivery_days", "out_of_range"),
        (Promises(fulfilment=SERVICE, delivery_days=2), "delivery_days", "only_for_goods"),
        (Promises(return_days=366), "return_days", "out_of_range"),
        (Promises(return_cost="nobody"), "return_cost", "not_a_choice"),
        (Promises(no_withdrawal="because"), "no_withdrawal", "not_a_choice"),
        (Promises(no_withdrawal="begun_with_consent"), "no_withdrawal", "not_for_this_fulfilment"),
        (Promises(milestones=PARTS), "milestones", "only_for_services"),
        (Promises(fulfilment=SERVICE, milestones=PARTS[:1]), "milestones", "2_to_6"),
        (Promises(fulfilment=SERVICE, milestones=PARTS * 4), "milestones", "2_to_6"),
        (Promises(fulfilment=SERVICE, milestones=(PARTS[0], PARTS[0])), "milestones", "must_sum_to_100_percent"),
        (Promises(fulfilment=SERVICE, milestones=PARTS[::-1]), "milestones", "days"),
        (
            Promises(fulfilment=SERVICE, milestones=(Milestone(" ", 50, 1), Milestone("b", 50, 2))),
            "milestones",
            "title",
        ),
    ],
)
def test_what_cannot_be_promised_is_named(promises, field, problem):
    assert promises.problems() == {f"promises.{field}": problem}


@pytest.mark.parametrize("exception", NO_WITHDRAWAL)
def test_an_exception_of_the_law_fits_what_it_is_about_and_nothing_else(exception):
    for fulfilment in (GOODS, SERVICE, DIGITAL):
        fits = fulfilment in NO_WITHDRAWAL[exception]

        assert (Promises(fulfilment, no_withdrawal=exception).problems() == {}) is fits


@pytest.mark.parametrize(
    ("promises", "kind", "days"),
    [
        (Promises(), "trader", 14),
        (Promises(return_days=5), "trader", 14),
        (Promises(return_days=30), "trader", 30),
        (Promises(no_withdrawal="perishable"), "trader", 0),
        (Promises(no_withdrawal="perishable", return_days=3), "trader", 3),
        (Promises(), "private", 0),
        (Promises(return_days=7), "private", 7),
    ],
)
def test_a_traders_buyer_has_the_days_of_the_law_and_more_where_more_was_promised(promises, kind, days):
    assert return_days(promises, kind) == days
