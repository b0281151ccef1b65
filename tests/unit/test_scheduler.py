"""Scheduled races: exhaustive within their bounds, repeatable, and sharp enough to find a lost update."""

import math
from collections.abc import Callable
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from tests.fakes import scheduler
from tests.fakes.dynamo import MemoryDynamo
from tests.fakes.faults import Crash, Faults
from tests.fakes.scheduler import Race, Stuck, all_interleavings, random_interleavings, replay


def steps_race(counts: dict[str, int]) -> Callable[[], Race]:
    """Actors that only make so many calls each; the context is the order in which they happened."""

    def make() -> Race:
        faults, log = Faults(), []

        def actor(name: str, count: int) -> Callable[[], str]:
            def work() -> str:
                for number in range(count):
                    faults.wrap(f"{name}{number}", lambda number=number: log.append((name, number)))()
                return name

            return work

        return Race(faults, {name: actor(name, count) for name, count in counts.items()}, log)

    return make


def test_every_order_of_two_actors_comes_once():
    outcomes = list(all_interleavings(steps_race({"a": 3, "b": 3}), max_preemptions=99))
    scripts = {outcome.script for outcome in outcomes}
    assert len(scripts) == len(outcomes) == math.comb(6, 3)
    assert all(outcome.winners == ["a", "b"] for outcome in outcomes)


def test_every_order_of_three_actors_comes_once():
    outcomes = list(all_interleavings(steps_race({"a": 2, "b": 2, "c": 2}), max_preemptions=99))
    assert len({outcome.script for outcome in outcomes}) == len(outcomes) == 90


@pytest.mark.parametrize(("bound", "expected"), [(0, 2), (1, 2 + 2 * 2), (2, 2 + 4 + 8)])
def test_preemptions_are_bounded(bound, expected):
    outcomes = list(all_interleavings(steps_race({"a": 3, "b": 3}), max_preemptions=bound))
    assert len(outcomes) == expected
    assert all(scheduler.preemptions(outcome.steps, outcome.script) <= bound for outcome in outcomes)


def test_a_seed_gives_the_same_order_again():
    make = steps_race({"a": 4, "b": 4, "c": 4})
    first = [outcome.script for outcome in random_interleavings(make, range(20))]
    second = [outcome.script for outcome in random_interleavings(make, range(20))]
    assert first == second
    assert len(set(first)) > 10


def test_a_script_is_followed():
    make = steps_race({"a": 2, "b": 2})
    outcome = replay(make, ["b", "a", "b"])
    assert outcome.script == ("b", "a", "b", "a")
    assert outcome.race.context == [("b", 0), ("a", 0), ("b", 1), ("a", 1)]
    assert str(outcome) == "b:b0 -> a:a0 -> b:b1 -> a:a1"
    with pytest.raises(ValueError, match="wants a"):
        replay(make, ["a", "a", "a"])


def test_an_actor_that_fails_is_a_result():
    def make() -> Race:
        faults = Faults()
        faults.arm(1, "crash_before")
        call = faults.wrap("x", int)
        return Race(faults, {"first": call, "second": call})

    outcome = replay(make, [])
    assert isinstance(outcome.results["first"].error, Crash)
    assert outcome.winners == ["second"]


def test_an_actor_that_waits_for_another_is_reported(monkeypatch):
    monkeypatch.setattr(scheduler, "STUCK_SECONDS", 0.05)

    def make() -> Race:
        import threading  # noqa: PLC0415 - only this actor needs it

        faults, released = Faults(), threading.Event()
        call = faults.wrap("x", int)
        return Race(faults, {"waits": lambda: (call(), released.wait(1)), "other": call})

    with pytest.raises(Stuck, match="waits did not come back after x"):
        replay(make, [])


@pytest.fixture(scope="module")
def client() -> Any:
    return boto3.client("dynamodb", "eu-south-2", aws_access_key_id="x", aws_secret_access_key="x")


@pytest.fixture
def counting(client: Any) -> Any:
    """Two actors add 1 to a counter by reading and writing, with a condition or without."""
    dynamo = MemoryDynamo()
    key = {"id": {"S": "counter"}}
    dynamo.call(
        "CreateTable",
        {
            "TableName": "counts",
            "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}],
            "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
        },
    )
    dynamo.call("PutItem", {"TableName": "counts", "Item": {**key, "n": {"N": "0"}}})
    start = dynamo.snapshot()

    def increase(*, guarded: bool) -> None:
        old = client.get_item(TableName="counts", Key=key)["Item"]["n"]
        new = {"N": str(int(old["N"]) + 1)}
        condition = {"ConditionExpression": "n = :old"} if guarded else {}
        values = {":new": new, ":old": old} if guarded else {":new": new}
        client.update_item(
            TableName="counts",
            Key=key,
            UpdateExpression="SET n = :new",
            ExpressionAttributeValues=values,
            **condition,
        )

    def make(*, guarded: bool) -> Race:
        dynamo.restore(start)
        dynamo.boundary = faults = Faults()
        actors = {name: lambda: increase(guarded=guarded) for name in ("a", "b")}
        return Race(faults, actors, dynamo)

    with dynamo.installed():
        yield make


def total(outcome: Any) -> int:
    return outcome.race.context.rows("counts")[0]["n"]


def test_a_lost_update_is_found(counting):
    totals = [total(outcome) for outcome in all_interleavings(lambda: counting(guarded=False))]
    assert sorted(totals) == [1, 1, 1, 1, 2, 2]


def test_a_condition_prevents_the_lost_update(counting):
    for outcome in all_interleavings(lambda: counting(guarded=True)):
        losers = [result.error for result in outcome.results.values() if result.error is not None]
        assert total(outcome) == len(outcome.winners)
        assert all(isinstance(error, ClientError) for error in losers)
