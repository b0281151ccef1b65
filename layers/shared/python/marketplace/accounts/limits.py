"""How often something may be tried, and what happens when the counters themselves fail.

Windows are fixed: the n-th stretch of `window_seconds` since 1970, so that a counter is one item and one write.
At the edge of two windows twice the number is possible, which the daily limits bound.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `attempts_max` in a window for one subject.

    `fails_closed`: refuse when the counter cannot be written, rather than let an uncounted attempt through.
    `failures_only`: an attempt that succeeds is given back.
    """

    name: str
    attempts_max: int
    window_seconds: int
    fails_closed: bool
    failures_only: bool = True

    def window_start(self, now: datetime) -> int:
        """Return the present window's beginning, in seconds since 1970."""
        return int(now.timestamp()) // self.window_seconds * self.window_seconds

    def window_end(self, now: datetime) -> int:
        """Return the moment from which attempts count anew, in seconds since 1970."""
        return self.window_start(now) + self.window_seconds


@dataclass(frozen=True, slots=True)
class Limits:
    """The limits of one deployment; passwords and second factors are never counted together."""

    # By the address that was typed, so that a known and an unknown one are limited alike. Closed: an attacker can
    # make one account's counter contended, and must not get rid of it by that.
    password_by_email: Sequence[Limit] = (Limit("password-email", 10, 300, fails_closed=True),)
    # Open: many people share an address behind a carrier, and their number must not lock them out when busy.
    password_by_ip: Sequence[Limit] = (Limit("password-ip", 100, 300, fails_closed=False, failures_only=False),)
    # Beside a mailed link or a session, and counted apart from signing in: whoever stole one must neither guess on nor
    # lock the owner out. Closed: the same reason as for the address.
    password_by_account: Sequence[Limit] = (
        Limit("password-account", 5, 300, fails_closed=True),
        Limit("password-account-day", 50, 86_400, fails_closed=True),
    )
    # Closed throughout: six digits do not survive uncounted guessing.
    factor_by_account: Sequence[Limit] = (
        Limit("factor", 5, 300, fails_closed=True),
        Limit("factor-day", 50, 86_400, fails_closed=True),
    )
    factor_by_ip: Sequence[Limit] = (Limit("factor-ip", 100, 3_600, fails_closed=True, failures_only=False),)
    # Open: a flood of new accounts costs us hashing time, which the function's concurrency bounds.
    signup_by_ip: Sequence[Limit] = (Limit("signup-ip", 300, 3_600, fails_closed=False, failures_only=False),)
    # Closed: nobody's mailbox is flooded through us, whether or not the address has an account.
    mail_by_email: Sequence[Limit] = (Limit("mail-email", 5, 3_600, fails_closed=True, failures_only=False),)
