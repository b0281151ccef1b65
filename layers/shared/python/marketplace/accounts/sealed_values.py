"""Values whose personal fields stay sealed until somebody looks at them.

A store hands out an Account (or a SellerProfile, ...) whose personal fields open when they are first read, so that who
needs none of them reads no key: above all the session check of every request. Comparing, copying with
`dataclasses.replace` and reading a field look at it; `repr` and `holds` do not.
"""

from collections.abc import Callable
from dataclasses import dataclass, fields
from functools import cache
from typing import Any, TypeVar

V = TypeVar("V")


@dataclass(frozen=True, slots=True)
class Sealed:
    """A text as it is stored, and how to open it."""

    text: str
    open: Callable[[], str]


class _Field:
    """A field of a stored value: opened when first read, and kept open."""

    def __init__(self, slot: Any) -> None:
        self.slot = slot

    def __get__(self, value: Any, _owner: Any = None) -> Any:
        if value is None:
            return self
        found = self.slot.__get__(value)
        if isinstance(found, Sealed):
            found = found.open()
            self.slot.__set__(value, found)
        return found

    def __set__(self, value: Any, given: Any) -> None:
        self.slot.__set__(value, given)


def stored(kind: type[V], names: frozenset[str]) -> type[V]:
    """Return the kind of value whose fields of these names may be given as `Sealed`; it equals plain ones."""
    hashable: Any = kind  # as every class is
    made: type[V] = _made(hashable, names)
    return made


@cache
def _made(kind: Any, names: frozenset[str]) -> Any:
    compared = [field.name for field in fields(kind) if field.compare]

    def equals(self: Any, other: Any) -> Any:
        if not isinstance(other, kind):
            return NotImplemented
        return all(getattr(self, name) == getattr(other, name) for name in compared)

    made: dict[str, Any] = {name: _Field(vars(kind)[name]) for name in names}
    made |= {
        "__slots__": tuple(f"sealed_{name}" for name in sorted(names)),
        "__init__": _initialiser(kind, names),
        "__eq__": equals,
        "__hash__": kind.__hash__,
        "__repr__": lambda _self: f"<stored {kind.__name__}>",  # a log line must open nothing, and tell nothing
        "holds": lambda self, name: _at(self, name) is not None,
    }
    return type(f"Stored{kind.__name__}", (kind,), made)


def sealed_text(value: Any, name: str) -> str | None:
    """Return a personal field of a stored value as it was stored, for a condition that it is still there.

    Of a value that no store read it is the field itself, which then equals nothing that is stored.
    """
    kept: str | None = getattr(value, f"sealed_{name}", None)
    return kept if kept is not None else getattr(value, name)


def _initialiser(kind: Any, names: frozenset[str]) -> Callable[..., None]:
    def initialise(self: Any, *args: Any, **given: Any) -> None:
        kind.__init__(self, *args, **given)
        for name in names:
            found = _at(self, name)
            object.__setattr__(self, f"sealed_{name}", found.text if isinstance(found, Sealed) else None)

    return initialise


def _at(value: Any, name: str) -> Any:
    """Look at a field without opening it."""
    found = vars(type(value)).get(name)
    return found.slot.__get__(value) if isinstance(found, _Field) else getattr(value, name)
