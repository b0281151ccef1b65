"""A return that cannot be ended as published takes no other's turn."""

from datetime import timedelta

from marketplace.payments.refund_model import RefundTooLarge
from marketplace.returns.clock import POSTPONED
from tests.unit.returns.test_returns import ask, bought


class Refusing:
    """Steps of which every one is refused for good."""

    def plan(self, *_given, **_named):
        raise RefundTooLarge


def test_what_is_refused_for_good_is_looked_at_again_later_and_not_at_every_run(trade, world):
    order = bought(trade)
    made = ask(trade, order)
    due_at = made.due_at + timedelta(minutes=1)
    world.clock.set(due_at)
    world.services.return_clock._steps = Refusing()

    done = world.services.return_clock.run(10)

    rows = world.services.return_clock._rows
    assert (done, rows.due(world.clock.now(), 10)) == (0, [])
    assert rows.read(made.return_id).due_at == due_at + POSTPONED
    world.restart()
    world.clock.advance(seconds=POSTPONED.total_seconds())
    assert world.services.return_clock.run(10) == 1
