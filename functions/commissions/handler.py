"""/operator/sellers/{id}/commission, /sellers/me/fees: what one seller pays, and agreements that two people make."""

from marketplace.accounts.errors import SellerMissing
from marketplace.fees.agreements import KIND, facts_of
from marketplace.fees.model import FeeRuleInvalid, TermsMoved, VatNumberInvalid
from marketplace.fees.wire import CheckedVatNumber, NewAgreement, SellerTerms, terms_to_wire
from marketplace.orders.model import OwnCase
from marketplace.staff.errors import ProposalDiffers, ReasonsNeeded
from marketplace.staff.wire import ProposalView
from marketplace.web import Finance, Request, SellerApplicant, Staff, make_app, route
from marketplace.wiring import Services, live


@route("GET", "/sellers/me/fees", access=SellerApplicant, returns=SellerTerms, errors=(SellerMissing,))
def read_my_fees(request: Request, services: Services) -> SellerTerms:
    """Read what you pay on future orders: your tier, an agreement if there is one, and the VAT on the commission."""
    return terms_to_wire(services.fees.of(request.account.account_id), request.locale)


@route("GET", "/operator/sellers/{seller_id}/commission", access=Staff, returns=SellerTerms, errors=(SellerMissing,))
def read_seller_fees(request: Request, services: Services) -> SellerTerms:
    """Read what a seller pays on future orders."""
    return terms_to_wire(services.fees.of(request.path["seller_id"]), request.locale)


@route(
    "PUT",
    "/operator/sellers/{seller_id}/commission",
    access=Finance,
    body=NewAgreement,
    returns=ProposalView,
    status=201,
    idempotent=True,
    step_up=True,
    errors=(SellerMissing, FeeRuleInvalid, OwnCase, ReasonsNeeded, ProposalDiffers),
)
def propose_commission(request: Request, services: Services) -> ProposalView:
    """Propose a commission for one seller, or the end of one.

    It counts for future orders, once a second person agrees.
    """
    seller_id = request.path["seller_id"]
    rule = request.body.rule(seller_id)
    services.fees.check_agreement(seller_id, rule)
    made = services.approvals.propose(
        kind=KIND,
        subject=seller_id,
        facts=facts_of(rule),
        principal=request.account,
        reasons=request.body.reasons,
        once=request.idempotency.key,
    )
    return ProposalView.of(made, made.state_at(services.clock.now()), request.locale)


@route(
    "PUT",
    "/operator/sellers/{seller_id}/vat-number",
    access=Finance,
    body=CheckedVatNumber,
    returns=SellerTerms,
    step_up=True,
    errors=(SellerMissing, VatNumberInvalid, TermsMoved, OwnCase),
)
def record_vat_number(request: Request, services: Services) -> SellerTerms:
    """Keep a trader's VAT number that you found valid in VIES: the reverse charge then applies across borders."""
    told = request.body
    seller_id, by = request.path["seller_id"], request.account.account_id
    found = services.fees.record_vat_number(seller_id, told.vat_number, by=by, reasons=told.reasons)
    return terms_to_wire(found, request.locale)


ROUTES = (read_my_fees, read_seller_fees, propose_commission, record_vat_number)
handler = make_app("commissions", *ROUTES, services=live)
