"""A balance divided over what holds it: to the cent, whatever the holds are."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.payouts.dividing import clearing_holds, divide, overlaid
from marketplace.payouts.model import MINIMUM_MINOR, SMALLEST_MINOR, Cause, Clearing, Hold, Purse, minimum_at

NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
SELLER = "acc_1"
LEAST = MINIMUM_MINOR["eur"]

amounts = st.integers(0, 500_000)
causes = st.sampled_from([each for each in Cause if each not in {Cause.RESERVE, Cause.MINIMUM}])
holds = st.builds(Hold, causes, st.just("key"), amount_minor=st.none() | amounts, currency=st.just("eur"))


def purse(available_minor=0, reserved_minor=0, due_at=None):
    return Purse(SELLER, "eur", available_minor, reserved_minor, due_at=due_at)


def kept(division):
    return {each.hold.cause: each.kept_minor for each in division.kept}


def part(amount_minor, *, order_id="ord_1", days=2):
    return Clearing(SELLER, "eur", order_id, f"tr_{order_id}", amount_minor, NOW, NOW + timedelta(days=days))


@given(st.integers(-500_000, 500_000), amounts, st.lists(holds, max_size=6))
def test_what_holds_keep_and_what_is_payable_sum_to_the_balance(available_minor, reserved_minor, found):
    division = divide(purse(available_minor, reserved_minor), found, LEAST)

    assert division.total_minor == available_minor + reserved_minor
    assert all(each.kept_minor >= 0 for each in division.kept)
    assert division.payable_minor == min(0, available_minor) or division.payable_minor >= LEAST


@given(
    st.lists(st.builds(part, amounts, order_id=st.sampled_from(["ord_1", "ord_2"]), days=st.integers(1, 9))), amounts
)
def test_what_clears_is_counted_once_with_a_chargeback_of_the_same_order(parts, charged_minor):
    chargeback = Hold(Cause.CHARGEBACK, "dp_1", NOW, None, charged_minor, "eur", "ord_1")

    found = clearing_holds(parts, [chargeback])

    of_order = sum(each.amount_minor for each in parts if each.order_id == "ord_1")
    others = sum(each.amount_minor for each in parts) - of_order
    assert sum(each.amount_minor or 0 for each in found) == others + max(0, of_order - charged_minor)
    assert all(each.until and each.amount_minor for each in found if each.amount_minor)


def test_a_hold_of_everything_takes_what_holds_of_an_amount_left():
    blocked, charged = Hold(Cause.COOLING, "account"), Hold(Cause.CHARGEBACK, "dp_1", amount_minor=300)

    division = divide(purse(10_000, 500), [blocked, charged], LEAST)

    assert kept(division) == {Cause.RESERVE: 500, Cause.CHARGEBACK: 300, Cause.COOLING: 9_700}
    assert division.payable_minor == 0


@pytest.mark.parametrize(("available_minor", "payable_minor"), [(999, 0), (1_000, 1_000)])
def test_less_than_the_minimum_waits_for_the_next_date(available_minor, payable_minor):
    due_at = NOW + timedelta(days=3)

    division = divide(purse(available_minor, due_at=due_at), [], LEAST)

    assert division.payable_minor == payable_minor
    assert [(each.hold.cause, each.hold.until) for each in division.kept] == (
        [] if payable_minor else [(Cause.MINIMUM, due_at)]
    )


def test_what_clears_on_one_day_is_one_hold_with_its_date():
    found = clearing_holds([part(100), part(200, order_id="ord_2"), part(50, order_id="ord_3", days=5)], [])

    assert [(each.amount_minor, each.until) for each in found] == [
        (300, NOW + timedelta(days=2)),
        (50, NOW + timedelta(days=5)),
    ]


@pytest.mark.parametrize(("month", "least"), [(1, SMALLEST_MINOR), (2, MINIMUM_MINOR), (12, MINIMUM_MINOR)])
def test_four_months_of_the_year_smaller_balances_are_sent_too(month, least):
    assert minimum_at("eur", NOW.replace(month=month)) == least["eur"]


def of_order(cause, amount_minor, key="key", order_id="ord_1"):
    return Hold(cause, key, NOW, None, amount_minor, "eur", order_id)


@pytest.mark.parametrize(
    ("found", "kept_minor"),
    [
        ([of_order(Cause.CHARGEBACK, 700), of_order(Cause.KILL_SWITCH, 1_000)], 1_000),
        ([of_order(Cause.CHARGEBACK, 1_000), of_order(Cause.KILL_SWITCH, 700)], 1_000),
        ([of_order(Cause.CHARGEBACK, 400, "a"), of_order(Cause.CHARGEBACK, 500, "b")], 900),
        (
            [of_order(Cause.CHARGEBACK, 400, "a"), of_order(Cause.KILL_SWITCH, 600), of_order(Cause.CHARGEBACK, 500)],
            900,
        ),
        ([of_order(Cause.CHARGEBACK, 700), of_order(Cause.KILL_SWITCH, 700, order_id="ord_2")], 1_400),
        ([of_order(Cause.CHARGEBACK, 700), Hold(Cause.DEBT, "debt", amount_minor=300)], 1_000),
    ],
)
def test_a_stop_and_a_chargeback_of_one_order_keep_its_money_once(found, kept_minor):
    division = divide(purse(20_000), overlaid(found), LEAST)

    assert sum(each.kept_minor for each in division.kept) == kept_minor
    assert (len(division.kept), division.total_minor) == (len(found), 20_000)
    assert [each.hold.amount_minor for each in division.kept] == [each.amount_minor for each in found]


@given(
    st.lists(st.builds(of_order, st.sampled_from([Cause.CHARGEBACK, Cause.KILL_SWITCH]), amounts), max_size=5), amounts
)
def test_what_clears_beside_holds_of_one_order_is_counted_once_with_all_of_them(found, clearing_minor):
    of_cause = [sum(each.amount_minor for each in found if each.cause is cause) for cause in Cause]

    clearing = clearing_holds([part(clearing_minor)], overlaid(found))

    whole = sum(each.own_minor for each in [*overlaid(found), *clearing])
    assert whole == max(clearing_minor, *of_cause)


def stopped(amount_minor):
    return of_order(Cause.KILL_SWITCH, amount_minor)


def charged(amount_minor):
    return of_order(Cause.CHARGEBACK, amount_minor)


@pytest.mark.parametrize(
    ("found", "kept_minor"),
    [
        ([stopped(9_200)], 8_280),
        ([stopped(9_200), charged(9_200)], 9_200),
        ([stopped(500)], 0),
        ([stopped(-300), charged(4_000)], 4_000),
        ([charged(4_000), stopped(-300)], 4_000),
    ],
)
def test_a_stop_keeps_what_the_reserve_does_not_and_never_less_than_nothing(found, kept_minor):
    held = overlaid(found, {"ord_1": 920, "ord_2": 5_000})

    division = divide(purse(20_000, 920), held, LEAST)

    assert sum(each.own_minor for each in held) == kept_minor
    assert min(each.own_minor for each in held) >= 0
    assert (division.payable_minor, division.total_minor) == (20_000 - kept_minor, 20_920)


def test_a_hold_below_nothing_lets_no_money_of_others_go():
    assert Hold(Cause.DEBT, "debt", amount_minor=-300).own_minor == 0
