"""/sessions: sign in, see where one is signed in, sign out."""

from marketplace.accounts.errors import (
    AccountSuspended,
    CodeUsed,
    CodeWrong,
    CredentialsWrong,
    EmailInvalid,
    SecondFactorRequired,
    SessionMissing,
    TooManyAttempts,
)
from marketplace.accounts.sign_in import Attempt
from marketplace.accounts.wire import Credentials, SessionOpened, SessionSummary
from marketplace.web import Page, Public, Request, SignedIn, make_app, route
from marketplace.wiring import Services, live


@route(
    "POST",
    "/sessions",
    access=Public,
    body=Credentials,
    returns=SessionOpened,
    status=201,
    errors=(
        EmailInvalid,
        CredentialsWrong,
        SecondFactorRequired,
        CodeWrong,
        CodeUsed,
        AccountSuspended,
        TooManyAttempts,
    ),
)
def sign_in(request: Request, services: Services) -> SessionOpened:
    """Sign in.

    An account with a second factor answers `second_factor_required` to the right password alone: send both again,
    with `code` from the app or with one `recovery_code`.
    """
    form = request.body
    attempt = Attempt(
        email=form.email,
        password=form.password,
        ip=request.ip,
        user_agent=request.headers.get("user-agent", ""),
        code=form.code,
        recovery_code=form.recovery_code,
    )
    return SessionOpened.of(services.sign_in.open(attempt))


@route("GET", "/sessions", access=SignedIn, returns=Page[SessionSummary])
def list_sessions(request: Request, services: Services) -> Page[SessionSummary]:
    """List where the account is signed in, the last used first; one page holds them all."""
    caller = request.account
    found = services.sessions.open_for(caller.account_id)
    return Page(items=[SessionSummary.of(session, caller.session_id) for session in found])


@route("DELETE", "/sessions/{session_id}", access=SignedIn, status=204, errors=(SessionMissing,))
def revoke_session(request: Request, services: Services) -> None:
    """Sign out on one device, from the next request on."""
    services.sessions.revoke(request.account.account_id, request.path["session_id"])


@route("DELETE", "/sessions", access=SignedIn, status=204)
def revoke_all_sessions(request: Request, services: Services) -> None:
    """Sign out everywhere, here included."""
    services.sessions.revoke_all(request.account.account_id)


ROUTES = (sign_in, list_sessions, revoke_session, revoke_all_sessions)
handler = make_app("sessions", *ROUTES, services=live)
