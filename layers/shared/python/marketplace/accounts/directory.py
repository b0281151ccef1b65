"""What other areas may know of a person: where to write to them, and what a risk rule may look at."""

from datetime import datetime

from marketplace.accounts.model import Contact
from marketplace.accounts.ports import Accounts


class Directory:
    """Looks people up for those who tell them something, and for those who judge a risk."""

    def __init__(self, *, accounts: Accounts) -> None:
        self._accounts = accounts

    def contact(self, account_id: str) -> Contact | None:
        """Tell where to write to somebody, and by what name; one read.

        There is no name before the address is proved: whoever typed somebody else's must not write into their mail.
        """
        account = self._accounts.read(account_id)
        if account is None:
            return None
        name = account.display_name if account.email_verified else ""
        return Contact(account_id, account.email, account.locale, name)

    def facts(self, account_id: str) -> tuple[datetime, str | None] | None:
        """Tell since when somebody is here, and the keyed hash of the address they signed up from, if known."""
        account = self._accounts.read(account_id)
        return (account.created_at, account.signup_mark) if account else None
