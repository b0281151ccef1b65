"""/orders/{id}/receipt, /earning, /statements with whole gateway events."""

from datetime import timedelta
from pathlib import Path
from typing import get_args

import pytest

from marketplace.kit.money import CURRENCIES
from marketplace.kit.rows import Rows
from marketplace.statements.buyers import ORDERS_MAX
from marketplace.statements.monthly import Month
from marketplace.statements.wire import Currency
from tests.functions.events import expected, run_event
from tests.functions.story import BUYER, ORDER, SELLER, bring_to

EVENTS = sorted((Path(__file__).parents[2] / "events" / "statements").glob("*.json"))


@pytest.mark.parametrize("path", EVENTS, ids=lambda path: path.stem)
def test_every_recorded_event_is_answered_as_it_says(story, path):
    assert run_event(story, path) == expected(path)


def test_every_currency_can_be_asked_for():
    assert set(get_args(Currency)) == set(CURRENCIES)


def test_a_receipt_adds_up_and_says_what_comes_next(story):
    bring_to(story, "shipped")

    reply = story.get(f"/orders/{ORDER}/receipt", BUYER)

    receipt = reply.json
    assert sum(each["amount_minor"] for each in receipt["entries"]) == receipt["total_minor"] == receipt["held_minor"]
    assert receipt["entries"][0]["title"] == "You paid"
    assert receipt["next"][0]["explanation"]


def test_an_earning_adds_up_in_both_languages(story):
    bring_to(story, "split")

    for language, title in (("en", "Commission"), ("es", "Comisión")):
        earning = story.get(f"/orders/{ORDER}/earning", SELLER, headers={"Accept-Language": language}).json
        assert sum(each["amount_minor"] for each in earning["entries"]) == earning["total_minor"]
        assert earning["total_minor"] - earning["settled_minor"] == earning["open_minor"] == 0
        assert title in {each["title"] for each in earning["entries"]}


def test_a_page_is_html_that_may_load_nothing(story):
    bring_to(story, "released")

    reply = story.get(f"/orders/{ORDER}/earning", SELLER, query={"format": "html"})

    assert reply.headers["content-type"] == "text/html; charset=utf-8"
    assert reply.headers["content-security-policy"].startswith("default-src 'none'; style-src 'sha256-")
    assert reply.text.startswith("<!doctype html>")


def test_json_can_be_asked_for_by_a_browser(story):
    bring_to(story, "released")

    asked = {"query": {"format": "json"}, "headers": {"Accept": "text/html"}}
    reply = story.get(f"/orders/{ORDER}/earning", SELLER, **asked)

    assert reply.json["order_id"] == ORDER


def test_a_month_comes_in_pages(story):
    bring_to(story, "released")

    first = story.get("/statements", SELLER, query={"month": "2026-11", "limit": 2}).json
    rest = story.get("/statements", SELLER, query={"month": "2026-11", "offset": first["next_offset"]}).json

    whole = first["entries"] + rest["entries"]
    assert len(whole) == first["entries_in_all"] == 3
    assert first["opening_minor"] + sum(each["amount_minor"] for each in whole) == first["closing_minor"]
    assert rest["next_offset"] is None


def test_the_invoice_of_a_month_that_ended_has_a_number(story):
    bring_to(story, "released")
    story.world.clock.set(Month("2026-12").begins + timedelta(hours=3))

    reply = story.get("/statements/invoice", SELLER, query={"month": "2026-11"})

    assert (reply.json["number"], reply.json["net_minor"]) == ("AV-2026-11-000001", 960)
    assert (reply.json["billed_to"]["name"], reply.json["billed_to"]["country"]) == ("Seller", "ES")


def test_a_receipt_repeats_what_happens_if_and_until_when(story):
    bring_to(story, "paid")

    said = story.get(f"/orders/{ORDER}/receipt", BUYER).json["outlook"]
    order = story.get(f"/orders/{ORDER}", BUYER).json["outlook"]
    page = story.get(f"/orders/{ORDER}/receipt", BUYER, query={"format": "html"})

    assert said == order
    assert said["silent_end"]["favours"] == "buyer"
    assert "What can come back to the buyer" in page.text


def test_a_month_of_more_orders_than_one_answer_reads_is_refused_in_words(story):
    bring_to(story, "paid")
    order = story.services.order_store.read(ORDER)

    class Many:
        def page_of_buyer(self, *_asked):
            return Rows((order,) * (ORDERS_MAX + 1), None)

    story.services.statements._buyers._pages = Many()

    reply = story.get("/statements", BUYER, query={"month": "2026-11", "role": "buyer"})

    assert (reply.status, reply.json["code"]) == (422, "month_too_long")


def test_a_month_says_how_much_of_the_balance_waits(story):
    bring_to(story, "shipped")

    month = story.get("/statements", BUYER, query={"month": "2026-11", "role": "buyer"}).json

    assert (month["closing_minor"], month["waiting_minor"]) == (12_000, 0)
