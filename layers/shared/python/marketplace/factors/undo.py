"""What is taken back when an owner says that it was somebody else: a moved or moving address, and a recovery."""

from marketplace.accounts.model import Account
from marketplace.factors.email_change import EmailChanges
from marketplace.factors.recovery import Recoveries
from marketplace.kit.writes import Write


class FactorUndo:
    """Gathers the writes; the account is locked in a transaction of its own afterwards."""

    def __init__(self, *, email_changes: EmailChanges, recoveries: Recoveries) -> None:
        self._email_changes = email_changes
        self._recoveries = recoveries

    def undo(self, account: Account, told_mark: str) -> list[Write]:
        """Return the writes; `told_mark` is the address, in the blind index, whose reader says so."""
        return [*self._email_changes.undo(account, told_mark), *self._recoveries.undo(account)]
