"""Answer one request on one route: check, decode, call the view, encode; errors become problems here."""

import hashlib
import re
from collections.abc import Callable
from functools import cached_property
from typing import Any

import msgspec
from chalice.app import Response

from marketplace.kit.errors import Unauthenticated
from marketplace.kit.principal import Idempotency, Principal
from marketplace.kit.step_up import require_step_up
from marketplace.kit.team import ACTING_HEADER, TeamRoleTooLow
from marketplace.web.access import IGNORED, OPTIONAL, EvenSuspended, VisitorMayNot, is_closed_to_visits
from marketplace.web.decode import check_size, decode_body, decode_parameters, decode_query
from marketplace.web.edge import Edge
from marketplace.web.incoming import Incoming
from marketplace.web.problems import (
    IdempotencyKeyMalformed,
    IdempotencyKeyRequired,
    TokenMalformed,
    as_json,
)
from marketplace.web.request import Request
from marketplace.web.routing import BODILESS, Route
from marketplace.web.wire import Content

LOCALE_DEFAULT = "en"
_BEARER = re.compile(r"bearer +([A-Za-z0-9._~+/-]{1,512}=*)", re.IGNORECASE)  # RFC 6750, section 2.1
_IDEMPOTENCY_KEY = re.compile(r"[\x21-\x7e]{1,255}")


class _Nothing(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """The body of a route that takes none: `{}`, which some HTTP clients cannot help sending."""


class Mounted:
    """A route together with what it needs to answer."""

    def __init__(self, route: Route, services: Callable[[], Any], edge: Edge | None = None) -> None:
        self.route = route
        self._services = services
        self._edge = edge or Edge()

    @cached_property
    def _decoder(self) -> "msgspec.json.Decoder[Any]":
        return msgspec.json.Decoder(self.route.body or _Nothing)

    def admit(self, incoming: Incoming) -> Principal | None:
        """Find out who calls, and whether they may; None is nobody, on a route that takes nobody.

        Raises: Unauthenticated; Forbidden.
        """
        visitor = self._authenticate(incoming)
        if visitor is not None and visitor.visitor is not None:
            self._refuse_touching()
        acting = incoming.headers.get(ACTING_HEADER, "").strip()
        if visitor is not None and acting and acting != visitor.account_id:
            visitor = self._acting(visitor, acting)
        self.route.access.check(visitor)
        if self.route.step_up and visitor is not None:
            require_step_up(visitor, self._services().clock.now())
        return visitor

    def answer(self, incoming: Incoming, visitor: Principal | None) -> Response:
        """Read the request, run the view, encode what it returns.

        Raises: DomainError.
        """
        request = self._request(incoming, visitor)
        return self._response(self.route.view(request, self._services()))

    def _authenticate(self, incoming: Incoming) -> Principal | None:
        header = incoming.headers.get("authorization", "").strip()
        session = self.route.access.session
        if session == IGNORED or (session == OPTIONAL and not header):
            return None
        if not header:
            raise Unauthenticated
        bearer = _BEARER.fullmatch(header)
        if bearer is None:
            raise TokenMalformed
        sessions = self._services().sessions
        if self.route.access is EvenSuspended:
            suspended_too: Principal = sessions.authenticate(bearer[1], even_suspended=True)
            return suspended_too
        principal: Principal = sessions.authenticate(bearer[1])
        return principal

    def _acting(self, visitor: Principal, seller_id: str) -> Principal:
        """Let the caller act for a seller whose team they belong to, where the route is one for teams.

        Never ignored elsewhere: whoever means to act for a seller must not act for themselves instead.

        Raises: TeamRoleTooLow; TeamMissing.
        """
        if not self.route.team:
            raise TeamRoleTooLow
        principal: Principal = self._services().teams.act(visitor, seller_id, self.route.team)
        return principal

    def _refuse_touching(self) -> None:
        """Let a visit of support read what its owner reads, and nothing else: decided here for every route alike.

        Raises: VisitorMayNot.
        """
        if is_closed_to_visits(self.route):
            raise VisitorMayNot

    def _request(self, incoming: Incoming, visitor: Principal | None) -> Request:
        route = self.route
        path = decode_parameters(route.parameters, incoming.parameters)
        query = None if route.raw else decode_query(route.query, incoming.query)
        raw_body = incoming.body
        origin = self._edge.origin(incoming)
        return Request(
            method=route.method,
            path=path,
            query=query,
            body=self._body(incoming, raw_body),
            visitor=visitor,
            attempt=self._attempt(incoming, path, visitor, raw_body) if route.idempotent else None,
            locale=locale_of(incoming, visitor),
            ip=origin.ip,
            raw_body=raw_body,
            headers=incoming.headers,
            request_id=incoming.request_id,
            origin=origin,
        )

    def _body(self, incoming: Incoming, raw_body: bytes) -> Any:
        check_size(raw_body, raw=self.route.raw)
        # A body on GET or DELETE means nothing (RFC 9110, 9.3.1); anywhere else, what nobody reads is refused.
        unread = self.route.raw or self.route.method in BODILESS
        if unread or (self.route.body is None and not raw_body.strip()):
            return None
        return decode_body(self._decoder, raw_body, incoming.headers.get("content-type"))

    def _attempt(
        self, incoming: Incoming, path: dict[str, str], visitor: Principal | None, raw_body: bytes
    ) -> Idempotency:
        key = incoming.headers.get("idempotency-key", "").strip()
        if not key:
            raise IdempotencyKeyRequired
        if not _IDEMPOTENCY_KEY.fullmatch(key):
            raise IdempotencyKeyMalformed
        account_id = visitor.account_id if visitor else ""
        asked = [self.route.method, self.route.path.format(**path), account_id, raw_body.hex()]
        return Idempotency(key, hashlib.sha256("\n".join(asked).encode()).hexdigest())

    def _response(self, result: Any) -> Response:
        status = self.route.status
        if result is None:
            return Response(body="", status_code=status)
        if isinstance(result, Content):
            return Response(result.text, {"Content-Type": result.media_type, **result.headers}, status)
        return Response(as_json(result), {"Content-Type": "application/json"}, status)


def locale_of(incoming: Incoming, visitor: Principal | None) -> str:
    """Choose the language: the request's, else the account's, else English."""
    return incoming.language or (visitor.locale if visitor else LOCALE_DEFAULT)
