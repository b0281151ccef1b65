"""Sessions in the accounts table, each in its account's partition."""

from datetime import datetime

from marketplace.accounts.errors import SessionMissing
from marketplace.accounts.model import Account, Session
from marketplace.accounts.table_store import ACCOUNT, AccountsItem, account_of, change, item_of, value_of
from marketplace.kit.clock import to_text
from marketplace.kit.writes import Write
from marketplace.storage.transaction import Delete, Put, Update

SESSION_PREFIX = "session#"
SESSIONS_READ_MAX = 500


class DynamoSessions:
    """Where an account is signed in."""

    def read_session(self, account_id: str, secret_hash: str) -> tuple[Account, Session] | None:
        sort = SESSION_PREFIX + secret_hash
        found = {item.sk: item for item in AccountsItem.read_many([(account_id, ACCOUNT), (account_id, sort)])}
        return (account_of(found[ACCOUNT]), _session(found[sort])) if len(found) == 2 else None  # noqa: PLR2004

    def sessions_of(self, account_id: str) -> list[Session]:
        mine = AccountsItem.sk.startswith(SESSION_PREFIX)
        return [_session(item) for item in AccountsItem.read_partition(account_id, mine, limit=SESSIONS_READ_MAX)]

    def open_session(self, session: Session) -> Write:
        return Put(item_of(session.account_id, SESSION_PREFIX + session.secret_hash, session), SessionMissing())

    def use_session(self, session: Session, now: datetime) -> Write:
        actions = [AccountsItem.last_used_at.set(to_text(now))]
        return Update(_session_key(session), actions, AccountsItem.pk.exists(), SessionMissing())

    def keep_session(self, session: Session, *, epoch: int, factor_at: datetime) -> Write:
        actions = [AccountsItem.epoch.set(epoch), AccountsItem.factor_at.set(to_text(factor_at))]
        return Update(_session_key(session), actions, AccountsItem.pk.exists(), SessionMissing())

    def end_session(self, account_id: str, secret_hash: str) -> Write:
        item = AccountsItem(account_id, SESSION_PREFIX + secret_hash)
        return Delete(item, AccountsItem.pk.exists(), SessionMissing())

    def end_sessions(self, account_id: str) -> Write:
        return change(account_id, [AccountsItem.session_epoch.add(1)])


def _session_key(session: Session) -> AccountsItem:
    return AccountsItem(session.account_id, SESSION_PREFIX + session.secret_hash)


def _session(item: AccountsItem) -> Session:
    return value_of(Session, item, account_id=item.pk, secret_hash=item.sk.removeprefix(SESSION_PREFIX))
