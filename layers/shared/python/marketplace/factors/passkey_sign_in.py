"""Sign in with a passkey alone: it is something one has, and its user was verified, so it counts as both factors.

Failures with the password do not stand in its way, and nobody types an address: the passkey says whose it is.
"""

from typing import Any

from marketplace.accounts.admission import Admission, Caller, SignedIn
from marketplace.accounts.attempts import Attempts
from marketplace.accounts.ports import Accounts
from marketplace.factors.errors import ChallengeSpent, PasskeyRefused
from marketplace.factors.limits import FactorLimits
from marketplace.factors.model import SIGN_IN, Assertion
from marketplace.factors.passkey_proofs import PasskeyProofs


class PasskeySignIn:
    """Asks any device, and admits whom it names."""

    def __init__(
        self,
        *,
        attempts: Attempts,
        accounts: Accounts,
        proofs: PasskeyProofs,
        admission: Admission,
        limits: FactorLimits | None = None,
    ) -> None:
        self._attempts = attempts
        self._accounts = accounts
        self._proofs = proofs
        self._admission = admission
        self._limits = limits or FactorLimits()

    def ask(self, ip: str) -> dict[str, Any]:
        """Return what the browser is to ask of whatever passkey it knows for this site.

        Raises: TooManyAttempts.
        """
        self._attempts.take((self._limits.passkey_by_ip, ip))
        return self._proofs.ask(SIGN_IN)

    def open(self, given: Assertion, caller: Caller) -> SignedIn:
        """Judge the answer and open a session that has shown a second factor.

        Raises: PasskeyRefused, for whatever does not hold; PasskeySuspended; PasskeyCloned; TooManyAttempts;
        AccountSuspended and AccountLocked, only to the owner.
        """
        self._attempts.take((self._limits.passkey_by_ip, caller.origin.ip))
        verified = self._proofs.verify(given, SIGN_IN, origin=caller.origin)
        account = self._accounts.read(verified.passkey.account_id)
        if account is None or not account.email_verified:
            raise PasskeyRefused
        try:
            return self._admission.admit(account, caller, how="passkey", writes=verified.writes)
        except ChallengeSpent:
            raise PasskeyRefused from None
