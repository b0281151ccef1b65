"""Every call under way is seen, however many there are; what is more than can be read is said, and nothing is cut."""

from dataclasses import replace
from datetime import date, timedelta
from types import SimpleNamespace

import pytest

from marketplace.kit.errors import Unavailable
from marketplace.payments.model import Intent, IntentKind, IntentState
from marketplace.payouts.switch import EVERYTHING
from marketplace.solvency import moment
from marketplace.solvency.balances import LOOK_AGAIN_AFTER_SECONDS
from marketplace.solvency.model import UNSETTLED, Base, SolvencyMissing
from marketplace.solvency.moment import IN_READ, Moments, TooMuchUnderWay
from tests.crash.payout_deeds import account_of, released
from tests.fakes.grants import only_its_grants
from tests.fakes.world import FrozenClock
from tests.stores.trading import NOW
from tests.unit.payouts.test_later_holds import stop

MANY = 1_234


class Rows:
    """Intents in queues, and how many were asked for at once."""

    def __init__(self, **queues: list[Intent]) -> None:
        self.queues, self.reads = queues, []

    def due(self, queue, _before, limit):
        return [each.intent_id for each in self.queues.get(queue, [])][:limit]

    def intents(self, names):
        self.reads.append(len(names))
        assert len(names) == len(set(names))
        return {each.intent_id: each for some in self.queues.values() for each in some if each.intent_id in names}


def transfer(nth: int) -> Intent:
    return Intent(f"transfer#ord_{nth:05d}", IntentKind.TRANSFER, "pay_1", f"ord_{nth:05d}", 100, "eur", NOW)


def moments(rows: Rows, orders=()) -> Moments:
    return Moments(
        clock=FrozenClock(NOW),
        ledger=SimpleNamespace(of_day=lambda _day: []),
        orders=SimpleNamespace(read_many=lambda names: [each for each in orders if each.order_id in names]),
        payments=rows,
        balances=SimpleNamespace(balances=lambda: {"eur": 0}),
    )


def under_way(rows: Rows) -> list[Intent]:
    yesterday = (NOW - timedelta(days=1)).date()
    return list(moments(rows).since(Base(date.isoformat(yesterday), {})).under_way)


def test_all_that_waits_while_payments_are_stopped_is_seen_in_portions():
    rows = Rows(open=[transfer(nth) for nth in range(MANY)])

    assert len(under_way(rows)) == MANY
    assert max(rows.reads) == IN_READ


def test_what_is_parked_while_it_is_looked_at_counts_once():
    parked = replace(transfer(1), state=IntentState.PARKED)

    assert under_way(Rows(open=[parked], parked=[parked])) == [parked]


def test_what_was_recorded_meanwhile_is_under_way_no_more():
    assert under_way(Rows(open=[replace(transfer(1), state=IntentState.DONE)])) == []


@pytest.mark.parametrize("queue", ["open", "parked"])
def test_more_than_can_be_read_is_an_error_and_no_part_of_it(queue, monkeypatch):
    monkeypatch.setattr(moment, "INTENTS_MAX", 3)
    within, beyond = Rows(**{queue: list(map(transfer, range(3)))}), Rows(**{queue: list(map(transfer, range(4)))})

    assert len(under_way(within)) == 3
    with pytest.raises(TooMuchUnderWay):
        under_way(beyond)
    assert issubclass(TooMuchUnderWay, Unavailable)


def test_a_reversal_whose_order_is_not_there_returns_nothing_to_anybody():
    known, lost = (replace(transfer(nth), kind=IntentKind.REVERSAL) for nth in (1, 2))
    order = SimpleNamespace(order_id=known.order_id, seller_id="acc_1")

    coming = moments(Rows(open=[known, lost]), [order]).returning()

    assert coming == {("acc_1", "eur"): 100}


def test_a_reversal_of_which_people_decide_may_have_come_back_too():
    parked = replace(transfer(1), kind=IntentKind.REVERSAL, state=IntentState.PARKED)
    order = SimpleNamespace(order_id=parked.order_id, seller_id="acc_1")

    assert moments(Rows(parked=[parked]), [order]).returning() == {("acc_1", "eur"): 100}


def called_and_not_recorded(trade, count):
    """Return what that many transfers brought to sellers of which the books know nothing yet."""
    services, minor = trade.services, 0
    stop(trade.world, EVERYTHING)
    for order in [released(trade) for _ in range(count)]:
        intent = services.payment_store.intent(f"transfer#{order.order_id}")
        services.transactions.commit([services.payment_store.let_go(intent, trade.world.clock.now())])
        charge_id = services.payment_store.read(order.payment_id).charge_id
        services.stripe.transfer(intent, destination=account_of(trade, order), charge_id=charge_id)
        minor += intent.amount_minor
    return minor


def test_transfers_behind_any_number_of_others_explain_what_stripe_lacks(trade, monkeypatch):
    monkeypatch.setattr(moment, "IN_READ", 2)
    minor = called_and_not_recorded(trade, 3)

    with only_its_grants("solvency_run"):
        made = trade.services.solvency.run()

    assert [(each.moving_minor, each.status) for each in made.coverings] == [(minor, UNSETTLED)]
    assert [each.scope for each in trade.services.switch.standing()] == [EVERYTHING]


def test_a_run_that_cannot_read_all_of_them_states_and_stops_nothing(trade, monkeypatch):
    monkeypatch.setattr(moment, "INTENTS_MAX", 2)
    called_and_not_recorded(trade, 3)

    with pytest.raises(TooMuchUnderWay):
        trade.services.solvency.run()

    assert [each.scope for each in trade.services.switch.standing()] == [EVERYTHING]
    with pytest.raises(SolvencyMissing):
        trade.services.solvency.statement()


def test_a_seller_just_paid_is_looked_at_again_only_when_the_index_had_time_to_follow(trade):
    order, paused = released(trade), []
    solvency = trade.services.solvency
    sellers, now = solvency._sellers, solvency._moments.since(None).positions
    behind = {place: minor - 1 if place[1].startswith("sent:") else minor for place, minor in now.items()}
    sellers._pause = paused.append

    counted = sellers.count(behind, lambda: now if paused else behind, solvency._moments.returning)

    assert [each.seller_id for each in counted.purses] == [order.seller_id]
    assert (dict(counted.wrong), paused) == ({}, [LOOK_AGAIN_AFTER_SECONDS])


def test_balances_that_agree_wait_for_nothing(trade):
    released(trade)
    paused = []
    trade.services.solvency._sellers._pause = paused.append

    trade.services.solvency.run()

    assert paused == []
