"""/payouts: a seller's balance, what waits in it and why, and what went to the bank, to the cent."""

from marketplace.payouts.errors import PayoutMissing
from marketplace.payouts.wire import (
    BalancesShown,
    PayoutExplained,
    PayoutShown,
    RulesShown,
    ScheduleChoice,
    balances_to_wire,
    explained_to_wire,
    payouts_to_wire,
    rules_to_wire,
)
from marketplace.storage.cursor import BadCursor
from marketplace.web import Page, PageQuery, Public, Request, SellerApplicant, make_app, route
from marketplace.wiring import Services, live


@route("GET", "/payouts/balance", access=SellerApplicant, returns=BalancesShown)
def get_balance(request: Request, services: Services) -> BalancesShown:
    """Read your money by currency: available, on hold with each cause and date, reserved, on its way, and paid."""
    return balances_to_wire(services.payouts.overview(request.account.account_id), request.locale)


@route("GET", "/payouts/rules", access=Public, returns=RulesShown)
def get_payout_rules(request: Request, services: Services) -> RulesShown:
    """Read the rules: which part of an earning waits and for how long, minimum amounts, and why payouts may wait."""
    return rules_to_wire(request.locale)


@route("GET", "/payouts", access=SellerApplicant, query=PageQuery, returns=Page[PayoutShown], errors=(BadCursor,))
def list_payouts(request: Request, services: Services) -> Page[PayoutShown]:
    """List your payouts, the newest first."""
    rows = services.payouts.history(request.account.account_id, request.query.cursor, request.query.limit)
    return payouts_to_wire(rows, request.locale)


@route(
    "GET",
    "/payouts/{payout_id}",
    access=SellerApplicant,
    query=PageQuery,
    returns=PayoutExplained,
    errors=(PayoutMissing, BadCursor),
)
def get_payout(request: Request, services: Services) -> PayoutExplained:
    """Read which orders are in a payout: every cent that it contains, and every cent that it left behind."""
    asked, seller_id = request.query, request.account.account_id
    payout, rows = services.payouts.explain(request.path["payout_id"], seller_id, asked.cursor, asked.limit)
    return explained_to_wire(payout, rows, request.locale)


@route("PUT", "/payouts/schedule", access=SellerApplicant, body=ScheduleChoice, returns=BalancesShown, step_up=True)
def choose_payout_schedule(request: Request, services: Services) -> BalancesShown:
    """Choose to be paid daily, weekly or monthly."""
    found = services.payouts.choose(request.account.account_id, request.body.interval)
    return balances_to_wire(found, request.locale)


ROUTES = (get_balance, get_payout_rules, list_payouts, get_payout, choose_payout_schedule)
handler = make_app("payouts", *ROUTES, services=live)
