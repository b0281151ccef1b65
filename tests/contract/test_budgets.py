"""What each operation takes of DynamoDB, Stripe, queues, workflow and mail stays within bench/budgets.json."""

import re
from pathlib import Path

import pytest

from bench.counted import NOTHING, budgets, count_all, overdrawn
from bench.meter import READING
from bench.minima import MINIMA, REASONS, excess, least
from bench.report import moved_on
from bench.story import HAPPY_ORDER, PAYOUT_RUN, QUOTE, RECEIPT, SIGN_IN

ROOT = Path(__file__).parents[2]
WRITING = {"PutItem", "UpdateItem", "TransactWriteItems"}
BUDGETS = budgets()
LOOKED_AT = {SIGN_IN, QUOTE, RECEIPT, PAYOUT_RUN}  # of a happy order, and move it nowhere, whatever they note


@pytest.fixture(scope="module")
def operations():
    return count_all()


class TestBudgets:
    def test_every_operation_has_a_budget_and_every_budget_an_operation(self, operations) -> None:
        assert list(BUDGETS) == list(operations)

    @pytest.mark.parametrize("name", BUDGETS)
    def test_an_operation_takes_no_more_than_its_budget(self, operations, name) -> None:
        over = overdrawn(operations[name], BUDGETS[name])

        assert over == [], "if it is worth it: make bench ARGS=--budgets"

    def test_no_operation_scans(self, operations) -> None:
        done = [each.done for each in operations.values()]
        asked = {call.operation for one in done for run in (*one.request, *one.afterwards) for call in run.calls}

        assert asked <= READING | WRITING

    def test_no_operation_repeats_a_refused_call(self, operations) -> None:
        done = [each.done for each in operations.values()]
        errors = [call.error for one in done for run in (*one.request, *one.afterwards) for call in run.calls]

        assert set(errors) == {None}

    def test_the_happy_order_is_made_of_measured_operations(self, operations) -> None:
        assert set(HAPPY_ORDER) <= set(operations)

    def test_a_happy_order_is_moved_on_also_by_what_nothing_follows(self, operations) -> None:
        steps = [name for name in HAPPY_ORDER if name not in LOOKED_AT and operations[name].whole.write_units]

        moved = moved_on(operations)

        assert moved == sum((operations[name].whole for name in steps), NOTHING)
        assert not all(operations[name].afterwards.invocations for name in steps)

    def test_two_countings_are_the_same(self, operations) -> None:
        again = count_all()

        assert {name: each.whole for name, each in operations.items()} == {
            name: each.whole for name, each in again.items()
        }


class TestLeast:
    """Each flow of money beside the least that its access pattern allows: see bench/minima."""

    def test_every_flow_that_books_or_calls_stripe_to_move_money_is_compared(self, operations) -> None:
        moving = {name for name, each in operations.items() if _moves_money(each)}

        assert moving <= set(MINIMA) <= set(operations)

    @pytest.mark.parametrize("name", MINIMA)
    def test_a_flow_takes_the_least_and_what_is_named_as_beyond_it(self, operations, name) -> None:
        taken, (trips, write_units) = operations[name].whole, least(MINIMA[name])
        beyond = excess(MINIMA[name]).values()

        assert taken.round_trips == trips + sum(more for more, _ in beyond), "say in bench/minima what changed"
        assert taken.write_units == write_units + sum(more for _, more in beyond), "say in bench/minima what changed"

    def test_every_reason_to_take_more_is_that_of_a_flow(self) -> None:
        given = {reason for parts in MINIMA.values() for reason in excess(parts)}

        assert given == set(REASONS.values())


def _moves_money(operation) -> bool:
    """Whether it calls Stripe, or writes beside the ledger or a balance."""
    calls = [call for run in (*operation.done.request, *operation.done.afterwards) for call in run.calls]
    written = {table for call in calls if call.operation in WRITING for table in call.tables}
    return operation.whole.stripe_calls > 0 or any(table.endswith(("-ledger", "-payouts")) for table in written)


def test_the_list_of_access_patterns_names_every_table_and_index() -> None:
    described = (ROOT / "infra/access-patterns.md").read_text(encoding="utf-8")
    data = (ROOT / "infra/data.yaml").read_text(encoding="utf-8")
    tables = set(re.findall(r"TableName: !Sub aval-\$\{Stage\}-(\w+)", data))
    indexes = set(re.findall(r"IndexName: (\w+)", data))

    missing = [name for name in sorted(tables | indexes) if f"`{name}`" not in described]

    assert tables
    assert indexes
    assert missing == []
