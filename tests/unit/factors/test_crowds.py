"""One code, or one assertion, submitted fifty times at once: every interleaving that is tried accepts exactly one.

The crowd runs on the deterministic scheduler: a seed says who makes the next call, and any failure can be replayed.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from typing import Any

import msgspec
import pytest

from marketplace.accounts.admission import Caller
from marketplace.accounts.limits import Limit, Limits
from marketplace.accounts.sign_in import Attempt
from marketplace.factors.limits import FactorLimits
from marketplace.factors.model import Assertion
from marketplace.factors.wire import SignedCredential
from marketplace.kit.errors import DomainError
from tests.fakes.faults import Faults
from tests.fakes.scheduler import Outcome, Race, all_interleavings, random_interleavings
from tests.fakes.world import new_world
from tests.unit.factors.scene import PASSWORD, FewWords, Person, QuickPasswords, Scene

CROWD = 50
SEEDS = range(20)
# Wide enough that the limits, which would refuse most of a crowd by themselves, prove nothing here.
_WIDE = (Limit("wide", 10_000, 300, fails_closed=True),)
LIMITS = Limits(
    factor_by_account=_WIDE,
    factor_by_ip=(),
    password_by_ip=(),
    password_by_email=tuple(replace(limit, attempts_max=10_000) for limit in Limits().password_by_email),
)
FACTOR_LIMITS = FactorLimits(passkey_by_ip=())

Act = Callable[[Scene, Person], Callable[[], object]]


@contextmanager
def somebody(faults: Faults) -> Iterator[tuple[Scene, Person]]:
    given = {"limits": LIMITS, "factor_limits": FACTOR_LIMITS}
    with new_world(faults, passwords=QuickPasswords(), blocklist=FewWords(), **given) as world:
        scene = Scene(world)
        yield scene, scene.person()


def entering(scene: Scene, person: Person, **shown: str) -> Callable[[], object]:
    attempt = Attempt(person.email, PASSWORD, scene.origin, **shown)
    return lambda: scene.services.sign_in.open(attempt)


def with_a_code(scene: Scene, person: Person) -> Callable[[], object]:
    person.enable_totp()
    return entering(scene, person, code=person.wait_for_code())


def with_a_recovery_code(scene: Scene, person: Person) -> Callable[[], object]:
    return entering(scene, person, recovery_code=person.enable_totp()[3])


def with_a_passkey(scene: Scene, person: Person) -> Callable[[], object]:
    person.add_passkey()
    given = read(person.assertion())
    return lambda: scene.services.passkey_sign_in.open(given, Caller(scene.origin))


def read(credential: Any) -> Assertion:
    return msgspec.convert(credential, SignedCredential).answer()


def crowd(act: Act, size: int, seeds: Any) -> Iterator[Outcome]:
    """Run one race for each seed, each in a world of its own."""
    for seed in seeds:
        faults = Faults()
        with somebody(faults) as (scene, person):
            submit = act(scene, person)
            actors = {f"submission {number:02d}": submit for number in range(size)}
            race = Race(faults, actors)
            [outcome] = random_interleavings(partial(_same, race), [seed])
            yield outcome


def _same(race: Race) -> Race:
    return race


def answers(outcome: Outcome) -> Counter[str]:
    def named(error: BaseException | None) -> str:
        if error is None:
            return "accepted"
        assert isinstance(error, DomainError), repr(error)
        return error.code

    return Counter(named(result.error) for result in outcome.results.values())


@pytest.mark.parametrize(
    ("act", "refusals"),
    [
        (with_a_code, {"code_used", "unavailable"}),
        (with_a_recovery_code, {"code_wrong", "unavailable"}),
        (with_a_passkey, {"passkey_refused", "unavailable"}),
    ],
)
def test_of_fifty_submissions_at_once_exactly_one_is_accepted(
    act: Act, refusals: set[str], record_property: Callable[[str, object], None]
) -> None:
    found = [answers(outcome) for outcome in crowd(act, CROWD, SEEDS)]

    assert [each["accepted"] for each in found] == [1] * len(SEEDS)
    assert set().union(*found) <= refusals | {"accepted"}
    name = act.__name__.replace("_", " ")
    record_property("summary", f"{CROWD} submissions at once {name}: exactly 1 accepted, {len(SEEDS)} seeds")


@pytest.mark.parametrize("act", [with_a_code, with_a_recovery_code, with_a_passkey])
def test_of_two_submissions_exactly_one_is_accepted_however_their_calls_interleave(act: Act) -> None:
    tried = 0
    faults = Faults()
    with somebody(faults) as (scene, person):
        submit = act(scene, person)
        moment = scene.world.snapshot()

        def race() -> Race:
            scene.world.restore(moment)
            return Race(faults, {"one": submit, "two": submit})

        for outcome in all_interleavings(race, max_preemptions=2):
            tried += 1
            assert answers(outcome)["accepted"] == 1, str(outcome)

    assert tried > 20
