"""Commission rules: which one counts, what it takes, and that it never takes more than there is."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.fees.charging import Pricing
from marketplace.fees.model import (
    AMOUNT_MAX_MINOR,
    ESTABLISHED,
    NEW,
    PERCENT_BPS_MAX,
    FeeRuleInvalid,
    Rule,
    Sale,
    SellerFacts,
    Terms,
    carried_by,
    check_rule,
    choose,
)
from marketplace.fees.schedule import SCHEDULES, rule_named, schedule_at
from marketplace.kit.money import CURRENCIES
from marketplace.orders.model import Line
from tests.unit.orders.test_cart import PLAIN

NOW = datetime(2026, 11, 2, tzinfo=UTC)
CURRENCY = st.sampled_from(sorted(CURRENCIES))
PRICES = st.lists(st.integers(1, 5_000_000), min_size=1, max_size=6)
AMOUNT = st.integers(0, AMOUNT_MAX_MINOR)


@st.composite
def rules(draw):
    least = draw(AMOUNT)
    return Rule(
        "test",
        draw(st.integers(0, 10_000)),
        fixed_minor={code: draw(AMOUNT) for code in CURRENCIES},
        min_minor=dict.fromkeys(CURRENCIES, least),
        max_minor={code: draw(st.integers(least, AMOUNT_MAX_MINOR)) for code in CURRENCIES},
    )


def charged(prices, rule, currency="eur", country="ES", home="ES"):
    facts = SellerFacts(Terms("acc_1", agreement=replace(rule, seller_id="acc_1")), "trader", country)
    listing = replace(PLAIN, currency=currency)
    lines = [(Line(f"lst_{place}", "Bike", 1, price), listing) for place, price in enumerate(prices)]
    return Pricing(SCHEDULES[0], {"acc_1": facts}, home, NOW).charge("acc_1", "trader", lines)


def test_the_schedules_stand_in_the_order_in_which_they_came_into_force():
    starts = [each.valid_from for each in SCHEDULES]
    ids = [rule.rule_id for each in SCHEDULES for rule in each.rules]

    assert starts == sorted(set(starts))
    assert len(set(ids)) == len(ids)
    assert all(rule_named(rule_id) for rule_id in ids)
    assert rule_named("prp_agreed") is None


@pytest.mark.parametrize("schedule", SCHEDULES, ids=lambda each: each.version)
def test_a_published_schedule_has_a_rule_for_everybody_and_two_for_nobody(schedule):
    for kind in ("trader", "private"):
        for tier in (NEW, ESTABLISHED):
            for category in ("books", "collectibles", "sports"):
                sale = Sale("acc_1", kind, tier, category)
                best = choose(schedule.rules, sale)
                rivals = [each for each in schedule.rules if each.fits(sale) and each.specificity == best.specificity]
                assert rivals == [best]


@pytest.mark.parametrize(
    ("kind", "tier", "category", "rule_id"),
    [
        ("trader", NEW, "sports", "2026-11.trader"),
        ("private", ESTABLISHED, "books", "2026-11.private"),
        ("trader", ESTABLISHED, "sports", "2026-11.trader.established"),
        ("trader", ESTABLISHED, "books", "2026-11.trader.books"),
        ("trader", NEW, "collectibles", "2026-11.trader.collectibles"),
    ],
)
def test_the_most_specific_rule_counts(kind, tier, category, rule_id):
    assert choose(SCHEDULES[0].rules, Sale("acc_1", kind, tier, category)).rule_id == rule_id


def test_an_agreement_counts_before_everything_published():
    agreed = Rule("prp_1", 100, seller_id="acc_1")

    assert choose((*SCHEDULES[0].rules, agreed), Sale("acc_1", "trader", NEW, "books")) == agreed
    assert choose((*SCHEDULES[0].rules, agreed), Sale("acc_2", "trader", NEW, "books")) != agreed


@pytest.mark.parametrize(("orders", "tier"), [(0, NEW), (99, NEW), (100, ESTABLISHED)])
def test_a_tier_begins_with_its_last_order(orders, tier):
    assert SCHEDULES[0].tier_of(orders) == tier


@pytest.mark.parametrize(("seconds", "version"), [(-1, "2026-11"), (0, "2026-11"), (10**8, "2026-11")])
def test_the_first_schedule_also_covers_what_came_before_it(seconds, version):
    start = datetime(2026, 11, 1, tzinfo=UTC)

    assert schedule_at(start + timedelta(seconds=seconds)).version == version


@pytest.mark.parametrize(
    ("total", "commission"),
    [(0, 0), (6, 0), (7, 1), (10_000, 800), (10_006, 800), (10_007, 801)],
)
def test_a_percentage_is_rounded_half_up(total, commission):
    assert Rule("test", 800).commission(total, "eur") == commission


@pytest.mark.parametrize(
    ("total", "commission"), [(1_000, 150), (5_000, 150), (5_001, 150), (20_000, 450), (90_000, 500)]
)
def test_a_fixed_part_a_minimum_and_a_maximum(total, commission):
    rule = Rule("test", 200, fixed_minor={"eur": 50}, min_minor={"eur": 150}, max_minor={"eur": 500})

    assert rule.commission(total, "eur") == commission


def test_a_currency_that_a_rule_does_not_name_has_the_percentage_alone():
    assert Rule("test", 200, fixed_minor={"eur": 50}).commission(1_000, "jpy") == 20


@given(PRICES, rules(), CURRENCY, st.sampled_from(["ES", "DE", "FI", "US", "HU"]))
def test_lines_sum_to_the_order_and_nothing_exceeds_a_price(prices, rule, currency, country):
    charge = charged(prices, rule, currency, country)

    assert charge.commission_minor == sum(fee.commission_minor for fee in charge.line_fees)
    assert all(0 <= fee.commission_minor <= price for fee, price in zip(charge.line_fees, prices, strict=True))
    assert 0 <= charge.commission_minor + charge.vat_minor <= sum(prices)


@given(st.integers(1, 5_000_000), st.integers(0, 100_000), rules(), CURRENCY)
def test_a_higher_price_never_costs_less(price, more, rule, currency):
    low, high = charged([price], rule, currency), charged([price + more], rule, currency)

    assert low.commission_minor <= high.commission_minor
    assert low.vat_minor <= high.vat_minor


@given(st.integers(0, 99_999_999), st.integers(0, 2_700))
def test_what_a_line_carries_leaves_room_for_the_vat_and_not_for_a_unit_more(total, bps):
    most = carried_by(total, bps)

    assert most * (10_000 + bps) <= total * 10_000 < (most + 1) * (10_000 + bps)


def wrong_in(rule: Rule) -> list[str]:
    """Name the fields of a rule that are refused."""
    try:
        check_rule(rule, CURRENCIES)
    except FeeRuleInvalid as refusal:
        return list(refusal.fields)
    return []


@pytest.mark.parametrize("percent", [0, PERCENT_BPS_MAX])
def test_an_agreement_within_the_limits_is_good(percent):
    rule = Rule("x", percent, min_minor={"eur": 5}, max_minor={"eur": 5, "jpy": AMOUNT_MAX_MINOR})

    assert wrong_in(rule) == []


@pytest.mark.parametrize(
    ("rule", "field"),
    [
        (Rule("x", -1), "percent_bps"),
        (Rule("x", PERCENT_BPS_MAX + 1), "percent_bps"),
        (Rule("x", 1, fixed_minor={"eur": -1}), "fixed_minor"),
        (Rule("x", 1, fixed_minor={"eur": AMOUNT_MAX_MINOR + 1}), "fixed_minor"),
        (Rule("x", 1, min_minor={"chf": 1}), "min_minor"),
        (Rule("x", 1, min_minor={"eur": 6}, max_minor={"eur": 5}), "max_minor"),
    ],
)
def test_an_agreement_outside_the_limits_is_refused(rule, field):
    assert wrong_in(rule) == [field]
