"""Count attempts before they are made, so that any number at once cannot pass a limit together."""

import ipaddress
from collections.abc import Sequence
from datetime import datetime

from marketplace.accounts.limits import Limit
from marketplace.accounts.ports import AttemptStore
from marketplace.kit.clock import Clock
from marketplace.kit.errors import Unavailable
from marketplace.kit.writes import Transactions, Write

HOUSEHOLD_BITS = 64  # of an IPv6 address: what one customer has, and may choose freely within
Rule = tuple[Limit, str]  # a limit, and the subject that it counts


class Attempts:
    """Takes attempts from counters, and gives back those that succeeded."""

    def __init__(self, *, clock: Clock, transactions: Transactions, store: AttemptStore) -> None:
        self._clock = clock
        self._transactions = transactions
        self._store = store

    def take(self, *groups: tuple[Sequence[Limit], str], alongside: Sequence[Write] = ()) -> list[Write]:
        """Count one attempt under every limit, in one round trip, and apply `alongside` only if it counts.

        Returns the writes that give it back, for the transaction in which the attempt succeeds.

        Raises: TooManyAttempts; Unavailable when a limit that fails closed could not be counted.
        """
        now = self._clock.now()
        rules = [(limit, counted_as(subject)) for limits, subject in groups for limit in limits]
        try:
            return self._count(rules, alongside, now)
        except Unavailable:
            closed = [rule for rule in rules if rule[0].fails_closed]
            if len(closed) == len(rules):
                raise
            return self._count(closed, alongside, now)

    def _count(self, rules: Sequence[Rule], alongside: Sequence[Write], now: datetime) -> list[Write]:
        writes = [*(self._store.take(limit, subject, now) for limit, subject in rules), *alongside]
        if writes:
            self._transactions.commit(writes)
        return [self._store.give_back(limit, subject, now) for limit, subject in rules if limit.failures_only]


def counted_as(subject: str) -> str:
    """Return what is counted for a subject: of an IPv6 address its network, and anything else as it is."""
    if ":" not in subject:
        return subject
    try:
        address = ipaddress.IPv6Address(subject)
    except ValueError:
        return subject
    if address.ipv4_mapped is not None:
        return str(address.ipv4_mapped)
    return str(ipaddress.ip_network((address, HOUSEHOLD_BITS), strict=False))
