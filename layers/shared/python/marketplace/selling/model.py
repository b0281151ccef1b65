"""Trader data, teams and invitations as values; what each part in a team may do stands in kit/team.py."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from marketplace.kit.errors import Conflict, Forbidden, Invalid, Missing

CONFIRMED_FOR = timedelta(days=365)  # then a trader says anew that the data is right: DSA, Article 30(3)
MEMBERS_MAX = 20  # of one team
INVITATION_KEPT = timedelta(days=7)
INVITATION = "inv"
TEXT_LENGTH_MAX = 120  # characters of a street, a town, a register's name
POSTAL_CODE_LENGTH_MAX = 12
PHONE_LENGTH_MAX = 20
REGISTER_NUMBER_LENGTH_MAX = 40

# European Union, ISO 3166-1 alpha-2: where the Digital Services Act applies to a trader's establishment.
EU_COUNTRIES = frozenset(
    "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK".split()  # noqa: SIM905
)
_PHONE = re.compile(r"\+[1-9][0-9]{6,14}")  # E.164


class ChecklistIncomplete(Forbidden):
    """What must be known of this seller before anything is offered is not known yet; `missing` lists it."""

    code = "checklist_incomplete"
    title_en = "Something about you as a seller is still missing. GET /sellers/me/checklist says what, and what to do."
    title_es = "Aún falta algo sobre ti como vendedor. GET /sellers/me/checklist dice qué, y qué hacer."


class TraderDataInvalid(Invalid):
    """Some of the data cannot be right; `fields` says which."""

    code = "trader_data_invalid"
    title_en = "Some of this data cannot be right."
    title_es = "Algunos de estos datos no pueden ser correctos."


class NotATrader(Conflict):
    """A private seller owes none of this, and nobody wants to keep what is not needed."""

    code = "not_a_trader"
    title_en = "Only traders give this data; you sell as a private person."
    title_es = "Estos datos solo los dan los comerciantes; tú vendes como particular."


class MemberMissing(Missing):
    """Nobody of this team."""

    code = "member_not_found"
    title_en = "Nobody of this team goes by that id."
    title_es = "Nadie de este equipo tiene ese identificador."


class TeamFull(Conflict):
    """The team has as many members as it may."""

    code = "team_full"
    title_en = f"A team has at most {MEMBERS_MAX} members."
    title_es = f"Un equipo tiene como máximo {MEMBERS_MAX} miembros."


class InvitationInvalid(Invalid):
    """The invitation is unknown, used, withdrawn, expired or for another address: the answer does not tell which."""

    code = "invitation_invalid"
    title_en = "This invitation is no longer good for your account. Ask for a new one."
    title_es = "Esta invitación ya no sirve para tu cuenta. Pide una nueva."

    def __init__(self) -> None:
        super().__init__(fields={"token": "not_good"})


class InvitationMissing(Missing):
    """No such invitation of this seller's."""

    code = "invitation_not_found"
    title_en = "There is no such invitation."
    title_es = "No existe esa invitación."


class TeamMoved(Conflict):
    """The team changed meanwhile; raised inside a transaction, and tried anew."""

    code = "team_moved"
    title_en = "The team changed meanwhile. Try again."
    title_es = "El equipo cambió entretanto. Inténtalo de nuevo."


class DataMoved(Conflict):
    """Somebody changed the same data a moment ago."""

    code = "trader_data_moved"
    title_en = "The data changed meanwhile. Read it again."
    title_es = "Los datos cambiaron entretanto. Vuelve a leerlos."


@dataclass(frozen=True, slots=True)
class TraderData:
    """What a trader says of itself; all of it is shown to buyers (DSA, Article 30(7)), and sealed at rest."""

    seller_id: str
    street: str
    postal_code: str
    city: str
    phone: str  # E.164
    contact_email: str
    register_name: str  # "" for somebody whom no register must have
    register_number: str
    self_certified: bool  # to offer only what complies with the law of the Union
    attested_at: datetime

    @property
    def confirm_by(self) -> datetime:
        """When it must be said anew that all of this is right."""
        return self.attested_at + CONFIRMED_FOR


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody who may act for a seller."""

    seller_id: str
    account_id: str
    role: str
    joined_at: datetime


@dataclass(frozen=True, slots=True)
class Invitation:
    """An address that was asked to join, until it does."""

    seller_id: str
    invite_id: str
    email: str  # normalised
    locale: str  # in which it is written to
    role: str
    invited_at: datetime
    expires_at: datetime

    def is_live(self, now: datetime) -> bool:
        return now < self.expires_at


def check_trader_data(data: TraderData) -> None:
    """Refuse what cannot be right.

    Raises: TraderDataInvalid.
    """
    wrong = {
        name: "not_shown"
        for name in ("street", "postal_code", "city", "register_name", "register_number")
        if not getattr(data, name).isprintable()
    }
    if not _PHONE.fullmatch(data.phone):
        wrong["phone"] = "not_e164"
    if bool(data.register_name) != bool(data.register_number):
        wrong["register_number"] = "register_and_number_go_together"
    if not data.self_certified:
        wrong["self_certified"] = "must_be_true"
    if wrong:
        raise TraderDataInvalid(fields=wrong)
