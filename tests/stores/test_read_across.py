"""Items of several tables in one consistent round trip."""

from typing import Any

import botocore.session
import pytest
from botocore.stub import Stubber

from marketplace.accounts.sessions_store import SessionsItem
from marketplace.accounts.table_store import AccountsItem
from marketplace.kit.errors import Unavailable
from marketplace.storage import tables
from marketplace.storage.tables import ATTEMPTS_MAX, read_across
from tests.fakes.dynamo import MemoryDynamo, create_tables
from tests.stores.backends import NAMES, backend_of

ACCOUNTS, SESSIONS = AccountsItem.Meta.table_name, SessionsItem.Meta.table_name
KEYS = ((AccountsItem, "acc_1", "account"), (SessionsItem, "acc_1", "session#a"))


@pytest.mark.parametrize("backend", NAMES)
def test_items_come_in_the_order_asked_and_absent_ones_as_none(backend: str) -> None:
    with backend_of(backend):
        AccountsItem("acc_1", "account", locale="es").save()
        AccountsItem("acc_1", "seller", locale="en").save()

        found = read_across((SessionsItem, "acc_1", "session#a"), (AccountsItem, "acc_1", "seller"), *KEYS[:1])

    assert [each and (type(each), each.sk, each.locale) for each in found] == [
        None,
        (AccountsItem, "seller", "en"),
        (AccountsItem, "account", "es"),
    ]


def test_it_is_one_consistent_round_trip_over_both_tables() -> None:
    with MemoryDynamo().installed() as dynamo:
        create_tables(dynamo, "infra/data.yaml", {"Stage": "local"})
        dynamo.calls.clear()

        read_across(*KEYS)

        [call] = dynamo.calls
        assert call.operation == "BatchGetItem"


@pytest.fixture
def stubbed(monkeypatch: pytest.MonkeyPatch) -> Any:
    client = botocore.session.get_session().create_client(
        "dynamodb", region_name="eu-west-1", aws_access_key_id="x", aws_secret_access_key="x"
    )
    monkeypatch.setattr(tables, "shared_client", lambda: client)
    with Stubber(client) as stubber:
        yield stubber


def _asked(*names: str) -> dict[str, Any]:
    sorts = {ACCOUNTS: "account", SESSIONS: "session#a"}
    return {
        name: {"Keys": [{"pk": {"S": "acc_1"}, "sk": {"S": sorts[name]}}], "ConsistentRead": True} for name in names
    }


def test_what_the_table_did_not_get_to_is_asked_for_again(stubbed: Stubber) -> None:
    account = {"pk": {"S": "acc_1"}, "sk": {"S": "account"}, "locale": {"S": "es"}}
    session = {"pk": {"S": "acc_1"}, "sk": {"S": "session#a"}, "device": {"S": "Firefox"}}
    first = {"Responses": {ACCOUNTS: [account]}, "UnprocessedKeys": _asked(SESSIONS)}
    stubbed.add_response("batch_get_item", first, {"RequestItems": _asked(ACCOUNTS, SESSIONS)})
    stubbed.add_response("batch_get_item", {"Responses": {SESSIONS: [session]}}, {"RequestItems": _asked(SESSIONS)})

    found = read_across(*KEYS)

    assert (found[0].locale, found[1].device) == ("es", "Firefox")


def test_a_part_that_stays_away_is_no_absence(stubbed: Stubber) -> None:
    """Half an answer must not read as: there is no such session."""
    for asked in (_asked(ACCOUNTS, SESSIONS), *[_asked(SESSIONS)] * (ATTEMPTS_MAX - 1)):
        stubbed.add_response(
            "batch_get_item", {"Responses": {}, "UnprocessedKeys": _asked(SESSIONS)}, {"RequestItems": asked}
        )

    with pytest.raises(Unavailable):
        read_across(*KEYS)


def test_a_table_that_refuses_is_a_failure_that_may_pass(stubbed: Stubber) -> None:
    stubbed.add_client_error("batch_get_item", "InternalServerError")

    with pytest.raises(Unavailable):
        read_across(*KEYS)
