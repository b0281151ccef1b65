"""Inboxes and delivery claims in DynamoDB.

pk = account   sk = inbox#<notification>        one line of the inbox; ids sort by time
pk = recipient sk = sent#<event>#<channel>      the claim of one delivery
"""

from datetime import datetime

from pynamodb.attributes import JSONAttribute, UnicodeAttribute
from pynamodb.exceptions import PynamoDBException

from marketplace.kit.clock import from_text, to_text
from marketplace.kit.errors import Unavailable
from marketplace.kit.rows import Rows
from marketplace.kit.writes import Write
from marketplace.notifications.model import (
    CLAIM_KEPT_SECONDS,
    CLAIMED,
    INBOX,
    INBOX_KEPT_SECONDS,
    SENT,
    AlreadyClaimed,
    Notification,
    NotificationMissing,
    is_notification_id,
)
from marketplace.storage.cursor import BadCursor, decode_cursor, encode_cursor
from marketplace.storage.tables import IntegerAttribute, Item, meta
from marketplace.storage.transaction import Delete, Put, Update

_INBOX_PREFIX, _SENT_PREFIX = "inbox#", "sent#"


class InboxItem(Item):
    """One notification."""

    class Meta(meta("notifications")):  # type: ignore[misc]
        """See data.yaml."""

    event_id = UnicodeAttribute()
    kind = UnicodeAttribute()
    party = UnicodeAttribute()
    subject = UnicodeAttribute()
    data = JSONAttribute()
    occurred_at = UnicodeAttribute()
    read_at = UnicodeAttribute(null=True)
    expires_at = IntegerAttribute()


class ClaimItem(Item):
    """One delivery: claimed before it happens, settled after."""

    class Meta(meta("notifications")):  # type: ignore[misc]
        """See data.yaml."""

    state = UnicodeAttribute()
    attempt = UnicodeAttribute(null=True)  # whose claim it is, where claiming and doing are two steps
    claimed_at = UnicodeAttribute()
    settled_at = UnicodeAttribute(null=True)
    expires_at = IntegerAttribute()


class DynamoInbox:
    """Notifications by account, newest first, and the claims that keep deliveries single."""

    def store(self, notification: Notification, at: datetime) -> list[Write]:
        claim = _claim(notification.account_id, notification.event_id, INBOX, at, state=SENT)
        return [Put(claim, AlreadyClaimed()), Put(_inbox_item(notification, at), AlreadyClaimed())]

    def claim(self, account_id: str, event_id: str, channel: str, attempt: str, at: datetime) -> Write:
        item = _claim(account_id, event_id, channel, at, state=CLAIMED)
        item.attempt = attempt
        return Put(item, AlreadyClaimed())

    def settle(
        self, account_id: str, event_id: str, channel: str, state: str, at: datetime, *, kept_seconds: int = 0
    ) -> Write:
        actions = [ClaimItem.state.set(state), ClaimItem.settled_at.set(to_text(at))]
        if kept_seconds:
            actions.append(ClaimItem.expires_at.set(int(at.timestamp()) + kept_seconds))
        item = ClaimItem(account_id, _sent_key(event_id, channel))
        return Update(item, actions, ClaimItem.state == CLAIMED, AlreadyClaimed())

    def release(self, account_id: str, event_id: str, channel: str, attempt: str) -> Write:
        item = ClaimItem(account_id, _sent_key(event_id, channel))
        return Delete(item, (ClaimItem.state == CLAIMED) & (ClaimItem.attempt == attempt), AlreadyClaimed())

    def claim_state(self, account_id: str, event_id: str, channel: str) -> str | None:
        """Return what is known of a delivery: for operators and tests."""
        item = ClaimItem.read(account_id, _sent_key(event_id, channel))
        return item.state if item else None

    def delivered_at(self, account_id: str, event_id: str, channel: str) -> datetime | None:
        """Return when a delivery was surely handed over; None when it was not, or is no longer known."""
        item = ClaimItem.read(account_id, _sent_key(event_id, channel))
        return from_text(item.settled_at) if item and item.state == SENT and item.settled_at else None

    def page(self, account_id: str, cursor: str | None, limit: int, now: datetime) -> Rows[Notification]:
        found = InboxItem.query(
            account_id,
            InboxItem.sk.startswith(_INBOX_PREFIX),
            scan_index_forward=False,
            limit=limit,
            page_size=limit,
            last_evaluated_key=_start(account_id, cursor),
        )
        try:
            items = [item for item in found if item.expires_at > now.timestamp()]
        except PynamoDBException as error:
            raise Unavailable from error
        last = found.last_evaluated_key
        following = encode_cursor(last["sk"]["S"].removeprefix(_INBOX_PREFIX)) if last else None
        return Rows(tuple(_notification(item) for item in items), following)

    def read(self, account_id: str, notification_id: str, now: datetime) -> Notification | None:
        item = InboxItem.read(account_id, _INBOX_PREFIX + notification_id)
        return _notification(item) if item and item.expires_at > now.timestamp() else None

    def mark_read(self, account_id: str, notification_id: str, at: datetime) -> Write:
        item = InboxItem(account_id, _INBOX_PREFIX + notification_id)
        first_reading = InboxItem.read_at.set(InboxItem.read_at | to_text(at))
        there = InboxItem.pk.exists() & (InboxItem.expires_at > int(at.timestamp()))
        return Update(item, [first_reading], there, NotificationMissing())


def _start(account_id: str, cursor: str | None) -> dict[str, dict[str, str]] | None:
    if cursor is None:
        return None
    [notification_id] = decode_cursor(cursor, count=1)
    if not is_notification_id(notification_id):  # DynamoDB refuses a start outside the key condition
        raise BadCursor
    return {"pk": {"S": account_id}, "sk": {"S": _INBOX_PREFIX + notification_id}}


def _sent_key(event_id: str, channel: str) -> str:
    return f"{_SENT_PREFIX}{event_id}#{channel}"


def _claim(account_id: str, event_id: str, channel: str, at: datetime, *, state: str) -> ClaimItem:
    return ClaimItem(
        account_id,
        _sent_key(event_id, channel),
        state=state,
        claimed_at=to_text(at),
        expires_at=int(at.timestamp()) + CLAIM_KEPT_SECONDS,
    )


def _inbox_item(notification: Notification, at: datetime) -> InboxItem:
    return InboxItem(
        notification.account_id,
        _INBOX_PREFIX + notification.notification_id,
        event_id=notification.event_id,
        kind=notification.kind,
        party=notification.party,
        subject=notification.subject,
        data=dict(notification.data),
        occurred_at=to_text(notification.occurred_at),
        expires_at=int(at.timestamp()) + INBOX_KEPT_SECONDS,
    )


def _notification(item: InboxItem) -> Notification:
    return Notification(
        notification_id=item.sk.removeprefix(_INBOX_PREFIX),
        account_id=item.pk,
        event_id=item.event_id,
        kind=item.kind,
        party=item.party,
        subject=item.subject,
        data=item.data,
        occurred_at=from_text(item.occurred_at),
        read_at=from_text(item.read_at) if item.read_at else None,
    )
