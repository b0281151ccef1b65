"""/notifications: an account's own inbox, in its reader's language."""

from marketplace.notifications.model import NotificationMissing
from marketplace.notifications.wire import NotificationView, shown
from marketplace.storage.cursor import BadCursor
from marketplace.web import Page, PageQuery, Request, SignedIn, make_app, route
from marketplace.wiring import Services, live


@route("GET", "/notifications", access=SignedIn, query=PageQuery, returns=Page[NotificationView], errors=(BadCursor,))
def list_notifications(request: Request, services: Services) -> Page[NotificationView]:
    """List what you were told, newest first."""
    rows = services.notifications.page(request.account.account_id, request.query.cursor, request.query.limit)
    return Page(items=[shown(notification, request.locale) for notification in rows.items], cursor=rows.cursor)


@route(
    "POST",
    "/notifications/{notification_id}/read",
    access=SignedIn,
    returns=NotificationView,
    errors=(NotificationMissing,),
)
def read_notification(request: Request, services: Services) -> NotificationView:
    """Mark one notification as read.

    Reading it again keeps the first time.
    """
    found = services.notifications.mark_read(request.account.account_id, request.path["notification_id"])
    return shown(found, request.locale)


ROUTES = (list_notifications, read_notification)
handler = make_app("notifications", *ROUTES, services=live)
