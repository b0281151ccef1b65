"""/operator/payouts, /operator/switches, sellers' debts: what finance sees and stops alone, and lets go by two."""

from marketplace.orders.model import OwnCase
from marketplace.payouts.by_hand import NothingToSend
from marketplace.payouts.errors import HoldMissing, HoldTooLong, PayeeMissing, PayoutMissing, PayoutNotParked
from marketplace.payouts.finance.wire import (
    DebtShown,
    HeldSeller,
    ManualPayout,
    NewPayoutHold,
    NewWriteOff,
    PayoutHoldRelease,
    PayoutStateQuery,
    Reasoned,
    Stop,
    SwitchShown,
    held_to_wire,
    switch_to_wire,
)
from marketplace.payouts.model import PayoutState
from marketplace.payouts.switch import SwitchMissing, UnknownScope
from marketplace.payouts.wire import (
    HoldShown,
    PayoutExplained,
    PayoutShown,
    explained_to_wire,
    hold_to_wire,
    payout_to_wire,
    payouts_to_wire,
)
from marketplace.payouts.write_offs import NotSoMuchOwed
from marketplace.staff.errors import ProposalDiffers, ReasonsNeeded
from marketplace.staff.wire import ProposalView
from marketplace.storage.cursor import BadCursor
from marketplace.web import Finance, Page, PageQuery, Request, Staff, make_app, route
from marketplace.web.access import MoneyStaff
from marketplace.wiring import Services, live

_PROPOSING = (OwnCase, ReasonsNeeded, ProposalDiffers)


@route(
    "GET",
    "/operator/payouts",
    access=Finance,
    query=PayoutStateQuery,
    returns=Page[PayoutShown],
    errors=(BadCursor,),
)
def list_payouts_in_state(request: Request, services: Services) -> Page[PayoutShown]:
    """List payouts that are open, on their way, refused by a bank, or parked for a person, the oldest first."""
    asked = request.query
    return payouts_to_wire(services.payouts.listed(PayoutState(asked.state), asked.cursor, asked.limit), request.locale)


@route(
    "GET",
    "/operator/payouts/{payout_id}",
    access=Finance,
    query=PageQuery,
    returns=PayoutExplained,
    errors=(PayoutMissing, BadCursor),
)
def get_any_payout(request: Request, services: Services) -> PayoutExplained:
    """Read any seller's payout with what is in it."""
    payout, rows = services.payouts.explain(request.path["payout_id"], None, request.query.cursor, request.query.limit)
    return explained_to_wire(payout, rows, request.locale)


@route("POST", "/operator/payouts/{payout_id}/look-up", access=Finance, returns=PayoutShown, errors=(PayoutMissing,))
def look_up_payout(request: Request, services: Services) -> PayoutShown:
    """Look at Stripe once more for a parked payout; what is found there is adopted."""
    return payout_to_wire(services.payout_decisions.look_up(request.path["payout_id"]), request.locale)


@route(
    "POST",
    "/operator/payouts/{payout_id}/return",
    access=Finance,
    body=Reasoned,
    returns=ProposalView,
    status=201,
    step_up=True,
    errors=(PayoutMissing, PayoutNotParked, *_PROPOSING),
)
def propose_return(request: Request, services: Services) -> ProposalView:
    """Propose that a parked payout never left, so that its amount goes back; a second person decides."""
    reasons = request.body.reasons
    made = services.payout_decisions.propose_return(request.path["payout_id"], request.account, reasons)
    return ProposalView.of(made, made.state, request.locale)


@route(
    "POST",
    "/operator/payouts",
    access=Finance,
    body=ManualPayout,
    returns=ProposalView,
    status=201,
    step_up=True,
    errors=(PayeeMissing, NothingToSend, *_PROPOSING),
)
def propose_payout(request: Request, services: Services) -> ProposalView:
    """Propose to pay a balance out now, whatever its date and however small; a second person of finance decides."""
    said = request.body
    made = services.payouts_by_hand.propose(said.seller_id, said.currency, request.account, said.reasons)
    return ProposalView.of(made, made.state, request.locale)


@route("GET", "/operator/payout-holds", access=Finance, query=PageQuery, returns=Page[HeldSeller], errors=(BadCursor,))
def list_payout_holds(request: Request, services: Services) -> Page[HeldSeller]:
    """List holds that people placed or must lift, the oldest first."""
    return held_to_wire(services.payouts.held(request.query.cursor, request.query.limit), request.locale)


@route(
    "POST",
    "/operator/payout-holds",
    access=Finance,
    body=NewPayoutHold,
    returns=HoldShown,
    status=201,
    errors=(PayeeMissing, HoldTooLong),
)
def hold_payouts(request: Request, services: Services) -> HoldShown:
    """Hold a seller's payouts until a date, with reasons that the seller reads."""
    said, by = request.body, request.account.account_id
    made = services.payout_decisions.hold(said.seller_id, said.reasons, said.ends_at(), by=by)
    return hold_to_wire(made, request.locale)


@route(
    "POST",
    "/operator/payout-holds/release",
    access=Finance,
    body=PayoutHoldRelease,
    returns=ProposalView,
    status=201,
    step_up=True,
    errors=(HoldMissing, *_PROPOSING),
)
def propose_release(request: Request, services: Services) -> ProposalView:
    """Propose to end a hold; a second person of finance decides."""
    said = request.body
    made = services.payout_decisions.propose_release(
        said.seller_id, said.cause, said.key, request.account, said.reasons
    )
    return ProposalView.of(made, made.state, request.locale)


@route("GET", "/operator/switches", access=Staff, returns=Page[SwitchShown])
def list_switches(request: Request, services: Services) -> Page[SwitchShown]:
    """List what is stopped now, why, and how to resume."""
    return Page(items=[switch_to_wire(each, request.locale) for each in services.switch.standing()])


@route(
    "GET",
    "/operator/switches/{scope}",
    access=Staff,
    query=PageQuery,
    returns=Page[SwitchShown],
    errors=(UnknownScope, BadCursor),
)
def list_switch_changes(request: Request, services: Services) -> Page[SwitchShown]:
    """List every stop and resumption of a scope, the newest first."""
    rows = services.switch.history(request.path["scope"], request.query.cursor, request.query.limit)
    return Page(items=[switch_to_wire(each, request.locale) for each in rows.items], cursor=rows.cursor)


@route(
    "POST",
    "/operator/switches/stop",
    access=MoneyStaff,
    body=Stop,
    returns=SwitchShown,
    status=201,
    errors=(UnknownScope,),
)
def stop_payments(request: Request, services: Services) -> SwitchShown:
    """Stop payments to sellers at once: for everything, a currency or a seller. Stopping is safe, so one person may."""
    said = request.body
    made = services.payout_decisions.stop(said.scope, said.reasons, by=request.account.account_id)
    return switch_to_wire(made, request.locale)


@route(
    "POST",
    "/operator/switches/resume",
    access=MoneyStaff,
    body=Stop,
    returns=ProposalView,
    status=201,
    step_up=True,
    errors=(UnknownScope, SwitchMissing, *_PROPOSING),
)
def propose_resume(request: Request, services: Services) -> ProposalView:
    """Propose that payments go on; a second person of finance or administration decides."""
    said = request.body
    made = services.payout_decisions.propose_resume(said.scope, request.account, said.reasons)
    return ProposalView.of(made, made.state, request.locale)


@route(
    "GET",
    "/operator/sellers/{seller_id}/debts",
    access=Finance,
    returns=Page[DebtShown],
    errors=(PayeeMissing,),
)
def list_debts(request: Request, services: Services) -> Page[DebtShown]:
    """List what a seller owes after refunds and chargebacks that their balance did not cover, by currency."""
    found = services.write_offs.owed(request.path["seller_id"])
    return Page(items=[DebtShown(each.currency, each.owed_minor) for each in found])


@route(
    "POST",
    "/operator/sellers/{seller_id}/debts/write-off",
    access=Finance,
    body=NewWriteOff,
    returns=ProposalView,
    status=201,
    idempotent=True,
    step_up=True,
    errors=(PayeeMissing, NotSoMuchOwed, *_PROPOSING),
)
def propose_write_off(request: Request, services: Services) -> ProposalView:
    """Propose to give up some of a seller's debt, or all of it; a second person of finance decides."""
    said, seller_id, once = request.body, request.path["seller_id"], request.idempotency.key
    facts = (seller_id, said.currency, said.amount_minor, request.account, said.reasons)
    made = services.write_offs.propose(*facts, once)
    return ProposalView.of(made, made.state_at(services.clock.now()), request.locale)


ROUTES = (
    list_payouts_in_state,
    get_any_payout,
    look_up_payout,
    propose_return,
    propose_payout,
    list_payout_holds,
    hold_payouts,
    propose_release,
    list_switches,
    list_switch_changes,
    stop_payments,
    propose_resume,
    list_debts,
    propose_write_off,
)
handler = make_app("operator_payouts", *ROUTES, services=live)
