"""/sessions: sign in, see where one is signed in, sign out."""

from marketplace.accounts.admission import Caller
from marketplace.accounts.errors import (
    AccountLocked,
    CodeUsed,
    CodeWrong,
    CredentialsWrong,
    EmailInvalid,
    MailCodeRequired,
    PasswordWrong,
    SecondFactorRequired,
    SessionMissing,
    SignInClosed,
    TooManyAttempts,
)
from marketplace.accounts.sign_in import Attempt
from marketplace.accounts.wire import Credentials, SessionOpened, SessionSummary
from marketplace.factors.errors import (
    CodeClockDrift,
    PasskeyCloned,
    PasskeyRefused,
    PasskeySuspended,
    ProofNotOffered,
)
from marketplace.factors.wire import PasskeySignedIn, PublicKeyOptions, StepUpProof
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
        CodeClockDrift,
        MailCodeRequired,
        AccountLocked,
        SignInClosed,
        TooManyAttempts,
    ),
)
def sign_in(request: Request, services: Services) -> SessionOpened:
    """Sign in.

    An account with a second factor answers `second_factor_required` to the right password alone: send both again,
    with `code` from the app or with one `recovery_code`. Where there is none and the sign-in is unusual it answers
    `mail_code_required`: send both again, with the `mail_code` that was mailed and the `mail_request` that stands among
    the answer's facts. Keep the answer's `device_token` on the
    device (in a browser as a `Secure; HttpOnly; SameSite=Strict` cookie of your own site) and send it as `Aval-Device`
    at the next sign-in: failures of strangers do not count against a device that the account knows.
    """
    form = request.body
    attempt = Attempt(
        email=form.email,
        password=form.password,
        origin=request.origin,
        device_token=request.headers.get("aval-device", ""),
        code=form.code,
        recovery_code=form.recovery_code,
        mail_code=form.mail_code,
        mail_request=form.mail_request,
    )
    return SessionOpened.of(services.sign_in.open(attempt))


@route("GET", "/sessions", access=SignedIn, returns=Page[SessionSummary], private=True)
def list_sessions(request: Request, services: Services) -> Page[SessionSummary]:
    """List where the account is signed in, the last used first; one page holds them all."""
    caller = request.account
    found = services.sessions.open_for(caller.account_id)
    return Page(items=[SessionSummary.of(session, caller.session_id) for session in found])


@route("DELETE", "/sessions/{session_id}", access=SignedIn, status=204, errors=(SessionMissing,))
def revoke_session(request: Request, services: Services) -> None:
    """Sign out on one device, from the next request on."""
    services.sign_out.revoke(request.account.account_id, request.path["session_id"], origin=request.origin)


@route("DELETE", "/sessions", access=SignedIn, status=204)
def revoke_all_sessions(request: Request, services: Services) -> None:
    """Sign out everywhere, here included; no device is known any more."""
    services.sign_out.revoke_all(request.account.account_id, origin=request.origin)


@route(
    "POST",
    "/sessions/step-up",
    access=SignedIn,
    body=StepUpProof,
    returns=SessionOpened,
    errors=(
        ProofNotOffered,
        CodeWrong,
        CodeUsed,
        CodeClockDrift,
        PasswordWrong,
        PasskeyRefused,
        PasskeyCloned,
        PasskeySuspended,
        TooManyAttempts,
    ),
)
def step_up(request: Request, services: Services) -> SessionOpened:
    """Prove once more that it is you, for what asks for a fresh proof: good for five minutes.

    Send a second factor, or the password where the account has none. The answer's token replaces the present one,
    which is dead at once.
    """
    return SessionOpened.of(services.step_up.prove(request.account, request.body.shown(), origin=request.origin))


@route(
    "POST",
    "/sessions/passkey-challenges",
    access=Public,
    returns=PublicKeyOptions,
    status=201,
    errors=(TooManyAttempts,),
)
def challenge_passkey_sign_in(request: Request, services: Services) -> PublicKeyOptions:
    """Get what `navigator.credentials.get()` needs to sign in, good once and for five minutes."""
    return PublicKeyOptions(public_key=services.passkey_sign_in.ask(request.ip))


@route(
    "POST",
    "/sessions/passkey",
    access=Public,
    body=PasskeySignedIn,
    returns=SessionOpened,
    status=201,
    errors=(PasskeyRefused, PasskeyCloned, PasskeySuspended, AccountLocked, TooManyAttempts),
)
def sign_in_with_passkey(request: Request, services: Services) -> SessionOpened:
    """Sign in with a passkey alone: no address, no password, and it counts as the second factor too."""
    caller = Caller(request.origin, request.headers.get("aval-device", ""))
    return SessionOpened.of(services.passkey_sign_in.open(request.body.credential.answer(), caller))


ROUTES = (
    sign_in,
    challenge_passkey_sign_in,
    sign_in_with_passkey,
    step_up,
    list_sessions,
    revoke_session,
    revoke_all_sessions,
)
handler = make_app("sessions", *ROUTES, services=live)
