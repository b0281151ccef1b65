"""The table of operations: resource modules register, the gateway looks up."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from infra.local.stripe.errors import Json, NotModelled
from infra.local.stripe.params import EXPAND, PAGE, Kind
from infra.local.stripe.store import PLATFORM, Record
from infra.local.stripe.world import World


@dataclass
class Call:
    """One accepted request, as an operation sees it."""

    world: World
    path: str
    ids: Mapping[str, str]
    params: Json
    owner: str = PLATFORM
    publishable: bool = False

    def record(self, kind: str, param: str) -> Record:
        """Return the object the path names."""
        return self.world.get(kind, self.ids[param], self.owner, param)

    def editable(self, kind: str, param: str) -> Json:
        """Return the object the path names, for changing."""
        return self.world.edit(self.record(kind, param).id)


Handler = Callable[[Call], Json]


@dataclass(frozen=True)
class Operation:
    """One method on one path."""

    method: str
    template: str
    params: Mapping[str, Kind]
    run: Handler
    #: Also answers for a connected account (``Stripe-Account``).
    connected: bool = False
    #: A browser may call it with a publishable key.
    publishable: bool = False
    pattern: re.Pattern[str] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        regex = re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", self.template)
        object.__setattr__(self, "pattern", re.compile(f"^{regex}$"))


REGISTRY: list[Operation] = []


def operation(
    method: str,
    template: str,
    params: Mapping[str, Kind] | None = None,
    **flags: Any,
) -> Callable[[Handler], Handler]:
    """Register a function as the answer to ``method template``."""

    def register(run: Handler) -> Handler:
        table = {**(params or {}), "expand": EXPAND}
        REGISTRY.append(Operation(method, template, table, run, **flags))
        return run

    return register


def listing(template: str, filters: Mapping[str, Kind] | None = None, **flags: Any) -> Callable[[Handler], Handler]:
    """Register a cursor list: its filters plus the parameters every list takes."""
    return operation("GET", template, {**(filters or {}), **PAGE}, **flags)


def find(method: str, path: str) -> tuple[Operation, dict[str, str]]:
    """Return the operation serving a request and the ids its path names."""
    for entry in REGISTRY:
        if entry.method == method:
            found = entry.pattern.match(path)
            if found:
                return entry, found.groupdict()
    raise NotModelled(
        f"The local Stripe does not model {method} {path}. "
        "Run 'python -m infra.local.stripe --coverage' for what it does."
    )
