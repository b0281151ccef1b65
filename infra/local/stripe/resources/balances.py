"""Reading balances, balance transactions and events."""

from __future__ import annotations

from infra.local.stripe.errors import Json
from infra.local.stripe.lists import page
from infra.local.stripe.params import ListOf, Span, Text
from infra.local.stripe.routes import Call, listing, operation
from infra.local.stripe.store import Record
from infra.local.stripe.world import World


@operation("GET", "/v1/balance", connected=True)
def retrieve_balance(call: Call) -> Json:
    """Return what the caller has, per currency."""
    return balance_object(call.world, call.owner)


@operation("GET", "/v1/balance_transactions/{id}", connected=True)
def retrieve_balance_transaction(call: Call) -> Json:
    """Return one movement of the caller's balance."""
    return call.record("balance_transaction", "id").data


@listing(
    "/v1/balance_transactions",
    {"created": Span(), "currency": Text(), "source": Text(), "type": Text()},
    connected=True,
)
def list_balance_transactions(call: Call) -> Json:
    """List the movements of the caller's balance."""
    return page(call, "balance_transaction", ["currency", "source", "type"])


@operation("GET", "/v1/events/{id}", connected=True)
def retrieve_event(call: Call) -> Json:
    """Return an event."""
    return call.record("event", "id").data


@listing(
    "/v1/events",
    {"created": Span(), "type": Text(), "types": ListOf(of=Text())},
    connected=True,
)
def list_events(call: Call) -> Json:
    """List events; a type may end in ``*``."""
    wanted = call.params.get("types") or [call.params.get("type", "*")]

    def chosen(record: Record) -> bool:
        kind = record.data["type"]
        return any(kind == name or (name.endswith("*") and kind.startswith(name[:-1])) for name in wanted)

    return page(call, "event", where=chosen)


def balance_object(world: World, owner: str) -> Json:
    """Return an owner's balance; a new one holds nothing in its own currency."""
    owned = world.books.ledger.balances().get(owner)
    if owned is None:
        account = world.store.find("account", owner, None)
        home = account.data["default_currency"] if account else "eur"
        owned = {home: {"available": 0, "pending": 0}}
    shown: Json = {"object": "balance", "livemode": False}
    for bucket in ("available", "pending"):
        shown[bucket] = [
            {
                "amount": sums[bucket],
                "currency": currency,
                "source_types": {"card": sums[bucket]},
            }
            for currency, sums in sorted(owned.items())
        ]
    return shown
