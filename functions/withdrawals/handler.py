"""/withdrawals: withdraw from a contract. Anybody, without an account."""

from marketplace.accounts.errors import EmailInvalid, TooManyAttempts
from marketplace.web import Public, Request, make_app, route
from marketplace.wiring import Services, live
from marketplace.withdrawals.model import WithdrawalMissing
from marketplace.withdrawals.wire import (
    NewWithdrawal,
    WithdrawalForm,
    WithdrawalReceipt,
    WithdrawalToken,
    form_to_wire,
    receipt_to_wire,
)


@route("GET", "/withdrawals/form", access=Public, returns=WithdrawalForm)
def withdrawal_form(request: Request, services: Services) -> WithdrawalForm:
    """Read the labels of the withdrawal function: "Withdraw from contract here", and "Confirm withdrawal"."""
    return form_to_wire(request.locale)


@route(
    "POST",
    "/withdrawals",
    access=Public,
    body=NewWithdrawal,
    returns=WithdrawalReceipt,
    status=202,
    errors=(EmailInvalid, TooManyAttempts),
)
def withdraw(request: Request, services: Services) -> WithdrawalReceipt:
    """Withdraw from a contract; the answer is the receipt, with date and time, and counts from now.

    It is the same whether or not there is such an order. What follows is mailed: to the address of the account that
    bought, or, when the address given is not that account's, a mail there that no order was found.
    """
    said = request.body.said()
    return receipt_to_wire(
        services.statements_of_withdrawal.submit(said, locale=request.locale, ip=request.ip), request.locale
    )


@route(
    "POST",
    "/withdrawals/receipt",
    access=Public,
    body=WithdrawalToken,
    returns=WithdrawalReceipt,
    errors=(WithdrawalMissing,),
)
def read_withdrawal_receipt(request: Request, services: Services) -> WithdrawalReceipt:
    """Read the receipt again, with the token that it gave."""
    return receipt_to_wire(services.statements_of_withdrawal.read(request.body.token), request.locale)


ROUTES = (withdrawal_form, withdraw, read_withdrawal_receipt)
handler = make_app("withdrawals", *ROUTES, services=live)
