"""/orders/{id}/exchanges, /orders/{id}/guarantee-claims: goods for goods, and what the law gives against defects.

Both are returns with ways of their own: they are read, sent back and received at /returns.
"""

from marketplace.disputes.errors import (
    EvidenceMissing,
)
from marketplace.kit.team import ORDERS, VIEW
from marketplace.orders.model import OwnCase, TransitionRefused
from marketplace.orders.wire import Shipment
from marketplace.returns.aftersales.refusals import ASK, CLAIM, DISPUTE, MONEY, MOVE, OPEN, REMEDY, TWO
from marketplace.returns.aftersales.wire import (
    AftersalesQuote,
    Arrival,
    CameBack,
    ClaimAnswer,
    ClaimedLine,
    ClaimFile,
    ClaimRuling,
    Escalation,
    ExchangeAnswer,
    GuaranteePolicy,
    Missing,
    NewClaim,
    NewExchange,
    OfferAnswer,
    aftersales_quote_to_wire,
    file_to_wire,
    guarantee_to_wire,
)
from marketplace.returns.errors import (
    ClaimRejectedBefore,
    RemedyInvalid,
    ReturnMissing,
)
from marketplace.returns.wire import NewQuote, OrderReturn, return_to_wire, wanted
from marketplace.shipping.model import TrackingInvalid, TrackingNumberUsed
from marketplace.web import Buyer, Moderator, Public, Request, SellerApplicant, Verified, make_app, route
from marketplace.wiring import Services, live


@route("GET", "/guarantee-claims/policy", access=Public, returns=GuaranteePolicy)
def read_guarantee(request: Request, services: Services) -> GuaranteePolicy:
    """Read for how long sellers answer for what lacks, by country and category, and the sources."""
    today = services.clock.now().date()
    return guarantee_to_wire(services.settings.vat_country, today, request.locale)


@route("POST", "/orders/{order_id}/exchanges/quote", access=Buyer, body=NewQuote, returns=AftersalesQuote, errors=OPEN)
def quote_exchange(request: Request, services: Services) -> AftersalesQuote:
    """See how an exchange would go, and what comes back when it fails; nothing happens, nothing is reserved."""
    lines, order_id = wanted(request.body.lines), request.path["order_id"]
    found = services.returns.quote_exchange(order_id, request.account.account_id, lines)
    return aftersales_quote_to_wire(found, request.locale)


@route(
    "POST",
    "/orders/{order_id}/exchanges",
    access=Buyer,
    body=NewExchange,
    returns=OrderReturn,
    status=201,
    idempotent=True,
    errors=(*OPEN, *ASK),
)
def ask_exchange(request: Request, services: Services) -> OrderReturn:
    """Ask for the same again, where you may give it back; if the seller does not agree, it becomes that return."""
    said, order_id, buyer = request.body, request.path["order_id"], request.account
    made = services.returns.ask_exchange(
        order_id, buyer.account_id, wanted(said.lines), said.reason, request.idempotency
    )
    return return_to_wire(made, request.locale)


@route(
    "POST",
    "/returns/{return_id}/exchange-answer",
    access=SellerApplicant,
    body=ExchangeAnswer,
    returns=OrderReturn,
    errors=MOVE,
    team=ORDERS,
)
def answer_exchange(request: Request, services: Services) -> OrderReturn:
    """Agree to an exchange, which reserves the pieces to send; or not, and it becomes a return."""
    said, seller, return_id = request.body, request.account, request.path["return_id"]
    made = services.returns.answer_exchange(
        return_id, seller.seller_id, accept=said.accept, reasons=said.reasons, by=seller.member_id
    )
    return return_to_wire(made, request.locale)


@route(
    "POST",
    "/returns/{return_id}/missing",
    access=SellerApplicant,
    body=Missing,
    returns=OrderReturn,
    errors=MOVE,
    team=ORDERS,
)
def report_missing(request: Request, services: Services) -> OrderReturn:
    """Say that what the buyer calls sent back did not come: a person looks at it before you owe anything for it."""
    seller, reasons = request.account, request.body.reasons
    made = services.returns.report_missing(request.path["return_id"], seller.seller_id, reasons, by=seller.member_id)
    return return_to_wire(made, request.locale)


@route(
    "POST",
    "/operator/returns/{return_id}/missing",
    access=Moderator,
    body=CameBack,
    returns=OrderReturn,
    errors=(*MOVE, OwnCase, *TWO),
)
def decide_missing(request: Request, services: Services) -> OrderReturn:
    """Say whether the goods came back; if not, nothing comes for them and nothing is refunded."""
    said, return_id, moderator = request.body, request.path["return_id"], request.account
    made = services.returns.decide_missing(
        return_id, moderator.account_id, arrived=said.arrived, reasons=said.reasons, principal=moderator
    )
    return return_to_wire(made, request.locale)


@route(
    "POST",
    "/returns/{return_id}/replacement",
    access=SellerApplicant,
    body=Shipment,
    returns=OrderReturn,
    errors=(*MOVE, TrackingInvalid, TrackingNumberUsed),
    team=ORDERS,
)
def send_replacement(request: Request, services: Services) -> OrderReturn:
    """Say that what comes for the returned goods, new or mended, is on its way."""
    sent, seller, return_id = request.body, request.account, request.path["return_id"]
    made = services.returns.send_replacement(
        return_id, seller.seller_id, sent.carrier, sent.tracking_number, by=seller.member_id
    )
    return return_to_wire(made, request.locale)


@route(
    "POST",
    "/returns/{return_id}/refund-instead",
    access=SellerApplicant,
    returns=OrderReturn,
    errors=(*MOVE, *MONEY),
    team=ORDERS,
)
def refund_instead(request: Request, services: Services) -> OrderReturn:
    """Give the money back instead of sending something."""
    seller = request.account
    made = services.returns.refund_instead(request.path["return_id"], seller.seller_id, by=seller.member_id)
    return return_to_wire(made, request.locale)


@route("POST", "/returns/{return_id}/replacement/arrived", access=Buyer, returns=OrderReturn, errors=MOVE)
def confirm_replacement(request: Request, services: Services) -> OrderReturn:
    """Say that what was sent for your goods has arrived."""
    made = services.returns.confirm_replacement(request.path["return_id"], request.account.account_id)
    return return_to_wire(made, request.locale)


@route(
    "POST",
    "/operator/returns/{return_id}/replacement",
    access=Moderator,
    body=Arrival,
    returns=OrderReturn,
    errors=(*MOVE, *MONEY, OwnCase, *TWO),
)
def decide_replacement(request: Request, services: Services) -> OrderReturn:
    """Say whether what was sent for the goods arrived; if not, the buyer is refunded."""
    said, return_id, moderator = request.body, request.path["return_id"], request.account
    made = services.returns.decide_replacement(
        return_id, moderator.account_id, arrived=said.arrived, reasons=said.reasons, principal=moderator
    )
    return return_to_wire(made, request.locale)


@route(
    "POST",
    "/orders/{order_id}/guarantee-claims/quote",
    access=Buyer,
    body=ClaimedLine,
    returns=AftersalesQuote,
    errors=CLAIM,
)
def quote_claim(request: Request, services: Services) -> AftersalesQuote:
    """See how a claim would go, by when, and what comes back at most; nothing happens."""
    order_id, buyer = request.path["order_id"], request.account
    found = services.returns.quote_claim(order_id, buyer.account_id, request.body.wanted())
    return aftersales_quote_to_wire(found, request.locale)


@route(
    "POST",
    "/orders/{order_id}/guarantee-claims",
    access=Buyer,
    body=NewClaim,
    returns=OrderReturn,
    status=201,
    idempotent=True,
    errors=(*CLAIM, *ASK, RemedyInvalid, ClaimRejectedBefore),
)
def ask_claim(request: Request, services: Services) -> OrderReturn:
    """Claim that goods are not what was agreed: have them mended, replaced, reduced in price, or taken back."""
    said, order_id, buyer = request.body, request.path["order_id"], request.account
    made = services.returns.ask_claim(order_id, buyer.account_id, said.line.wanted(), said.said(), request.idempotency)
    return return_to_wire(made, request.locale)


@route(
    "POST",
    "/returns/{return_id}/claim-answer",
    access=SellerApplicant,
    body=ClaimAnswer,
    returns=OrderReturn,
    errors=REMEDY,
    team=ORDERS,
)
def answer_claim(request: Request, services: Services) -> OrderReturn:
    """Give the remedy that the buyer asks for, offer another, or refuse with reasons."""
    seller, said = request.account, request.body.said()
    made = services.returns.answer_claim(request.path["return_id"], seller.seller_id, said, by=seller.member_id)
    return return_to_wire(made, request.locale)


@route("POST", "/returns/{return_id}/offer-answer", access=Buyer, body=OfferAnswer, returns=OrderReturn, errors=REMEDY)
def answer_offer(request: Request, services: Services) -> OrderReturn:
    """Take the remedy that the seller offers, or not."""
    return_id, buyer = request.path["return_id"], request.account
    made = services.returns.answer_offer(return_id, buyer.account_id, accept=request.body.accept)
    return return_to_wire(made, request.locale)


@route(
    "POST",
    "/returns/{return_id}/escalate",
    access=Buyer,
    body=Escalation,
    returns=OrderReturn,
    errors=(*MOVE, TransitionRefused, *DISPUTE),
)
def escalate_claim(request: Request, services: Services) -> OrderReturn:
    """Have a refused claim decided: by a dispute while the order runs, by a moderator after its end."""
    said, buyer = request.body, request.account
    made = services.returns.escalate_claim(request.path["return_id"], buyer.account_id, said.reason, said.statement)
    return return_to_wire(made, request.locale)


@route(
    "POST",
    "/operator/returns/{return_id}/claim-decision",
    access=Moderator,
    body=ClaimRuling,
    returns=OrderReturn,
    errors=(*MOVE, *MONEY, OwnCase, RemedyInvalid, *TWO),
)
def decide_claim(request: Request, services: Services) -> OrderReturn:
    """Decide a refused claim of an order that has ended: nothing, a lower price, or everything against the goods."""
    said, return_id, moderator = request.body, request.path["return_id"], request.account
    made = services.returns.decide_claim(
        return_id, moderator.account_id, said.decision, said.amount_minor, said.reasons, principal=moderator
    )
    return return_to_wire(made, request.locale)


@route(
    "GET",
    "/returns/{return_id}/evidence/{evidence_id}",
    access=Verified,
    returns=ClaimFile,
    errors=(ReturnMissing, EvidenceMissing),
    team=VIEW,
    private=True,
)
def read_claim_file(request: Request, services: Services) -> ClaimFile:
    """Get an address at which to read a file of a claim, for some minutes: for its parties and for staff."""
    path, who = request.path, request.account
    found = services.returns.claim_evidence(
        path["return_id"], who.seller_id, path["evidence_id"], staff=who.is_staff, by=who.member_id
    )
    return file_to_wire(found)


_EXCHANGES = (read_guarantee, quote_exchange, ask_exchange, answer_exchange, report_missing)
_REPLACEMENTS = (decide_missing, send_replacement, refund_instead, confirm_replacement)
_CLAIMS = (decide_replacement, quote_claim, ask_claim, answer_claim)
_ANSWERS = (answer_offer, escalate_claim, decide_claim, read_claim_file)
ROUTES = (*_EXCHANGES, *_REPLACEMENTS, *_CLAIMS, *_ANSWERS)
handler = make_app("aftersales", *ROUTES, services=live)
