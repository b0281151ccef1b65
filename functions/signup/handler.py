"""/signup: open an account and prove its e-mail address. Anybody."""

from marketplace.accounts.errors import (
    EmailInvalid,
    NameInvalid,
    PasswordRefused,
    PasswordWrong,
    TokenInvalid,
    TooManyAttempts,
)
from marketplace.accounts.wire import EmailAddress, EmailProof, EmailVerified, MailRequested, NewAccount
from marketplace.web import Public, Request, make_app, route
from marketplace.wiring import Services, live


@route(
    "POST",
    "/signup",
    access=Public,
    body=NewAccount,
    returns=MailRequested,
    status=202,
    errors=(EmailInvalid, NameInvalid, PasswordRefused, TooManyAttempts),
)
def sign_up(request: Request, services: Services) -> MailRequested:
    """Open an account.

    The answer is the same for an address that has an account already; its owner learns of it by mail. Until an address
    is proved, the latest sign-up counts: its password, its name and its language replace the earlier ones.
    """
    form = request.body
    services.signup.sign_up(
        email=form.email,
        password=form.password,
        display_name=form.display_name,
        locale=form.locale,
        ip=request.ip,
    )
    return MailRequested()


@route(
    "POST",
    "/signup/verify",
    access=Public,
    body=EmailProof,
    returns=EmailVerified,
    errors=(TokenInvalid, PasswordWrong, TooManyAttempts),
)
def verify_email(request: Request, services: Services) -> EmailVerified:
    """Prove the address with the token of the mailed link, once, within a day, and the password of the sign-up.

    A wrong password leaves the link good. Whoever did not choose the password, or forgot it, signs up again.
    """
    return EmailVerified(account_id=services.signup.verify(request.body.token, request.body.password))


@route("POST", "/signup/resend", access=Public, body=EmailAddress, returns=MailRequested, status=202)
def resend_verification(request: Request, services: Services) -> MailRequested:
    """Mail a new link.

    The answer is the same for an unknown address, for a proved one, and when too many mails were asked for.
    """
    services.signup.resend(email=request.body.email, ip=request.ip)
    return MailRequested()


ROUTES = (sign_up, verify_email, resend_verification)
handler = make_app("signup", *ROUTES, services=live)
