"""Months: what one begins with is what the one before ended with, and every entry is in the books."""

from dataclasses import replace
from datetime import timedelta

import pytest

from marketplace.kit.errors import Unavailable
from marketplace.ledger.model import balances, seller_account, seller_debt_account
from marketplace.orders.model import BUYER as AS_BUYER
from marketplace.orders.model import SELLER as AS_SELLER
from marketplace.statements.model import BadMonth
from marketplace.statements.monthly import Month
from tests.functions.story import BUYER, ORDER, SELLER, STRANGER, Story, bring_to


@pytest.fixture
def taxed(world):
    story = Story(world)
    world.settings = replace(world.settings, vat_country="ES")
    world.restart()
    return story


def statement(story, month="2026-11", role=AS_SELLER, who=SELLER, currency="eur"):
    return story.services.statements.statement(who, role, month, currency)


def december(story):
    story.world.clock.set(Month("2026-12").begins + timedelta(hours=4))


def test_a_sellers_month_names_price_commission_vat_and_transfer(taxed):
    bring_to(taxed, "released")

    month = statement(taxed)

    assert [(each.fact, each.amount_minor) for each in month.entries] == [
        ("release", 12_000),
        ("commission", -960),
        ("commission_vat", -202),
        ("transfer", -10_838),
    ]
    assert (month.opening_minor, month.closing_minor) == (0, 0)
    assert (month.commission_minor, month.commission_vat_minor) == (960, 202)


@pytest.mark.parametrize("state", ["paid", "released", "refunded", "split", "cancelled"])
def test_a_sellers_month_closes_with_what_the_books_owe_them(taxed, state):
    bring_to(taxed, state)

    booked = balances(taxed.services.ledger.of_book(ORDER))
    owed = -booked.get((seller_account(SELLER), "eur"), 0) - booked.get((seller_debt_account(SELLER), "eur"), 0)
    assert statement(taxed).closing_minor == owed


def test_a_debt_is_carried_into_the_next_month(taxed):
    bring_to(taxed, "released")
    taxed.world.clock.advance(days=20)
    taxed.charge_back()
    taxed.world.drain()
    taxed.bank_decides(won=False)
    taxed.world.drain()
    november = statement(taxed).closing_minor
    december(taxed)

    first, again = statement(taxed, "2026-12"), statement(taxed, "2026-12")

    assert november < 0
    assert first == again
    assert (first.opening_minor, first.entries) == (november, ())


def test_a_month_that_ended_is_stored_and_the_next_begins_from_it(taxed):
    bring_to(taxed, "released")
    assert not statement(taxed).is_closed
    december(taxed)

    assert statement(taxed).is_closed
    kept = taxed.services.statement_store.closing(SELLER, "eur", "2026-12")
    assert (kept.month, kept.balance_minor) == ("2026-11", statement(taxed, "2026-12").opening_minor)


@pytest.mark.parametrize(("hours", "closed"), [(2.99, False), (3, True)])
def test_a_month_is_closed_three_hours_after_its_end(hours, closed):
    assert Month("2026-11").is_closed(Month("2026-12").begins + timedelta(hours=hours)) is closed


def test_a_buyers_month_is_what_is_held_for_them(taxed):
    bring_to(taxed, "shipped")

    month = statement(taxed, role=AS_BUYER, who=BUYER)

    assert [(each.fact, each.amount_minor) for each in month.entries] == [("capture", 12_000)]
    assert month.closing_minor == 12_000


def test_a_buyers_next_month_begins_with_it(taxed):
    bring_to(taxed, "shipped")
    taxed.world.clock.set(Month("2026-12").begins + timedelta(hours=1))

    month = statement(taxed, "2026-12", AS_BUYER, BUYER)

    assert (month.opening_minor, month.entries, month.closing_minor) == (12_000, (), 12_000)


@pytest.mark.parametrize("state", ["released", "refunded", "split", "cancelled"])
def test_a_buyers_month_ends_at_nothing_once_the_order_has(taxed, state):
    bring_to(taxed, state)

    assert statement(taxed, role=AS_BUYER, who=BUYER).closing_minor == 0


def test_other_currencies_are_other_statements(taxed):
    bring_to(taxed, "released")

    assert statement(taxed, currency="jpy").entries == ()
    assert statement(taxed, role=AS_BUYER, who=BUYER, currency="jpy").entries == ()


def test_a_stranger_has_an_empty_month(taxed):
    bring_to(taxed, "released")

    assert statement(taxed, who=STRANGER).entries == statement(taxed, role=AS_BUYER, who=STRANGER).entries == ()


@pytest.mark.parametrize("month", ["2026-13", "2026-1", "never", "2026-12"])
def test_a_month_must_have_begun(taxed, month):
    with pytest.raises(BadMonth):
        statement(taxed, month)


def test_an_index_that_lags_is_told_and_not_shown(taxed):
    bring_to(taxed, "released")

    class Lagging:
        def __init__(self, books):
            self._books = books

        def of_book(self, book):
            return self._books.of_book(book)

        def of_seller(self, *asked):
            rows = self._books.of_seller(*asked)
            return replace(rows, items=rows.items[:1])

    taxed.services.statements._books = Lagging(taxed.services.ledger)

    with pytest.raises(Unavailable):
        statement(taxed)


def test_an_invoice_is_numbered_once_the_month_has_ended(taxed):
    bring_to(taxed, "released")
    statements = taxed.services.statements
    assert statements.invoice(SELLER, "2026-11", "eur") is None
    december(taxed)

    first, again = statements.invoice(SELLER, "2026-11", "eur"), statements.invoice(SELLER, "2026-11", "eur")

    assert (first.number, first.net_minor, first.vat_minor, first.total_minor) == ("AV-2026-11-000001", 960, 202, 1_162)
    assert first == again
    assert statements.invoice(SELLER, "2026-11", "jpy") is None


def test_numbers_follow_each_other_without_gaps_also_when_two_come_at_once(taxed):
    bring_to(taxed, "released")
    december(taxed)
    services = taxed.services
    statement_ = statement(taxed)
    last = services.statement_store.last_invoice("2026-11")
    services.statements._issue("acc_other", statement_)  # took the number that was about to be given

    found = services.statements.invoice(SELLER, "2026-11", "eur")

    assert last.count == 0
    assert found.number == "AV-2026-11-000002"
    assert services.statement_store.last_invoice("2026-11").count == 2
