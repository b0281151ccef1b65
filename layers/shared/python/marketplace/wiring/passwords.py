"""Ways in and back in: mailed codes, new passwords, signing out, "this was not me"."""

from functools import cached_property
from typing import TYPE_CHECKING

from marketplace.wiring.factors import Factors

if TYPE_CHECKING:
    from marketplace.accounts.devices import KnownDevices
    from marketplace.accounts.mail_codes import MailCodes
    from marketplace.accounts.not_me import NotMe
    from marketplace.accounts.password_change import PasswordChange
    from marketplace.accounts.reset import PasswordReset
    from marketplace.accounts.sign_out import SignOut


class PasswordServices(Factors):
    """Ways in and back in."""

    @cached_property
    def sign_out(self) -> "SignOut":
        from marketplace.accounts.sign_out import SignOut

        return SignOut(
            transactions=self.transactions,
            sessions=self.account_store,
            entries=self.account_store,
            log=self.security_log,
        )

    @cached_property
    def devices(self) -> "KnownDevices":
        from marketplace.accounts.devices import KnownDevices

        return KnownDevices(
            clock=self.clock,
            transactions=self.transactions,
            entries=self.account_store,
            log=self.security_log,
        )

    @cached_property
    def mail_codes(self) -> "MailCodes":
        from marketplace.accounts.mail_codes import MailCodes

        return MailCodes(
            clock=self.clock,
            ids=self.ids,
            transactions=self.transactions,
            outbox=self.outbox,
            accounts=self.account_store,
            entries=self.account_store,
            attempts=self.attempts,
            log=self.security_log,
            limits=self.limits,
        )

    @cached_property
    def password_reset(self) -> "PasswordReset":
        from marketplace.accounts.reset import PasswordReset

        return PasswordReset(
            clock=self.clock,
            ids=self.ids,
            transactions=self.transactions,
            outbox=self.outbox,
            accounts=self.account_store,
            entries=self.account_store,
            setting=self.password_setting,
            attempts=self.attempts,
            log=self.security_log,
            limits=self.limits,
        )

    @cached_property
    def password_change(self) -> "PasswordChange":
        from marketplace.accounts.password_change import PasswordChange

        return PasswordChange(
            clock=self.clock,
            transactions=self.transactions,
            sessions=self.account_store,
            password_check=self.password_check,
            setting=self.password_setting,
            admission=self.admission,
            log=self.security_log,
        )

    @cached_property
    def not_me(self) -> "NotMe":
        from marketplace.accounts.not_me import NotMe

        return NotMe(
            clock=self.clock,
            ids=self.ids,
            transactions=self.transactions,
            accounts=self.account_store,
            entries=self.account_store,
            cooling=self.cooling,
            log=self.security_log,
            undo=self.undo,
        )
