"""Second factors, passkeys and step-up."""

from functools import cached_property
from typing import TYPE_CHECKING

from marketplace.wiring.security import Security

if TYPE_CHECKING:
    from marketplace.accounts.attempts import Attempts
    from marketplace.accounts.password_check import PasswordCheck
    from marketplace.accounts.password_setting import PasswordSetting
    from marketplace.accounts.ports import Passwords
    from marketplace.factors.authenticator import Authenticator
    from marketplace.factors.cooling import Cooling
    from marketplace.factors.elsewhere import Elsewhere
    from marketplace.factors.email_change import EmailChanges
    from marketplace.factors.keeper import FactorKeeper
    from marketplace.factors.limits import FactorLimits
    from marketplace.factors.links import Links
    from marketplace.factors.passkey_proofs import PasskeyProofs
    from marketplace.factors.passkey_sign_in import PasskeySignIn
    from marketplace.factors.passkeys import Passkeys
    from marketplace.factors.ports import TimeCodes, WebAuthn
    from marketplace.factors.proofs import Proofs
    from marketplace.factors.recovery import Recoveries
    from marketplace.factors.recovery_codes import RecoveryCodes
    from marketplace.factors.step_up import StepUp
    from marketplace.factors.store import DynamoFactors
    from marketplace.factors.undo import FactorUndo


class Factors(Security):
    """Second factors, passkeys and step-up."""

    @cached_property
    def factor_store(self) -> "DynamoFactors":
        from marketplace.factors.store import DynamoFactors

        return DynamoFactors()

    @cached_property
    def factor_limits(self) -> "FactorLimits":
        from marketplace.factors.limits import FactorLimits

        return FactorLimits()

    @cached_property
    def cooling(self) -> "Cooling":
        from marketplace.factors.cooling import COOLING, Cooling

        length = self.timers.own("cooling") or COOLING
        return Cooling(clock=self.clock, accounts=self.account_store, length=length)

    @cached_property
    def time_codes(self) -> "TimeCodes":
        from marketplace.factors.totp import PyotpTimeCodes

        return PyotpTimeCodes()

    @cached_property
    def recovery_codes(self) -> "RecoveryCodes":
        from marketplace.factors.recovery_codes import RecoveryCodes

        return RecoveryCodes(ids=self.ids, accounts=self.account_store)

    @cached_property
    def proofs(self) -> "Proofs":
        from marketplace.factors.proofs import Proofs

        return Proofs(
            clock=self.clock,
            transactions=self.transactions,
            accounts=self.account_store,
            attempts=self.attempts,
            time_codes=self.time_codes,
            recovery_codes=self.recovery_codes,
            log=self.security_log,
            limits=self.limits,
        )

    @cached_property
    def factor_keeper(self) -> "FactorKeeper":
        from marketplace.factors.keeper import FactorKeeper

        return FactorKeeper(
            clock=self.clock,
            transactions=self.transactions,
            accounts=self.account_store,
            sessions=self.account_store,
            recovery_codes=self.recovery_codes,
            password_check=self.password_check,
            cooling=self.cooling,
            log=self.security_log,
        )

    @cached_property
    def authenticator(self) -> "Authenticator":
        from marketplace.factors.authenticator import Authenticator
        from marketplace.factors.qr import SegnoPictures

        return Authenticator(
            keeper=self.factor_keeper,
            ids=self.ids,
            attempts=self.attempts,
            proofs=self.proofs,
            time_codes=self.time_codes,
            pictures=SegnoPictures(),
            limits=self.factor_limits,
        )

    @cached_property
    def webauthn(self) -> "WebAuthn":
        from marketplace.factors.webauthn_gateway import WebAuthnLibrary

        return WebAuthnLibrary(self.settings.public_url)

    @cached_property
    def passkey_proofs(self) -> "PasskeyProofs":
        from marketplace.factors.passkey_options import relying_party
        from marketplace.factors.passkey_proofs import PasskeyProofs

        return PasskeyProofs(
            clock=self.clock,
            ids=self.ids,
            transactions=self.transactions,
            passkeys=self.factor_store,
            library=self.webauthn,
            log=self.security_log,
            rp_id=relying_party(self.settings.public_url),
        )

    @cached_property
    def passkeys(self) -> "Passkeys":
        from marketplace.factors.passkey_options import relying_party
        from marketplace.factors.passkeys import Passkeys

        return Passkeys(
            keeper=self.factor_keeper,
            passkeys=self.factor_store,
            proofs=self.passkey_proofs,
            library=self.webauthn,
            vault=self.vault,
            rp_id=relying_party(self.settings.public_url),
        )

    @cached_property
    def passkey_sign_in(self) -> "PasskeySignIn":
        from marketplace.factors.passkey_sign_in import PasskeySignIn

        return PasskeySignIn(
            attempts=self.attempts,
            accounts=self.account_store,
            proofs=self.passkey_proofs,
            admission=self.admission,
            limits=self.factor_limits,
        )

    @cached_property
    def step_up(self) -> "StepUp":
        from marketplace.factors.step_up import StepUp

        return StepUp(
            keeper=self.factor_keeper,
            ids=self.ids,
            proofs=self.proofs,
            passkey_proofs=self.passkey_proofs,
            password_check=self.password_check,
            log=self.security_log,
        )

    @cached_property
    def links(self) -> "Links":
        from marketplace.factors.links import Links

        return Links(clock=self.clock, ids=self.ids, transactions=self.transactions, links=self.factor_store)

    @cached_property
    def elsewhere(self) -> "Elsewhere":
        from marketplace.factors.elsewhere import Elsewhere

        return Elsewhere(
            clock=self.clock,
            outbox=self.outbox,
            accounts=self.account_store,
            addresses=self.factor_store,
            vault=self.vault,
        )

    @cached_property
    def email_changes(self) -> "EmailChanges":
        from marketplace.factors.email_change import EmailChanges

        return EmailChanges(
            keeper=self.factor_keeper,
            ids=self.ids,
            outbox=self.outbox,
            attempts=self.attempts,
            addresses=self.factor_store,
            elsewhere=self.elsewhere,
            links=self.links,
            limits=self.factor_limits,
        )

    @cached_property
    def recoveries(self) -> "Recoveries":
        from datetime import timedelta

        from marketplace.factors.model import RECOVERY_DELAY
        from marketplace.factors.recovery import Recoveries

        shortened = self.settings.recovery_delay_seconds
        return Recoveries(
            keeper=self.factor_keeper,
            ids=self.ids,
            outbox=self.outbox,
            attempts=self.attempts,
            recoveries=self.factor_store,
            passkeys=self.factor_store,
            elsewhere=self.elsewhere,
            links=self.links,
            setting=self.password_setting,
            limits=self.factor_limits,
            delay=RECOVERY_DELAY if shortened is None else timedelta(seconds=shortened),
        )

    @cached_property
    def undo(self) -> "FactorUndo":
        from marketplace.factors.undo import FactorUndo

        return FactorUndo(
            clock=self.clock,
            email_changes=self.email_changes,
            recoveries=self.recoveries,
            passkeys=self.factor_store,
        )

    # What every proof is counted and compared by.

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

        return PasswordCheck(passwords=self.passwords, attempts=self.attempts, limits=self.limits)

    @cached_property
    def password_setting(self) -> "PasswordSetting":
        from marketplace.accounts.password_setting import PasswordSetting

        return PasswordSetting(
            entries=self.account_store,
            passwords=self.passwords,
            blocklist=self.blocklist,
            cooling=self.cooling,
            limits=self.limits,
        )
