"""How long each wait of an order lasts, and how a deployment changes that."""

import re
from collections.abc import Mapping
from datetime import timedelta
from types import MappingProxyType

_MINUTE, _HOUR, _DAY = 60, 3_600, 86_400
_UNITS = {"s": 1, "m": _MINUTE, "h": _HOUR, "d": _DAY}
_OVERRIDE = re.compile(r"^(?P<name>[a-z_]+)=(?P<count>[1-9][0-9]{0,5})(?P<unit>[smhd])$")

# Seconds. The order process names these; a deployment may override any of them (TIMERS).
DEFAULT_TIMERS: Mapping[str, int] = MappingProxyType(
    {
        "unpaid": 15 * _MINUTE,
        "unshipped": 14 * _DAY,
        "undelivered": 30 * _DAY,
        "unproven": 60 * _DAY,
        "inspection_trader": 14 * _DAY,  # the withdrawal period of Directive 2011/83/EU, article 9
        "inspection_private": 3 * _DAY,
        "hold": 60 * _DAY,
        "dispute_answer": 5 * _DAY,  # version 1: holds three business days whatever the weekday
        "answer_business_days": 3 * _DAY,
        "dispute_decision": 60 * _DAY,
        "chargeback": 120 * _DAY,
        "review_window": 14 * _DAY,
        # Version 2 of the process
        "handling_grace": 7 * _DAY,  # after the promised day of shipment
        "delivery_grace": 20 * _DAY,  # after the promised day of delivery
        "unconfirmed": 14 * _DAY,  # a service that its seller reported done
        "return": 100 * _DAY,  # longer than any one return, exchange or claim takes by its own waits
        "negotiation": 7 * _DAY,
        "appeal_wait": 7 * _DAY,  # before a decision is carried out
        "appeal_decision": 30 * _DAY,
        # Before a deadline, not after an event
        "ship_reminder": 2 * _DAY,
        "inspection_reminder": 2 * _DAY,
        "answer_reminder": _DAY,
        "talk_reminder": 2 * _DAY,
    }
)


# Promised days of a listing that says nothing: from payment to shipment, and from there to delivery.
DEFAULT_PROMISES: Mapping[str, int] = MappingProxyType({"handling": 7, "delivery": 10})

# Waits of payouts that a deployment may set too; what they are otherwise stands where they are used
# (factors/cooling.py, payouts/schedule.py, payouts/reserve.py).
PAYOUT_TIMERS = ("cooling", "payout_date", "reserve")


class BadTimers(ValueError):
    """TIMERS names an unknown timer or a length that is not a number with a unit."""


class Timers:
    """Durations by name: the defaults, with a deployment's overrides on top."""

    def __init__(self, overrides: str = "") -> None:
        """Read overrides such as `unshipped=20s,inspection_trader=1h`.

        Raises: BadTimers.
        """
        self._overridden = dict(_read(part) for part in overrides.split(",") if part.strip())
        self._seconds = {**DEFAULT_TIMERS, **self._overridden}

    def seconds(self, name: str) -> int:
        return self._seconds[name]

    def is_overridden(self, name: str) -> bool:
        """Say whether the deployment sets this length itself: then it counts alone, without promises or weekends."""
        return name in self._overridden

    def length(self, name: str) -> timedelta:
        return timedelta(seconds=self._seconds[name])

    def own(self, name: str) -> timedelta | None:
        """Return the length that the deployment set itself; None when it did not."""
        return self.length(name) if name in self._overridden else None


def _read(part: str) -> tuple[str, int]:
    found = _OVERRIDE.match(part.strip())
    if not found or found["name"] not in (*DEFAULT_TIMERS, *PAYOUT_TIMERS):
        known = ", ".join((*DEFAULT_TIMERS, *PAYOUT_TIMERS))
        raise BadTimers(f"{part.strip()!r} is not like unshipped=20s; timers are: {known}")
    return found["name"], int(found["count"]) * _UNITS[found["unit"]]
