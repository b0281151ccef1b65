"""Fees as JSON: what is shown, and what an agreement may ask for."""

from datetime import UTC, datetime

import msgspec
import pytest

from marketplace.fees.model import NEW, FeeSchedule, Rule, Terms
from marketplace.fees.schedule import SCHEDULES
from marketplace.fees.service import SellerFees
from marketplace.fees.vat import Vat
from marketplace.fees.wire import CheckedVatNumber, NewAgreement, SellerTerms, fees_to_wire, rule_to_wire, terms_to_wire

AT = datetime(2026, 11, 2, 9, tzinfo=UTC)
RULE = Rule("prp_1", 250, "acc_1", None, None, None, {"eur": 20}, {"usd": 5}, {"jpy": 900})


def read(kind: type, **said: object) -> object:
    return msgspec.json.decode(msgspec.json.encode(said), type=kind)


def test_the_published_schedule_is_shown_whole():
    shown = msgspec.to_builtins(fees_to_wire(SCHEDULES[0]))

    assert {name: value for name, value in shown.items() if name != "rules"} == {
        "version": "2026-11",
        "valid_from": "2026-11-01T00:00:00.000Z",
        "commission_bps": {"trader": 800, "private": 500},
        "buyer_fee_bps": 0,
        "established_from_orders": 100,
    }
    assert [rule["rule_id"] for rule in shown["rules"]] == [rule.rule_id for rule in SCHEDULES[0].rules]


def test_the_plain_percentages_are_those_that_ask_for_the_kind_alone():
    rules = (
        Rule("everybody", 1),
        Rule("plain", 2, kind="trader"),
        Rule("tier", 3, kind="trader", tier=NEW),
        Rule("category", 4, kind="trader", category="books"),
        Rule("both", 5, kind="private", tier=NEW, category="books"),
    )

    assert fees_to_wire(FeeSchedule("v", AT, rules, 5)).commission_bps == {"trader": 2}


def test_a_rule_is_shown_with_all_its_amounts():
    assert msgspec.to_builtins(
        rule_to_wire(Rule("r", 7, "acc_1", "books", NEW, "trader", {"eur": 1}, {}, {"eur": 2}))
    ) == {
        "rule_id": "r",
        "percent_bps": 7,
        "kind": "trader",
        "tier": "new",
        "category": "books",
        "fixed_minor": {"eur": 1},
        "min_minor": {},
        "max_minor": {"eur": 2},
    }


@pytest.mark.parametrize(("locale", "words"), [("es", "Tipo general"), ("en", "Standard rate")])
def test_what_a_seller_pays_is_shown_in_their_language(locale, words):
    terms = Terms("acc_1", 3, RULE, AT, "ESB1", AT)

    shown = terms_to_wire(SellerFees(terms, "trader", NEW, Vat(2_100, "domestic"), "2026-11"), locale)

    assert shown == SellerTerms(
        "acc_1",
        "trader",
        "new",
        3,
        "2026-11",
        rule_to_wire(RULE),
        "2026-11-02T09:00:00.000Z",
        "ESB1",
        2_100,
        shown.vat_explanation,
    )
    assert shown.vat_explanation.startswith(words)


def test_a_seller_without_an_agreement_is_shown_none():
    shown = terms_to_wire(SellerFees(Terms("acc_1"), "private", NEW, Vat(0, "not_registered"), "2026-11"), "en")

    assert (shown.agreement, shown.agreed_at, shown.vat_number) == (None, None, None)


def test_an_agreement_that_is_asked_for_is_a_rule_of_this_seller():
    asked = read(
        NewAgreement,
        percent_bps=250,
        reasons="x",
        fixed_minor={"eur": 20},
        min_minor={"usd": 5},
        max_minor={"jpy": 900},
    )

    assert asked.rule("acc_1") == Rule(
        "proposed", 250, "acc_1", None, None, None, {"eur": 20}, {"usd": 5}, {"jpy": 900}
    )


def test_the_end_of_an_agreement_is_no_rule():
    assert read(NewAgreement, percent_bps=None, reasons="x").rule("acc_1") is None


@pytest.mark.parametrize(
    "said",
    [
        {"percent_bps": 0},
        {"percent_bps": 5_000},
        {"reasons": "x" * 2_000},
        {"fixed_minor": {"eur": 0}},
        {"max_minor": {"eur": 1_000_000}},
    ],
)
def test_what_is_just_within_the_limits_may_be_asked_for(said):
    assert read(NewAgreement, **{"percent_bps": 1, "reasons": "x", **said})


@pytest.mark.parametrize(
    "said",
    [
        {"percent_bps": -1},
        {"percent_bps": 5_001},
        {"reasons": ""},
        {"reasons": "x" * 2_001},
        {"fixed_minor": {"eur": -1}},
        {"min_minor": {"eur": -1}},
        {"max_minor": {"eur": 1_000_001}},
        {"anything": 1},
    ],
)
def test_what_is_just_outside_the_limits_may_not(said):
    with pytest.raises(msgspec.ValidationError):
        read(NewAgreement, **{"percent_bps": 1, "reasons": "x", **said})


@pytest.mark.parametrize(("length", "good"), [(3, False), (4, True), (20, True), (21, False)])
def test_a_vat_number_has_four_to_twenty_signs(length, good):
    if good:
        assert read(CheckedVatNumber, vat_number="E" * length, reasons="x").vat_number == "E" * length
    else:
        with pytest.raises(msgspec.ValidationError):
            read(CheckedVatNumber, vat_number="E" * length, reasons="x")


def test_a_vat_number_is_removed_by_none_and_nothing_else_is_read():
    assert read(CheckedVatNumber, vat_number=None, reasons="x").vat_number is None
    with pytest.raises(msgspec.ValidationError):
        read(CheckedVatNumber, vat_number=None, reasons="x", anything=1)


@pytest.mark.parametrize("kind", [NewAgreement, CheckedVatNumber])
def test_what_was_read_does_not_change_and_is_made_by_name(kind):
    config = kind.__struct_config__

    assert config.frozen
    with pytest.raises(TypeError):
        kind(None, "x")


def test_a_moment_is_described_as_such():
    schema = msgspec.json.schema_components([SellerTerms], ref_template="{name}")[1]["SellerTerms"]

    assert {"type": "string", "format": "date-time"} in schema["properties"]["agreed_at"]["anyOf"]
