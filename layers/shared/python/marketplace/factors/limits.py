"""How often a second factor may be tried, apart from signing in; each limit says why it fails open or closed."""

from collections.abc import Sequence
from dataclasses import dataclass

from marketplace.accounts.limits import Limit

DAY_SECONDS = 86_400
_SIX_DIGITS = "six digits do not survive uncounted guessing"
_MAILBOX = "nobody's mailbox is flooded through us"


@dataclass(frozen=True, slots=True)
class FactorLimits:
    """The limits of one deployment."""

    # Of sessions that prove themselves anew, counted apart from signing in: whoever stole a session must neither guess
    # on nor lock the owner out.
    step_up_by_account: Sequence[Limit] = (
        Limit("step-up", 5, 300, fails_closed=True, why=_SIX_DIGITS),
        Limit("step-up-day", 50, DAY_SECONDS, fails_closed=True, why=_SIX_DIGITS),
    )
    # Of confirming an app that is not the factor yet.
    enrolment_by_account: Sequence[Limit] = (Limit("enrolment", 10, 300, fails_closed=True, why=_SIX_DIGITS),)
    passkey_by_ip: Sequence[Limit] = (
        Limit(
            "passkey-ip",
            100,
            300,
            fails_closed=False,
            failures_only=False,
            why="a passkey cannot be guessed, and must open when everything else is flooded",
        ),
    )
    recovery_by_email: Sequence[Limit] = (
        Limit("recovery-email", 3, 3_600, fails_closed=True, failures_only=False, why=_MAILBOX),
        Limit("recovery-email-day", 5, DAY_SECONDS, fails_closed=True, failures_only=False, why=_MAILBOX),
    )
    recovery_by_ip: Sequence[Limit] = (
        Limit("recovery-ip", 30, 3_600, fails_closed=True, failures_only=False, why=_MAILBOX),
    )
    token_by_ip: Sequence[Limit] = (
        Limit(
            "factor-token-ip",
            100,
            300,
            fails_closed=True,
            failures_only=False,
            why="what replaces a factor is never tried uncounted",
        ),
    )
    email_change_by_account: Sequence[Limit] = (
        Limit("email-change", 5, DAY_SECONDS, fails_closed=True, failures_only=False, why=_MAILBOX),
    )
