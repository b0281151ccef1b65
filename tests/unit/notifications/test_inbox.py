"""An inbox belongs to one account, and reads in whatever language its owner now uses."""

import pytest

from marketplace.notifications.model import NotificationMissing, is_notification_id
from marketplace.notifications.wire import shown
from tests.unit.notifications.making import BUYER, NOW, SELLER, Telling, order_event


@pytest.fixture
def telling():
    telling = Telling()
    telling.delivery.deliver(order_event("paid"))
    return telling


def only(telling, account_id):
    [found] = telling.inbox.page(account_id, None, 10).items
    return found


def test_the_owner_reads_and_the_first_reading_is_kept(telling):
    noted = only(telling, BUYER)

    first = telling.inbox.mark_read(BUYER, noted.notification_id)
    telling.clock.advance(days=1)
    second = telling.inbox.mark_read(BUYER, noted.notification_id)

    assert first.read_at == second.read_at == NOW


def test_somebody_elses_notification_is_missing_and_stays_unread(telling):
    noted = only(telling, SELLER)

    with pytest.raises(NotificationMissing):
        telling.inbox.mark_read(BUYER, noted.notification_id)

    assert only(telling, SELLER).read_at is None


@pytest.mark.parametrize(
    "wrong", ["", "ntf_", "ntf_" + "0" * 25, "ntf_" + "0" * 27, "ntf_" + "U" * 26, "sent#x", "x" * 5_000]
)
def test_what_cannot_be_an_id_is_missing_and_never_becomes_a_key(telling, wrong):
    assert not is_notification_id(wrong)
    with pytest.raises(NotificationMissing):
        telling.inbox.mark_read(BUYER, wrong)


@pytest.mark.parametrize(
    ("locale", "title"),
    [("es", "Hemos recibido el pago del pedido ord_bike"), ("en", "Payment received for order ord_bike")],
)
def test_a_notification_reads_in_the_readers_language(telling, locale, title):
    view = shown(only(telling, BUYER), locale)

    assert view.title == title
    assert view.path == "/orders/ord_bike"
    assert view.occurred_at == "2026-03-14T09:30:00.000Z"
    assert view.read_at is None
