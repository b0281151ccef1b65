"""However an order lives, its parties' months add up: to each other, to the books, and the buyer's to Stripe."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.crash.flows import FLOWS
from tests.crash.histories import History
from tests.crash.lean import lean_sdk
from tests.fakes.dynamo_short import short_way
from tests.fakes.faults import Faults
from tests.fakes.trade import Trade
from tests.fakes.world import World, new_world
from tests.unit.statements.adding_up import check

DEEDS = 14  # of a history
TOLD_MIN = 2  # lines of a history: a payment, and what became of it
# What random histories have no deeds for: payments that come too late, and money that could not be sent.
ENDINGS = (
    *("late payment", "late payment kept by a bank", "late payment given back by a bank"),
    *("unclaimed late payment, the bank pays", "unclaimed late payment sent again, the bank pays"),
    *("unclaimed money goes to the buyer", "unclaimed money is kept", "unclaimed money is paid outside"),
    *("unclaimed money, the bank pays", "unclaimed money sent again, the bank pays"),
    *("unclaimed money back to its seller", "a seller's unclaimed money goes to the buyer"),
    *("refund of all that is unclaimed", "award overtaken by a bank", "lost chargeback won later"),
    *(
        "unclaimed money goes to the seller",
        "refund out of unclaimed money",
        "transfer waited too long for a bank account",
    ),
)


@contextmanager
def a_world() -> Iterator[World]:
    with lean_sdk(), new_world(faults=Faults(), vat_country="ES") as world, short_way(world.dynamo):
        yield world


@pytest.mark.parametrize("name", ENDINGS)
def test_however_money_ended_its_parties_months_add_up(name):
    with a_world() as world:
        trade, flow = Trade(world), FLOWS[name]
        flow.act(trade, flow.prepare(trade))
        world.drain()

        assert check(world) > 0


@pytest.mark.parametrize("seed", range(4))
def test_over_a_random_history_months_add_up(seed):
    with a_world() as world:
        History(world, world.faults, seed, version=2, deploys_at=None).run(DEEDS)

        assert check(world) >= TOLD_MIN
