"""Wherever a client says an amount: in cents, in yen, which have none, and in dinars, which are not traded."""

from dataclasses import replace
from typing import Any

import pytest

from marketplace.kit.money import AMOUNT_MAX_MINOR
from marketplace.ledger.model import HELD, balances
from tests.fakes.http import Reply
from tests.functions.amounts import DINARS, DRAFT, ENTRIES, NO_DINARS, SCRATCH
from tests.functions.story import BIKE, BUYER, CART, LAMP, ORDER, SELLER, Story, bring_to

PRICE = 12_000


IN_BOTH = [(name, currency) for name, each in ENTRIES.items() for currency in ("eur", "jpy")[: 2 if each.beyond else 1]]


def offer(story: Story, currency: str, **said: Any) -> None:
    """Offer the bike in a currency, which the seller's bank takes where anybody's does."""
    listings, before = story.services.listing_store, story.bike
    after = replace(before, currency=currency, revision=before.revision + 1, **said)
    story.services.transactions.commit([listings.revise(before, after)])


def everything(story: Story) -> tuple[Any, ...]:
    """Return all items of all tables, and what lies at Stripe."""
    tables = {name: story.world.dynamo.snapshot_items(name) for name in story.world.dynamo.tables()}
    return tables, story.world.stripe.balances(), len(story.world.stripe.objects("refund"))


def problem(reply: Reply) -> tuple[int, str, tuple[str, ...]]:
    """Return what a client can act on: status, code, and the names of the fields."""
    return reply.status, reply.json["code"], tuple(reply.json.get("fields") or ())


def named(field: str) -> str:
    """Spell a field as problems do: lines[0].refund_minor; an amount by currency is named by what holds them."""
    return field.replace(".0.", "[0].").replace(".eur", "[...]")


@pytest.mark.parametrize(("name", "currency"), IN_BOTH)
def test_an_amount_that_is_none_or_of_another_currency_is_refused_by_its_name_and_nothing_moves(story, name, currency):
    entry = ENTRIES[name]
    offer(story, currency)
    if entry.state:
        bring_to(story, entry.state)
    before, field = everything(story), named(entry.field)

    none = {problem(entry.send(story, amount)) for amount in (entry.least - 1, -PRICE, 1.5, 0.1, 100.0, "100", True)}
    above = {problem(entry.send(story, amount)) for amount in (entry.most + 1, 2**53 - 1)}
    other = problem(entry.send(story, 5, currency=DINARS if "currency" in entry.body or not entry.state else "usd"))

    assert none == {(422, "invalid", (field,))}
    assert above == {(422, entry.above, (field,))}
    assert other[0] == 422
    assert other[2] == ("currency",)
    assert everything(story) == before


@pytest.mark.parametrize("currency", ["eur", "jpy"])
@pytest.mark.parametrize("name", [name for name, each in ENTRIES.items() if each.beyond])
def test_more_than_an_order_has_is_refused_by_its_name_and_nothing_moves(story, name, currency):
    entry = ENTRIES[name]
    offer(story, currency)
    bring_to(story, entry.state)
    before = everything(story)

    status, code, fields = problem(entry.send(story, PRICE + 1))

    assert (status, code) == (422, entry.beyond)
    assert fields == (entry.field.partition(".")[0],)
    assert everything(story) == before


@pytest.mark.parametrize("currency", ["eur", "jpy"])
def test_nothing_goes_on_sale_below_the_smallest_charge_of_its_currency(story, currency):
    whole = {"stock": 1, "description": "Poco uso.", "category": "sports", "currency": currency}
    listing_id = story.post("/listings", SELLER, DRAFT | whole, key="draft").json["listing_id"]

    answers = []
    for price_minor in (0, 49, 50):
        story.call("PATCH", f"/listings/{listing_id}", SELLER, {"price_minor": price_minor})
        answers.append(story.post(f"/listings/{listing_id}/publish", SELLER))

    assert [problem(each) for each in answers[:2]] == [(409, "listing_incomplete", ("price_minor",))] * 2
    assert answers[2].status == 200


@pytest.mark.parametrize("name", NO_DINARS)
def test_a_currency_that_is_not_traded_is_refused_by_its_name(story, name):
    who, method, path, body, code, field = NO_DINARS[name]
    before = everything(story)

    reply = story.call(method, path, who, body, key="the-one-attempt")

    assert problem(reply) == (422, code, (field,))
    assert everything(story) == before


@pytest.mark.parametrize("path", ["/quotes", "/checkouts"])
def test_what_is_offered_in_a_currency_that_nobody_can_be_paid_in_is_not_sold(story, path):
    offer(story, DINARS)
    before = everything(story)

    reply = story.post(path, BUYER, CART, key="the-one-attempt")

    assert problem(reply) == (409, "currency_not_payable", ("lines[0]",))
    assert everything(story) == before


@pytest.mark.parametrize("currency", ["eur", "jpy"])
def test_a_cart_is_no_larger_than_a_charge_may_be(story, currency):
    offer(story, currency, price_minor=AMOUNT_MAX_MINOR)
    before = everything(story)

    reply = story.check_out({"lines": [{"listing_id": BIKE, "quantity": 2}]})

    assert problem(reply) == (422, "cart_invalid", ("lines",))
    assert everything(story) == before


def test_a_cart_has_one_currency(story):
    offer(story, "jpy")
    before = everything(story)

    reply = story.check_out({"lines": [{"listing_id": each, "quantity": 1} for each in (BIKE, LAMP)]})

    assert problem(reply) == (422, "cart_invalid", ("lines",))
    assert everything(story) == before


def test_nobody_chooses_what_the_smallest_payout_is(story):
    before = everything(story)

    reply = story.call("PUT", "/payouts/schedule", SELLER, {"interval": "daily", "minimum_minor": 1})

    assert problem(reply) == (422, "invalid", ("minimum_minor",))
    assert everything(story) == before


def test_yen_are_charged_refunded_and_booked_as_whole_yen(story):
    offer(story, "jpy")
    bring_to(story, "shipped")

    refund = story.post(f"/orders/{ORDER}/refunds", SELLER, {"amount_minor": 1, **SCRATCH}, key="one")
    story.world.drain()

    [charge] = [each for each in story.world.stripe.objects("charge") if each["status"] == "succeeded"]
    assert refund.status == 201
    assert (charge["currency"], charge["amount"], charge["amount_refunded"]) == ("jpy", PRICE, 1)
    assert balances(story.services.ledger.of_book(ORDER))[HELD, "jpy"] == -(PRICE - 1)
