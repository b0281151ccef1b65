"""Sessions, in a table of their own: every request may note its use, and none needs a right on accounts for it.

pk = account id, sk = session#<hash>.
"""

from datetime import datetime

from pynamodb.attributes import UnicodeAttribute

from marketplace.accounts.errors import SessionMissing
from marketplace.accounts.model import Account, Session
from marketplace.accounts.table_store import ACCOUNT, AccountsItem, PersonalRows, attributes_of, change, filled
from marketplace.kit.clock import to_text
from marketplace.kit.writes import Write
from marketplace.storage.tables import IntegerAttribute, Item, meta, read_across
from marketplace.storage.transaction import Delete, Put, Update

SESSION_PREFIX = "session#"
SESSIONS_READ_MAX = 500


class SessionsItem(Item):
    """One session."""

    class Meta(meta("sessions")):  # type: ignore[misc]
        """See data.yaml."""

    created_at = UnicodeAttribute()
    expires_at = IntegerAttribute()  # the table's TTL, in seconds since 1970; every read checks it as well
    epoch = IntegerAttribute()
    device = UnicodeAttribute(null=True)
    last_used_at = UnicodeAttribute()
    factor_at = UnicodeAttribute(null=True)
    proved_at = UnicodeAttribute(null=True)
    visitor = UnicodeAttribute(null=True)
    network = UnicodeAttribute(null=True)
    country = UnicodeAttribute(null=True)


class DynamoSessions(PersonalRows):
    """Where an account is signed in."""

    def read_session(self, account_id: str, secret_hash: str) -> tuple[Account, Session] | None:
        account, session = read_across(
            (AccountsItem, account_id, ACCOUNT), (SessionsItem, account_id, SESSION_PREFIX + secret_hash)
        )
        return (self._account_of(account), _session(session)) if account and session else None

    def roles_of(self, account_id: str) -> frozenset[str]:
        # A batch of one: every function may BatchGetItem accounts, for the session check.
        found = AccountsItem.read_many([(account_id, ACCOUNT)])
        return frozenset(role for item in found if not (item.suspended or item.locked) for role in item.roles or ())

    def sessions_of(self, account_id: str) -> list[Session]:
        return [_session(item) for item in SessionsItem.read_partition(account_id, limit=SESSIONS_READ_MAX)]

    def open_session(self, session: Session) -> Write:
        return Put(filled(_session_key(session), session), SessionMissing())

    def use_session(self, session: Session, now: datetime) -> Write:
        actions = [SessionsItem.last_used_at.set(to_text(now))]
        return Update(_session_key(session), actions, SessionsItem.pk.exists(), SessionMissing())

    def keep_session(self, session: Session, *, epoch: int, factor_at: datetime | None) -> Write:
        shown = SessionsItem.factor_at
        actions = [SessionsItem.epoch.set(epoch), shown.set(to_text(factor_at)) if factor_at else shown.remove()]
        return Update(_session_key(session), actions, SessionsItem.pk.exists(), SessionMissing())

    def end_session(self, account_id: str, secret_hash: str) -> Write:
        item = SessionsItem(account_id, SESSION_PREFIX + secret_hash)
        return Delete(item, SessionsItem.pk.exists(), SessionMissing())

    def end_sessions(self, account_id: str) -> Write:
        return change(account_id, [AccountsItem.session_epoch.add(1)])


def _session_key(session: Session) -> SessionsItem:
    return SessionsItem(session.account_id, SESSION_PREFIX + session.secret_hash)


def _session(item: SessionsItem) -> Session:
    keys = {"account_id": item.pk, "secret_hash": item.sk.removeprefix(SESSION_PREFIX)}
    return Session(**attributes_of(Session, item) | keys)
