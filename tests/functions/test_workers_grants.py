"""What nobody asks for happens on grants too: each money flow, with every queue's function, the workflow's, the sweep
and the payout run held to their roles.
"""

import pytest

from tests.crash.flows import FLOWS
from tests.fakes.grants import only_its_grants
from tests.fakes.trade import Trade
from tests.fakes.world import new_world

BY_QUEUE = {
    "payments": "payment_events",
    "escrow": "escrow_clock",
    "fraud": "fraud_screening",
    "notifications": "notification_delivery",
}
DAYS = 3  # of sweeps, after the flow


def held(function, work):
    """Return work that is done on a function's own grants."""

    def done(*given, **said):
        with only_its_grants(function):
            return work(*given, **said)

    return done


def hold_to_grants(world):
    """Let every worker of this world do what its role allows, and no more."""
    consume = world._consume_from
    world._consume_from = lambda queue: held(BY_QUEUE[queue], consume)(queue)
    world._webhooks = held("stripe_webhook", world._webhooks)
    world._relay = held("outbox_relay", world._relay)
    world._execute = held("escrow", world._execute)

    def sweep():
        swept = held("sweep", swept_once)(world.services)
        held("payout_run", world.services.payout_run.run)()
        world.drain()
        return swept

    world.sweep = sweep


def swept_once(services):
    swept = services.sweep.run()
    services.reviews.reveal_due(limit=50)
    services.appeals.run(limit=20)
    services.withdrawal_matching.run(limit=50)
    services.return_clock.run(limit=50)
    services.bank_cases.tend()
    return swept


@pytest.mark.parametrize("name", FLOWS)
def test_every_worker_does_a_flow_on_its_own_grants(name):
    flow = FLOWS[name]
    with new_world(vat_country="ES") as world:
        trade = Trade(world)
        made = flow.prepare(trade)
        hold_to_grants(world)
        flow.act(trade, made)
        for _ in range(DAYS):
            world.drain()
            world.sweep()
            world.clock.advance(days=1)
