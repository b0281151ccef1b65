"""Verifies what passkeys answer; the only importer of webauthn (120 ms, with cryptography and OpenSSL)."""

from marketplace.factors.model import Registered
from marketplace.factors.passkey_options import decoded, encoded, origin_of, relying_party
from marketplace.factors.ports import NotVerified


class WebAuthnLibrary:
    """Answers of one site, from devices that verified their user."""

    def __init__(self, public_url: str) -> None:
        self._rp_id = relying_party(public_url)
        self._origin = origin_of(public_url)

    def register(self, credential: str, challenge: str) -> Registered:
        import webauthn  # noqa: PLC0415

        try:
            found = webauthn.verify_registration_response(
                credential=credential,
                expected_challenge=decoded(challenge),
                expected_rp_id=self._rp_id,
                expected_origin=self._origin,
                require_user_verification=True,
            )
        except Exception as error:  # the library's own errors, and those of the formats that it reads from strangers
            raise NotVerified from error
        return Registered(encoded(found.credential_id), encoded(found.credential_public_key), found.sign_count)

    def verify(self, credential: str, challenge: str, public_key: str) -> int:
        import webauthn  # noqa: PLC0415

        try:
            found = webauthn.verify_authentication_response(
                credential=credential,
                expected_challenge=decoded(challenge),
                expected_rp_id=self._rp_id,
                expected_origin=self._origin,
                credential_public_key=decoded(public_key),
                # The library would judge the counter before the signature: anybody could then accuse a passkey.
                credential_current_sign_count=0,
                require_user_verification=True,
            )
        except Exception as error:
            raise NotVerified from error
        return found.new_sign_count
