"""What is taken back when an owner says that it was somebody else: address, recovery, and trust in new passkeys."""

from datetime import timedelta

from marketplace.accounts.mailed import NOT_ME_KEPT_SECONDS
from marketplace.accounts.model import Account
from marketplace.factors.email_change import EmailChanges
from marketplace.factors.ports import PasskeyStore
from marketplace.factors.recovery import Recoveries
from marketplace.kit.clock import Clock
from marketplace.kit.writes import Write

DOUBTED = timedelta(seconds=NOT_ME_KEPT_SECONDS)  # how far back a stranger's passkey may lie: as long as its notice


class FactorUndo:
    """Gathers the writes; the account is locked in a transaction of its own afterwards."""

    def __init__(
        self, *, clock: Clock, email_changes: EmailChanges, recoveries: Recoveries, passkeys: PasskeyStore
    ) -> None:
        self._clock = clock
        self._email_changes = email_changes
        self._recoveries = recoveries
        self._passkeys = passkeys

    def reaches(self, account: Account, told_mark: str) -> bool:
        """Tell whether the reader of an address may speak for the account."""
        return self._email_changes.reaches(account, told_mark)

    def undo(self, account: Account, told_mark: str) -> list[Write]:
        """Return the writes; `told_mark` is the address, in the blind index, whose reader says so."""
        address = self._email_changes.undo(account, told_mark)
        return [*address, *self._recoveries.undo(account), *self._distrusted(account)]

    def _distrusted(self, account: Account) -> list[Write]:
        """Return what suspends passkeys younger than a notice: a new password by mail must not let a thief's stay good.

        They still count as a factor, so that whoever reads the mailbox removes none by this.
        """
        now = self._clock.now()
        return [
            self._passkeys.suspend_passkey(passkey, now)
            for passkey in (self._passkeys.passkeys(account.account_id) if account.passkeys else ())
            if passkey.suspended_at is None and now - passkey.created_at < DOUBTED
        ]
