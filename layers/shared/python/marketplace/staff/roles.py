"""Who may act for the marketplace, and in which role. Nobody appoints themselves.

While there is one administrator, that one appoints alone; from the second on, nobody becomes an administrator or gets
a hand on money before two agreed. Taking a role away needs one: it only makes somebody less powerful.
"""

from collections.abc import Callable
from dataclasses import dataclass

from marketplace.accounts.errors import AccountMissing, AppointeeUnready, RoleHeld, RoleNotHeld
from marketplace.accounts.model import Account
from marketplace.kit.principal import ADMIN, FINANCE, Principal
from marketplace.kit.writes import Transactions, Write
from marketplace.security.log import SecurityLog
from marketplace.staff.acts import StaffActs
from marketplace.staff.approvals import Approvals, reasons_of
from marketplace.staff.errors import NoSelfService
from marketplace.staff.model import Proposal
from marketplace.staff.ports import People, Roster

BY_TWO = frozenset({ADMIN, FINANCE})


@dataclass(frozen=True, slots=True)
class Appointment:
    """What came of asking: the roles that the account has now, and the proposal that waits, if one must."""

    account_id: str
    roles: frozenset[str]
    proposal: Proposal | None = None


class Roles:
    """Appointing and dismissing."""

    def __init__(
        self,
        *,
        transactions: Transactions,
        people: People,
        roster: Roster,
        acts: StaffActs,
        log: SecurityLog,
        approvals: Callable[[], Approvals],
    ) -> None:
        self._transactions = transactions
        self._people = people
        self._roster = roster
        self._acts = acts
        self._log = log
        self._approvals = approvals

    def grant(self, account_id: str, role: str, principal: Principal, reasons: str, once: str) -> Appointment:
        """Give a role now, or propose it where a second administrator must agree; `once` names the attempt.

        Raises: NoSelfService; AccountMissing; AppointeeUnready; RoleHeld; ReasonsNeeded; ApprovalNeeded when another
        administrator was made in the same moment; RosterDiffers.
        """
        account = self._appointee(account_id, role, principal)
        said = reasons_of(reasons)
        if role in BY_TWO and self._roster.admins() > 1:
            proposal = self._approvals().propose(
                kind="role.grant",
                subject=account_id,
                facts={"role": role},
                principal=principal,
                reasons=said,
                once=f"{role}#{principal.account_id}#{once}",
            )
            return Appointment(account_id, account.roles, proposal)
        act = self._acts.note(principal.account_id, "role.granted", account_id, {"role": role}, said)
        self._transactions.commit([*self._granted(account_id, role, alone=role in BY_TWO), act])
        return Appointment(account_id, account.roles | {role})

    def remove(self, account_id: str, role: str, principal: Principal) -> Appointment:
        """Take a role away at once, and end the account's sessions.

        Raises: NoSelfService; AccountMissing; RoleNotHeld; LastAdmin; RosterDiffers.
        """
        account = self._other(account_id, principal)
        if role not in account.roles:
            raise RoleNotHeld
        act = self._acts.note(principal.account_id, "role.removed", account_id, {"role": role})
        told = self._log.note(account_id, "role:removed", facts={"role": role})
        taken = [self._people.remove_role(account_id, role), *self._roster.dismiss(account_id, role)]
        self._transactions.commit([*taken, act, *told])
        return Appointment(account_id, account.roles - {role})

    def granted(self, proposal: Proposal) -> list[Write]:
        """Return what an approved proposal of kind "role.grant" changes."""
        return self._granted(proposal.subject, str(proposal.facts["role"]), alone=False)

    def _granted(self, account_id: str, role: str, *, alone: bool) -> list[Write]:
        told = self._log.note(account_id, "role:granted", facts={"role": role})
        noted = self._roster.appoint(account_id, role, alone=alone)
        return [self._people.grant_role(account_id, role), *noted, *told]

    def _appointee(self, account_id: str, role: str, principal: Principal) -> Account:
        account = self._other(account_id, principal)
        if role in account.roles:
            raise RoleHeld
        if not (account.email_verified and account.has_factor) or account.suspended or account.locked:
            raise AppointeeUnready
        return account

    def _other(self, account_id: str, principal: Principal) -> Account:
        if account_id == principal.account_id:
            raise NoSelfService
        account = self._people.read(account_id)
        if account is None:
            raise AccountMissing
        return account
