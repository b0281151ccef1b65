"""An outcome is noted, whatever else of the same check was noted meanwhile."""

from tests.unit.meanwhile import Then, delivered
from tests.unit.verification.test_verification import begin, logged, sessions


def test_an_outcome_is_noted_though_an_earlier_step_was_committed_meanwhile(world, trade):
    person = trade.person()
    begin(trade, person)
    world.drain()
    session = sessions(trade)[-1]["id"]
    first, second = world.new_services().verification, world.new_services().verification
    world.stripe.submit_identity(session)
    early = first._checks.read(session)
    world.stripe.verify_identity(session)

    class Early:
        def __getattr__(self, name):
            return getattr(trade.services.verification._checks, name)

        def read(self, _session):
            return early

    first._checks = Early()
    second._identities = Then(second._identities, "read", lambda: delivered(first.follow, session))

    delivered(second.follow, session)

    assert trade.services.verification.mine(person).status == "verified"
    assert logged(trade, person) == ["identity:started", "identity:verified"]


def test_what_stripe_removed_in_the_end_stays_noted(world, trade):
    person = trade.person()
    begin(trade, person)
    world.drain()
    session = sessions(trade)[-1]["id"]
    world.stripe.verify_identity(session)
    world.drain()
    slow = world.new_services().verification

    def removed():
        world.clock.advance(days=1)
        world.stripe.tick()
        world.drain()

    slow._checks = Then(slow._checks, "read", removed)
    delivered(slow.follow, session)
    world.drain()

    assert trade.services.verification.mine(person).redaction == "done"
