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
from marketplace.staff.errors import NoSelfService, RolesMoved
from marketplace.staff.model import Proposal
from marketplace.staff.ports import People, Roster

KIND = "role.grant"
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
        administrator was made in the same moment; RosterDiffers; ProposalDiffers.
        """
        account, said = self._other(account_id, principal), reasons_of(reasons)
        if role in BY_TWO and self._roster.admins() > 1:
            return self._proposed(account, role, principal, said, f"{role}#{principal.account_id}#{once}")
        _check_ready(account, role)
        act = self._acts.note(principal.account_id, "role.granted", account_id, {"role": role}, said)
        self._transactions.commit([*self._granted(account_id, role, alone=role in BY_TWO), act])
        return Appointment(account_id, account.roles | {role})

    def _proposed(self, account: Account, role: str, principal: Principal, reasons: str, once: str) -> Appointment:
        subject, approvals = account.account_id, self._approvals()
        proposal = approvals.repeated(
            kind=KIND, subject=subject, asked={"role": role}, principal=principal, reasons=reasons, once=once
        )
        if proposal is None:
            _check_ready(account, role)
            facts: dict[str, str | int] = {"role": role, "dismissals": self._roster.dismissals(subject)}
            proposal = approvals.propose(
                kind=KIND, subject=subject, facts=facts, principal=principal, reasons=reasons, once=once
            )
        return Appointment(account.account_id, account.roles, proposal)

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
        """Return what an approved proposal of kind "role.grant" changes.

        Raises: RolesMoved when they lost a role meanwhile, and RosterDiffers when they lose it in between.
        """
        dismissals = dismissals_of(proposal)
        if self._roster.dismissals(proposal.subject) != dismissals:
            raise RolesMoved
        return self._granted(proposal.subject, str(proposal.facts["role"]), alone=False, dismissals=dismissals)

    def _granted(self, account_id: str, role: str, *, alone: bool, dismissals: int | None = None) -> list[Write]:
        told = self._log.note(account_id, "role:granted", facts={"role": role})
        noted = self._roster.appoint(account_id, role, alone=alone, dismissals=dismissals)
        return [self._people.grant_role(account_id, role), *noted, *told]

    def _other(self, account_id: str, principal: Principal) -> Account:
        if account_id == principal.account_id:
            raise NoSelfService
        account = self._people.read(account_id)
        if account is None:
            raise AccountMissing
        return account


def _check_ready(account: Account, role: str) -> None:
    if role in account.roles:
        raise RoleHeld
    if not (account.email_verified and account.has_factor) or account.suspended or account.locked:
        raise AppointeeUnready


def dismissals_of(proposal: Proposal) -> int:
    """Return how often the person had lost a role when it was proposed."""
    return int(proposal.facts.get("dismissals", 0))
