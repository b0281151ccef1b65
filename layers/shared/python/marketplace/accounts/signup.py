"""Open an account, and prove that its address is its owner's.

Nothing here tells a caller whether an address is taken: both cases hash a password, write once and answer alike;
what differs goes to the address itself, by mail that leaves later.
"""

from collections.abc import Callable
from datetime import timedelta

from marketplace.accounts.attempts import Attempts
from marketplace.accounts.errors import AccountMissing, AddressTaken, EmailInvalid, TokenInvalid, TooManyAttempts
from marketplace.accounts.limits import Limits
from marketplace.accounts.model import (
    ACCOUNT,
    OPERATOR,
    SECRET_BYTES,
    VERIFICATION_KEPT_SECONDS,
    Account,
    Verification,
    digest,
)
from marketplace.accounts.names import normalise_email, normalise_name
from marketplace.accounts.password_rules import check_password, normalise_password
from marketplace.accounts.ports import Accounts, Blocklist, Passwords
from marketplace.kit.clock import Clock
from marketplace.kit.errors import Conflict
from marketplace.kit.ids import Ids
from marketplace.kit.writes import Transactions, Write
from marketplace.outbox.model import event
from marketplace.outbox.ports import Outbox

MAIL_INTERVAL_SECONDS = 900  # one mail of a kind for an address in each such stretch, however often it is asked for


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
        blocklist: Blocklist,
        attempts: Attempts,
        operator_emails: frozenset[str] = frozenset(),
        limits: Limits | None = None,
        mark_of: Callable[[str], str | None] = lambda _ip: None,
    ) -> None:
        """Take the ports; `mark_of` turns a network address into a keyed hash, or None where it says nothing."""
        self._clock = clock
        self._ids = ids
        self._transactions = transactions
        self._outbox = outbox
        self._accounts = accounts
        self._passwords = passwords
        self._blocklist = blocklist
        self._attempts = attempts
        self._limits = limits or Limits()
        self._mark_of = mark_of
        self._operator_emails = frozenset(normalise_email(email) for email in operator_emails)

    def sign_up(self, *, email: str, password: str, display_name: str, locale: str, ip: str) -> None:
        """Open the account, or tell the owner of a taken address that somebody tried.

        Raises: EmailInvalid; NameInvalid; PasswordRefused; TooManyAttempts.
        """
        address = normalise_email(email)
        name = normalise_name(display_name, "display_name")
        secret = normalise_password(password)
        check_password(secret, known=(address, name), has_factor=False, blocklist=self._blocklist)
        self._attempts.take((self._limits.signup_by_ip, ip))
        owner = self._accounts.owner_of(address)
        password_hash = self._passwords.hash(secret)
        if owner is None:
            owner = self._open(address, name, locale, password_hash, self._mark_of(ip))
        if owner is not None:
            self._tell_owner(owner)

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
        verification = Verification(account_id, account.email, expires_at)
        self._transactions.commit([self._accounts.put_verification(digest(token), verification)])
        return token

    def verify(self, token: str) -> str:
        """Spend a mailed token, and return the account whose address it proves.

        An address among the deployment's operators makes the account an operator now, and not before.

        Raises: TokenInvalid.
        """
        token_hash = digest(token)
        verification = self._accounts.read_verification(token_hash)
        if verification is None or verification.expires_at <= self._clock.now():
            raise TokenInvalid
        roles = frozenset({OPERATOR}) if verification.email in self._operator_emails else frozenset[str]()
        self._transactions.commit(self._accounts.verify_email(token_hash, verification, roles=roles))
        return verification.account_id

    def _open(self, email: str, name: str, locale: str, password_hash: str, mark: str | None) -> str | None:
        """Return the owner when somebody took the address meanwhile."""
        now = self._clock.now()
        account_id = self._ids.new(ACCOUNT, now)
        account = Account(account_id, email, name, locale, password_hash, created_at=now, signup_mark=mark)
        signed_up = self._outbox.publish(event("account.signed_up", account_id, now))
        try:
            self._transactions.commit([*self._accounts.open(account), signed_up])
        except AddressTaken:
            return self._accounts.owner_of(email)
        return None

    def _tell_owner(self, account_id: str) -> None:
        try:
            self._transactions.commit([self._seldom("account.signup_repeated", account_id)])
        except Conflict:
            return  # its mail is on the way already

    def _seldom(self, kind: str, account_id: str) -> Write:
        """Publish under an id that is the same for the whole stretch, so that the outbox refuses a second."""
        now = self._clock.now()
        stretch = int(now.timestamp()) // MAIL_INTERVAL_SECONDS
        return self._outbox.publish(event(kind, account_id, now, once=str(stretch)))
