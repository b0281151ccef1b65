"""What somebody else does between two calls of one process."""

from collections.abc import Callable
from typing import Any

from marketplace.kit.errors import DomainError, Unavailable

DELIVERIES = 3


class Then:
    """Wraps a store, a gateway or a part; once one method of it has answered, somebody else does something, once."""

    def __init__(self, inner: Any, name: str, happens: Callable[[], object]) -> None:
        self._inner, self._name = inner, name
        self._happens: Callable[[], object] | None = happens

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._inner, name)
        if name != self._name:
            return found

        def call(*args: Any, **said: Any) -> Any:
            answer = found(*args, **said)
            happens, self._happens = self._happens, None
            if happens:
                happens()
            return answer

        return call


class Earlier:
    """Wraps one; the first answer of one method of it is how things stood earlier."""

    def __init__(self, inner: Any, name: str, told: object) -> None:
        self._inner, self._name, self._told = inner, name, [told]

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._inner, name)
        if name != self._name or not self._told:
            return found
        return lambda *_args, **_said: self._told.pop()


def before(real: Callable[..., Any], happens: Callable[[], object]) -> Callable[..., Any]:
    """Return a call that somebody else is faster than, once."""
    left = [happens]

    def call(*given: Any, **said: Any) -> Any:
        if left:
            left.pop()()
        return real(*given, **said)

    return call


def after(real: Callable[..., Any], happens: Callable[[], object]) -> Callable[..., Any]:
    """Return a call between whose answer and its use somebody else does something, once."""
    left = [happens]

    def call(*given: Any, **said: Any) -> Any:
        answer = real(*given, **said)
        if left:
            left.pop()()
        return answer

    return call


def died(*_given: Any, **_said: Any) -> None:
    """Stand for what a process did not come to: it died, and is told again."""
    raise Unavailable


def delivered(follow: Callable[..., object], *told: object) -> None:
    """Tell it as a queue does: until it is handled."""
    for _ in range(DELIVERIES):
        try:
            follow(*told)
        except DomainError:
            continue
        return
    raise AssertionError("it is never handled")
