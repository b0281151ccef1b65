"""/operator/accounts: how accounts stand, for the staff: roles, suspensions, visits; and the record of all acts."""

from marketplace.accounts.errors import AccountMissing, AppointeeUnready, RoleHeld, RoleNotHeld, StaffStands
from marketplace.orders.model import OwnCase
from marketplace.staff.errors import (
    AlreadySuspended,
    ApprovalNeeded,
    LastAdmin,
    NoAppeal,
    NoSelfService,
    NotSuspended,
    ProposalDiffers,
    ReasonsNeeded,
    RosterDiffers,
    SameDecider,
    StaffNotVisited,
    VisitMissing,
)
from marketplace.staff.wire import (
    AccountView,
    ActView,
    NewRole,
    NewSuspension,
    NewVisit,
    ProposalView,
    RolesView,
    StaffReasons,
    SuspensionAppealDecision,
    SuspensionView,
    VisitBegun,
)
from marketplace.storage.cursor import BadCursor
from marketplace.web import Admin, Moderator, Page, PageQuery, Request, Staff, Support, make_app, route
from marketplace.wiring import Services, live

_ONE = "/operator/accounts/{account_id}"
_APPOINTING = (AccountMissing, NoSelfService, RosterDiffers)


@route("GET", _ONE, access=Staff, returns=AccountView, errors=(AccountMissing,))
def get_account_standing(request: Request, services: Services) -> AccountView:
    """Read how an account stands, without anything that says whose it is. Looking is noted."""
    return AccountView.of(services.desk.look(request.path["account_id"], request.account))


@route(
    "POST",
    f"{_ONE}/roles",
    access=Admin,
    body=NewRole,
    returns=RolesView,
    step_up=True,
    idempotent=True,
    errors=(*_APPOINTING, AppointeeUnready, RoleHeld, ReasonsNeeded, ApprovalNeeded, ProposalDiffers),
)
def grant_role(request: Request, services: Services) -> RolesView:
    """Give an account a role; where a second administrator must agree, make the proposal.

    Nobody appoints themselves. `admin` and `finance` take two, as soon as there are two administrators: `proposal_id`
    then names what waits at /operator/proposals.
    """
    asked = request.body
    made = services.roles.grant(
        request.path["account_id"], asked.role, request.account, asked.reasons, request.idempotency.key
    )
    return RolesView.of(made)


@route(
    "DELETE",
    f"{_ONE}/roles/{{role}}",
    access=Admin,
    returns=RolesView,
    step_up=True,
    errors=(*_APPOINTING, RoleNotHeld, LastAdmin),
)
def remove_role(request: Request, services: Services) -> RolesView:
    """Take a role from an account at once, and end its sessions; not one's own, and not the last administrator's."""
    return RolesView.of(services.roles.remove(request.path["account_id"], request.path["role"], request.account))


@route(
    "POST",
    f"{_ONE}/recovery",
    access=Admin,
    body=StaffReasons,
    returns=ProposalView,
    status=201,
    step_up=True,
    idempotent=True,
    errors=(AccountMissing, NoSelfService, RoleNotHeld, ReasonsNeeded, ProposalDiffers),
)
def propose_staff_recovery(request: Request, services: Services) -> ProposalView:
    """Propose that somebody of the staff who lost password and factors is let back in.

    Once another administrator agrees the roles go, sessions end, and a recovery begins, as for everybody: addresses
    are told, and 72 hours later a mailed link finishes it. The roles are granted anew, beside a new second factor.
    """
    who, said = request.path["account_id"], request.body.reasons
    made = services.staff_recovery.propose(who, request.account, said, request.idempotency.key)
    return ProposalView.of(made, made.state, request.locale)


@route(
    "POST",
    f"{_ONE}/suspension",
    access=Admin,
    body=NewSuspension,
    returns=SuspensionView,
    status=201,
    step_up=True,
    errors=(AccountMissing, OwnCase, StaffStands, AlreadySuspended, ReasonsNeeded),
)
def suspend_account(request: Request, services: Services) -> SuspensionView:
    """Suspend an account, or only its selling: on a clause, for reasons that the person reads and may appeal against.

    Sessions end, listings stop selling and payouts wait; orders that are running go on.
    """
    said = request.body
    made = services.suspensions.suspend(
        request.path["account_id"], request.account, clause=said.clause, reasons=said.reasons, scope=said.scope
    )
    return SuspensionView.of(made)


@route(
    "POST",
    f"{_ONE}/suspension/lift",
    access=Admin,
    body=StaffReasons,
    returns=SuspensionView,
    step_up=True,
    errors=(OwnCase, NotSuspended, ReasonsNeeded),
)
def lift_suspension(request: Request, services: Services) -> SuspensionView:
    """Lift a suspension without waiting for an appeal."""
    path, said = request.path, request.body
    return SuspensionView.of(services.suspensions.lift(path["account_id"], request.account, said.reasons))


@route(
    "POST",
    f"{_ONE}/suspension/appeal",
    access=Moderator,
    body=SuspensionAppealDecision,
    returns=SuspensionView,
    errors=(OwnCase, NoAppeal, SameDecider, ReasonsNeeded),
)
def decide_suspension_appeal(request: Request, services: Services) -> SuspensionView:
    """Judge an appeal against a suspension, as somebody who did not make it; the person reads the reasons."""
    said = request.body
    decided = services.suspensions.decide_appeal(
        request.path["account_id"], request.account, granted=said.outcome == "granted", reasons=said.reasons
    )
    return SuspensionView.of(decided)


@route(
    "GET",
    "/operator/appeals",
    access=Moderator,
    query=PageQuery,
    returns=Page[SuspensionView],
    errors=(BadCursor,),
)
def list_suspension_appeals(request: Request, services: Services) -> Page[SuspensionView]:
    """List appeals against suspensions, the longest waiting first."""
    rows = services.suspensions.waiting_appeals(request.query.cursor, request.query.limit)
    return Page(items=[SuspensionView.of(each) for each in rows.items], cursor=rows.cursor)


@route(
    "POST",
    f"{_ONE}/visits",
    access=Support,
    body=NewVisit,
    returns=VisitBegun,
    status=201,
    step_up=True,
    errors=(AccountMissing, OwnCase, StaffNotVisited, ReasonsNeeded),
)
def begin_visit(request: Request, services: Services) -> VisitBegun:
    """Look through somebody's eyes for fifteen minutes, for a case.

    The token reads what the owner reads, except messages and secrets, and changes nothing. The owner is told, sees it
    in the list of sessions, and may end it.
    """
    asked = request.body
    begun = services.visits.begin(request.path["account_id"], request.account, case=asked.case, reasons=asked.reasons)
    return VisitBegun.of(begun)


@route("DELETE", f"{_ONE}/visits/{{visit_id}}", access=Support, status=204, errors=(VisitMissing,))
def end_visit(request: Request, services: Services) -> None:
    """End your own visit before its time."""
    services.visits.end(request.path["account_id"], request.path["visit_id"], request.account)


@route("GET", "/operator/audit", access=Admin, query=PageQuery, returns=Page[ActView], errors=(BadCursor,))
def list_acts(request: Request, services: Services) -> Page[ActView]:
    """List what staff did and looked at, the newest first."""
    rows = services.acts.page(request.query.cursor, request.query.limit)
    return Page(items=[ActView.of(act) for act in rows.items], cursor=rows.cursor)


ROUTES = (
    get_account_standing,
    grant_role,
    remove_role,
    propose_staff_recovery,
    suspend_account,
    lift_suspension,
    decide_suspension_appeal,
    list_suspension_appeals,
    begin_visit,
    end_visit,
    list_acts,
)
handler = make_app("operator_accounts", *ROUTES, services=live)
