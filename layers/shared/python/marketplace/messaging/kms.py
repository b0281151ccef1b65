"""KMS: people's keys are made and opened there, each bound to its person by the encryption context."""

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from marketplace.aws import session
from marketplace.kit.errors import Unavailable
from marketplace.vault.model import PURPOSE, DataKey, SealBroken

CONNECT_TIMEOUT_SECONDS = 1.0
READ_TIMEOUT_SECONDS = 2.0
ATTEMPTS_MAX = 3
# Not a key of this person, or no key of ours: the service says no more, so as not to help who tries.
_FOREIGN = frozenset({"InvalidCiphertextException", "IncorrectKeyException"})


@cache
def kms_client() -> Any:
    """Make the process's one KMS client."""
    config = Config(
        connect_timeout=CONNECT_TIMEOUT_SECONDS,
        read_timeout=READ_TIMEOUT_SECONDS,
        retries={"total_max_attempts": ATTEMPTS_MAX, "mode": "standard"},
    )
    return session().create_client("kms", config=config)


class KmsKeyWrapping:
    """Data keys under the deployment's own KMS key."""

    def __init__(self, key_id: str, client_factory: Callable[[], Any] = kms_client) -> None:
        self._key_id = key_id
        self._client_factory = client_factory

    def make(self, person_id: str) -> DataKey:
        made = _called(
            self._client_factory().generate_data_key,
            KeyId=self._key_id,
            KeySpec="AES_256",
            EncryptionContext=_context(person_id),
        )
        return DataKey(made["Plaintext"], made["CiphertextBlob"])

    def unwrap(self, person_id: str, wrapped: bytes) -> bytes:
        opened = _called(
            self._client_factory().decrypt,
            KeyId=self._key_id,
            CiphertextBlob=wrapped,
            EncryptionContext=_context(person_id),
        )
        return bytes(opened["Plaintext"])


def _context(person_id: str) -> dict[str, str]:
    return {"person": person_id, "purpose": PURPOSE}


def _called(operation: Callable[..., Mapping[str, Any]], **parameters: Any) -> Mapping[str, Any]:
    """Fail closed: whatever else goes wrong, nothing personal is read or written now."""
    try:
        return operation(**parameters)
    except ClientError as error:
        if error.response["Error"]["Code"] in _FOREIGN:
            raise SealBroken from error
        raise Unavailable(retry_after_seconds=1) from error
    except BotoCoreError as error:
        raise Unavailable(retry_after_seconds=1) from error
