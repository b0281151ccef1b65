"""Keys of people, and the fields encrypted under them."""

import os
from functools import cached_property
from typing import TYPE_CHECKING

from marketplace.wiring.adapters import Adapters

if TYPE_CHECKING:
    from collections.abc import Callable

    from marketplace.accounts.store import DynamoAccounts
    from marketplace.vault.ports import BlindKeys, Keyring, KeyWrapping
    from marketplace.vault.service import Vault as PersonalVault


class Vault(Adapters):
    """Keys of people, and the fields encrypted under them."""

    @cached_property
    def key_wrapping(self) -> "KeyWrapping":
        from marketplace.messaging.kms import KmsKeyWrapping

        return KmsKeyWrapping(self.settings.data_key_id)

    @cached_property
    def blind_keys(self) -> "BlindKeys":
        from marketplace.messaging.secrets import BlindSecret

        return BlindSecret(self.settings.blind_secret_id)

    @cached_property
    def random_bytes(self) -> "Callable[[int], bytes]":
        return os.urandom

    @cached_property
    def keyring(self) -> "Keyring":
        from marketplace.vault.store import DynamoKeyring

        return DynamoKeyring()

    @cached_property
    def vault(self) -> "PersonalVault":
        from marketplace.vault.service import Vault as PersonalVault

        return PersonalVault(
            clock=self.clock,
            keyring=self.keyring,
            wrapping=self.key_wrapping,
            blind_keys=self.blind_keys,
            random_bytes=self.random_bytes,
        )

    @cached_property
    def account_store(self) -> "DynamoAccounts":
        from marketplace.accounts.store import DynamoAccounts

        return DynamoAccounts(self.vault)
