"""Letting somebody of the staff back in who lost everything: two administrators agree, and three days pass.

What two agree on makes the account an ordinary one (its roles go, its sessions end) and begins the recovery that
everybody has: every address is told, any session or mail calls it off, and 72 hours later a mailed link finishes it.
The roles are granted anew once there is a second factor: nobody of the staff is ever without one.
"""

from marketplace.accounts.errors import AccountMissing, RoleNotHeld
from marketplace.kit.principal import Principal
from marketplace.kit.writes import Write
from marketplace.security.log import SecurityLog
from marketplace.staff.approvals import Approvals
from marketplace.staff.errors import NoSelfService, RolesMoved
from marketplace.staff.model import Proposal
from marketplace.staff.ports import BeginningRecovery, People, Roster
from marketplace.staff.roles import dismissals_of

KIND = "account.recover"


class StaffRecovery:
    """Proposes it, and carries it out."""

    def __init__(
        self,
        *,
        people: People,
        roster: Roster,
        recoveries: BeginningRecovery,
        approvals: Approvals,
        log: SecurityLog,
    ) -> None:
        self._people = people
        self._roster = roster
        self._recoveries = recoveries
        self._approvals = approvals
        self._log = log

    def propose(self, account_id: str, principal: Principal, reasons: str, once: str) -> Proposal:
        """Propose that somebody of the staff is let back in; `once` names the attempt.

        Raises: NoSelfService; AccountMissing; RoleNotHeld for who is no staff; ReasonsNeeded.
        """
        if account_id == principal.account_id:
            raise NoSelfService
        account = self._people.read(account_id)
        if account is None:
            raise AccountMissing
        attempt = f"{principal.account_id}#{once}"
        known = self._approvals.repeated(
            kind=KIND, subject=account_id, asked={}, principal=principal, reasons=reasons, once=attempt
        )
        if known is not None:
            return known
        if not account.roles:
            raise RoleNotHeld
        return self._approvals.propose(
            kind=KIND,
            subject=account_id,
            facts={"dismissals": self._roster.dismissals(account_id)},
            principal=principal,
            reasons=reasons,
            once=attempt,
        )

    def approved(self, proposal: Proposal) -> list[Write]:
        """Return what an approved proposal changes.

        Raises: AccountMissing; RoleNotHeld when the roles went meanwhile; RolesMoved when one did, and RosterDiffers
        when it does in between.
        """
        account = self._people.read(proposal.subject)
        if account is None:
            raise AccountMissing
        if not account.roles:
            raise RoleNotHeld
        dismissals = dismissals_of(proposal)
        if self._roster.dismissals(account.account_id) != dismissals:
            raise RolesMoved
        return [
            self._people.dismiss(account),
            *self._roster.dismiss_whole(account.account_id, account.roles, dismissals=dismissals),
            *self._log.note(account.account_id, "role:removed", facts={"role": ",".join(sorted(account.roles))}),
            *self._recoveries.beginning(account.account_id),
        ]
