"""/password: forget it, set it anew, change it."""

from marketplace.accounts.admission import Caller
from marketplace.accounts.errors import PasswordRefused, PasswordWrong, ResetLinkInvalid, TooManyAttempts
from marketplace.accounts.wire import MailRequested, SessionOpened
from marketplace.security.wire import NewPassword, PasswordChange, PasswordReset, ResetRequest
from marketplace.web import Public, Request, SignedIn, make_app, route
from marketplace.wiring import Services, live


@route("POST", "/password/reset-requests", access=Public, body=ResetRequest, returns=MailRequested, status=202)
def request_password_reset(request: Request, services: Services) -> MailRequested:
    """Mail a link for a new password, good once and for 20 minutes.

    The answer is the same for an unknown address, and when too many links were asked for.
    """
    services.password_reset.ask(request.body.email, request.origin)
    return MailRequested()


@route(
    "POST",
    "/password/resets",
    access=Public,
    body=NewPassword,
    returns=PasswordReset,
    errors=(ResetLinkInvalid, PasswordRefused, TooManyAttempts),
)
def reset_password(request: Request, services: Services) -> PasswordReset:
    """Set a new password with a mailed link.

    Every session ends, every device is forgotten, payouts wait for 72 hours, and a second factor stays on. Nobody is
    signed in by it. A password that is refused leaves the link good.
    """
    services.password_reset.reset(request.body.token, request.body.password, request.origin)
    return PasswordReset()


@route(
    "PUT",
    "/password",
    access=SignedIn,
    step_up=True,
    body=PasswordChange,
    returns=SessionOpened,
    errors=(PasswordWrong, PasswordRefused, TooManyAttempts),
)
def change_password(request: Request, services: Services) -> SessionOpened:
    """Change the password, and go on under the token in the answer.

    Every other session ends, every other device is forgotten (`Aval-Device` names this one), and payouts wait for 72
    hours. Without a second factor a password has at least 15 characters, with one at least 8.
    """
    caller = Caller(request.origin, request.headers.get("aval-device", ""))
    form = request.body
    changed = services.password_change.change(request.account, current=form.current, new=form.new, caller=caller)
    return SessionOpened.of(changed)


ROUTES = (request_password_reset, reset_password, change_password)
handler = make_app("password", *ROUTES, services=live)
