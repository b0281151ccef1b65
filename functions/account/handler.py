"""/account: one's own account."""

from marketplace.accounts.errors import EmailInvalid, FactorsChanged, NameInvalid, TooManyAttempts
from marketplace.accounts.wire import AccountChange, MailRequested, MyAccount
from marketplace.factors.errors import LinkInvalid
from marketplace.factors.wire import Done, MailedLink, NewEmail
from marketplace.web import Public, Request, SignedIn, make_app, route
from marketplace.wiring import Services, live


@route("GET", "/account", access=SignedIn, returns=MyAccount)
def get_account(request: Request, services: Services) -> MyAccount:
    """Read one's own account."""
    return MyAccount.of(services.account.read(request.account.account_id))


@route("PATCH", "/account", access=SignedIn, body=AccountChange, returns=MyAccount, errors=(NameInvalid,))
def change_account(request: Request, services: Services) -> MyAccount:
    """Change the name shown to others, the language of mails, or both."""
    change = request.body
    changed = services.account.change(
        request.account.account_id, display_name=change.display_name, locale=change.locale, origin=request.origin
    )
    return MyAccount.of(changed)


@route(
    "POST",
    "/account/email",
    access=SignedIn,
    body=NewEmail,
    returns=MailRequested,
    status=202,
    errors=(EmailInvalid, TooManyAttempts),
    step_up=True,
)
def ask_email_change(request: Request, services: Services) -> MailRequested:
    """Ask for another e-mail address: it counts once the link that is mailed there is opened, within a day.

    The answer is the same for an address that has an account; its owner is told. So is the present address.
    """
    services.email_changes.ask(request.account, request.body.email, origin=request.origin)
    return MailRequested()


@route(
    "POST",
    "/account/email/confirmations",
    access=Public,
    body=MailedLink,
    returns=Done,
    errors=(LinkInvalid, FactorsChanged, TooManyAttempts),
)
def confirm_email_change(request: Request, services: Services) -> Done:
    """Move the account to the address that the mailed link proves.

    Every session but the asking one ends, and payouts wait 72 hours. The address before it can take the change back.
    """
    services.email_changes.confirm(request.body.token, origin=request.origin)
    return Done()


ROUTES = (get_account, change_account, ask_email_change, confirm_email_change)
handler = make_app("account", *ROUTES, services=live)
