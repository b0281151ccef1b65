"""How often something may be tried, and what happens when the counters themselves fail.

Windows are fixed: the n-th stretch of `window_seconds` since 1970, so that a counter is one item and one write.
At the edge of two windows twice the number is possible, which the daily limits bound. Numbers and their reasons:
docs/security/limits.md, which a test holds equal to this table.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from datetime import datetime

DAY_SECONDS = 86_400
# How long a row of failures in succession is remembered after the last of them.
SUCCESSION_KEPT_SECONDS = 400 * DAY_SECONDS
FAILURES_IN_SUCCESSION_MAX = 100  # of one authenticator (NIST SP 800-63B-4, 3.2.2)


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `attempts_max` in a window for one subject.

    `fails_closed`: refuse when the counter cannot be written, rather than let an uncounted attempt through.
    `failures_only`: an attempt that succeeds is given back.
    `in_succession`: no window: the count stands until an attempt succeeds, which sets it to nothing.
    """

    name: str
    attempts_max: int
    window_seconds: int
    fails_closed: bool
    failures_only: bool = True
    in_succession: bool = False
    why: str = ""  # it fails open or closed

    def window_start(self, now: datetime) -> int:
        """Return the present window's beginning, in seconds since 1970."""
        return 0 if self.in_succession else int(now.timestamp()) // self.window_seconds * self.window_seconds

    def window_end(self, now: datetime) -> int:
        """Return the moment from which attempts count anew, in seconds since 1970."""
        start = int(now.timestamp()) if self.in_succession else self.window_start(now)
        return start + self.window_seconds


def _succession(name: str, why: str) -> Limit:
    return Limit(
        name, FAILURES_IN_SUCCESSION_MAX, SUCCESSION_KEPT_SECONDS, fails_closed=True, in_succession=True, why=why
    )


_CONTENDED = "whoever floods one account's counter must not get rid of it by that"
_SIX_DIGITS = "six digits do not survive uncounted guessing"
_SHARED = "many people share an address behind a carrier; a busy counter must not lock them out"
_PROBED = "a function open to everybody must not tell of orders, nor flood a mailbox"
_STOLEN = "whoever stole a link or a session must not guess on uncounted"


@dataclass(frozen=True, slots=True)
class Limits:
    """The limits of one deployment; passwords and second factors are never counted together."""

    # On devices that the account does not know, by the address that was typed, so that a known and an unknown one are
    # limited alike. A device that the account knows has counters of its own, which no stranger reaches.
    password_by_email: Sequence[Limit] = (
        _succession("password-stop", "guessing ends here, and a reset by mail goes on"),  # first: it says most
        Limit("password-email", 10, 300, fails_closed=True, why=_CONTENDED),
        Limit("password-email-day", 100, DAY_SECONDS, fails_closed=True, why=_CONTENDED),
    )
    password_by_device: Sequence[Limit] = (
        _succession("password-device-stop", "the same hard stop, apart from everybody else's failures"),
        Limit("password-device", 10, 300, fails_closed=True, why="a stolen device must not guess on uncounted"),
    )
    # Not asked of a device that the account knows: a stranger behind the same address must not lock it out.
    password_by_ip: Sequence[Limit] = (
        Limit("password-ip", 100, 300, fails_closed=False, failures_only=False, why=_SHARED),
    )
    # Beside a mailed link or a session, and counted apart from signing in: whoever stole one must neither guess on nor
    # lock the owner out.
    password_by_account: Sequence[Limit] = (
        Limit("password-account", 5, 300, fails_closed=True, why=_STOLEN),
        Limit("password-account-day", 50, DAY_SECONDS, fails_closed=True, why=_STOLEN),
    )
    # The app's codes, recovery codes and mailed codes together.
    factor_by_account: Sequence[Limit] = (
        Limit("factor", 5, 300, fails_closed=True, why=_SIX_DIGITS),
        Limit("factor-day", 50, DAY_SECONDS, fails_closed=True, why=_SIX_DIGITS),
    )
    # On a device that the account knows, apart from strangers who have the password.
    factor_by_device: Sequence[Limit] = (
        Limit("factor-device", 5, 300, fails_closed=True, why=_SIX_DIGITS),
        Limit("factor-device-day", 50, DAY_SECONDS, fails_closed=True, why=_SIX_DIGITS),
    )
    factor_by_ip: Sequence[Limit] = (
        Limit("factor-ip", 100, 3_600, fails_closed=True, failures_only=False, why=_SIX_DIGITS),
    )
    signup_by_ip: Sequence[Limit] = (
        Limit(
            "signup-ip",
            300,
            3_600,
            fails_closed=False,
            failures_only=False,
            why="a flood of accounts costs hashing time, which the function's concurrency bounds",
        ),
    )
    mail_by_email: Sequence[Limit] = (
        Limit(
            "mail-email",
            5,
            3_600,
            fails_closed=True,
            failures_only=False,
            why="nobody's mailbox is flooded through us, whether or not the address has an account",
        ),
    )
    reset_by_email: Sequence[Limit] = (
        Limit(
            "reset-email",
            5,
            DAY_SECONDS,
            fails_closed=True,
            failures_only=False,
            why="a way back in must not become a way to flood a mailbox",
        ),
    )
    # Links that somebody presents: 256 random bits need no limit, the hashing of the new password does.
    reset_by_ip: Sequence[Limit] = (
        Limit(
            "reset-ip",
            60,
            3_600,
            fails_closed=True,
            failures_only=False,
            why="what replaces a password is never tried uncounted",
        ),
    )

    # A public function, and a right: nothing that a stranger can name - an order, an address - shuts it for its buyer.
    withdrawal_by_ip: Sequence[Limit] = (
        Limit("withdrawal-ip", 20, 3_600, fails_closed=True, failures_only=False, why=_PROBED),
    )
    # Refuses nothing: beyond it a statement counts, and its address gets no mail about it.
    withdrawal_by_email: Sequence[Limit] = (
        Limit("withdrawal-email", 5, DAY_SECONDS, fails_closed=True, failures_only=False, why=_PROBED),
    )

    def of_factor(self, account_id: str, device_hash: str | None, ip: str) -> tuple[tuple[Sequence[Limit], str], ...]:
        """Return what a second factor is counted by: a device that the account knows by itself alone."""
        if device_hash is not None:
            return ((self.factor_by_device, f"{account_id}#{device_hash}"),)
        return ((self.factor_by_account, account_id), (self.factor_by_ip, ip))

    def every(self) -> Iterator[tuple[str, Limit]]:
        """Name each limit with the group that it stands in."""
        for group in fields(self):
            for limit in getattr(self, group.name):
                yield group.name, limit
