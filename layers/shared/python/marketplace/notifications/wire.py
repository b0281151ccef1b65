"""Notifications as clients see them."""

from datetime import datetime

import msgspec

from marketplace.kit.clock import to_text
from marketplace.notifications.model import Notification
from marketplace.notifications.rendering import render


class NotificationView(msgspec.Struct):
    """One notification, in the reader's language."""

    notification_id: str
    kind: str
    subject: str
    title: str
    body: str
    path: str
    occurred_at: str
    read_at: str | None


def shown(notification: Notification, locale: str) -> NotificationView:
    """Put a notification into the reader's language."""
    text = render(notification.kind, notification.party, notification.subject, notification.data, locale)
    return NotificationView(
        notification_id=notification.notification_id,
        kind=notification.kind,
        subject=notification.subject,
        title=text.title,
        body=text.body,
        path=text.path,
        occurred_at=to_text(notification.occurred_at),
        read_at=_text(notification.read_at),
    )


def _text(moment: datetime | None) -> str | None:
    return to_text(moment) if moment else None
