"""Stop no more than what is wrong: the narrowest scope that can be stopped, and everything when too many are wrong."""

import hashlib
from collections.abc import Sequence
from contextlib import suppress
from typing import Protocol

from marketplace.ledger.sifting import NO_SENSE
from marketplace.payouts.switch import Change, StopOvertaken, UnknownScope

STOPS_MAX = 25  # scopes stopped one by one in a run, each lifted by two people; beyond, something general is wrong
REASONS_LENGTH_MAX = 500  # characters
_HASH_LENGTH = 16  # hexadecimal digits


class Switch(Protocol):
    """The kill switch."""

    def stop_unless_lifted(self, scope: str, cause: str, reasons: str, marks: Sequence[str] = ()) -> Change | None: ...


def stop_narrowest(
    switch: Switch, scopes: Sequence[str], cause: str, reasons: str, marks: Sequence[str] = ()
) -> tuple[str, Change | None]:
    """Stop the first of `scopes`, the narrowest first, that there is; return it, and None where people lifted this.

    An order that is not there, or whose book cannot be read, is no scope: then its seller, or its currency, is. So too
    where an order can never be stopped, because what it holds is another thing at every try.

    Raises: Unavailable.
    """
    *narrow, widest = scopes
    told = in_short(reasons)
    for scope in narrow:
        with suppress(UnknownScope, StopOvertaken, *NO_SENSE):
            return scope, switch.stop_unless_lifted(scope, cause, told, marks)
    return widest, switch.stop_unless_lifted(widest, cause, told, marks)


def in_short(reasons: str) -> str:
    """Cut reasons where nobody reads on; the hash of the whole keeps apart what differs behind the cut."""
    if len(reasons) <= REASONS_LENGTH_MAX:
        return reasons
    mark = f"... [{hash_of_reasons(reasons)}]"
    return reasons[: REASONS_LENGTH_MAX - len(mark)] + mark


def hash_of_reasons(reasons: str) -> str:
    """Return what tells reasons apart that read alike."""
    return hashlib.sha256(reasons.encode()).hexdigest()[:_HASH_LENGTH]
