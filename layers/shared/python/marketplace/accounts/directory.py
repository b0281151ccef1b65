"""What other areas may know of a person: where to write to them, and what a risk rule may look at."""

from datetime import datetime

from marketplace.accounts.model import Contact
from marketplace.accounts.ports import Accounts
from marketplace.vault.model import PersonErased


class Directory:
    """Looks people up for those who tell them something, and for those who judge a risk."""

    def __init__(self, *, accounts: Accounts) -> None:
        self._accounts = accounts

    def contact(self, account_id: str) -> Contact | None:
        """Tell where to write to somebody, and by what name; one read, and one of their key where it is not kept.

        There is no name before the address is proved: whoever typed somebody else's must not write into their mail.
        Who was erased is nobody.
        """
        account = self._accounts.read(account_id)
        if account is None:
            return None
        try:
            name = account.display_name if account.email_verified else ""
            return Contact(account_id, account.email, account.locale, name)
        except PersonErased:
            return None

    def facts(self, account_id: str) -> tuple[datetime, str | None] | None:
        """Tell since when somebody is here, and the keyed hash of the address they signed up from, if known."""
        account = self._accounts.read(account_id)
        return (account.created_at, account.signup_mark) if account else None

    def suspended(self, account_id: str) -> bool:
        """Tell whether the account, or its selling, is suspended: its payouts wait; one consistent read."""
        account = self._accounts.read(account_id)
        return account is not None and (account.suspended or account.selling_suspended)

    def payouts_after(self, account_id: str) -> datetime | None:
        """Tell until when nothing is paid out, after a change that a thief would make; one consistent read."""
        return self._accounts.payouts_after(account_id)

    def has_factor(self, account_id: str) -> bool:
        """Tell whether somebody has a second factor, which comes before a seller's first payout; one read."""
        account = self._accounts.read(account_id)
        return account is not None and account.has_factor
