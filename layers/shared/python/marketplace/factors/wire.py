"""Factors on the wire. A device's answer keeps the names that browsers give it (W3C WebAuthn, 5.1)."""

from typing import Annotated, Any, Literal, Self

import msgspec

from marketplace.accounts.wire import Body, Code, Email, Password, RecoveryCode, Reply
from marketplace.factors.model import PASSKEY_NAME_LENGTH_MAX, Assertion, Enrolment, Passkey
from marketplace.factors.passkey_options import account_of, challenge_of
from marketplace.factors.step_up import Shown
from marketplace.kit.clock import to_text

CREDENTIAL_LENGTH_MAX = 2_048  # characters of base 64
ATTESTATION_LENGTH_MAX = 8_192
LINK_TOKEN_LENGTH_MAX = 128

Encoded = Annotated[str, msgspec.Meta(min_length=1, max_length=CREDENTIAL_LENGTH_MAX, pattern="^[A-Za-z0-9_-]+=*$")]
Attestation = Annotated[
    str, msgspec.Meta(min_length=1, max_length=ATTESTATION_LENGTH_MAX, pattern="^[A-Za-z0-9_-]+=*$")
]
PasskeyName = Annotated[str, msgspec.Meta(min_length=1, max_length=PASSKEY_NAME_LENGTH_MAX, examples=["Lucía's phone"])]
LinkToken = Annotated[str, msgspec.Meta(min_length=1, max_length=LINK_TOKEN_LENGTH_MAX)]


class TotpCode(Body, frozen=True):
    """Six digits from the authenticator app."""

    code: Code


class FirstFactor(Body, frozen=True):
    """The account's password, besides the session, when this is its first second factor."""

    password: Password | None = None


class TotpEnrolment(Reply, frozen=True):
    """The secret, to type, as the URI that apps scan, or as its QR code to put into a page; shown this once."""

    secret: str
    otpauth_uri: str
    qr_svg: str

    @classmethod
    def of(cls, enrolment: Enrolment) -> Self:
        return cls(secret=enrolment.secret, otpauth_uri=enrolment.address, qr_svg=enrolment.picture)


class RecoveryCodes(Reply, frozen=True):
    """Ten codes, each good for one sign-in without the factor; shown this once, and empty where they are not new."""

    recovery_codes: list[str]


class Factors(Reply, frozen=True):
    """What an account proves itself with."""

    totp: bool
    passkeys: int
    recovery_codes_left: int


class AttestationResponse(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """What a device made."""

    client_data_json: Encoded = msgspec.field(name="clientDataJSON")
    attestation_object: Attestation
    transports: list[str] = []


class AssertionResponse(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """What a device signed."""

    client_data_json: Encoded = msgspec.field(name="clientDataJSON")
    authenticator_data: Encoded
    signature: Encoded
    user_handle: Encoded | None = None


class NewCredential(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """`PublicKeyCredential.toJSON()` of `navigator.credentials.create()`; members that are not listed are ignored."""

    id: Encoded
    raw_id: Encoded
    type: Literal["public-key"]
    response: AttestationResponse

    def answer(self) -> Assertion:
        """Read what can be read without verifying."""
        return _answer(self, self.response.client_data_json, None)


class SignedCredential(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """`PublicKeyCredential.toJSON()` of `navigator.credentials.get()`; members that are not listed are ignored."""

    id: Encoded
    raw_id: Encoded
    type: Literal["public-key"]
    response: AssertionResponse

    def answer(self) -> Assertion:
        """Read what can be read without verifying."""
        return _answer(self, self.response.client_data_json, self.response.user_handle)


class NewPasskey(Body, frozen=True):
    """What the device made, and how its owner calls it."""

    name: PasskeyName
    credential: NewCredential


class PasskeyRename(Body, frozen=True):
    """How the owner calls it from now on."""

    name: PasskeyName


class PasskeySignedIn(Body, frozen=True):
    """What the device signed."""

    credential: SignedCredential


class StepUpProof(Body, frozen=True):
    """Exactly one of them: the password only for an account without a second factor."""

    code: Code | None = None
    recovery_code: RecoveryCode | None = None
    password: Password | None = None
    passkey: SignedCredential | None = None

    def shown(self) -> Shown:
        """Say what was sent."""
        passkey = self.passkey.answer() if self.passkey else None
        return Shown(self.code, self.recovery_code, self.password, passkey)


class PublicKeyOptions(Reply, frozen=True):
    """What `parseCreationOptionsFromJSON` or `parseRequestOptionsFromJSON` reads, for `navigator.credentials`."""

    public_key: dict[str, Any]


class PasskeySummary(Reply, frozen=True):
    """One passkey; a suspended one signs nobody in, because there may be a copy of it."""

    passkey_id: str
    name: str
    created_at: str
    last_used_at: str | None
    suspended: bool

    @classmethod
    def of(cls, passkey: Passkey) -> Self:
        return cls(
            passkey_id=passkey.passkey_id,
            name=passkey.name,
            created_at=to_text(passkey.created_at),
            last_used_at=to_text(passkey.last_used_at) if passkey.last_used_at else None,
            suspended=passkey.suspended_at is not None,
        )


class PasskeyAdded(Reply, frozen=True):
    """The passkey, and ten recovery codes when it is the account's first factor: they are shown this once."""

    passkey: PasskeySummary
    recovery_codes: list[str]


class LostEverything(Body, frozen=True):
    """The account's address."""

    email: Email


class MailedLink(Body, frozen=True):
    """The token of a mailed link."""

    token: LinkToken


class RecoveryBegun(Reply, frozen=True):
    """From when on the recovery can be finished."""

    due_at: str


class RecoveryFinish(Body, frozen=True):
    """The token of the last mail, and the password from now on: at least 15 characters, since no factor is left."""

    token: LinkToken
    password: Password


class NewEmail(Body, frozen=True):
    """The address from now on, once it is proved."""

    email: Email


class Done(Reply, frozen=True):
    """It is done."""

    status: Literal["done"] = "done"


def _answer(credential: NewCredential | SignedCredential, client_data: str, user_handle: str | None) -> Assertion:
    return Assertion(
        credential_id=credential.id.rstrip("="),
        challenge=challenge_of(client_data) or "",
        account_id=account_of(user_handle),
        credential=msgspec.json.encode(credential).decode(),
    )
