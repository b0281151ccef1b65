"""The payouts table's items. Everything of one seller lies in one partition.

    pk = seller          sk = standing                       what the rules look at
    pk = seller          sk = purse#<currency>               a balance
    pk = seller          sk = entry#<currency>#<fact>        one movement, never changed
    pk = seller          sk = reserve#<currency>#<date>#..   a reserved part, removed when it is free
    pk = seller          sk = clearing#<currency>#<time>#..  what Stripe lets go on to a bank from that time on
    pk = seller          sk = hold#<cause>#<key>             a hold, kept when it has ended
    pk = seller          sk = payout#<currency>#<number>     a payout
    pk = switch#<scope>  sk = switch, log#<time>             the kill switch and its history
    pk = audit#<day>     sk = progress                       how far a night's audit has come; audit/nights_store.py

Index `work`: what has a time to be looked at, by queue. Index `explained`: what people read in order of time.
"""

from typing import Any

from pynamodb.attributes import BooleanAttribute, UnicodeAttribute, UnicodeSetAttribute
from pynamodb.indexes import AllProjection, GlobalSecondaryIndex, KeysOnlyProjection

from marketplace.storage.tables import IntegerAttribute, Item, meta

STANDING = "standing"
PURSE, ENTRY, RESERVE, HOLD, PAYOUT = "purse#", "entry#", "reserve#", "hold#", "payout#"
CLEARING = "clearing#"
SHARDS = 8  # partitions of the due queue: DynamoDB takes 1,000 writes a second in each
HELD_QUEUE = "held"


class Work(GlobalSecondaryIndex[Any]):
    """What has a time to be looked at."""

    class Meta:
        """See data.yaml."""

        index_name = "work"
        projection = KeysOnlyProjection()

    work_queue = UnicodeAttribute(hash_key=True)
    due_at = UnicodeAttribute(range_key=True)


class Explained(GlobalSecondaryIndex[Any]):
    """A seller's payouts, a payout's entries, a switch's history, by time."""

    class Meta:
        """See data.yaml."""

        index_name = "explained"
        projection = AllProjection()

    shown_under = UnicodeAttribute(hash_key=True)
    at = UnicodeAttribute(range_key=True)


class PurseItem(Item):
    """A balance, or a seller's standing: one class, so that both are one BatchGetItem."""

    class Meta(meta("payouts")):  # type: ignore[misc]
        """See data.yaml."""

    available_minor = IntegerAttribute(null=True)
    reserved_minor = IntegerAttribute(null=True)
    in_transit_minor = IntegerAttribute(null=True)
    paid_minor = IntegerAttribute(null=True)
    earned_minor = IntegerAttribute(null=True)
    reversed_minor = IntegerAttribute(null=True)
    brought_minor = IntegerAttribute(null=True)
    number = IntegerAttribute(null=True)
    version = IntegerAttribute(null=True)
    work_queue = UnicodeAttribute(null=True)
    due_at = UnicodeAttribute(null=True)
    # standing
    ended_orders = IntegerAttribute(null=True)
    chargebacks = IntegerAttribute(null=True)
    first_at = UnicodeAttribute(null=True)
    interval = UnicodeAttribute(null=True)
    failures = IntegerAttribute(null=True)
    holds_version = IntegerAttribute(null=True)
    settles = UnicodeSetAttribute(null=True)
    external_mark = UnicodeAttribute(null=True)

    work = Work()


StandingItem = PurseItem


class EntryItem(Item):
    """One movement."""

    class Meta(meta("payouts")):  # type: ignore[misc]
        """See data.yaml."""

    kind = UnicodeAttribute()
    amount_minor = IntegerAttribute()
    number = IntegerAttribute()
    at = UnicodeAttribute()
    shown_under = UnicodeAttribute()
    order_id = UnicodeAttribute(null=True)
    stripe_object = UnicodeAttribute(null=True)
    rule = UnicodeAttribute(null=True)
    payout_number = IntegerAttribute(null=True)

    explained = Explained()


class ReserveItem(Item):
    """A reserved part."""

    class Meta(meta("payouts")):  # type: ignore[misc]
        """See data.yaml."""

    order_id = UnicodeAttribute()
    stripe_object = UnicodeAttribute()
    amount_minor = IntegerAttribute()
    rule = UnicodeAttribute()
    since = UnicodeAttribute()
    until = UnicodeAttribute()


class ClearingItem(Item):
    """A part of an earning with the time from which it can go on."""

    class Meta(meta("payouts")):  # type: ignore[misc]
        """See data.yaml."""

    order_id = UnicodeAttribute()
    stripe_object = UnicodeAttribute()
    amount_minor = IntegerAttribute()
    since = UnicodeAttribute()


class HoldItem(Item):
    """A hold."""

    class Meta(meta("payouts")):  # type: ignore[misc]
        """See data.yaml."""

    since = UnicodeAttribute()
    until = UnicodeAttribute(null=True)
    amount_minor = IntegerAttribute(null=True)
    currency = UnicodeAttribute(null=True)
    order_id = UnicodeAttribute(null=True)
    reasons = UnicodeAttribute(null=True)
    by = UnicodeAttribute(null=True)
    ended_at = UnicodeAttribute(null=True)
    ended_by = UnicodeAttribute(null=True)
    work_queue = UnicodeAttribute(null=True)
    due_at = UnicodeAttribute(null=True)

    work = Work()


class PayoutItem(Item):
    """A payout."""

    class Meta(meta("payouts")):  # type: ignore[misc]
        """See data.yaml."""

    state = UnicodeAttribute()
    amount_minor = IntegerAttribute()
    brought_minor = IntegerAttribute()
    kept_minor = IntegerAttribute()
    at = UnicodeAttribute()  # of its beginning
    shown_under = UnicodeAttribute()
    stripe_account_id = UnicodeAttribute()
    stripe_payout_id = UnicodeAttribute(null=True)
    arrives_at = UnicodeAttribute(null=True)
    ended_at = UnicodeAttribute(null=True)
    reason = UnicodeAttribute(null=True)
    gated = BooleanAttribute(null=True)
    let_go_at = UnicodeAttribute(null=True)
    allowed_at = UnicodeAttribute(null=True)
    holds_version = IntegerAttribute(null=True)
    leaves = IntegerAttribute(null=True)
    work_queue = UnicodeAttribute(null=True)
    due_at = UnicodeAttribute(null=True)

    work = Work()
    explained = Explained()


class SwitchItem(Item):
    """The kill switch for one scope, or one entry of its history."""

    class Meta(meta("payouts")):  # type: ignore[misc]
        """See data.yaml."""

    stopped = BooleanAttribute()
    cause = UnicodeAttribute()
    reasons = UnicodeAttribute(null=True)
    by = UnicodeAttribute(null=True)
    approved_by = UnicodeAttribute(null=True)
    at = UnicodeAttribute()
    changes = IntegerAttribute()
    marks = UnicodeAttribute(null=True)  # of the facts that a stop is about; on the history's entry alone
    shown_under = UnicodeAttribute(null=True)
    work_queue = UnicodeAttribute(null=True)
    due_at = UnicodeAttribute(null=True)

    work = Work()
    explained = Explained()


def payout_sort(currency: str, number: int) -> str:
    """Spell a payout's sort key, so that it sorts by number."""
    return f"{PAYOUT}{currency}#{number:08d}"


def contents_of(seller_id: str, currency: str, number: int) -> str:
    """Name the place where a payout's entries are listed."""
    return f"contents#{seller_id}#{currency}#{number}"


def shard_of(seller_id: str) -> str:
    """Name the due queue that a seller's balances wait in; the same for ever."""
    return f"due#{sum(seller_id.encode()) % SHARDS}"
