"""What nobody asks for happens on grants too: each money flow, with every queue's function, the workflow's, the sweep
and the payout run held to their roles. In the end the audit's function judges all of it, order by order.
"""

import pytest

from tests.crash.flows import FLOWS
from tests.crash.payout_deeds import due, released
from tests.crash.refund_deeds import pay_out as pay_out_by_hand
from tests.fakes.grants import GrantMissing, only_its_grants
from tests.fakes.trade import Trade
from tests.fakes.world import new_world

BY_QUEUE = {
    "payments": "payment_events",
    "escrow": "escrow_clock",
    "fraud": "fraud_screening",
    "notifications": "notification_delivery",
}
DAYS = 3  # of sweeps, after the flow
SENT_AWAY = "P12"  # some flows empty an account at Stripe by a payout that is none of ours


class Held:
    """A world whose workers are held to their roles; `lacking` is what they did beyond."""

    def __init__(self, world):
        self.world, self.lacking = world, []
        consume = world._consume_from
        world._consume_from = lambda queue: self.doing(BY_QUEUE[queue], consume)(queue)
        world._webhooks = self.doing("stripe_webhook", world._webhooks)
        world._relay = self.doing("outbox_relay", world._relay)
        world._execute = self.doing("escrow", world._execute)
        world.sweep = self.sweep

    def audited(self):
        """Judge every order and every seller by itself; return the rules that are broken."""
        audit, view = self.world.services.audit, self.world.view()
        orders = [audit.of_order(each.order_id) for each in view.orders]
        sellers = [audit.of_seller(each) for each in sorted({each.seller_id for each in view.orders})]
        return {found.rule for report in (*orders, *sellers) for found in report.found}

    def doing(self, function, work):
        """Return work that is done on a function's own grants."""

        def done(*given):
            try:
                with only_its_grants(function):
                    result = work(*given)
            except GrantMissing as missing:
                self.lacking.append(str(missing))
            return result

        return done

    def sweep(self):
        swept = self.doing("sweep", swept_once)(self.world.services)
        self.doing("payout_run", paid_out_once)(self.world.services)
        self.world.drain()
        return swept


def swept_once(services):
    swept = services.sweep.run()
    services.reviews.reveal_due(limit=50)
    services.appeals.run(limit=20)
    services.withdrawal_matching.run(limit=50)
    services.return_clock.run(limit=50)
    services.bank_cases.tend()
    services.backlog.look()
    return swept


def paid_out_once(services):
    services.payout_run.run()
    services.payout_run.stuck()


@pytest.mark.parametrize("name", FLOWS)
def test_every_worker_does_a_flow_on_its_own_grants(name):
    flow = FLOWS[name]
    with new_world(vat_country="ES") as world:
        trade = Trade(world)
        made = flow.prepare(trade)
        held = Held(world)
        flow.act(trade, made)
        for _ in range(DAYS):
            world.drain()
            world.sweep()
            world.clock.advance(days=1)
        broken = held.doing("audit_run", held.audited)()

    assert held.lacking == []
    assert broken <= {SENT_AWAY}


def test_the_nightly_proof_counts_compares_and_stops_on_its_own_grants():
    with new_world(vat_country="ES") as world:
        trade = Trade(world)
        due(trade)
        world.services.payout_run.run()  # one balance has a payout in transit, another is missing at Stripe
        robbed = released(trade)
        pay_out_by_hand(trade, robbed)
        with only_its_grants("solvency_run"):
            made = world.services.solvency.run()

    assert [each.purse.seller_id for each in made.missing] == [robbed.seller_id]
