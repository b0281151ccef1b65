"""Secrets Manager: Stripe's keys, read once per container."""

import json
from collections.abc import Mapping
from functools import cached_property

import botocore.session
from botocore.config import Config


class StripeSecret:
    """The secret that holds `api_key` and `webhook_secret` (several, comma separated, during a rotation)."""

    def __init__(self, secret_id: str) -> None:
        self._secret_id = secret_id

    @cached_property
    def _values(self) -> Mapping[str, str]:
        config = Config(connect_timeout=1, read_timeout=3, retries={"total_max_attempts": 3, "mode": "standard"})
        client = botocore.session.get_session().create_client("secretsmanager", config=config)
        values = json.loads(client.get_secret_value(SecretId=self._secret_id)["SecretString"])
        return {str(name): str(value) for name, value in values.items()}

    @property
    def api_key(self) -> str:
        return self._values["api_key"]

    @property
    def signing_secrets(self) -> tuple[str, ...]:
        return tuple(part.strip() for part in self._values["webhook_secret"].split(",") if part.strip())

    @property
    def livemode(self) -> bool:
        return self.api_key.startswith(("sk_live_", "rk_live_"))
