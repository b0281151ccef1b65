"""A signup address is compared, never kept."""

import pytest

from marketplace.accounts.marks import mark_of


def test_one_address_has_one_mark_and_another_has_another():
    assert mark_of("81.2.69.142", "key") == mark_of("81.2.69.142", "key")
    assert mark_of("81.2.69.142", "key") != mark_of("81.2.69.143", "key")


def test_a_household_is_one_ipv6_network():
    assert mark_of("2a00:1450:4003:80f::1", "key") == mark_of("2a00:1450:4003:80f:abcd::2", "key")
    assert mark_of("2a00:1450:4003:80f::1", "key") != mark_of("2a00:1450:4003:810::1", "key")


def test_another_deployment_marks_otherwise():
    assert mark_of("81.2.69.142", "one") != mark_of("81.2.69.142", "other")


@pytest.mark.parametrize("ip", ["127.0.0.1", "10.1.2.3", "::1", "fe80::1", "", "unknown", "81.2.69.142.1"])
def test_what_says_nothing_about_a_person_is_not_marked(ip):
    assert mark_of(ip, "key") is None


def test_nothing_is_marked_without_a_key():
    assert mark_of("81.2.69.142", "") is None
