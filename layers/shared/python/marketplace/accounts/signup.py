"""Open an account, and prove that its address is its owner's.

Nothing here tells a caller whether an address is taken: every case hashes a password, reads twice, writes once and
answers alike; what differs goes to the address itself, by mail that leaves later.

A mailed link proves who reads the mail, and the password who signed up. Either alone could be a stranger's: both
together prove the address, and until then it belongs to whoever signed up with it last.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from marketplace.accounts.attempts import Attempts
from marketplace.accounts.errors import AccountMissing, EmailInvalid, TokenInvalid, TooManyAttempts
from marketplace.accounts.limits import Limits
from marketplace.accounts.model import (
    ACCOUNT,
    SECRET_BYTES,
    VERIFICATION_KEPT_SECONDS,
    Account,
    Owner,
    Verification,
    digest,
)
from marketplace.accounts.names import normalise_email, normalise_name
from marketplace.accounts.password_check import PasswordCheck
from marketplace.accounts.password_rules import check_password, normalise_password
from marketplace.accounts.ports import Accounts, Blocklist, Passwords
from marketplace.kit.clock import Clock, to_text
from marketplace.kit.errors import Conflict, Unavailable
from marketplace.kit.ids import Ids
from marketplace.kit.principal import ADMIN
from marketplace.kit.writes import Transactions, Write
from marketplace.outbox.model import event
from marketplace.outbox.ports import Outbox
from marketplace.security.log import SecurityLog

MAIL_INTERVAL_SECONDS = 900  # between two mails of a kind to an address, however often they are asked for
RACES_MAX = 4  # sign-ups with one address at the same moment that one may lose


class Signup:
    """Accounts from the first form to the verified address."""

    def __init__(
        self,
        *,
        clock: Clock,
        ids: Ids,
        transactions: Transactions,
        outbox: Outbox,
        accounts: Accounts,
        passwords: Passwords,
        password_check: PasswordCheck,
        blocklist: Blocklist,
        attempts: Attempts,
        log: SecurityLog,
        admin_emails: frozenset[str] = frozenset(),
        enlist: Callable[[str], list[Write]] = lambda _account_id: [],
        limits: Limits | None = None,
        mark_of: Callable[[str], str | None] = lambda _ip: None,
    ) -> None:
        """Take the ports.

        `mark_of` turns a network address into a keyed hash, or None where it says nothing; `enlist` notes a new
        administrator among the staff.
        """
        self._clock = clock
        self._ids = ids
        self._transactions = transactions
        self._outbox = outbox
        self._accounts = accounts
        self._passwords = passwords
        self._password_check = password_check
        self._blocklist = blocklist
        self._attempts = attempts
        self._log = log
        self._limits = limits or Limits()
        self._mark_of = mark_of
        self._enlist = enlist
        self._admin_emails = frozenset(normalise_email(email) for email in admin_emails)

    def sign_up(self, *, email: str, password: str, display_name: str, locale: str, ip: str) -> None:
        """Open the account; an address that is taken but not proved becomes the caller's, who may be its owner.

        The owner of a proved address is told that somebody tried.

        Raises: EmailInvalid; NameInvalid; PasswordRefused; TooManyAttempts.
        """
        address = normalise_email(email)
        name = normalise_name(display_name, "display_name")
        secret = normalise_password(password)
        check_password(secret, known=(address, name), has_factor=False, blocklist=self._blocklist)
        self._attempts.take((self._limits.signup_by_ip, ip))
        now = self._clock.now()
        account_id, password_hash = self._ids.new(ACCOUNT, now), self._passwords.hash(secret)
        self._claim(
            Account(account_id, address, name, locale, password_hash, created_at=now, signup_mark=self._mark_of(ip))
        )

    def resend(self, *, email: str, ip: str) -> None:
        """Mail a new link to an address that waits for one; silence in every other case, limits included."""
        try:
            address = normalise_email(email)
            account = self._accounts.read(self._accounts.owner_of(address) or address)
            waits = account is not None and not account.email_verified
            mail = [self._seldom("account.verification_resent", account.account_id)] if account and waits else []
            limits = self._limits
            self._attempts.take((limits.mail_by_email, address), (limits.signup_by_ip, ip), alongside=mail)
        except (EmailInvalid, TooManyAttempts, Conflict):
            return

    def mint_verification(self, account_id: str) -> str:
        """Return a fresh token for the mail; only its hash is kept, for a day.

        Raises: AccountMissing.
        """
        account = self._accounts.read(account_id)
        if account is None:
            raise AccountMissing
        token = self._ids.secret(SECRET_BYTES)
        expires_at = self._clock.now() + timedelta(seconds=VERIFICATION_KEPT_SECONDS)
        verification = Verification(account_id, account.email_mark, expires_at)
        self._transactions.commit([self._accounts.put_verification(digest(token), verification)])
        return token

    def verify(self, token: str, password: str) -> str:
        """Spend a mailed token, and return the account whose address it proves together with its password.

        A wrong password leaves the token good. An address among the deployment's administrators makes the account
        one now, and not before.

        Raises: TokenInvalid, also for an address that is proved already; PasswordWrong; TooManyAttempts.
        """
        token_hash = digest(token)
        verification = self._accounts.read_verification(token_hash)
        if verification is None or verification.expires_at <= self._clock.now():
            raise TokenInvalid
        account = self._accounts.read(verification.account_id)
        if account is None or account.email_verified or account.email_mark != verification.email_mark:
            raise TokenInvalid
        given_back = self._password_check.check(account, password)
        roles = frozenset({ADMIN}) if self._is_admins(account) else frozenset[str]()
        proved = self._accounts.verify_email(token_hash, account, roles=roles)
        enlisted = self._enlist(account.account_id) if roles else []
        noted = self._log.note(account.account_id, "email:verified")
        self._transactions.commit([*proved, *noted, *given_back, *enlisted])
        return account.account_id

    def _is_admins(self, account: Account) -> bool:
        return any(account.email_mark in self._accounts.email_marks(email) for email in self._admin_emails)

    def _claim(self, wanted: Account) -> None:
        """Give the address to this sign-up unless it is proved; whoever loses a race looks again and comes after."""
        for _ in range(RACES_MAX):
            owner = self._accounts.owner(wanted.email)
            # A free address reads too, so that it does not answer one round trip earlier.
            present = self._accounts.read(owner.account_id if owner else wanted.email)
            try:
                return self._transactions.commit(self._sign_up_writes(wanted, owner, present))
            except Conflict:
                continue
        raise Unavailable(retry_after_seconds=1)

    def _sign_up_writes(self, wanted: Account, owner: Owner | None, present: Account | None) -> list[Write]:
        now = wanted.created_at
        if owner is None or present is None:
            signed_up = event("account.signed_up", wanted.account_id, now)
            return [*self._accounts.open(wanted), self._outbox.publish(signed_up)]
        # Made in any case: that a key is had, and a name sealed, takes time that would tell a proved address.
        anew = self._accounts.sign_up_anew(replace(wanted, account_id=present.account_id))
        if present.email_verified:
            return self._tell(owner, wanted.email, "account.signup_repeated", now)
        return [*anew, *self._tell(owner, wanted.email, "account.signed_up", now)]

    def _tell(self, owner: Owner, email: str, kind: str, now: datetime) -> list[Write]:
        """Mail the address unless it was mailed lately; a write in any case, so that its cost does not tell which."""
        if owner.told_at is not None and now < owner.told_at + timedelta(seconds=MAIL_INTERVAL_SECONDS):
            return [self._accounts.note_told(email, owner, owner.told_at)]
        told = event(kind, owner.account_id, now, once=to_text(now))
        return [self._accounts.note_told(email, owner, now), self._outbox.publish(told)]

    def _seldom(self, kind: str, account_id: str) -> Write:
        """Publish under an id that is the same for the whole stretch, so that the outbox refuses a second."""
        now = self._clock.now()
        stretch = int(now.timestamp()) // MAIL_INTERVAL_SECONDS
        return self._outbox.publish(event(kind, account_id, now, once=str(stretch)))
