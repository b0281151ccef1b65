"""The suite can fail: each deliberately broken variant of the real code is caught, and by what is said."""

import pytest

from marketplace.wiring import Services
from tests.crash.catching import VARIANTS, wrong_amount

VARIANTS_MIN = 12
SHOWN_MAX = 160  # characters of what was found


@pytest.mark.parametrize("name", VARIANTS)
def test_a_broken_variant_is_caught(name, record_property):
    caught = VARIANTS[name].caught_by()

    record_property("summary", f"broken variant, {name}: {str(caught)[:SHOWN_MAX]}")
    assert caught is not None


def test_there_are_variants_enough():
    assert len({each.services for each in VARIANTS.values()}) == len(VARIANTS) >= VARIANTS_MIN


def test_a_payment_of_the_wrong_amount_completes_nothing():
    assert list(wrong_amount(Services)) == []
