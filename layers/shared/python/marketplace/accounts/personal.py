"""What the accounts' stores need of the vault."""

from collections.abc import Callable
from typing import Protocol

from marketplace.kit.writes import Write


class Begun(Protocol):
    """A person's first key, which counts once its writes are committed."""

    @property
    def writes(self) -> list[Write]: ...

    @property
    def seal(self) -> Callable[[str, str], str]:
        """Take a field and a text."""


class PersonalVault(Protocol):
    """Personal texts at rest, each under its person's own key; see vault/service.py.

    Every method raises Unavailable when a key could not be had, and PersonErased when it was destroyed.
    """

    def begin(self, person_id: str) -> Begun: ...
    def seal(self, person_id: str, field: str, text: str) -> str: ...
    def open(self, person_id: str, field: str, sealed: str) -> str: ...
    def blind(self, text: str) -> str: ...
    def blinds(self, text: str) -> tuple[str, ...]: ...
