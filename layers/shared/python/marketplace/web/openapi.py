"""OpenAPI 3.1 from the routes themselves: what is not declared there cannot be documented here."""

import inspect
import sys
from collections.abc import Iterable, Mapping, Sequence
from http import HTTPStatus
from typing import Any

import msgspec

from marketplace.kit.errors import DomainError, Invalid, Missing, Unavailable
from marketplace.kit.step_up import STEP_UP_MAX_AGE, StepUpRequired
from marketplace.kit.team import TeamMissing, TeamRoleTooLow
from marketplace.web.access import IGNORED, OPTIONAL, REQUIRED, VisitorMayNot, is_closed_to_visits
from marketplace.web.examples import example_of
from marketplace.web.problems import (
    MEDIA_TYPE,
    TYPE_PREFIX,
    BodyRequired,
    BodyTooLarge,
    CardNumberRefused,
    IdempotencyKeyMalformed,
    IdempotencyKeyRequired,
    MalformedJson,
    Problem,
    TokenMalformed,
    Unexpected,
    UnsupportedMediaType,
    status_of,
)
from marketplace.web.routing import Route
from marketplace.web.wire import Content

VERSION = "1.0.0"
JSON = "application/json"
SCHEMAS = "#/components/schemas/{name}"
DESCRIPTION = """\
Strangers trade here without having to trust each other: the buyer's payment is protected until the goods are there.

Money is an integer in the currency's minor unit (`price_minor: 1050` with `currency: eur` is 10.50 EUR; yen have no \
minor unit). Times are UTC, RFC 3339. Ids are opaque text with a prefix. Fields may be added to answers at any time; \
unknown fields in requests are refused.

Lists come in pages: pass the `cursor` of one page to get the next; the last page's cursor is null.

What creates money or obligations takes an `Idempotency-Key`: send the same key to repeat safely; the same key with \
another request is refused.

Errors are problem details (RFC 9457). Decide by `code`, which is stable; `title` and `detail` are for people, in \
Spanish or English by `Accept-Language`."""

Json = dict[str, Any]
_EVERYWHERE: Mapping[str, type[DomainError]] = {"Unexpected": Unexpected, "Unavailable": Unavailable}


def openapi_document(functions: Mapping[str, Sequence[Route]]) -> Json:
    """Describe the routes of each function, in the order given; the function's name is their tag."""
    routes = [route for declared in functions.values() for route in declared]
    references, schemas = _schemas(routes)
    paths: dict[str, Json] = {}
    for name, declared in functions.items():
        for route in declared:
            described = {"tags": [name], **_operation(route, references, schemas)}
            paths.setdefault(route.path, {})[route.method.lower()] = described
    return {
        "openapi": "3.1.0",
        "info": {"title": "Aval API", "version": VERSION, "description": DESCRIPTION},
        "servers": [{"url": ".", "description": "The stage that served this document"}],
        "tags": [_tag(name, declared) for name, declared in functions.items()],
        "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": {
                "session": {"type": "http", "scheme": "bearer", "description": "The token of POST /sessions."}
            },
            "responses": {name: _problem_response([error]) for name, error in _EVERYWHERE.items()},
            "examples": {error.code: _problem_example(error) for error in _all_errors(routes)},
            "headers": {
                "RequestId": {"description": "Name this when you report a problem.", "schema": {"type": "string"}}
            },
        },
    }


def _schemas(routes: Iterable[Route]) -> tuple[dict[Any, Json], dict[str, Json]]:
    shapes = [shape for route in routes for shape in (route.body, route.returns) if shape not in (None, Content)]
    shapes = list(dict.fromkeys([Problem, *shapes]))
    references, schemas = msgspec.json.schema_components(shapes, ref_template=SCHEMAS)
    return dict(zip(shapes, references, strict=True)), dict(sorted(schemas.items()))


def _tag(name: str, routes: Iterable[Route]) -> Json:
    view = next(iter(routes)).view
    described = inspect.getdoc(sys.modules[view.__module__]) or name
    return {"name": name, "description": described.splitlines()[0].partition(": ")[2] or described.splitlines()[0]}


def _operation(route: Route, references: Mapping[Any, Json], schemas: Mapping[str, Json]) -> Json:
    operation: Json = {
        "operationId": route.name,
        "summary": route.summary.rstrip("."),
        "description": "\n\n".join(part for part in (route.description, _who(route)) if part),
        "x-access": route.access.name,
        **({"x-step-up": True} if route.step_up else {}),
        "security": _security(route),
        "parameters": [*_path_parameters(route), *_query_parameters(route), *_header_parameters(route)],
        "responses": {str(route.status): _success(route, references, schemas), **_problems(route)},
    }
    if route.body is not None:
        schema = references[route.body]
        operation["requestBody"] = {"required": True, "content": {JSON: _media(schema, schemas)}}
    if route.raw:
        operation["requestBody"] = {"required": True, "content": {"*/*": {}}}
    return operation


def _who(route: Route) -> str:
    who = f"Who: {route.access.summary}"
    if not route.step_up:
        return who
    minutes = int(STEP_UP_MAX_AGE.total_seconds()) // 60
    return f"{who} The session must have proved within {minutes} minutes whose it is: see `POST /sessions/step-up`."


def _security(route: Route) -> list[Json]:
    if route.access.session == REQUIRED:
        return [{"session": []}]
    return [{}, {"session": []}] if route.access.session == OPTIONAL else []


def _path_parameters(route: Route) -> list[Json]:
    return [{"name": name, "in": "path", "required": True, "schema": {"type": "string"}} for name in route.parameters]


def _query_parameters(route: Route) -> list[Json]:
    if route.query is None:
        return []
    (reference,), components = msgspec.json.schema_components([route.query], ref_template="{name}")
    shape = components[reference["$ref"]]
    return [
        {"name": name, "in": "query", "required": name in shape["required"], "schema": _without_null(schema)}
        for name, schema in shape["properties"].items()
    ]


def _without_null(schema: Json) -> Json:
    """Say of an optional parameter what it is when it is sent: an absent one is not null."""
    if "anyOf" not in schema:
        return schema
    kept = [choice for choice in schema["anyOf"] if choice != {"type": "null"}]
    rest = {name: value for name, value in schema.items() if name not in ("anyOf", "default")}
    return rest | (kept[0] if len(kept) == 1 else {"anyOf": kept})


def _header_parameters(route: Route) -> list[Json]:
    language = {
        "name": "Accept-Language",
        "in": "header",
        "schema": {"type": "string", "examples": ["es"]},
        "description": "Language of titles and details: es or en.",
    }
    acting = {
        "name": "Aval-Seller",
        "in": "header",
        "schema": {"type": "string", "examples": ["acc_01jgx5z3k8q4w2c9e7r6t5y4u3"]},
        "description": f"The seller for whom a member of their team acts; needs the duty `{route.team}`.",
    }
    language_and_team = [language, acting] if route.team else [language]
    if not route.idempotent:
        return language_and_team
    key = {
        "name": "Idempotency-Key",
        "in": "header",
        "required": True,
        "schema": {"type": "string", "pattern": "^[!-~]{1,255}$", "examples": ["5f2c6f0e-6f0a-4a54-9d4e-1f1d1f0c9b11"]},
        "description": "Names this attempt: the same key with the same request repeats the answer, not the effect.",
    }
    return [key, *language_and_team]


def _success(route: Route, references: Mapping[Any, Json], schemas: Mapping[str, Json]) -> Json:
    answer: Json = {
        "description": HTTPStatus(route.status).phrase,
        "headers": {"X-Request-Id": {"$ref": "#/components/headers/RequestId"}},
    }
    if route.returns is Content:
        answer["content"] = {"*/*": {}}
    elif route.returns is not None:
        answer["content"] = {JSON: _media(references[route.returns], schemas)}
    return answer


def _media(schema: Json, schemas: Mapping[str, Json]) -> Json:
    return {"schema": schema, "example": example_of(schema, schemas)}


def errors_of(route: Route) -> list[type[DomainError]]:
    """List what a route can answer besides success: its own errors and those of reading the request."""
    found: list[type[DomainError]] = [*route.access.refusals]
    if route.access.session != IGNORED:
        found.append(TokenMalformed)
        if is_closed_to_visits(route):
            found.append(VisitorMayNot)
    if route.step_up:
        found.append(StepUpRequired)
    if route.team:
        found += [TeamMissing, TeamRoleTooLow]
    if route.parameters:
        found.append(Missing)
    if route.body is not None:
        found += [BodyRequired, MalformedJson, BodyTooLarge, UnsupportedMediaType, CardNumberRefused]
    if route.body is not None or route.query is not None:
        found.append(Invalid)
    if route.idempotent:
        found += [IdempotencyKeyRequired, IdempotencyKeyMalformed]
    found += route.errors
    unique = {error.code: error for error in reversed(found)}
    return sorted(unique.values(), key=lambda error: (status_of(error), error.code))


def _all_errors(routes: Iterable[Route]) -> list[type[DomainError]]:
    found = {error.code: error for route in routes for error in errors_of(route)}
    found |= {error.code: error for error in _EVERYWHERE.values()}
    return [found[code] for code in sorted(found)]


def _problems(route: Route) -> dict[str, Json]:
    by_status: dict[int, list[type[DomainError]]] = {}
    for error in errors_of(route):
        by_status.setdefault(status_of(error), []).append(error)
    responses = {str(status): _problem_response(errors) for status, errors in by_status.items()}
    shared = {name: {"$ref": f"#/components/responses/{name}"} for name in _EVERYWHERE}
    return responses | {str(status_of(error)): shared[name] for name, error in _EVERYWHERE.items()}


def _problem_response(errors: list[type[DomainError]]) -> Json:
    schema = {
        "allOf": [
            {"$ref": SCHEMAS.format(name="Problem")},
            {"properties": {"code": {"enum": [error.code for error in errors]}}},
        ]
    }
    examples = {error.code: {"$ref": f"#/components/examples/{error.code}"} for error in errors}
    return {
        "description": " ".join(error.title_en for error in errors),
        "content": {MEDIA_TYPE: {"schema": schema, "examples": examples}},
    }


def _problem_example(error: type[DomainError]) -> Json:
    problem = Problem(
        type=TYPE_PREFIX + error.code,
        title=error.title_en,
        status=status_of(error),
        detail=error.title_en,
        instance="/listings/lst_01jgx5z3k8q4w2c9e7r6t5y4u3",
        code=error.code,
        request_id="c6af9ac6-7b61-11e6-9a41-93e8deadbeef",
        fields={"title": "too_long"} if error is Invalid else {},
    )
    return {"summary": error.title_en, "value": msgspec.to_builtins(problem)}
