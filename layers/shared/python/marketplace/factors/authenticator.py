"""The authenticator app: begun, confirmed with a first code, replaced, removed."""

from marketplace.accounts.attempts import Attempts
from marketplace.accounts.errors import FactorNotStarted
from marketplace.accounts.model import base32_secret
from marketplace.factors.errors import FactorMissing
from marketplace.factors.keeper import FactorKeeper
from marketplace.factors.limits import FactorLimits
from marketplace.factors.model import Enrolment
from marketplace.factors.ports import Pictures, TimeCodes
from marketplace.factors.proofs import Proofs
from marketplace.kit.ids import Ids
from marketplace.kit.origin import Origin
from marketplace.kit.principal import Principal

TOTP_SECRET_BYTES = 20  # RFC 4226, section 4, R6


class Authenticator:
    """Enrols, confirms, replaces and removes the app of an account."""

    def __init__(
        self,
        *,
        keeper: FactorKeeper,
        ids: Ids,
        attempts: Attempts,
        proofs: Proofs,
        time_codes: TimeCodes,
        pictures: Pictures,
        limits: FactorLimits | None = None,
    ) -> None:
        self._keeper = keeper
        self._ids = ids
        self._attempts = attempts
        self._proofs = proofs
        self._time_codes = time_codes
        self._pictures = pictures
        self._limits = limits or FactorLimits()

    def factors(self, account_id: str) -> tuple[bool, int, int]:
        """Tell whether an app is on, how many passkeys there are, and how many recovery codes are left.

        Raises: AccountMissing.
        """
        account = self._keeper.account(account_id)
        left = self._keeper.recovery_codes.hashes(account_id) if account.has_factor else []
        return account.has_totp, account.passkeys, len(left)

    def enrol(self, account_id: str, password: str | None = None, *, origin: Origin | None = None) -> Enrolment:
        """Begin with a new secret, which protects nothing before it is confirmed and replaces an earlier beginning.

        An app that is on stays on until the new one is confirmed.

        Raises: PasswordWrong; TooManyAttempts.
        """
        keeper = self._keeper
        account = keeper.account(account_id)
        given_back = keeper.ask_password(account, password)
        secret = base32_secret(self._ids.secret(TOTP_SECRET_BYTES), TOTP_SECRET_BYTES)
        noted = keeper.note(account_id, "totp:enrolled", origin or Origin(""))
        begun = keeper.accounts.begin_factor(account_id, secret)
        keeper.transactions.commit([begun, *given_back, *noted])
        address = self._time_codes.address(secret, account.email)
        return Enrolment(secret, address, self._pictures.svg(address))

    def confirm(self, caller: Principal, code: str, *, origin: Origin) -> list[str]:
        """Turn the app on with its first code; return the recovery codes when it is the account's first factor.

        The asking session has then shown the factor; every other one ends.

        Raises: FactorNotStarted; CodeWrong; CodeClockDrift; CodeUsed; TooManyAttempts.
        """
        keeper = self._keeper
        account, session = keeper.caller(caller)
        if account.totp_pending is None:
            raise FactorNotStarted
        given_back = self._attempts.take((self._limits.enrolment_by_account, account.account_id))
        step = self._proofs.step(account.account_id, account.totp_pending, code, origin)
        codes, stored = ([], []) if account.has_factor else keeper.recovery_codes.make(account.account_id)
        replaced = int(account.has_totp)
        keeper.commit(
            [
                keeper.accounts.enable_factor(account, step),
                *keeper.changed(
                    account, session, "totp:enabled", origin=origin, shown=True, facts={"replaced": replaced}
                ),
                *stored,
                *given_back,
            ]
        )
        return codes

    def remove(self, caller: Principal, *, origin: Origin) -> None:
        """Turn the app off; every other session ends.

        Raises: FactorMissing; FactorCompulsory; PasswordTooShortAlone; FactorsChanged.
        """
        keeper = self._keeper
        account, session = keeper.caller(caller)
        if not account.has_totp:
            raise FactorMissing
        last = account.passkeys == 0
        if last:
            keeper.check_may_lose_last(account)
        cleared = keeper.recovery_codes.clear(account.account_id) if last else []
        told = keeper.changed(account, session, "totp:disabled", origin=origin, shown=False)
        keeper.commit([keeper.accounts.disable_factor(account), *told, *cleared])

    def renew_codes(self, caller: Principal, *, origin: Origin) -> list[str]:
        """Replace the recovery codes of an account with a factor; those left of the old ones stop working.

        Raises: FactorMissing; FactorsChanged.
        """
        keeper = self._keeper
        account, _ = keeper.caller(caller)
        if not account.has_factor:
            raise FactorMissing
        codes, stored = keeper.recovery_codes.make(account.account_id)
        noted = keeper.note(account.account_id, "recovery_codes:renewed", origin)
        cooled = keeper.cool(account.account_id, "recovery_codes:renewed")
        keeper.commit([*stored, *noted, *cooled])
        return codes
