"""The schedule of every minute: what it finds, what it finishes, and what it leaves alone."""

import json
from pathlib import Path

import pytest

from functions.sweep.handler import run, watch
from marketplace.payments.sweep import Swept
from tests.functions.story import BIKE, BUYER, ORDER, PAYMENT, bring_to
from tests.unit.casework.test_cases import not_paid
from tests.unit.payments.test_backlog import unheard
from tests.unit.payments.test_bank_cases import Bank, finance

EVENTS = sorted((Path(__file__).parents[2] / "events" / "sweep").glob("*.json"))
NOTHING = dict.fromkeys(
    (
        *("payments", "orders", "intents", "debts", "failed"),
        *("reviews", "reminders", "appeals", "recoveries", "withdrawals", "returns", "bank_cases_failed"),
    ),
    0,
)


@pytest.mark.parametrize("path", EVENTS, ids=lambda path: path.stem)
def test_every_recorded_schedule_does_what_it_says(story, path):
    held = json.loads(path.read_text())
    bring_to(story, held["given"])
    story.world.clock.advance(seconds=held.get("after_seconds", 0))

    done = run(story.services)

    assert {name: count for name, count in done.items() if count} == held["expect"]["did"]
    assert story.order().state == held["expect"]["state"]
    story.world.drain()


def test_a_quiet_marketplace_needs_nothing(story):
    bring_to(story, "shipped")

    assert run(story.services) == NOTHING


def test_a_second_round_finds_nothing_left(story):
    bring_to(story, "paid")
    story.world.clock.set(story.order().due_at)

    first, second = run(story.services), run(story.services)
    story.world.drain()

    assert (first["orders"], first["failed"]) == (1, 0)
    assert second == NOTHING
    assert (story.order().state, story.stock(BIKE)) == ("refunded", 3)


def test_an_unpaid_checkout_is_freed_without_any_execution(story):
    story.check_out()
    story.world.clock.advance(minutes=15)

    assert run(story.services)["payments"] == 1
    assert (story.order().state, story.services.checkout.read(BUYER, PAYMENT).payment.status) == (
        "cancelled",
        "expired",
    )
    story.world.drain()


def test_an_intent_whose_call_was_lost_is_finished(story):
    bring_to(story, "settling")

    done = run(story.services)

    assert done["orders"] + done["intents"] >= 1
    assert story.order(ORDER).state == "released"
    story.world.drain()


WORK = {
    "money": ("sweep", "run"),
    "reviews": ("reviews", "reveal_due"),
    "reminders": ("reminders", "run"),
    "appeals": ("appeals", "run"),
    "recoveries": ("recoveries", "remind"),
    "withdrawals": ("withdrawal_matching", "run"),
    "returns": ("return_clock", "run"),
    "bank_cases_failed": ("bank_cases", "tend"),
}


@pytest.mark.parametrize("broken", WORK)
def test_what_one_kind_of_work_meets_keeps_no_other_from_its_turn(story, monkeypatch, broken):
    had_their_turn = []

    def works_as(kind):
        def work(**_limit):
            had_their_turn.append(kind)
            if kind == broken:
                raise LookupError
            return (
                Swept(**dict.fromkeys(("payments", "orders", "intents", "failed", "debts"), 0))
                if kind == "money"
                else 0
            )

        return work

    for kind, (service, method) in WORK.items():
        monkeypatch.setattr(getattr(story.services, service), method, works_as(kind))

    with pytest.raises(ExceptionGroup) as raised:
        run(story.services)

    assert sorted(had_their_turn) == sorted(WORK)
    assert [(type(each), each.__notes__) for each in raised.value.exceptions] == [(LookupError, [broken])]


def test_the_log_names_each_thing_that_is_not_understood(story, monkeypatch, capsys):
    """Lambda says of a group its own words alone."""
    found = [KeyError("currency"), TypeError("of ada@example.com")]
    found[0].add_note("intent_1")

    def meets_them():
        raise ExceptionGroup("a sweep met what it does not understand", found)

    monkeypatch.setattr(story.services.sweep, "run", meets_them)
    monkeypatch.setattr(story.services.recoveries, "remind", lambda: 1 // 0)

    with pytest.raises(ExceptionGroup):
        run(story.services)

    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    said = [(each["about"], each["error"], each["reason"]) for each in lines if each["message"] == "broken"]
    assert said == [
        (["money", "intent_1"], "KeyError", "'currency'"),
        (["money"], "TypeError", "of [...]"),
        (["recoveries"], "ZeroDivisionError", "integer division or modulo by zero"),
    ]
    assert "test_sweep.py" in lines[-1]["stack"][-1]


def test_stuck_money_is_said_as_metrics(story, capsys):
    bring_to(story, "settling")
    story.world.stripe.inject(fault="saved_500", method="POST", path_prefix="/v1/transfers", times=50)
    run(story.services)
    before = watch(story.services)
    story.world.clock.advance(minutes=30)

    after = watch(story.services)

    assert (before["intents_overdue"], after["intents_overdue"], after["intents_parked"]) == (0, 1, 0)
    assert json.loads(capsys.readouterr().out.splitlines()[-1]) == after


def test_what_waits_for_people_is_said_as_metrics_with_the_age_of_the_oldest(story, capsys):
    not_paid(story.trade)
    story.world.clock.advance(days=10)

    line = watch(story.services)

    assert (line["unclaimed_waiting"], line["bank_answers_overdue"]) == (1, 0)
    assert line["unclaimed_oldest_seconds"] >= 10 * 86_400
    named = {each["Name"] for each in line["_aws"]["CloudWatchMetrics"][0]["Metrics"]}
    assert named == set(line) - {"_aws", "level", "service", "message"}
    assert json.loads(capsys.readouterr().out.splitlines()[-1]) == line


def test_an_answer_that_does_not_reach_the_bank_is_said_as_a_metric(story, monkeypatch):
    bank = Bank(story.world)
    story.trade.shipped()
    bank.take_back()
    unheard(story.world, monkeypatch)
    story.services.bank_cases.answer(bank.dispute_id, finance(story.world))
    before = watch(story.services)
    story.world.clock.advance(minutes=30)

    after = watch(story.services)

    assert (before["bank_answers_overdue"], after["bank_answers_overdue"]) == (0, 1)
    assert (before["level"], after["level"]) == ("INFO", "WARNING")
