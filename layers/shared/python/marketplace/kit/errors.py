"""What can go wrong, by kind. Kinds know no HTTP; the numbers live in web/problems.py.

DomainError
├── Invalid           the request itself is wrong                (fields say where)
├── Unauthenticated   nobody is signed in, or not enough
├── Forbidden         signed in, and not allowed
├── Missing           not there, or not yours: the same answer
├── Conflict          right in itself, but not in the present state
├── Limited           too often                                  (retry_after_seconds)
└── Unavailable       a dependency failed; repeating is safe     (retry_after_seconds)

An area's error subclasses a kind, sets `code` (stable, part of the API) and both titles, and carries facts.
"""

from collections.abc import Mapping
from typing import ClassVar


class DomainError(Exception):
    """A refusal that a caller can understand; never raised for our own mistakes."""

    code: ClassVar[str] = "error"
    title_en: ClassVar[str] = "The request was refused."
    title_es: ClassVar[str] = "La solicitud fue rechazada."

    def __init__(
        self, *, fields: Mapping[str, str] | None = None, retry_after_seconds: int | None = None, **facts: str | int
    ) -> None:
        super().__init__(self.code)
        self.fields = dict(fields or {})
        self.facts = facts
        self.retry_after_seconds = retry_after_seconds


class Invalid(DomainError):
    """The request itself is wrong; `fields` maps each bad field to a stable reason."""

    code = "invalid"
    title_en = "Something in the request is not valid."
    title_es = "Algo en la solicitud no es válido."


class Unauthenticated(DomainError):
    """Nobody is signed in, or the credential is not good."""

    code = "unauthenticated"
    title_en = "Sign in first."
    title_es = "Inicia sesión primero."


class Forbidden(DomainError):
    """Signed in, and not allowed."""

    code = "forbidden"
    title_en = "Your account may not do this."
    title_es = "Tu cuenta no puede hacer esto."


class Missing(DomainError):
    """Not there, or somebody else's: the answer does not tell which."""

    code = "not_found"
    title_en = "There is nothing here."
    title_es = "Aquí no hay nada."


class Conflict(DomainError):
    """Right in itself, but not in the present state."""

    code = "conflict"
    title_en = "This cannot be done in the present state."
    title_es = "Esto no es posible en el estado actual."


class IdempotencyKeyReused(Conflict):
    """The key named another request before; a new request needs a new key."""

    code = "idempotency_key_reused"
    title_en = "This Idempotency-Key was used for a different request. Use a new one."
    title_es = "Esta Idempotency-Key ya se usó para otra solicitud. Usa una nueva."


class Limited(DomainError):
    """Too often; `retry_after_seconds` says when to come back."""

    code = "limited"
    title_en = "Too many attempts. Wait a little."
    title_es = "Demasiados intentos. Espera un poco."


class Unavailable(DomainError):
    """A dependency did not answer; repeating the same request is safe."""

    code = "unavailable"
    title_en = "A service we depend on did not answer. Repeating is safe."
    title_es = "Un servicio del que dependemos no respondió. Repetir es seguro."
