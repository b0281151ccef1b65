"""Each rule: the case just inside, the case just outside, and what it says without data."""

from datetime import timedelta

import pytest

from marketplace.kit.money import CURRENCIES
from marketplace.trust.model import FIRED, HOLD_SCORE, NO_DATA, PASSED, score_of
from marketplace.trust.rules import (
    HISTORY_DAYS,
    PAYMENTS_PER_HOUR_MAX,
    RULES,
    SPENDING_WITHOUT_HISTORY_MAX_MINOR,
    judge,
)
from tests.unit.trust.making import BUYER, NOW, facts, payment

MILLISECOND = timedelta(milliseconds=1)
OLD = payment("old", timedelta(days=30))


def finding(rule_id, about):
    [found] = [each for each in judge(about) if each.rule_id == rule_id]
    return found


def outcome(rule_id, about):
    return finding(rule_id, about).outcome


def fired(about):
    return {each.rule_id for each in judge(about) if each.outcome == FIRED}


def test_an_ordinary_order_of_a_known_buyer_fires_nothing():
    assert fired(facts(OLD, payment())) == set()


def test_buying_from_oneself_fires_alone_and_holds():
    findings = judge(facts(seller_id=BUYER))

    assert finding("own_listing", facts(seller_id=BUYER)).outcome == FIRED
    assert score_of(findings) >= HOLD_SCORE


@pytest.mark.parametrize(("count", "expected"), [(PAYMENTS_PER_HOUR_MAX, PASSED), (PAYMENTS_PER_HOUR_MAX + 1, FIRED)])
def test_payments_within_an_hour_are_bounded(count, expected):
    burst = [payment(str(n), timedelta(minutes=n)) for n in range(count)]

    assert outcome("many_payments_in_an_hour", facts(*burst)) == expected


@pytest.mark.parametrize(("ago", "expected"), [(timedelta(hours=1), PASSED), (timedelta(hours=1) - MILLISECOND, FIRED)])
def test_the_hour_slides_and_ends_exactly(ago, expected):
    burst = [payment(str(n)) for n in range(PAYMENTS_PER_HOUR_MAX)]

    assert outcome("many_payments_in_an_hour", facts(*burst, payment("first", ago))) == expected


def test_one_cart_with_many_sellers_is_one_payment():
    cart = [payment(str(n)) for n in range(8)]
    one_payment = [type(each)(each.order_id, "pay_cart", each.paid_at, each.amount_minor, "eur") for each in cart]

    assert finding("many_payments_in_an_hour", facts(*one_payment)).facts["payments"] == 1


def test_a_burst_is_seen_from_its_first_order_when_that_is_screened_last():
    later = [payment(str(n), -timedelta(minutes=n)) for n in range(PAYMENTS_PER_HOUR_MAX + 1)]

    assert outcome("many_payments_in_an_hour", facts(*later)) == FIRED


def test_payments_spread_on_both_sides_of_an_order_are_not_one_burst():
    before = [payment(f"b{n}", timedelta(minutes=50)) for n in range(2)]
    after = [payment(f"a{n}", -timedelta(minutes=50)) for n in range(2)]

    assert outcome("many_payments_in_an_hour", facts(*before, payment(), *after)) == PASSED


@pytest.mark.parametrize("currency", sorted(CURRENCIES))
@pytest.mark.parametrize(("beyond", "expected"), [(0, PASSED), (1, FIRED)])
def test_a_buyer_without_history_may_pay_up_to_the_limit(currency, beyond, expected):
    amount_minor = SPENDING_WITHOUT_HISTORY_MAX_MINOR[currency] + beyond
    about = facts(payment(amount_minor=amount_minor, currency=currency), currency=currency)

    assert outcome("high_spending_without_history", about) == expected


def test_a_high_amount_cannot_hide_in_several_orders_of_one_day():
    parts = [payment(str(n), timedelta(hours=n), 80_000) for n in range(2)]

    assert outcome("high_spending_without_history", facts(*parts)) == FIRED


def test_amounts_of_another_currency_are_not_added():
    about = facts(payment("1", amount_minor=80_000), payment("2", amount_minor=80_000, currency="usd"))

    assert outcome("high_spending_without_history", about) == PASSED


@pytest.mark.parametrize(
    ("ago", "expected"), [(timedelta(hours=24), PASSED), (timedelta(hours=24) - MILLISECOND, FIRED)]
)
def test_only_what_was_bought_a_day_before_is_a_history(ago, expected):
    about = facts(payment("warm_up", ago, 100), payment(amount_minor=150_001))

    assert outcome("high_spending_without_history", about) == expected


@pytest.mark.parametrize(
    ("age", "expected"), [(timedelta(hours=24), PASSED), (timedelta(hours=24) - MILLISECOND, FIRED)]
)
def test_an_account_is_new_for_a_day(age, expected):
    assert outcome("new_account", facts(buyer_created_at=NOW - age)) == expected


def test_accounts_from_one_address_look_related():
    assert outcome("same_signup_address", facts(seller_signup_ip="hash-a")) == FIRED
    assert outcome("same_signup_address", facts(seller_signup_ip="hash-c")) == PASSED


@pytest.mark.parametrize("unknown", [{"buyer_signup_ip": None}, {"seller_signup_ip": None}])
def test_an_unknown_address_counts_against_nobody(unknown):
    assert outcome("same_signup_address", facts(**unknown)) == NO_DATA


def test_two_unknown_addresses_are_not_the_same_address():
    assert outcome("same_signup_address", facts(buyer_signup_ip=None, seller_signup_ip=None)) == NO_DATA


def test_an_unknown_age_counts_against_nobody():
    found = finding("new_account", facts(buyer_created_at=None))

    assert (found.outcome, found.score) == (NO_DATA, 0)


def test_two_weak_signs_together_hold_nothing():
    neighbours = facts(OLD, payment(), seller_signup_ip="hash-a", buyer_created_at=NOW)

    assert fired(neighbours) == {"same_signup_address", "new_account"}
    assert score_of(judge(neighbours)) < HOLD_SCORE


def test_no_finding_carries_an_address_or_its_hash():
    for each in judge(facts(seller_signup_ip="hash-a")):
        assert "hash-a" not in str(each.facts)


def test_rules_are_named_once_and_explained_in_both_languages():
    assert len({rule.rule_id for rule in RULES}) == len(RULES)
    for rule in RULES:
        assert all((rule.reason_en, rule.reason_es, rule.remedy_en, rule.remedy_es))
        assert rule.reason_en != rule.reason_es
        assert 0 < rule.weight <= 100


def test_every_currency_has_a_limit():
    assert set(SPENDING_WITHOUT_HISTORY_MAX_MINOR) == set(CURRENCIES)


def test_the_history_is_longer_than_any_window():
    assert HISTORY_DAYS > 1
