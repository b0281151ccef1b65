"""The orders' store, on the in-memory DynamoDB and on moto: both must give the same answers."""

from dataclasses import replace
from datetime import timedelta

import pytest

from marketplace.orders.model import Award, TransitionRefused
from marketplace.orders.reminders import Reminded
from marketplace.orders.store import DynamoOrders
from marketplace.storage.cursor import BadCursor
from tests.stores.trading import NOW, move, moved, order

STORE = DynamoOrders  # see conftest.py


def place(store, commit, found=None):
    found = found or order()
    commit(*store.place(found, move(found)))
    return found


WHOLE = {
    "state": "settling",
    "step": 7,
    "award": Award(3_000, 7_000),
    "risk_receipt": "rcp_1",
    "dispute_id": "dsp_1",
    "carrier": "correos",
    "tracking_number": "PK1",
    "delivered_at": NOW,
    "delivered_by": "buyer",
    "ended_at": NOW,
    "due_at": None,
}


@pytest.mark.parametrize("said", [{}, WHOLE, {"award": Award(0, 10_000)}, {"award": Award(10_000, 0)}])
def test_an_order_comes_back_as_it_was_stored(store, commit, said):
    found = place(store, commit, order(**said))

    assert store.read("ord_1") == found


def test_what_was_never_placed_is_not_there(store):
    assert store.read("ord_never") is None
    assert store.moves("ord_never") == []
    assert store.read_many(["ord_never"]) == []
    assert store.token_of("ord_never") is None


def test_an_id_is_placed_once(store, commit):
    first = place(store, commit)

    with pytest.raises(TransitionRefused):
        place(store, commit, order(total_minor=1))

    assert store.read("ord_1") == first


def test_several_are_read_in_the_order_asked(store, commit):
    one, two = place(store, commit), place(store, commit, order("ord_2"))

    assert store.read_many(["ord_2", "ord_never", "ord_1"]) == [two, one]


def test_a_move_replaces_the_order_and_adds_to_its_log(store, commit):
    before = place(store, commit)
    after = moved(before, "paid", due_at=NOW + timedelta(days=14))

    commit(*store.move(before, after, move(after, "pay", "awaiting_payment")))

    assert store.read("ord_1") == after
    assert [(each.step, each.name, each.came_from, each.went_to) for each in store.moves("ord_1")] == [
        (0, "place", "", "awaiting_payment"),
        (1, "pay", "awaiting_payment", "paid"),
    ]
    assert store.moves("ord_1")[1] == move(after, "pay", "awaiting_payment")


def test_only_one_of_two_moves_from_the_same_reading_stands(store, commit):
    before = place(store, commit)
    first, second = moved(before, "paid"), moved(before, "cancelled")
    commit(*store.move(before, first, move(first)))

    with pytest.raises(TransitionRefused):
        commit(*store.move(before, second, move(second)))

    assert store.read("ord_1") == first
    assert len(store.moves("ord_1")) == 2


def test_the_log_is_in_order_beyond_ten_steps(store, commit):
    found = place(store, commit)
    for _ in range(11):
        after = moved(found, "paid")
        commit(*store.move(found, after, move(after)))
        found = after

    assert [each.step for each in store.moves("ord_1")] == list(range(12))


def test_a_hold_placed_after_the_reading_stops_the_move(store, commit):
    before = place(store, commit)
    commit(store.hold(before, "rcp_1"))
    after = moved(before, "paid")

    with pytest.raises(TransitionRefused):
        commit(*store.move(before, after, move(after)))

    held = store.read("ord_1")
    assert held == replace(before, risk_receipt="rcp_1")
    commit(*store.move(held, moved(held, "paid"), move(moved(held, "paid"))))
    assert store.read("ord_1").risk_receipt == "rcp_1"


def test_an_order_is_held_once_and_only_as_it_was_read(store, commit):
    before = place(store, commit)
    commit(store.hold(before, "rcp_1"))

    with pytest.raises(TransitionRefused):
        commit(store.hold(before, "rcp_2"))
    with pytest.raises(TransitionRefused):
        commit(store.hold(moved(before, "paid"), "rcp_2"))

    assert store.read("ord_1").risk_receipt == "rcp_1"


def test_a_hold_is_lifted_only_by_who_saw_it(store, commit):
    before = place(store, commit)
    commit(store.hold(before, "rcp_1"))
    held = store.read("ord_1")

    with pytest.raises(TransitionRefused):
        commit(store.unhold(replace(held, risk_receipt="rcp_other")))
    commit(store.unhold(held))

    assert store.read("ord_1") == before
    with pytest.raises(TransitionRefused):
        commit(store.unhold(held))


def test_what_is_due_is_listed_the_longest_overdue_first(store, commit):
    for number, minutes in enumerate((30, 10, 20, 40)):
        place(store, commit, order(f"ord_{number}", due_at=NOW + timedelta(minutes=minutes)))
    place(store, commit, order("ord_over", state="cancelled", due_at=None))

    at = NOW + timedelta(minutes=30)

    assert store.due(at, 10) == ["ord_1", "ord_2", "ord_0"]
    assert store.due(at, 2) == ["ord_1", "ord_2"]
    assert store.due(NOW, 10) == []


def test_what_waits_for_people_lies_apart_and_is_due_like_the_rest(store, commit):
    plain = order("ord_plain", due_at=NOW)
    for_people = replace(order("ord_people", due_at=NOW), state="delivery_unproven")
    for each in (plain, for_people):
        commit(*store.place(each, move(each, "place")))

    assert store.page_for_people(None, 10).items == ("ord_people",)
    assert sorted(store.due(NOW, 10)) == ["ord_people", "ord_plain"]
    assert len(store.due(NOW, 1)) == 1


def test_who_was_reminded_is_kept_in_order(store, commit):
    for number, party in enumerate(("buyer", "seller")):
        commit(store.note_reminded(Reminded("ord_1", "negotiating", party, NOW + timedelta(seconds=number))))

    assert [each.party for each in store.reminded("ord_1")] == ["buyer", "seller"]
    assert store.reminded("ord_2") == []


def test_an_ended_or_rested_order_is_due_no_more(store, commit):
    before = place(store, commit)
    later = place(store, commit, order("ord_2"))
    ended = moved(before, "cancelled", due_at=None, ended_at=NOW)
    commit(*store.move(before, ended, move(ended)))
    commit(store.rest(later))

    assert store.due(NOW + timedelta(days=1), 10) == []
    assert store.read("ord_2") == replace(later, due_at=None)
    with pytest.raises(TransitionRefused):
        commit(store.rest(moved(later, "paid")))


def test_the_newest_waits_token_is_the_one_that_is_kept(store):
    store.remember_token("ord_1", "paid", "t1")
    store.remember_token("ord_1", "shipped", "t2")

    assert store.token_of("ord_1") == ("shipped", "t2")


@pytest.mark.parametrize("side", ["buyer", "seller"])
def test_each_side_pages_through_its_own_orders_the_newest_first(store, commit, side):
    for number in range(5):
        place(store, commit, order(f"ord_{number}", placed_at=NOW + timedelta(seconds=number)))
    place(store, commit, order("ord_x", buyer_id="acc_other", seller_id="acc_another"))
    page = getattr(store, f"page_of_{side}")

    first = page(f"acc_{side}", None, 2)
    second = page(f"acc_{side}", first.cursor, 2)
    third = page(f"acc_{side}", second.cursor, 2)

    found = [each.order_id for rows in (first, second, third) for each in rows.items]
    assert found == ["ord_4", "ord_3", "ord_2", "ord_1", "ord_0"]
    assert third.cursor is None
    assert page("acc_nobody", None, 2).items == ()


def test_a_cursor_that_is_none_of_ours_is_refused(store):
    with pytest.raises(BadCursor):
        store.page_of_buyer("acc_buyer", "nonsense", 2)
