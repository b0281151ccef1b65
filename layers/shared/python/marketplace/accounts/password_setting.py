"""What every new password of an account has in common, whoever may choose it."""

from dataclasses import dataclass, field
from datetime import datetime

from marketplace.accounts.entry_ports import Cooling, EntryStore
from marketplace.accounts.limits import Limits
from marketplace.accounts.model import Account
from marketplace.accounts.password_rules import PASSWORD_LENGTH_MIN, check_password, normalise_password
from marketplace.accounts.ports import Blocklist, Passwords
from marketplace.kit.writes import Write


@dataclass(frozen=True, slots=True)
class Chosen:
    """A password that the rules let pass."""

    password_hash: str = field(repr=False)
    is_long: bool  # enough to stand alone


class PasswordSetting:
    """Judges, hashes, and writes; ends sessions, forgets devices, holds payouts."""

    def __init__(
        self,
        *,
        entries: EntryStore,
        passwords: Passwords,
        blocklist: Blocklist,
        cooling: Cooling,
        limits: Limits | None = None,
    ) -> None:
        self._entries = entries
        self._passwords = passwords
        self._blocklist = blocklist
        self._cooling = cooling
        self._limits = limits or Limits()

    def choose(self, account: Account, password: str) -> Chosen:
        """Judge a password for this account and hash it: 15 characters alone, 8 beside a second factor.

        Raises: PasswordRefused.
        """
        secret = normalise_password(password)
        known = (account.email, account.display_name)
        check_password(secret, known=known, has_factor=account.has_factor, blocklist=self._blocklist)
        return Chosen(self._passwords.hash(secret), is_long=len(secret) >= PASSWORD_LENGTH_MIN)

    def writes(self, account: Account, chosen: Chosen, *, cause: str, but_device: str | None = None) -> list[Write]:
        """Return what changes it: every session ends, every device but one is forgotten, payouts wait.

        `but_device` is the hash of the device that is being used.
        """
        forgotten = self.forget_devices(account.account_id, but=but_device)
        changed = self._entries.set_password(account, chosen.password_hash, is_long=chosen.is_long)
        return [changed, *forgotten, *self._cooling.begin(account.account_id, cause)]

    def forgive(self, account: Account, now: datetime) -> list[Write]:
        """Return what ends the row of failures with the account's address: a new password by mail begins anew."""
        return [
            self._entries.forgive(limit, account, now)
            for limit in self._limits.password_by_email
            if limit.in_succession
        ]

    def forget_devices(self, account_id: str, *, but: str | None = None) -> list[Write]:
        """Return what makes every device unknown, or all but the one of this hash; refused with HistoryMoved."""
        history = self._entries.history(account_id)
        return [] if history.is_empty else [self._entries.keep_history(history.without_devices(but=but))]
