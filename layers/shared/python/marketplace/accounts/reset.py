"""A new password by mail, for whoever forgot theirs or had it stolen.

The link proves who reads the mailbox and nothing more: it removes no second factor and signs nobody in, it ends every
session, forgets every device, and holds payouts for as long as an owner may need to notice. What asks for it reads and
writes the same for every address.
"""

from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta

from marketplace.accounts.attempts import Attempts
from marketplace.accounts.entry_ports import EntryStore
from marketplace.accounts.errors import (
    AccountMissing,
    EmailInvalid,
    HistoryMoved,
    ResetLinkInvalid,
    TooManyAttempts,
)
from marketplace.accounts.history import NOBODY
from marketplace.accounts.limits import Limits
from marketplace.accounts.mailed import RESET, RESET_KEPT_SECONDS, MailedToken, password_mark
from marketplace.accounts.model import SECRET_BYTES, Account, digest
from marketplace.accounts.names import normalise_email
from marketplace.accounts.password_setting import PasswordSetting
from marketplace.accounts.ports import Accounts
from marketplace.kit.clock import Clock
from marketplace.kit.errors import Conflict, Unavailable
from marketplace.kit.ids import Ids
from marketplace.kit.origin import Origin
from marketplace.kit.writes import Transactions
from marketplace.outbox.model import event
from marketplace.outbox.ports import Outbox
from marketplace.security.log import SecurityLog
from marketplace.security.model import NOBODY_EVENT, NOBODY_PREFIX


@dataclass(frozen=True, slots=True)
class _Held:
    """A good link, and whose it is."""

    token_hash: str
    account: Account


class PasswordReset:
    """From the question to the new password."""

    def __init__(
        self,
        *,
        clock: Clock,
        ids: Ids,
        transactions: Transactions,
        outbox: Outbox,
        accounts: Accounts,
        entries: EntryStore,
        setting: PasswordSetting,
        attempts: Attempts,
        log: SecurityLog,
        limits: Limits | None = None,
    ) -> None:
        self._clock = clock
        self._ids = ids
        self._transactions = transactions
        self._outbox = outbox
        self._accounts = accounts
        self._entries = entries
        self._setting = setting
        self._attempts = attempts
        self._log = log
        self._limits = limits or Limits()

    def ask(self, email: str, origin: Origin) -> None:
        """Have a link mailed to an address with an account; silence in every other case, limits included.

        Raises: Unavailable when the attempt could not be counted, whatever the address.
        """
        with suppress(EmailInvalid, TooManyAttempts, Conflict):
            address, now = normalise_email(email), self._clock.now()
            account_id = self._accounts.owner_of(address)
            # An unknown address reads and writes too, so that it does not answer earlier.
            account = self._accounts.read(account_id or NOBODY)
            if account is None:
                with suppress(Conflict):
                    self._transactions.commit(self._entries.keep_nobody(now))  # once in a deployment
            known = account_id is not None and account is not None and account.email_verified
            name = self._ids.new("rst", now)
            subject = account.account_id if account and known else NOBODY_PREFIX + name
            kind = "account.password_reset_asked" if known else NOBODY_EVENT
            asked = self._outbox.publish(event(kind, subject, now, once=name))
            noted = self._log.note(subject, "password:reset_asked", origin=origin)
            limits = self._limits
            self._attempts.take(
                (limits.reset_by_email, address), (limits.reset_by_ip, origin.ip), alongside=[asked, *noted]
            )

    def mint(self, account_id: str, email: str) -> str:
        """Return a fresh token for a mail to this address; only its hash is kept, for 20 minutes.

        Raises: AccountMissing, also when the address is not proved, or not the account's any more.
        """
        account = self._accounts.read(account_id)
        if account is None or not account.email_verified or account.email_mark not in self._accounts.email_marks(email):
            raise AccountMissing
        token = self._ids.secret(SECRET_BYTES)
        expires_at = self._clock.now() + timedelta(seconds=RESET_KEPT_SECONDS)
        link = MailedToken(account_id, account.email_mark, expires_at, password_mark(account))
        self._transactions.commit([self._entries.put_link(RESET, digest(token), link)])
        return token

    def reset(self, token: str, password: str, origin: Origin) -> None:
        """Spend a link on a new password; one that is refused leaves the link good.

        Raises: ResetLinkInvalid; PasswordRefused; TooManyAttempts; Unavailable.
        """
        self._attempts.take((self._limits.reset_by_ip, origin.ip))
        held = self._held(token)
        account = held.account
        chosen = self._setting.choose(account, password)
        noted = self._log.note(account.account_id, "password:reset", origin=origin)
        opened = self._log.note(account.account_id, "account:unlocked") if account.locked else []
        forgiven = self._setting.forgive(account, self._clock.now())
        spent = self._entries.spend_link(RESET, held.token_hash)
        changed = self._setting.writes(account, chosen, cause="password:reset")
        try:
            self._transactions.commit([spent, *changed, *forgiven, *noted, *opened])
        except HistoryMoved:
            raise Unavailable(retry_after_seconds=1) from None  # somebody signed in at the same moment

    def _held(self, token: str) -> _Held:
        token_hash = digest(token)
        link = self._entries.read_link(RESET, token_hash)
        if link is None or link.expires_at <= self._clock.now():
            raise ResetLinkInvalid
        account = self._accounts.read(link.account_id)
        stands = account is not None and account.email_mark == link.email_mark
        if account is None or not stands or password_mark(account) != link.password_mark:
            raise ResetLinkInvalid
        return _Held(token_hash, account)
