"""Seal and open personal texts, each under its person's own key.

A person's key is made once and wrapped by the key service; destroying it erases everything that was sealed under it,
wherever a copy lies. A container unwraps a key once and keeps it for minutes, so that an erasure reaches every
container within them.
"""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock

from marketplace.kit.clock import Clock
from marketplace.kit.writes import Write
from marketplace.vault.blind import BlindIndex
from marketplace.vault.cipher import NONCE_BYTES, seal, unseal
from marketplace.vault.model import DataKey, PersonErased, PersonKey
from marketplace.vault.ports import BlindKeys, Keyring, KeyWrapping

KEYS_KEPT_MAX = 1_000  # people, in one container
KEY_KEPT_SECONDS = 300  # since it was unwrapped, however often it is used


@dataclass(frozen=True, slots=True)
class Begun:
    """A key that counts once its writes are committed, and what is sealed under it meanwhile."""

    writes: list[Write]
    seal: Callable[[str, str], str]  # (field, text)


class Vault:
    """What is personal, in a form that only its own place can read."""

    def __init__(
        self,
        *,
        clock: Clock,
        keyring: Keyring,
        wrapping: KeyWrapping,
        blind_keys: BlindKeys,
        random_bytes: Callable[[int], bytes],
    ) -> None:
        """Take the ports; `random_bytes` must be the operating system's randomness, or as good."""
        self._clock = clock
        self._keyring = keyring
        self._wrapping = wrapping
        self._blind = BlindIndex(blind_keys)
        self._random_bytes = random_bytes
        self._kept: OrderedDict[str, tuple[bytes, datetime]] = OrderedDict()
        self._lock = Lock()

    def begin(self, person_id: str) -> Begun:
        """Give a person a key, or take the one that they have; always one read and one call of the key service.

        Nothing kept in memory shortens it: who signs up must not learn from its cost whether an address is taken. A
        new key is not kept either, for the transaction may refuse it.

        Raises: PersonErased; Unavailable.
        """
        found = self._keyring.read(person_id)
        if found is not None:
            key = self._unwrapped(found)
            return Begun([], self._sealing(person_id, key))
        made: DataKey = self._wrapping.make(person_id)
        stored = self._keyring.put(PersonKey(person_id, made.wrapped, self._clock.now()))
        return Begun([stored], self._sealing(person_id, made.plain))

    def seal(self, person_id: str, field: str, text: str) -> str:
        """Encrypt one field of a person who has a key.

        Raises: PersonErased, also for somebody who never had one; Unavailable.
        """
        return self._sealing(person_id, self._key(person_id))(field, text)

    def open(self, person_id: str, field: str, sealed: str) -> str:
        """Decrypt what was sealed for this person and field.

        Raises: PersonErased; SealBroken; Unavailable.
        """
        return unseal(self._key(person_id), sealed, person_id=person_id, field=field)

    def erase(self, person_id: str) -> Write:
        """Destroy a person's key: this container forgets it now, the others within KEY_KEPT_SECONDS."""
        with self._lock:
            self._kept.pop(person_id, None)
        return self._keyring.destroy(person_id, self._clock.now())

    def blind(self, text: str) -> str:
        """Return a keyed hash by which a text is found again.

        Raises: Unavailable.
        """
        return self._blind.of(text)

    def blinds(self, text: str) -> tuple[str, ...]:
        """Return every keyed hash under which the text may stand while keys change, the current one first."""
        return self._blind.all_of(text)

    def _sealing(self, person_id: str, key: bytes) -> Callable[[str, str], str]:
        return lambda field, text: seal(
            key, text, person_id=person_id, field=field, nonce=self._random_bytes(NONCE_BYTES)
        )

    def _key(self, person_id: str) -> bytes:
        now = self._clock.now()
        with self._lock:
            kept = self._kept.pop(person_id, None)
            if kept is not None and now < kept[1] + timedelta(seconds=KEY_KEPT_SECONDS):
                self._kept[person_id] = kept  # to the end: the longest unused goes first
                return kept[0]
        found = self._keyring.read(person_id)
        if found is None:
            raise PersonErased
        key = self._unwrapped(found)
        with self._lock:
            self._kept[person_id] = (key, now)
            if len(self._kept) > KEYS_KEPT_MAX:
                self._kept.popitem(last=False)
        return key

    def _unwrapped(self, found: PersonKey) -> bytes:
        if found.wrapped is None:
            raise PersonErased
        return self._wrapping.unwrap(found.person_id, found.wrapped)
