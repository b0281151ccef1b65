"""/security: authenticator app, recovery codes and known devices, for the account's owner."""

from marketplace.accounts.admission import Caller
from marketplace.accounts.errors import (
    CodeUsed,
    CodeWrong,
    DeviceMissing,
    FactorNotStarted,
    FactorsChanged,
    PasswordWrong,
    TooManyAttempts,
)
from marketplace.factors.errors import CodeClockDrift, FactorCompulsory, FactorMissing, PasswordTooShortAlone
from marketplace.factors.wire import Factors, FirstFactor, RecoveryCodes, TotpCode, TotpEnrolment
from marketplace.security.wire import DeviceSummary
from marketplace.web import Page, Request, SignedIn, make_app, route
from marketplace.wiring import Services, live


@route("GET", "/security/factors", access=SignedIn, returns=Factors, private=True)
def list_factors(request: Request, services: Services) -> Factors:
    """Read which second factors are on, and how many recovery codes are left."""
    totp, passkeys, left = services.authenticator.factors(request.account.account_id)
    return Factors(totp=totp, passkeys=passkeys, recovery_codes_left=left)


@route(
    "POST",
    "/security/totp",
    access=SignedIn,
    body=FirstFactor,
    returns=TotpEnrolment,
    status=201,
    errors=(PasswordWrong, TooManyAttempts),
    step_up=True,
)
def begin_totp(request: Request, services: Services) -> TotpEnrolment:
    """Get a secret for an authenticator app; it counts once confirmed with a first code.

    An account without a second factor sends its password as well. An app that is on stays on until then.
    """
    who, password = request.account.account_id, request.body.password
    return TotpEnrolment.of(services.authenticator.enrol(who, password, origin=request.origin))


@route(
    "POST",
    "/security/totp/confirm",
    access=SignedIn,
    body=TotpCode,
    returns=RecoveryCodes,
    errors=(FactorNotStarted, CodeWrong, CodeClockDrift, CodeUsed, FactorsChanged, TooManyAttempts),
    step_up=True,
)
def confirm_totp(request: Request, services: Services) -> RecoveryCodes:
    """Turn the app on, or put it in the place of another.

    Answers with ten recovery codes when this is the first second factor. Every other session of the account ends, and
    payouts wait 72 hours.
    """
    codes = services.authenticator.confirm(request.account, request.body.code, origin=request.origin)
    return RecoveryCodes(recovery_codes=codes)


@route(
    "DELETE",
    "/security/totp",
    access=SignedIn,
    status=204,
    errors=(FactorMissing, FactorCompulsory, PasswordTooShortAlone, FactorsChanged),
    step_up=True,
)
def remove_totp(request: Request, services: Services) -> None:
    """Turn the app off; every other session of the account ends, and payouts wait 72 hours.

    Where no other factor is left the password must have 15 characters or more, and staff must keep one.
    """
    services.authenticator.remove(request.account, origin=request.origin)


@route(
    "POST",
    "/security/recovery-codes",
    access=SignedIn,
    returns=RecoveryCodes,
    errors=(FactorMissing, FactorsChanged),
    step_up=True,
)
def renew_recovery_codes(request: Request, services: Services) -> RecoveryCodes:
    """Replace the recovery codes; those left of the old ones stop working."""
    return RecoveryCodes(recovery_codes=services.authenticator.renew_codes(request.account, origin=request.origin))


@route("GET", "/security/devices", access=SignedIn, returns=Page[DeviceSummary], private=True)
def list_devices(request: Request, services: Services) -> Page[DeviceSummary]:
    """List the devices that the account knows, the last used first; one page holds them all.

    Each signed in within the last 180 days, and meets its own counters of failures, whatever strangers do.
    """
    caller = Caller(request.origin, request.headers.get("aval-device", ""))
    found = services.devices.of(request.account.account_id)
    return Page(items=[DeviceSummary.of(device, caller) for device in found])


@route("DELETE", "/security/devices/{device_id}", access=SignedIn, status=204, errors=(DeviceMissing,))
def forget_device(request: Request, services: Services) -> None:
    """Know a device no more: its next sign-in is told as a new device's. End its session at DELETE /sessions."""
    services.devices.forget(request.account.account_id, request.path["device_id"], origin=request.origin)


ROUTES = (
    list_factors,
    begin_totp,
    confirm_totp,
    remove_totp,
    renew_recovery_codes,
    list_devices,
    forget_device,
)
handler = make_app("security", *ROUTES, services=live)
