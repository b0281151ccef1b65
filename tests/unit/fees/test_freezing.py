"""What an order is charged is fixed at placement; agreements are made by two and count for what comes after."""

from dataclasses import replace

import pytest

from marketplace.accounts.errors import SellerMissing
from marketplace.fees.model import Rule, TermsMoved
from marketplace.ledger.model import COMMISSION, VAT_PAYABLE, balances
from marketplace.orders.model import OwnCase
from tests.functions.story import BUYER, ORDER, SELLER, STRANGER, Story, bring_to

CHEAP = Rule("prp_1", 100, seller_id=SELLER)


@pytest.fixture
def taxed(world):
    story = Story(world)
    world.settings = replace(world.settings, vat_country="ES")
    world.restart()
    return story


def agree(story, rule, name="prp_1"):
    story.services.transactions.commit(story.services.fees.agree(SELLER, rule, name))


def test_a_later_agreement_does_not_touch_a_running_order(taxed):
    bring_to(taxed, "shipped")
    before = taxed.order()

    agree(taxed, CHEAP)
    taxed.services.fees.record_vat_number(SELLER, "ESB12345678", by="acc_finance", reasons="VIES")
    taxed.services.orders.confirm(ORDER, BUYER)
    taxed.world.drain()

    booked = balances(taxed.services.ledger.of_book(ORDER))
    assert (before.commission_minor, before.commission_vat_minor) == (960, 202)
    assert (-booked[COMMISSION, "eur"], -booked[VAT_PAYABLE, "eur"]) == (960, 202)


def test_an_order_keeps_the_rule_the_rate_and_the_reason(taxed):
    [order] = taxed.placed().orders

    assert [(fee.rule_id, fee.commission_minor) for fee in order.line_fees] == [("2026-11.trader", 960)]
    assert (order.vat_bps, order.vat_reason) == (2_100, "domestic")
    assert taxed.order() == order


def test_an_agreement_counts_for_the_next_order(taxed):
    agree(taxed, CHEAP)

    [order] = taxed.placed().orders

    assert (order.commission_minor, order.commission_vat_minor) == (120, 25)
    assert order.line_fees[0].rule_id == "prp_1"


def test_an_agreement_ends_and_the_published_rule_counts_again(taxed):
    agree(taxed, CHEAP)
    taxed.world.clock.advance(days=1)
    agree(taxed, None, "prp_2")

    assert taxed.services.fees.of(SELLER).terms.agreement is None
    assert taxed.placed().orders[0].commission_minor == 960


def test_of_two_agreements_at_once_one_counts(taxed):
    first = taxed.services.fees.agree(SELLER, CHEAP, "prp_1")
    second = taxed.services.fees.agree(SELLER, None, "prp_2")
    taxed.services.transactions.commit(first)

    with pytest.raises(TermsMoved):
        taxed.services.transactions.commit(second)


def test_an_agreement_is_made_once(taxed):
    writes = taxed.services.fees.agree(SELLER, CHEAP, "prp_1")
    taxed.services.transactions.commit(writes)

    with pytest.raises(TermsMoved):
        taxed.services.transactions.commit(writes)


def test_only_a_seller_has_terms(taxed):
    with pytest.raises(SellerMissing):
        taxed.services.fees.of(STRANGER)
    with pytest.raises(SellerMissing):
        taxed.services.fees.agree(STRANGER, CHEAP, "prp_1")


def test_nobody_records_a_number_of_their_own(taxed):
    with pytest.raises(OwnCase):
        taxed.services.fees.record_vat_number(SELLER, "ESB12345678", by=SELLER, reasons="mine")


def test_a_number_is_kept_with_its_day_and_can_be_removed(taxed):
    first = taxed.services.fees.record_vat_number(SELLER, "es B-12345678", by="acc_finance", reasons="VIES")
    checked_at = taxed.world.clock.now()
    taxed.world.clock.advance(days=1)

    found = taxed.services.fees.record_vat_number(SELLER, None, by="acc_finance", reasons="ended")

    assert (first.terms.vat_number, first.terms.vat_checked_at) == ("ESB12345678", checked_at)
    assert (found.terms.vat_number, found.vat.reason) == (None, "domestic")
    assert found.terms.vat_checked_at == taxed.world.clock.now()


def test_who_recorded_a_number_or_removed_it_stays_on_record(taxed):
    taxed.services.fees.record_vat_number(SELLER, "ESB12345678", by="acc_finance", reasons="VIES")
    taxed.world.clock.advance(days=1)
    taxed.services.fees.record_vat_number(SELLER, None, by="acc_other", reasons="ended")

    acts = [act for act in taxed.services.acts.page(None, 50).items if act.kind == "fees.vat_number"]
    assert [(act.by, act.subject, dict(act.facts), act.reasons) for act in acts] == [
        ("acc_other", SELLER, {"recorded": 0}, "ended"),
        ("acc_finance", SELLER, {"recorded": 1}, "VIES"),
    ]


@pytest.mark.parametrize(("state", "count"), [("released", 1), ("split", 1), ("refunded", 0), ("cancelled", 0)])
def test_an_order_that_paid_the_seller_counts_towards_the_tier(taxed, state, count):
    bring_to(taxed, state)

    assert taxed.services.fees.of(SELLER).terms.paid_out_orders == count


def test_the_hundredth_order_makes_a_seller_established(taxed):
    for _ in range(100):
        taxed.services.transactions.commit([taxed.services.fees_store.count_paid_out(SELLER)])

    assert taxed.services.fees.of(SELLER).tier == "established"
    assert taxed.placed().orders[0].commission_minor == 840
