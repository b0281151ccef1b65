"""Every route, for everybody, on an own, a foreign and a missing object: as declared, and nothing else."""

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import groupby
from typing import Any

import pytest

import app
from marketplace.web import Route
from tests.contract.authorisation import all_rows
from tests.contract.authorisation.vocabulary import (
    CODES,
    FOREIGN,
    GONE,
    MISSING,
    NONE,
    OK,
    OWN,
    RELATIONS,
    ROLES,
    Row,
)
from tests.contract.three_trades import THINGS, ThreeTrades
from tests.fakes.http import Reply
from tests.fakes.world import new_world

ROWS = all_rows()
ROUTES: dict[str, Route] = {str(route): route for routes in app.ROUTES.values() for route in routes}
UNCOUNTED = "limit#"  # counters of attempts: a refused request is counted on purpose
OF_THE_REQUEST = {"request_id", "instance"}
WRITING = {"PutItem", "UpdateItem", "DeleteItem", "TransactWriteItems", "BatchWriteItem"}


@pytest.fixture(scope="module")
def trades() -> Iterator[ThreeTrades]:
    with new_world() as world:
        yield ThreeTrades(world)


def test_the_table_and_the_app_have_the_same_routes() -> None:
    declared = {row.route for row in ROWS}

    # Whoever adds a route adds its row to the area's module of tests/contract/authorisation.
    assert not set(ROUTES) ^ declared, "\n".join(sorted(set(ROUTES) ^ declared))


@pytest.mark.parametrize("row", ROWS, ids=str)
def test_a_row_declares_every_role_on_every_kind_of_object(row: Row) -> None:
    relations = set(RELATIONS) if row.thing else {NONE}

    assert set(row.cells) == {(relation, role) for relation in relations for role in ROLES}
    assert all(word in {OK, GONE, *CODES} or word.split()[0].isdigit() for word in row.cells.values())
    assert row.thing in THINGS or not row.thing
    assert bool(row.thing) >= bool(set(ROUTES[row.route].parameters) - set(row.path)), "a parameter names an object"


@pytest.mark.parametrize("row", ROWS, ids=str)
def test_nobody_can_tell_a_foreign_object_from_a_missing_one_where_it_is_hidden(row: Row) -> None:
    told = {
        role
        for role in set(ROLES) - row.told
        if row.thing and row.cells[FOREIGN, role] != OK and row.cells[FOREIGN, role] != row.cells[MISSING, role]
    }

    assert told == set()


def test_every_cell_answers_as_declared_and_a_refusal_changes_nothing(trades: ThreeTrades, record_property) -> None:
    wrong: list[str] = []
    done: Counter[str] = Counter()
    for stage, staged in groupby(sorted(ROWS, key=lambda row: row.at), key=lambda row: row.at):
        trades.go_to(stage)
        before = _stored(trades.world)
        for row in staged:
            answers = {cell: _ask(trades, row, *cell, before) for cell in row.cells}
            wrong += [said for cell, answer in answers.items() if (said := _difference(row, cell, answer))]
            wrong += _distinguishable(row, answers)
            done += Counter(relation for relation, _ in row.cells)

    assert not wrong, "\n".join(wrong)
    named = ", ".join(f"{done[relation]} {relation}" for relation in (OWN, FOREIGN, MISSING))
    record_property(
        "summary",
        f"authorisation: {done.total()} cells of {len(ROUTES)} routes x {len(ROLES)} roles"
        f" ({named}, {done[NONE]} without an object)",
    )


def _ask(trades: ThreeTrades, row: Row, relation: str, role: str, before: Any) -> tuple[Reply, bool]:
    """Send the cell's request; return the answer, and whether it left a trace. Any trace is undone."""
    world = trades.world
    world.dynamo.calls.clear()
    reply = trades.ask(row, ROUTES[row.route], relation, role, trades.token(role))
    if not any(call.operation in WRITING and call.error is None for call in world.dynamo.calls):
        return reply, False
    changed = _stored(world) != before
    trades.go_to(row.at)
    return reply, changed


def _stored(world: Any) -> dict[str, Any]:
    return {
        table: {key: item for key, item in world.dynamo.snapshot_items(table).items() if UNCOUNTED not in str(key)}
        for table in world.dynamo.tables()
    }


def _difference(row: Row, cell: tuple[str, str], answer: tuple[Reply, bool]) -> str | None:
    (relation, role), (reply, changed) = cell, answer
    word = row.cells[cell]
    expected = row.expected(word, ROUTES[row.route].status)
    found = (reply.status, (reply.json or {}).get("code") if reply.status >= 400 else None)
    if found != expected:
        return f"{row} {relation} as {role}: {found} instead of {expected}"
    if changed and word != OK:
        return f"{row} {relation} as {role}: refused, and something was written"
    return None


def _distinguishable(row: Row, answers: Mapping[tuple[str, str], tuple[Reply, bool]]) -> list[str]:
    """Name the roles that could tell somebody else's object from none by anything in the answer."""
    if not row.thing:
        return []
    hidden = [role for role in ROLES if row.cells[FOREIGN, role] != OK and role not in row.told]
    return [
        f"{row} as {role}: foreign and missing differ"
        for role in hidden
        if _comparable(answers[FOREIGN, role][0]) != _comparable(answers[MISSING, role][0])
    ]


def _comparable(reply: Reply) -> tuple[int, str, dict[str, str]]:
    body = {name: value for name, value in (reply.json or {}).items() if name not in OF_THE_REQUEST}
    headers = {name: value for name, value in reply.headers.items() if name != "x-request-id"}
    return reply.status, json.dumps(body), headers
