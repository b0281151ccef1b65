"""/passkeys: keys that sign in without a password, for the account's owner."""

from marketplace.accounts.errors import FactorsChanged, NameInvalid, PasswordWrong, TooManyAttempts
from marketplace.factors.errors import (
    FactorCompulsory,
    PasskeyInvalid,
    PasskeyMissing,
    PasskeyRegistered,
    PasswordTooShortAlone,
    TooManyPasskeys,
)
from marketplace.factors.wire import (
    FirstFactor,
    NewPasskey,
    PasskeyAdded,
    PasskeyRename,
    PasskeySummary,
    PublicKeyOptions,
)
from marketplace.web import Page, Request, SignedIn, make_app, route
from marketplace.wiring import Services, live


@route(
    "POST",
    "/passkeys/registrations",
    access=SignedIn,
    body=FirstFactor,
    returns=PublicKeyOptions,
    status=201,
    errors=(PasswordWrong, TooManyPasskeys, TooManyAttempts),
    step_up=True,
)
def begin_passkey(request: Request, services: Services) -> PublicKeyOptions:
    """Get what `navigator.credentials.create()` needs, good for five minutes in this session.

    An account without a second factor sends its password as well.
    """
    return PublicKeyOptions(public_key=services.passkeys.begin(request.account, request.body.password))


@route(
    "POST",
    "/passkeys",
    access=SignedIn,
    body=NewPasskey,
    returns=PasskeyAdded,
    status=201,
    errors=(PasskeyInvalid, PasskeyRegistered, TooManyPasskeys, FactorsChanged, NameInvalid),
    step_up=True,
)
def add_passkey(request: Request, services: Services) -> PasskeyAdded:
    """Add the passkey that the device made.

    Every other session of the account ends, and payouts wait 72 hours. Ten recovery codes come with the first factor.
    """
    form = request.body
    made, codes = services.passkeys.add(request.account, form.name, form.credential.answer(), origin=request.origin)
    return PasskeyAdded(passkey=PasskeySummary.of(made), recovery_codes=codes)


@route("GET", "/passkeys", access=SignedIn, returns=Page[PasskeySummary], private=True)
def list_passkeys(request: Request, services: Services) -> Page[PasskeySummary]:
    """List one's passkeys, the oldest first; one page holds them all."""
    return Page(items=[PasskeySummary.of(passkey) for passkey in services.passkeys.of(request.account.account_id)])


@route(
    "PATCH",
    "/passkeys/{passkey_id}",
    access=SignedIn,
    body=PasskeyRename,
    returns=PasskeySummary,
    errors=(PasskeyMissing, NameInvalid),
)
def rename_passkey(request: Request, services: Services) -> PasskeySummary:
    """Give a passkey another name."""
    who, which = request.account.account_id, request.path["passkey_id"]
    return PasskeySummary.of(services.passkeys.rename(who, which, request.body.name, origin=request.origin))


@route(
    "DELETE",
    "/passkeys/{passkey_id}",
    access=SignedIn,
    status=204,
    errors=(PasskeyMissing, FactorCompulsory, PasswordTooShortAlone, FactorsChanged),
    step_up=True,
)
def remove_passkey(request: Request, services: Services) -> None:
    """Remove a passkey; every other session of the account ends, and payouts wait 72 hours.

    Where no other factor is left the password must have 15 characters or more, and staff must keep one.
    """
    services.passkeys.remove(request.account, request.path["passkey_id"], origin=request.origin)


@route("POST", "/passkeys/challenges", access=SignedIn, returns=PublicKeyOptions, status=201)
def challenge_passkey(request: Request, services: Services) -> PublicKeyOptions:
    """Get what `navigator.credentials.get()` needs for a step-up of this session, good for five minutes."""
    return PublicKeyOptions(public_key=services.passkeys.ask(request.account))


ROUTES = (begin_passkey, add_passkey, list_passkeys, rename_passkey, remove_passkey, challenge_passkey)
handler = make_app("passkeys", *ROUTES, services=live)
