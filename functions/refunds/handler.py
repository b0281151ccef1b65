"""/orders/{order_id}/refunds: what of an order goes back to its buyer, beside its end."""

from marketplace.kit.errors import IdempotencyKeyReused
from marketplace.kit.step_up import StepUpRequired
from marketplace.orders.model import OPERATOR, SELLER, OrderMissing, OwnCase, TransitionRefused
from marketplace.payments.refund_limits import RefundBeyondBalance
from marketplace.payments.refund_model import (
    ChargeDisputed,
    DisputeDecides,
    RefundAmountInvalid,
    RefundNeedsPerson,
    RefundTooEarly,
    RefundTooLarge,
    TooManyRefunds,
)
from marketplace.payments.unclaimed_model import UnclaimedMoved
from marketplace.payments.wire import (
    NewManualRefund,
    NewRefund,
    OrderRefundList,
    Refund,
    refund_to_wire,
    refunds_to_wire,
)
from marketplace.staff.errors import ProposalDiffers, ReasonsNeeded
from marketplace.staff.wire import ProposalView
from marketplace.web import Request, SellerApplicant, Staff, Verified, make_app, route
from marketplace.wiring import Services, live

_REFUSALS = (
    OrderMissing,
    TransitionRefused,
    ChargeDisputed,
    DisputeDecides,
    RefundTooEarly,
    RefundTooLarge,
    RefundAmountInvalid,
    UnclaimedMoved,
)


@route(
    "POST",
    "/orders/{order_id}/refunds",
    access=SellerApplicant,
    body=NewRefund,
    returns=Refund,
    status=201,
    idempotent=True,
    errors=(
        *_REFUSALS,
        RefundNeedsPerson,
        RefundBeyondBalance,
        TooManyRefunds,
        IdempotencyKeyReused,
        StepUpRequired,
    ),
)
def refund_order(request: Request, services: Services) -> Refund:
    """Give a part of an order, or all that is left of it, back to its buyer.

    While the order runs, it comes out of its protected money, and all that is left ends the order. After the release
    your part is taken back from your balance, or from your next earnings, and the commission on it is returned. What
    you would owe for it has a published limit: beyond it, ask us. A large refund needs a fresh proof that it is you,
    and so do many small ones of one order, or of one day.
    """
    said, order_id = request.body, request.path["order_id"]
    view = services.refunds.ask(
        order_id,
        request.account,
        said.amount_minor,
        said.reason,
        request.idempotency,
        cause=said.cause,
        lines=said.refund_lines(),
    )
    return refund_to_wire(view, SELLER)


@route("GET", "/orders/{order_id}/refunds", access=Verified, returns=OrderRefundList, errors=(OrderMissing,))
def list_refunds(request: Request, services: Services) -> OrderRefundList:
    """List an order's refunds: how far each has come, and, for its seller, who bears what of it."""
    reader = request.account
    found = services.refunds.of_order(request.path["order_id"], reader.account_id, staff=reader.is_staff)
    return refunds_to_wire(found, found.order.party(reader.account_id) or OPERATOR)


@route(
    "POST",
    "/operator/orders/{order_id}/refunds",
    access=Staff,
    body=NewManualRefund,
    returns=ProposalView,
    status=201,
    idempotent=True,
    errors=(*_REFUSALS, OwnCase, ReasonsNeeded, ProposalDiffers),
)
def propose_refund(request: Request, services: Services) -> ProposalView:
    """Propose a refund that no rule makes; it is made when somebody else of finance approves it."""
    said = request.body
    proposal = services.refunds.propose(
        request.path["order_id"],
        request.account,
        said.amount_minor,
        said.reasons,
        request.idempotency,
        cause=said.cause,
    )
    return ProposalView.of(proposal, proposal.state_at(services.clock.now()), request.locale)


ROUTES = (refund_order, list_refunds, propose_refund)
handler = make_app("refunds", *ROUTES, services=live)
