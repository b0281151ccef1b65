"""What must outlast a run when the marketplace does (PERSIST=1): kept in the emulator's own Secrets Manager."""

import json
from typing import Any

from infra.local.aws import client

PREFIX = "journeys/"


class EmulatorVault:
    """Secrets of the journeys' people, beside the tables that they belong to."""

    def __init__(self, emulator_url: str) -> None:
        self._secrets = client(emulator_url, "secretsmanager")

    def recall(self, name: str) -> dict[str, str] | None:
        try:
            found: Any = self._secrets.get_secret_value(SecretId=PREFIX + name)
        except self._secrets.exceptions.ResourceNotFoundException:
            return None
        values: dict[str, str] = json.loads(found["SecretString"])
        return values

    def keep(self, name: str, values: dict[str, str]) -> None:
        self._secrets.create_secret(Name=PREFIX + name, SecretString=json.dumps(values))
