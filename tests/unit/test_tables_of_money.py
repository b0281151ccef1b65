"""How the books and the sellers' terms are stored: what stands in the tables already is read under these names."""

import pytest
from pynamodb.attributes import JSONAttribute, UnicodeAttribute

from marketplace.fees import store as fees
from marketplace.ledger import store as ledger
from marketplace.storage.tables import IntegerAttribute

TEXT, WHOLE, JSON = UnicodeAttribute, IntegerAttribute, JSONAttribute
TABLES = {
    ledger.LedgerItem: (
        "ledger",
        {"pk": TEXT, "sk": TEXT, "kind": TEXT, "currency": TEXT, "postings": JSON, "day": TEXT, "booked_at": TEXT},
        {"stripe_object": TEXT, "seller_id": TEXT},
    ),
    fees.FeesItem: (
        "fees",
        {"pk": TEXT, "sk": TEXT},
        {"paid_out_orders": WHOLE, "agreement": JSON, "agreed_at": TEXT, "vat_number": TEXT, "vat_checked_at": TEXT},
    ),
}


@pytest.mark.parametrize("item", TABLES, ids=lambda item: item.__name__)
def test_an_item_has_what_it_must_and_what_it_may(item):
    name, must, may = TABLES[item]
    attributes = item.get_attributes()

    assert item.Meta.table_name.endswith(f"-{name}")
    assert {each: type(attribute) for each, attribute in attributes.items()} == {**must, **may}
    assert {each for each, attribute in attributes.items() if attribute.null} == set(may)
    assert (attributes["pk"].is_hash_key, attributes["sk"].is_range_key) == (True, True)


@pytest.mark.parametrize(
    ("index", "name", "hash_key"), [(ledger.ByDay, "by_day", "day"), (ledger.BySeller, "by_seller", "seller_id")]
)
def test_an_index_lists_in_the_order_of_booking(index, name, hash_key):
    of_day = getattr(index, hash_key)

    assert (index.Meta.index_name, index.Meta.projection.projection_type) == (name, "ALL")
    assert (of_day.is_hash_key, index.booked_at.is_range_key) == (True, True)
    assert isinstance(vars(ledger.LedgerItem)[name], index)


def test_the_sort_keys_of_terms_are_these():
    assert (fees.TERMS, fees.AGREEMENT_PREFIX) == ("terms", "agreement#")


def test_a_statement_reads_two_hundred_transactions_at_once():
    assert ledger.PAGE == 200


def test_a_row_that_makes_no_sense_is_told_in_two_hundred_characters_and_known_by_64_bits():
    assert (ledger.WHY_LENGTH_MAX, ledger.HASH_LENGTH) == (200, 16)
