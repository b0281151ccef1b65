"""The blind index: what is looked up by its value without the value being there."""

import hashlib
import hmac

from marketplace.kit.errors import Unavailable
from marketplace.vault.ports import BlindKeys


class BlindIndex:
    """Keyed hashes of texts: equal when the texts are, and of no use without the key.

    The version of the key stands before each, so that keys can change: what was written under an earlier one is still
    found, until it has been written anew.
    """

    def __init__(self, keys: BlindKeys) -> None:
        self._keys = keys

    def of(self, text: str) -> str:
        """Return the entry under the current key.

        Raises: Unavailable.
        """
        return self._under(self._keys.current, text)

    def all_of(self, text: str) -> tuple[str, ...]:
        """Return every entry under which the text may stand, the current one first.

        Raises: Unavailable.
        """
        current = self._keys.current
        earlier = sorted(set(self._keys.keys) - {current}, reverse=True)
        return tuple(self._under(version, text) for version in (current, *earlier))

    def _under(self, version: str, text: str) -> str:
        key = self._keys.keys.get(version, "")
        if not key:  # a hash under no key is one that anybody can make
            raise Unavailable(retry_after_seconds=1)
        return f"v{version}.{hmac.new(key.encode(), text.encode(), hashlib.sha256).hexdigest()}"
