"""The second factor: an authenticator app, and ten recovery codes for the day it is lost."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from marketplace.accounts.attempts import Attempts
from marketplace.accounts.errors import AccountMissing, CodeUsed, CodeWrong, FactorEnabled, FactorNotStarted
from marketplace.accounts.limits import Limits
from marketplace.accounts.model import Account, Session, base32_secret, digest, parse_session_id
from marketplace.accounts.password_check import PasswordCheck
from marketplace.accounts.ports import Accounts, SessionStore, TimeCodes
from marketplace.kit.clock import Clock
from marketplace.kit.errors import Unauthenticated
from marketplace.kit.ids import Ids
from marketplace.kit.principal import Principal
from marketplace.kit.writes import Transactions, Write
from marketplace.outbox.model import event
from marketplace.outbox.ports import Outbox

TOTP_SECRET_BYTES = 20  # RFC 4226, section 4, R6
RECOVERY_CODES = 10
RECOVERY_CODE_BYTES = 10  # 80 bits, 16 characters
RECOVERY_GROUP = 4  # characters between hyphens


@dataclass(frozen=True, slots=True)
class Enrolment:
    """What an authenticator app needs; shown this once."""

    secret: str  # base 32
    address: str  # otpauth://


@dataclass(frozen=True, slots=True)
class Proof:
    """A shown factor that is not spent yet: it counts when its writes are committed."""

    step: int | None = None  # goes into the account's own write
    writes: Sequence[Write] = field(default_factory=tuple)


class SecondFactor:
    """Enrols, confirms and checks; a code counts once, however many arrive together."""

    def __init__(
        self,
        *,
        clock: Clock,
        ids: Ids,
        transactions: Transactions,
        outbox: Outbox,
        accounts: Accounts,
        sessions: SessionStore,
        time_codes: TimeCodes,
        attempts: Attempts,
        password_check: PasswordCheck,
        limits: Limits | None = None,
    ) -> None:
        self._clock = clock
        self._ids = ids
        self._transactions = transactions
        self._outbox = outbox
        self._accounts = accounts
        self._sessions = sessions
        self._time_codes = time_codes
        self._attempts = attempts
        self._password_check = password_check
        self._limits = limits or Limits()

    def enrol(self, account_id: str, password: str) -> Enrolment:
        """Begin with a new secret, which protects nothing before it is confirmed and replaces an earlier beginning.

        The password besides the session, so that whoever stole a session cannot lock its owner out.

        Raises: FactorEnabled; PasswordWrong; TooManyAttempts.
        """
        account = self._account(account_id)
        if account.has_factor:
            raise FactorEnabled
        given_back = self._password_check.check(account, password)
        secret = base32_secret(self._ids.secret(TOTP_SECRET_BYTES), TOTP_SECRET_BYTES)
        self._transactions.commit([self._accounts.begin_factor(account_id, secret), *given_back])
        return Enrolment(secret, self._time_codes.address(secret, account.email))

    def confirm(self, caller: Principal, code: str, *, ip: str) -> list[str]:
        """Turn the factor on with the app's first code, and return the recovery codes.

        The asking session has then shown the factor; every other one ends.

        Raises: FactorEnabled; FactorNotStarted; CodeWrong; TooManyAttempts.
        """
        account, session = self._caller(caller)
        if account.has_factor:
            raise FactorEnabled
        if account.totp_pending is None:
            raise FactorNotStarted
        given_back = self._take(account, ip)
        now = self._clock.now()
        step = self._step(account.totp_pending, code)
        codes, stored = self._new_codes(account.account_id)
        enabled = event("account.totp_enabled", account.account_id, now, once=self._ids.new("fct", now))
        self._transactions.commit(
            [
                self._accounts.enable_factor(account, step),
                self._sessions.keep_session(session, epoch=account.session_epoch + 1, factor_at=now),
                *stored,
                self._outbox.publish(enabled),
                *given_back,
            ]
        )
        return codes

    def renew_codes(self, account_id: str, code: str, *, password: str, ip: str) -> list[str]:
        """Replace the recovery codes, for the password and a code from the app.

        Raises: FactorNotStarted; PasswordWrong; CodeWrong; CodeUsed; TooManyAttempts.
        """
        account = self._account(account_id)
        if not account.has_factor:
            raise FactorNotStarted
        given_back = self._password_check.check(account, password)
        proof = self.prove(account, code=code, recovery_code=None, ip=ip)
        old = [self._accounts.spend_recovery(account_id, left) for left in self._accounts.recovery_hashes(account_id)]
        codes, stored = self._new_codes(account_id)
        spent = self._accounts.spend(account, step=proof.step, password_hash=None)
        self._transactions.commit([*spent, *old, *stored, *proof.writes, *given_back])
        return codes

    def prove(self, account: Account, *, code: str | None, recovery_code: str | None, ip: str) -> Proof:
        """Check a code of an account that has the factor; nothing counts before the caller commits the proof.

        Each attempt is counted first, wrong and replayed ones for good.

        Raises: CodeWrong; CodeUsed; TooManyAttempts.
        """
        given_back = self._take(account, ip)
        if code is None:
            return Proof(writes=[*self._recovery(account, recovery_code or ""), *given_back])
        step = self._step(account.totp_secret or "", code)
        if step <= account.totp_last_step:
            raise CodeUsed
        return Proof(step, given_back)

    def _account(self, account_id: str) -> Account:
        account = self._accounts.read(account_id)
        if account is None:
            raise AccountMissing
        return account

    def _take(self, account: Account, ip: str) -> list[Write]:
        return self._attempts.take(
            (self._limits.factor_by_account, account.account_id), (self._limits.factor_by_ip, ip)
        )

    def _step(self, secret: str, code: str) -> int:
        step = self._time_codes.step_of(secret, code, self._clock.now())
        if step is None:
            raise CodeWrong
        return step

    def _caller(self, caller: Principal) -> tuple[Account, Session]:
        secret_hash = parse_session_id(caller.session_id)
        found = self._sessions.read_session(caller.account_id, secret_hash) if secret_hash else None
        if found is None:
            raise Unauthenticated
        return found

    def _recovery(self, account: Account, given: str) -> list[Write]:
        code_hash = digest(_bare(given))
        used = event("account.recovery_code_used", account.account_id, self._clock.now(), once=code_hash)
        return [self._accounts.spend_recovery(account.account_id, code_hash), self._outbox.publish(used)]

    def _new_codes(self, account_id: str) -> tuple[list[str], list[Write]]:
        bare = [
            base32_secret(self._ids.secret(RECOVERY_CODE_BYTES), RECOVERY_CODE_BYTES).lower()
            for _ in range(RECOVERY_CODES)
        ]
        return [_grouped(code) for code in bare], [
            self._accounts.put_recovery(account_id, digest(code)) for code in bare
        ]


def _grouped(code: str) -> str:
    return "-".join(code[start : start + RECOVERY_GROUP] for start in range(0, len(code), RECOVERY_GROUP))


def _bare(typed: str) -> str:
    return "".join(character for character in typed.lower() if character.isalnum())
