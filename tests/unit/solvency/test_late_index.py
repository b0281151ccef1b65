"""The books are read from an index, which may be behind: nothing is stopped for a row that only comes late."""

from collections import Counter
from datetime import timedelta

import pytest

from marketplace.kit.errors import Unavailable
from marketplace.solvency.balances import LOOK_AGAIN_AFTER_SECONDS, LOOKS_MAX
from marketplace.solvency.model import COVERED, SHORT
from tests.crash.payout_deeds import released
from tests.fakes.grants import only_its_grants
from tests.fakes.trade import Trade
from tests.fakes.world import new_world


class LateIndex:
    """A ledger whose index by day shows rows of one kind only when the run has waited so many times."""

    def __init__(self, ledger, kind, waits):
        self.ledger, self.kind, self.left, self.waited = ledger, kind, waits, []
        self.days = Counter()

    def pause(self, seconds):
        self.waited.append(seconds)
        self.left -= 1

    def of_day(self, day):
        self.days[day] += 1
        return [each for each in self.ledger.of_day(day) if self.left <= 0 or each.kind != self.kind]


@pytest.fixture
def trade():
    with new_world() as world:
        yield Trade(world)


def run(trade, kind, waits):
    """State what is owed while the index hides rows of a kind; return how it stood, the stops, and the waits."""
    released(trade)
    trade.bought()
    solvency = trade.services.solvency
    late = LateIndex(trade.services.ledger, kind, waits)
    solvency._moments._ledger, solvency._pause = late, late.pause
    with only_its_grants("solvency_run"):
        made = solvency.run()
    [covering] = made.coverings
    return covering.status, [(each.scope, each.cause) for each in trade.services.switch.standing()], late.waited


@pytest.mark.parametrize(
    "kind", ["transfer", "release"], ids=["owed to a seller whom it was sent", "sent to a seller who is owed nothing"]
)
@pytest.mark.parametrize("waits", range(LOOKS_MAX))
def test_a_row_that_comes_late_stops_nothing(trade, kind, waits):
    status, stops, waited = run(trade, kind, waits)

    assert (status, stops) == (COVERED, [])
    assert waited == [LOOK_AGAIN_AFTER_SECONDS] * waits


def test_a_row_that_never_comes_stops_its_currency(trade):
    status, stops, waited = run(trade, "transfer", LOOKS_MAX)

    assert (status, stops) == (SHORT, [("currency:eur", "solvency")])
    assert waited == [LOOK_AGAIN_AFTER_SECONDS] * (LOOKS_MAX - 1)


@pytest.mark.parametrize("heard", [1, 2])
def test_what_was_seen_missing_is_stopped_though_nobody_answers_another_look(trade, monkeypatch, heard):
    solvency, looks = trade.services.solvency, []
    since = solvency._moments.since

    def heard_only_at_first(base):
        looks.append(base)
        if len(looks) > heard:
            raise Unavailable
        return since(base)

    monkeypatch.setattr(solvency._moments, "since", heard_only_at_first)

    status, stops, _ = run(trade, "transfer", LOOKS_MAX)

    assert (status, stops) == (SHORT, [("currency:eur", "solvency")])
    assert len(looks) == heard + 1


def test_a_first_look_that_nobody_answers_states_nothing(trade, monkeypatch):
    def silent(_base):
        raise Unavailable

    monkeypatch.setattr(trade.services.solvency._moments, "since", silent)

    with pytest.raises(Unavailable):
        trade.services.solvency.run()


def test_another_look_reads_no_day_again_that_is_over_for_certain(trade):
    trade.world.clock.advance(days=5)
    released(trade)
    solvency, today = trade.services.solvency, trade.world.clock.now().date()
    late = LateIndex(trade.services.ledger, "transfer", LOOKS_MAX)
    solvency._moments._ledger, solvency._pause = late, late.pause

    solvency.run()

    over = [times for day, times in late.days.items() if day < today - timedelta(days=1)]
    assert len(over) > 1
    assert set(over) == {1}
