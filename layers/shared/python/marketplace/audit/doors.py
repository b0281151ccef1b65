"""A: what is promised about the ways into an account.

A1 a locked account has no live session, but those of support's visits
A2 the passkeys that an account counts are those that are stored, each claimed for it
A3 recovery codes stand only beside a factor, ten at most
"""

from collections.abc import Callable, Iterable, Iterator

from marketplace.audit.view import View, Violation
from marketplace.factors.recovery_codes import RECOVERY_CODES


def locked_is_shut(view: View) -> Iterator[Violation]:
    """A1: nobody goes on in an account whose owner reported a stranger."""
    for door in view.doors:
        if door.locked and door.live_sessions:
            yield Violation("A1", door.account_id, f"locked, with {door.live_sessions} live sessions")


def passkeys_are_counted(view: View) -> Iterator[Violation]:
    """A2: the count decides whether a password alone opens the account, so it must be right."""
    for door in view.doors:
        if not door.passkeys_counted == door.passkeys_stored == door.passkeys_claimed:
            seen = f"{door.passkeys_counted} counted, {door.passkeys_stored} stored, {door.passkeys_claimed} claimed"
            yield Violation("A2", door.account_id, seen)


def codes_stand_beside_a_factor(view: View) -> Iterator[Violation]:
    """A3: a code that outlives the last factor would be a password that nobody chose."""
    for door in view.doors:
        if door.recovery_codes > (RECOVERY_CODES if door.has_factor else 0):
            yield Violation("A3", door.account_id, f"{door.recovery_codes} codes, factor: {door.has_factor}")


DOORS: tuple[Callable[[View], Iterable[Violation]], ...] = (
    locked_is_shut,
    passkeys_are_counted,
    codes_stand_beside_a_factor,
)
