"""What it costs that somebody is signed in: one read before anything else, on every route, and none where it is public.

What follows judges by what that read brought: a refusal costs nothing more.
"""

import re
from datetime import timedelta
from http import HTTPStatus

import pytest

from bench.stage import new_stage
from marketplace.accounts.model import SESSION_KEPT_SECONDS, Session, digest, session_token
from marketplace.web.access import IGNORED, OPTIONAL, REQUIRED
from tests.fakes.http import all_routes
from tests.fakes.trade import Trade
from tests.fakes.world import TABLE_PREFIX

CHECKED = {f"{TABLE_PREFIX}-accounts", f"{TABLE_PREFIX}-sessions"}
ROUTES = {f"{route.method} {route.path}": route for routes in all_routes().values() for route in routes}
REFUSED = {HTTPStatus.FORBIDDEN, HTTPStatus.UNAUTHORIZED}
# They change sessions themselves, and read the asking one once more beside what they change.
READ_IT_AGAIN = {
    "DELETE /passkeys/{passkey_id}",
    "DELETE /security/totp",
    "POST /security/recovery-codes",
}


@pytest.fixture(scope="module")
def ask():
    """Send a request to a route, in a session of its own or in none; answer with the status and the calls it made."""
    with new_stage() as stage:
        account_id = Trade(stage).person("Lucía")
        store = stage.services.account_store

        def open_session():
            secret, now = stage.ids.secret(), stage.clock.now()
            until, epoch = now + timedelta(seconds=SESSION_KEPT_SECONDS), store.read(account_id).session_epoch
            session = Session(account_id, digest(secret), epoch, "test", now, now, until)
            stage.services.transactions.commit([store.open_session(session)])
            return session_token(account_id, secret)

        def send(route, *, signed_in):
            path = re.sub(r"\{\w+\}", "nothing_by_this_name", route.path)
            reply = stage.api.call(route.method, path, token=open_session() if signed_in else None)
            return reply.status, stage.invocations[-1].calls

        yield send


def _is_check(call):
    return call.operation == "BatchGetItem" and set(call.tables) == CHECKED


def _routes(*sessions):
    return sorted(name for name, route in ROUTES.items() if route.access.session in sessions)


@pytest.mark.parametrize("name", _routes(REQUIRED))
def test_who_is_signed_in_costs_one_read_and_a_refusal_nothing_more(ask, name):
    status, calls = ask(ROUTES[name], signed_in=True)

    assert status != HTTPStatus.UNAUTHORIZED
    assert _is_check(calls[0])
    assert any(_is_check(call) for call in calls[1:]) == (name in READ_IT_AGAIN)
    assert len(calls) == 1 or status not in REFUSED


@pytest.mark.parametrize("name", _routes(REQUIRED))
def test_who_is_nobody_costs_no_read(ask, name):
    assert ask(ROUTES[name], signed_in=False) == (HTTPStatus.UNAUTHORIZED, ())


@pytest.mark.parametrize("name", _routes(OPTIONAL))
def test_who_may_be_signed_in_costs_one_read_where_a_token_is_sent(ask, name):
    _, with_token = ask(ROUTES[name], signed_in=True)
    _, without = ask(ROUTES[name], signed_in=False)

    assert _is_check(with_token[0])
    assert [call for call in (*with_token[1:], *without) if _is_check(call)] == []


@pytest.mark.parametrize("name", _routes(IGNORED))
def test_a_token_costs_nothing_where_nobody_asks_for_it(ask, name):
    _, calls = ask(ROUTES[name], signed_in=True)

    assert [call for call in calls if _is_check(call)] == []


def test_the_number_of_routes_is_told(record_property):
    counted = {kind: len(_routes(kind)) for kind in (REQUIRED, OPTIONAL, IGNORED)}
    told = ", ".join(f"{number} {kind}" for kind, number in counted.items())
    record_property("summary", f"session check: one read on every route that asks who is there ({told})")

    assert sum(counted.values()) == len(ROUTES)
