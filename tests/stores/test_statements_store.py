"""Closed months, invoices and proofs of solvency, on the in-memory DynamoDB and on moto: only ever added."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from marketplace.solvency.model import AlreadyStated, Base, Claim, Signed
from marketplace.solvency.store import ROWS_IN_ITEM, DynamoProofs
from marketplace.statements.invoices import Invoice, LastInvoice, NumberTaken
from marketplace.statements.monthly import AlreadyClosed, Closing
from marketplace.statements.store import DynamoStatements

STORE = DynamoStatements  # see conftest.py
NOW = datetime(2026, 11, 2, 9, tzinfo=UTC)
SELLER = "acc_1"


@pytest.fixture
def proofs(store):
    return DynamoProofs()


def closing(month: str, minor: int = -5) -> Closing:
    return Closing(SELLER, "eur", month, minor, NOW)


def invoice(sequence: int, seller_id: str = SELLER) -> Invoice:
    return Invoice(seller_id, "2026-11", "eur", sequence, 960, 202, NOW)


def test_the_latest_month_before_another_is_found(store, commit):
    commit(store.close(closing("2026-11")), store.close(closing("2026-12", 7)))

    assert store.closing(SELLER, "eur", "2026-12") == closing("2026-11")
    assert store.closing(SELLER, "eur", "2027-06") == closing("2026-12", 7)
    assert store.closing(SELLER, "eur", "2026-11") is None
    assert store.closing(SELLER, "jpy", "2027-06") is None


def test_a_month_keeps_what_of_it_was_at_stripe_and_what_waited(store, commit):
    kept = replace(closing("2026-11"), at_stripe_minor=3, waiting_minor=2)

    commit(store.close(kept))

    assert store.closing(SELLER, "eur", "2026-12") == kept


def test_a_month_ends_once(store, commit):
    commit(store.close(closing("2026-11")))

    with pytest.raises(AlreadyClosed):
        commit(store.close(closing("2026-11", 6)))

    assert store.closing(SELLER, "eur", "2026-12") == closing("2026-11")


def test_numbers_are_given_one_after_the_other(store, commit):
    commit(*store.issue(invoice(1), store.last_invoice("2026-11")))
    commit(*store.issue(invoice(2, "acc_2"), store.last_invoice("2026-11")))

    assert store.last_invoice("2026-11") == LastInvoice("2026-11", 2)
    assert store.invoice(SELLER, "2026-11", "eur") == invoice(1)
    assert store.invoice("acc_2", "2026-11", "eur").number == "AV-2026-11-000002"
    assert store.invoice(SELLER, "2026-12", "eur") is None


def test_a_number_is_given_once_and_an_invoice_made_once(store, commit):
    seen = store.last_invoice("2026-11")
    commit(*store.issue(invoice(1), seen))

    with pytest.raises(NumberTaken):
        commit(*store.issue(invoice(1, "acc_2"), seen))
    with pytest.raises(NumberTaken):
        commit(*store.issue(invoice(2), store.last_invoice("2026-11")))

    assert store.last_invoice("2026-11").count == 1


@pytest.mark.parametrize("count", [0, 1, ROWS_IN_ITEM, ROWS_IN_ITEM + 1, 25 * ROWS_IN_ITEM])
def test_what_a_statement_stands_on_comes_back_in_its_order(proofs, commit, count):
    claims = [Claim(f"held:ord_{count - place:05d}", "eur", place + 1, ("acc_1", "acc_2")) for place in range(count)]
    base = Base("2026-11-01", {(claim.name, "held", "eur"): -claim.amount_minor for claim in claims})

    for portion in proofs.keep("slv_1", "seed", claims, base):
        commit(*portion)

    assert (proofs.claims("slv_1"), proofs.base("slv_1"), proofs.seed("slv_1")) == (claims, base, "seed")


def test_the_latest_statement_is_found_of_all_and_of_a_day(proofs, commit):
    assert proofs.latest() is None
    stated = [
        Signed(f"slv_{at}", day, NOW, "{}", "c2ln", "key") for at, day in enumerate(("2026-11-01", *["2026-11-02"] * 2))
    ]
    for each in stated:
        commit(proofs.publish(each))

    assert proofs.latest() == proofs.latest("2026-11-02") == stated[2]
    assert proofs.latest("2026-11-01") == stated[0]
    assert proofs.latest("2026-11-03") is None
    with pytest.raises(AlreadyStated):
        commit(proofs.publish(stated[0]))


def test_an_invoice_keeps_its_parties_and_a_closing_what_was_at_stripe(store, commit):
    named = replace(invoice(1), issued_by={"name": "Aval"}, billed_to={"name": "sealed", "country": "ES"})
    commit(*store.issue(named, LastInvoice(named.month, 0)))
    commit(store.close(replace(closing("2026-11"), at_stripe_minor=700)))

    assert store.invoice(SELLER, named.month, "eur") == named
    assert store.closing(SELLER, "eur", "2026-12").at_stripe_minor == 700
