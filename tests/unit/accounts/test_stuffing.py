"""Credential stuffing: ten thousand attempts on a hundred accounts, and what reaches the hash.

In ten parts of ten accounts, which lie apart in everything but the code, so that no part takes long.
"""

from collections import Counter

import pytest

from marketplace.accounts.errors import CredentialsWrong
from marketplace.kit.errors import DomainError, Limited
from tests.unit.accounts.scene import Scene, accounts_scene

PARTS, ACCOUNTS, ATTEMPTS = 10, 10, 1_000  # accounts and attempts of one part
ROUND = 10 * ACCOUNTS  # attempts within five minutes: ten on each account
REACHING_MAX = 100  # of one account, before only its owner gets on
WRONG = "nueve perros duermen al sol"


def crowd(scene: Scene, part: int) -> dict[str, str]:
    """Register the accounts and give each owner one known device."""
    devices = {}
    for number in range(part * ACCOUNTS, (part + 1) * ACCOUNTS):
        email = f"person{number}@example.com"
        scene.register(email)
        devices[email] = scene.enter(email, ip="192.0.2.1").device_token or ""
    return devices


@pytest.mark.parametrize("part", range(PARTS))
def test_of_ten_thousand_attempts_at_most_a_hundred_an_account_reach_the_hash(part: int, record_property) -> None:
    with accounts_scene() as scene:
        devices = crowd(scene, part)
        emails, reached, refused, owners = list(devices), Counter[str](), Counter[str](), 0
        for attempt in range(ATTEMPTS):
            email, before = emails[attempt % ACCOUNTS], scene.passwords.compared
            try:
                scene.enter(email, WRONG, ip=f"10.{attempt % 199}.{attempt // 199}.7")
            except CredentialsWrong:
                refused["wrong"] += 1
            except Limited as limited:
                refused[limited.code] += 1
            reached[email] += scene.passwords.compared - before
            if attempt % ROUND == ROUND - 1:
                owners += sum(bool(scene.enter(owner, device_token=token)) for owner, token in devices.items())
                scene.clock.advance(minutes=5)

    record_property(
        "summary",
        f"stuffing, part {part + 1:2} of {PARTS}: {ATTEMPTS:,} attempts on {ACCOUNTS} accounts, at most "
        f"{max(reached.values())} reached the hash of one; all {owners} sign-ins of owners on known devices went in",
    )
    assert sum(refused.values()) == ATTEMPTS
    assert max(reached.values()) <= REACHING_MAX
    assert owners == ATTEMPTS // ROUND * ACCOUNTS


def test_a_patient_attacker_of_one_account_is_stopped_at_a_hundred_for_good() -> None:
    with accounts_scene() as scene:
        scene.register()
        scene.passwords.compared = 0
        for attempt in range(300):
            try:
                scene.enter(password=WRONG, ip=f"10.0.{attempt % 250}.7")
            except DomainError:
                scene.clock.advance(minutes=3)
        scene.clock.advance(days=30)
        for attempt in range(20):
            try:
                scene.enter(password=WRONG, ip=f"10.1.{attempt}.7")
            except DomainError:
                scene.clock.advance(days=1)

        assert scene.passwords.compared == REACHING_MAX
