"""The generated state machine, run whole: over the real services, the in-memory DynamoDB and a clock that tests set.

moto cannot run it: its Lambda tasks need Docker, or answer a fixed text. So the definition runs on an interpreter of
the subset that it uses (fakes/asl.py), which every world test and the crash suite use too; moto's own parser still
reads it here, and agrees on the part that needs no Lambda of ours.
"""

import json

import boto3
import pytest
from moto import mock_aws

from marketplace.catalog.promises import DIGITAL, SERVICE, Promises
from marketplace.kit.errors import Unavailable
from marketplace.orders import asl
from marketplace.orders.process import PROCESSES
from tests.fakes.asl import FAILED, RUNNING, SUCCEEDED, NotInTheSubset, StateMachine, TaskError
from tests.fakes.stored_files import FakeBucket
from tests.fakes.world import FrozenClock
from tests.unit.orders.test_fulfilments import CONTENT, FILE
from tests.unit.shipping.making import report

TRANSITIONS_MAX = 8  # of an order without surprises: each one is paid for
DEFINITION = asl.definition()
WAIT_SECONDS = 21


def execution(world, order):
    return world.executions.machine.executions[f"{order.order_id}-v{order.process_version}"]


@pytest.fixture(params=sorted(PROCESSES))
def version(request, world):
    """Place orders under each version of their process."""
    world.place_under(request.param)
    return request.param


# Whole lives.


def test_an_order_released_by_the_clock_costs_at_most_eight_transitions(version, world, trade):
    order = trade.delivered()
    world.clock.advance(days=14, seconds=1)
    world.drain()

    found = execution(world, order)
    assert found.history == ["paid", "shipped", "delivered", "Tick", "WhereNow", "settling", "WhereNow", "Ended"]
    assert (found.status, found.transitions) == (SUCCEEDED, TRANSITIONS_MAX)
    assert trade.order(order.order_id).state == "released"


@pytest.mark.parametrize("reach", ["shipped", "delivered"])
def test_an_order_that_the_buyer_confirms_costs_no_more(version, world, trade, reach):
    order = getattr(trade, reach)()
    world.services.orders.confirm(order.order_id, order.buyer_id)
    world.drain()

    found = execution(world, order)
    assert (found.status, found.history[-1]) == (SUCCEEDED, "Ended")
    assert found.transitions <= TRANSITIONS_MAX


def test_an_order_that_a_carrier_delivers_costs_no_more(world, trade):
    world.place_under(2)
    order = trade.shipped()
    world.clock.advance(days=2)
    report(world, order.tracking_number)
    world.clock.advance(days=14, seconds=2)
    world.drain()

    found = execution(world, order)
    assert found.history == ["paid", "shipped", "delivered", "Tick", "WhereNow", "settling", "WhereNow", "Ended"]
    assert (found.status, found.transitions) == (SUCCEEDED, TRANSITIONS_MAX)


@pytest.mark.parametrize("promises", [Promises(SERVICE), Promises(DIGITAL)])
def test_services_and_files_cost_no_more(world, trade, promises):
    bucket = FakeBucket()
    world.given |= {"uploads": bucket, "stored_files": bucket}
    world.place_under(2)
    order = trade.bought(promises=promises)
    if promises.fulfilment == SERVICE:
        world.services.orders.report_done(order.order_id, order.seller_id, "Done.")
    else:
        bucket.put(FILE.key(order.order_id), CONTENT, FILE.content_type)
        world.services.digital_goods.make_available(order.order_id, order.seller_id, FILE)
    world.drain()
    world.services.orders.confirm(order.order_id, order.buyer_id)
    world.drain()

    found = execution(world, order)
    assert (found.status, trade.order(order.order_id).state) == (SUCCEEDED, "released")
    assert found.transitions <= TRANSITIONS_MAX


def test_a_private_sellers_order_waits_as_long_as_a_private_sellers(version, world, trade):
    order = trade.delivered(kind="private")
    world.clock.advance(days=3, seconds=1)
    world.drain()

    found = execution(world, order)
    assert found.history[:4] == ["paid", "shipped", "delivered", "Tick"]
    assert trade.order(order.order_id).state == "released"


def test_an_execution_starts_with_the_payment_and_not_before(world, trade):
    listing = trade.listing(trade.seller())
    placed = trade.place(trade.person("Buyer"), (listing, 1))
    world.drain()
    before = dict(world.executions.machine.executions)
    trade.pay(placed)
    world.drain()

    assert before == {}
    assert [each.state for each in world.executions.machine.executions.values()] == ["paid"]


def test_one_order_has_one_execution_however_often_it_is_started(world, trade):
    order = trade.bought()
    for _ in range(3):
        world.services.order_clock.order_moved(
            order.order_id, "awaiting_payment", "paid", version=order.process_version, due_at=order.due_at
        )
    world.drain()

    assert len(world.executions.machine.executions) == 1
    assert execution(world, order).history == ["paid"]


def test_only_ids_travel_in_an_execution(version, world, trade):
    order = trade.delivered()

    left = (order.due_at - world.clock.now()).total_seconds()
    assert execution(world, order).data == {
        "order_id": order.order_id,
        "clock": {"seconds": left + asl.MARGIN_SECONDS},
    }


def test_a_second_before_its_end_a_wait_still_waits(version, world, trade):
    order = trade.bought()
    world.clock.set(order.due_at)
    world.drain()
    before = trade.order(order.order_id).state
    world.clock.advance(seconds=asl.MARGIN_SECONDS)
    world.drain()

    assert (before, trade.order(order.order_id).state) == ("paid", "refunded")


def test_a_dispute_wakes_the_wait_and_the_execution_follows_it_to_the_end(world, trade):
    world.place_under(1)
    order = trade.delivered()
    view = world.services.disputes.open(order.order_id, order.buyer_id, "damaged", "Broken.", None)
    world.drain()
    waiting_in = execution(world, order).state
    world.services.disputes.answer(view.dispute.dispute_id, order.seller_id, "No.")
    world.drain()
    world.services.disputes.decide(view.dispute.dispute_id, trade.operator(), 5_000, "5.2", "Half.")
    world.drain()

    assert waiting_in == "disputed"
    assert execution(world, order).status == SUCCEEDED
    assert trade.order(order.order_id).state == "split"


def test_a_decision_waits_in_the_execution_and_is_carried_out_by_the_clock(world, trade):
    world.place_under(2)
    order = trade.delivered()
    view = world.services.disputes.open(order.order_id, order.buyer_id, "damaged", "Broken.", None)
    world.drain()
    world.services.disputes.answer(view.dispute.dispute_id, order.seller_id, "No.")
    world.drain()
    world.services.disputes.escalate(view.dispute.dispute_id, order.buyer_id)
    world.drain()
    world.services.disputes.decide(view.dispute.dispute_id, trade.operator(), 5_000, "5.2", "Half of it came broken.")
    world.drain()
    waiting_in = execution(world, order).state
    world.clock.set(trade.order(order.order_id).due_at)
    world.clock.advance(seconds=asl.MARGIN_SECONDS)
    world.drain()

    assert waiting_in == "decided"
    assert execution(world, order).status == SUCCEEDED
    assert trade.order(order.order_id).state == "split"


def test_while_stripe_is_away_the_payout_is_retried_with_longer_pauses(world, trade):
    order = trade.shipped()
    world.stripe.inject(fault="error_500", method="POST", path_prefix="/v1/transfers", times=4)
    world.services.orders.confirm(order.order_id, order.buyer_id)
    world.drain()
    first = trade.order(order.order_id).state
    for seconds in (2, 4, 8, 16):
        world.clock.advance(seconds=seconds)
        world.drain()

    assert first == "settling"
    assert trade.order(order.order_id).state == "released"
    assert len(world.stripe.objects("transfer")) == 1


def test_what_no_retry_helps_is_left_to_the_sweep_which_finishes_it(world, trade):
    order = trade.shipped()
    world.stripe.inject(fault="error_500", method="POST", path_prefix="/v1/transfers", times=30)
    world.services.orders.confirm(order.order_id, order.buyer_id)
    world.drain()
    for _ in range(6):
        world.clock.advance(minutes=5)
        world.drain()
    left = execution(world, order)
    for _ in range(30):
        world.clock.advance(minutes=1)
        world.sweep()

    assert (left.status, left.history[-1]) == (SUCCEEDED, "LeftToSweep")
    assert left.history.count("settling") == 7  # once, and six retries
    assert trade.order(order.order_id).state == "released"


@pytest.mark.parametrize("reach", ["bought", "shipped", "delivered"])
def test_an_execution_that_dies_is_found_by_the_sweep_and_its_order_ends_as_promised(version, world, trade, reach):
    order = getattr(trade, reach)()
    found = execution(world, order)
    found.status, found.error, found.due_at, found.token = FAILED, "Lambda.Unknown", None, None
    for _ in range(40):
        world.clock.advance(days=5)
        world.sweep()

    ended = trade.order(order.order_id)
    assert found.history[-1] == {"bought": "paid"}.get(reach, reach)
    assert ended.state == {"delivered": "released"}.get(reach, "refunded")
    assert ended.ended_at


def test_an_order_goes_on_by_the_sweep_when_its_execution_is_lost(version, world, trade):
    order = trade.delivered()
    world.executions.machine.executions.clear()
    world.clock.set(order.due_at)

    world.sweep()

    assert trade.order(order.order_id).state == "released"


# The interpreter itself, on the generated definition with short timers.


class Lambda:
    """The escrow function as a script: answers by task, or raises."""

    def __init__(self, **answers) -> None:
        self.answers = answers
        self.payloads: list[dict] = []

    def __call__(self, payload):
        self.payloads.append(payload)
        answer = self.answers.get(payload["task"])
        answer = answer.pop(0) if isinstance(answer, list) else answer
        if isinstance(answer, Exception):
            raise answer
        return {"at": answer, "seconds": WAIT_SECONDS}


def machine(**answers):
    clock, function = FrozenClock(), Lambda(**answers)
    made = StateMachine(DEFINITION, function, clock.now)
    made.start("one", {"order_id": "ord_1", "clock": {"seconds": WAIT_SECONDS}})
    made.run()
    return made, made.executions["one"], function, clock


def test_a_wait_hands_over_its_token_and_goes_on_with_it():
    made, found, function, _ = machine()
    [payload] = function.payloads
    before = (found.state, found.status)

    made.succeed(payload["token"], {"seconds": 5})
    made.run()

    assert before == ("paid", RUNNING)
    assert {**payload, "token": ""} == {"task": "wait", "order_id": "ord_1", "waiting_in": "paid", "token": ""}
    assert found.state == "shipped"


@pytest.mark.parametrize("late", [False, True])
def test_a_spent_or_late_token_changes_nothing(late):
    made, found, function, clock = machine(tick="paid")
    token = function.payloads[0]["token"]
    if late:
        clock.advance(seconds=21)
    else:
        made.succeed(token, {"seconds": WAIT_SECONDS})
        made.run()
    made.succeed(token, {"seconds": WAIT_SECONDS})
    made.fail(token, asl.MOVED)
    made.run()

    assert found.history == (["paid", "Tick", "WhereNow", "paid"] if late else ["paid", "shipped"])


def test_a_wait_ends_by_itself_when_its_time_is_over():
    made, found, _, clock = machine(tick="settling", settle="released")
    clock.advance(seconds=20)
    made.run()
    waiting = found.state
    clock.advance(seconds=1)
    made.run()

    assert waiting == "paid"
    assert found.history == ["paid", "Tick", "WhereNow", "settling", "WhereNow", "Ended"]


def test_a_failing_task_is_retried_as_often_as_the_definition_says_and_then_caught():
    made, found, function, clock = machine(tick=TaskError("Unavailable"))
    made.fail(function.payloads[0]["token"], asl.MOVED)
    made.run()
    pauses = []
    while found.status == RUNNING:
        pauses.append((found.due_at - clock.now()).total_seconds())
        clock.set(found.due_at)
        made.run()

    assert pauses == [2, 4, 8, 16, 32, 64]
    assert found.history[-1] == asl.LEFT_TO_SWEEP
    assert found.data["order_id"] == "ord_1"


def test_an_answer_from_nowhere_is_left_to_the_sweep():
    made, found, function, _ = machine(tick="teleported")
    made.fail(function.payloads[0]["token"], asl.MOVED)
    made.run()

    assert found.history == ["paid", "Tick", "WhereNow", asl.LEFT_TO_SWEEP]


def test_a_wait_whose_function_fails_is_tried_again_slowly_and_never_circles():
    clock = FrozenClock()
    made = StateMachine(DEFINITION, Lambda(wait=TaskError("Boom"), tick="paid"), clock.now)
    made.start("one", {"order_id": "ord_1", "clock": {"seconds": WAIT_SECONDS}})
    made.run()
    found = made.executions["one"]

    pauses = []
    for _ in range(3):
        pauses.append((found.due_at - clock.now()).total_seconds())
        clock.set(found.due_at)
        made.run()

    assert pauses == [2, 4, 8]
    assert set(found.history) == {"paid"}


def test_an_error_that_nobody_catches_fails_the_execution():
    definition = json.loads(json.dumps(DEFINITION))
    del definition["States"]["paid"]["Catch"], definition["States"]["paid"]["Retry"]
    made = StateMachine(definition, Lambda(wait=TaskError("Boom")), FrozenClock().now)
    made.start("one", {"order_id": "ord_1", "clock": {"seconds": WAIT_SECONDS}})
    made.run()

    assert (made.executions["one"].status, made.executions["one"].error) == (FAILED, "Boom")


@pytest.mark.parametrize(
    "change",
    [
        {"Type": "Parallel"},
        {"HeartbeatSeconds": 5},
        {"Resource": "arn:aws:states:::sqs:sendMessage"},
        {"Next": "Nowhere"},
        {"Retry": [{"ErrorEquals": ["States.ALL"], "JitterStrategy": "FULL"}]},
    ],
)
def test_what_the_interpreter_does_not_know_it_refuses(change):
    definition = json.loads(json.dumps(DEFINITION))
    definition["States"]["paid"] |= change

    with pytest.raises(NotInTheSubset):
        StateMachine(definition, Lambda(), FrozenClock().now)


def test_a_machine_that_runs_in_circles_is_stopped():
    made = StateMachine(DEFINITION, Lambda(wait=Unavailable(), tick="paid"), FrozenClock().now)
    made.start("one", {"order_id": "ord_1", "clock": {"seconds": WAIT_SECONDS}})

    with pytest.raises((AssertionError, Unavailable)):
        made.run()


def test_motos_own_parser_reads_the_definition_and_walks_its_end_the_same_way():
    definition = {**DEFINITION, "StartAt": "WhereNow"}
    with mock_aws(config={"stepfunctions": {"execute_state_machine": True}}):
        client = boto3.client("stepfunctions", region_name="eu-south-2")
        role = "arn:aws:iam::123456789012:role/escrow"
        arn = client.create_state_machine(name="escrow", definition=json.dumps(definition), roleArn=role)[
            "stateMachineArn"
        ]
        walked = {}
        for at in ("released", "parked", "refunded"):
            data = {"order_id": "ord_1", "clock": {"at": at, "seconds": 1}}
            started = client.start_execution(stateMachineArn=arn, name=at, input=json.dumps(data))["executionArn"]
            while client.describe_execution(executionArn=started)["status"] == RUNNING:
                continue
            events = client.get_execution_history(executionArn=started)["events"]
            walked[at] = [
                each["stateEnteredEventDetails"]["name"] for each in events if "stateEnteredEventDetails" in each
            ]

    ours = {}
    for at in walked:
        made = StateMachine(definition, Lambda(), FrozenClock().now)
        made.start("one", {"order_id": "ord_1", "clock": {"at": at, "seconds": 1}})
        made.run()
        ours[at] = made.executions["one"].history
    assert walked == ours
