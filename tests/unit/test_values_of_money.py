"""What the money's modules pass around are values: nobody changes one, and none grows a field by a slip of the pen."""

import dataclasses
import importlib
import inspect
from datetime import timedelta

import pytest

from marketplace.kit.errors import DomainError
from marketplace.ledger import clearing

MODULES = (
    "fees.agreements",
    "fees.charging",
    "fees.model",
    "fees.schedule",
    "fees.service",
    "fees.vat",
    "ledger.clearing",
    "ledger.differences",
    "ledger.model",
    "ledger.reconciliation",
    "ledger.sifting",
    "orders.process_table",
    "payments.sweep",
)


def classes_of(name: str) -> list[type]:
    module = importlib.import_module(f"marketplace.{name}")
    found = (each for _, each in inspect.getmembers(module, inspect.isclass))
    return [each for each in found if each.__module__ == module.__name__]


VALUES = [each for name in MODULES for each in classes_of(name) if dataclasses.is_dataclass(each)]
ERRORS = [each for name in MODULES for each in classes_of(name) if issubclass(each, DomainError)]


@pytest.mark.parametrize("value", VALUES, ids=lambda each: each.__qualname__)
def test_no_value_changes(value):
    made = object.__new__(value)

    with pytest.raises(dataclasses.FrozenInstanceError):
        setattr(made, dataclasses.fields(value)[0].name, 1)
    with pytest.raises((AttributeError, TypeError)):  # CPython says it with a TypeError where there are slots
        made.anything = 1


@pytest.mark.parametrize(
    "value", [each for each in VALUES if each.__name__ != "Process"], ids=lambda each: each.__name__
)
def test_no_value_has_room_for_more_than_its_fields(value):
    assert not hasattr(object.__new__(value), "__dict__")


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("AlreadyBooked", "already_booked"),
        ("FeeRuleInvalid", "fee_rule_invalid"),
        ("TermsMoved", "terms_moved"),
        ("VatNumberInvalid", "vat_number_invalid"),
    ],
)
def test_every_refusal_has_a_code_that_clients_rely_on(name, code):
    assert {each.__name__: each.code for each in ERRORS}[name] == code
    assert len(ERRORS) == 4


@pytest.mark.parametrize("error", ERRORS, ids=lambda each: each.__name__)
def test_every_refusal_says_its_sentence_in_both_languages(error):
    assert error.title_en.endswith(".")
    assert error.title_es.endswith(".")
    assert error.title_en != error.title_es


def test_what_only_passes_through_does_so_in_a_week_or_in_the_time_that_a_bank_takes():
    assert (clearing.PASSES_WITHIN, clearing.WITH_BANK_MAX) == (timedelta(days=7), timedelta(days=120))
