"""One round of the sweep by itself: whose turn it is, how long a kind may take, and what is counted."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest

from marketplace.kit.errors import Conflict, Unavailable
from marketplace.payments.sweep import Sweep, _turn

NOW = datetime(2026, 11, 2, 12, tzinfo=UTC)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
LONG_AGO = timedelta(days=9)


def names(count: int) -> list[str]:
    return [f"item_{place:04d}" for place in range(count)]


@pytest.mark.parametrize("count", [0, 1, 25, 26, 49, 50])
def test_what_fits_one_round_is_done_in_it_in_its_order(count):
    assert list(_turn(names(count), NOW)) == names(count)


@pytest.mark.parametrize("count", [51, 74, 75, 76, 100, 333, 1_000])
@pytest.mark.parametrize("minute", [0, 1, 2, 7, 29_000_000])
def test_what_does_not_fit_gives_the_oldest_half_a_round_and_others_the_rest(count, minute):
    chosen = _turn(names(count), EPOCH + timedelta(minutes=minute))

    assert list(chosen[:25]) == names(count)[:25]
    assert len(chosen) == len(set(chosen)) == 50


@pytest.mark.parametrize("count", [51, 74, 75, 76, 100, 333, 1_000])
@pytest.mark.parametrize("since", [0, 29_000_001])
def test_everybody_has_had_a_turn_after_as_many_minutes_as_there_are_half_rounds(count, since):
    rounds = -(-(count - 25) // 25)
    met = {
        each
        for minute in range(since, since + rounds)
        for each in _turn(names(count), EPOCH + timedelta(minutes=minute))
    }

    assert met == set(names(count))


def test_a_turn_lasts_a_minute_and_the_next_goes_on_where_it_ended():
    found = names(100)

    assert [_turn(found, EPOCH + timedelta(seconds=second))[25] for second in (0, 59, 60, 119, 120, 179, 180)] == [
        found[25],
        found[25],
        found[50],
        found[50],
        found[75],
        found[75],
        found[25],
    ]


class Due:
    """Things that are due since a moment, by their state; each `work` on one takes time and may fail."""

    def __init__(self, *, seconds: int = 0, **due: dict[str, datetime]) -> None:
        self.now_is, self.seconds, self.held = NOW, seconds, due
        self.met: list[str] = []
        self.fails: dict[str, Exception] = {}

    def now(self) -> datetime:
        return self.now_is

    def due(self, state: str, before: datetime, limit: int) -> list[str]:
        return [name for name, since in self.held.get(state, {}).items() if since <= before][:limit]

    def intent(self, intent_id: str) -> str | None:
        return None if intent_id.startswith("gone") else f"the intent {intent_id}"

    def work(self, subject: str) -> None:
        self.now_is += timedelta(seconds=self.seconds)
        self.met.append(subject)
        if subject in self.fails:
            raise self.fails[subject]

    def sweep(self) -> Sweep:
        orders = SimpleNamespace(due=lambda before, limit: self.due("orders", before, limit))
        return Sweep(
            clock=self,
            payments=self,
            service=SimpleNamespace(expire=self.work),
            orders=orders,
            order_clock=SimpleNamespace(catch_up=self.work),
            finisher=self.work,
            collector=self.work,
        )


def overdue(prefix: str, count: int, since: timedelta = LONG_AGO) -> dict[str, datetime]:
    return dict.fromkeys((f"{prefix}{place:04d}" for place in range(count)), NOW - since)


def test_each_kind_is_finished_by_its_own_use_case_and_counted():
    due = Due(awaiting=overdue("pay", 3), orders=overdue("ord", 2), open=overdue("int", 1), owed=overdue("debt", 2))

    done = due.sweep().run()

    assert (done.payments, done.orders, done.intents, done.debts, done.failed) == (3, 2, 1, 2, 0)
    first = ["pay0000", "pay0001", "pay0002", "ord0000", "ord0001"]
    assert due.met == [*first, "the intent int0000", "debt0000", "debt0001"]


def test_what_is_not_due_yet_is_left():
    due = Due(
        awaiting={"pay": NOW + timedelta(seconds=1)}, orders={"ord": NOW + timedelta(seconds=1)}, open={"int": NOW}
    )

    done = due.sweep().run()

    assert (done.payments, done.orders, done.intents) == (0, 0, 1)


def test_an_intent_that_is_gone_meanwhile_needs_nothing():
    due = Due(open=overdue("gone", 1))

    assert due.sweep().run().intents == 1
    assert due.met == []


def test_a_kind_may_begin_another_item_until_its_nine_seconds_are_over():
    due = Due(seconds=1, awaiting=overdue("pay", 30), orders=overdue("ord", 30), open=overdue("int", 30))

    done = due.sweep().run()

    # Begun in the seconds 0 to 9, 10 to 18, and 19 to 27.
    assert (done.payments, done.orders, done.intents, done.failed) == (10, 9, 9, 0)


def test_each_kind_is_taken_fifty_at_a_time_of_the_thousand_that_are_due_first():
    due = Due(awaiting=overdue("pay", 1_100), orders=overdue("ord", 1_100), open=overdue("int", 1_100))
    sweep = due.sweep()

    done = sweep.run()
    for _ in range(60):
        due.now_is += timedelta(minutes=1)
        sweep.run()

    assert (done.payments, done.orders, done.intents) == (50, 50, 50)
    met = {each.removeprefix("the intent ") for each in due.met}
    assert met == {f"{kind}{place:04d}" for kind in ("pay", "ord", "int") for place in range(1_000)}


def test_a_refusal_is_counted_and_stops_nobody():
    due = Due(awaiting=overdue("pay", 2), orders=overdue("ord", 2))
    due.fails = {"pay0000": Unavailable(), "ord0001": Conflict()}

    done = due.sweep().run()

    assert (done.payments, done.orders, done.failed) == (1, 1, 2)
    assert len(due.met) == 4


def test_a_mistake_is_told_when_the_others_are_done_and_forgotten_in_the_next_round():
    due = Due(awaiting=overdue("pay", 3), open=overdue("int", 1))
    due.fails = {"pay0000": KeyError("x"), "pay0002": ValueError("y")}
    sweep = due.sweep()

    with pytest.raises(ExceptionGroup) as raised:
        sweep.run()

    assert [(type(each), each.__notes__) for each in raised.value.exceptions] == [
        (KeyError, ["pay0000"]),
        (ValueError, ["pay0002"]),
    ]
    assert len(due.met) == 4
    due.fails = {"pay0000": Unavailable()}
    assert sweep.run().failed == 1


def test_stuck_is_what_is_parked_and_what_is_open_for_half_an_hour():
    half_an_hour = timedelta(minutes=30)
    due = Due(
        parked=overdue("parked", 3),
        open={**overdue("old", 2, half_an_hour), **overdue("new", 5, half_an_hour - timedelta(milliseconds=1))},
    )

    stuck = due.sweep().stuck()

    assert (stuck.parked, stuck.overdue) == (3, 2)


def test_stuck_is_also_what_waits_for_a_bank_account_and_is_told_apart():
    due = Due(
        open={
            **overdue("old", 2),
            **overdue("new", 5, timedelta(0)),
            "waits": NOW + timedelta(milliseconds=1),
            "waits_longer": NOW + timedelta(hours=6),
            "waits_too_long": NOW + timedelta(hours=6, milliseconds=1),  # nothing is put off for so long
        },
    )

    stuck = due.sweep().stuck()

    assert (stuck.parked, stuck.overdue, stuck.waiting) == (0, 4, 2)


def test_nothing_is_stuck_where_nothing_waits():
    stuck = Due().sweep().stuck()

    assert (stuck.parked, stuck.overdue, stuck.waiting) == (0, 0, 0)


def test_stuck_is_counted_up_to_a_thousand():
    stuck = Due(parked=overdue("p", 1_001), open=overdue("o", 1_001)).sweep().stuck()

    assert (stuck.parked, stuck.overdue) == (1_000, 1_000)
