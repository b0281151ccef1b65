"""Money that waits for a person, as rows of the payments table: pk = its name, sk = unclaimed.

One queue lists it: what waits for a decision is due since it waits, what people kept is due when its term ends. So what
is due now waits for people, and what is kept for years stands behind it.
"""

from pynamodb.attributes import UnicodeAttribute

from marketplace.kit.clock import from_text, to_text
from marketplace.kit.rows import Rows
from marketplace.kit.writes import Write
from marketplace.payments.store import PaymentItem
from marketplace.payments.unclaimed_model import UNCLAIMED_QUEUE, Stage, Unclaimed, UnclaimedMoved, Whose
from marketplace.storage.tables import IntegerAttribute, Item, meta, read_page
from marketplace.storage.transaction import Put

SORT = "unclaimed"


class UnclaimedItem(Item):
    """One amount."""

    class Meta(meta("payments")):  # type: ignore[misc]
        """See data.yaml."""

    whose = UnicodeAttribute()
    payment_id = UnicodeAttribute()
    order_id = UnicodeAttribute(null=True)
    amount_minor = IntegerAttribute()
    currency = UnicodeAttribute()
    since = UnicodeAttribute()
    account = UnicodeAttribute()
    stage = UnicodeAttribute()
    round = IntegerAttribute()
    decided = UnicodeAttribute(null=True)
    sent_as = UnicodeAttribute(null=True)
    bank_reference = UnicodeAttribute(null=True)
    work_queue = UnicodeAttribute(null=True)
    due_at = UnicodeAttribute(null=True)


class DynamoUnclaimed:
    """Money that waits, by name and in a list."""

    def read(self, name: str) -> Unclaimed | None:
        item = UnclaimedItem.read(name, SORT)
        return unclaimed_from(item) if item else None

    def read_many(self, names: tuple[str, ...]) -> list[Unclaimed]:
        found = {item.pk: unclaimed_from(item) for item in UnclaimedItem.read_many([(name, SORT) for name in names])}
        return [found[name] for name in names if name in found]

    def page(self, cursor: str | None, limit: int) -> Rows[str]:
        rows = read_page(
            PaymentItem.open_work,
            UNCLAIMED_QUEUE,
            sort_attribute="due_at",
            cursor=cursor,
            limit=limit,
            newest_first=False,
        )
        return Rows(tuple(item.pk for item in rows.items), rows.cursor)

    def put(self, found: Unclaimed) -> Write:
        return Put(_item(found), UnclaimedMoved())

    def change(self, before: Unclaimed, after: Unclaimed) -> Write:
        as_read = (UnclaimedItem.round == before.round) & (UnclaimedItem.stage == before.stage.value)
        return Put(_item(after), UnclaimedMoved(), as_read)


def _item(found: Unclaimed) -> UnclaimedItem:
    due_at = {Stage.WAITING: found.since, Stage.KEPT: found.kept_until}.get(found.stage)
    return UnclaimedItem(
        found.name,
        SORT,
        whose=found.whose.value,
        payment_id=found.payment_id,
        order_id=found.order_id,
        amount_minor=found.amount_minor,
        currency=found.currency,
        since=to_text(found.since),
        account=found.account,
        stage=found.stage.value,
        round=found.round,
        decided=found.decided,
        sent_as=found.sent_as,
        bank_reference=found.bank_reference,
        work_queue=UNCLAIMED_QUEUE if due_at else None,
        due_at=to_text(due_at) if due_at else None,
    )


def unclaimed_from(item: UnclaimedItem) -> Unclaimed:
    """Read a stored amount."""
    return Unclaimed(
        name=item.pk,
        whose=Whose(item.whose),
        payment_id=item.payment_id,
        order_id=item.order_id,
        amount_minor=item.amount_minor,
        currency=item.currency,
        since=from_text(item.since),
        account=item.account,
        stage=Stage(item.stage),
        round=item.round,
        decided=item.decided,
        sent_as=item.sent_as,
        bank_reference=item.bank_reference,
    )
