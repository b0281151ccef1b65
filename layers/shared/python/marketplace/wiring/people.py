"""Accounts, sessions and sellers."""

from functools import cached_property
from typing import TYPE_CHECKING, Any

from marketplace.wiring.factors import Factors

if TYPE_CHECKING:
    from marketplace.accounts.attempts import Attempts
    from marketplace.accounts.directory import Directory
    from marketplace.accounts.model import Rating
    from marketplace.accounts.password_check import PasswordCheck
    from marketplace.accounts.ports import Passwords
    from marketplace.accounts.profile import Profile
    from marketplace.accounts.quotas import CartQuota
    from marketplace.accounts.second_factor import SecondFactor
    from marketplace.accounts.sellers import Sellers
    from marketplace.accounts.sessions import Sessions
    from marketplace.accounts.sign_in import SignIn
    from marketplace.accounts.signup import Signup


class People(Factors):
    """Accounts, sessions and sellers."""

    @cached_property
    def attempts(self) -> "Attempts":
        from marketplace.accounts.attempts import Attempts

        return Attempts(clock=self.clock, transactions=self.transactions, store=self.account_store)

    @cached_property
    def passwords(self) -> "Passwords":
        from marketplace.accounts.passwords import Argon2Passwords

        return Argon2Passwords()

    @cached_property
    def password_check(self) -> "PasswordCheck":
        from marketplace.accounts.password_check import PasswordCheck

        return PasswordCheck(passwords=self.passwords, attempts=self.attempts)

    @cached_property
    def signup(self) -> "Signup":
        from marketplace.accounts.blocklist import BreachedPasswords
        from marketplace.accounts.marks import mark_of
        from marketplace.accounts.signup import Signup

        return Signup(
            clock=self.clock,
            ids=self.ids,
            transactions=self.transactions,
            outbox=self.outbox,
            accounts=self.account_store,
            passwords=self.passwords,
            password_check=self.password_check,
            blocklist=BreachedPasswords(),
            attempts=self.attempts,
            operator_emails=self.settings.operator_emails,
            mark_of=lambda ip: mark_of(ip, self.mark_secret.key),
        )

    @cached_property
    def cart_quota(self) -> "CartQuota":
        from marketplace.accounts.quotas import CartQuota

        return CartQuota(store=self.account_store)

    @cached_property
    def directory(self) -> "Directory":
        from marketplace.accounts.directory import Directory

        return Directory(accounts=self.account_store)

    @cached_property
    def sign_in(self) -> "SignIn":
        from marketplace.accounts.sign_in import SignIn

        return SignIn(
            clock=self.clock,
            ids=self.ids,
            transactions=self.transactions,
            accounts=self.account_store,
            sessions=self.account_store,
            passwords=self.passwords,
            attempts=self.attempts,
            second_factor=self.security,
        )

    @cached_property
    def sessions(self) -> "Sessions":
        from marketplace.accounts.sessions import Sessions

        return Sessions(
            clock=self.clock,
            ids=self.ids,
            transactions=self.transactions,
            outbox=self.outbox,
            accounts=self.account_store,
        )

    @cached_property
    def security(self) -> "SecondFactor":
        from marketplace.accounts.second_factor import SecondFactor
        from marketplace.accounts.totp import PyotpTimeCodes

        return SecondFactor(
            clock=self.clock,
            ids=self.ids,
            transactions=self.transactions,
            outbox=self.outbox,
            accounts=self.account_store,
            sessions=self.account_store,
            time_codes=PyotpTimeCodes(),
            attempts=self.attempts,
            password_check=self.password_check,
        )

    @cached_property
    def account(self) -> "Profile":
        from marketplace.accounts.profile import Profile

        return Profile(transactions=self.transactions, accounts=self.account_store)

    @cached_property
    def sellers(self) -> "Sellers":
        from marketplace.accounts.sellers import Sellers

        return Sellers(
            clock=self.clock,
            ids=self.ids,
            transactions=self.transactions,
            outbox=self.outbox,
            accounts=self.account_store,
            connect=self.connect,
            ratings=_Ratings(self),
            public_url=self.settings.public_url,
        )


class _Ratings:
    """Reviews, as accounts show them; made late, because each area knows the other only here."""

    def __init__(self, services: Any) -> None:
        self._services = services

    def of(self, subject_id: str) -> "Rating | None":
        from marketplace.accounts.model import Rating

        found = self._services.reviews.rating(subject_id)
        return Rating(count=found.count, sum=found.sum) if found else None
