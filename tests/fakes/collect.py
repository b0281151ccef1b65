"""Gather a View of a whole test world: our tables by scan (which no role of the product may), and Stripe's objects."""

import base64
import json
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from infra.local.stripe import LocalStripe
from marketplace.accounts.history import NOBODY
from marketplace.accounts.table_store import PERSONAL_FIELDS
from marketplace.audit.view import Door, SellerPayout, StripeMoney, View
from marketplace.disputes import store as disputes
from marketplace.kit.clock import from_text
from marketplace.ledger.model import LedgerTransaction
from marketplace.ledger.store import LedgerItem, ledger_transaction
from marketplace.orders import table_store as orders_table
from marketplace.orders.model import Order
from marketplace.payments import store as payments
from marketplace.payments.refund_store import RefundItem, refund_from
from marketplace.payouts import clearing_store, payout_store, purse_store, table_store
from marketplace.payouts.hold_store import hold_from
from marketplace.returns import store as returns
from marketplace.reviews import store as reviews
from marketplace.reviews.model import Rating
from marketplace.selling.store import SEALED
from marketplace.shipping import store as shipping_store
from marketplace.staff.model import SELLING, WHOLE_ACCOUNT
from marketplace.staff.standings_store import suspension_from
from marketplace.staff.store import proposal_from
from marketplace.staff.table_store import StaffItem
from marketplace.vault.cipher import NONCE_BYTES, TAG_BYTES, VERSION
from tests.fakes.dynamo import MemoryDynamo


class _Parsed:
    """Remembers what each stored item says: the twin never changes an item in place, so its identity is enough."""

    KEPT_MAX = 20_000

    def __init__(self) -> None:
        self._kept: dict[tuple[int, Any], tuple[Any, Any]] = {}

    def of(self, item: Any, parse: Callable[[Any], Any]) -> Any:
        found = self._kept.get((id(item), parse))
        if found is None:
            if len(self._kept) >= self.KEPT_MAX:
                self._kept.clear()
            found = self._kept[id(item), parse] = (
                item,
                parse(item),
            )  # kept with the item, so that the id stays its own
        return found[1]


PARSED = _Parsed()


class _Tables:
    """Reads areas' tables, in the order of their keys."""

    def __init__(self, dynamo: MemoryDynamo, prefix: str) -> None:
        self._dynamo, self._prefix = dynamo, prefix

    def rows(self, area: str, sort_prefix: str) -> list[Any]:
        found = self._dynamo.snapshot_items(f"{self._prefix}-{area}")
        return [found[key] for key in sorted(found) if found[key]["sk"]["S"].startswith(sort_prefix)]

    def of(self, parse: Callable[[Any], Any], area: str, sort_prefix: str) -> list[Any]:
        return [PARSED.of(item, parse) for item in self.rows(area, sort_prefix)]


def view_of(dynamo: MemoryDynamo, stripe: LocalStripe, prefix: str, now: Any) -> View:
    """Read everything."""
    tables = _Tables(dynamo, prefix)
    ours = _trade(tables) | _money(tables) | _payouts(tables) | _people(tables)
    return View(now=now, **ours, **_at_stripe(stripe))


@dataclass(frozen=True)
class Lasting:
    """What may only be added to."""

    ledger: Sequence[LedgerTransaction] = ()
    orders: Sequence[Order] = ()  # in what their placement froze


def lasting_of(dynamo: MemoryDynamo, prefix: str) -> Lasting:
    """Read only that, as it is looked at often."""
    tables = _Tables(dynamo, prefix)
    return Lasting(tables.of(_booked, "ledger", ""), tables.of(_order, "orders", orders_table.ORDER))


def _trade(tables: _Tables) -> dict[str, Any]:
    """Orders, and all that happens to them."""
    return {
        "orders": tables.of(_order, "orders", orders_table.ORDER),
        "moves": tables.of(_move, "orders", orders_table.MOVE_PREFIX),
        "punctuality": tables.of(_punctuality, "shipping", "punctuality"),
        "returns": tables.of(_return, "returns", returns.RETURN),
        "return_heads": tables.of(_return_head, "returns", returns.HEAD),
        "disputes": tables.of(_dispute, "disputes", disputes.DISPUTE),
        "reviews": tables.of(_review, "reviews", "review#"),
        "ratings": tables.of(_rating, "reviews", "rating"),
        "stock_sold_over": [
            item["pk"]["S"] for item in tables.rows("catalog", "listing") if _number(item, "stock") < 0
        ],
    }


def _money(tables: _Tables) -> dict[str, Any]:
    """Payments, refunds, intents, the ledger and debts."""
    return {
        "payments": tables.of(_payment, "payments", payments.PAYMENT),
        "intents": tables.of(_intent, "payments", payments.INTENT),
        "refunds": tables.of(_refund, "payments", "refund#"),
        "ledger": tables.of(_booked, "ledger", ""),
        "debts": {
            (item["seller_id"]["S"], item["currency"]["S"]): int(item["amount_minor"]["N"])
            for item in tables.rows("payments", "debt")
        },
    }


def _at_stripe(stripe: LocalStripe) -> dict[str, Any]:
    """Stripe's own objects and balances."""
    balances = {
        (owner, currency): amounts["available"] + amounts["pending"]
        for owner, found in stripe.balances().items()
        for currency, amounts in found.items()
    }
    return {
        "stripe": _stripe(stripe),
        "stripe_payouts": _stripe_payouts(stripe),
        "stripe_platform_minor": {
            currency: amount for (owner, currency), amount in balances.items() if owner == "platform"
        },
        "stripe_connected_minor": {place: amount for place, amount in balances.items() if place[0] != "platform"},
    }


def _payouts(tables: _Tables) -> dict[str, Any]:
    """What sellers have, and what is paid out."""
    return {
        "purses": tables.of(_purse, "payouts", "purse#"),
        "entries": tables.of(_entry, "payouts", "entry#"),
        "reserves": tables.of(_reserve, "payouts", "reserve#"),
        "clearing": tables.of(_clearing, "payouts", table_store.CLEARING),
        "payouts": tables.of(_payout, "payouts", "payout#"),
        "payout_holds": tables.of(_hold, "payouts", "hold#"),
        "stops": _stops(tables.rows("payouts", "log#")),
    }


def _people(tables: _Tables) -> dict[str, Any]:
    """Accounts, staff, and whether what is personal is sealed."""
    sealed = (("accounts", _plain_account), ("selling", _plain_selling), ("returns", _plain_withdrawal))
    return {
        **_staff(tables.rows("staff", ""), tables.rows("accounts", "account")),
        "doors": _doors(tables.rows("accounts", ""), tables.rows("sessions", "")),
        "seller_accounts": {
            item["pk"]["S"]: item["stripe_account_id"]["S"]
            for item in tables.rows("accounts", "seller")
            if "stripe_account_id" in item and not item["pk"]["S"].startswith("stripe#")
        },
        "unsealed": [place for area, parse in sealed for places in tables.of(parse, area, "") for place in places],
    }


def _doors(rows: list[Any], sessions: list[Any]) -> list[Door]:
    """What stands around every account."""
    keys = [(item["pk"]["S"], item["sk"]["S"]) for item in rows]
    stored = Counter(pk for pk, sk in keys if sk.startswith("passkey#"))
    codes = Counter(pk for pk, sk in keys if sk.startswith("recovery#"))
    claimed = Counter(item["account_id"]["S"] for item in rows if item["pk"]["S"].startswith("credential#"))
    owners = [item for item in sessions if "visitor" not in item or "NULL" in item["visitor"]]
    opened = Counter((item["pk"]["S"], int(item["epoch"]["N"])) for item in owners)
    return [
        Door(
            account_id=item["pk"]["S"],
            locked=bool(item.get("locked", {}).get("BOOL")),
            has_factor=bool(item.get("totp_secret", {}).get("S")) or _number(item, "passkeys") > 0,
            live_sessions=opened[item["pk"]["S"], _number(item, "session_epoch")],
            passkeys_counted=_number(item, "passkeys"),
            passkeys_stored=stored[item["pk"]["S"]],
            passkeys_claimed=claimed[item["pk"]["S"]],
            recovery_codes=codes[item["pk"]["S"]],
        )
        for item in rows
        if item["sk"]["S"] == "account"
    ]


def _number(item: Any, name: str) -> int:
    return int(item.get(name, {}).get("N", "0"))


def _staff(items: list[Any], accounts: list[Any]) -> dict[str, Any]:
    """What staff proposed and took away, and what the accounts themselves say of both."""
    of_sort = [(item["sk"]["S"], StaffItem.from_raw_data(item)) for item in items]
    members = {
        sort.removeprefix("member#"): frozenset(item.roles or ())
        for sort, item in of_sort
        if sort.startswith("member#")
    }
    marks = {WHOLE_ACCOUNT: "suspended", SELLING: "selling_suspended"}
    return {
        "proposals": [proposal_from(item) for sort, item in of_sort if sort == "proposal"],
        "suspensions": [suspension_from(item) for sort, item in of_sort if sort == "suspension"],
        "suspended": {
            item["pk"]["S"]: frozenset(scope for scope, mark in marks.items() if item.get(mark, {}).get("BOOL"))
            for item in accounts
        },
        "roster": members,
        "admins": next((item.admins or 0 for sort, item in of_sort if sort == "head"), 0),
        "roles": {item["pk"]["S"]: frozenset(item.get("roles", {}).get("SS", ())) for item in accounts},
    }


def _plain_account(item: Any) -> list[str]:
    return _plain(item, PERSONAL_FIELDS)


def _plain_selling(item: Any) -> list[str]:
    return _plain(item, SEALED)


def _plain_withdrawal(item: Any) -> list[str]:
    words = json.loads(item["sealed"]["S"]) if item["sk"]["S"] == "withdrawal" else {}
    return [f"{item['pk']['S']}/{name}" for name, text in words.items() if not _is_sealed(text)]


def _plain(item: Any, names: frozenset[str]) -> list[str]:
    """Name the personal attributes of an item that no cipher made."""
    if item["pk"]["S"] == NOBODY:  # stands for accounts that are not there, and says nothing of anybody
        return []
    where = f"{item['pk']['S']}/{item['sk']['S']}"
    return [f"{where}/{name}" for name in names & set(item) if not _is_sealed(item[name]["S"])]


def _is_sealed(text: str) -> bool:
    with suppress(ValueError):
        packed = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
        return len(packed) > NONCE_BYTES + TAG_BYTES and packed[0] == VERSION
    return False


def _order(item: Any) -> Any:
    return orders_table.order_from(orders_table.OrderItem.from_raw_data(item))


def _punctuality(item: Any) -> Any:
    return shipping_store.punctuality_from(shipping_store.PunctualityItem.from_raw_data(item))


def _move(item: Any) -> Any:
    return orders_table.move_from(orders_table.MoveItem.from_raw_data(item))


def _payment(item: Any) -> Any:
    return payments.payment_from(payments.PaymentItem.from_raw_data(item))


def _intent(item: Any) -> Any:
    return payments.intent_from(payments.IntentItem.from_raw_data(item))


def _booked(item: Any) -> Any:
    return ledger_transaction(LedgerItem.from_raw_data(item))


def _purse(item: Any) -> Any:
    return purse_store.purse_from(table_store.PurseItem.from_raw_data(item))


def _entry(item: Any) -> Any:
    return purse_store.entry_from(table_store.EntryItem.from_raw_data(item))


def _reserve(item: Any) -> Any:
    return purse_store.reserve_from(table_store.ReserveItem.from_raw_data(item))


def _clearing(item: Any) -> Any:
    return clearing_store.clearing_from(table_store.ClearingItem.from_raw_data(item))


def _payout(item: Any) -> Any:
    return payout_store.payout_from(table_store.PayoutItem.from_raw_data(item))


def _hold(item: Any) -> Any:
    stored = table_store.HoldItem.from_raw_data(item)
    return stored.pk, hold_from(stored), from_text(stored.ended_at) if stored.ended_at else None


def _stops(items: list[Any]) -> list[Any]:
    """Pair each stop with the resumption that followed it."""
    changes = [table_store.SwitchItem.from_raw_data(item) for item in items]
    ends = {(each.pk, each.changes): from_text(each.at) for each in changes if not each.stopped}
    return [
        (each.pk.removeprefix("switch#"), from_text(each.at), ends.get((each.pk, each.changes + 1)))
        for each in changes
        if each.stopped
    ]


def _stripe_payouts(stripe: LocalStripe) -> list[SellerPayout]:
    found = [record for record in stripe.world.store.owned("payout") if record.owner != "platform"]
    return [
        SellerPayout(
            record.owner,
            (record.data["metadata"] or {}).get("payout_key"),
            record.data["amount"],
            record.data["currency"],
            record.data["status"],
        )
        for record in found
    ]


def _refund(item: Any) -> Any:
    return refund_from(RefundItem.from_raw_data(item))


def _return(item: Any) -> Any:
    return returns.return_from(returns.ReturnItem.from_raw_data(item))


def _dispute(item: Any) -> Any:
    return disputes.dispute_from(disputes.DisputeItem.from_raw_data(item))


def _return_head(item: Any) -> Any:
    return returns.head_from(returns.HeadItem.from_raw_data(item))


def _review(item: Any) -> Any:
    return reviews._review(reviews.ReviewItem.from_raw_data(item))


def _rating(item: Any) -> Rating:
    _, role, subject = item["pk"]["S"].split("#")
    found = reviews.DynamoReviews().rating(subject, role)
    assert found is not None
    return found


def _stripe(stripe: LocalStripe) -> list[StripeMoney]:
    found = []
    for kind, name in (("charge",) * 2, ("transfer",) * 2, ("refund",) * 2, ("transfer_reversal", "reversal")):
        for each in stripe.objects(kind):
            if each.get("status") in {"failed", "canceled"}:
                continue
            named = each.get("metadata") or {}
            payment_id = named.get("payment_id") or each.get("transfer_group")
            found.append(
                StripeMoney(
                    each["id"],
                    name,
                    each["amount"],
                    each["currency"],
                    payment_id,
                    named.get("order_id"),
                    named.get("intent_id"),
                    each.get("destination"),
                )
            )
    return found
