"""Trader data, checklist and teams as the API says them."""

from typing import Annotated, Literal, Self

import msgspec

from marketplace.kit.clock import to_text
from marketplace.selling.checklist import Checklist, Item
from marketplace.selling.model import (
    PHONE_LENGTH_MAX,
    POSTAL_CODE_LENGTH_MAX,
    REGISTER_NUMBER_LENGTH_MAX,
    TEXT_LENGTH_MAX,
    Invitation,
    Member,
    TraderData,
)
from marketplace.selling.teams import Team

EMAIL_LENGTH_MAX = 254  # RFC 5321, as signing up has it
TOKEN_LENGTH_MAX = 128
Words = Annotated[str, msgspec.Meta(min_length=1, max_length=TEXT_LENGTH_MAX)]
Role = Literal["manager", "shipper", "viewer"]


class TraderForm(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """What a trader says of itself; buyers see it. Leave both register fields empty if no register must have you."""

    street: Words
    postal_code: Annotated[str, msgspec.Meta(min_length=1, max_length=POSTAL_CODE_LENGTH_MAX, examples=["33150"])]
    city: Words
    phone: Annotated[str, msgspec.Meta(min_length=7, max_length=PHONE_LENGTH_MAX, examples=["+34985590000"])]
    contact_email: Annotated[
        str, msgspec.Meta(min_length=3, max_length=EMAIL_LENGTH_MAX, examples=["hola@vega.example"])
    ]
    register_name: Annotated[str, msgspec.Meta(max_length=TEXT_LENGTH_MAX)] = ""
    register_number: Annotated[str, msgspec.Meta(max_length=REGISTER_NUMBER_LENGTH_MAX)] = ""
    self_certified: Annotated[bool, msgspec.Meta(examples=[True])]


class MyTraderData(msgspec.Struct, frozen=True, kw_only=True):
    """What one said last; `data` is null before."""

    data: TraderForm | None
    attested_at: str | None
    confirm_by: str | None

    @classmethod
    def of(cls, data: TraderData | None) -> Self:
        if data is None:
            return cls(data=None, attested_at=None, confirm_by=None)
        form = TraderForm(**{name: getattr(data, name) for name in TraderForm.__struct_fields__})
        return cls(data=form, attested_at=to_text(data.attested_at), confirm_by=to_text(data.confirm_by))


class ChecklistItem(msgspec.Struct, frozen=True, kw_only=True):
    """One line: what is known, where from, since when, and what would complete it."""

    name: str
    text: str
    status: Literal["missing", "attested", "verified", "refused", "outdated"]
    required: bool
    source: Literal["marketplace", "seller", "stripe"]
    at: str | None
    to_do: str | None


class SellerChecklist(msgspec.Struct, frozen=True, kw_only=True):
    """What must be known of a seller before anything is on sale."""

    applies: Literal["dsa_article_30", "private_seller", "trader_elsewhere"]
    complete: bool
    confirm_by: str | None
    items: list[ChecklistItem]


class NewMember(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """Whom to ask, and for what part."""

    email: Annotated[str, msgspec.Meta(min_length=3, max_length=EMAIL_LENGTH_MAX, examples=["lin@example.com"])]
    role: Role


class MemberRole(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """The part that a member has from now on."""

    role: Role


class InvitationToken(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """What the mailed link carries."""

    token: Annotated[str, msgspec.Meta(min_length=1, max_length=TOKEN_LENGTH_MAX)]


class InvitationShown(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who was asked."""

    invitation_id: str
    email: str
    role: Role
    expires_at: str

    @classmethod
    def of(cls, invitation: Invitation) -> Self:
        return cls(
            invitation_id=invitation.invite_id,
            email=invitation.email,
            role=invitation.role,  # type: ignore[arg-type]
            expires_at=to_text(invitation.expires_at),
        )


class TeamMember(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who may act for the seller."""

    account_id: str
    name: str
    role: Role
    joined_at: str


class TeamShown(msgspec.Struct, frozen=True, kw_only=True):
    """Who may act for the seller, and who was asked."""

    members: list[TeamMember]
    invitations: list[InvitationShown]


class Membership(msgspec.Struct, frozen=True, kw_only=True):
    """A seller for whom one may act: send `Aval-Seller: {seller_id}`."""

    seller_id: str
    role: Role
    joined_at: str

    @classmethod
    def of(cls, member: Member) -> Self:
        return cls(
            seller_id=member.seller_id,
            role=member.role,  # type: ignore[arg-type]
            joined_at=to_text(member.joined_at),
        )


class Memberships(msgspec.Struct, frozen=True, kw_only=True):
    """Every seller for whom one may act."""

    teams: list[Membership]


def checklist_to_wire(found: Checklist, locale: str) -> SellerChecklist:
    """Write a checklist out in the reader's language."""
    return SellerChecklist(
        applies=found.applies,  # type: ignore[arg-type]
        complete=found.complete,
        confirm_by=to_text(found.confirm_by) if found.confirm_by else None,
        items=[_item(item, locale) for item in found.items],
    )


def team_to_wire(team: Team) -> TeamShown:
    """Show the owner their team."""
    members = [
        TeamMember(
            account_id=member.account_id,
            name=name,
            role=member.role,  # type: ignore[arg-type]
            joined_at=to_text(member.joined_at),
        )
        for member, name in team.members
    ]
    return TeamShown(members=members, invitations=[InvitationShown.of(each) for each in team.invitations])


def _item(item: Item, locale: str) -> ChecklistItem:
    spanish = locale == "es"
    return ChecklistItem(
        name=item.name,
        text=item.es if spanish else item.en,
        status=item.status,  # type: ignore[arg-type]
        required=item.required,
        source=item.source,  # type: ignore[arg-type]
        at=to_text(item.at) if item.at else None,
        to_do=(item.todo_es if spanish else item.todo_en) or None,
    )
