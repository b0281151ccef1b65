"""An account's own notifications: reading them, and noting that they were read."""

from marketplace.kit.clock import Clock
from marketplace.kit.rows import Rows
from marketplace.kit.writes import Transactions
from marketplace.notifications.model import Notification, NotificationMissing, is_notification_id
from marketplace.notifications.ports import Inboxes


class Inbox:
    """What the owner of an inbox may do with it."""

    def __init__(self, *, clock: Clock, transactions: Transactions, inboxes: Inboxes) -> None:
        self._clock = clock
        self._transactions = transactions
        self._inboxes = inboxes

    def page(self, account_id: str, cursor: str | None, limit: int) -> Rows[Notification]:
        """Return one page of the account's notifications, newest first.

        Raises: BadCursor.
        """
        return self._inboxes.page(account_id, cursor, limit, self._clock.now())

    def mark_read(self, account_id: str, notification_id: str) -> Notification:
        """Note that the owner read it; reading again keeps the first time.

        Raises: NotificationMissing, for somebody else's too.
        """
        if not is_notification_id(notification_id):
            raise NotificationMissing
        now = self._clock.now()
        self._transactions.commit([self._inboxes.mark_read(account_id, notification_id, now)])
        found = self._inboxes.read(account_id, notification_id, now)
        if found is None:
            raise NotificationMissing
        return found
