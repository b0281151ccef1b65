"""The published rules of risk: each at its edge, and what they come to together."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from marketplace.security.risk import (
    RISK_ASKS,
    RULES,
    Circumstances,
    Sighting,
    distance_km,
    is_impossible_travel,
    judge,
)

NOON = datetime(2026, 11, 2, 12, 0, tzinfo=UTC)
MADRID = Sighting(NOON, "ES", 40.4, -3.7)
NEW_YORK = Sighting(NOON, "US", 40.7, -74.0)
AT_HOME = Circumstances(here=MADRID, last=MADRID, known_device=True, countries=frozenset({"ES"}))


def later(place: Sighting, **span: float) -> Sighting:
    return replace(place, at=place.at + timedelta(**span))


def test_a_known_device_at_home_is_calm() -> None:
    judgement = judge(AT_HOME)

    assert (judgement.points, judgement.why, judgement.asks) == (0, (), False)


def test_a_new_device_alone_does_not_ask_for_more_and_in_a_new_country_it_does() -> None:
    new_device = replace(AT_HOME, known_device=False)

    assert judge(new_device).why == ("new_device",)
    assert not judge(new_device).asks
    abroad = replace(new_device, here=Sighting(NOON, "FR"))
    assert judge(abroad).why == ("new_device", "new_place")
    assert judge(abroad).asks


def test_a_country_seen_before_or_unknown_is_no_new_place() -> None:
    for here in (Sighting(NOON, "FR"), Sighting(NOON, None)):
        facts = replace(AT_HOME, here=here, countries=frozenset({"ES", "FR"}))

        assert "new_place" not in judge(facts).why


def test_the_first_country_of_all_is_no_news() -> None:
    assert "new_place" not in judge(replace(AT_HOME, countries=frozenset())).why


def test_distance_is_the_great_circles() -> None:
    assert distance_km(MADRID, NEW_YORK) == pytest.approx(5_768, abs=15)
    assert distance_km(MADRID, Sighting(NOON, "US")) is None
    assert distance_km(Sighting(NOON, latitude=0.0, longitude=0.0), Sighting(NOON, latitude=0.0, longitude=180.0)) == (
        pytest.approx(20_015, abs=2)
    )


@pytest.mark.parametrize(("hours", "impossible"), [(0.0, True), (6.3, True), (6.5, False), (48.0, False)])
def test_nobody_flies_faster_than_an_airliner(hours: float, impossible: bool) -> None:
    assert is_impossible_travel(MADRID, later(NEW_YORK, hours=hours)) is impossible


def test_places_are_known_too_badly_to_judge_a_short_way() -> None:
    toledo = Sighting(NOON, "ES", 39.9, -4.0)

    assert not is_impossible_travel(MADRID, toledo)
    assert not is_impossible_travel(None, NEW_YORK)


def test_impossible_travel_asks_for_more_on_a_known_device_too() -> None:
    facts = replace(AT_HOME, here=later(NEW_YORK, hours=1), countries=frozenset({"ES", "US"}))

    assert judge(facts).why == ("impossible_travel",)
    assert judge(facts).asks


@pytest.mark.parametrize(
    ("field", "below", "at", "rule"),
    [
        ("accounts_failing_at_address", 9, 10, "stuffing"),
        ("accounts_failing_in_network", 24, 25, "spray"),
        ("failures", 4, 5, "failures"),
    ],
)
def test_failures_around_count_from_their_edge_and_on_unknown_devices_alone(
    field: str, below: int, at: int, rule: str
) -> None:
    stranger = replace(AT_HOME, known_device=False)

    assert rule not in judge(replace(stranger, **{field: below})).why
    assert rule in judge(replace(stranger, **{field: at})).why
    assert rule not in judge(replace(AT_HOME, **{field: at})).why


def test_stuffing_and_spray_ask_a_new_device_for_more() -> None:
    for field, count in (("accounts_failing_at_address", 10), ("accounts_failing_in_network", 25)):
        assert judge(replace(AT_HOME, known_device=False, **{field: count})).asks


def test_the_same_facts_give_the_same_judgement_and_every_rule_has_a_name_of_its_own() -> None:
    facts = replace(AT_HOME, known_device=False, failures=7)

    assert judge(facts) == judge(facts)
    assert len({rule.name for rule in RULES}) == len(RULES)
    assert all(0 < rule.points for rule in RULES)
    assert sum(rule.points for rule in RULES) > RISK_ASKS
