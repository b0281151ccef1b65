"""Passkeys of an account: added, named, listed, removed. Each counts as both factors, because its user is verified."""

from dataclasses import replace
from typing import Any

from marketplace.accounts.names import normalise_name
from marketplace.factors.errors import ChallengeSpent, PasskeyInvalid, PasskeyMissing, TooManyPasskeys
from marketplace.factors.keeper import FactorKeeper
from marketplace.factors.model import (
    PASSKEY_NAME_LENGTH_MAX,
    PASSKEYS_MAX,
    REGISTRATION,
    STEP_UP,
    Assertion,
    Passkey,
    passkey_id,
)
from marketplace.factors.passkey_options import registration_options
from marketplace.factors.passkey_proofs import PasskeyProofs
from marketplace.factors.ports import NotVerified, PasskeyStore, Vault, WebAuthn
from marketplace.kit.origin import Origin
from marketplace.kit.principal import Principal


class Passkeys:
    """Keeps the passkeys of those who are signed in."""

    def __init__(
        self,
        *,
        keeper: FactorKeeper,
        passkeys: PasskeyStore,
        proofs: PasskeyProofs,
        library: WebAuthn,
        vault: Vault,
        rp_id: str,
    ) -> None:
        self._keeper = keeper
        self._passkeys = passkeys
        self._proofs = proofs
        self._library = library
        self._vault = vault
        self._rp_id = rp_id

    def begin(self, caller: Principal, password: str | None) -> dict[str, Any]:
        """Return what the browser is to ask of a device that shall become a passkey, good for five minutes.

        Raises: PasswordWrong; TooManyAttempts; TooManyPasskeys.
        """
        account, session = self._keeper.caller(caller)
        given_back = self._keeper.ask_password(account, password)
        known = self._passkeys.passkeys(account.account_id)
        if len(known) >= PASSKEYS_MAX:
            raise TooManyPasskeys
        challenge, put = self._proofs.challenge(REGISTRATION, account.account_id, session.session_id)
        self._keeper.transactions.commit([put, *given_back])
        return registration_options(
            self._rp_id,
            account_id=account.account_id,
            email=account.email,
            name=account.display_name,
            challenge=challenge,
            known=known,
        )

    def add(self, caller: Principal, name: str, answer: Assertion, *, origin: Origin) -> tuple[Passkey, list[str]]:
        """Add what the device made; return it, and the recovery codes when it is the account's first factor.

        The asking session has then shown a factor; every other one ends.

        Raises: PasskeyInvalid; PasskeyRegistered; TooManyPasskeys; FactorsChanged; NameInvalid.
        """
        keeper = self._keeper
        account, session = keeper.caller(caller)
        shown_as = _named(name)
        spent = self._proofs.spend(answer.challenge, REGISTRATION, account.account_id, session.session_id)
        if spent is None:
            raise PasskeyInvalid
        if account.passkeys >= PASSKEYS_MAX:
            raise TooManyPasskeys
        try:
            made = self._library.register(answer.credential, answer.challenge)
        except NotVerified:
            raise PasskeyInvalid from None
        sealed = self._vault.seal(account.account_id, _place(passkey_id(made.credential_id)), shown_as)
        passkey = Passkey(
            account.account_id, made.credential_id, made.public_key, sealed, keeper.clock.now(), made.sign_count
        )
        codes, stored = ([], []) if account.has_factor else keeper.recovery_codes.make(account.account_id)
        facts = {"passkey": passkey.passkey_id}
        try:
            keeper.commit(
                [
                    spent,
                    *self._passkeys.add_passkey(passkey),
                    keeper.accounts.count_passkeys(account, +1),
                    *keeper.changed(account, session, "passkey:added", origin=origin, shown=True, facts=facts),
                    *stored,
                ]
            )
        except ChallengeSpent:
            raise PasskeyInvalid from None
        return replace(passkey, name=shown_as), codes

    def of(self, account_id: str) -> list[Passkey]:
        """List an account's passkeys, the oldest first."""
        found = sorted(self._passkeys.passkeys(account_id), key=lambda passkey: passkey.created_at)
        return [self._opened(passkey) for passkey in found]

    def rename(self, account_id: str, wanted_id: str, name: str, *, origin: Origin) -> Passkey:
        """Give a passkey another name.

        Raises: PasskeyMissing, also for somebody else's; NameInvalid.
        """
        passkey = self._one(account_id, wanted_id)
        sealed = self._vault.seal(account_id, _place(wanted_id), _named(name))
        renamed = self._passkeys.rename_passkey(account_id, wanted_id, sealed)
        self._keeper.transactions.commit([renamed, *self._keeper.note(account_id, "passkey:renamed", origin)])
        return self._opened(replace(passkey, name=sealed))

    def remove(self, caller: Principal, wanted_id: str, *, origin: Origin) -> None:
        """Remove a passkey, suspended or not; every other session ends.

        Raises: PasskeyMissing, also for somebody else's; FactorCompulsory; PasswordTooShortAlone; FactorsChanged.
        """
        keeper = self._keeper
        account, session = keeper.caller(caller)
        passkey = self._one(account.account_id, wanted_id)
        last = account.passkeys <= 1 and not account.has_totp
        if last:
            keeper.check_may_lose_last(account)
        cleared = keeper.recovery_codes.clear(account.account_id) if last else []
        facts = {"passkey": wanted_id}
        keeper.commit(
            [
                *self._passkeys.remove_passkey(passkey),
                keeper.accounts.count_passkeys(account, -1),
                *keeper.changed(account, session, "passkey:removed", origin=origin, shown=False, facts=facts),
                *cleared,
            ]
        )

    def ask(self, caller: Principal) -> dict[str, Any]:
        """Return what the browser is to ask of one of the account's passkeys, for a step-up of this session."""
        return self._proofs.ask(STEP_UP, caller.account_id, caller.session_id)

    def _one(self, account_id: str, wanted_id: str) -> Passkey:
        passkey = self._passkeys.passkey(account_id, wanted_id)
        if passkey is None:
            raise PasskeyMissing
        return passkey

    def _opened(self, passkey: Passkey) -> Passkey:
        return replace(passkey, name=self._vault.open(passkey.account_id, _place(passkey.passkey_id), passkey.name))


def _named(name: str) -> str:
    return normalise_name(name, "name", length_max=PASSKEY_NAME_LENGTH_MAX)


def _place(of_id: str) -> str:
    return f"passkey#{of_id}/name"
