"""What lies beside a dispute in its table: claims, precedents, defects, and appeals that came after the end."""

from datetime import datetime
from typing import Any

from pynamodb.attributes import JSONAttribute, UnicodeAttribute
from pynamodb.exceptions import PynamoDBException

from marketplace.disputes.aftermath import Defect
from marketplace.disputes.claims import Claim, ClaimStanding
from marketplace.disputes.errors import DisputeMoved
from marketplace.disputes.messages import Message
from marketplace.disputes.precedents import Precedent
from marketplace.disputes.store import ByQueue
from marketplace.kit.clock import from_text, to_text
from marketplace.kit.errors import Unavailable
from marketplace.kit.rows import Rows
from marketplace.kit.writes import Write
from marketplace.storage.tables import IntegerAttribute, Item, meta, read_page
from marketplace.storage.transaction import Delete, Put, Replace

CLAIM_PREFIX, DEFECT_PREFIX, PRECEDENT_PREFIX = "claim#", "defect#", "precedent#"
MESSAGE_PREFIX, READ_PREFIX = "message#", "read#"
STANDING, LATE, LATE_QUEUE, CLAIMS_QUEUE = "claims", "late", "late_appeals", "claims_appeals"


class FactItem(Item):
    """A row of facts."""

    class Meta(meta("disputes")):  # type: ignore[misc]
        """See data.yaml."""

    facts = JSONAttribute()


class StandingItem(Item):
    """What a buyer's claims led to."""

    class Meta(meta("disputes")):  # type: ignore[misc]
        """See data.yaml."""

    facts = JSONAttribute()
    revision = IntegerAttribute()
    queue = UnicodeAttribute(null=True)  # of an appeal that nobody has decided
    due_at = UnicodeAttribute(null=True)

    by_queue = ByQueue()


class LateItem(Item):
    """An appeal that came after the order's end, and until when it is to be decided."""

    class Meta(meta("disputes")):  # type: ignore[misc]
        """See data.yaml."""

    queue = UnicodeAttribute()
    due_at = UnicodeAttribute()

    by_queue = ByQueue()


class MessageItem(Item):
    """One message of a dispute."""

    class Meta(meta("disputes")):  # type: ignore[misc]
        """See data.yaml."""

    by = UnicodeAttribute()
    author_id = UnicodeAttribute()
    audience = UnicodeAttribute()
    text = UnicodeAttribute()
    at = UnicodeAttribute()


class ReadItem(Item):
    """How far one side has read."""

    class Meta(meta("disputes")):  # type: ignore[misc]
        """See data.yaml."""

    number = IntegerAttribute()


class DynamoCaseRecords:
    """Rows beside the disputes."""

    def messages(self, dispute_id: str) -> list[Message]:
        found = MessageItem.read_partition(dispute_id, MessageItem.sk.startswith(MESSAGE_PREFIX))
        return [
            Message(
                dispute_id,
                int(each.sk.removeprefix(MESSAGE_PREFIX)),
                each.by,
                each.author_id,
                each.audience,
                each.text,
                from_text(each.at),
            )
            for each in found
        ]

    def add_message(self, message: Message) -> Write:
        item = MessageItem(
            message.dispute_id,
            f"{MESSAGE_PREFIX}{message.number:04d}",
            by=message.by,
            author_id=message.author_id,
            audience=message.audience,
            text=message.text,
            at=to_text(message.at),
        )
        return Put(item, DisputeMoved())

    def reads(self, dispute_id: str) -> dict[str, int]:
        found = ReadItem.read_partition(dispute_id, ReadItem.sk.startswith(READ_PREFIX))
        return {each.sk.removeprefix(READ_PREFIX): each.number for each in found}

    def read_up_to(self, dispute_id: str, role: str, number: int) -> Write:
        return Replace(ReadItem(dispute_id, f"{READ_PREFIX}{role}", number=number), DisputeMoved())

    def claims_since(self, buyer_id: str, since: datetime) -> list[Claim]:
        found = FactItem.read_partition(_buyer(buyer_id), FactItem.sk.between(_claim_at(since), CLAIM_PREFIX + "~"))
        return [
            Claim(buyer_id, each.facts["dispute_id"], from_text(each.facts["at"]), each.facts["upheld"])
            for each in found
        ]

    def claim(self, claim: Claim) -> Write:
        facts = {"dispute_id": claim.dispute_id, "at": to_text(claim.at), "upheld": claim.upheld}
        sort = f"{_claim_at(claim.at)}#{claim.dispute_id}"
        return Replace(FactItem(_buyer(claim.buyer_id), sort, facts=facts), DisputeMoved())

    def claim_standing(self, buyer_id: str) -> ClaimStanding:
        item = StandingItem.read(_buyer(buyer_id), STANDING)
        return ClaimStanding(buyer_id, **_read(item.facts), revision=item.revision) if item else ClaimStanding(buyer_id)

    def change_standing(self, before: ClaimStanding, after: ClaimStanding, refusal: Exception) -> Write:
        waits = after.appealed_at is not None and not after.decided_by
        item = StandingItem(
            _buyer(after.buyer_id),
            STANDING,
            facts=_plain(after, "buyer_id", "revision"),
            revision=after.revision,
            queue=CLAIMS_QUEUE if waits else None,
            due_at=to_text(after.appealed_at) if waits and after.appealed_at else None,
        )
        same = StandingItem.revision == before.revision if before.revision else StandingItem.pk.does_not_exist()
        return Put(item, refusal, condition=same)

    def page_claims_appeals(self, cursor: str | None, limit: int) -> Rows[ClaimStanding]:
        """List appeals against limits on claims that nobody has decided, the oldest first (an index: a hint)."""
        rows = read_page(
            StandingItem.by_queue, CLAIMS_QUEUE, sort_attribute="due_at", cursor=cursor, limit=limit, newest_first=False
        )
        buyers = (item.pk.removeprefix("buyer#") for item in rows.items)
        return Rows(tuple(self.claim_standing(buyer_id) for buyer_id in buyers), rows.cursor)

    def precedent(self, precedent: Precedent) -> Write:
        sort = f"{PRECEDENT_PREFIX}{to_text(precedent.at)}#{precedent.precedent_id}"
        item = FactItem(_kind(precedent.reason, precedent.currency), sort, facts=_plain(precedent))
        return Replace(item, DisputeMoved())

    def precedents(self, reason: str, currency: str, limit: int) -> list[Precedent]:
        try:
            found = list(FactItem.query(_kind(reason, currency), scan_index_forward=False, limit=limit))
        except PynamoDBException as error:
            raise Unavailable from error
        return [Precedent(**_read(each.facts)) for each in found]

    def defect(self, defect: Defect) -> Write:
        sort = f"{DEFECT_PREFIX}{to_text(defect.at)}#{defect.dispute_id}"
        return Replace(FactItem(_seller(defect.seller_id), sort, facts=_plain(defect)), DisputeMoved())

    def defects(self, seller_id: str, since: datetime) -> list[Defect]:
        newer = FactItem.sk.between(f"{DEFECT_PREFIX}{to_text(since)}", DEFECT_PREFIX + "~")
        return [Defect(**_read(each.facts)) for each in FactItem.read_partition(_seller(seller_id), newer)]

    def late_appeal(self, dispute_id: str, due_at: datetime) -> Write:
        return Put(LateItem(dispute_id, LATE, queue=LATE_QUEUE, due_at=to_text(due_at)), DisputeMoved())

    def no_late_appeal(self, dispute_id: str) -> Write:
        return Delete(LateItem(dispute_id, LATE), LateItem.pk.exists(), DisputeMoved())

    def late_appeals_due(self, now: datetime, limit: int) -> list[str]:
        """Name disputes whose late appeal nobody decided in time (an index: a hint)."""
        return [item.pk for item in LateItem.by_queue.query(LATE_QUEUE, ByQueue.due_at <= to_text(now), limit=limit)]


def _buyer(buyer_id: str) -> str:
    return f"buyer#{buyer_id}"


def _seller(seller_id: str) -> str:
    return f"seller#{seller_id}"


def _kind(reason: str, currency: str) -> str:
    return f"decided#{reason}#{currency}"


def _claim_at(at: datetime) -> str:
    return f"{CLAIM_PREFIX}{to_text(at)}"


def _plain(record: Any, *without: str) -> dict[str, Any]:
    found = {name: getattr(record, name) for name in record.__slots__ if name not in without}
    return {name: to_text(each) if isinstance(each, datetime) else each for name, each in found.items()}


def _read(facts: dict[str, Any]) -> dict[str, Any]:
    moments = {"at", "since", "appealed_at"}
    return {name: from_text(each) if name in moments and each else each for name, each in facts.items()}
