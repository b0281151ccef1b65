import json

import pytest

from infra.local.stripe import Endpoint, LocalStripe
from infra.local.stripe.__main__ import main
from infra.local.stripe.coverage import table
from infra.local.stripe.keeper import Keeper
from infra.local.stripe.routes import REGISTRY
from tests.local_stripe.shop import Receiver, Shop


@pytest.fixture
def reborn(shop, clock, description):
    """Return a shop on a new core that took up the old one's state by way of JSON."""

    def rebirth():
        core = LocalStripe(clock=clock, seed=7, check=description)
        core.load(json.loads(json.dumps(shop.core.dump())))
        return Shop(core, clock)

    return rebirth


def test_money_objects_and_timers_survive_a_restart(shop, reborn):
    seller = shop.seller()
    charge = shop.charge(10_000)
    shop.transfer(seller, 9_000, source_transaction=charge.id)

    after = reborn()

    assert after.core.balances() == shop.core.balances()
    after.core.audit()
    after.settle()
    assert (after.held(), after.held(seller)) == ((825, 0), (9_000, 0))
    assert after.api.charges.retrieve(charge.id).transfer_group == charge.transfer_group


def test_a_state_can_be_taken_up_twice(shop, clock):
    customer, key = {"name": "Ada"}, {"idempotency_key": "once"}
    made = shop.api.customers.create(customer, key)
    saved = shop.core.dump()

    for _ in range(2):
        core = LocalStripe(clock=clock)
        core.load(saved)
        again = Shop(core, clock)
        assert again.api.customers.create(customer, key).id == made.id
        again.api.customers.update(made.id, {"name": "Eve"})
    assert shop.api.customers.retrieve(made.id).name == "Ada"


def test_what_is_looked_at_from_outside_cannot_change_what_is_inside(shop):
    intent = shop.intent(metadata={"order": "1"})

    shop.core.objects("payment_intent")[0]["metadata"]["order"] = "2"

    assert shop.api.payment_intents.retrieve(intent.id).metadata["order"] == "1"


def test_new_ids_do_not_meet_old_ones(shop, reborn):
    before = {shop.intent().id for _ in range(3)}
    after = reborn()

    assert not before & {after.intent().id for _ in range(3)}


def test_idempotency_keys_survive_a_restart(shop, reborn):
    key = {"idempotency_key": "once"}
    made = shop.api.customers.create({"name": "Ada"}, key)

    assert reborn().api.customers.create({"name": "Ada"}, key).id == made.id


def test_undelivered_webhooks_survive_a_restart(shop, reborn, receiver):
    shop.intent()

    reborn().core.webhooks.flush(receiver)

    assert receiver.types == ["payment_intent.created"]


def test_webhooks_of_an_endpoint_that_is_gone_are_dropped(shop, clock):
    shop.seller()
    core = LocalStripe(clock=clock, webhooks=[Endpoint()])

    core.load(shop.core.dump())
    core.webhooks.flush(Receiver(clock))

    assert core.webhooks.pending() == []


def test_a_keeper_saves_what_changed_before_it_stops(shop, tmp_path, clock):
    path = tmp_path / "state.json"
    keeper = Keeper(shop.core, path)
    customer = shop.api.customers.create().id
    keeper.stop()

    core = LocalStripe(clock=clock)
    Keeper(core, path).stop()

    assert [c["id"] for c in core.objects("customer")] == [customer]


def test_the_same_seed_makes_the_same_ids(clock):
    made = [Shop(LocalStripe(clock=clock, seed=seed), clock).intent().id for seed in (1, 1, 2)]

    assert made[0] == made[1] != made[2]


def test_every_request_is_counted(shop):
    shop.intent()
    shop.api.balance.retrieve()

    assert shop.core.requests == [("POST", "/v1/payment_intents"), ("GET", "/v1/balance")]


def test_the_coverage_table_has_a_row_for_every_operation(capsys):
    assert main(["--coverage"]) == 0

    printed = capsys.readouterr().out
    assert printed == f"{table()}\n"
    assert printed.count("\n") == len(REGISTRY) + 2
    assert "| `POST /v1/transfers` | amount, currency, description, destination," in printed


def test_no_operation_is_registered_twice():
    named = [(entry.method, entry.template) for entry in REGISTRY]

    assert len(named) == len(set(named))
