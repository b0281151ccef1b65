"""/account: one's own account."""

from marketplace.accounts.errors import NameInvalid
from marketplace.accounts.wire import AccountChange, MyAccount
from marketplace.web import Request, SignedIn, make_app, route
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
        request.account.account_id, display_name=change.display_name, locale=change.locale
    )
    return MyAccount.of(changed)


ROUTES = (get_account, change_account)
handler = make_app("account", *ROUTES, services=live)
