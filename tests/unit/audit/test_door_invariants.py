"""Each promise about the ways into accounts finds the breach that is planted for it, and nothing in a sound one."""

from dataclasses import replace

import pytest

from marketplace.audit.doors import DOORS
from marketplace.audit.view import Door
from tests.unit.audit.test_staff_invariants import SOUND as VIEW

SOUND = Door(
    "acc_one",
    locked=False,
    has_factor=True,
    live_sessions=2,
    passkeys_counted=1,
    passkeys_stored=1,
    passkeys_claimed=1,
    recovery_codes=10,
)


def broken(door):
    return {violation.rule for predicate in DOORS for violation in predicate(replace(VIEW, doors=[door]))}


@pytest.mark.parametrize(
    "door", [SOUND, replace(SOUND, locked=True, live_sessions=0), replace(SOUND, recovery_codes=0)]
)
def test_a_sound_account_breaks_nothing(door):
    assert broken(door) == set()


@pytest.mark.parametrize(
    ("door", "rule"),
    [
        (replace(SOUND, locked=True), "A1"),
        (replace(SOUND, passkeys_counted=2), "A2"),
        (replace(SOUND, passkeys_stored=0), "A2"),
        (replace(SOUND, passkeys_claimed=0), "A2"),
        (replace(SOUND, recovery_codes=11), "A3"),
        (replace(SOUND, has_factor=False, passkeys_counted=0, passkeys_stored=0, passkeys_claimed=0), "A3"),
    ],
)
def test_a_planted_breach_is_found(door, rule):
    assert broken(door) == {rule}
