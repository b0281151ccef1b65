"""Inboxes and delivery claims, on the in-memory DynamoDB and on moto."""

from datetime import UTC, datetime, timedelta

import pytest

from marketplace.notifications.model import (
    CLAIM_KEPT_SECONDS,
    INBOX_KEPT_SECONDS,
    AlreadyClaimed,
    Notification,
    NotificationMissing,
)
from marketplace.notifications.store import DynamoInbox
from marketplace.storage.cursor import BadCursor, encode_cursor
from marketplace.storage.tables import TABLE_PREFIX, shared_client
from marketplace.storage.transaction import DynamoTransactions
from tests.fakes.dynamo import MemoryDynamo, create_tables
from tests.fakes.strict_moto import strict_moto

NOW = datetime(2026, 3, 14, 9, 30, tzinfo=UTC)
TABLE = f"{TABLE_PREFIX}-notifications"
STAGE = {"Stage": TABLE_PREFIX.removeprefix("aval-")}
OWNER, OTHER = "acc_owner", "acc_other"


@pytest.fixture(params=["memory", "moto"])
def commit(request):
    """Create the tables; return how to commit writes."""
    if request.param == "memory":
        with MemoryDynamo().installed() as dynamo:
            create_tables(dynamo, "infra/data.yaml", STAGE)
            yield DynamoTransactions().commit
    else:
        with strict_moto():
            create_tables(shared_client(), "infra/data.yaml", STAGE)
            yield DynamoTransactions().commit


@pytest.fixture
def store():
    return DynamoInbox()


def notification(number=1, account_id=OWNER, event_id=None):
    return Notification(
        notification_id=f"ntf_{number:026d}",
        account_id=account_id,
        event_id=event_id or f"evt_{number}",
        kind="order.paid",
        party="buyer",
        subject="ord_1",
        data={"total_minor": 1_250, "currency": "eur"},
        occurred_at=NOW,
    )


def ids(rows):
    return [item.notification_id for item in rows.items]


def test_a_notification_comes_back_as_it_was_stored(commit, store):
    commit(store.store(notification(), NOW))

    assert store.read(OWNER, notification().notification_id, NOW) == notification()
    assert store.page(OWNER, None, 10, NOW).items == (notification(),)


def test_the_same_event_is_stored_once_even_under_another_id(commit, store):
    commit(store.store(notification(1, event_id="evt_same"), NOW))

    with pytest.raises(AlreadyClaimed):
        commit(store.store(notification(2, event_id="evt_same"), NOW))

    assert ids(store.page(OWNER, None, 10, NOW)) == [notification(1).notification_id]


def test_an_inbox_pages_newest_first_without_gap_or_repeat(commit, store):
    for number in range(5):
        commit(store.store(notification(number), NOW))
    commit(store.store(notification(9, OTHER), NOW))

    pages, cursor = [], None
    while True:
        rows = store.page(OWNER, cursor, 2, NOW)
        pages.append(ids(rows))
        if (cursor := rows.cursor) is None:
            break

    assert [each for page in pages for each in page] == [f"ntf_{number:026d}" for number in (4, 3, 2, 1, 0)]


def test_claims_do_not_show_in_the_inbox(commit, store):
    commit([store.claim(OWNER, "evt_1", "mail", "att_1", NOW)])

    assert store.page(OWNER, None, 10, NOW).items == ()


def test_a_cursor_of_one_inbox_shows_nothing_of_another(commit, store):
    for number in range(3):
        commit(store.store(notification(number), NOW))
    cursor = store.page(OWNER, None, 1, NOW).cursor

    assert store.page(OTHER, cursor, 10, NOW).items == ()


@pytest.mark.parametrize(
    "forged",
    ["", "x", "!!", encode_cursor("sent#evt_1#mail"), encode_cursor("ntf_x"), encode_cursor("a", "b"), "ab" * 2_000],
)
def test_a_forged_cursor_is_refused(commit, store, forged):
    with pytest.raises(BadCursor):
        store.page(OWNER, forged, 10, NOW)


def test_a_cursor_to_a_place_that_never_was_goes_on_from_there(commit, store):
    for number in (1, 3):
        commit(store.store(notification(number), NOW))

    assert ids(store.page(OWNER, encode_cursor(f"ntf_{2:026d}"), 10, NOW)) == [f"ntf_{1:026d}"]


def test_the_first_reading_is_kept(commit, store):
    commit(store.store(notification(), NOW))

    commit([store.mark_read(OWNER, notification().notification_id, NOW)])
    commit([store.mark_read(OWNER, notification().notification_id, NOW + timedelta(days=1))])

    assert store.read(OWNER, notification().notification_id, NOW).read_at == NOW


@pytest.mark.parametrize("account_id", [OTHER, "acc_nobody"])
def test_only_the_owner_can_mark_it_read(commit, store, account_id):
    commit(store.store(notification(), NOW))

    with pytest.raises(NotificationMissing):
        commit([store.mark_read(account_id, notification().notification_id, NOW)])

    assert store.read(OWNER, notification().notification_id, NOW).read_at is None


@pytest.mark.parametrize(("seconds", "shown"), [(INBOX_KEPT_SECONDS - 1, 1), (INBOX_KEPT_SECONDS, 0)])
def test_an_expired_notification_is_gone_even_while_its_item_lasts(commit, store, seconds, shown):
    commit(store.store(notification(), NOW))
    later = NOW + timedelta(seconds=seconds)

    assert len(store.page(OWNER, None, 10, later).items) == shown
    assert (store.read(OWNER, notification().notification_id, later) is not None) == bool(shown)


def test_an_expired_notification_cannot_be_marked_read(commit, store):
    commit(store.store(notification(), NOW))

    with pytest.raises(NotificationMissing):
        commit([store.mark_read(OWNER, notification().notification_id, NOW + timedelta(seconds=INBOX_KEPT_SECONDS))])


def test_a_delivery_is_claimed_once_for_each_recipient_and_channel(commit, store):
    commit([store.claim(OWNER, "evt_1", "mail", "att_1", NOW)])
    commit([store.claim(OTHER, "evt_1", "mail", "att_1", NOW)])
    commit([store.claim(OWNER, "evt_1", "inbox", "att_1", NOW)])
    commit([store.claim(OWNER, "evt_2", "mail", "att_1", NOW)])

    with pytest.raises(AlreadyClaimed):
        commit([store.claim(OWNER, "evt_1", "mail", "att_1", NOW)])


@pytest.mark.parametrize("state", ["sent", "unknown", "refused", "not_due"])
def test_a_settled_claim_can_neither_be_released_nor_settled_again(commit, store, state):
    commit([store.claim(OWNER, "evt_1", "mail", "att_1", NOW)])
    commit([store.settle(OWNER, "evt_1", "mail", state, NOW)])

    for write in (store.release(OWNER, "evt_1", "mail", "att_1"), store.settle(OWNER, "evt_1", "mail", "sent", NOW)):
        with pytest.raises(AlreadyClaimed):
            commit([write])

    assert store.claim_state(OWNER, "evt_1", "mail") == state


def test_a_released_claim_can_be_taken_again(commit, store):
    commit([store.claim(OWNER, "evt_1", "mail", "att_1", NOW)])
    commit([store.release(OWNER, "evt_1", "mail", "att_1")])

    assert store.claim_state(OWNER, "evt_1", "mail") is None
    commit([store.claim(OWNER, "evt_1", "mail", "att_1", NOW)])


def test_a_claim_can_be_released_only_by_the_attempt_that_took_it(commit, store):
    commit([store.claim(OWNER, "evt_1", "mail", "att_1", NOW)])

    with pytest.raises(AlreadyClaimed):
        commit([store.release(OWNER, "evt_1", "mail", "att_2")])

    assert store.claim_state(OWNER, "evt_1", "mail") == "claimed"


@pytest.mark.parametrize("channel", ["inbox", "mail"])
def test_there_is_nothing_to_release_before_a_claim_or_after_a_stored_notification(commit, store, channel):
    commit(store.store(notification(), NOW))

    with pytest.raises(AlreadyClaimed):
        commit([store.release(OWNER, "evt_1", channel, "att_1")])


def test_items_expire_and_claims_outlive_a_dead_letter_queue():
    with MemoryDynamo(clock=lambda: NOW.timestamp() + CLAIM_KEPT_SECONDS + 1).installed() as dynamo:
        create_tables(dynamo, "infra/data.yaml", STAGE)
        store = DynamoInbox()
        DynamoTransactions().commit(
            [*store.store(notification(), NOW), store.claim(OWNER, "evt_1", "mail", "att_1", NOW)]
        )

        dynamo.expire(TABLE)

        assert [row["sk"] for row in dynamo.rows(TABLE)] == [f"inbox#{notification().notification_id}"]
    assert CLAIM_KEPT_SECONDS > 28 * 86_400  # 14 days in the queue, 14 in the dead-letter queue


def test_each_use_is_one_round_trip():
    with MemoryDynamo().installed() as dynamo:
        create_tables(dynamo, "infra/data.yaml", STAGE)
        store, transactions = DynamoInbox(), DynamoTransactions()
        uses = {
            "store": lambda: transactions.commit(store.store(notification(), NOW)),
            "page": lambda: store.page(OWNER, None, 20, NOW),
            "read": lambda: store.read(OWNER, notification().notification_id, NOW),
            "mark": lambda: transactions.commit([store.mark_read(OWNER, notification().notification_id, NOW)]),
        }

        for name, use in uses.items():
            dynamo.calls.clear()
            use()

            assert len(dynamo.calls) == 1, name
