"""/disputes/{id}/offers and /messages: how buyer and seller come to an agreement of their own."""

from collections.abc import Callable

from marketplace.disputes.asking.wire import NewOffer
from marketplace.disputes.desk import DisputeView
from marketplace.disputes.errors import (
    AgreementHeld,
    AudienceRefused,
    DisputeMoved,
    MessageRefused,
    MessagesFull,
    OfferClosed,
    OfferMissing,
    OfferOpen,
    OwnOffer,
    TooManyOffers,
)
from marketplace.disputes.model import DisputeDecided, DisputeMissing
from marketplace.disputes.talks.wire import (
    Conversation,
    DisputeMessage,
    NewMessage,
    ReadMark,
    conversation_to_wire,
    message_to_wire,
)
from marketplace.disputes.wire import Dispute, dispute_to_wire
from marketplace.kit.team import DISPUTES, VIEW
from marketplace.orders.model import AwardDoesNotSum, ScreeningPending, TransitionRefused
from marketplace.returns.errors import NothingToSendBack, ReturnRefused, ReturnsMoved
from marketplace.web import Request, Verified, make_app, route
from marketplace.wiring import Services, live

_ANSWERING = (DisputeMissing, OfferMissing, OwnOffer, OfferClosed, DisputeDecided, DisputeMoved)


@route(
    "POST",
    "/disputes/{dispute_id}/offers",
    access=Verified,
    body=NewOffer,
    returns=Dispute,
    status=201,
    errors=(
        DisputeMissing,
        TransitionRefused,
        AwardDoesNotSum,
        OfferMissing,
        OfferClosed,
        OfferOpen,
        OwnOffer,
        TooManyOffers,
        NothingToSendBack,
        DisputeMoved,
    ),
    team=DISPUTES,
)
def make_offer(request: Request, services: Services) -> Dispute:
    """Propose how to end the dispute; `counters` names the other side's offer that this one answers.

    One offer of each side is open at a time. Accepted, the money moves at once, or with `return_needed` once the goods
    are back.
    """
    said, who = request.body, request.account
    view = services.disputes.offer(
        request.path["dispute_id"],
        who.seller_id,
        said.refund_minor,
        expires_in_hours=said.expires_in_hours,
        return_needed=said.return_needed,
        counters=said.counters or "",
        by=who.member_id,
    )
    return dispute_to_wire(view, services.clock.now())


@route(
    "POST",
    "/disputes/{dispute_id}/offers/{offer_id}/accept",
    access=Verified,
    returns=Dispute,
    errors=(
        *_ANSWERING,
        TransitionRefused,
        AwardDoesNotSum,
        AgreementHeld,
        ScreeningPending,
        NothingToSendBack,
        ReturnRefused,
        ReturnsMoved,
    ),
    team=DISPUTES,
)
def accept_offer(request: Request, services: Services) -> Dispute:
    """Accept the other side's offer: the dispute is over and the money goes as it says.

    Where the offer wants the goods back, a return opens instead, and the money follows their receipt.
    """
    return _answered(request, services, services.disputes.accept_offer)


@route(
    "POST",
    "/disputes/{dispute_id}/offers/{offer_id}/decline",
    access=Verified,
    returns=Dispute,
    errors=_ANSWERING,
    team=DISPUTES,
)
def decline_offer(request: Request, services: Services) -> Dispute:
    """Decline the other side's offer."""
    return _answered(request, services, services.disputes.decline_offer)


@route(
    "POST",
    "/disputes/{dispute_id}/offers/{offer_id}/withdraw",
    access=Verified,
    returns=Dispute,
    errors=_ANSWERING,
    team=DISPUTES,
)
def withdraw_offer(request: Request, services: Services) -> Dispute:
    """Take back an offer of your own side."""
    return _answered(request, services, services.disputes.withdraw_offer)


@route(
    "POST",
    "/disputes/{dispute_id}/messages",
    access=Verified,
    body=NewMessage,
    returns=DisputeMessage,
    status=201,
    errors=(DisputeMissing, AudienceRefused, MessageRefused, MessagesFull, DisputeMoved),
    team=DISPUTES,
)
def write_message(request: Request, services: Services) -> DisputeMessage:
    """Write to an audience. Contact and payment details are refused: what is agreed here is protected here."""
    said, who = request.body, request.account
    made = services.conversations.write(
        request.path["dispute_id"],
        who.seller_id,
        said.text,
        said.audience,
        operator=who.is_staff,
        by=who.member_id,
    )
    return message_to_wire(made)


@route(
    "GET",
    "/disputes/{dispute_id}/messages",
    access=Verified,
    returns=Conversation,
    errors=(DisputeMissing,),
    team=VIEW,
    private=True,
)
def read_messages(request: Request, services: Services) -> Conversation:
    """Read the conversation: what is for both sides, and what is between your side and the staff."""
    who = request.account
    thread = services.conversations.read(
        request.path["dispute_id"], who.seller_id, operator=who.is_staff, by=who.member_id
    )
    return conversation_to_wire(thread)


@route(
    "POST",
    "/disputes/{dispute_id}/messages/read",
    access=Verified,
    body=ReadMark,
    returns=Conversation,
    errors=(DisputeMissing,),
    team=DISPUTES,
)
def mark_read(request: Request, services: Services) -> Conversation:
    """Note how far your side has read."""
    who = request.account
    thread = services.conversations.mark_read(
        request.path["dispute_id"], who.seller_id, request.body.number, by=who.member_id
    )
    return conversation_to_wire(thread)


def _answered(request: Request, services: Services, act: Callable[..., DisputeView]) -> Dispute:
    path, who = request.path, request.account
    view = act(path["dispute_id"], path["offer_id"], who.seller_id, by=who.member_id)
    return dispute_to_wire(view, services.clock.now())


ROUTES = (make_offer, accept_offer, decline_offer, withdraw_offer, write_message, read_messages, mark_read)
handler = make_app("negotiations", *ROUTES, services=live)
