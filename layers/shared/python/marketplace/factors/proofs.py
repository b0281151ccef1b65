"""Check a typed second factor: a code of the app or a recovery code. It counts once, however many arrive together."""

from collections.abc import Sequence
from contextlib import suppress

from marketplace.accounts.attempts import Attempts
from marketplace.accounts.errors import CodeUsed, CodeWrong
from marketplace.accounts.limits import Limit, Limits
from marketplace.accounts.model import Account
from marketplace.accounts.ports import Accounts
from marketplace.factors.errors import CodeClockDrift
from marketplace.factors.limits import FactorLimits
from marketplace.factors.model import Proof
from marketplace.factors.ports import STEP_SECONDS, Log, TimeCodes
from marketplace.factors.recovery_codes import FEW_LEFT, RecoveryCodes, name_of
from marketplace.kit.clock import Clock
from marketplace.kit.errors import Unavailable
from marketplace.kit.origin import Origin
from marketplace.kit.writes import Transactions, Write


class Proofs:
    """Judges codes for those who showed a password or a session before."""

    def __init__(
        self,
        *,
        clock: Clock,
        transactions: Transactions,
        accounts: Accounts,
        attempts: Attempts,
        time_codes: TimeCodes,
        recovery_codes: RecoveryCodes,
        log: Log,
        limits: Limits | None = None,
        factor_limits: FactorLimits | None = None,
    ) -> None:
        self._clock = clock
        self._transactions = transactions
        self._accounts = accounts
        self._attempts = attempts
        self._time_codes = time_codes
        self._recovery_codes = recovery_codes
        self._log = log
        self._limits = limits or Limits()
        self._factor_limits = factor_limits or FactorLimits()

    def prove(
        self,
        account: Account,
        *,
        code: str | None,
        recovery_code: str | None,
        ip: str,
        origin: Origin | None = None,
        device_hash: str | None = None,
    ) -> Proof:
        """Check a code at sign-in; nothing counts before the caller commits the proof.

        Each attempt is counted first, wrong and replayed ones for good. `device_hash` is of a device that the account
        knows, which is counted by itself: neither a stranger who has the password nor a neighbour locks it out.

        Raises: CodeWrong; CodeUsed; CodeClockDrift; TooManyAttempts.
        """
        counted = self._limits.of_factor(account.account_id, device_hash, ip)
        return self._prove(account, code, recovery_code, counted, origin or Origin(ip))

    def prove_anew(self, account: Account, *, code: str | None, recovery_code: str | None, origin: Origin) -> Proof:
        """Check a code inside a session, under limits of its own; neighbours behind its address do not count.

        Raises: CodeWrong; CodeUsed; CodeClockDrift; TooManyAttempts.
        """
        counted = ((self._factor_limits.step_up_by_account, account.account_id),)
        return self._prove(account, code, recovery_code, counted, origin)

    def step(self, account_id: str, secret: str, code: str, origin: Origin) -> int:
        """Return the time-step of a code, which is not spent by that.

        Raises: CodeClockDrift for one of the last or next ten minutes; CodeWrong.
        """
        now = self._clock.now()
        step = self._time_codes.step_of(secret, code, now)
        if step is not None:
            return step
        drift_seconds = self._time_codes.drift_seconds(secret, code, now)
        self.note_failure(account_id, "totp:failed", origin)
        raise CodeWrong if drift_seconds is None else CodeClockDrift(drift_seconds=drift_seconds)

    def _step(self, account: Account, code: str, origin: Origin) -> int:
        """Return the time-step of a code of the app that is on.

        Whoever guesses and is told of a clock that goes fast has learned a code that is good minutes later: that one
        is not accepted when its time comes, and nothing is told unless this could be written down.
        """
        try:
            return self.step(account.account_id, account.totp_secret or "", code, origin)
        except CodeClockDrift as drift:
            ahead_seconds = int(drift.facts["drift_seconds"])
            if ahead_seconds > 0:
                step = (int(self._clock.now().timestamp()) + ahead_seconds) // STEP_SECONDS
                try:
                    self._transactions.commit([self._accounts.refuse_step(account.account_id, step)])
                except Unavailable:
                    raise CodeWrong from None
            raise

    def note_failure(self, account_id: str, kind: str, origin: Origin) -> None:
        """Leave a line in the log; the refusal stands whether or not that works."""
        with suppress(Unavailable):
            self._transactions.commit(self._log.note(account_id, kind, origin=origin))

    def _prove(
        self,
        account: Account,
        code: str | None,
        recovery_code: str | None,
        counted: Sequence[tuple[Sequence[Limit], str]],
        origin: Origin,
    ) -> Proof:
        given_back = self._attempts.take(*counted)
        if code is None:
            return Proof(writes=[*self._recovery(account, recovery_code or "", origin), *given_back])
        if not account.has_totp:
            self.note_failure(account.account_id, "totp:failed", origin)
            raise CodeWrong
        step = self._step(account, code, origin)
        if step <= account.totp_last_step or step == account.totp_told_step:
            self.note_failure(account.account_id, "totp:failed", origin)
            raise CodeUsed
        return Proof(step, given_back)

    def _recovery(self, account: Account, typed: str, origin: Origin) -> list[Write]:
        code_hash, left = name_of(typed), self._recovery_codes.hashes(account.account_id)
        if code_hash not in left:
            self.note_failure(account.account_id, "recovery_code:failed", origin)
            raise CodeWrong
        facts = {"left": len(left) - 1}
        used = self._log.note(account.account_id, "recovery_code:used", origin=origin, facts=facts, once=code_hash)
        few = self._log.note(account.account_id, "recovery_codes:few", facts=facts) if facts["left"] <= FEW_LEFT else []
        return [self._recovery_codes.spend(account.account_id, typed), *used, *few]
