"""Sign out, on one device or everywhere, with effect on the very next request."""

from marketplace.accounts.entry_ports import EntryStore
from marketplace.accounts.errors import HistoryMoved, SessionMissing
from marketplace.accounts.model import parse_session_id
from marketplace.accounts.ports import SessionStore
from marketplace.kit.errors import Unavailable
from marketplace.kit.origin import Origin
from marketplace.kit.writes import Transactions
from marketplace.security.log import SecurityLog


class SignOut:
    """Ends sessions, and says so in the log."""

    def __init__(
        self, *, transactions: Transactions, sessions: SessionStore, entries: EntryStore, log: SecurityLog
    ) -> None:
        self._transactions = transactions
        self._sessions = sessions
        self._entries = entries
        self._log = log

    def revoke(self, account_id: str, session_id: str, *, origin: Origin) -> None:
        """End one session.

        Raises: SessionMissing, also for somebody else's.
        """
        secret_hash = parse_session_id(session_id)
        if secret_hash is None:
            raise SessionMissing
        ended = self._sessions.end_session(account_id, secret_hash)
        noted = self._log.note(account_id, "session:revoked", origin=origin, session_id=session_id)
        self._transactions.commit([ended, *noted])

    def revoke_all(self, account_id: str, *, origin: Origin) -> None:
        """End every session, the asking one included, and know no device any more.

        Raises: Unavailable when somebody signed in at the same moment.
        """
        history = self._entries.history(account_id)
        forgotten = [] if history.is_empty else [self._entries.keep_history(history.without_devices())]
        noted = self._log.note(account_id, "sessions:revoked", origin=origin)
        try:
            self._transactions.commit([self._sessions.end_sessions(account_id), *forgotten, *noted])
        except HistoryMoved:
            raise Unavailable(retry_after_seconds=1) from None
