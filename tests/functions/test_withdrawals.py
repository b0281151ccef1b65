"""/withdrawals: recorded requests; the same answer for everybody, and what follows by mail."""

from pathlib import Path

import pytest

from marketplace.withdrawals.model import Statement
from tests.fakes.faults import Faults
from tests.fakes.trade import Trade
from tests.fakes.world import new_world
from tests.functions.events import expected, run_event
from tests.functions.story import BIKE, BUYER, ORDER, bring_to

EVENTS = sorted((Path(__file__).parents[2] / "events" / "withdrawals").glob("*.json"))
NO_ORDER = "ord_" + "0" * 26
MINE, OTHER = "b1@aval.example", "other@example.com"


def said(reference=ORDER, email=MINE, **more):
    return {"order_reference": reference, "name": "Ana Gil", "email": email, "confirmed": True, **more}


@pytest.mark.parametrize("path", EVENTS, ids=lambda path: path.stem)
def test_every_recorded_request_is_answered_as_it_says(story, path):
    assert run_event(story, path) == expected(path)

    story.world.drain()


def test_the_answer_is_the_same_for_a_match_a_wrong_address_and_no_order(story):
    bring_to(story, "delivered")
    before = len(story.world.mails)

    answers = [
        story.post("/withdrawals", None, said(*each))
        for each in ((ORDER, MINE), (ORDER, OTHER), (NO_ORDER, MINE), (NO_ORDER, OTHER))
    ]

    same = ("received_at", "message", "name", "statement", "lines")
    shapes = {(each.status, tuple(each.json), *(str(each.json[name]) for name in same)) for each in answers}
    assert len(shapes) == 1
    assert len(story.world.mails) == before
    assert len({len(each.json["token"]) for each in answers}) == 1


def test_whatever_is_named_the_same_calls_are_made_so_that_time_tells_nothing():
    faults = Faults()
    with new_world(faults) as world:
        order = Trade(world).delivered()
        mine = world.services.account_store.read(order.buyer_id).email
        seen = []
        for reference, email in ((order.order_id, mine), (order.order_id, OTHER), (NO_ORDER, mine), (NO_ORDER, OTHER)):
            world.restart()
            faults.reset()
            world.services.statements_of_withdrawal.submit(Statement(reference, "Ana", email), locale="es", ip="::1")
            seen.append(faults.sites)

    assert seen[0]
    assert all(each == seen[0] for each in seen)


def test_a_valid_statement_opens_a_return_and_is_acknowledged_by_mail(story):
    bring_to(story, "delivered")
    story.post("/withdrawals", None, said())
    story.world.sweep()

    returns = story.get(f"/orders/{ORDER}/returns", BUYER).json["items"]
    assert [(each["kind"], each["quoted_minor"]) for each in returns] == [("withdrawal", 12_000)]
    [mail] = [each for each in story.world.mails if "Your withdrawal" in each.subject]
    assert mail.to == MINE
    assert "2 November 2026, 09:00 (UTC)" in mail.body


def test_a_wrong_address_is_told_that_there_is_no_order_and_nothing_else(story):
    bring_to(story, "delivered")
    story.world.mails.clear()
    story.post("/withdrawals", None, said(email=OTHER))
    story.post("/withdrawals", None, said(NO_ORDER, email="third@example.com"))
    story.world.sweep()

    wrong, none = (next(each for each in story.world.mails if each.to == to) for to in (OTHER, "third@example.com"))
    assert (wrong.subject, wrong.body) == (none.subject, none.body)
    assert ORDER not in wrong.body
    assert len(story.world.mails) == 2
    assert story.get(f"/orders/{ORDER}/returns", BUYER).json["items"] == []


def test_the_moment_of_the_statement_counts_not_when_it_is_looked_at(story):
    bring_to(story, "delivered")
    story.hold()
    story.world.clock.advance(days=14)
    story.post("/withdrawals", None, said())
    story.world.clock.advance(days=1)
    story.world.sweep()

    [made] = story.get(f"/orders/{ORDER}/returns", BUYER).json["items"]
    assert made["kind"] == "withdrawal"


def test_after_fourteen_days_it_is_refused_with_the_reason(story):
    bring_to(story, "delivered")
    story.hold()
    story.world.clock.advance(days=14, seconds=1)
    story.post("/withdrawals", None, said())
    story.world.sweep()

    assert story.get(f"/orders/{ORDER}/returns", BUYER).json["items"] == []
    [mail] = [each for each in story.world.mails if "cannot be given back" in each.subject]
    assert "The time for it was over." in mail.body


def test_before_shipment_it_cancels_the_order(story):
    bring_to(story, "paid")
    story.post("/withdrawals", None, said())
    story.world.sweep()

    assert story.order().state == "refunded"
    assert any("cancelled and all is refunded" in each.body for each in story.world.mails)


def test_on_its_way_it_waits_and_counts_from_when_it_was_received(story):
    bring_to(story, "shipped")
    story.post("/withdrawals", None, said())
    story.world.sweep()
    told = [each for each in story.world.mails if "Your withdrawal" in each.subject]
    story.services.orders.attest_delivery(ORDER, story.trade.operator(), "signed receipt")
    story.world.drain()
    story.world.clock.advance(hours=6)
    story.world.sweep()

    [made] = story.get(f"/orders/{ORDER}/returns", BUYER).json["items"]
    assert len(told) == 1
    assert (made["kind"], made["requested_at"]) == ("withdrawal", "2026-11-02T09:00:00.000Z")


def test_the_receipt_is_read_again_with_its_token_and_says_nothing_of_the_order(story):
    bring_to(story, "delivered")
    made = story.post("/withdrawals", None, said(lines=[{"listing_id": BIKE, "quantity": 1}])).json
    story.world.sweep()

    read = story.post("/withdrawals/receipt", None, {"token": made["token"]})
    wrong = story.post("/withdrawals/receipt", None, {"token": made["token"][:-1] + "!"})

    assert read.json == {**made, "token": None}
    assert (wrong.status, wrong.json["code"]) == (404, "withdrawal_not_found")


def test_neither_an_order_nor_a_mailbox_can_be_flooded_or_probed(story):
    bring_to(story, "delivered")
    by_order = [story.post("/withdrawals", None, said(email=f"a{n}@example.com")).status for n in range(6)]
    by_address = [story.post("/withdrawals", None, said(f"ord_{n}", email=OTHER)).status for n in range(6)]

    assert by_order == [202] * 5 + [429]
    assert by_address == [202] * 5 + [429]


def test_the_form_has_the_labels_of_the_law_in_both_languages(story):
    english = story.get("/withdrawals/form", headers={"Accept-Language": "en"}).json
    spanish = story.get("/withdrawals/form", headers={"Accept-Language": "es"}).json

    labels = [(form["open_label"], form["confirm_label"]) for form in (english, spanish)]
    assert labels == [
        ("Withdraw from contract here", "Confirm withdrawal"),
        ("Desistir del contrato aquí", "Confirmar desistimiento"),
    ]
