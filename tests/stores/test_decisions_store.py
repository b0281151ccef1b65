"""Decisions and cases on both backends: what was stored reads back, and each list holds what it should."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from marketplace.casework.model import CaseTaken, Note
from marketplace.casework.store import DynamoAssignments
from marketplace.decisions.model import FINANCE, Amounts, Decision
from marketplace.decisions.store import DynamoDecisions
from marketplace.kit.errors import Conflict
from marketplace.storage.transaction import DynamoTransactions
from tests.stores.backends import NAMES, backend_of

NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)


@pytest.fixture(params=NAMES, autouse=True)
def backend(request: pytest.FixtureRequest) -> Iterator[str]:
    with backend_of(request.param) as name:
        yield name


def decision(account_id: str = "acc_1", number: int = 1) -> Decision:
    return Decision(
        decision_id=f"dec_{number}",
        account_id=account_id,
        kind="payout.held",
        subject="acc_1",
        about="ord_1",
        concerns=("acc_1", "acc_2"),
        clause="payout.safety",
        ground="7.2",
        facts={"score": 3, "cause": "x"},
        reasons="Seen.",
        automated=False,
        detected=True,
        decided_by=FINANCE,
        decided_at=NOW + timedelta(seconds=number),
        redress="complaint",
        redress_until=NOW + timedelta(days=183),
        amounts=Amounts("eur", 1, 2),
        lasts_until=NOW + timedelta(days=5),
    )


def commit(*writes: object) -> None:
    DynamoTransactions(pause=lambda _: None).commit(writes)  # type: ignore[arg-type]


def test_a_decision_reads_back_to_those_whom_it_concerns_only() -> None:
    store = DynamoDecisions()
    commit(store.add(decision()))

    assert store.read("acc_1", "dec_1") == decision()
    assert store.read("acc_2", "dec_1") is None
    with pytest.raises(Conflict):
        commit(store.add(decision()))


def test_lists_are_by_account_and_by_subject() -> None:
    store = DynamoDecisions()
    commit(*(store.add(decision(number=each)) for each in (1, 2, 3)), store.add(decision("acc_2")))

    first = store.page_of("acc_1", None, 2)
    rest = store.page_of("acc_1", first.cursor, 2)

    assert [each.decision_id for each in (*first.items, *rest.items)] == ["dec_3", "dec_2", "dec_1"]
    assert len(store.about("ord_1", limit=10)) == 4


def test_a_case_is_one_persons_at_a_time() -> None:
    store = DynamoAssignments()
    commit(store.take("hold.ord_1", "acc_1", NOW))
    commit(store.take("hold.ord_1", "acc_1", NOW))

    with pytest.raises(CaseTaken):
        commit(store.take("hold.ord_1", "acc_2", NOW))
    with pytest.raises(CaseTaken):
        commit(store.leave("hold.ord_1", "acc_2"))
    assert store.assignees(["hold.ord_1", "hold.ord_2"]) == {"hold.ord_1": "acc_1"}
    commit(store.leave("hold.ord_1", "acc_1"))
    assert store.assignees(["hold.ord_1"]) == {}


def test_notes_read_back_in_order() -> None:
    store = DynamoAssignments()
    notes = [Note(f"cnt_{each}", "acc_1", "Called.", NOW + timedelta(seconds=each)) for each in range(3)]
    for each in notes:
        commit(store.add_note("hold.ord_1", each))

    assert store.notes("hold.ord_1", 10) == notes


def test_what_hangs_on_the_board_is_listed_by_kind_and_time_and_taken_down_once_or_twice():
    board, commit = DynamoAssignments(), DynamoTransactions().commit
    for number, subject in enumerate(("acc_2", "acc_1")):
        commit([board.put_up("verification", subject, NOW + timedelta(seconds=number))])
    commit([board.put_up("other", "acc_3", NOW)])
    commit([board.put_up("verification", "acc_2", NOW + timedelta(seconds=9))])  # again: it fails anew

    first = board.page_board("verification", None, 1)
    second = board.page_board("verification", first.cursor, 1)
    assert (first.items, second.items) == (("acc_1",), ("acc_2",))

    for _ in range(2):
        commit([board.take_down("verification", "acc_1")])
    assert board.page_board("verification", None, 10).items == ("acc_2",)


def test_a_case_is_done_for_whoever_has_it_or_for_anybody_when_nobody_has():
    cases, commit = DynamoAssignments(), DynamoTransactions().commit
    commit([cases.take("verification.acc_1", "acc_staff", NOW)])

    with pytest.raises(CaseTaken):
        commit([cases.done("verification.acc_1", "acc_other")])
    commit([cases.done("verification.acc_1", "acc_staff")])
    commit([cases.done("verification.acc_1", "acc_other")])

    assert cases.assignees(["verification.acc_1"]) == {}
