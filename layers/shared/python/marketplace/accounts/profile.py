"""What people see and change of their own account."""

from marketplace.accounts.errors import AccountMissing
from marketplace.accounts.model import Account
from marketplace.accounts.names import normalise_name
from marketplace.accounts.ports import Accounts
from marketplace.kit.errors import Invalid
from marketplace.kit.origin import Origin
from marketplace.kit.writes import Transactions
from marketplace.security.log import SecurityLog


class Profile:
    """An account, for its owner."""

    def __init__(self, *, transactions: Transactions, accounts: Accounts, log: SecurityLog) -> None:
        self._transactions = transactions
        self._accounts = accounts
        self._log = log

    def read(self, account_id: str) -> Account:
        """Return the account.

        Raises: AccountMissing.
        """
        account = self._accounts.read(account_id)
        if account is None:
            raise AccountMissing
        return account

    def change(
        self, account_id: str, *, display_name: str | None, locale: str | None, origin: Origin | None = None
    ) -> Account:
        """Change what is given, and return the account as it then stands.

        Raises: Invalid when nothing is given; NameInvalid; AccountMissing.
        """
        if display_name is None and locale is None:
            raise Invalid(fields={"body": "nothing_to_change"})
        name = None if display_name is None else normalise_name(display_name, "display_name")
        noted = self._log.note(account_id, "account:renamed", origin=origin)
        self._transactions.commit([self._accounts.rename(account_id, display_name=name, locale=locale), *noted])
        return self.read(account_id)
