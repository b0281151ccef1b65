"""The link at the end of a notice: "this was not me". One click closes every way in, and mails the way back.

The token is the whole authority, so it can do nothing that its owner must fear: it locks and never opens. The answer
is the same for every token, good, spent or made up.
"""

from datetime import timedelta

from marketplace.accounts.entry_ports import Cooling, EntryStore, Undo
from marketplace.accounts.errors import AccountMissing, ResetLinkInvalid
from marketplace.accounts.mailed import NOT_ME, NOT_ME_KEPT_SECONDS, MailedToken
from marketplace.accounts.model import SECRET_BYTES, Account, digest
from marketplace.accounts.ports import Accounts
from marketplace.kit.clock import Clock
from marketplace.kit.errors import DomainError, Unavailable
from marketplace.kit.ids import Ids
from marketplace.kit.origin import Origin
from marketplace.kit.writes import Transactions
from marketplace.security.log import SecurityLog

RACES_MAX = 4  # changes of the account at the same moment that an owner may lose


class NotMe:
    """Mints the links, and takes owners at their word."""

    def __init__(
        self,
        *,
        clock: Clock,
        ids: Ids,
        transactions: Transactions,
        accounts: Accounts,
        entries: EntryStore,
        cooling: Cooling,
        log: SecurityLog,
        undo: Undo | None = None,
    ) -> None:
        """Take the ports; `undo` takes back what was begun or done to the account's address and factors."""
        self._clock = clock
        self._ids = ids
        self._transactions = transactions
        self._accounts = accounts
        self._entries = entries
        self._cooling = cooling
        self._log = log
        self._undo = undo

    def mint(self, account_id: str, email: str) -> str:
        """Return a fresh token for a notice's mail to this address; only its hash is kept, for seven days.

        Raises: AccountMissing.
        """
        account = self._accounts.read(account_id)
        if account is None:
            raise AccountMissing
        token = self._ids.secret(SECRET_BYTES)
        expires_at = self._clock.now() + timedelta(seconds=NOT_ME_KEPT_SECONDS)
        link = MailedToken(account_id, self._accounts.email_marks(email)[0], expires_at)
        self._transactions.commit([self._entries.put_link(NOT_ME, digest(token), link)])
        return token

    def disown(self, token: str, origin: Origin) -> None:
        """Lock the account of a good token, end its sessions, hold its payouts, and mail the way back in.

        What a thief did to the address is taken back first, in a transaction of its own: the mail goes to the address
        that the notice went to. A process that dies between the two leaves the token good.
        """
        token_hash = digest(token)
        link = self._entries.read_link(NOT_ME, token_hash)
        if link is None or link.expires_at <= self._clock.now():
            return None
        for _ in range(RACES_MAX):
            try:
                return self._lock(token_hash, link, origin)
            except ResetLinkInvalid:
                return None  # spent at the same moment by the same hand
            except Unavailable:
                raise
            except DomainError:
                continue  # what was to be taken back changed meanwhile: look again, and lock in any case
        raise Unavailable(retry_after_seconds=1)

    def _lock(self, token_hash: str, link: MailedToken, origin: Origin) -> None:
        account = self._restored(link)
        if account is None:
            return
        self._transactions.commit(
            [
                self._entries.spend_link(NOT_ME, token_hash),
                self._entries.lock(account),
                *self._cooling.begin(account.account_id, "account:locked"),
                *self._log.note(account.account_id, "account:locked", origin=origin),
            ]
        )

    def _restored(self, link: MailedToken) -> Account | None:
        """Take back what can be, and return the account as it then stands; None where the link speaks for nobody."""
        account = self._accounts.read(link.account_id)
        if account is None or self._undo is None:
            return account
        if not self._undo.reaches(account, link.email_mark):
            return None  # a thief's address, from which the account was taken back
        undone = self._undo.undo(account, link.email_mark)
        if not undone:
            return account
        self._transactions.commit(undone)
        return self._accounts.read(link.account_id)
