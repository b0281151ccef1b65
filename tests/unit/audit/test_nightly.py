"""A night looks at everybody, comes back to whom nobody answered for, and stops everything once, not every night."""

from datetime import timedelta
from types import SimpleNamespace

import pytest

from marketplace.audit.night import AGAIN_MAX, NOTE_EVERY
from marketplace.audit.nightly import Nightly
from marketplace.audit.nights_store import DynamoNights
from marketplace.audit.report import LIFTED, NOT_STOPPED, STANDING, STOPPED, Report
from marketplace.audit.sources import Progress
from marketplace.audit.stopping import Stopping
from marketplace.audit.view import Violation
from marketplace.kit.errors import Unavailable
from marketplace.payouts.narrow_stops import STOPS_MAX
from marketplace.payouts.switch import EVERYTHING
from tests.fakes.world import FrozenClock
from tests.stores.trading import NOW
from tests.unit.audit.test_confirming import BROKEN, SOUND, Looks, Pulled, audit, names


class Nights:
    """Remembers, unless it is told to refuse."""

    def __init__(self, refusal=None):
        self.known, self.noted, self.refusal = {}, [], refusal

    def of(self, day):
        return self.known.get(day, Progress())

    def note(self, day, progress):
        if self.refusal:
            raise self.refusal
        self.known[day] = progress
        self.noted.append(progress)


class Answers:
    """Shows each seller's view, or raises it; all others are sound."""

    def __init__(self, **said):
        self.said, self.seen = said, []

    def of(self, seller_id, _orders=()):
        self.seen.append(seller_id)
        found = self.said.get(seller_id, SOUND)
        if isinstance(found, BaseException):
            raise found
        return found

    with_moving = of_books = of


def test_the_runs_of_a_night_look_at_everybody_once():
    looks, nights, sellers = Looks(SOUND), Nights(), ["acc_1", "acc_2", "acc_3"]
    clock = SimpleNamespace(now=lambda: NOW + timedelta(seconds=looks.seen))  # each look takes a second

    nightly = Nightly(audit=audit(looks, sellers=sellers, clock=clock), nights=nights)
    first = nightly.go_on(NOW + timedelta(seconds=2))
    runs = [nightly.go_on(), nightly.go_on()]

    assert (first.sellers, first.rest, first.after) == (2, ["acc_3"], "acc_2")
    assert (runs[0].sellers, runs[0].rest, runs[1]) == (1, [], None)
    assert looks.seen == len(sellers)


def test_who_did_not_answer_is_looked_at_first_by_the_next_run_of_the_night():
    looks, sellers = Answers(acc_1=Unavailable()), ["acc_1", "acc_2"]
    nightly = Nightly(audit=audit(looks, sellers=sellers), nights=Nights())

    first = nightly.go_on()
    looks.said["acc_1"] = BROKEN
    second = nightly.go_on()

    assert (first.left, first.again) == (["acc_1 unavailable"], ["acc_1"])
    assert {(each.scope, each.done) for each in second.found} == {("seller:acc_1", STOPPED)}
    assert looks.seen[:3] == ["acc_1", "acc_2", "acc_1"]
    assert nightly.go_on() is None


def test_who_waits_for_another_look_waits_on_when_a_run_is_out_of_time():
    looks, nights = Answers(), Nights()
    made = audit(looks, sellers=["acc_1", "acc_2"])
    nights.known[made.yesterday()] = Progress("acc_1", again=("acc_1",))

    nothing = Nightly(audit=made, nights=nights).go_on(NOW)
    whole = Nightly(audit=made, nights=nights).go_on()

    assert nothing.rest == ["acc_1", "acc_2"]
    assert nights.noted[0] == Progress("acc_1", again=("acc_1",))
    assert (whole.sellers, looks.seen) == (2, ["acc_1", "acc_2"])


def test_a_look_at_who_did_not_answer_leads_nobody_back_to_the_beginning():
    looks, nights, sellers = Answers(), Nights(), ["acc_1", "acc_2", "acc_3"]
    clock = SimpleNamespace(now=lambda: NOW + timedelta(seconds=len(looks.seen)))
    made = audit(looks, sellers=sellers, clock=clock)
    nights.known[made.yesterday()] = Progress("acc_2", again=("acc_1",))

    report = Nightly(audit=made, nights=nights).go_on(NOW + timedelta(seconds=1))

    assert (looks.seen, report.rest) == (["acc_1"], ["acc_3"])
    assert nights.noted == [Progress("acc_2")]


def test_a_run_in_which_nobody_answers_waits_for_the_next_and_forgets_nobody():
    sellers = names(AGAIN_MAX + 5)
    looks = Answers(**{each: Unavailable() for each in sellers})
    nightly = Nightly(audit=audit(looks, sellers=sellers), nights=Nights())

    first = nightly.go_on()
    looks.said.clear()
    second = nightly.go_on()

    assert (len(first.left), first.rest) == (AGAIN_MAX, sellers[AGAIN_MAX:])
    assert (second.sellers, second.left, nightly.go_on()) == (len(sellers), [], None)


def test_a_run_that_could_not_stop_something_goes_on_and_the_next_one_tries_again():
    looks, switch, nights = Answers(acc_1=BROKEN), Pulled(refusal=Unavailable()), Nights()
    nightly = Nightly(audit=audit(looks, switch, ["acc_1", "acc_2"]), nights=nights)

    first = nightly.go_on()
    switch.refusal, looks.seen = None, []
    again = nightly.go_on()

    assert ({each.done for each in first.found}, first.is_carried_out) == ({NOT_STOPPED}, False)
    assert nights.noted[0] == Progress("acc_2", again=("acc_1",))
    assert {each.done for each in again.found} == {STOPPED}
    assert "acc_2" not in looks.seen
    assert nightly.go_on() is None


def test_a_run_that_is_killed_has_noted_how_far_it_came():
    sellers, nights = names(NOTE_EVERY + 1), Nights()
    looks = Answers(**{sellers[0]: Unavailable(), sellers[-1]: SystemExit()})
    nightly = Nightly(audit=audit(looks, sellers=sellers), nights=nights)

    with pytest.raises(SystemExit):
        nightly.go_on()

    assert nights.noted == [Progress(sellers[-2], again=(sellers[0],))]


def test_progress_that_cannot_be_noted_hides_nothing_that_was_found():
    nightly = Nightly(audit=audit(Looks(BROKEN)), nights=Nights(refusal=Unavailable()))

    report = nightly.go_on()

    assert {each.done for each in report.found} == {STOPPED}


def test_a_night_s_progress_is_stored_with_who_is_looked_at_again(world):
    day = NOW.date()
    progress = Progress("acc_2", done=False, again=("acc_1", "ord_1"))

    DynamoNights().note(day, progress)

    assert DynamoNights().of(day) == progress


def test_what_is_stopped_already_is_not_taken_for_a_flood():
    sellers = names(STOPS_MAX + 5)
    switch = Pulled(standing_since=NOW)

    report = audit(Looks(BROKEN), switch, sellers).of_day()

    assert {each.done for each in report.found} == {STANDING}
    assert (report.sellers, report.left) == (len(sellers), [])
    assert EVERYTHING not in {scope for scope, _, _ in switch.stops}


def test_a_flood_that_people_let_go_on_is_known_again_another_night_and_each_is_stopped_by_itself():
    sellers, other = names(STOPS_MAX + 5), [f"acc_x{nth:03d}" for nth in range(STOPS_MAX + 2)]
    nights = [Pulled(), Pulled(lifted=[EVERYTHING])]

    first = audit(Looks(BROKEN), nights[0], sellers).of_day()
    again = audit(Looks(BROKEN), nights[1], other).of_day(NOW.date())

    reasons = [[why for scope, _, why in each.stops if scope == EVERYTHING] for each in nights]
    assert first.since != again.since
    assert reasons[0] == reasons[1] == ["more is broken at once than is stopped one by one: P1, P2, P3"]
    assert [each.done for each in again.found if each.rule == "many"] == [LIFTED]
    assert (again.sellers, again.left) == (len(other), [])


class Busy(Pulled):
    """Some scopes cannot be stopped, as something always comes between."""

    def __init__(self, *kinds):
        super().__init__()
        self.kinds = kinds

    def stop_unless_lifted(self, scope, cause, reasons, marks=()):
        if scope.startswith(self.kinds):
            raise Unavailable
        return super().stop_unless_lifted(scope, cause, reasons, marks)


@pytest.mark.parametrize(("kinds", "stopped"), [(["order"], ["seller:acc_1"]), (["order", "seller"], [])])
def test_an_order_that_cannot_be_stopped_stops_its_seller_but_never_everything(kinds, stopped):
    switch, report = Busy(*kinds), Report(NOW)
    broken = [Violation("M3", "ord_1", "a cent")]

    stopping = Stopping(clock=FrozenClock(NOW), switch=switch)
    stopping.stop(report, "ord_1", broken, ["order:ord_1", "seller:acc_1", EVERYTHING])

    assert [scope for scope, _, _ in switch.stops] == stopped
    assert report.again == ([] if stopped else ["ord_1"])
