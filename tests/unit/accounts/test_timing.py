"""A known and an unknown address take as long: on signing in, signing up and asking for a new password.

A thousand interleaved pairs each, by CPU time, over the real code, the in-memory DynamoDB and hashes that cost nothing:
in production the network and a hash of tens of milliseconds hide what is left. Each address of a pair was tried as
often before, so that nothing but the account's being there differs. What is left is an item that is found and read, and
one that is not: a hundredth or two of the whole, which a quiet machine can tell apart.
"""

import gc
import math
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import suppress

import pytest

from marketplace.accounts.errors import CredentialsWrong
from marketplace.accounts.limits import Limit, Limits
from marketplace.accounts.table_store import AccountsItem
from marketplace.kit.origin import Origin
from tests.unit.accounts.scene import PASSWORD, Scene, accounts_scene

PAIRS, PEOPLE = 1_000, 125
LOOKS_MAX = 3  # at the same question: a difference that is there shows in each, the noise of a busy machine does not
NEGLIGIBLE = 0.05  # of what one takes, as a busy machine makes everything longer: a read more is a tenth or more
SIGNIFICANT = 0.001
HERE = Origin("203.0.113.7", "Firefox")


def unlimited(name: str, *, in_succession: bool = False) -> Limit:
    return Limit(name, 10**9, 300, fails_closed=True, in_succession=in_succession)


LIMITS = Limits(
    password_by_email=(unlimited("stop", in_succession=True), unlimited("email")),
    password_by_ip=(unlimited("ip"),),
    signup_by_ip=(unlimited("signup"),),
    reset_by_email=(unlimited("reset"),),
    reset_by_ip=(unlimited("reset-ip"),),
)


def known(number: int) -> str:
    return f"known{number % PEOPLE:04d}@example.com"


def unknown(number: int) -> str:
    return f"never{number % PEOPLE:04d}@example.com"


def fresh(number: int) -> str:
    return f"fresh{number:04d}@example.com"


@pytest.fixture
def crowd() -> Iterator[Scene]:
    """People who have signed up, proved their address, and signed in once."""
    with accounts_scene(limits=LIMITS) as scene:
        for number in range(PEOPLE):
            scene.register(known(number))
            scene.enter(known(number))
        with suppress(CredentialsWrong):
            scene.enter("first@example.com")  # from now on there is what is read in place of nobody
        scene.clock.advance(hours=1)
        yield scene


def sign_in(scene: Scene) -> Callable[[str], None]:
    def ask(email: str) -> None:
        with suppress(CredentialsWrong):
            scene.sign_in.open(scene.attempt(email, "not this one at all"))

    return ask


def reset(scene: Scene) -> Callable[[str], None]:
    return lambda email: scene.services.password_reset.ask(email, HERE)


def sign_up(scene: Scene) -> Callable[[str], None]:
    return lambda email: scene.signup.sign_up(
        email=email, password=PASSWORD, display_name="Alguien", locale="es", ip=HERE.ip
    )


def pairs(scene: Scene, ask: Callable[[str], None], other: Callable[[int], str]) -> tuple[list[float], list[float]]:
    """Time both of each pair in turns, in milliseconds of CPU."""
    took: dict[bool, list[float]] = {True: [], False: []}
    gc.disable()  # a collection would fall on whichever of the two is running
    try:
        for number in range(PAIRS):
            if number % PEOPLE == 0:
                gc.collect()
                scene.clock.advance(minutes=20)
            for is_known in (True, False) if number % 2 else (False, True):
                email = known(number) if is_known else other(number)
                started = time.process_time()
                ask(email)
                took[is_known].append((time.process_time() - started) * 1_000)
                scene.dynamo.calls.clear()
    finally:
        gc.enable()
    return took[True], took[False]


def rank_sum_p(one: list[float], other: list[float]) -> float:
    """Return the two-sided p of Mann and Whitney's test, by the normal approximation."""
    ranked = sorted([(value, True) for value in one] + [(value, False) for value in other])
    ranks = sum(place for place, (_, is_one) in enumerate(ranked, 1) if is_one)
    first, second = len(one), len(other)
    spread = math.sqrt(first * second * (first + second + 1) / 12)
    deviation = (ranks - first * (first + 1) / 2 - first * second / 2) / spread
    return math.erfc(abs(deviation) / math.sqrt(2))


def difference_of(one: list[float], other: list[float]) -> float:
    """Return by how much the medians differ, as a part of the second."""
    return statistics.median(one) / statistics.median(other) - 1


@pytest.mark.parametrize(
    ("name", "make", "other"),
    [("sign-in", sign_in, unknown), ("reset", reset, unknown), ("sign-up", sign_up, fresh)],
    ids=["sign-in", "reset", "sign-up"],
)
def test_a_thousand_pairs_show_no_difference(name: str, make, other, crowd: Scene, record_property) -> None:
    for look in range(LOOKS_MAX):
        there, not_there = pairs(crowd, make(crowd), lambda number, look=look: other(number + look * PAIRS))
        difference, p = difference_of(there, not_there), rank_sum_p(there, not_there)
        if p >= SIGNIFICANT or abs(difference) < NEGLIGIBLE:
            break

    record_property("summary", f"timing of {name}: {PAIRS:,} pairs, medians differ by {difference:+.1%}, p = {p:.3g}")
    assert abs(difference) < NEGLIGIBLE or p >= SIGNIFICANT


def test_one_read_more_for_a_known_address_would_show(crowd: Scene) -> None:
    ask = reset(crowd)

    def reads_more(email: str) -> None:
        ask(email)
        if email.startswith("known"):
            with suppress(AccountsItem.DoesNotExist):
                AccountsItem.get("acc_nobody", "profile")

    there, not_there = pairs(crowd, reads_more, unknown)

    assert difference_of(there, not_there) > NEGLIGIBLE
    assert rank_sum_p(there, not_there) < SIGNIFICANT
