"""Durations by name, and how a deployment shortens them."""

from datetime import timedelta

import pytest

from marketplace.orders.timers import DEFAULT_TIMERS, BadTimers, Timers


@pytest.mark.parametrize(("unit", "seconds"), [("s", 7), ("m", 420), ("h", 25_200), ("d", 604_800)])
def test_a_length_is_a_number_with_a_unit(unit, seconds):
    assert Timers(f"unshipped=7{unit}").seconds("unshipped") == seconds


def test_what_is_not_overridden_keeps_its_default():
    timers = Timers(" unshipped=20s , inspection_trader=1h ")

    changed = {name for name in DEFAULT_TIMERS if timers.seconds(name) != DEFAULT_TIMERS[name]}
    assert changed == {"unshipped", "inspection_trader"}
    assert timers.length("inspection_trader") == timedelta(hours=1)


@pytest.mark.parametrize("text", ["", " ", ",", " , "])
def test_nothing_said_is_the_defaults(text):
    assert all(Timers(text).seconds(name) == DEFAULT_TIMERS[name] for name in DEFAULT_TIMERS)


@pytest.mark.parametrize(
    "text", ["unshipped=1234567s", "unshipped=5S", "unshipped=٣s", "unshipped=5s;", "UNSHIPPED=5s", "unshipped==5s"]
)
def test_what_makes_no_sense_is_refused_with_what_would(text):
    with pytest.raises(BadTimers, match="unshipped=20s"):
        Timers(text)


def test_the_reservation_is_a_quarter_of_an_hour_and_withdrawal_a_fortnight():
    timers = Timers()

    assert timers.length("unpaid") == timedelta(minutes=15)
    assert timers.length("inspection_trader") == timedelta(days=14)


def test_a_deployment_may_set_the_waits_of_payouts_which_have_their_defaults_elsewhere():
    timers = Timers("cooling=20s,reserve=1h")

    assert timers.own("cooling") == timedelta(seconds=20)
    assert timers.own("reserve") == timedelta(hours=1)
    assert timers.own("payout_date") is None
    assert timers.own("unshipped") is None
