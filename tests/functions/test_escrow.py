"""The state machine's tasks and the queue that starts and wakes it, as AWS calls them."""

import json
from pathlib import Path

import pytest

from functions.escrow.handler import run
from functions.escrow_clock.handler import tell
from marketplace.kit.errors import Unavailable
from marketplace.orders.model import OrderMissing
from marketplace.orders.process import PROCESSES, Kind
from marketplace.web.consumers import BatchFailed, queue_consumer
from tests.fakes.http import Context
from tests.functions.story import BUYER, ORDER, SELLER, bring_to

ROOT = Path(__file__).parents[2] / "events"
TASKS = sorted((ROOT / "escrow").glob("*.json"))
BATCHES = sorted((ROOT / "escrow_clock").glob("*.json"))


def task(story, name: str, **said: str) -> str:
    return run({"task": name, "order_id": ORDER, **said}, story.services)["at"]


def consume(story, whole):
    return queue_consumer("escrow_clock", tell, services=lambda: story.services)(whole, Context())


class Noted:
    """The workflow service, as a list of what was asked of it."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str]] = []

    def start(self, name: str, order_id: str, seconds: int) -> None:
        self.asked.append(("start", name))

    def go_on(self, token: str, seconds: int) -> None:
        self.asked.append(("go_on", token))

    def look_again(self, token: str) -> None:
        self.asked.append(("look_again", token))


@pytest.fixture
def noted(story):
    """From here on the execution is only asked, never run."""

    def listen() -> Noted:
        found = Noted()
        story.services.order_clock._executions = found
        return found

    return listen


@pytest.mark.parametrize("path", TASKS, ids=lambda path: path.stem)
def test_every_recorded_task_answers_where_the_execution_should_be(story, path):
    held = json.loads(path.read_text())
    bring_to(story, held["given"])
    story.world.clock.advance(seconds=held.get("after_seconds", 0))

    answer = run(held["event"], story.services)
    story.world.drain()

    assert answer == held["expect"]


@pytest.mark.parametrize("path", BATCHES, ids=lambda path: path.stem)
def test_every_recorded_batch_asks_the_workflow_service_what_it_says(story, noted, path):
    held = json.loads(path.read_text())
    bring_to(story, held["given"])
    found = noted()

    if held.get("fails"):
        with pytest.raises(BatchFailed):
            consume(story, held["event"])
    else:
        assert consume(story, held["event"]) == {"batchItemFailures": []}

    assert [what for what, _ in found.asked] == held["expect"]["asked"]


def test_a_timer_that_fires_early_changes_nothing(story):
    bring_to(story, "paid")
    story.world.clock.set(story.order().due_at)
    story.world.clock.advance(seconds=-1)

    assert task(story, "tick") == "paid"
    assert story.order().step == 1


def test_a_timer_that_fires_on_time_moves_the_order_once(story):
    bring_to(story, "paid")
    story.world.clock.set(story.order().due_at)

    assert [task(story, "tick") for _ in range(3)] == ["settling"] * 3
    assert story.order().step == 2
    story.world.drain()


def test_a_wait_that_begins_after_the_order_moved_is_ended_at_once(story, noted):
    bring_to(story, "shipped")
    found = noted()

    task(story, "wait", waiting_in="paid", token="late")
    task(story, "wait", waiting_in="shipped", token="right")

    assert found.asked == [("look_again", "late")]
    assert story.services.order_store.token_of(ORDER) == ("shipped", "right")


def test_a_move_wakes_the_wait_it_ends_and_no_other(story, noted):
    bring_to(story, "paid")
    story.services.order_store.remember_token(ORDER, "shipped", "t1")
    found = noted()
    clock = story.services.order_clock

    clock.order_moved(ORDER, "paid", "shipped", version=1, due_at=None)
    clock.order_moved(ORDER, "shipped", "delivered", version=1, due_at=None)
    clock.order_moved(ORDER, "shipped", "disputed", version=1, due_at=None)

    assert found.asked == [("go_on", "t1"), ("look_again", "t1")]


def test_settling_pays_and_says_where_the_order_ended(story):
    bring_to(story, "settling")

    assert [task(story, "settle") for _ in range(3)] == ["released"] * 3
    assert len(story.world.stripe.objects("transfer")) == 1
    story.world.drain()


def test_settling_while_stripe_is_away_asks_to_be_tried_again(story):
    bring_to(story, "settling")
    story.world.stripe.inject(fault="error_500", method="POST", path_prefix="/v1/transfers", times=9)

    with pytest.raises(Unavailable):
        task(story, "settle")

    assert story.order().state == "settling"


def test_an_order_that_only_a_person_can_finish_parks_its_execution(story):
    bring_to(story, "settling")
    account_id = story.services.sellers.of(SELLER).stripe_account_id
    story.world.stripe.finish_onboarding(account_id, currently_due=["individual.verification.document"])

    assert task(story, "settle") == "parked"
    story.world.drain()


@pytest.mark.parametrize("name", ["tick", "settle"])
def test_an_order_that_is_not_there_is_an_error_of_the_execution(story, name):
    with pytest.raises(OrderMissing):
        run({"task": name, "order_id": "ord_never"}, story.services)


def test_no_clock_releases_what_nobody_saw_arrive(story):
    bring_to(story, "shipped")

    for _ in range(40):
        story.world.clock.advance(days=5)
        story.world.drain()
        story.world.sweep()

    names = [move.name for move in story.services.order_store.moves(ORDER)]
    assert names == ["place", "pay", "ship", "delivery_overdue", "proof_overdue", "settle"]
    assert story.order().state == "refunded"
    assert story.world.stripe.objects("transfer") == []


WAITING = [
    (process.version, state.name)
    for process in PROCESSES.values()
    for state in process.states.values()
    if state.kind is Kind.WAITING and state.clocked_by != "sweep" and state.name != "charged_back"
]


@pytest.mark.parametrize(("version", "state"), WAITING)
def test_silence_ends_every_order_by_the_state_machine_alone(story, version, state):
    story.world.place_under(version)
    bring_to(story, state)

    for _ in range(40):
        story.world.clock.advance(days=5)
        story.world.drain()

    ends = {"delivered": "released", "return_open": "released", "decided": "split", "appeal_review": "split"}
    assert story.order().state == ends.get(state, "refunded")


def test_silence_after_a_chargeback_loses_it(story):
    bring_to(story, "charged_back")
    story.world.clock.advance(days=120, seconds=1)
    story.world.drain()

    assert story.order().state == "lost_to_chargeback"
    assert story.get(f"/orders/{ORDER}", BUYER).json["allowed_actions"] == []
