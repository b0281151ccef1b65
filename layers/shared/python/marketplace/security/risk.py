"""How suspicious a sign-in with the right password looks. Pure, and the same answer for the same facts.

The rules below are the whole of it: no model learns, and each sign-in's log entry names the rules that counted. From
RISK_ASKS points on the password alone is not enough: the account's factor is asked for, which it is anyway, or, where
there is none, a code from its mailbox.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from math import asin, cos, hypot, radians, sin, sqrt

RISK_ASKS = 50  # points
SPEED_MAX_KMH = 900  # an airliner's
DISTANCE_IGNORED_KM = 100  # how far an address's place may be wrong
STUFFING_ACCOUNTS_MIN = 10  # that failed from one address within the hour
SPRAY_ACCOUNTS_MIN = 25  # that failed from one network within the hour, few times each
FAILURES_MIN = 5  # in succession, on this account
EARTH_RADIUS_KM = 6_371
_HOUR_SECONDS = 3_600


@dataclass(frozen=True, slots=True)
class Sighting:
    """When and where somebody signed in; coordinates to a tenth of a degree, where they are known."""

    at: datetime
    country: str | None = None
    latitude: float | None = None
    longitude: float | None = None


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What is known when the password was right."""

    here: Sighting
    last: Sighting | None  # the sign-in before; None at the first
    known_device: bool
    countries: frozenset[str] = frozenset()  # of earlier sign-ins
    accounts_failing_at_address: int = 0
    accounts_failing_in_network: int = 0
    failures: int = 0  # in succession, before this sign-in


@dataclass(frozen=True, slots=True)
class Rule:
    """One reason for suspicion."""

    name: str
    points: int
    holds: Callable[[Circumstances], bool]


@dataclass(frozen=True, slots=True)
class Judgement:
    """The points, and the rules that gave them in the table's order."""

    points: int
    why: Sequence[str]

    @property
    def asks(self) -> bool:
        """More than the password is needed."""
        return self.points >= RISK_ASKS


def distance_km(one: Sighting, other: Sighting) -> float | None:
    """Return the great-circle distance; None unless both places are known."""
    if one.latitude is None or one.longitude is None or other.latitude is None or other.longitude is None:
        return None
    north, south = radians(one.latitude), radians(other.latitude)
    half = hypot(
        sin((north - south) / 2), sqrt(cos(north) * cos(south)) * sin(radians(one.longitude - other.longitude) / 2)
    )
    return 2 * EARTH_RADIUS_KM * asin(min(1.0, half))


def is_impossible_travel(last: Sighting | None, here: Sighting) -> bool:
    """Tell whether nobody travels from one to the other in the time between them."""
    distance = distance_km(last, here) if last else None
    if last is None or distance is None or distance < DISTANCE_IGNORED_KM:
        return False
    hours = max((here.at - last.at).total_seconds(), 0) / _HOUR_SECONDS
    return distance > SPEED_MAX_KMH * hours


def is_new_place(facts: Circumstances) -> bool:
    """Tell whether the country is known, and none of those of earlier sign-ins."""
    return bool(facts.countries) and facts.here.country is not None and facts.here.country not in facts.countries


RULES: Sequence[Rule] = (
    Rule("new_device", 20, lambda facts: not facts.known_device),
    Rule("new_place", 30, is_new_place),
    Rule("impossible_travel", 60, lambda facts: is_impossible_travel(facts.last, facts.here)),
    # On a device that the account knows the next three are somebody else's doing.
    Rule(
        "stuffing",
        40,
        lambda facts: not facts.known_device and facts.accounts_failing_at_address >= STUFFING_ACCOUNTS_MIN,
    ),
    Rule(
        "spray",
        40,
        lambda facts: not facts.known_device and facts.accounts_failing_in_network >= SPRAY_ACCOUNTS_MIN,
    ),
    Rule("failures", 20, lambda facts: not facts.known_device and facts.failures >= FAILURES_MIN),
)


def judge(facts: Circumstances) -> Judgement:
    """Apply every rule."""
    held = [rule for rule in RULES if rule.holds(facts)]
    return Judgement(sum(rule.points for rule in held), tuple(rule.name for rule in held))
