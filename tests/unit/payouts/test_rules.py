"""Reserve and schedule: published tables, each rule just inside and just outside."""

from datetime import UTC, datetime, timedelta

import pytest

from marketplace.payouts.causes import EXPLANATIONS, REFUSALS, in_words, of_account
from marketplace.payouts.model import Cause, PayeeFacts, Purse, Standing, parse_payout_id
from marketplace.payouts.reserve import NEW, NEW_DAYS, NEW_ORDERS, NONE, RISKY, rule_for
from marketplace.payouts.schedule import DAILY, MONTHLY, WEEKLY, after_failure, interval_of, next_date

NOW = datetime(2026, 11, 4, 12, 0, tzinfo=UTC)  # a Wednesday
LONG_AGO = NOW - timedelta(days=NEW_DAYS)
FACTS = PayeeFacts("acct_1", True, False, True, None, LONG_AGO)


def standing(**facts):
    return Standing("acc_1", **{"ended_orders": NEW_ORDERS, "first_at": LONG_AGO, **facts})


@pytest.mark.parametrize(
    ("facts", "rule"),
    [
        ({}, NONE),
        ({"ended_orders": NEW_ORDERS - 1}, NEW),
        ({"first_at": LONG_AGO + timedelta(seconds=1)}, NEW),
        ({"first_at": None}, NEW),
        ({"chargebacks": 1}, NONE),
        ({"chargebacks": 2, "ended_orders": 200}, RISKY),
        ({"chargebacks": 2, "ended_orders": 201}, NONE),
        ({"chargebacks": 2, "ended_orders": 0}, RISKY),
    ],
)
def test_the_rule_of_an_earning_follows_from_published_facts(facts, rule):
    assert rule_for(standing(**facts), NOW) is rule


@pytest.mark.parametrize(("net_minor", "part_minor"), [(1, 0), (4, 0), (5, 1), (10, 1), (9_200, 920)])
def test_a_reserved_part_is_rounded_half_up_and_never_more_than_all(net_minor, part_minor):
    assert NEW.part_of(net_minor) == part_minor


@pytest.mark.parametrize(
    ("interval", "now", "date"),
    [
        (DAILY, NOW, "2026-11-05"),
        (WEEKLY, NOW, "2026-11-09"),
        (WEEKLY, datetime(2026, 11, 9, 6, 0, tzinfo=UTC), "2026-11-16"),
        (MONTHLY, NOW, "2026-12-01"),
        (MONTHLY, datetime(2026, 12, 31, tzinfo=UTC), "2027-01-01"),
        (DAILY, datetime(2026, 12, 31, 23, 59, tzinfo=UTC), "2027-01-01"),
    ],
)
def test_the_next_date_is_always_ahead(interval, now, date):
    found = next_date(interval, now)

    assert (found.date().isoformat(), found.hour) == (date, 6)
    assert found > now


def test_new_sellers_are_paid_weekly_others_daily_and_anybody_as_they_chose():
    assert interval_of(standing(ended_orders=0), NOW) == WEEKLY
    assert interval_of(standing(), NOW) == DAILY
    assert interval_of(standing(interval=MONTHLY), NOW) == MONTHLY


def test_each_refusal_in_a_row_waits_longer():
    waits = [after_failure(DAILY, failures, NOW) for failures in (1, 2, 3, 9)]

    assert waits == sorted(waits)
    assert [found.date().isoformat() for found in waits] == ["2026-11-05", "2026-11-07", "2026-11-11", "2026-11-11"]


@pytest.mark.parametrize(
    ("facts", "causes"),
    [
        (FACTS, []),
        (None, [Cause.VERIFICATION]),
        (PayeeFacts("acct_1", True, True, True, None, NOW), [Cause.SUSPENDED]),
        (PayeeFacts("acct_1", True, False, False, None, NOW), [Cause.FACTOR_MISSING]),
        (PayeeFacts("acct_1", False, False, True, None, NOW), [Cause.VERIFICATION]),
        (PayeeFacts(None, True, False, True, None, NOW), [Cause.VERIFICATION]),
        (PayeeFacts("acct_1", True, False, True, NOW + timedelta(seconds=1), NOW), [Cause.COOLING]),
        (PayeeFacts("acct_1", True, False, True, NOW, NOW), []),
        (PayeeFacts("acct_1", True, False, True, None, NOW, locked=True), [Cause.LOCKED]),
    ],
)
def test_an_account_holds_its_payouts_by_its_own_facts(facts, causes):
    assert [hold.cause for hold in of_account(facts, NOW)] == causes


def test_every_cause_and_every_refusal_is_explained_in_both_languages():
    assert set(EXPLANATIONS) == set(Cause)
    assert all(english and spanish and english != spanish for english, spanish in EXPLANATIONS.values())
    assert all(english != spanish for english, spanish in REFUSALS.values())


def test_an_unknown_refusal_still_reads_as_a_sentence():
    assert (in_words("no_such_code", "en") or "").endswith(".")
    assert in_words(None, "en") is None


@pytest.mark.parametrize(
    "purse",
    [
        Purse("acc_1", "eur", available_minor=1),
        Purse("acc_1", "eur", available_minor=-1, reserved_minor=1, paid_minor=-1, earned_minor=0, reversed_minor=1),
        Purse("acc_1", "eur", in_transit_minor=-5, paid_minor=5),
    ],
)
def test_a_balance_that_does_not_add_up_is_seen(purse):
    assert not purse.is_sound


def test_a_balance_may_be_below_zero_between_a_reversal_and_what_follows():
    assert Purse("acc_1", "eur", available_minor=-50, earned_minor=100, paid_minor=100, reversed_minor=50).is_sound


@pytest.mark.parametrize("text", ["", "payout_x", "payout_" + "a" * 26 + "_eur_0", "payout_" + "a" * 26 + "_EUR_1"])
def test_what_is_no_payout_id_names_nothing(text):
    assert parse_payout_id(text) is None
