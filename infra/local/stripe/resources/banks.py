"""Bank accounts that connected accounts are paid out to, and what may become of a payout there."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from infra.local.stripe.errors import Json
from infra.local.stripe.store import Record
from infra.local.stripe.world import World

#: What an onboarded account takes unless a test says otherwise.
CURRENCIES = ("eur", "usd", "gbp", "jpy")


def open_banks(world: World, record: Record, currencies: Iterable[str]) -> list[Json]:
    """Give an account one bank account a currency, in place of those it had."""
    account, made = record.data, []
    for currency in currencies:
        identifier = world.store.new_id("ba")
        made.append(_bank(account, identifier, currency))
    account["external_accounts"] = {**account["external_accounts"], "data": made}
    return made


def change_banks(world: World, record: Record, currencies: Iterable[str]) -> None:
    """Let the seller replace their bank accounts, as in the Express dashboard."""
    had = record.data["external_accounts"]["data"]
    made = open_banks(world, record, currencies)
    record.hidden.pop("bank_refuses", None)
    for bank in had:
        world.emit("account.external_account.deleted", bank, owner=record.id)
    for bank in made:
        world.emit("account.external_account.created", bank, owner=record.id)
    world.emit("account.updated", record.data, owner=record.id)


def update_bank(world: World, record: Record) -> None:
    """Let Stripe update what it knows of the first bank account, which is the same one afterwards."""
    bank = record.data["external_accounts"]["data"][0]
    bank["status"] = "verified"
    world.emit("account.external_account.updated", bank, owner=record.id)


def bank_for(account: Json, currency: str) -> Json | None:
    """Return the bank account that takes a currency."""
    banks = account["external_accounts"]["data"]
    return next((bank for bank in banks if bank["currency"] == currency), None)


def _bank(account: Json, identifier: str, currency: str) -> Json:
    return {
        "id": identifier,
        "object": "bank_account",
        "account": account["id"],
        "account_holder_name": None,
        "account_holder_type": None,
        "account_type": None,
        "available_payout_methods": ["standard"],
        "bank_name": "LOCAL BANK",
        "country": account["country"],
        "currency": currency,
        "default_for_currency": True,
        "fingerprint": hashlib.sha256(identifier.encode()).hexdigest()[:16],
        "future_requirements": None,
        "last4": "3000",
        "metadata": {},
        "requirements": None,
        "routing_number": "110000000",
        "status": "new",
    }
