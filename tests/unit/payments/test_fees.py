"""The fee schedule: data with a date, and never more than the order."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.payments.fees import SCHEDULES, FeeSchedule, schedule_at


def test_the_schedules_stand_in_the_order_in_which_they_came_into_force():
    starts = [each.valid_from for each in SCHEDULES]

    assert starts == sorted(set(starts))
    assert len({each.version for each in SCHEDULES}) == len(SCHEDULES)
    assert all(set(each.commission_bps) == {"trader", "private"} for each in SCHEDULES)


@pytest.mark.parametrize(("seconds", "version"), [(-1, "2026-11"), (0, "2026-11"), (10**8, "2026-11")])
def test_the_first_schedule_also_covers_what_came_before_it(seconds, version):
    start = datetime(2026, 11, 1, tzinfo=UTC)

    assert schedule_at(start + timedelta(seconds=seconds)).version == version


@pytest.mark.parametrize(
    ("total", "kind", "commission"),
    [(10_000, "trader", 800), (10_000, "private", 500), (0, "trader", 0), (6, "trader", 0), (7, "trader", 1)],
)
def test_the_commission_is_a_rate_rounded_half_up(total, kind, commission):
    assert SCHEDULES[0].commission(total, kind) == commission


@given(st.integers(0, 99_999_999), st.integers(0, 10_000))
def test_no_commission_exceeds_the_order(total, rate):
    schedule = FeeSchedule("test", datetime(2026, 1, 1, tzinfo=UTC), {"trader": rate})

    assert 0 <= schedule.commission(total, "trader") <= total
