"""Proposals, acts and the roster in the staff table (see table_store)."""

from typing import Any

from marketplace.kit.clock import from_text, to_text
from marketplace.kit.errors import Conflict
from marketplace.kit.principal import ADMIN
from marketplace.kit.rows import Rows
from marketplace.kit.writes import Write
from marketplace.staff.errors import ApprovalNeeded, LastAdmin, ProposalDecided, RosterDiffers
from marketplace.staff.model import DECLINED, OPEN, Act, Proposal
from marketplace.staff.standings_store import DynamoStandings
from marketplace.staff.table_store import StaffItem, newest_first
from marketplace.storage.tables import read_page
from marketplace.storage.transaction import Put, Update

_PROPOSAL, _ACTS, _ROSTER, _HEAD = "proposal", "acts", "roster", "head"


class DynamoStaff(DynamoStandings):
    """Everything that staff does, beside the accounts themselves."""

    # Proposals

    def proposal(self, proposal_id: str) -> Proposal | None:
        item = StaffItem.read(f"proposal#{proposal_id}", _PROPOSAL)
        return proposal_from(item) if item else None

    def add_proposal(self, proposal: Proposal) -> Write:
        return Put(_proposal_item(proposal), ProposalDecided())

    def decide_proposal(self, decided: Proposal) -> Write:
        # Also here, and not only in the service: the one who proposed is never the one who approved.
        still = StaffItem.state == OPEN
        if decided.state != DECLINED:
            still &= StaffItem.by != decided.decided_by
        return Put(_proposal_item(decided), ProposalDecided(), still)

    def proposals(self, state: str, cursor: str | None, limit: int) -> Rows[Proposal]:
        rows = read_page(
            StaffItem.listing, f"proposals#{state}", sort_attribute="listed_at", cursor=cursor, limit=limit
        )
        return Rows(tuple(proposal_from(item) for item in rows.items), rows.cursor)

    # Acts

    def add_act(self, act: Act) -> Write:
        item = StaffItem(
            _ACTS,
            f"{to_text(act.at)}#{act.act_id}",
            kind=act.kind,
            subject=act.subject,
            by=act.by,
            facts=dict(act.facts) or None,
            reasons=act.reasons or None,
        )
        return Put(item, Conflict(), telling=False)

    def acts(self, cursor: str | None, limit: int) -> Rows[Act]:
        items, following = newest_first(_ACTS, cursor, limit)
        return Rows(tuple(_act(item) for item in items), following)

    # Roster

    def admins(self) -> int:
        head = StaffItem.read(_ROSTER, _HEAD)
        return (head.admins or 0) if head else 0

    def dismissals(self, account_id: str) -> int:
        member = StaffItem.read(_ROSTER, _member(account_id).sk)
        return (member.dismissals or 0) if member else 0

    def appoint(self, account_id: str, role: str, *, alone: bool, dismissals: int | None = None) -> list[Write]:
        absent = StaffItem.roles.does_not_exist() | ~StaffItem.roles.contains(role)
        absent &= _so_many(dismissals)
        noted = Update(_member(account_id), [StaffItem.roles.add({role})], absent, RosterDiffers())
        head = StaffItem(_ROSTER, _HEAD)
        few = StaffItem.admins.does_not_exist() | (StaffItem.admins <= 1)
        condition = few if alone else _anything()
        change = StaffItem.admins.add(1 if role == ADMIN else 0)
        return [noted, Update(head, [change], condition, ApprovalNeeded())]

    def enlist(self, account_id: str, role: str) -> list[Write]:
        """Note a role that the deployment itself gave."""
        noted = Update(_member(account_id), [StaffItem.roles.add({role})], _anything(), RosterDiffers())
        return [noted, Update(StaffItem(_ROSTER, _HEAD), [StaffItem.admins.add(1)], _anything(), RosterDiffers())]

    def dismiss(self, account_id: str, role: str) -> list[Write]:
        held = StaffItem.roles.contains(role)
        actions = [StaffItem.roles.delete({role}), StaffItem.dismissals.add(1)]
        gone = Update(_member(account_id), actions, held, RosterDiffers())
        if role != ADMIN:
            return [gone]
        several = StaffItem.admins > 1
        return [gone, Update(StaffItem(_ROSTER, _HEAD), [StaffItem.admins.add(-1)], several, LastAdmin())]

    def dismiss_whole(self, account_id: str, roles: frozenset[str], *, dismissals: int | None = None) -> list[Write]:
        actions = [StaffItem.roles.delete(set(roles)), StaffItem.dismissals.add(1)]
        gone = Update(_member(account_id), actions, _so_many(dismissals), RosterDiffers())
        if ADMIN not in roles:
            return [gone]
        several = StaffItem.admins > 1
        return [gone, Update(StaffItem(_ROSTER, _HEAD), [StaffItem.admins.add(-1)], several, LastAdmin())]


def _member(account_id: str) -> StaffItem:
    return StaffItem(_ROSTER, f"member#{account_id}")


def _so_many(dismissals: int | None) -> Any:
    """Return the condition that no role was taken away since there were so many; None: whatever was taken."""
    if dismissals is None:
        return _anything()
    same = StaffItem.dismissals == dismissals
    return same if dismissals else StaffItem.dismissals.does_not_exist() | same


def _anything() -> Any:
    return StaffItem.pk.exists() | StaffItem.pk.does_not_exist()


def _proposal_item(proposal: Proposal) -> StaffItem:
    return StaffItem(
        f"proposal#{proposal.proposal_id}",
        _PROPOSAL,
        listed=f"proposals#{proposal.state}",
        listed_at=to_text(proposal.proposed_at),
        kind=proposal.kind,
        subject=proposal.subject,
        facts=dict(proposal.facts),
        by=proposal.proposed_by,
        reasons=proposal.reasons,
        concerns=set(proposal.concerns) or None,
        expires=to_text(proposal.expires_at),
        state=proposal.state,
        decided_by=proposal.decided_by,
        decided_at=to_text(proposal.decided_at) if proposal.decided_at else None,
        decision_reasons=proposal.decision_reasons,
    )


def proposal_from(item: StaffItem) -> Proposal:
    """Read a proposal back."""
    return Proposal(
        proposal_id=item.pk.partition("#")[2],
        kind=item.kind,
        subject=item.subject,
        facts=item.facts,
        proposed_by=item.by,
        reasons=item.reasons,
        proposed_at=from_text(item.listed_at),
        expires_at=from_text(item.expires),
        concerns=frozenset(item.concerns or ()),
        state=item.state,
        decided_by=item.decided_by,
        decided_at=from_text(item.decided_at) if item.decided_at else None,
        decision_reasons=item.decision_reasons,
    )


def _act(item: StaffItem) -> Act:
    at, _, act_id = item.sk.partition("#")
    return Act(act_id, from_text(at), item.by, item.kind, item.subject, item.facts or {}, item.reasons or "")
