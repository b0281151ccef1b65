"""The enumeration finds nothing in a sound flow, and something in each of several broken ones."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

from tests.fakes.dynamo import MemoryDynamo, ServiceError
from tests.fakes.faults import ALL_KINDS, KINDS, Faults
from tests.fakes.faults_enumeration import Report, enumerate_faults, enumerate_pairs, record

TABLE = {
    "TableName": "rows",
    "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}],
    "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
}
ID = {"id": {"S": "payout#1"}}
ABSENT = "attribute_not_exists(id)"


class Bank:
    """Pays once for each key."""

    def __init__(self) -> None:
        self.paid: dict[str, int] = {}

    def pay(self, key: str, amount: int) -> str:
        self.paid.setdefault(key, amount)
        return key


@dataclass
class World:
    """A table, a bank and a count of attempts (that a process would not remember)."""

    faults: Faults = field(default_factory=Faults)
    attempts: int = 0

    def __post_init__(self) -> None:
        self.dynamo = MemoryDynamo()
        self.dynamo.call("CreateTable", TABLE)
        self.real_bank = Bank()
        self.bank = self.faults.guard(self.real_bank, "bank")
        self.db = self.faults.guard(self.dynamo, "db")

    def put(self, **attributes: Any) -> None:
        condition = {"ConditionExpression": ABSENT}
        self.db.call("PutItem", {"TableName": "rows", "Item": {**ID, **attributes}, **condition})

    def mark_done(self) -> None:
        self.db.call(
            "UpdateItem",
            {
                "TableName": "rows",
                "Key": ID,
                "UpdateExpression": "SET done = :t",
                "ExpressionAttributeValues": {":t": {"BOOL": True}},
            },
        )

    def rows(self) -> list[dict[str, Any]]:
        return self.dynamo.rows("rows")


def sound(world: World) -> None:
    """Intent, call with a key from the intent, record."""
    if not world.rows():
        world.put()
    if not world.rows()[0].get("done"):
        world.bank.pay("payout#1", 100)
        world.mark_done()


def no_intent(world: World) -> None:
    """The key is made up at each attempt, and nothing is written before the call."""
    if world.rows():
        return
    world.attempts += 1
    world.bank.pay(f"attempt#{world.attempts}", 100)
    world.put(done={"BOOL": True})


def bare_add(world: World) -> None:
    """The balance is moved before the guard row is written."""
    world.db.call(
        "UpdateItem",
        {
            "TableName": "rows",
            "Key": {"id": {"S": "balance"}},
            "UpdateExpression": "ADD amount :x",
            "ExpressionAttributeValues": {":x": {"N": "100"}},
        },
    )
    world.put()


def recover_by(flow: Callable[[World], None]) -> Callable[[World], None]:
    def recover(world: World) -> None:
        try:
            flow(world)
        except ServiceError as error:
            if error.code != "ConditionalCheckFailedException":
                raise

    return recover


def paid_once(world: World) -> None:
    balance = [row["amount"] for row in world.rows() if row["id"] == "balance"]
    total = sum(world.real_bank.paid.values()) + sum(balance)
    assert total == 100, f"paid {total}"


def state(world: World) -> Any:
    return (world.rows(), dict(world.real_bank.paid))


def enumerated(flow: Callable[[World], None], kinds: Any = KINDS) -> Report:
    return enumerate_faults(World, flow, recover_by(flow), paid_once, fingerprint=state, kinds=kinds)


def test_recording_lists_the_calls_in_order():
    assert [call.site for call in record(World(), sound)] == ["db.call", "bank.pay", "db.call"]


def test_a_sound_flow_survives_every_fault_at_every_call():
    report = enumerated(sound, ALL_KINDS)
    assert (report.violations, report.unreached) == ([], [])
    assert report.total == 3 * len(ALL_KINDS)
    assert str(report).startswith("3 calls at 2 sites, 18 runs (crash_before 3, ")


def test_a_sound_flow_survives_a_second_fault_in_its_recovery():
    report = enumerate_pairs(World, sound, recover_by(sound), paid_once, fingerprint=state)
    assert report.violations == []
    assert report.total > 3 * len(KINDS)


@pytest.mark.parametrize("flow", [no_intent, bare_add])
def test_a_broken_flow_is_found_out(flow):
    report = enumerated(flow)
    assert report.violations
    assert "paid 200" in str(report)


def test_a_recovery_that_never_settles_is_found_out():
    def restless(world: World) -> None:
        sound(world)
        world.attempts += 1

    report = enumerate_faults(World, sound, restless, paid_once, fingerprint=lambda world: world.attempts)
    assert {violation.stage for violation in report.violations} == {"second recovery"}


def test_a_recovery_that_fails_is_found_out():
    def failing(world: World) -> None:
        raise RuntimeError("no sweeper here")

    report = enumerate_faults(World, sound, failing, paid_once, fingerprint=state)
    assert {violation.stage for violation in report.violations} == {"recovery failed"}
    assert "call 1 (db.call) crash_before: recovery failed: RuntimeError" in str(report)


def test_the_invariants_are_checked_without_faults_first():
    def twice(world: World) -> None:
        world.bank.pay("a", 100)
        world.bank.pay("b", 100)

    with pytest.raises(AssertionError, match="paid 200"):
        enumerated(twice)
