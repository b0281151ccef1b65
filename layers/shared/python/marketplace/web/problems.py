"""RFC 9457 problem details, and the one place where kinds of errors get HTTP numbers."""

from collections.abc import Mapping
from typing import Any

import msgspec

from marketplace.kit.errors import (
    Conflict,
    DomainError,
    Forbidden,
    Invalid,
    Limited,
    Missing,
    Unauthenticated,
    Unavailable,
)

MEDIA_TYPE = "application/problem+json"
TYPE_PREFIX = "urn:aval:problem:"  # a name, not an address: problems are listed by code in the documentation
UNAVAILABLE_RETRY_SECONDS = 2  # when the error itself does not say


class Malformed(DomainError):
    """The request cannot be read at all."""

    code = "malformed"
    title_en = "The request cannot be read."
    title_es = "La solicitud no se puede leer."


class MalformedJson(Malformed):
    """The body is not JSON text in UTF-8."""

    code = "malformed_json"
    title_en = "The body is not valid JSON in UTF-8."
    title_es = "El cuerpo no es JSON válido en UTF-8."


class BodyRequired(Malformed):
    """The route needs a JSON body."""

    code = "body_required"
    title_en = "This needs a JSON body."
    title_es = "Hace falta un cuerpo JSON."


class IdempotencyKeyRequired(Malformed):
    """The route is only safe to repeat under a name that the client chooses."""

    code = "idempotency_key_required"
    title_en = "Send an Idempotency-Key header, so that repeating is safe."
    title_es = "Envía una cabecera Idempotency-Key, para que repetir sea seguro."


class IdempotencyKeyMalformed(Malformed):
    """The key is not 1 to 255 visible ASCII characters."""

    code = "idempotency_key_malformed"
    title_en = "Idempotency-Key is 1 to 255 visible ASCII characters."
    title_es = "Idempotency-Key tiene de 1 a 255 caracteres ASCII visibles."


class BodyTooLarge(DomainError):
    """The body is larger than any route takes."""

    code = "body_too_large"
    title_en = "The body is too large."
    title_es = "El cuerpo es demasiado grande."


class UnsupportedMediaType(DomainError):
    """The body is not declared as JSON."""

    code = "unsupported_media_type"
    title_en = "Send the body as application/json."
    title_es = "Envía el cuerpo como application/json."


class CardNumberRefused(Invalid):
    """A text holds a payment card's number, which is to be typed at Stripe and nowhere else; it was not stored."""

    code = "card_number_refused"
    title_en = "Remove the card number: card details belong only into the payment form."
    title_es = "Quita el número de tarjeta: los datos de la tarjeta solo van en el formulario de pago."


class TokenMalformed(Unauthenticated):
    """The Authorization header does not hold one bearer token."""

    code = "token_malformed"
    title_en = "The Authorization header does not hold a session token."
    title_es = "La cabecera Authorization no contiene un token de sesión."


class NoSuchRoute(Missing):
    """No route has this path."""

    code = "no_such_route"
    title_en = "The API has no such path."
    title_es = "La API no tiene esa ruta."


class MethodNotAllowed(DomainError):
    """The path exists, under other methods."""

    code = "method_not_allowed"
    title_en = "This path does not take that method."
    title_es = "Esta ruta no admite ese método."


class Unexpected(DomainError):
    """Our own mistake; the log has what happened under the request id."""

    code = "unexpected"
    title_en = "Something went wrong on our side."
    title_es = "Algo ha fallado por nuestra parte."


STATUS: Mapping[type[DomainError], int] = {
    Malformed: 400,
    Unauthenticated: 401,
    Forbidden: 403,
    Missing: 404,
    MethodNotAllowed: 405,
    Conflict: 409,
    BodyTooLarge: 413,
    UnsupportedMediaType: 415,
    Invalid: 422,
    Limited: 429,
    Unexpected: 500,
    Unavailable: 503,
}


class Problem(msgspec.Struct, omit_defaults=True):
    """What went wrong, as the API says it."""

    type: str
    title: str
    status: int
    detail: str
    instance: str
    code: str
    request_id: str
    fields: dict[str, str] = {}
    facts: dict[str, str | int] = {}
    retry_after: int | None = None


def status_of(error: DomainError | type[DomainError]) -> int:
    """Return the HTTP status of the error's nearest kind; an error of no kind is our own mistake."""
    kind = error if isinstance(error, type) else type(error)
    return next((STATUS[base] for base in kind.__mro__ if base in STATUS), 500)


def problem_of(error: DomainError, *, locale: str, instance: str, request_id: str) -> Problem:
    """Describe an error in the caller's language."""
    title = error.title_es if locale == "es" else error.title_en
    return Problem(
        type=TYPE_PREFIX + error.code,
        title=title,
        status=status_of(error),
        detail=_detail(error, title, locale),
        instance=instance,
        code=error.code,
        request_id=request_id,
        fields=error.fields,
        facts=error.facts,
        retry_after=_retry_after(error),
    )


def headers_of(problem: Problem, error: DomainError) -> dict[str, str]:
    """Return the headers that belong to a problem."""
    headers = {"Content-Type": MEDIA_TYPE}
    if problem.retry_after is not None:
        headers["Retry-After"] = str(problem.retry_after)
    if problem.status == STATUS[Unauthenticated]:
        headers["WWW-Authenticate"] = "Bearer"
    if isinstance(error, MethodNotAllowed):
        headers["Allow"] = str(error.facts["allow"])
    return headers


def _retry_after(error: DomainError) -> int | None:
    if error.retry_after_seconds is None and isinstance(error, Unavailable):
        return UNAVAILABLE_RETRY_SECONDS
    return error.retry_after_seconds


def _detail(error: DomainError, title: str, locale: str) -> str:
    spanish = locale == "es"
    parts = [title]
    if error.fields:
        listed = ", ".join(f"{name} ({reason})" for name, reason in error.fields.items())
        parts.append(f"Revisa: {listed}." if spanish else f"Look at: {listed}.")
    seconds = _retry_after(error)
    if seconds is not None:
        parts.append(f"Vuelve a intentarlo en {seconds} s." if spanish else f"Try again in {seconds} s.")
    return " ".join(parts)


def as_json(value: Any) -> str:
    """Encode a wire value."""
    return msgspec.json.encode(value).decode()
