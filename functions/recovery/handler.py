"""/recovery: the way back for somebody who lost password and second factors. Anybody, through the mailbox."""

from marketplace.accounts.errors import FactorsChanged, PasswordRefused, TooManyAttempts
from marketplace.accounts.wire import MailRequested
from marketplace.factors.errors import LinkInvalid, RecoveryMissing, RecoveryMoved, RecoveryNeedsTwo, RecoveryNotDue
from marketplace.factors.wire import Done, LostEverything, MailedLink, RecoveryBegun, RecoveryFinish
from marketplace.kit.clock import to_text
from marketplace.web import Public, Request, SignedIn, make_app, route
from marketplace.wiring import Services, live


@route("POST", "/recovery", access=Public, body=LostEverything, returns=MailRequested, status=202)
def ask_recovery(request: Request, services: Services) -> MailRequested:
    """Mail the next step: a link to begin, to call off while it waits, or to finish after 72 hours.

    The answer is the same for an unknown address, and when too many mails were asked for.
    """
    services.recoveries.ask(request.body.email, request.origin)
    return MailRequested()


@route(
    "POST",
    "/recovery/beginnings",
    access=Public,
    body=MailedLink,
    returns=RecoveryBegun,
    status=202,
    errors=(LinkInvalid, RecoveryNeedsTwo, RecoveryMoved, TooManyAttempts),
)
def begin_recovery(request: Request, services: Services) -> RecoveryBegun:
    """Begin with the mailed link; every address of the account is told, and 72 hours later it can be finished.

    Staff accounts are recovered by two administrators and not here.
    """
    return RecoveryBegun(due_at=to_text(services.recoveries.begin(request.body.token, origin=request.origin)))


@route(
    "POST",
    "/recovery/cancellations",
    access=Public,
    body=MailedLink,
    returns=Done,
    errors=(LinkInvalid, RecoveryMissing, TooManyAttempts),
)
def cancel_recovery_by_mail(request: Request, services: Services) -> Done:
    """Call a recovery off with the link of any of its notices."""
    services.recoveries.cancel_by(request.body.token, origin=request.origin)
    return Done()


@route("DELETE", "/recovery", access=SignedIn, status=204, errors=(RecoveryMissing,))
def cancel_recovery(request: Request, services: Services) -> None:
    """Call one's own recovery off, from any session."""
    services.recoveries.cancel(request.account.account_id, origin=request.origin)


@route(
    "POST",
    "/recovery/completions",
    access=Public,
    body=RecoveryFinish,
    returns=Done,
    errors=(LinkInvalid, RecoveryNotDue, RecoveryNeedsTwo, PasswordRefused, FactorsChanged, TooManyAttempts),
)
def finish_recovery(request: Request, services: Services) -> Done:
    """Set a new password with the last mailed link.

    Every second factor is removed, every session ends, and payouts wait 72 hours. Nobody is signed in by it.
    """
    form = request.body
    services.recoveries.finish(form.token, form.password, origin=request.origin)
    return Done()


ROUTES = (ask_recovery, begin_recovery, cancel_recovery_by_mail, cancel_recovery, finish_recovery)
handler = make_app("recovery", *ROUTES, services=live)
