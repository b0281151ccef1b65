"""/returns: giving back what was bought. Buyers ask and send, sellers receive, moderators decide deductions."""

from marketplace.disputes.errors import DecisionProposed, SecondPersonNeeded
from marketplace.kit.errors import IdempotencyKeyReused
from marketplace.kit.team import ORDERS, VIEW
from marketplace.orders.model import OrderMissing, OwnCase, TransitionRefused
from marketplace.payments.refund_model import (
    ChargeDisputed,
    DisputeDecides,
    RefundNeedsPerson,
    RefundTooEarly,
    TooManyRefunds,
)
from marketplace.payments.unclaimed_model import UnclaimedMoved
from marketplace.returns.errors import (
    AlreadyReturned,
    DeductionInvalid,
    PaidByBank,
    RepairRestocked,
    ReturnLinesInvalid,
    ReturnMissing,
    ReturnNotAllowed,
    ReturnRefused,
    ReturnsMoved,
    TooManyReturns,
)
from marketplace.returns.wire import (
    DeductionDecision,
    NewLabel,
    NewQuote,
    NewReturn,
    OrderReturn,
    OrderReturns,
    ReceivedBack,
    ReturnQuote,
    SentBack,
    quote_to_wire,
    return_to_wire,
    returns_to_wire,
    wanted,
)
from marketplace.shipping.model import TrackingInvalid, TrackingNumberUsed
from marketplace.web import Buyer, Moderator, Request, SellerApplicant, Verified, make_app, route
from marketplace.wiring import Services, live

_QUOTE = (OrderMissing, TransitionRefused, PaidByBank, ReturnLinesInvalid, ReturnNotAllowed, AlreadyReturned)
_MOVE = (ReturnMissing, ReturnRefused, ReturnsMoved)
_SEND = (*_MOVE, TrackingInvalid, TrackingNumberUsed)
_MONEY = (
    TransitionRefused,
    UnclaimedMoved,
    ChargeDisputed,
    DisputeDecides,
    RefundTooEarly,
    RefundNeedsPerson,
    TooManyRefunds,
)


@route("POST", "/orders/{order_id}/returns/quote", access=Buyer, body=NewQuote, returns=ReturnQuote, errors=_QUOTE)
def quote_return(request: Request, services: Services) -> ReturnQuote:
    """See what a return would come to, by when, and who pays for sending it back; nothing happens."""
    lines = wanted(request.body.lines)
    found = services.returns.quote(request.path["order_id"], request.account.account_id, lines)
    return quote_to_wire(found, request.locale)


@route(
    "POST",
    "/orders/{order_id}/returns",
    access=Buyer,
    body=NewReturn,
    returns=OrderReturn,
    status=201,
    idempotent=True,
    errors=(*_QUOTE, TooManyReturns, ReturnsMoved, IdempotencyKeyReused),
)
def ask_return(request: Request, services: Services) -> OrderReturn:
    """Return something that arrived: nothing of the order is paid out until the return has ended.

    Where the law or the listing gives the right, nobody has to agree. The refund is what the quote says.
    """
    said, order_id = request.body, request.path["order_id"]
    made = services.returns.ask(
        order_id, request.account.account_id, wanted(said.lines), said.reason, request.idempotency
    )
    return return_to_wire(made, request.locale)


@route("GET", "/orders/{order_id}/returns", access=Verified, returns=OrderReturns, errors=(OrderMissing,), team=VIEW)
def list_returns(request: Request, services: Services) -> OrderReturns:
    """List an order's returns."""
    reader = request.account
    found = services.returns.of_order(
        request.path["order_id"], reader.seller_id, staff=reader.is_staff, by=reader.member_id
    )
    return returns_to_wire(found, request.locale)


@route("GET", "/returns/{return_id}", access=Verified, returns=OrderReturn, errors=(ReturnMissing,), team=VIEW)
def get_return(request: Request, services: Services) -> OrderReturn:
    """Read a return: where it stands, by when who must act, and what happens if nobody does."""
    reader = request.account
    found = services.returns.view(
        request.path["return_id"], reader.seller_id, staff=reader.is_staff, by=reader.member_id
    )
    return return_to_wire(found, request.locale)


@route("POST", "/returns/{return_id}/sent", access=Buyer, body=SentBack, returns=OrderReturn, errors=_SEND)
def send_back(request: Request, services: Services) -> OrderReturn:
    """Say that the goods are on their way back; from then on the refund has a date."""
    said, return_id = request.body, request.path["return_id"]
    made = services.returns.send(return_id, request.account.account_id, said.carrier, said.tracking_number)
    return return_to_wire(made, request.locale)


@route(
    "POST",
    "/returns/{return_id}/received",
    access=SellerApplicant,
    body=ReceivedBack,
    returns=OrderReturn,
    errors=(*_MOVE, *_MONEY, DeductionInvalid, RepairRestocked),
    team=ORDERS,
)
def receive_back(request: Request, services: Services) -> OrderReturn:
    """Say that the goods are back: the buyer is refunded, less a deduction that they can contest."""
    said, seller = request.body, request.account
    made = services.returns.receive(
        request.path["return_id"],
        seller.seller_id,
        restock=said.restock,
        deduction_minor=said.deduction_minor,
        reasons=said.reasons,
        by=seller.member_id,
    )
    return return_to_wire(made, request.locale)


@route(
    "POST",
    "/returns/{return_id}/label",
    access=SellerApplicant,
    body=NewLabel,
    returns=OrderReturn,
    errors=_MOVE,
    team=ORDERS,
)
def give_label(request: Request, services: Services) -> OrderReturn:
    """Give the buyer a label to send the goods back with."""
    seller, said = request.account, request.body
    made = services.returns.label(request.path["return_id"], seller.seller_id, said.label_url, by=seller.member_id)
    return return_to_wire(made, request.locale)


@route("POST", "/returns/{return_id}/cancel", access=Buyer, returns=OrderReturn, errors=_MOVE)
def cancel_return(request: Request, services: Services) -> OrderReturn:
    """Keep the goods after all, before they are sent back."""
    made = services.returns.cancel(request.path["return_id"], request.account.account_id)
    return return_to_wire(made, request.locale)


@route("POST", "/returns/{return_id}/accept-deduction", access=Buyer, returns=OrderReturn, errors=(*_MOVE, *_MONEY))
def accept_deduction(request: Request, services: Services) -> OrderReturn:
    """Accept the seller's deduction: the rest is refunded."""
    made = services.returns.answer_deduction(request.path["return_id"], request.account.account_id, accept=True)
    return return_to_wire(made, request.locale)


@route("POST", "/returns/{return_id}/contest", access=Buyer, returns=OrderReturn, errors=_MOVE)
def contest_deduction(request: Request, services: Services) -> OrderReturn:
    """Contest the seller's deduction: the marketplace decides, and until then nothing moves."""
    made = services.returns.answer_deduction(request.path["return_id"], request.account.account_id, accept=False)
    return return_to_wire(made, request.locale)


@route(
    "POST",
    "/operator/returns/{return_id}/decision",
    access=Moderator,
    body=DeductionDecision,
    returns=OrderReturn,
    errors=(*_MOVE, *_MONEY, OwnCase, DeductionInvalid, SecondPersonNeeded, DecisionProposed),
)
def decide_deduction(request: Request, services: Services) -> OrderReturn:
    """Decide a contested deduction, with reasons: the rest is refunded. A large one waits for a second person."""
    said, return_id = request.body, request.path["return_id"]
    moderator = request.account
    made = services.returns.decide(
        return_id, moderator.account_id, said.deduction_minor, said.reasons, principal=moderator
    )
    return return_to_wire(made, request.locale)


ROUTES = (
    quote_return,
    ask_return,
    list_returns,
    get_return,
    send_back,
    receive_back,
    give_label,
    cancel_return,
    accept_deduction,
    contest_deduction,
    decide_deduction,
)
handler = make_app("returns", *ROUTES, services=live)
