"""Sign in with a password: then the second factor where there is one, or a mailed code where the sign-in is unusual.

What decides which counters an attempt meets is read first and the attempt counted second, before anything is hashed.
Devices that the account knows have counters of their own, so that a stranger's failures never lock the owner out. An
unknown address makes the same reads and writes, so that neither answer nor cost tells which addresses have accounts.
"""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from marketplace.accounts.admission import Admission, Caller, SignedIn
from marketplace.accounts.attempts import Attempts
from marketplace.accounts.entry_ports import EntryStore, Factors
from marketplace.accounts.errors import CredentialsWrong, SecondFactorRequired
from marketplace.accounts.history import NOBODY, Entrance, sighting
from marketplace.accounts.limits import FAILURES_IN_SUCCESSION_MAX, Limit, Limits
from marketplace.accounts.mail_codes import MailCodes, ShownCode
from marketplace.accounts.model import Account
from marketplace.accounts.names import normalise_email
from marketplace.accounts.password_rules import normalise_password
from marketplace.accounts.ports import Accounts, Passwords
from marketplace.kit.clock import Clock
from marketplace.kit.errors import Conflict, Unavailable
from marketplace.kit.ids import Ids
from marketplace.kit.origin import Origin
from marketplace.kit.writes import Transactions, Write
from marketplace.security.log import SecurityLog
from marketplace.security.model import NOBODY_PREFIX
from marketplace.security.risk import Circumstances, Judgement, judge


@dataclass(frozen=True, slots=True)
class Attempt:
    """What somebody typed, and from where."""

    email: str
    password: str = field(repr=False)
    origin: Origin = field(default=Origin(""), repr=False)
    device_token: str = field(default="", repr=False)
    code: str | None = field(default=None, repr=False)
    recovery_code: str | None = field(default=None, repr=False)
    mail_code: str | None = field(default=None, repr=False)
    mail_request: str | None = field(default=None, repr=False)  # that the code answers

    @property
    def caller(self) -> Caller:
        return Caller(self.origin, self.device_token)


_Shown = tuple[str, int | None, Sequence[Write]]  # how, the time-step to spend, what spends the rest


@dataclass(frozen=True, slots=True)
class _Met:
    """An attempt, and what the first reads found."""

    email: str
    account: Account | None
    entrance: Entrance
    known_hash: str | None  # of the device, where the account knows it


class SignIn:
    """The way in by password."""

    def __init__(
        self,
        *,
        clock: Clock,
        ids: Ids,
        transactions: Transactions,
        accounts: Accounts,
        entries: EntryStore,
        passwords: Passwords,
        attempts: Attempts,
        second_factor: Factors,
        mail_codes: MailCodes,
        admission: Admission,
        log: SecurityLog,
        limits: Limits | None = None,
    ) -> None:
        self._clock = clock
        self._ids = ids
        self._transactions = transactions
        self._accounts = accounts
        self._entries = entries
        self._passwords = passwords
        self._attempts = attempts
        self._second_factor = second_factor
        self._mail_codes = mail_codes
        self._admission = admission
        self._log = log
        self._limits = limits or Limits()

    def open(self, attempt: Attempt) -> SignedIn:
        """Check everything and open a session; what was counted is given back when it succeeds.

        Raises: EmailInvalid; CredentialsWrong; SignInClosed; TooManyAttempts; Unavailable. Only to who knows the
        password: AccountLocked; SecondFactorRequired; MailCodeRequired; CodeWrong; CodeUsed.
        """
        met = self._meet(attempt)
        given_back = self._count(met, attempt)
        account = self._check_password(met, attempt)
        self._admission.check(account)
        judgement = self._judge(met, attempt)
        how, step, proofs = self._prove(account, attempt, judgement, met.known_hash)
        better = self._better_hash(account, attempt)
        spent = self._accounts.spend(account, step=step, password_hash=better)
        return self._admission.admit(
            account,
            attempt.caller,
            how=how,
            writes=[*spent, *proofs, *given_back],
            history=met.entrance.history,
            failures=met.entrance.failures if met.known_hash else 0,  # else they are given back already
            judgement=judgement,
        )

    def _meet(self, attempt: Attempt) -> _Met:
        email, now = normalise_email(attempt.email), self._clock.now()
        account_id = self._accounts.owner_of(email)
        account, entrance = self._entries.entrance(
            # An unknown address reads too, so that it does not answer one round trip earlier.
            account_id or NOBODY,
            attempt.origin,
            counters=(self._stop, self._recent),
            email=email,
            now=now,
        )
        known = entrance.history.known(attempt.caller.device_hash, now)
        return _Met(email, account, entrance, known.token_hash if known and account else None)

    def _count(self, met: _Met, attempt: Attempt) -> list[Write]:
        limits = self._limits
        if met.account and met.known_hash:
            return self._attempts.take((limits.password_by_device, f"{met.account.account_id}#{met.known_hash}"))
        return self._attempts.take((limits.password_by_email, met.email), (limits.password_by_ip, attempt.origin.ip))

    def _check_password(self, met: _Met, attempt: Attempt) -> Account:
        account, password = met.account, normalise_password(attempt.password)
        good = self._passwords.verify(account.password_hash if account else None, password)
        # An address that is not proved answers as an unknown one: else signing up and then in would tell whether it
        # had been free, since the password would be right.
        if not good or account is None or not account.email_verified:
            self._note_failed(met, attempt)
            raise CredentialsWrong
        return account

    def _judge(self, met: _Met, attempt: Attempt) -> Judgement:
        entrance = met.entrance
        return judge(
            Circumstances(
                here=sighting(attempt.origin, self._clock.now()),
                last=entrance.history.last,
                known_device=met.known_hash is not None,
                countries=entrance.history.countries,
                accounts_failing_at_address=entrance.failing_at_address,
                accounts_failing_in_network=entrance.failing_in_network,
                failures=entrance.failures,
            )
        )

    def _prove(self, account: Account, attempt: Attempt, judgement: Judgement, known_hash: str | None) -> _Shown:
        """Ask for what the account or the circumstances ask besides the password."""
        if account.has_factor:
            if attempt.code is None and attempt.recovery_code is None:
                raise SecondFactorRequired(how=",".join(account.step_up_by))
            how = "password,code" if attempt.code is not None else "password,recovery_code"
            proof = self._second_factor.prove(
                account,
                code=attempt.code,
                recovery_code=attempt.recovery_code,
                ip=attempt.origin.ip,
                device_hash=known_hash,
            )
            return how, proof.step, proof.writes
        if not judgement.asks:
            return "password", None, ()
        if attempt.mail_code is None:
            raise self._mail_codes.ask(account, attempt.origin, judgement)
        shown = ShownCode(attempt.mail_code, attempt.mail_request or "")
        return "password,mail_code", None, self._mail_codes.prove(account, shown, attempt.origin, known_hash)

    def _note_failed(self, met: _Met, attempt: Attempt) -> None:
        """Write the failure down; that it was counted is what protects, so a note that fails stops nothing."""
        now = self._clock.now()
        spread = self._entries.note_failing(attempt.origin, met.email, met.entrance, now)
        with suppress(Unavailable, Conflict):
            if not met.account and not met.entrance.nobody_is_there:
                self._transactions.commit(self._entries.keep_nobody(now))  # once in a deployment
        with suppress(Unavailable, Conflict):
            self._transactions.commit([*spread, *self._failure_notes(met, attempt.origin)])

    def _failure_notes(self, met: _Met, origin: Origin) -> Sequence[Write]:
        now, entrance = self._clock.now(), met.entrance
        subject = met.account.account_id if met.account else NOBODY_PREFIX + self._ids.new("nob", now)
        if met.known_hash:
            return self._log.note(subject, "sign_in:failed", origin=origin, facts={"known_device": 1})
        if entrance.failures + 1 == FAILURES_IN_SUCCESSION_MAX:
            return self._log.note(subject, "sign_in:closed", origin=origin)
        last = entrance.recent + 1 == self._recent.attempts_max
        return self._log.note(subject, "sign_in:limited" if last else "sign_in:failed", origin=origin)

    def _better_hash(self, account: Account, attempt: Attempt) -> str | None:
        if not self._passwords.is_outdated(account.password_hash):
            return None
        return self._passwords.hash(normalise_password(attempt.password))

    @property
    def _stop(self) -> Limit:
        return next(limit for limit in self._limits.password_by_email if limit.in_succession)

    @property
    def _recent(self) -> Limit:
        return next(limit for limit in self._limits.password_by_email if not limit.in_succession)
