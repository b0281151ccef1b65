"""What the tests of telling people are made of: everything outside the area, as plain objects."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from marketplace.kit.ids import derived_id
from marketplace.kit.rows import Rows
from marketplace.notifications.delivery import Delivery
from marketplace.notifications.inbox import Inbox
from marketplace.notifications.model import AlreadyClaimed, Mail, Notification, NotificationMissing
from marketplace.outbox.model import Event, event

NOW = datetime(2026, 3, 14, 9, 30, tzinfo=UTC)
BUYER, SELLER, ORDER = "acc_lucia", "acc_tomas", "ord_bike"


@dataclass
class FrozenClock:
    at: datetime = NOW

    def now(self) -> datetime:
        return self.at

    def advance(self, **length: float) -> None:
        self.at += timedelta(**length)


@dataclass
class CountingIds:
    count: int = 0

    def new(self, prefix: str, at: datetime) -> str:
        self.count += 1
        return f"{prefix}_{int(at.timestamp()):013d}{self.count:013d}"

    def secret(self, size_bytes: int = 32) -> str:
        return "s" * size_bytes


@dataclass
class Change:
    """A write on plain dictionaries."""

    holds: Callable[[], bool]
    do: Callable[[], None]
    refusal: Exception

    def apply(self, transaction: object) -> None:
        self.do()


@dataclass
class Transactions:
    failures: list[Exception | None] = field(default_factory=list)  # one for each coming commit
    applied_all_the_same: bool = False  # a failed commit only lost its answer

    def commit(self, writes: Sequence[Change], *, token: str | None = None) -> None:
        failure = self.failures.pop(0) if self.failures else None
        if failure and not self.applied_all_the_same:
            raise failure
        for write in writes:
            if not write.holds():
                raise write.refusal
        for write in writes:
            write.apply(self)
        if failure:
            raise failure


@dataclass
class Inboxes:
    notifications: dict[tuple[str, str], Notification] = field(default_factory=dict)
    claims: dict[tuple[str, str, str], str] = field(default_factory=dict)
    attempts: dict[str, tuple[str, str, str]] = field(default_factory=dict)

    def store(self, notification: Notification, at: datetime) -> list[Change]:
        claim = (notification.account_id, notification.event_id, "inbox")
        key = (notification.account_id, notification.notification_id)
        return [
            self._put(claim, "sent"),
            Change(lambda: True, lambda: self.notifications.update({key: notification}), AlreadyClaimed()),
        ]

    def claim(self, account_id: str, event_id: str, channel: str, attempt: str, at: datetime) -> Change:
        self.attempts[attempt] = (account_id, event_id, channel)
        return self._put((account_id, event_id, channel), "claimed")

    def settle(
        self, account_id: str, event_id: str, channel: str, state: str, at: datetime, *, kept_seconds: int = 0
    ) -> Change:
        key = (account_id, event_id, channel)
        return Change(
            lambda: self.claims.get(key) == "claimed", lambda: self.claims.update({key: state}), AlreadyClaimed()
        )

    def release(self, account_id: str, event_id: str, channel: str, attempt: str) -> Change:
        key = self.attempts[attempt]
        return Change(lambda: self.claims.get(key) == "claimed", lambda: self.claims.__delitem__(key), AlreadyClaimed())

    def page(self, account_id: str, cursor: str | None, limit: int, now: datetime) -> Rows[Notification]:
        found = sorted((n for n in self.notifications.values() if n.account_id == account_id), key=_id, reverse=True)
        return Rows(tuple(found[:limit]), None)

    def read(self, account_id: str, notification_id: str, now: datetime) -> Notification | None:
        return self.notifications.get((account_id, notification_id))

    def mark_read(self, account_id: str, notification_id: str, at: datetime) -> Change:
        key = (account_id, notification_id)

        def mark() -> None:
            found = self.notifications[key]
            self.notifications[key] = replace(found, read_at=found.read_at or at)

        return Change(lambda: key in self.notifications, mark, NotificationMissing())

    def _put(self, key: tuple[str, str, str], state: str) -> Change:
        return Change(lambda: key not in self.claims, lambda: self.claims.update({key: state}), AlreadyClaimed())


def _id(notification: Notification) -> str:
    return notification.notification_id


@dataclass(frozen=True)
class Person:
    account_id: str
    email: str
    locale: str
    display_name: str


@dataclass
class Contacts:
    people: dict[str, Person] = field(
        default_factory=lambda: {
            BUYER: Person(BUYER, "lucia@example.com", "es", "Lucía"),
            SELLER: Person(SELLER, "tomas@example.com", "en", "Tomás"),
        }
    )

    def contact(self, account_id: str) -> Person | None:
        return self.people.get(account_id)


@dataclass
class Mailer:
    sent: list[Mail] = field(default_factory=list)
    failures: list[Exception | None] = field(default_factory=list)  # one for each coming mail

    def send(self, mail: Mail) -> None:
        if self.failures and (failure := self.failures.pop(0)):
            raise failure
        self.sent.append(mail)


@dataclass
class Telling:
    """A delivery and an inbox over the same plain objects."""

    clock: FrozenClock = field(default_factory=FrozenClock)
    transactions: Transactions = field(default_factory=Transactions)
    inboxes: Inboxes = field(default_factory=Inboxes)
    contacts: Contacts = field(default_factory=Contacts)
    mailer: Mailer = field(default_factory=Mailer)
    mint: Callable[[str], str | None] = lambda account_id: f"token-of-{account_id}"

    @property
    def delivery(self) -> Delivery:
        return Delivery(
            clock=self.clock,
            ids=CountingIds(),
            transactions=self.transactions,
            inboxes=self.inboxes,
            contacts=self.contacts,
            mailer=self.mailer,
            verification_minter=self.mint,
            public_url="https://aval.example",
        )

    @property
    def inbox(self) -> Inbox:
        return Inbox(clock=self.clock, transactions=self.transactions, inboxes=self.inboxes)


def order_event(state: str = "paid", **data: str | int) -> Event:
    facts = {
        "buyer_id": BUYER,
        "seller_id": SELLER,
        "total_minor": 124_950,
        "currency": "eur",
        "due_at": "2026-03-28T09:30:00.000Z",
        "via": "pay",
    }
    return event(f"order.{state}", ORDER, NOW, once="1", **{**facts, **data})


def account_event(kind: str) -> Event:
    return Event(derived_id("evt", kind, BUYER, "1"), kind, BUYER, NOW)
