"""A route is a value. Nothing is registered at import: make_app mounts values on an app of their own."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from marketplace.kit.errors import DomainError
from marketplace.web.access import REQUIRED, Access

View = Callable[..., Any]  # (request, services) -> a wire value

METHODS = frozenset({"GET", "POST", "PUT", "PATCH", "DELETE"})
BODILESS = frozenset({"GET", "DELETE"})
NO_CONTENT = 204
_PARAMETER = re.compile(r"\{(\w+)\}")
_PATH = re.compile(r"(/([a-z0-9._-]+|\{\w+\}))+")


@dataclass(frozen=True, slots=True)
class Route:
    """One method on one path: who may call it, what goes in, what comes out, what can go wrong."""

    method: str
    path: str
    view: View
    access: Access
    body: Any = None  # a msgspec Struct, or None when there is no body
    query: Any = None  # a msgspec Struct, or None when there are no query parameters
    returns: Any = None  # a msgspec Struct or Page[...], or None for an empty answer
    status: int = 200
    idempotent: bool = False  # the Idempotency-Key header is required
    errors: tuple[type[DomainError], ...] = ()
    raw: bool = False  # any content type; the view reads request.raw_body
    step_up: bool = False  # the session must have proved within minutes whose it is (kit/step_up.py)
    private: bool = False  # messages and secrets: nobody of support reads them through the owner's eyes
    team: str = ""  # the duty (kit/team.py) for which a member of a seller's team may use it; "": the owner alone

    @property
    def name(self) -> str:
        """The view's own name: unique within its function."""
        return self.view.__name__

    @property
    def summary(self) -> str:
        """The first line of the view's docstring."""
        return (self.view.__doc__ or self.name.replace("_", " ")).strip().splitlines()[0]

    @property
    def description(self) -> str:
        """What follows the first line of the view's docstring."""
        lines = (self.view.__doc__ or "").strip().splitlines()[1:]
        return "\n".join(line.strip() for line in lines).strip()

    @property
    def parameters(self) -> tuple[str, ...]:
        """The names in the path, in order."""
        return tuple(_PARAMETER.findall(self.path))

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


def route(
    method: str,
    path: str,
    *,
    access: Access,
    body: Any = None,
    query: Any = None,
    returns: Any = None,
    status: int = 200,
    idempotent: bool = False,
    errors: tuple[type[DomainError], ...] = (),
    raw: bool = False,
    step_up: bool = False,
    private: bool = False,
    team: str = "",
) -> Callable[[View], Route]:
    """Turn a view, `(request, services) -> value`, into a Route.

    Raises: ValueError for a declaration that contradicts itself.
    """
    _check_declaration(method, path, body=body, returns=returns, status=status, raw=raw)
    if step_up and access.session != REQUIRED:
        raise ValueError(f"{method} {path}: only a signed-in caller can step up")

    def declare(view: View) -> Route:
        flags = {"step_up": step_up, "private": private, "team": team}
        return Route(method, path, view, access, body, query, returns, status, idempotent, tuple(errors), raw, **flags)  # type: ignore[arg-type]

    return declare


def _check_declaration(method: str, path: str, *, body: Any, returns: Any, status: int, raw: bool) -> None:
    if method not in METHODS:
        raise ValueError(f"{method} is not one of {sorted(METHODS)}")
    if not _PATH.fullmatch(path):
        raise ValueError(f"{path!r} is not a path of lower-case words and {{parameters}}")
    if body is not None and (raw or method in BODILESS):
        raise ValueError(f"{method} {path} cannot have a JSON body")
    if (status == NO_CONTENT) != (returns is None):
        raise ValueError(f"{method} {path}: status {NO_CONTENT} and returns=None go together")
