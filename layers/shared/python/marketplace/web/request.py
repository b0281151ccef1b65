"""What a view is given: every part already checked."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from marketplace.kit.errors import Unauthenticated
from marketplace.kit.origin import Origin
from marketplace.kit.principal import Idempotency, Principal


@dataclass(frozen=True, slots=True)
class Request:
    """One call of one route.

    `visitor` and `attempt` are what may be absent; views of routes that require them read `account` and
    `idempotency`, which never are.
    """

    method: str
    path: Mapping[str, str]  # path parameters, decoded
    query: Any  # the route's query Struct, or None
    body: Any  # the route's body Struct, or None
    visitor: Principal | None
    attempt: Idempotency | None
    locale: str  # "es" or "en"
    ip: str
    raw_body: bytes = field(repr=False)
    headers: Mapping[str, str] = field(repr=False)  # names in lower case
    request_id: str = ""
    origin: Origin = field(default=Origin(""), repr=False)  # who may be believed about it: see web/edge.py

    @property
    def account(self) -> Principal:
        """The signed-in caller.

        Raises: Unauthenticated when nobody is, so that a view on a public route cannot forget to ask.
        """
        if self.visitor is None:
            raise Unauthenticated
        return self.visitor

    @property
    def idempotency(self) -> Idempotency:
        """The client's name for this attempt; only routes declared `idempotent` have one."""
        if self.attempt is None:
            raise AssertionError("the route is not declared idempotent")
        return self.attempt
