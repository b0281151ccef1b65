"""What waits for people is counted with its age, and a bank's deadline does not pass unseen."""

from datetime import timedelta
from types import SimpleNamespace

import pytest

from marketplace.kit.errors import Unavailable
from marketplace.payments.backlog import Backlog
from marketplace.payments.bank_case import ANSWERED_BEFORE, REMINDED_BEFORE, UNANSWERED_TOO_LONG, Answer
from marketplace.payments.model import StripeRefused
from marketplace.payments.unclaimed_model import UNCLAIMED_QUEUE, Way
from tests.unit.payments.test_bank_cases import Bank, finance
from tests.unit.payments.test_unclaimed import decide

SECOND = timedelta(seconds=1)


class Unheard:
    """Stripe, to which no answer to a bank comes through."""

    def __init__(self, real, error: Exception) -> None:
        self._real, self._error = real, error

    def __getattr__(self, name):
        return getattr(self._real, name)

    def submit_evidence(self, *_said):
        raise self._error


def unheard(world, monkeypatch, error: Exception | None = None) -> None:
    desk = world.services.bank_cases
    monkeypatch.setattr(desk, "_stripe", Unheard(world.services.stripe, error or Unavailable()))


@pytest.fixture
def bank(world):
    return Bank(world)


def asked(trade, bank) -> None:
    """A bank asks about a parcel on its way, and the record does not answer it by itself."""
    trade.shipped()
    bank.take_back()


def answered_unheard(world, trade, bank, monkeypatch, error: Exception | None = None) -> None:
    """A person answers what a bank asks, and Stripe does not take it."""
    asked(trade, bank)
    unheard(world, monkeypatch, error)
    world.services.bank_cases.answer(bank.dispute_id, finance(world))


def unanswered(world) -> int:
    return world.services.backlog.look().bank_answers


def test_nothing_waits_in_a_quiet_marketplace(world, trade):
    trade.delivered()

    seen = world.services.backlog.look()

    assert (seen.unclaimed, seen.oldest, seen.bank_answers) == (0, timedelta(), 0)


def test_money_that_could_not_be_paid_is_counted_with_the_age_of_the_oldest(world, sellers, buyers):
    rows = [world.services.unclaimed.read(name) for _, name in (sellers, buyers)]
    world.clock.advance(days=10)

    seen = world.services.backlog.look()

    assert (seen.unclaimed, seen.oldest) == (2, world.clock.now() - min(row.since for row in rows))
    assert seen.oldest >= timedelta(days=10)


def test_a_late_payment_that_could_not_be_given_back_is_counted_too(world, late):
    assert world.services.backlog.look().unclaimed == 1


@pytest.mark.parametrize("way", [Way.KEEP, Way.BUYER])
def test_what_two_people_decided_waits_no_more(world, buyers, finance, way):
    _, name = buyers

    decide(world, name, way, finance)

    assert world.services.backlog.look().unclaimed == 0


def test_what_waits_stands_before_what_is_kept_however_much_older_that_is(world, sellers, buyers, finance):
    (_, first), (_, second) = sellers, buyers
    decide(world, first, Way.KEEP, finance)

    assert world.services.unclaimed_store.page(None, 1).items == (second,)
    assert [each.name for each in world.services.unclaimed.page(None, 10).items] == [second, first]


def test_an_index_that_still_names_what_was_decided_counts_nothing(world, buyers, finance):
    (_, name), services = buyers, world.services
    decide(world, name, Way.KEEP, finance)
    behind = SimpleNamespace(due=lambda queue, _before, _limit: [name] * (queue == UNCLAIMED_QUEUE))
    rows = {"unclaimed": services.unclaimed_store, "cases": services.bank_case_store}

    assert Backlog(clock=world.clock, payments=behind, **rows).look().unclaimed == 0


def test_an_answer_that_does_not_reach_the_bank_is_counted_after_half_an_hour(world, trade, bank, monkeypatch):
    answered_unheard(world, trade, bank, monkeypatch)
    world.clock.advance(seconds=UNANSWERED_TOO_LONG.total_seconds() - 1)
    before = unanswered(world)

    world.clock.advance(seconds=1)

    assert (before, unanswered(world), bank.case.answer) == (0, 1, Answer.WANTED)


def test_it_is_counted_on_while_it_is_tried_under_one_key_after_the_other(world, trade, bank, monkeypatch):
    answered_unheard(world, trade, bank, monkeypatch)
    world.clock.advance(hours=24)

    world.services.bank_cases.tend()

    assert (bank.case.attempt, bank.case.asked_at) == (1, world.clock.now())
    assert unanswered(world) == 1


def test_an_answer_that_begins_a_day_before_the_deadline_is_counted_before_the_deadline(
    world, trade, bank, monkeypatch
):
    asked(trade, bank)
    unheard(world, monkeypatch)
    deadline = bank.case.answer_by
    for moment in (deadline - REMINDED_BEFORE, deadline - ANSWERED_BEFORE):
        world.clock.set(moment)
        assert unanswered(world) == 0
        world.sweep()

    world.clock.set(deadline - ANSWERED_BEFORE + UNANSWERED_TOO_LONG)

    assert (bank.case.answer, unanswered(world)) == (Answer.WANTED, 1)


def test_a_question_that_the_sweep_did_not_come_to_is_counted(world, trade, bank):
    asked(trade, bank)
    world.clock.set(bank.case.answer_by - ANSWERED_BEFORE + UNANSWERED_TOO_LONG - SECOND)
    before = unanswered(world)

    world.clock.advance(seconds=1)

    assert (before, unanswered(world)) == (0, 1)


def test_an_answer_that_stripe_refused_is_counted_as_early_as_sellers_are_reminded(world, trade, bank, monkeypatch):
    answered_unheard(world, trade, bank, monkeypatch, StripeRefused("evidence_too_long"))
    world.clock.set(bank.case.answer_by - REMINDED_BEFORE - SECOND)
    before = unanswered(world)

    world.clock.advance(seconds=1)

    assert (before, unanswered(world), bank.case.answer) == (0, 1, Answer.REFUSED)


def test_an_answer_that_arrives_is_counted_no_more(world, trade, bank, monkeypatch):
    with monkeypatch.context() as silence:
        answered_unheard(world, trade, bank, silence)
        world.clock.advance(hours=1)
        before = unanswered(world)

    world.sweep()

    assert (before, unanswered(world), bank.case.answer) == (1, 0, Answer.SENT)


def test_a_person_may_send_at_once_what_is_under_way(world, trade, bank, monkeypatch):
    with monkeypatch.context() as silence:
        answered_unheard(world, trade, bank, silence)

    sent = world.services.bank_cases.answer(bank.dispute_id, finance(world, "acc_other"))

    assert (sent.answer, sent.asked_by, sent.attempt) == (Answer.SENT, "acc_finance", 0)
    assert bank.shown["evidence_details"]["submission_count"] == 1


def test_a_case_that_is_not_understood_keeps_no_other_from_its_answer(world, trade, bank, monkeypatch):
    asked(trade, bank)
    desk = world.services.bank_cases
    monkeypatch.setattr(desk._cases, "due", lambda _before, _limit: ["dp_odd", bank.dispute_id])
    tend = desk._tend
    monkeypatch.setattr(desk, "_tend", lambda name: {}[name] if name == "dp_odd" else tend(name))
    world.clock.set(bank.case.answer_by - REMINDED_BEFORE)

    with pytest.raises(ExceptionGroup):
        desk.tend()

    assert bank.case.reminded
