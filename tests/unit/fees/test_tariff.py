"""The published tariff, row by row and to the minor unit, against arithmetic of its own."""

from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_FLOOR, ROUND_HALF_UP, Decimal
from itertools import product

import pytest

from marketplace.fees import schedule
from marketplace.fees.agreements import KIND, facts_of, rule_of
from marketplace.fees.model import (
    AMOUNT_MAX_MINOR,
    ESTABLISHED,
    NEW,
    PERCENT_BPS_MAX,
    FeeRuleInvalid,
    FeeSchedule,
    Rule,
    Sale,
    Terms,
    VatNumberInvalid,
    carried_by,
    check_rule,
    choose,
)
from marketplace.fees.schedule import SCHEDULES, rule_named, schedule_at
from marketplace.fees.vat import REASONS, STANDARD_RATES, checked_number, standard_rate
from marketplace.kit.money import CURRENCIES

FROM = datetime(2026, 11, 1, tzinfo=UTC)
PUBLISHED = """
    2026-11.trader               8.00 kind=trader
    2026-11.private              5.00 kind=private
    2026-11.trader.established   7.00 kind=trader tier=established
    2026-11.trader.books         6.00 kind=trader category=books
    2026-11.trader.collectibles  9.00 kind=trader category=collectibles most=eur:250.00,usd:250.00,gbp:250.00,jpy:40000
"""
DECIMALS = {"jpy": 0, "eur": 2, "kwd": 3}  # the last one only here: a rule does not ask what is traded


def spelled(rule: Rule) -> str:
    words = [rule.rule_id, str(Decimal(rule.percent_bps).scaleb(-2))]
    words += [f"kind={rule.kind}"] if rule.kind else []
    words += [f"tier={rule.tier}"] if rule.tier else []
    words += [f"category={rule.category}"] if rule.category else []
    most = [f"{code}:{Decimal(minor).scaleb(-CURRENCIES[code])}" for code, minor in rule.max_minor.items()]
    assert (rule.seller_id, rule.fixed_minor, rule.min_minor) == (None, {}, {})
    return " ".join([*words, *([f"most={','.join(most)}"] if most else [])])


def test_the_schedule_is_the_one_that_was_published():
    [published] = SCHEDULES

    assert [spelled(rule) for rule in published.rules] == [
        " ".join(line.split()) for line in PUBLISHED.splitlines() if line.strip()
    ]
    assert (published.version, published.valid_from, published.established_from_orders) == ("2026-11", FROM, 100)
    assert published.buyer_fee_bps == 0


def exactly(total_minor: int, percent: Decimal) -> int:
    return int((total_minor * percent / 100).quantize(Decimal(1), ROUND_HALF_UP))


@pytest.mark.parametrize("rule", [rule for each in SCHEDULES for rule in each.rules], ids=lambda each: each.rule_id)
@pytest.mark.parametrize("currency", CURRENCIES)
def test_every_step_of_a_published_rule_is_where_it_should_be(rule, currency):
    percent = Decimal(rule.percent_bps) / 100
    most = rule.max_minor.get(currency, 10**12)
    for steps in (*range(1, 60), *((most - 1, most, most + 1) if rule.max_minor else (25_001, 40_001))):
        # The smallest total whose share is nearer to this many units than to one less.
        begins = -int((-(Decimal(steps) - Decimal("0.5")) * 100 / percent).quantize(Decimal(1), ROUND_FLOOR))
        for total in (begins - 1, begins, begins + 1):
            assert rule.commission(total, currency) == min(exactly(total, percent), most)
        assert rule.commission(begins, currency) == min(steps, most)
        assert rule.commission(begins - 1, currency) == min(steps - 1, most)


@pytest.mark.parametrize(("currency", "decimals"), DECIMALS.items())
def test_a_fixed_part_a_least_and_a_most_count_to_the_minor_unit(currency, decimals):
    one = 10**decimals  # a yen, a euro, a dinar
    rule = Rule(
        "r", 1_000, fixed_minor={currency: 2 * one}, min_minor={currency: 5 * one}, max_minor={currency: 9 * one}
    )

    # A tenth and 2: the least of 5 until a total of 30, the most of 9 from 70 on; both are met half a unit earlier.
    assert rule.commission(0, currency) == 5 * one
    for total in (30 * one, 30 * one + 4):
        assert rule.commission(total, currency) == 5 * one
    for units in range(1, 4 * one, max(1, one // 7)):
        assert rule.commission(30 * one + 10 * units - 6, currency) == 5 * one + units - 1
        assert rule.commission(30 * one + 10 * units - 5, currency) == 5 * one + units
    for total in (70 * one - 5, 70 * one, 70 * one + 5, 10**9):
        assert rule.commission(total, currency) == 9 * one
    assert rule.commission(70 * one - 6, currency) == 9 * one - 1
    assert rule.commission(700, "another") == 70


def test_a_most_is_never_below_what_a_least_asks():
    assert Rule("r", 0, min_minor={"eur": 7}).commission(0, "eur") == 7
    assert Rule("r", 0, min_minor={"eur": 7}, max_minor={"eur": 5}).commission(0, "eur") == 5


SALE = Sale("acc_1", "trader", NEW, "books")
FITTING = {"seller_id": "acc_1", "category": "books", "tier": NEW, "kind": "trader"}
OTHERS = {"seller_id": "acc_2", "category": "bikes", "tier": ESTABLISHED, "kind": "private"}
WEIGHTS = list(FITTING)  # the weightiest first


def naming(bits: int, words: dict[str, str]) -> dict[str, str]:
    return {name: words[name] for place, name in enumerate(WEIGHTS) if bits >> (3 - place) & 1}


def test_a_rule_fits_when_everything_that_it_names_does():
    for named, strange in product(range(16), repeat=2):
        rule = Rule("r", 1, **{**naming(named, FITTING), **naming(strange, OTHERS)})

        assert rule.fits(SALE) is not bool(strange)


def test_the_weightiest_name_decides_and_lesser_ones_break_ties():
    for one, other in product(range(16), repeat=2):
        rules = [Rule(str(bits), 1, **naming(bits, FITTING)) for bits in (one, other)]

        assert choose(rules, SALE).rule_id == str(max(one, other))


def test_somebody_for_whom_nothing_is_published_is_our_own_mistake():
    with pytest.raises(ValueError, match=r"max|empty"):
        choose([Rule("r", 1, kind="private")], SALE)


def test_terms_begin_with_nothing():
    assert Terms("acc_1") == Terms("acc_1", 0, None, None, None, None)
    assert FeeSchedule("v", FROM, (), 5).buyer_fee_bps == 0


@pytest.mark.parametrize(("orders", "tier"), [(4, NEW), (5, ESTABLISHED), (6, ESTABLISHED)])
def test_a_seller_is_established_from_so_many_orders_on(orders, tier):
    assert FeeSchedule("v", FROM, (), 5).tier_of(orders) == tier
    assert (NEW, ESTABLISHED) == ("new", "established")


@pytest.mark.parametrize("seconds", [-(10**9), -1, 0, 1, 10**9])
def test_the_one_schedule_is_always_in_force(seconds):
    assert schedule_at(FROM + timedelta(seconds=seconds)) is SCHEDULES[0]


@pytest.mark.parametrize(("seconds", "version"), [(-1, "2026-11"), (0, "next"), (1, "next"), (10**9, "next")])
def test_a_new_version_is_in_force_from_its_first_second_on(monkeypatch, seconds, version):
    begins = FROM + timedelta(days=90)
    monkeypatch.setattr(schedule, "SCHEDULES", (SCHEDULES[0], FeeSchedule("next", begins, (), 5)))

    assert schedule.schedule_at(begins + timedelta(seconds=seconds)).version == version


def test_a_published_rule_is_found_by_its_id():
    assert all(rule_named(rule.rule_id) is rule for rule in SCHEDULES[0].rules)
    assert rule_named("2026-11") is None


@pytest.mark.parametrize(("total", "vat_bps"), [(12_100, 2_100), (12_099, 2_100), (12_101, 2_100), (7, 0), (0, 2_700)])
def test_a_line_carries_the_largest_commission_that_leaves_room_for_its_vat(total, vat_bps):
    assert carried_by(total, vat_bps) == total * 10_000 // (10_000 + vat_bps)


LIMITS = {"percent": 5_000, "amount": 1_000_000}


def refused(rule: Rule) -> dict[str, str]:
    try:
        check_rule(rule, ["eur", "jpy"])
    except FeeRuleInvalid as no:
        return no.fields
    return {}


def test_the_limits_of_an_agreement_are_those_that_are_described():
    assert {"percent": PERCENT_BPS_MAX, "amount": AMOUNT_MAX_MINOR} == LIMITS


@pytest.mark.parametrize(("percent", "good"), [(-1, False), (0, True), (1, True), (5_000, True), (5_001, False)])
def test_a_percentage_is_within_its_limits(percent, good):
    assert refused(Rule("r", percent)) == ({} if good else {"percent_bps": "0_to_5000"})


@pytest.mark.parametrize("name", ["fixed_minor", "min_minor", "max_minor"])
@pytest.mark.parametrize(("amount", "good"), [(-1, False), (0, True), (1, True), (1_000_000, True), (1_000_001, False)])
def test_an_amount_is_within_its_limits(name, amount, good):
    assert refused(Rule("r", 0, **{name: {"jpy": amount}})) == ({} if good else {name: "0_to_1000000"})


@pytest.mark.parametrize("name", ["fixed_minor", "min_minor", "max_minor"])
def test_an_amount_is_in_a_currency_that_is_traded(name):
    assert refused(Rule("r", 0, **{name: {"eur": 1, "kwd": 1}})) == {name: "unsupported_currency"}


@pytest.mark.parametrize(
    ("least", "most", "good"),
    [
        ({"eur": 5}, {"eur": 5}, True),
        ({"eur": 6}, {"eur": 5}, False),
        ({"eur": 1}, {"eur": 0}, False),
        ({"jpy": 6}, {"eur": 5}, True),
        ({}, {"eur": 0}, True),
        ({"eur": 1, "jpy": 9}, {"eur": 5, "jpy": 8}, False),
    ],
)
def test_a_least_is_not_above_the_most_of_the_same_currency(least, most, good):
    assert refused(Rule("r", 0, min_minor=least, max_minor=most)) == (
        {} if good else {"max_minor": "below_the_minimum"}
    )


def test_every_wrong_field_is_named_at_once():
    rule = Rule("r", -1, fixed_minor={"eur": -1}, min_minor={"chf": 1}, max_minor={"eur": -5})

    assert set(refused(rule)) == {"percent_bps", "fixed_minor", "min_minor", "max_minor"}


AGREED = Rule(
    "prp_1",
    0,
    seller_id="acc_1",
    fixed_minor={"eur": 20, "jpy": 3},
    min_minor={"usd": 0},
    max_minor={"eur": 900, "gbp": 7},
)


def test_an_agreement_is_proposed_as_whole_numbers_and_read_again():
    facts = {
        "percent_bps": 0,
        "fixed.eur": 20,
        "fixed.jpy": 3,
        "min.usd": 0,
        "max.eur": 900,
        "max.gbp": 7,
    }

    assert KIND == "fees.agreement"
    assert facts_of(AGREED) == facts
    assert rule_of("prp_1", "acc_1", facts) == AGREED
    assert rule_of("prp_1", "acc_1", {name: str(value) for name, value in facts.items()}) == AGREED


def test_the_end_of_an_agreement_is_a_percentage_below_nothing():
    assert facts_of(None) == {"percent_bps": -1}
    assert rule_of("prp_1", "acc_1", {"percent_bps": "-1"}) is None


# Standard rates in percent; a change with its day (European Commission; gov.uk).
RATES = """
    AT 20     BE 21     BG 20     CY 19     CZ 21     DE 19     DK 25     ES 21     FR 20     GB 20     GR 24
    HR 25     HU 27     IE 23     IT 22     LT 21     LU 17     LV 21     MT 18     NL 21     PL 23     PT 23
    SE 25     SI 22
    EE 22>2025-07-01>24
    FI 24>2024-09-01>25.5
    RO 19>2025-08-01>21
    SK 20>2025-01-01>23
"""


def rates() -> dict[str, str]:
    words = RATES.split()
    return dict(zip(words[::2], words[1::2], strict=True))


def test_there_are_rates_for_the_union_and_the_united_kingdom():
    assert set(STANDARD_RATES) == set(rates())


@pytest.mark.parametrize(("country", "said"), rates().items())
def test_a_rate_is_the_official_one_before_and_after_its_change(country, said):
    first, *change = said.split(">")
    began, now = (date.fromisoformat(change[0]), change[1]) if change else (date(2026, 11, 1), first)

    assert [
        Decimal(standard_rate(country, day)) / 100
        for day in (date(1, 1, 1), date(2014, 12, 31), began - timedelta(days=1))
    ] == [Decimal(first)] * 3
    assert [Decimal(standard_rate(country, day)) / 100 for day in (began, date(2030, 1, 1))] == [Decimal(now)] * 2


def test_every_reason_is_said_in_both_languages():
    assert set(REASONS) == {"not_registered", "domestic", "reverse_charge", "seller_country", "outside_the_union"}
    for english, spanish in REASONS.values():
        assert english.endswith(".")
        assert spanish.endswith(".")
        assert english != spanish


@pytest.mark.parametrize(
    ("length", "good"), [(0, False), (1, False), (2, True), (3, True), (12, True), (13, True), (14, False)]
)
@pytest.mark.parametrize(("country", "prefix"), [("ES", "ES"), ("GR", "EL"), ("GB", "GB")])
def test_a_vat_number_has_its_countrys_letters_and_two_to_thirteen_signs(country, prefix, length, good):
    number = prefix + "A1+*5678901234"[:length]
    if good:
        assert checked_number(f" {number[:3].lower()}.{number[3:]}-", country) == number
    else:
        with pytest.raises(VatNumberInvalid) as refusal:
            checked_number(number, country)
        assert refusal.value.fields == {"vat_number": "not_of_this_country"}


@pytest.mark.parametrize(
    ("number", "country"), [("US123", "US"), ("GR123", "GR"), ("DE123", "ES"), ("ES1_3", "ES"), ("ES12/", "ES")]
)
def test_what_is_no_vat_number_of_the_country_is_refused(number, country):
    with pytest.raises(VatNumberInvalid):
        checked_number(number, country)
