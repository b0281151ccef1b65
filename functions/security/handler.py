"""/security: the second factor, for the account's owner."""

from marketplace.accounts.errors import (
    CodeUsed,
    CodeWrong,
    FactorEnabled,
    FactorNotStarted,
    PasswordWrong,
    TooManyAttempts,
)
from marketplace.accounts.wire import PasswordAgain, PasswordAndCode, RecoveryCodes, TotpCode, TotpEnrolment
from marketplace.web import Request, SignedIn, make_app, route
from marketplace.wiring import Services, live


@route(
    "POST",
    "/security/totp",
    access=SignedIn,
    body=PasswordAgain,
    returns=TotpEnrolment,
    status=201,
    errors=(FactorEnabled, PasswordWrong, TooManyAttempts),
)
def begin_totp(request: Request, services: Services) -> TotpEnrolment:
    """Get a secret for an authenticator app, for the password; it counts once confirmed with a first code."""
    return TotpEnrolment.of(services.security.enrol(request.account.account_id, request.body.password))


@route(
    "POST",
    "/security/totp/confirm",
    access=SignedIn,
    body=TotpCode,
    returns=RecoveryCodes,
    errors=(FactorEnabled, FactorNotStarted, CodeWrong, CodeUsed, TooManyAttempts),
)
def confirm_totp(request: Request, services: Services) -> RecoveryCodes:
    """Turn the second factor on.

    Answers with ten recovery codes, shown this once. Every other session of the account ends.
    """
    codes = services.security.confirm(request.account, request.body.code, ip=request.ip)
    return RecoveryCodes(recovery_codes=codes)


@route(
    "POST",
    "/security/recovery-codes",
    access=SignedIn,
    body=PasswordAndCode,
    returns=RecoveryCodes,
    errors=(FactorNotStarted, PasswordWrong, CodeWrong, CodeUsed, TooManyAttempts),
)
def renew_recovery_codes(request: Request, services: Services) -> RecoveryCodes:
    """Replace the recovery codes, for the password and a code; those left of the old ones stop working."""
    form = request.body
    codes = services.security.renew_codes(request.account.account_id, form.code, password=form.password, ip=request.ip)
    return RecoveryCodes(recovery_codes=codes)


ROUTES = (begin_totp, confirm_totp, renew_recovery_codes)
handler = make_app("security", *ROUTES, services=live)
