"""The ways a request can fail, in the shape Stripe reports them.

Three facts decide what happens to a failure, and each class fixes them: whether
the idempotency layer keeps the answer, whether what was written stays written,
and which HTTP status it carries.
"""

from __future__ import annotations

from typing import Any, ClassVar

Json = dict[str, Any]

_DOCUMENTED = "https://stripe.com/docs/error-codes/"


class StripeError(Exception):
    """A failure that becomes an ``{"error": {...}}`` answer."""

    status: int = 400
    kind: str = "invalid_request_error"
    #: Execution had begun, so the answer is kept under the idempotency key.
    saved: ClassVar[bool] = True
    #: What was written before the failure stays (a declined charge does).
    commits: ClassVar[bool] = False

    def __init__(
        self,
        message: str,
        *,
        code: str | None = None,
        param: str | None = None,
        status: int | None = None,
        **details: Any,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.code = code
        self.param = param
        self.details = details
        if status is not None:
            self.status = status

    def body(self) -> Json:
        """Return the answer's body; absent facts are left out, not null."""
        error: Json = {"type": self.kind, "message": self.message}
        if self.code:
            error["code"] = self.code
            error["doc_url"] = _DOCUMENTED + self.code.replace("_", "-")
        if self.param:
            error["param"] = self.param
        return {"error": error | self.details}


class InvalidRequest(StripeError):
    """The parameters were well formed, yet the state does not allow the act."""


class ParameterError(StripeError):
    """The parameters themselves are wrong: nothing ran, nothing is kept."""

    saved = False


class NotAuthenticated(StripeError):
    """No key, or a key that may not do this."""

    status = 401
    saved = False


class NotModelled(StripeError):
    """A real operation that this local Stripe does not have.

    Answering 501 keeps a gap loud: a plausible made-up answer would let a test
    pass on behaviour nobody wrote.
    """

    status = 501
    kind = "api_error"
    saved = False


class CardError(StripeError):
    """The card was refused; the failed attempt stays on record."""

    status = 402
    kind = "card_error"
    commits = True


class IdempotencyMismatch(StripeError):
    """A key came back with another request than the one it was first used for."""

    kind = "idempotency_error"
    saved = False


class KeyInUse(StripeError):
    """The twin of a request that is still running."""

    status = 409
    kind = "idempotency_error"
    saved = False


class InjectedFailure(StripeError):
    """A failure a test asked for."""

    kind = "api_error"
    saved = False


class SavedFailure(InjectedFailure):
    """An injected 500 after execution had begun, undone or not: it replays under its key."""

    saved = True


class ConnectionDropped(Exception):
    """The caller gets no answer at all; whether the work was done is the point."""


def missing(noun: str, identifier: str, param: str) -> InvalidRequest:
    """Return the answer for an id that names nothing the caller can see."""
    return InvalidRequest(
        f"No such {noun}: '{identifier}'",
        code="resource_missing",
        param=param,
        status=404,
    )


def bad_reference(noun: str, identifier: str, param: str) -> InvalidRequest:
    """Return the answer for a parameter whose id names nothing: 400, not 404."""
    return InvalidRequest(f"No such {noun}: '{identifier}'", code="resource_missing", param=param)
