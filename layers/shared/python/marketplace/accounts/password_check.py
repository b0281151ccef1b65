"""Ask for the password once more of somebody who holds a mailed link or a session: either could be in other hands."""

from marketplace.accounts.attempts import Attempts
from marketplace.accounts.errors import PasswordWrong
from marketplace.accounts.limits import Limits
from marketplace.accounts.model import Account
from marketplace.accounts.password_rules import normalise_password
from marketplace.accounts.ports import Passwords
from marketplace.kit.writes import Write


class PasswordCheck:
    """Compares a typed password with an account's, so many times and no more."""

    def __init__(self, *, passwords: Passwords, attempts: Attempts, limits: Limits | None = None) -> None:
        self._passwords = passwords
        self._attempts = attempts
        self._limits = limits or Limits()

    def check(self, account: Account, typed: str) -> list[Write]:
        """Count the attempt, then compare; return the writes that give it back, for the caller's transaction.

        Raises: PasswordWrong; TooManyAttempts; Unavailable when the attempt could not be counted.
        """
        given_back = self._attempts.take((self._limits.password_by_account, account.account_id))
        if not self._passwords.verify(account.password_hash, normalise_password(typed)):
            raise PasswordWrong
        return given_back
