"""/disputes/{id}/appeal: what a loser may do about a decision, and who then decides again."""

from marketplace.disputes.asking.wire import NewAppeal, NewDecision
from marketplace.disputes.errors import (
    AcceptedAlready,
    AppealTooLate,
    AppealTwice,
    ClauseUnknown,
    DecisionProposed,
    DisputeMoved,
    LinesDoNotSum,
    NewEvidenceNeeded,
    NothingToAppeal,
    SameModerator,
    SecondPersonNeeded,
    WonAlready,
)
from marketplace.disputes.model import DisputeDecided, DisputeMissing
from marketplace.disputes.operating.wire import PrecedentMatch, match_to_wire
from marketplace.disputes.wire import Dispute, dispute_to_wire
from marketplace.kit.team import DISPUTES
from marketplace.orders.model import AwardDoesNotSum, OwnCase, TransitionRefused
from marketplace.payments.refund_model import ChargeDisputed, RefundNeedsPerson, RefundTooEarly, TooManyRefunds
from marketplace.payments.unclaimed_model import UnclaimedMoved
from marketplace.web import Moderator, Page, Request, Staff, Verified, make_app, route
from marketplace.wiring import Services, live


@route(
    "POST",
    "/disputes/{dispute_id}/accept-decision",
    access=Verified,
    returns=Dispute,
    errors=(DisputeMissing, NothingToAppeal, WonAlready, TransitionRefused, DisputeDecided),
    team=DISPUTES,
)
def accept_decision(request: Request, services: Services) -> Dispute:
    """Accept a decision that you lose by: when every side that does has accepted, it is carried out at once."""
    who = request.account
    view = services.disputes.accept_decision(request.path["dispute_id"], who.seller_id, by=who.member_id)
    return dispute_to_wire(view, services.clock.now())


@route(
    "POST",
    "/disputes/{dispute_id}/appeal",
    access=Verified,
    body=NewAppeal,
    returns=Dispute,
    errors=(
        DisputeMissing,
        NothingToAppeal,
        AppealTwice,
        WonAlready,
        AcceptedAlready,
        AppealTooLate,
        NewEvidenceNeeded,
        TransitionRefused,
        DisputeDecided,
        DisputeMoved,
    ),
    team=DISPUTES,
)
def appeal_decision(request: Request, services: Services) -> Dispute:
    """Appeal a decision that you lost, once, with evidence uploaded since; both sides may where both lost.

    Whoever appeals while the other side's appeal waits gets the same answer: it is given to both, and is the last word.
    Before it is carried out the money waits for the answer. After that, until 30 days from the decision, a buyer who is
    right gets a further refund, and a seller who is right is paid by the marketplace.
    """
    who, said = request.account, request.body.statement
    view = services.appeals.appeal(request.path["dispute_id"], who.seller_id, said, by=who.member_id)
    return dispute_to_wire(view, services.clock.now())


@route(
    "POST",
    "/disputes/{dispute_id}/appeal/decision",
    access=Moderator,
    body=NewDecision,
    returns=Dispute,
    errors=(
        DisputeMissing,
        OwnCase,
        NothingToAppeal,
        DisputeDecided,
        SameModerator,
        SecondPersonNeeded,
        DecisionProposed,
        TransitionRefused,
        AwardDoesNotSum,
        ClauseUnknown,
        LinesDoNotSum,
        DisputeMoved,
        ChargeDisputed,
        UnclaimedMoved,
        RefundTooEarly,
        RefundNeedsPerson,
        TooManyRefunds,
    ),
)
def decide_appeal(request: Request, services: Services) -> Dispute:
    """Decide an appeal, as somebody who had no part in the first decision.

    `refund_minor` is what the buyer gets in all; once the money went, whoever appealed is not left worse off. It is
    carried out at once, and is the last word here. Above the limit a second person approves it.
    """
    said, decider = request.body, request.account
    facts = (decider.account_id, said.refund_minor, said.clause, said.reasons)
    view = services.appeals.decide(request.path["dispute_id"], *facts, lines=said.pairs, principal=decider)
    return dispute_to_wire(view, services.clock.now())


@route(
    "GET",
    "/operator/disputes/{dispute_id}/precedents",
    access=Staff,
    returns=Page[PrecedentMatch],
    errors=(DisputeMissing,),
)
def list_precedents(request: Request, services: Services) -> Page[PrecedentMatch]:
    """See how the most similar cases were decided: a suggestion, which binds nobody."""
    view = services.disputes.view(request.path["dispute_id"], request.account.account_id, operator=True)
    return Page([match_to_wire(each) for each in services.aftermath.similar(view.dispute, view.order)])


ROUTES = (accept_decision, appeal_decision, decide_appeal, list_precedents)
handler = make_app("appeals", *ROUTES, services=live)
