"""Second factors, passkeys, step-up, recovery, change of address: each of one's own account, with a fresh proof."""

from typing import Any

from marketplace.accounts.history import sighting
from marketplace.accounts.model import digest
from marketplace.factors.model import Passkey, passkey_id
from marketplace.kit.origin import Origin
from tests.contract.authorisation.vocabulary import BY_OWNER, EVERYBODY, PUBLIC, SIGNED_IN, row, thing

PASSWORD = {"password": "{known_password}"}
LET_IN = "buyer seller buyer2 seller2 support moderator finance admin party plain unver"
NEW = {
    "id": "eHh4eA",
    "rawId": "eHh4eA",
    "type": "public-key",
    "response": {"clientDataJSON": "e30", "attestationObject": "eHh4eA"},
}
SIGNED = {
    "id": "eHh4eA",
    "rawId": "eHh4eA",
    "type": "public-key",
    "response": {"clientDataJSON": "e30", "authenticatorData": "eHh4eA", "signature": "eHh4eA"},
}
LINK = {"token": "x" * 43}
STAFF = "support moderator finance admin party plain"


def passkeys(trades: Any) -> None:
    """Give everybody a passkey."""
    services = trades.world.services
    for account_id in sorted(set(trades.accounts.values())):
        name = services.vault.seal(account_id, f"passkey#{_key_of(account_id)}/name", "Phone")
        made = Passkey(account_id, f"key of {account_id}", "public", name, trades.world.clock.now())
        services.transactions.commit(services.factor_store.add_passkey(made))


def _key_of(account_id: str) -> str:
    return passkey_id(f"key of {account_id}")


def devices(trades: Any) -> None:
    """Let every account know a device."""
    services, now = trades.world.services, trades.world.clock.now()
    for account_id in sorted(set(trades.accounts.values())):
        history = services.account_store.history(account_id).after(sighting(Origin(""), now), _hash_of(account_id))
        services.transactions.commit([services.account_store.keep_history(history)])


def _hash_of(account_id: str) -> str:
    return digest(f"device of {account_id}")


STAGES = {"keyed": ("open", passkeys), "known": ("open", devices)}
THINGS = {
    "passkey": thing("psk", lambda trades, whose: _key_of(trades.accounts[whose]), everybodys=True),
    "device": thing("dev", lambda trades, whose: f"dev_{_hash_of(trades.accounts[whose])}", everybodys=True),
}

ROWS = (
    row("POST /sessions/step-up", SIGNED_IN, body=PASSWORD),
    row("POST /sessions/passkey-challenges", PUBLIC),
    row("POST /sessions/passkey", PUBLIC, body={"credential": SIGNED}, but={EVERYBODY: "401 passkey_refused"}),
    row("GET /security/factors", SIGNED_IN),
    row("POST /security/totp", SIGNED_IN, body=PASSWORD),
    row("POST /security/totp/confirm", SIGNED_IN, body={"code": "123456"}, but={LET_IN: "409 totp_not_started"}),
    row("DELETE /security/totp", SIGNED_IN, but={LET_IN: "409 factor_not_enabled"}),
    row("POST /security/recovery-codes", SIGNED_IN, but={LET_IN: "409 factor_not_enabled"}),
    row("POST /passkeys/registrations", SIGNED_IN, body=PASSWORD),
    row("POST /passkeys", SIGNED_IN, body={"name": "Phone", "credential": NEW}, but={LET_IN: "422 passkey_invalid"}),
    row("GET /passkeys", SIGNED_IN),
    row("POST /passkeys/challenges", SIGNED_IN),
    row(
        "PATCH /passkeys/{passkey_id}",
        SIGNED_IN,
        BY_OWNER,
        thing="passkey",
        at="keyed",
        gone="passkey_not_found",
        body={"name": "Old phone"},
    ),
    row(
        "DELETE /passkeys/{passkey_id}",
        SIGNED_IN,
        BY_OWNER,
        thing="passkey",
        at="keyed",
        gone="passkey_not_found",
        but={f"own {STAFF}": "409 factor_compulsory"},
    ),
    row("GET /security/devices", SIGNED_IN),
    row(
        "DELETE /security/devices/{device_id}",
        SIGNED_IN,
        BY_OWNER,
        thing="device",
        at="known",
        gone="device_not_found",
    ),
    row("POST /recovery", PUBLIC, body={"email": "somebody@new.example"}),
    row("POST /recovery/beginnings", PUBLIC, body=LINK, but={EVERYBODY: "422 link_invalid"}),
    row("POST /recovery/cancellations", PUBLIC, body=LINK, but={EVERYBODY: "422 link_invalid"}),
    row("POST /recovery/completions", PUBLIC, body=LINK | PASSWORD, but={EVERYBODY: "422 link_invalid"}),
    row("DELETE /recovery", SIGNED_IN, but={LET_IN: "404 recovery_not_found"}),
    row("POST /account/email", SIGNED_IN, body={"email": "another@new.example"}),
    row("POST /account/email/confirmations", PUBLIC, body=LINK, but={EVERYBODY: "422 link_invalid"}),
)
