"""The schedule of every night and a person's question: which days, what is told, and in which lines."""

import json
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest

from functions.reconcile.handler import DIFFERENCES_TOLD_MAX, OPEN_TOLD_MAX, run
from marketplace.kit.errors import DomainError, Unavailable
from marketplace.ledger.clearing import WITH_BANK_MAX, Open
from marketplace.payments.books_gateway import StripeBooksGateway
from marketplace.payments.open_books import Looked
from marketplace.payments.reconcile import Reconciliation
from tests.fakes.grants import only_its_grants
from tests.fakes.planted_books import START, plant, trade_on_paper
from tests.fakes.world import FrozenClock

EVENTS = sorted((Path(__file__).parents[2] / "events" / "reconcile").glob("*.json"))
NIGHT = START + timedelta(days=2, hours=3)  # 4 November, 03:00


def of_paper(books, now=NIGHT) -> Reconciliation:
    return Reconciliation(clock=FrozenClock(now), stripe=books, ledger=books, payments=books)


def lines(capsys) -> list[dict]:
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


@pytest.mark.parametrize("path", EVENTS, ids=lambda path: path.stem)
def test_every_recorded_event_asks_for_the_days_it_says(path):
    held = json.loads(path.read_text())
    reconciliation = of_paper(trade_on_paper(5, seed=1))

    try:
        answer = {"days": run(held["event"], reconciliation)["days"]}
    except DomainError as refused:
        answer = {"code": refused.code}

    assert answer == held["expect"]


def test_one_line_carries_the_metrics_that_the_alarms_watch(capsys):
    books = trade_on_paper(20, seed=3)
    planted = plant(books, ["amount_differs", "late"], seed=3)

    told = run({"from": "2026-11-02", "to": "2026-11-06"}, of_paper(books, NIGHT + timedelta(days=30)))

    whole, *rest = lines(capsys)
    [metrics] = whole["_aws"]["CloudWatchMetrics"]
    assert (metrics["Namespace"], metrics["Dimensions"], whole["service"]) == ("aval", [["service"]], "reconcile")
    assert {each["Name"] for each in metrics["Metrics"]} <= set(whole)
    assert (whole["reconciliation_differences"], whole["level"], whole["counts"]["late"]) == (2, "ERROR", 1)
    assert whole["reconciliation_lag_seconds"] > 24 * 3_600
    assert {(each["kind"], each["stripe_object"]) for each in rest} == planted
    assert {each["level"] for each in rest} == {"ERROR"}
    assert json.loads(json.dumps(told))["counts"] == whole["counts"]


def test_a_night_without_differences_is_one_quiet_line(capsys):
    run({"day": "2026-11-02"}, of_paper(trade_on_paper(20, seed=4)))

    [whole] = lines(capsys)
    assert (whole["level"], whole["reconciliation_differences"], whole["days"]) == ("INFO", 0, ["2026-11-02"] * 2)


def test_a_flood_of_differences_is_counted_whole_and_told_in_part(capsys):
    books = trade_on_paper(400, seed=5)
    books.ledger.clear()

    told = run({"day": "2026-11-02"}, of_paper(books, NIGHT + timedelta(days=30)))

    assert sum(told["counts"].values()) > DIFFERENCES_TOLD_MAX == len(told["differences"])
    assert len(lines(capsys)) == 1 + DIFFERENCES_TOLD_MAX


def test_a_chargeback_that_a_bank_still_holds_is_told_with_its_age(story, capsys):
    story.reach("shipped")
    story.charge_back()
    story.world.drain()
    story.world.clock.advance(days=2)
    services = story.services
    gateway = StripeBooksGateway(story.world.stripe_client)
    reconciliation = Reconciliation(
        clock=story.world.clock, stripe=gateway, ledger=services.ledger, payments=services.payment_store
    )

    told = run({"day": "2026-11-02"}, reconciliation)

    [left] = told["not_cleared"]
    assert (left["account"], left["age"]) == ("with_bank", 2 * 86_400)
    assert lines(capsys)[0]["clearing_age_seconds"] == 2 * 86_400
    assert told["differences"] == []


def nightly(story) -> dict:
    services = story.services
    gateway = StripeBooksGateway(story.world.stripe_client)
    reconciliation = Reconciliation(
        clock=story.world.clock, stripe=gateway, ledger=services.ledger, payments=services.payment_store
    )
    with only_its_grants("reconcile"):
        return run({}, reconciliation, services.switch, clearing=services.open_books)


def test_what_stays_open_is_measured_on_nights_that_look_at_other_days_and_rings_past_its_term(story, capsys):
    story.reach("shipped")
    story.charge_back()
    story.world.drain()
    story.world.clock.advance(days=1)
    nightly(story)
    said = []
    for days in (9, WITH_BANK_MAX.days - 10, 1):
        story.world.clock.advance(days=days)
        nightly(story)
        said.append(lines(capsys)[-1])
    story.world.sweep()

    days_open = [each["clearing_age_seconds"] / 86_400 for each in said]
    assert days_open == [10, WITH_BANK_MAX.days, WITH_BANK_MAX.days + 1]
    assert [each["clearing_overdue"] for each in said] == [0, 0, 1]


def test_many_open_accounts_are_measured_whole_and_told_in_part(capsys):
    age = timedelta(days=30)
    left = [Open(f"ord_{n}", "refund_owed", "eur", -1, NIGHT - age, age) for n in range(OPEN_TOLD_MAX + 1)]

    told = run(
        {"day": "2026-11-02"},
        of_paper(trade_on_paper(1, seed=4)),
        clearing=SimpleNamespace(look=lambda _: Looked(tuple(left))),
    )

    [whole] = lines(capsys)
    assert (len(told["not_cleared"]), whole["clearing_overdue"]) == (OPEN_TOLD_MAX, OPEN_TOLD_MAX + 1)


def test_an_old_book_that_cannot_be_read_keeps_no_difference_from_being_told_and_stopped(capsys):
    books, stopped = trade_on_paper(20, seed=3), []
    plant(books, ["amount_differs"], seed=3)
    switch = SimpleNamespace(stop_unless_lifted=lambda scope, *_: stopped.append(scope), parties_of=lambda _: None)

    def broken(_moved):
        raise Unavailable

    with pytest.raises(Unavailable):
        run(
            {"from": "2026-11-02", "to": "2026-11-06"},
            of_paper(books, NIGHT + timedelta(days=30)),
            switch,
            clearing=SimpleNamespace(look=broken),
        )

    assert [line["message"] for line in lines(capsys)] == ["reconciliation", "difference"]
    assert [scope.partition(":")[0] for scope in stopped] == ["order"]
