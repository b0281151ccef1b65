"""Payout dates and reserves: the published ones, unless a deployment sets lengths of its own."""

from datetime import UTC, datetime, timedelta

import pytest

from marketplace.payouts.reserve import NEW, NONE
from marketplace.payouts.schedule import PUBLISHED, Calendar, after_failure, next_date
from tests.crash.payout_deeds import released

NOW = datetime(2026, 3, 4, 12, tzinfo=UTC)
SHORT = Calendar(every=timedelta(seconds=4), reserve=timedelta(seconds=25))


@pytest.mark.parametrize("interval", ["daily", "weekly", "monthly"])
def test_without_lengths_of_its_own_a_deployment_has_the_published_dates(interval):
    assert PUBLISHED.next_date(interval, NOW) == next_date(interval, NOW)
    assert PUBLISHED.after_failure(interval, 2, NOW) == after_failure(interval, 2, NOW)
    assert PUBLISHED.free_at(NEW, NOW) == NOW + timedelta(days=30)


@pytest.mark.parametrize("interval", ["daily", "weekly", "monthly"])
def test_lengths_of_its_own_count_whatever_the_schedule_and_the_rule(interval):
    assert SHORT.next_date(interval, NOW) == NOW + timedelta(seconds=4)
    assert SHORT.after_failure(interval, 3, NOW) == NOW + timedelta(seconds=4)
    assert SHORT.free_at(NEW, NOW) == SHORT.free_at(NONE, NOW) == NOW + timedelta(seconds=25)


def test_the_settings_of_a_deployment_reach_balances_and_cooling(trade):
    object.__setattr__(trade.world.settings, "timers", "cooling=20s,payout_date=4s,reserve=25s")
    trade.world.services = trade.world.new_services()
    order, services = released(trade), trade.services
    [balance] = services.payouts.overview(order.seller_id).balances
    services.transactions.commit(services.cooling.begin(order.seller_id, "totp:removed"))

    (part,) = balance.reserves
    assert part.until - part.since == timedelta(seconds=25)
    assert balance.purse.due_at == part.since + timedelta(seconds=4)
    assert services.directory.payouts_after(order.seller_id) == services.clock.now() + timedelta(seconds=20)
