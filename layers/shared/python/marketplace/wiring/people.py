"""Accounts, sessions and sellers."""

from functools import cached_property
from typing import TYPE_CHECKING, Any

from marketplace.kit.principal import ADMIN
from marketplace.wiring.passwords import PasswordServices

if TYPE_CHECKING:
    from marketplace.accounts.directory import Directory
    from marketplace.accounts.model import Rating
    from marketplace.accounts.profile import Profile
    from marketplace.accounts.quotas import CartQuota
    from marketplace.accounts.sellers import Sellers
    from marketplace.accounts.sessions import Sessions
    from marketplace.accounts.sign_in import SignIn
    from marketplace.accounts.signup import Signup
    from marketplace.staff.acts import StaffActs
    from marketplace.staff.approvals import Approvals
    from marketplace.staff.ports import Effect
    from marketplace.staff.recovering import StaffRecovery
    from marketplace.staff.roles import Roles


class People(PasswordServices):
    """Accounts, sessions and sellers."""

    @cached_property
    def signup(self) -> "Signup":
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
            blocklist=self.blocklist,
            attempts=self.attempts,
            log=self.security_log,
            limits=self.limits,
            admin_emails=self.settings.admin_emails,
            enlist=lambda account_id: self.staff_store.enlist(account_id, ADMIN),
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
            entries=self.account_store,
            passwords=self.passwords,
            attempts=self.attempts,
            second_factor=self.proofs,
            mail_codes=self.mail_codes,
            admission=self.admission,
            log=self.security_log,
            limits=self.limits,
        )

    @cached_property
    def sessions(self) -> "Sessions":
        from marketplace.accounts.sessions import Sessions

        return Sessions(clock=self.clock, transactions=self.transactions, accounts=self.account_store)

    @cached_property
    def account(self) -> "Profile":
        from marketplace.accounts.profile import Profile

        return Profile(transactions=self.transactions, accounts=self.account_store, log=self.security_log)

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

    @cached_property
    def acts(self) -> "StaffActs":
        from marketplace.staff.acts import StaffActs

        return StaffActs(clock=self.clock, ids=self.ids, store=self.staff_store)

    @cached_property
    def roles(self) -> "Roles":
        from marketplace.staff.roles import Roles

        return Roles(
            transactions=self.transactions,
            people=self.account_store,
            roster=self.staff_store,
            acts=self.acts,
            log=self.security_log,
            approvals=lambda: self.approvals,
        )

    @cached_property
    def approvals(self) -> "Approvals":
        from marketplace.staff.approvals import Approvals

        return Approvals(
            clock=self.clock,
            ids=self.ids,
            transactions=self.transactions,
            proposals=self.staff_store,
            acts=self.acts,
            executors=self.executors,
            withdrawals=self.withdrawals,
        )

    @cached_property
    def staff_recovery(self) -> "StaffRecovery":
        from marketplace.staff.recovering import StaffRecovery

        return StaffRecovery(
            people=self.account_store,
            roster=self.staff_store,
            recoveries=self.recoveries,
            approvals=self.approvals,
            log=self.security_log,
        )

    def executors(self) -> "dict[str, Effect]":
        """Name what an approved proposal of each kind changes; a further part adds its own to `super().executors()`."""
        return {
            "role.grant": lambda proposal: self.roles.granted(proposal),
            "account.recover": lambda proposal: self.staff_recovery.approved(proposal),
        }

    def withdrawals(self) -> "dict[str, Effect]":
        """Name what a declined proposal changes, where something waits for it; added to like `executors`."""
        return {}


class _Ratings:
    """Reviews, as accounts show them; made late, because each area knows the other only here."""

    def __init__(self, services: Any) -> None:
        self._services = services

    def of(self, subject_id: str) -> "Rating | None":
        from marketplace.accounts.model import Rating

        found = self._services.reviews.rating(subject_id)
        return Rating(count=found.count, sum=found.sum) if found else None
