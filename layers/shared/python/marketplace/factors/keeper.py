"""What every change of an account's factors shares: who asks, what ends, who is told."""

from collections.abc import Mapping, Sequence

from marketplace.accounts.errors import AccountMissing, CodeWrong, FactorsChanged, PasswordWrong
from marketplace.accounts.model import Account, Session, parse_session_id
from marketplace.accounts.password_check import PasswordCheck
from marketplace.accounts.ports import Accounts, SessionStore
from marketplace.factors.cooling import Cooling
from marketplace.factors.errors import FactorCompulsory, PasswordTooShortAlone
from marketplace.factors.ports import Log
from marketplace.factors.recovery_codes import RecoveryCodes
from marketplace.kit.clock import Clock
from marketplace.kit.errors import Unauthenticated
from marketplace.kit.origin import Origin
from marketplace.kit.principal import Principal
from marketplace.kit.writes import Transactions, Write


class FactorKeeper:
    """What every change of an account's factors shares."""

    def __init__(
        self,
        *,
        clock: Clock,
        transactions: Transactions,
        accounts: Accounts,
        sessions: SessionStore,
        recovery_codes: RecoveryCodes,
        password_check: PasswordCheck,
        cooling: Cooling,
        log: Log,
    ) -> None:
        self.clock = clock
        self.transactions = transactions
        self.accounts = accounts
        self.sessions = sessions
        self.recovery_codes = recovery_codes
        self._password_check = password_check
        self._cooling = cooling
        self._log = log

    def caller(self, caller: Principal) -> tuple[Account, Session]:
        """Read the asking account and session as they stand now.

        Raises: Unauthenticated.
        """
        secret_hash = parse_session_id(caller.session_id)
        found = self.sessions.read_session(caller.account_id, secret_hash) if secret_hash else None
        # Ended since the request began, by its owner or a lock: carrying it over would bring it back to life.
        if found is None or not found[1].opens(found[0]):
            raise Unauthenticated
        return found

    def account(self, account_id: str) -> Account:
        """Read an account.

        Raises: AccountMissing.
        """
        account = self.accounts.read(account_id)
        if account is None:
            raise AccountMissing
        return account

    def ask_password(self, account: Account, password: str | None) -> list[Write]:
        """Ask for the password besides the session, where there is no factor yet that a step-up would have shown.

        So whoever stole a young session cannot lock its owner out. Returns the writes that give the attempt back.

        Raises: PasswordWrong; TooManyAttempts.
        """
        if account.has_factor:
            return []
        if password is None:
            raise PasswordWrong
        return self._password_check.check(account, password)

    def changed(
        self,
        account: Account,
        session: Session,
        kind: str,
        *,
        origin: Origin,
        shown: bool,
        facts: Mapping[str, str | int] | None = None,
    ) -> list[Write]:
        """Return what follows any change: only the asking session lives on, payouts cool, the owner is told.

        `shown` is whether the session has shown a factor just now.
        """
        factor_at = self.clock.now() if shown else session.factor_at
        return [
            self.sessions.keep_session(session, epoch=account.session_epoch + 1, factor_at=factor_at),
            *self._cooling.begin(account.account_id, kind),
            *self._log.note(account.account_id, kind, origin=origin, session_id=session.session_id, facts=facts),
        ]

    def check_may_lose_last(self, account: Account) -> None:
        """Let go of the last factor only whom a password alone protects well enough.

        Raises: FactorCompulsory; PasswordTooShortAlone.
        """
        if account.roles:
            raise FactorCompulsory
        if not account.password_is_long:
            raise PasswordTooShortAlone

    def note(self, account_id: str, kind: str, origin: Origin) -> list[Write]:
        """Return the line of a change that needs nothing else."""
        return self._log.note(account_id, kind, origin=origin)

    def noted(
        self, account_id: str, kind: str, origin: Origin, session_id: str | None = None, **facts: str | int
    ) -> list[Write]:
        """Return the line of a change, with its facts, and its notice where the kind is told."""
        return self._log.note(account_id, kind, origin=origin, session_id=session_id, facts=facts)

    def cool(self, account_id: str, kind: str) -> list[Write]:
        """Return what holds payouts after a change that ends no session."""
        return self._cooling.begin(account_id, kind)

    def commit(self, writes: Sequence[Write]) -> None:
        """Commit a change of factors.

        Raises: FactorsChanged when a recovery code that it clears is spent at the same moment.
        """
        try:
            self.transactions.commit(writes)
        except CodeWrong:
            raise FactorsChanged from None
