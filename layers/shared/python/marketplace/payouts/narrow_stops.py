"""Stop no more than what is wrong: the narrowest scope that can be stopped, and everything when too many are wrong."""

from collections.abc import Sequence
from contextlib import suppress
from typing import Protocol

from marketplace.payouts.switch import Change, UnknownScope

STOPS_MAX = 25  # scopes stopped one by one in a run, each lifted by two people; with more, something general is wrong
REASONS_LENGTH_MAX = 500  # characters


class Switch(Protocol):
    """The kill switch."""

    def stop_unless_lifted(self, scope: str, cause: str, reasons: str) -> Change | None: ...


def stop_narrowest(switch: Switch, scopes: Sequence[str], cause: str, reasons: str) -> tuple[str, Change | None]:
    """Stop the first of `scopes`, the narrowest first, that there is; return it, and None where people lifted this.

    An order that is not there, or whose book cannot be read, is no scope: then its seller, or its currency, is.

    Raises: Unavailable.
    """
    *narrow, widest = scopes
    told = reasons[:REASONS_LENGTH_MAX]
    for scope in narrow:
        with suppress(UnknownScope, ValueError):
            return scope, switch.stop_unless_lifted(scope, cause, told)
    return widest, switch.stop_unless_lifted(widest, cause, told)
