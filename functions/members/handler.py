"""/sellers/me/members and /memberships: whom a seller lets act for them, seen from both sides."""

from marketplace.accounts.errors import EmailInvalid, TooManyAttempts
from marketplace.selling.model import InvitationInvalid, InvitationMissing, MemberMissing, TeamFull
from marketplace.selling.wire import (
    InvitationShown,
    InvitationToken,
    MemberRole,
    Membership,
    Memberships,
    NewMember,
    TeamShown,
    team_to_wire,
)
from marketplace.web import Request, SellerApplicant, Verified, make_app, route
from marketplace.wiring import Services, live


@route("GET", "/sellers/me/members", access=SellerApplicant, returns=TeamShown, private=True)
def list_members(request: Request, services: Services) -> TeamShown:
    """Read who may act for you, and who was asked and has not answered."""
    return team_to_wire(services.teams.team(request.account.account_id))


@route(
    "POST",
    "/sellers/me/members",
    access=SellerApplicant,
    body=NewMember,
    returns=InvitationShown,
    status=201,
    errors=(EmailInvalid, TooManyAttempts),
    step_up=True,
)
def invite_member(request: Request, services: Services) -> InvitationShown:
    """Ask somebody by e-mail to act for you; the answer is the same whether or not they have an account.

    The mailed link works once, for seven days, and for the account with that address alone.
    """
    asked, owner = request.body, request.account
    return InvitationShown.of(services.teams.invite(owner.account_id, asked.email, asked.role, request.locale))


@route(
    "DELETE",
    "/sellers/me/invitations/{invitation_id}",
    access=SellerApplicant,
    status=204,
    errors=(InvitationMissing,),
    step_up=True,
)
def withdraw_invitation(request: Request, services: Services) -> None:
    """Take an invitation back; its link is good for nothing from now on."""
    services.teams.withdraw(request.account.account_id, request.path["invitation_id"])


@route(
    "PATCH",
    "/sellers/me/members/{account_id}",
    access=SellerApplicant,
    body=MemberRole,
    returns=Membership,
    errors=(MemberMissing,),
    step_up=True,
)
def change_member(request: Request, services: Services) -> Membership:
    """Give a member another part, from their very next request on."""
    owner_id, member_id = request.account.account_id, request.path["account_id"]
    return Membership.of(services.teams.change_role(owner_id, member_id, request.body.role, request.origin))


@route(
    "DELETE",
    "/sellers/me/members/{account_id}",
    access=SellerApplicant,
    status=204,
    errors=(MemberMissing,),
    step_up=True,
)
def remove_member(request: Request, services: Services) -> None:
    """Let somebody act for you no more, from their very next request on."""
    services.teams.remove(request.account.account_id, request.path["account_id"], origin=request.origin)


@route(
    "POST",
    "/memberships",
    access=Verified,
    body=InvitationToken,
    returns=Membership,
    status=201,
    errors=(InvitationInvalid, TeamFull),
)
def accept_invitation(request: Request, services: Services) -> Membership:
    """Accept an invitation; your account's address must be the one that was asked."""
    return Membership.of(services.teams.accept(request.account.account_id, request.body.token, request.origin))


@route("GET", "/memberships", access=Verified, returns=Memberships)
def list_memberships(request: Request, services: Services) -> Memberships:
    """List the sellers for whom you may act, and in what part."""
    return Memberships(teams=[Membership.of(member) for member in services.teams.teams_of(request.account.account_id)])


@route("DELETE", "/memberships/{seller_id}", access=Verified, status=204, errors=(MemberMissing,))
def leave_team(request: Request, services: Services) -> None:
    """Stop acting for a seller."""
    services.teams.remove(request.path["seller_id"], request.account.account_id, origin=request.origin)


ROUTES = (
    list_members,
    invite_member,
    withdraw_invitation,
    change_member,
    remove_member,
    accept_invitation,
    list_memberships,
    leave_team,
)
handler = make_app("members", *ROUTES, services=live)
