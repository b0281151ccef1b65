"""Telling people about an event: each recipient and channel at most once, however often the event arrives.

The claim of a delivery is stored before the mail leaves. A process that dies in between loses at most that one
mail; the other order would send it twice. A mail that surely did not leave gives its claim back, so that the
queue's next attempt sends it; one that may have left keeps it.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field

from marketplace.kit.clock import Clock
from marketplace.kit.errors import Conflict, Missing, Unavailable
from marketplace.kit.ids import Ids
from marketplace.kit.writes import Transactions
from marketplace.notifications.model import (
    INBOX,
    MAIL,
    NOT_DUE,
    PROOFS_KEPT_SECONDS,
    REFUSED,
    SENT,
    UNKNOWN,
    AlreadyClaimed,
    DeliveryDelayed,
    Mail,
    Notification,
    Outcome,
)
from marketplace.notifications.ports import (
    NOT_ME,
    Contact,
    Contacts,
    Inboxes,
    Mailer,
    MailNotSent,
    MailOutcomeUnknown,
    MailRefused,
    Minter,
    VerificationMinter,
)
from marketplace.notifications.rendering import mail_body, render
from marketplace.notifications.templates import Notice, notices_of
from marketplace.outbox.model import Event

STORED, ALREADY, DELAYED, NOBODY = "stored", "already_told", "delayed", "no_such_account"
NOTIFICATION_PREFIX, ATTEMPT_PREFIX = "ntf", "att"
NOT_ME_PATH = "/not-me"  # of the frontend: a page with one button, since opening a link must not change anything


@dataclass(frozen=True, slots=True)
class _Addressee:
    """Somebody at an address that is not their account's own present one."""

    account_id: str
    email: str = field(repr=False)
    locale: str
    display_name: str = ""


class Delivery:
    """Tells the parties of an event."""

    def __init__(
        self,
        *,
        clock: Clock,
        ids: Ids,
        transactions: Transactions,
        inboxes: Inboxes,
        contacts: Contacts,
        mailer: Mailer,
        verification_minter: VerificationMinter,
        public_url: str,
        minters: Mapping[str, Minter] | None = None,
        elsewhere: Callable[[str, str], str | None] | None = None,
    ) -> None:
        """Take the ports; `elsewhere` finds an account's other address that an event names in `to`."""
        self._clock = clock
        self._ids = ids
        self._transactions = transactions
        self._inboxes = inboxes
        self._contacts = contacts
        self._mailer = mailer
        self._mint = verification_minter
        self._public_url = public_url
        self._minters = minters or {}
        self._elsewhere = elsewhere

    def deliver(self, event: Event) -> tuple[Outcome, ...]:
        """Tell everybody whom this event's templates name; one recipient's failure stops nobody else's notice.

        Raises: DeliveryDelayed when something surely did not go out; repeat the event.
        """
        outcomes = tuple(outcome for notice in notices_of(event) for outcome in self._tell(event, notice))
        delayed = [outcome for outcome in outcomes if outcome.result == DELAYED]
        if delayed:
            raise DeliveryDelayed(notices=",".join(f"{each.party}.{each.channel}" for each in delayed))
        return outcomes

    def _tell(self, event: Event, notice: Notice) -> Iterator[Outcome]:
        for channel in notice.template.channels:
            yield Outcome(notice.template.party, channel, self._tell_through(channel, event, notice))

    def _tell_through(self, channel: str, event: Event, notice: Notice) -> str:
        try:
            return self._file(event, notice) if channel == INBOX else self._mail(event, notice)
        except AlreadyClaimed:
            return ALREADY
        except Unavailable:  # a table or the accounts did not answer
            return DELAYED

    def _file(self, event: Event, notice: Notice) -> str:
        notification = Notification(
            # By when it happened, not by when it is told: an inbox reads as a history.
            notification_id=self._ids.new(NOTIFICATION_PREFIX, event.occurred_at),
            account_id=notice.account_id,
            event_id=event.event_id,
            kind=event.kind,
            party=notice.template.party,
            subject=event.subject,
            data=dict(event.data),
            occurred_at=event.occurred_at,
        )
        self._transactions.commit(self._inboxes.store(notification, self._clock.now()))
        return STORED

    def _mail(self, event: Event, notice: Notice) -> str:
        contact = self._contact(event, notice)
        if contact is None:
            return NOBODY
        now = self._clock.now()
        attempt = self._ids.new(ATTEMPT_PREFIX, now)
        claim = self._inboxes.claim(notice.account_id, event.event_id, MAIL, attempt, now)
        try:
            self._transactions.commit([claim])
            result = self._send(event, notice, contact)
        except (MailNotSent, Unavailable):  # a claim without an answer, too: whatever became of it, no mail left
            self._release(event, notice, attempt)
            return DELAYED
        self._settle(event, notice, result)
        return result

    def _contact(self, event: Event, notice: Notice) -> Contact | None:
        """Find where to write; to an address that is not the account's own present one goes no name."""
        contact, to = self._contacts.contact(notice.account_id), event.data.get("to")
        if contact is None or to is None or self._elsewhere is None:
            return contact
        email = self._elsewhere(notice.account_id, str(to))
        return _Addressee(contact.account_id, email, contact.locale) if email else None

    def _release(self, event: Event, notice: Notice, attempt: str) -> None:
        release = self._inboxes.release(notice.account_id, event.event_id, MAIL, attempt)
        with suppress(AlreadyClaimed):  # the claim never arrived, or is another attempt's
            self._transactions.commit([release])

    def _send(self, event: Event, notice: Notice, contact: Contact) -> str:
        link = self._link(event, notice, contact)
        if link is None:
            return NOT_DUE
        text = render(event.kind, notice.template.party, event.subject, event.data, contact.locale)
        not_me = self._not_me(notice, contact)
        body = mail_body(text, name=contact.display_name, link=link, locale=contact.locale, not_me=not_me)
        try:
            self._mailer.send(Mail(contact.email, text.title, body))
        except MailRefused:
            return REFUSED
        except MailOutcomeUnknown:
            return UNKNOWN
        return SENT

    def _link(self, event: Event, notice: Notice, contact: Contact) -> str | None:
        if notice.template.mints:
            return self._minted(notice.template.mints, notice.template.path, contact)
        if not notice.template.verifies:
            path = render(event.kind, notice.template.party, event.subject, event.data, "en").path
            return self._public_url + path
        try:
            token = self._mint(notice.account_id)
        except (Missing, Conflict):  # verified or gone since
            return None
        return f"{self._public_url}{notice.template.path}?token={token}" if token else None

    def _minted(self, name: str, path: str, contact: Contact) -> str | None:
        """Return a link with a fresh token, or the token alone where there is no page to open."""
        try:
            token = self._minters[name](contact.account_id, contact.email)
        except (Missing, Conflict):  # there is nothing left to prove
            return None
        return (f"{self._public_url}{path}?token={token}" if path else token) if token else None

    def _not_me(self, notice: Notice, contact: Contact) -> str:
        disowned = notice.template.disowns and NOT_ME in self._minters
        return self._minted(NOT_ME, NOT_ME_PATH, contact) or "" if disowned else ""

    def _settle(self, event: Event, notice: Notice, result: str) -> None:
        kept = PROOFS_KEPT_SECONDS.get(event.kind, 0) if result == SENT else 0
        now = self._clock.now()
        settled = self._inboxes.settle(notice.account_id, event.event_id, MAIL, result, now, kept_seconds=kept)
        try:
            self._transactions.commit([settled])
        except Unavailable:
            # The mail is out and the claim stands: failing now would report a delivery that happened as one to repeat.
            return
