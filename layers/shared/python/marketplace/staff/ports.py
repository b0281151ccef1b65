"""What staff's use cases need from outside."""

from collections.abc import Callable
from datetime import datetime
from typing import Protocol

from marketplace.accounts.model import Account
from marketplace.kit.rows import Rows
from marketplace.kit.writes import Write
from marketplace.staff.model import Act, Proposal, Receipt, Suspension, Visit

Effect = Callable[[Proposal], list[Write]]
IsMember = Callable[[str, str], bool]  # (seller, account): acts for that seller, whose matters are theirs too


class Proposals(Protocol):
    """Proposals by id, and a list of them by state."""

    def proposal(self, proposal_id: str) -> Proposal | None: ...

    def add_proposal(self, proposal: Proposal) -> Write:
        """Store a new one; refused with ProposalDecided when its id is taken."""

    def decide_proposal(self, decided: Proposal) -> Write:
        """Store who decided and why; refused with ProposalDecided once decided, or approved by its proposer."""

    def proposals(self, state: str, cursor: str | None, limit: int) -> Rows[Proposal]:
        """List by state, the newest first.

        Raises: BadCursor.
        """


class Acts(Protocol):
    """The record of what staff did: it only grows."""

    def add_act(self, act: Act) -> Write: ...

    def acts(self, cursor: str | None, limit: int) -> Rows[Act]:
        """List acts, the newest first.

        Raises: BadCursor.
        """


class Roster(Protocol):
    """Who has which role, and how many administrators there are."""

    def admins(self) -> int: ...

    def dismissals(self, account_id: str) -> int:
        """Return how often a role was taken from somebody."""

    def appoint(self, account_id: str, role: str, *, alone: bool, dismissals: int | None = None) -> list[Write]:
        """Note a role; `alone` is refused with ApprovalNeeded once there is a second administrator.

        Refused with RosterDiffers when another role was taken away since there were so many `dismissals`.
        """

    def enlist(self, account_id: str, role: str) -> list[Write]:
        """Note a role that the deployment itself gave."""

    def dismiss(self, account_id: str, role: str) -> list[Write]:
        """Take a role off; refused with LastAdmin when nobody could appoint any more."""

    def dismiss_whole(self, account_id: str, roles: frozenset[str], *, dismissals: int | None = None) -> list[Write]:
        """Take somebody off the roster; refused with LastAdmin and RosterDiffers as above."""


class Standings(Protocol):
    """Suspensions, and the receipts of every decision about them."""

    def suspension(self, account_id: str) -> Suspension | None: ...

    def suspend(self, suspension: Suspension) -> Write:
        """Store one; refused with AlreadySuspended while another is in force."""

    def change_suspension(self, before: Suspension, after: Suspension, refusal: Exception) -> Write:
        """Replace what was read, unless it changed meanwhile."""

    def add_receipt(self, receipt: Receipt) -> Write: ...
    def receipts(self, account_id: str) -> list[Receipt]: ...

    def appeals(self, cursor: str | None, limit: int) -> Rows[Suspension]:
        """List appeals that wait, the longest waiting first.

        Raises: BadCursor.
        """


class Visits(Protocol):
    """Visits by the account that was looked at."""

    def visit(self, account_id: str, visit_id: str) -> Visit | None: ...
    def add_visit(self, visit: Visit) -> Write: ...

    def end_visit(self, ended: Visit) -> Write:
        """Note the end; refused with VisitMissing when it has one."""


class People(Protocol):
    """Accounts, as far as staff changes them."""

    def read(self, account_id: str) -> Account | None: ...
    def payouts_after(self, account_id: str) -> datetime | None: ...

    def grant_role(self, account_id: str, role: str) -> Write:
        """Refused with AppointeeUnready unless address and second factor stand, and the role is not there."""

    def remove_role(self, account_id: str, role: str) -> Write:
        """Take the role and end every session; refused with RoleNotHeld."""

    def dismiss(self, account: Account) -> Write:
        """Take every role and end every session; refused with RoleNotHeld unless the roles stand as read."""

    def suspend(self, account_id: str, *, selling_only: bool) -> Write:
        """Mark the account, and end its sessions unless it only stops selling; refused with StaffStands for staff."""

    def reinstate(self, account_id: str) -> Write: ...


class BeginningRecovery(Protocol):
    """The way back for somebody who lost everything; see factors/recovery.py."""

    def beginning(self, account_id: str) -> list[Write]: ...
