"""Two people or nobody: one proposes, another approves, and only then it happens, once.

The effect's writes commit in the transaction that marks the proposal approved, under the condition that it is still
open: whatever is repeated, raced or interrupted, it happened exactly when the proposal says so.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

from marketplace.kit.clock import Clock
from marketplace.kit.errors import Conflict, Forbidden, Invalid
from marketplace.kit.ids import Ids, derived_id
from marketplace.kit.principal import Principal
from marketplace.kit.rows import Rows
from marketplace.kit.writes import Transactions, Write
from marketplace.orders.model import OwnCase
from marketplace.staff.acts import StaffActs
from marketplace.staff.errors import (
    OwnProposal,
    ProposalDecided,
    ProposalDiffers,
    ProposalExpired,
    ProposalMissing,
    ReasonsNeeded,
)
from marketplace.staff.kinds import KINDS
from marketplace.staff.model import APPROVED, DECLINED, EXPIRED, OPEN, PROPOSAL, PROPOSAL_KEPT, Proposal
from marketplace.staff.ports import Effect, Proposals

REASONS_LENGTH_MAX = 2_000


class Approvals:
    """Proposals, from the first person's reasons to the second's."""

    def __init__(
        self,
        *,
        clock: Clock,
        ids: Ids,
        transactions: Transactions,
        proposals: Proposals,
        acts: StaffActs,
        executors: Callable[[], Mapping[str, Effect]],
        withdrawals: Callable[[], Mapping[str, Effect]] = dict,
    ) -> None:
        """Take the ports; `executors` and `withdrawals` say, by kind, what approving and declining change besides."""
        self._clock = clock
        self._ids = ids
        self._transactions = transactions
        self._proposals = proposals
        self._acts = acts
        self._executors = executors
        self._withdrawals = withdrawals

    def propose(
        self,
        *,
        kind: str,
        subject: str,
        facts: Mapping[str, str | int],
        principal: Principal,
        reasons: str,
        once: str | None = None,
        concerns: Iterable[str] = (),
    ) -> Proposal:
        """Store a proposal, or return the one that the same `once` made before.

        `facts` are all that its effect will know: ids, whole numbers, short codes. `concerns` names accounts whose own
        matter it is (the parties of an order): none of them may decide.

        Raises: Forbidden; OwnCase; ReasonsNeeded; ProposalDiffers.
        """
        proposal, writes = self.plan(
            kind=kind,
            subject=subject,
            facts=facts,
            principal=principal,
            reasons=reasons,
            once=once,
            concerns=concerns,
        )
        try:
            self._transactions.commit(writes)
        except ProposalDecided:
            return self._same(proposal)
        return proposal

    def repeated(
        self,
        *,
        kind: str,
        subject: str,
        asked: Mapping[str, str | int],
        principal: Principal,
        reasons: str,
        once: str,
    ) -> Proposal | None:
        """Return what the same `once` made before, whatever became of it; None where it is the first.

        `asked` are those facts that people say; what was noted beside them may have changed since.

        Raises: Forbidden; OwnCase; ReasonsNeeded; ProposalDiffers.
        """
        present = self._proposals.proposal(derived_id(PROPOSAL, kind, subject, once))
        if present is None:
            return None
        _check(principal, KINDS[kind].proposed_by, present)
        told = {name: present.facts.get(name) for name in asked}
        if (told, present.reasons) != (dict(asked), reasons_of(reasons)):
            raise ProposalDiffers
        return present

    def plan(
        self,
        *,
        kind: str,
        subject: str,
        facts: Mapping[str, str | int],
        principal: Principal,
        reasons: str,
        once: str | None = None,
        concerns: Iterable[str] = (),
    ) -> tuple[Proposal, list[Write]]:
        """Return a proposal and the writes that store it, for a transaction with something else.

        Raises: Forbidden; OwnCase; ReasonsNeeded.
        """
        now = self._clock.now()
        name = self._ids.new(PROPOSAL, now) if once is None else derived_id(PROPOSAL, kind, subject, once)
        proposal = Proposal(
            proposal_id=name,
            kind=kind,
            subject=subject,
            facts=dict(facts),
            proposed_by=principal.account_id,
            reasons=reasons_of(reasons),
            proposed_at=now,
            expires_at=now + PROPOSAL_KEPT,
            concerns=frozenset(concerns),
        )
        _check(principal, KINDS[kind].proposed_by, proposal)
        act = self._acts.note(principal.account_id, "proposal.made", name, {"kind": kind}, proposal.reasons)
        return proposal, [self._proposals.add_proposal(proposal), act]

    def read(self, proposal_id: str) -> Proposal:
        """Return one proposal.

        Raises: ProposalMissing.
        """
        found = self._proposals.proposal(proposal_id)
        if found is None:
            raise ProposalMissing
        return found

    def page(self, state: str, cursor: str | None, limit: int) -> Rows[Proposal]:
        """List proposals in a stored state (OPEN, APPROVED or DECLINED), the newest first.

        Raises: BadCursor.
        """
        return self._proposals.proposals(state, cursor, limit)

    def approve(self, proposal_id: str, principal: Principal, reasons: str) -> Proposal:
        """Agree as the second person: what was proposed happens now. Repeating it is safe.

        Raises: ProposalMissing; Forbidden; OwnProposal; OwnCase; ReasonsNeeded; ProposalDecided; ProposalExpired;
        whatever the effect is refused with, which leaves the proposal open.
        """
        proposal = self.read(proposal_id)
        _check(principal, KINDS[proposal.kind].approved_by, proposal)
        if principal.account_id == proposal.proposed_by:
            raise OwnProposal
        if proposal.state_at(self._clock.now()) == EXPIRED:
            raise ProposalExpired
        return self._decide(proposal, APPROVED, principal, reasons, self._executors()[proposal.kind])

    def decline(self, proposal_id: str, principal: Principal, reasons: str) -> Proposal:
        """Refuse a proposal, or take back one's own; an expired one too. Repeating it is safe.

        Raises: ProposalMissing; Forbidden; OwnCase; ReasonsNeeded; ProposalDecided.
        """
        proposal = self.read(proposal_id)
        if principal.account_id != proposal.proposed_by:
            _check(principal, KINDS[proposal.kind].approved_by, proposal)
        withdrawn = self._withdrawals().get(proposal.kind, _nothing)
        return self._decide(proposal, DECLINED, principal, reasons, withdrawn)

    def _decide(self, proposal: Proposal, state: str, principal: Principal, reasons: str, effect: Effect) -> Proposal:
        said = reasons_of(reasons)
        if proposal.state != OPEN:
            return _as_decided(proposal, state, principal)
        decided = replace(
            proposal,
            state=state,
            decided_by=principal.account_id,
            decided_at=self._clock.now(),
            decision_reasons=said,
        )
        act = self._acts.note(
            principal.account_id, f"proposal.{state}", proposal.proposal_id, {"kind": proposal.kind}, said
        )
        try:
            self._transactions.commit([self._proposals.decide_proposal(decided), act, *effect(decided)])
        except Conflict:
            # Whoever lost the race may see the effect's own refusal: what counts is how the proposal stands now.
            present = self.read(proposal.proposal_id)
            if present.state == OPEN:
                raise
            return _as_decided(present, state, principal)
        return decided

    def _same(self, proposal: Proposal) -> Proposal:
        present = self.read(proposal.proposal_id)
        said = (proposal.facts, proposal.concerns, proposal.reasons)
        if (present.facts, present.concerns, present.reasons) != said:
            raise ProposalDiffers
        return present


def reasons_of(text: str) -> str:
    """Return what was said, without the space around it.

    Raises: ReasonsNeeded; Invalid above `REASONS_LENGTH_MAX` characters.
    """
    said = text.strip()
    if not said:
        raise ReasonsNeeded
    if len(said) > REASONS_LENGTH_MAX:
        raise Invalid(fields={"reasons": "too_long"})
    return said


def _check(principal: Principal, roles: frozenset[str], proposal: Proposal) -> None:
    """Let through staff in one of these roles, unless it is their own matter."""
    if not principal.is_staff or not principal.roles & roles:
        raise Forbidden
    if proposal.is_own_matter_of(principal.account_id):
        raise OwnCase


def _as_decided(present: Proposal, state: str, principal: Principal) -> Proposal:
    """Return a proposal that this very decision was made about already; any other decision stands against it."""
    if present.state == state and present.decided_by == principal.account_id:
        return present
    raise ProposalDecided


def _nothing(_proposal: Proposal) -> list[Write]:
    return []
