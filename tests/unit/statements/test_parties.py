"""Who invoices and who is invoiced: taken down sealed, opened by whoever reads the document."""

from dataclasses import replace
from datetime import timedelta

import pytest

from marketplace.statements.monthly import Month
from marketplace.statements.parties import Party
from tests.fakes.trade import TRADER_DATA


@pytest.fixture
def invoiced(world, trade):
    """A trader whose month has ended, and who has an invoice."""
    world.settings = replace(
        world.settings,
        vat_country="ES",
        operator_name="Aval Mercado SL",
        operator_address=("Calle Mayor 1", "28013 Madrid"),
        operator_tax_id="ESB00000000",
    )
    world.restart()
    order = trade.shipped()
    trade.services.orders.confirm(order.order_id, order.buyer_id)
    world.drain()
    world.clock.set(Month("2026-12").begins + timedelta(hours=4))
    return order.seller_id


def read(trade, seller_id):
    invoice = trade.services.statements.invoice(seller_id, "2026-11", "eur")
    return invoice, trade.services.statements.document(seller_id, invoice)


def test_an_invoice_names_both_sides_with_their_addresses(trade, invoiced):
    _, document = read(trade, invoiced)

    assert document.issuer == Party("Aval Mercado SL", ("Calle Mayor 1", "28013 Madrid"), "", "ESB00000000")
    assert document.billed_to.name == "Seller"
    assert document.billed_to.address == (TRADER_DATA["street"], f"{TRADER_DATA['postal_code']} {TRADER_DATA['city']}")
    assert document.billed_to.country == "ES"


def test_what_is_personal_lies_sealed_on_the_invoice(trade, invoiced):
    invoice, _ = read(trade, invoiced)

    kept = " ".join(invoice.billed_to.values())
    assert not any(text in kept for text in ("Seller", TRADER_DATA["street"], TRADER_DATA["city"]))
    assert set(invoice.billed_to) == {"name", "street", "postal_code", "city", "country"}


def test_an_invoice_says_what_it_said_whatever_the_seller_changes(trade, invoiced):
    read(trade, invoiced)

    trade.services.traders.declare(invoiced, **(TRADER_DATA | {"street": "Otra calle 9"}))
    trade.world.clock.advance(days=1)

    assert read(trade, invoiced)[1].billed_to.address[0] == TRADER_DATA["street"]


def test_of_somebody_who_was_erased_only_what_is_not_personal_is_left(trade, invoiced):
    read(trade, invoiced)

    trade.services.transactions.commit([trade.services.vault.erase(invoiced)])

    assert read(trade, invoiced)[1].billed_to == Party(country="ES")


def test_the_seller_is_told_once_that_the_month_and_its_invoice_are_ready(world, trade, invoiced):
    for _ in range(2):
        trade.services.billing.run("2026-11")
        world.drain()

    told = [each.kind for each in trade.services.notifications.page(invoiced, None, 50).items]
    assert [told.count(kind) for kind in ("statement.ready", "invoice.ready")] == [1, 1]
    assert sum("AV-2026-11" in mail.body or "2026" in mail.subject for mail in world.mails) == 1
