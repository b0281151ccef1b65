"""Nothing is stopped by what was read in the middle of a change, nor one by one when something general is wrong."""

from dataclasses import replace
from datetime import timedelta
from types import SimpleNamespace

import pytest

from marketplace.audit.night import READINGS_MAX, Audit
from marketplace.audit.report import LIFTED, NOT_STOPPED, STANDING, STOPPED
from marketplace.audit.view import View
from marketplace.kit.errors import Unavailable
from marketplace.ledger.model import Contradiction
from marketplace.payouts.narrow_stops import REASONS_LENGTH_MAX, STOPS_MAX, stop_narrowest
from marketplace.payouts.switch import EVERYTHING, Change
from tests.fakes.world import FrozenClock
from tests.stores.trading import NOW
from tests.unit.audit.test_payout_invariants import PURSE, SELLER, sound

SOUND = sound()
BROKEN = replace(SOUND, purses=[replace(PURSE, available_minor=999)])


def worse(nth: int) -> View:
    return replace(SOUND, purses=[replace(PURSE, available_minor=900 - nth)])


class Looks:
    """Shows one view after the other, then the last for ever."""

    def __init__(self, *views):
        self.views, self.seen = list(views), 0

    def of(self, _seller_id, _orders=()):
        self.seen += 1
        found = self.views.pop(0) if len(self.views) > 1 else self.views[0]
        if isinstance(found, Exception):
            raise found
        return found

    with_moving = of_books = of

    def is_known(self, _seller_id):
        return True


class Pulled:
    """A switch that notes what it stops."""

    def __init__(self, refusal=None, lifted=(), standing_since=None):
        self.refusal, self.lifted, self.standing_since, self.stops = refusal, lifted, standing_since, []

    def stop_unless_lifted(self, scope, cause, reasons, marks=()):
        if self.refusal:
            raise self.refusal
        self.stops.append((scope, cause, reasons))
        at = self.standing_since or NOW + timedelta(days=20)
        return None if scope in self.lifted else Change(scope, True, cause, reasons, "system", at, 1)


def names(count: int) -> list[str]:
    return [f"acc_{nth:03d}" for nth in range(count)]


def audit(looks, switch=None, sellers=(SELLER,), paused=None, clock=None):
    ledger = SimpleNamespace(books_of=lambda _day: [])
    books = SimpleNamespace(moving=lambda _since: list(sellers))
    return Audit(
        clock=clock or FrozenClock(NOW + timedelta(days=20)),
        ledger=ledger,
        orders=SimpleNamespace(read_many=lambda _names: []),
        payments=SimpleNamespace(),
        books=books,
        order_views=SimpleNamespace(),
        seller_views=looks,
        switch=switch or Pulled(),
        pause=(paused if paused is not None else []).append,
    )


def test_a_sound_seller_is_read_once():
    looks, paused = Looks(SOUND), []

    report = audit(looks, paused=paused).of_seller(SELLER)

    assert (report.found, looks.seen, paused) == ([], 1, [])


def test_what_is_broken_still_when_two_readings_agree_is_stopped():
    looks, switch, paused = Looks(BROKEN), Pulled(), []

    report = audit(looks, switch, paused=paused).of_seller(SELLER)

    assert (looks.seen, len(paused)) == (3, 1)
    assert {each.done for each in report.found} == {STOPPED}
    assert [(scope, cause) for scope, cause, _ in switch.stops] == [(f"seller:{SELLER}", "invariant:P1")]


@pytest.mark.parametrize(
    "views", [(BROKEN, SOUND), (BROKEN, BROKEN, SOUND), (BROKEN, worse(1), SOUND)], ids=["soon", "later", "moving"]
)
def test_what_is_sound_when_two_readings_agree_stops_nothing(views):
    switch = Pulled()

    report = audit(Looks(*views), switch).of_seller(SELLER)

    assert (report.found, report.unsettled, switch.stops) == ([], [], [])


def test_what_changes_at_every_look_is_left_to_the_next_night():
    looks, switch = Looks(*(worse(nth) for nth in range(20))), Pulled()

    report = audit(looks, switch).of_seller(SELLER)

    assert (report.found, report.unsettled, switch.stops) == ([], [SELLER], [])
    assert looks.seen == 1 + READINGS_MAX


def test_what_cannot_be_read_is_left_and_what_contradicts_itself_is_stopped():
    switch = Pulled()

    left = audit(Looks(Unavailable()), switch).of_seller(SELLER)
    unreadable = audit(Looks(Contradiction("the postings do not sum to zero")), switch).of_seller(SELLER)

    assert (left.left, left.found) == ([f"{SELLER} unavailable"], [])
    assert [(each.rule, each.done) for each in unreadable.found] == [("unreadable", STOPPED)]
    assert [cause for _, cause, _ in switch.stops] == ["invariant:unreadable"]


@pytest.mark.parametrize(
    ("switch", "done"),
    [
        (Pulled(lifted=[f"seller:{SELLER}"]), LIFTED),
        (Pulled(standing_since=NOW), STANDING),
        (Pulled(refusal=Unavailable()), NOT_STOPPED),
        (Pulled(refusal=KeyError("a row of the switch")), NOT_STOPPED),
    ],
)
def test_what_was_not_stopped_says_why(switch, done):
    report = audit(Looks(BROKEN), switch).of_seller(SELLER)

    assert {each.done for each in report.found} == {done}


@pytest.mark.parametrize(
    ("broken", "widest"), [(STOPS_MAX - 1, []), (STOPS_MAX, [EVERYTHING]), (STOPS_MAX + 2, [EVERYTHING])]
)
def test_too_many_broken_stop_everything_and_the_rest_is_left(broken, widest):
    switch, sellers = Pulled(), names(broken)

    report = audit(Looks(BROKEN), switch, sellers).of_day()

    scopes = [scope for scope, _, _ in switch.stops]
    assert scopes == [f"seller:{each}" for each in sellers[:STOPS_MAX]] + widest
    assert report.left == sellers[STOPS_MAX:]
    assert report.sellers == min(broken, STOPS_MAX)


def test_sellers_whom_people_let_go_on_do_not_count_as_too_many():
    sellers = names(STOPS_MAX + 5)
    switch = Pulled(lifted=[f"seller:{each}" for each in sellers])

    report = audit(Looks(BROKEN), switch, sellers).of_day()

    assert (report.sellers, report.left) == (STOPS_MAX + 5, [])
    assert EVERYTHING not in {scope for scope, _, _ in switch.stops}


def test_reasons_are_cut_where_people_would_read_no_further():
    switch = Pulled()

    stop_narrowest(switch, ["currency:eur"], "invariant:M3", "x" * 2_000)

    assert [len(reasons) for _, _, reasons in switch.stops] == [REASONS_LENGTH_MAX]
