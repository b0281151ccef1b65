"""A code from the account's own mailbox, where an unusual sign-in has no better second proof to show."""

from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import timedelta

from marketplace.accounts.attempts import Attempts
from marketplace.accounts.entry_ports import EntryStore
from marketplace.accounts.errors import AccountMissing, CodeWrong, MailCodeRequired, TooManyAttempts
from marketplace.accounts.limits import Limits
from marketplace.accounts.mailed import MAIL_CODE_KEPT_SECONDS, MailCode, mail_code, mail_code_hash
from marketplace.accounts.model import SECRET_BYTES, Account, digest
from marketplace.accounts.ports import Accounts
from marketplace.kit.clock import Clock
from marketplace.kit.ids import Ids
from marketplace.kit.origin import Origin
from marketplace.kit.writes import Transactions, Write
from marketplace.outbox.model import event
from marketplace.outbox.ports import Outbox
from marketplace.security.log import SecurityLog
from marketplace.security.risk import Judgement

KEPT = timedelta(seconds=MAIL_CODE_KEPT_SECONDS)


@dataclass(frozen=True, slots=True)
class ShownCode:
    """What somebody typed, and the request that they say it answers."""

    code: str
    request: str


class MailCodes:
    """Asks for codes, mints them for the mail, and spends them once."""

    def __init__(
        self,
        *,
        clock: Clock,
        ids: Ids,
        transactions: Transactions,
        outbox: Outbox,
        accounts: Accounts,
        entries: EntryStore,
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
        self._attempts = attempts
        self._log = log
        self._limits = limits or Limits()

    def ask(self, account: Account, origin: Origin, judgement: Judgement) -> MailCodeRequired:
        """Have a code mailed, unless too many were, and return what to answer in any case.

        The answer carries what the code is bound to: nobody else's sign-in, earlier or later, can use it.
        """
        now = self._clock.now()
        asked = event("account.sign_in_code_asked", account.account_id, now, once=self._ids.new("cod", now))
        request = self._ids.secret(SECRET_BYTES)
        waiting = MailCode(account.account_id, digest(request), now + KEPT)
        facts: dict[str, str | int] = {"risk": judgement.points, "why": ",".join(judgement.why)}
        noted = self._log.note(account.account_id, "sign_in:doubted", origin=origin, facts=facts)
        mailed = [self._outbox.publish(asked), self._entries.put_mail_code(waiting), *noted]
        with suppress(TooManyAttempts):  # the last code's mail is there; nobody's mailbox is flooded through us
            self._attempts.take((self._limits.mail_by_email, account.account_id), alongside=mailed)
        return MailCodeRequired(mail_request=request)

    def mint(self, account_id: str, _email: str) -> str:
        """Return a fresh code for the mail; only its hash is kept, and the one before is good no more.

        Raises: AccountMissing, also when no sign-in waits for one; Unavailable when another began to meanwhile.
        """
        waiting, now = self._entries.read_mail_code(account_id), self._clock.now()
        if self._accounts.read(account_id) is None or waiting is None or now >= waiting.expires_at:
            raise AccountMissing
        code = mail_code(self._ids.secret(SECRET_BYTES))
        kept = replace(waiting, code_hash=mail_code_hash(account_id, code), expires_at=now + KEPT)
        self._transactions.commit([self._entries.mint_mail_code(kept)])
        return code

    def prove(self, account: Account, shown: ShownCode, origin: Origin, device_hash: str | None = None) -> list[Write]:
        """Check a code; it counts, and is spent, when the returned writes are committed.

        Raises: CodeWrong; TooManyAttempts.
        """
        name = account.account_id
        given_back = self._attempts.take(*self._limits.of_factor(name, device_hash, origin.ip))
        waiting = self._entries.read_mail_code(name)
        good = waiting is not None and self._clock.now() < waiting.expires_at
        expected = (digest(shown.request), mail_code_hash(name, shown.code))
        if waiting is None or not good or (waiting.request_hash, waiting.code_hash) != expected:
            self._note_failed(name, origin)
            raise CodeWrong
        return [self._entries.spend_mail_code(waiting), *given_back]

    def _note_failed(self, account_id: str, origin: Origin) -> None:
        self._transactions.commit(self._log.note(account_id, "sign_in:code_failed", origin=origin))
