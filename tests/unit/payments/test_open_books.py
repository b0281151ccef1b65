"""A clearing account that nothing moves any more is looked at every night until it has returned to zero."""

import pytest

from marketplace.kit.errors import Unavailable
from marketplace.ledger.clearing import overdue
from marketplace.ledger.model import LATE_PAYMENT, WITH_BANK
from marketplace.payments.open_books import OpenMoved
from marketplace.payments.open_books_store import DynamoOpenBooks
from tests.crash.flows import prepare_late
from tests.fakes.spoilt_rows import spoilt
from tests.unit.payments.test_bank_cases import Bank


@pytest.fixture
def at_bank(world, trade):
    """An order of which a bank has taken the payment, seen on the night after."""
    order, bank = trade.delivered(), Bank(world)
    bank.take_back()
    world.services.open_books.look([order.order_id])
    return order, bank


def looked(world, *moved: str) -> list[tuple[str, str, int]]:
    return [(each.book, each.account, each.age.days) for each in world.services.open_books.look(moved).left]


def test_what_is_open_is_seen_on_every_later_night_with_its_age(world, at_bank):
    order, _ = at_bank

    nights = []
    for _ in range(3):
        world.clock.advance(days=10)
        nights += looked(world)

    assert nights == [(order.order_id, WITH_BANK, days) for days in (10, 20, 30)]


def test_what_has_returned_to_zero_is_forgotten(world, at_bank):
    _, bank = at_bank
    world.stripe.close_dispute(bank.dispute_id, won=False)
    world.drain()

    assert (looked(world), DynamoOpenBooks().books()) == ([], [])


def test_what_moved_and_is_not_open_is_not_remembered(world, trade):
    order = trade.delivered()

    assert (looked(world, order.order_id), DynamoOpenBooks().books()) == ([], [])


def test_a_book_that_cannot_be_read_is_named_hides_no_other_and_is_not_forgotten(world, trade, at_bank):
    order, other = at_bank[0], trade.delivered()
    world.stripe.open_dispute(world.services.payment_store.read(other.payment_id).charge_id)
    world.drain()

    with spoilt(order.order_id):
        seen = world.services.open_books.look([other.order_id])

    assert [(each.book, each.account) for each in seen.left] == [(other.order_id, WITH_BANK)]
    assert [(each.book, each.key, each.currency) for each in seen.unreadable] == [(order.order_id, "capture", "eur")]
    assert sorted(DynamoOpenBooks().books()) == sorted([order.order_id, other.order_id])


def test_a_book_that_cannot_be_read_is_looked_at_until_it_can_be(world, trade):
    order, look = trade.delivered(), world.services.open_books.look

    with spoilt(order.order_id):
        nights = [[each.book for each in look(moved).unreadable] for moved in ([order.order_id], [])]

    assert nights == [[order.order_id]] * 2
    assert (looked(world), DynamoOpenBooks().books()) == ([], [])


def test_a_late_payment_has_a_bank_s_time_although_its_bank_is_in_other_books(world, trade):
    placed = prepare_late(trade)
    world.stripe.inject(fault="error_500", method="POST", path_prefix="/v1/refunds", times=2)
    with pytest.raises(Unavailable):
        world.services.payments.complete(placed.payment.payment_id)
    world.stripe.open_dispute(world.stripe.objects("charge")[0]["id"])
    world.drain()
    books = [placed.payment.payment_id, *(each.order_id for each in placed.orders)]

    world.clock.advance(days=8)

    left = world.services.open_books.look(books).left
    assert {each.account for each in left} == {WITH_BANK, LATE_PAYMENT}
    assert overdue(left) == []


def test_the_longest_open_stands_first(world, trade, at_bank):
    first, _ = at_bank
    world.clock.advance(days=1)
    second = trade.delivered()
    world.stripe.open_dispute(world.services.payment_store.read(second.payment_id).charge_id)
    world.drain()
    world.clock.advance(days=1)

    assert looked(world, second.order_id) == [(first.order_id, WITH_BANK, 2), (second.order_id, WITH_BANK, 1)]


def test_a_night_that_another_run_was_faster_in_says_the_same(world, at_bank, monkeypatch):
    order, bank = at_bank
    rows = world.services.open_books._rows
    monkeypatch.setattr(rows, "books", list)  # as it read before the other noted it
    assert looked(world, order.order_id) == [(order.order_id, WITH_BANK, 0)]

    world.stripe.close_dispute(bank.dispute_id, won=False)
    world.drain()
    world.services.transactions.commit([rows.forget(order.order_id)])
    monkeypatch.setattr(rows, "books", lambda: [order.order_id])

    assert looked(world) == []


def test_a_run_that_dies_leaves_the_book_for_the_next(world, trade, monkeypatch):
    order = trade.delivered()
    Bank(world).take_back()
    with monkeypatch.context() as dying:
        dying.setattr(world.services.open_books._tx, "commit", broken)
        with pytest.raises(RuntimeError):
            looked(world, order.order_id)

    assert looked(world, order.order_id) == [(order.order_id, WITH_BANK, 0)]
    world.clock.advance(days=1)
    assert looked(world) == [(order.order_id, WITH_BANK, 1)]


def broken(_writes, **_said):
    raise RuntimeError


def test_a_name_is_noted_once_and_forgotten_once(world):
    rows, commit = DynamoOpenBooks(), world.services.transactions.commit
    commit([rows.remember("ord_a")])

    with pytest.raises(OpenMoved):
        commit([rows.remember("ord_a")])
    assert rows.books() == ["ord_a"]
    commit([rows.forget("ord_a")])
    with pytest.raises(OpenMoved):
        commit([rows.forget("ord_a")])
    assert rows.books() == []
