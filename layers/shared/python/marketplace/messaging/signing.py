"""KMS: signatures by a key that never leaves it. The public half is read once per container."""

import hashlib
from functools import cached_property
from typing import Any

from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from marketplace.aws import session
from marketplace.kit.errors import Unavailable

ALGORITHM = "ECDSA_SHA_256"
CONNECT_TIMEOUT_SECONDS = 1.0
READ_TIMEOUT_SECONDS = 5.0
ATTEMPTS_MAX = 3


class KmsSigner:
    """Signs with one asymmetric key (ECC_NIST_P256)."""

    def __init__(self, key_id: str) -> None:
        self.key_id = key_id

    def sign(self, message: bytes) -> bytes:
        """Sign a message of any length; KMS sees its digest only.

        Raises: Unavailable.
        """
        digest = hashlib.sha256(message).digest()
        answer = self._call("sign", Message=digest, MessageType="DIGEST", SigningAlgorithm=ALGORITHM)
        return bytes(answer["Signature"])

    def public_key(self) -> bytes:
        """Return the public key, DER.

        Raises: Unavailable.
        """
        return self._public_key

    @cached_property
    def _public_key(self) -> bytes:
        return bytes(self._call("get_public_key")["PublicKey"])

    def _call(self, operation: str, **given: Any) -> Any:
        try:
            return getattr(self._client, operation)(KeyId=self.key_id, **given)
        except (ClientError, BotoCoreError) as error:
            raise Unavailable(retry_after_seconds=2) from error

    @cached_property
    def _client(self) -> Any:
        config = Config(
            connect_timeout=CONNECT_TIMEOUT_SECONDS,
            read_timeout=READ_TIMEOUT_SECONDS,
            retries={"total_max_attempts": ATTEMPTS_MAX, "mode": "standard"},
        )
        return session().create_client("kms", config=config)
