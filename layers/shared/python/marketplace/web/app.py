"""Mount routes on a Chalice app that is itself the Lambda handler."""

import os
import time
from collections.abc import Callable
from threading import Lock
from typing import Any

from chalice.app import Chalice, Response

from marketplace.kit.errors import DomainError, Unavailable
from marketplace.kit.principal import Principal
from marketplace.web.answer import Mounted, locale_of
from marketplace.web.edge import Edge
from marketplace.web.headers import SECURITY, Origins
from marketplace.web.incoming import INCOMING, Incoming
from marketplace.web.problems import MethodNotAllowed, NoSuchRoute, Unexpected, as_json, headers_of, problem_of
from marketplace.web.routing import Route
from marketplace.web.telemetry import Telemetry

PREFLIGHT = "OPTIONS"
_OURS = "Content-Security-Policy"  # a header that no answer of Chalice's own has


def make_app(name: str, *routes: Route, services: Callable[[], Any]) -> "WebApp":
    """Make the app of one function; `services` is called on the first request that needs it, and once.

    Raises: ValueError when two routes claim one method and path.
    """
    app = WebApp(name, services)
    for route in routes:
        app.mount(route)
    return app


class WebApp(Chalice):
    """A Chalice app whose every answer, its own refusals included, has the API's shape."""

    def __init__(self, name: str, services: Callable[[], Any]) -> None:
        super().__init__(app_name=name, configure_logs=False, env={})
        self.mounted: tuple[Route, ...] = ()
        self._services = _once(services)
        self._telemetry = Telemetry(name)
        self._origins = Origins(os.environ.get("ALLOWED_ORIGIN", "*"))
        self._edge = Edge(os.environ.get("EDGE_SECRET_SHA256", ""))

    def mount(self, route: Route) -> None:
        """Register a route, with options of this app's own: Chalice empties the ones it is given."""
        mounted = Mounted(route, self._services, self._edge)

        def view(**_parameters: str) -> Response:
            return self._answer(mounted)

        def preflight(**_parameters: str) -> Response:
            return self._preflight()

        first = route.path not in self.routes
        self.route(route.path, methods=[route.method], content_types=["*/*"], name=route.name)(view)
        if first:
            self.route(route.path, methods=[PREFLIGHT], content_types=["*/*"], name="preflight")(preflight)
        self.mounted = (*self.mounted, route)

    def __call__(self, event: Any, context: Any) -> dict[str, Any]:
        """Answer one event, however incomplete."""
        incoming = Incoming.of(event, context)
        methods = self.routes.get(incoming.resource, {})
        if incoming.method not in methods:
            known = ", ".join(sorted(methods))
            return self._refuse(incoming, MethodNotAllowed(allow=known) if known else NoSuchRoute())
        names = methods[incoming.method].view_args
        answer: dict[str, Any] = super().__call__(incoming.for_chalice(names), context)
        if _OURS in answer["headers"]:
            return answer
        # Chalice answered in the view's place, in a shape and with headers of its own.
        return self._refuse(incoming, Unexpected())

    def _refuse(self, incoming: Incoming, refusal: DomainError) -> dict[str, Any]:
        """Answer where no view does."""
        response = self._problem(incoming, refusal, None)
        started = time.perf_counter()
        self._finish(incoming, response, route="none", code=refusal.code, visitor=None, started=started)
        answer: dict[str, Any] = response.to_dict(self.api.binary_types)
        return answer

    def _answer(self, mounted: Mounted) -> Response:
        started = time.perf_counter()
        incoming = self._incoming()
        visitor, code, name = None, None, str(mounted.route)
        try:
            visitor = mounted.admit(incoming)
            response = mounted.answer(incoming, visitor)
        except DomainError as error:
            code = error.code
            response = self._problem(incoming, error, visitor)
            if isinstance(error, Unavailable):
                self._telemetry.degraded(incoming, route=name, error=error)
        except Exception as error:  # noqa: BLE001 - the last line of defence: nothing of it may reach a client
            code = Unexpected.code
            response = self._problem(incoming, Unexpected(), visitor)
            self._telemetry.failed(incoming, route=name, error=error)
        return self._finish(incoming, response, route=name, code=code, visitor=visitor, started=started)

    def _preflight(self) -> Response:
        incoming = self._incoming()
        headers = self._origins.preflight(incoming.headers.get("origin"))
        return Response(body="", status_code=204, headers={**SECURITY, **headers})

    def _incoming(self) -> Incoming:
        request = self.current_request
        if request is None:
            raise AssertionError("a view runs inside a request")
        incoming: Incoming = request.to_original_event()[INCOMING]
        return incoming

    def _problem(self, incoming: Incoming, error: DomainError, visitor: Principal | None) -> Response:
        problem = problem_of(
            error, locale=locale_of(incoming, visitor), instance=incoming.path, request_id=incoming.request_id
        )
        return Response(as_json(problem), {**headers_of(problem, error)}, problem.status)

    def _finish(
        self,
        incoming: Incoming,
        response: Response,
        *,
        route: str,
        code: str | None,
        visitor: Principal | None,
        started: float,
    ) -> Response:
        always = {**SECURITY, **self._origins.headers(incoming.headers.get("origin"))}
        if incoming.request_id:
            always["X-Request-Id"] = incoming.request_id
        response.headers = {**always, **response.headers}
        self._telemetry.answered(
            incoming,
            route=route,
            status=response.status_code,
            code=code,
            account_id=visitor.account_id if visitor else None,
            started=started,
        )
        return response


def _once(factory: Callable[[], Any]) -> Callable[[], Any]:
    """Call the factory on first use and keep what it made; a factory that fails is tried again."""
    made: list[Any] = []
    lock = Lock()  # the local server answers in threads

    def get() -> Any:
        with lock:
            if not made:
                made.append(factory())
            return made[0]

    return get
