"""The SDK without what cannot matter to an answer here: signatures that nobody checks, the name it gives itself, and
finding the one address again for each call.

Together they are a third of the time of a call. Serialising, retrying and parsing stay as they are.
"""

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest import mock

from botocore.regions import EndpointRulesetResolver
from botocore.signers import RequestSigner
from botocore.useragent import UserAgentString

YOUNG_OBJECTS_MAX = 200_000  # between two collections; the default of 700 looks for rubbish all the time


class _Addresses:
    """Remembers where each client's calls go: none of ours depend on what is asked."""

    def __init__(self) -> None:
        self._find = EndpointRulesetResolver.construct_endpoint
        self._known: dict[int, Any] = {}

    def resolver(self) -> Any:
        def construct(resolver: Any, *args: Any, **given: Any) -> Any:
            if id(resolver) not in self._known:
                self._known[id(resolver)] = (resolver, self._find(resolver, *args, **given))
            return self._known[id(resolver)][1]

        return construct


def _unsigned(*_args: Any, **_given: Any) -> None:
    pass


def _named(_agent: Any) -> str:
    return "tests"


@contextmanager
def lean_sdk() -> Iterator[None]:
    """Speed up botocore and the collector while exhaustive suites run."""
    before = gc.get_threshold()
    gc.set_threshold(YOUNG_OBJECTS_MAX, 20, 20)
    try:
        with (
            mock.patch.object(RequestSigner, "handler", _unsigned),
            mock.patch.object(EndpointRulesetResolver, "construct_endpoint", _Addresses().resolver()),
            mock.patch.object(UserAgentString, "to_string", _named),
        ):
            yield
    finally:
        gc.set_threshold(*before)
