"""A row of the books that makes no sense is told and stopped, and hides no difference of anybody else."""

import json

import pytest

from functions.reconcile.handler import run
from marketplace.kit.errors import Unavailable
from tests.crash.payout_deeds import released
from tests.fakes.grants import only_its_grants
from tests.fakes.spoilt_rows import spoilt
from tests.unit.payments.test_bank_cases import Bank
from tests.unit.payments.test_difference_stops import Paper
from tests.unit.payouts.test_later_holds import resume


@pytest.fixture
def nightly(world):
    """Return the night's run, on its own grants, with a Stripe that says a cent more of every charge."""
    world.given["stripe_books"] = Paper(world.services.stripe_books)
    world.restart()
    services = world.services

    def ran(event=None):
        with only_its_grants("reconcile"):
            return run(event or {}, services.reconciliation, services.switch, clearing=services.open_books)

    return ran


def stands(world) -> set[str]:
    return {each.scope for each in world.services.switch.standing()}


def named(told) -> list[tuple[str, str, list[str]]]:
    return [(each["book"], each["key"], list(each["orders"])) for each in told["unreadable"]]


def test_a_row_of_the_day_is_told_and_stopped_beside_every_difference(world, trade, nightly, capsys):
    order, other = released(trade), released(trade)
    world.clock.advance(days=1)

    with spoilt(order.order_id):
        told = nightly()

    whole, *lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert named(told) == [(order.order_id, "capture", [order.order_id])]
    assert "amount_differs" in {each["kind"] for each in told["differences"] if other.order_id in each["orders"]}
    assert (whole["level"], whole["unreadable"]) == ("ERROR", 1)
    assert whole["reconciliation_differences"] == len(told["differences"]) + 1
    assert sum(told["counts"].values()) == len(told["differences"])
    assert [(each["level"], each["book"]) for each in lines if each["message"] == "unreadable"] == [
        ("ERROR", order.order_id)
    ]
    assert stands(world) == {f"seller:{order.seller_id}", f"order:{other.order_id}"}


def test_an_old_row_of_a_book_that_moved_and_was_open_is_told_beside_every_difference(world, trade, nightly):
    order, bank = released(trade), Bank(world)
    world.clock.advance(days=10)
    bank.take_back()
    other = released(trade)
    world.clock.advance(days=1)

    with spoilt(order.order_id):
        told = nightly()
        later = nightly({"day": world.clock.now().date().isoformat()})

    assert named(told) == named(later) == [(order.order_id, "capture", [order.order_id])]
    assert [each["orders"] for each in told["differences"]].count((other.order_id,)) == 1
    assert stands(world) == {f"seller:{order.seller_id}", f"order:{other.order_id}"}


def test_a_row_in_a_payments_book_stops_the_orders_of_the_payment(world, trade, nightly):
    order = released(trade)
    world.clock.advance(days=1)

    with spoilt(order.payment_id, "processing_fee"):
        told = nightly()

    assert named(told) == [(order.payment_id, "processing_fee", [order.order_id])]
    assert stands(world) == {f"order:{order.order_id}"}


def test_what_two_people_let_go_on_stops_nothing_again_while_the_row_is_what_it_was(world, trade, nightly):
    order = released(trade)
    world.clock.advance(days=1)

    with spoilt(order.order_id):
        nightly()
        resume(world, f"seller:{order.seller_id}")
        told = nightly()

    assert (len(named(told)), stands(world)) == (1, set())


def test_a_row_that_is_changed_again_after_two_people_let_go_on_stops_again(world, trade, nightly):
    order = released(trade)
    world.clock.advance(days=1)
    with spoilt(order.order_id):
        nightly()
    resume(world, f"seller:{order.seller_id}")

    with spoilt(order.order_id, by=1_000_000):
        nightly()

    assert stands(world) == {f"seller:{order.seller_id}"}


def test_old_books_whose_payments_nobody_can_read_now_silence_no_difference(world, trade, nightly, monkeypatch, capsys):
    order = released(trade)
    world.clock.advance(days=1)

    def silent(_moved):
        raise Unavailable

    monkeypatch.setattr(world.services.open_books, "look", silent)
    with spoilt(order.order_id), pytest.raises(Unavailable):
        nightly()

    messages = [json.loads(line)["message"] for line in capsys.readouterr().out.splitlines()]
    assert {"difference", "unreadable"} < set(messages)
    assert stands(world) == {f"seller:{order.seller_id}"}
