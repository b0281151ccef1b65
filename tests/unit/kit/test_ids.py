"""Ids sort by time, say what they are, and follow from facts where they should."""

import re
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from marketplace.kit.ids import RandomIds, derived_id

NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)


def test_an_id_says_what_it_is_and_fits_a_path():
    assert re.fullmatch(r"ord_[0-9a-z]{26}", RandomIds().new("ord", NOON))


def test_later_ids_sort_later():
    ids = RandomIds()

    made = [ids.new("ord", NOON + timedelta(milliseconds=step)) for step in range(50)]

    assert made == sorted(made)


def test_ids_of_one_moment_differ():
    ids = RandomIds()

    assert len({ids.new("ord", NOON) for _ in range(1_000)}) == 1_000


def test_secrets_are_long_and_differ():
    secrets = {RandomIds().secret() for _ in range(100)}

    assert len(secrets) == 100
    assert all(len(secret) == 43 for secret in secrets)


@given(st.lists(st.text(max_size=20), min_size=1, max_size=4), st.lists(st.text(max_size=20), min_size=1, max_size=4))
def test_a_derived_id_names_exactly_its_facts(one, other):
    assert (derived_id("pay", *one) == derived_id("pay", *other)) == (one == other)
