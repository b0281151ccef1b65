"""/withdrawals: recorded requests; the same answer for everybody, and what follows by mail."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from marketplace.kit.periods import last_moment_of
from marketplace.notifications.model import MAIL, REFUSED
from marketplace.notifications.store import ClaimItem
from marketplace.outbox.model import event
from marketplace.returns.conformity import months_after
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

    told = {to: [each for each in story.world.mails if each.to == to] for to in (OTHER, "third@example.com")}
    for one, other in zip(*told.values(), strict=True):
        assert one.subject == other.subject
        assert one.body.replace(ORDER, "") == other.body.replace(NO_ORDER, "")
    assert [len(each) for each in told.values()] == [2, 2]  # the acknowledgement, and that there is no such order
    assert len(story.world.mails) == 4
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


def test_the_fourteenth_day_counts_to_its_end(story):
    bring_to(story, "delivered")  # on 2 November, at ten in the morning
    story.hold()
    story.world.clock.set(datetime.fromisoformat("2026-11-16T23:59:59+01:00"))
    story.post("/withdrawals", None, said())
    story.world.sweep()

    [made] = story.get(f"/orders/{ORDER}/returns", BUYER).json["items"]
    assert made["kind"] == "withdrawal"


def test_after_the_fourteenth_day_it_is_refused_with_the_reason(story):
    bring_to(story, "delivered")
    story.hold()
    story.world.clock.set(datetime.fromisoformat("2026-11-17T00:00:00+01:00"))
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


def test_nothing_that_a_stranger_can_name_shuts_the_function_and_no_mailbox_is_flooded(story):
    bring_to(story, "delivered")
    story.world.mails.clear()
    by_order = [story.post("/withdrawals", None, said(email=f"a{n}@example.com")).status for n in range(6)]
    by_address = [story.post("/withdrawals", None, said(f"ord_{n}", email=MINE)).status for n in range(7)]
    story.world.sweep()
    story.world.mails.clear()
    of_the_buyer = story.post("/withdrawals", None, said())
    story.world.sweep()

    assert {*by_order, *by_address, of_the_buyer.status} == {202}
    [made] = story.get(f"/orders/{ORDER}/returns", BUYER).json["items"]
    assert made["kind"] == "withdrawal"
    assert [each.subject for each in story.world.mails if "statement of withdrawal" in each.subject] == []


def test_a_mailbox_gets_five_acknowledgements_a_day_and_one_network_sends_twenty_statements_an_hour(story):
    answers = [story.post("/withdrawals", None, said(f"ord_{n}", email=OTHER)).status for n in range(21)]
    story.world.sweep()

    assert answers == [202] * 20 + [429]
    assert len([each for each in story.world.mails if each.to == OTHER]) == 10  # and five that there is no such order


def test_a_line_that_is_named_twice_means_both_and_stops_nobody(story):
    bring_to(story, "delivered")
    twice = [{"listing_id": BIKE, "quantity": 1}] * 2
    made = story.post("/withdrawals", None, said(lines=twice)).json
    story.world.sweep()

    assert made["lines"] == [{"listing_id": BIKE, "quantity": 2}]
    assert len(story.get(f"/orders/{ORDER}/returns", BUYER).json["items"]) == 1


def test_while_it_is_being_paid_a_withdrawal_waits_and_cancels_what_was_paid(story):
    bring_to(story, "awaiting_payment")
    story.post("/withdrawals", None, said())
    story.world.sweep()
    bring_to(story, "paid")
    story.world.clock.advance(minutes=15)
    story.world.sweep()

    assert story.order().state == "refunded"


def test_a_withdrawal_from_what_is_never_paid_is_accepted_when_that_expires(story):
    bring_to(story, "awaiting_payment")
    story.post("/withdrawals", None, said())
    story.world.sweep()
    story.world.clock.advance(days=2)
    story.world.sweep()

    assert story.order().state == "cancelled"
    assert any("you owe nothing for it" in each.body for each in story.world.mails)


def test_the_number_on_the_receipt_and_the_address_are_enough(story):
    bring_to(story, "delivered")
    number = story.get(f"/orders/{ORDER}/receipt", BUYER).json["order_reference"]
    assert number == story.get(f"/orders/{ORDER}", BUYER).json["reference"]
    story.post("/withdrawals", None, said(number, email=OTHER))
    story.world.sweep()
    assert story.get(f"/orders/{ORDER}/returns", BUYER).json["items"] == []

    story.post("/withdrawals", None, said(f" {number.replace('-', '').lower()} "))
    story.world.sweep()
    [made] = story.get(f"/orders/{ORDER}/returns", BUYER).json["items"]
    assert (made["kind"], made["quoted_minor"]) == ("withdrawal", 12_000)


def test_a_statement_is_acknowledged_by_mail_with_its_content_date_and_time(story):
    bring_to(story, "delivered")
    story.world.mails.clear()
    part = [{"listing_id": BIKE, "quantity": 1}]
    story.post("/withdrawals", None, said(lines=part, name="Ana Gil https://example.com/x"))
    story.world.drain()

    [mail] = story.world.mails
    assert mail.to == MINE
    assert mail.subject == "We have received your statement of withdrawal"
    for shown in ("2 November 2026, 09:00 (UTC)", "I withdraw from the contract", ORDER, "Ana Gil", f"1 x {BIKE}"):
        assert shown in mail.body
    assert "://" not in mail.body  # nobody proved the address: a stranger's words carry no link


def test_who_was_never_told_of_the_right_has_twelve_months_more(story):
    bring_to(story, "delivered")
    story.hold()
    order = story.order()
    _forget_the_mail(story)
    story.world.clock.set(last_moment_of(months_after(order.delivered_at + timedelta(days=14), 12).date()))
    story.post("/withdrawals", None, said())
    story.world.sweep()

    [made] = story.get(f"/orders/{ORDER}/returns", BUYER).json["items"]
    assert made["kind"] == "withdrawal"


def test_after_the_twelve_months_it_is_over_for_them_too(story):
    bring_to(story, "delivered")
    story.hold()
    order = story.order()
    _forget_the_mail(story)
    ended = last_moment_of(months_after(order.delivered_at + timedelta(days=14), 12).date())
    story.world.clock.set(ended + timedelta(seconds=1))
    story.post("/withdrawals", None, said())
    story.world.sweep()

    assert story.get(f"/orders/{ORDER}/returns", BUYER).json["items"] == []


def _forget_the_mail(story):
    """Have the mail that tells of the right refused by its mailbox."""
    services, order = story.services, story.order()
    paid = event("order.paid", ORDER, order.placed_at, once="1")
    assert services.inbox_store.delivered_at(BUYER, paid.event_id, MAIL) is not None
    item = ClaimItem.read(BUYER, f"sent#{paid.event_id}#{MAIL}")
    item.state = REFUSED
    item.save()


def test_the_receipt_tells_of_the_right_with_the_model_form_in_both_languages(story):
    bring_to(story, "delivered")
    for locale, right, form in (("en", "without giving a reason", "Model"), ("es", "sin dar motivos", "Modelo")):
        headers = {"Accept-Language": locale}
        shown = story.get(f"/orders/{ORDER}/receipt", BUYER, headers=headers).json
        assert right in shown["right_of_withdrawal"]
        assert shown["model_withdrawal_form"].startswith(form)
    mail = next(each for each in story.world.mails if each.to == MINE and "Payment received" in each.subject)
    assert "Model withdrawal form" in mail.body


def test_the_form_has_the_labels_of_the_law_in_both_languages(story):
    english = story.get("/withdrawals/form", headers={"Accept-Language": "en"}).json
    spanish = story.get("/withdrawals/form", headers={"Accept-Language": "es"}).json

    labels = [(form["open_label"], form["confirm_label"]) for form in (english, spanish)]
    assert labels == [
        ("Withdraw from contract here", "Confirm withdrawal"),
        ("Desistir del contrato aquí", "Confirmar desistimiento"),
    ]
