"""Gather sellers' balances and payouts for the invariants: our tables by scan, and each connected account at Stripe."""

from collections.abc import Iterator, Mapping
from typing import Any

from infra.local.journeys.payers import StripeSide
from marketplace.audit.view import SellerPayout
from marketplace.kit.clock import from_text
from marketplace.payouts import payout_store, purse_store, table_store
from marketplace.payouts.hold_store import hold_from

_SWITCH_CHANGE = "log#"


def payouts_of(items: list[dict[str, Any]], stripe: StripeSide, seller_accounts: Mapping[str, str]) -> dict[str, Any]:
    """Return the fields of a View that are about payouts; `items` are all of the payouts table."""

    def of(model: Any, sort_prefix: str) -> list[Any]:
        return [model.from_raw_data(item) for item in items if item["sk"]["S"].startswith(sort_prefix)]

    holds = of(table_store.HoldItem, table_store.HOLD)
    accounts = sorted(set(seller_accounts.values()))
    return {
        "purses": [purse_store.purse_from(each) for each in of(table_store.PurseItem, table_store.PURSE)],
        "entries": [purse_store.entry_from(each) for each in of(table_store.EntryItem, table_store.ENTRY)],
        "reserves": [purse_store.reserve_from(each) for each in of(table_store.ReserveItem, table_store.RESERVE)],
        "payouts": [payout_store.payout_from(each) for each in of(table_store.PayoutItem, table_store.PAYOUT)],
        "payout_holds": [
            (each.pk, hold_from(each), from_text(each.ended_at) if each.ended_at else None) for each in holds
        ],
        "stops": list(_stops(of(table_store.SwitchItem, _SWITCH_CHANGE))),
        "stripe_payouts": [payout for account in accounts for payout in _stripe_payouts(stripe, account)],
        "stripe_connected_minor": {
            (account, currency): amount_minor
            for account in accounts
            for currency, amount_minor in stripe.balances(account).items()
        },
    }


def _stops(changes: list[Any]) -> Iterator[tuple[Any, ...]]:
    """Pair each stop with the resumption that followed it."""
    ends = {(each.pk, each.changes): from_text(each.at) for each in changes if not each.stopped}
    for each in changes:
        if each.stopped:
            yield each.pk.removeprefix("switch#"), from_text(each.at), ends.get((each.pk, each.changes + 1))


def _stripe_payouts(stripe: StripeSide, account: str) -> Iterator[SellerPayout]:
    for found in stripe.list_all("/v1/payouts", account=account):
        key = (found["metadata"] or {}).get("payout_key")
        yield SellerPayout(account, key, found["amount"], found["currency"], found["status"])
