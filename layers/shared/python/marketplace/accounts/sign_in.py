"""Sign in: the password, then the second factor where there is one, then a session."""

from dataclasses import dataclass
from datetime import timedelta

from marketplace.accounts.attempts import Attempts
from marketplace.accounts.errors import AccountSuspended, CredentialsWrong, SecondFactorRequired
from marketplace.accounts.limits import Limits
from marketplace.accounts.model import (
    SECRET_BYTES,
    SESSION_KEPT_SECONDS,
    Account,
    Session,
    device_name,
    digest,
    session_token,
)
from marketplace.accounts.names import normalise_email
from marketplace.accounts.password_rules import normalise_password
from marketplace.accounts.ports import Accounts, Passwords, SessionStore
from marketplace.accounts.second_factor import Proof, SecondFactor
from marketplace.kit.clock import Clock
from marketplace.kit.ids import Ids
from marketplace.kit.writes import Transactions


@dataclass(frozen=True, slots=True)
class Attempt:
    """What somebody typed, and from where."""

    email: str
    password: str
    ip: str
    user_agent: str = ""
    code: str | None = None
    recovery_code: str | None = None


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A new session and its token, which is shown this once."""

    token: str
    session: Session


class SignIn:
    """The only way to a session."""

    def __init__(
        self,
        *,
        clock: Clock,
        ids: Ids,
        transactions: Transactions,
        accounts: Accounts,
        sessions: SessionStore,
        passwords: Passwords,
        attempts: Attempts,
        second_factor: SecondFactor,
        limits: Limits | None = None,
    ) -> None:
        self._clock = clock
        self._ids = ids
        self._transactions = transactions
        self._accounts = accounts
        self._sessions = sessions
        self._passwords = passwords
        self._attempts = attempts
        self._second_factor = second_factor
        self._limits = limits or Limits()

    def open(self, attempt: Attempt) -> SignedIn:
        """Check everything and open a session.

        The attempt is counted before anything is hashed, and given back when it succeeds. An unknown address
        takes as long as a known one with a wrong password, and gives the same answer; so does one not proved yet.

        Raises: EmailInvalid; CredentialsWrong; SecondFactorRequired; CodeWrong; CodeUsed; TooManyAttempts;
        AccountSuspended, only to who knows the password.
        """
        email = normalise_email(attempt.email)
        given_back = self._attempts.take(
            (self._limits.password_by_email, email), (self._limits.password_by_ip, attempt.ip)
        )
        password = normalise_password(attempt.password)
        account = self._check_password(email, password)
        proof = self._check_factor(account, attempt)
        token, session = self._new_session(account, attempt)
        spent = self._accounts.spend(account, step=proof.step, password_hash=self._better_hash(account, password))
        self._transactions.commit([self._sessions.open_session(session), *spent, *proof.writes, *given_back])
        return SignedIn(token, session)

    def _check_password(self, email: str, password: str) -> Account:
        account_id = self._accounts.owner_of(email)
        # An unknown address reads too, so that it does not answer one round trip earlier.
        account = self._accounts.read(account_id or email)
        if not self._passwords.verify(account.password_hash if account else None, password) or account is None:
            raise CredentialsWrong
        if not account.email_verified:
            # Else signing up and then in would tell whether the address had been free: the password would be right.
            raise CredentialsWrong
        if account.suspended:
            raise AccountSuspended
        return account

    def _check_factor(self, account: Account, attempt: Attempt) -> Proof:
        if not account.has_factor:
            return Proof()
        if attempt.code is None and attempt.recovery_code is None:
            raise SecondFactorRequired
        return self._second_factor.prove(account, code=attempt.code, recovery_code=attempt.recovery_code, ip=attempt.ip)

    def _better_hash(self, account: Account, password: str) -> str | None:
        return self._passwords.hash(password) if self._passwords.is_outdated(account.password_hash) else None

    def _new_session(self, account: Account, attempt: Attempt) -> tuple[str, Session]:
        now = self._clock.now()
        secret = self._ids.secret(SECRET_BYTES)
        session = Session(
            account_id=account.account_id,
            secret_hash=digest(secret),
            epoch=account.session_epoch,
            device=device_name(attempt.user_agent),
            created_at=now,
            last_used_at=now,
            expires_at=now + timedelta(seconds=SESSION_KEPT_SECONDS),
            factor_at=now if account.has_factor else None,
        )
        return session_token(account.account_id, secret), session
