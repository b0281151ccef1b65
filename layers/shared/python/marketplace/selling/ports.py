"""What selling needs from outside."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from marketplace.accounts.model import Account, SellerProfile
from marketplace.kit.origin import Origin
from marketplace.kit.writes import Write
from marketplace.orders.model import Order
from marketplace.selling.model import Invitation, Member, TraderData


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything that is known of a seller, read at one moment."""

    account: Account
    seller: SellerProfile
    trader: TraderData | None


class SellingStore(Protocol):
    """Trader data, teams and exposure. Reads are consistent and one round trip each; the rest returns writes."""

    def facts(self, seller_id: str) -> Facts | None:
        """Read account, seller and trader data; None for somebody who never applied."""

    def trader(self, seller_id: str) -> TraderData | None: ...

    def declare(self, data: TraderData) -> Write:
        """Store the data in the place of what was there; refused with DataMoved when older than that."""

    def list_one_more(self, seller_id: str, most: int, refusal: Exception) -> Write:
        """Count a listing that goes on sale, while the seller is active; refused at `most`."""

    def list_one_less(self, seller_id: str) -> Write: ...

    def member(self, seller_id: str, account_id: str) -> tuple[Account, Member] | None:
        """Read a team's owner and one of its members; None unless both exist."""

    def members(self, seller_id: str) -> list[tuple[Member, str]]:
        """Return the members with their names."""

    def teams_of(self, account_id: str) -> list[Member]: ...
    def invitations(self, seller_id: str) -> list[Invitation]: ...
    def invitation(self, seller_id: str, invite_id: str) -> Invitation | None: ...
    def seller_of_invitation(self, invite_id: str) -> str | None: ...
    def invitation_of(self, token_hash: str) -> Invitation | None: ...
    def invite(self, invitation: Invitation) -> list[Write]: ...
    def put_token(self, token_hash: str, invitation: Invitation) -> Write: ...

    def withdraw(self, invitation: Invitation) -> list[Write]:
        """Remove an invitation; refused with InvitationMissing."""

    def join(self, member: Member, invitation: Invitation) -> list[Write]:
        """Spend the invitation; refused with InvitationInvalid, or TeamFull."""

    def change_role(self, member: Member, role: str) -> list[Write]:
        """Refused with MemberMissing."""

    def leave(self, member: Member) -> list[Write]:
        """Refused with MemberMissing."""


class Exposures(Protocol):
    """What somebody has under way, remembered so that it can be bounded inside a transaction.

    The row remembers what was open when somebody last looked: orders that ended since are taken out only when the row
    is full, so that nothing has to be written when an order ends.
    """

    def add(self, row: str, account_id: str, orders: Mapping[str, int], *, bound: "Bound") -> Write:
        """Add orders with their amounts; refused with the bound's refusal when the row would hold more."""

    def held(self, row: str, account_id: str) -> tuple[frozenset[str], int] | None:
        """Return the orders that the row remembers, and its revision."""

    def keep(self, row: str, account_id: str, orders: Mapping[str, int], revision: int) -> Write:
        """Let the row remember these alone; refused with TeamMoved when it changed since."""


@dataclass(frozen=True, slots=True)
class Bound:
    """How many orders, and how much money, one row may hold (None: as much as there is)."""

    orders_most: int
    minor_most: int | None
    refusal: Exception


class OrderReader(Protocol):
    """Orders, as exposures look at them."""

    def read_many(self, order_ids: list[str]) -> list[Order]:
        """Return those there are, consistently."""


class Owners(Protocol):
    """Accounts, as teams look at them."""

    def read(self, account_id: str) -> Account | None: ...


class Quota(Protocol):
    """How often somebody may invite."""

    def take(self, subject: str, now: datetime) -> Write:
        """Count one more; refused with a Limited error."""


class SecurityLog(Protocol):
    """The account's own log; see security/log.py."""

    def note(
        self,
        account_id: str,
        kind: str,
        *,
        origin: Origin | None = None,
        session_id: str | None = None,
        facts: Mapping[str, str | int] | None = None,
        once: str | None = None,
    ) -> list[Write]: ...
