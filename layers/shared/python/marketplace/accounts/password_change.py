"""Change one's own password, for the present one."""

from dataclasses import replace

from marketplace.accounts.admission import Admission, Caller, SignedIn
from marketplace.accounts.errors import HistoryMoved
from marketplace.accounts.model import parse_session_id
from marketplace.accounts.password_check import PasswordCheck
from marketplace.accounts.password_setting import PasswordSetting
from marketplace.accounts.ports import SessionStore
from marketplace.kit.clock import Clock
from marketplace.kit.errors import Unauthenticated, Unavailable
from marketplace.kit.principal import Principal
from marketplace.kit.writes import Transactions
from marketplace.security.log import SecurityLog


class PasswordChange:
    """Every session ends; the asking one goes on under a new token."""

    def __init__(
        self,
        *,
        clock: Clock,
        transactions: Transactions,
        sessions: SessionStore,
        password_check: PasswordCheck,
        setting: PasswordSetting,
        admission: Admission,
        log: SecurityLog,
    ) -> None:
        self._clock = clock
        self._transactions = transactions
        self._sessions = sessions
        self._password_check = password_check
        self._setting = setting
        self._admission = admission
        self._log = log

    def change(self, principal: Principal, *, current: str, new: str, caller: Caller) -> SignedIn:
        """Replace the password, and return the session that goes on.

        Raises: PasswordWrong; PasswordRefused; TooManyAttempts; Unauthenticated; Unavailable.
        """
        secret_hash = parse_session_id(principal.session_id)
        found = self._sessions.read_session(principal.account_id, secret_hash) if secret_hash else None
        if found is None or not found[1].opens(found[0]):  # ended since the request began
            raise Unauthenticated
        account, asking = found
        given_back = self._password_check.check(account, current)
        chosen = self._setting.choose(account, new)
        now = self._clock.now()
        token, fresh = self._admission.new_session(account, caller.origin, now, epoch=account.session_epoch + 1)
        session = replace(  # the same sign-in under a new token: neither younger nor better proved
            fresh,
            created_at=asking.created_at,
            expires_at=asking.expires_at,
            factor_at=asking.factor_at,
            proved_at=asking.proved_at,
        )
        noted = self._log.note(
            account.account_id, "password:changed", origin=caller.origin, session_id=session.session_id
        )
        changed = self._setting.writes(account, chosen, cause="password:changed", but_device=caller.device_hash)
        try:
            self._transactions.commit([self._sessions.open_session(session), *changed, *noted, *given_back])
        except HistoryMoved:
            raise Unavailable(retry_after_seconds=1) from None  # somebody signed in at the same moment
        return SignedIn(token, session)
