"""The suite can fail: each deliberately broken variant of the real code is caught, and by what it breaks."""

import pytest

from marketplace.wiring import Services
from tests.crash.catching import VARIANTS, Finding, Variant, flow, wrong_amount

VARIANTS_MIN = 12
SHOWN_MAX = 160  # characters of what was found


@pytest.mark.parametrize("name", VARIANTS)
def test_a_broken_variant_is_caught_by_what_it_breaks(name, record_property):
    variant = VARIANTS[name]

    found = variant.found()

    record_property("summary", f"broken variant, {name}: {str(found)[:SHOWN_MAX]}")
    assert variant.missed(found) is None


def test_there_are_variants_enough():
    assert len({each.services for each in VARIANTS.values()}) == len(VARIANTS) >= VARIANTS_MIN


def test_a_payment_of_the_wrong_amount_completes_nothing():
    assert list(wrong_amount(Services)) == []


def test_a_variant_that_dies_of_a_mistake_of_its_own_is_not_caught_by_what_it_breaks():
    class Mistaken(Services):
        @property
        def settlement(self):
            return None

    variant = Variant(Mistaken, flow("buyer confirms"), "parked for a person", always=True)

    assert "AttributeError" in variant.missed(variant.found())


@pytest.mark.parametrize(
    ("found", "always", "caught"),
    [
        (Finding("a fault", "at once, M5 ord_1: 2 transfers; M8 eur: 1"), False, True),
        (Finding("a fault", "M8 eur: 1"), False, False),
        (Finding("a fault", "M55 ord_1"), False, False),
        (Finding("a fault", "M5 ord_1: 2 transfers; one died of TypeError()"), False, False),
        (Finding("no fault", "M5 ord_1: 2 transfers", undisturbed=True), False, False),
        (Finding("no fault", "M5 ord_1: 2 transfers", undisturbed=True), True, True),
        (Finding("a fault", "M5 ord_1: 2 transfers"), True, False),
        (None, False, False),
    ],
)
def test_only_what_is_expected_counts_as_caught(found, always, caught):
    variant = Variant(Services, flow("checkout"), "M5", always=always)

    assert (variant.missed(found) is None) is caught
