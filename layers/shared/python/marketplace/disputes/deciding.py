"""Decisions and appeals: by one person up to a limit, by two above it, and an appeal by somebody else again."""

from dataclasses import replace
from datetime import timedelta

from marketplace.disputes.clauses import APPEAL_DAYS
from marketplace.disputes.desk import APPEALABLE_FROM, Desk, DisputeView, award_for, losers
from marketplace.disputes.errors import (
    AcceptedAlready,
    AppealTooLate,
    AppealTwice,
    DecisionOutdated,
    DecisionProposed,
    NewEvidenceNeeded,
    NothingToAppeal,
    SameModerator,
    SecondPersonNeeded,
    WonAlready,
)
from marketplace.disputes.model import Appeal, Decision, Dispute, DisputeDecided, DisputeMissing
from marketplace.disputes.verdicts import (
    DECIDE,
    DECIDE_APPEAL,
    Lines,
    Verdict,
    agreed,
    check_clause,
    is_as_seen,
    needs_two,
)
from marketplace.kit.clock import to_text
from marketplace.kit.principal import Principal
from marketplace.kit.writes import Write
from marketplace.orders.model import OPERATOR, Award, Order, OwnCase
from marketplace.orders.rules import allowed
from marketplace.staff.model import OPEN as PROPOSAL_OPEN
from marketplace.staff.model import Proposal


class Deciding(Desk):
    """What operators do, and what a loser may do then."""

    def decide(
        self,
        dispute_id: str,
        operator_id: str,
        refund_minor: int,
        clause: str,
        reasons: str,
        *,
        lines: Lines = (),
        principal: Principal | None = None,
    ) -> DisputeView:
        """Award the buyer `refund_minor` and the seller the rest.

        Under the first version of the process the payout begins in the same transaction; since the second the decision
        waits for an appeal. Above DECISION_ALONE_MAX_MINOR it is only proposed, for a second person.

        Raises: DisputeMissing, OwnCase, DisputeDecided, TransitionRefused, AwardDoesNotSum, ClauseUnknown,
            LinesDoNotSum, SecondPersonNeeded, DecisionProposed.
        """
        dispute, order = self.case_for(dispute_id, operator_id)
        if dispute.decision:
            raise DisputeDecided
        verdict = Verdict(refund_minor, clause, reasons, operator_id, tuple(lines))
        _check_verdict(order, verdict)
        allowed(order, "decide", OPERATOR)
        if needs_two(order.left_minor, order.currency):
            return self.propose(DECIDE, dispute, order, verdict, principal)
        after, moved, writes = self._decision(dispute, order, verdict)
        # The reasons stand in the decision itself.
        act = self._acts.note(operator_id, "dispute.decided", dispute_id, {"refund_minor": refund_minor})
        self._tx.commit([*writes, act])
        return DisputeView(after, moved)

    def approved(self, proposal: Proposal) -> list[Write]:
        """Return the writes of a decision that two people agreed on.

        Raises: as `decide` and `decide_appeal`.
        """
        verdict = agreed(proposal)
        dispute, order = self.case_for(str(proposal.facts["dispute_id"]), verdict.approved_by)
        if not is_as_seen(proposal, order):
            raise DecisionOutdated
        _check_verdict(order, verdict)
        if proposal.kind == DECIDE_APPEAL:
            self.check_appeal_by(dispute, verdict.by, verdict.approved_by)
            return self._appeal_decision(dispute, order, verdict)[2]
        if dispute.decision:
            raise DisputeDecided
        return self._decision(dispute, order, verdict)[2]

    def accept_decision(self, dispute_id: str, account_id: str, *, by: str = "") -> DisputeView:
        """Accept a decision as a side that loses by it; when every such side did, it is carried out now.

        Raises: DisputeMissing, NothingToAppeal, WonAlready, TransitionRefused, DisputeDecided.
        """
        dispute, role = self.case(dispute_id, account_id, by=by)
        order = self.order_of(dispute)
        lost = self._lost(dispute, role)
        allowed(order, "accept_decision", role)
        accepted = tuple(dict.fromkeys((*dispute.accepted, role)))
        after = replace(dispute, accepted=accepted, revision=dispute.revision + 1)
        if set(lost) - set(accepted):
            self._tx.commit([self._disputes.change(dispute, after), self._standing.unmoved(order)])
            return DisputeView(after, order)
        step = self._mover.plan(order, "accept_decision", role, facts={"member_id": by} if by else {})
        self._tx.commit([*step.writes, self._disputes.change(dispute, after)])
        return DisputeView(after, step.after)

    def appeal(self, dispute_id: str, account_id: str, statement: str, *, by: str = "") -> DisputeView:
        """Ask for another look at a decision that one lost, with evidence uploaded since: the money waits for it.

        Raises: DisputeMissing, NothingToAppeal, AppealTwice, WonAlready, AcceptedAlready, AppealTooLate,
            NewEvidenceNeeded, TransitionRefused.
        """
        dispute, role = self.case(dispute_id, account_id, by=by)
        order, now = self.order_of(dispute), self._clock.now()
        self.check_appeal(dispute, order, role)
        if dispute.appeal:
            allowed(order, "decide_appeal", OPERATOR)  # a bank may have taken the money while the answer was awaited
            return self.join_appeal(dispute, order, dispute.appeal, statement)
        step = self._mover.plan(order, "appeal", role, facts={"member_id": by} if by else {})
        due_at = step.after.due_at or now
        appeal = Appeal(role, statement, now, due_at)
        after = replace(dispute, appeal=appeal, revision=dispute.revision + 1)
        self._tx.commit([*step.writes, self._disputes.change(dispute, after)])
        return DisputeView(after, step.after)

    def join_appeal(self, dispute: Dispute, order: Order, appeal: Appeal, statement: str) -> DisputeView:
        """Add what the other loser holds against the decision to the open appeal: one answer is given to both."""
        joined = replace(appeal, counter_statement=statement, counter_at=self._clock.now())
        after = replace(dispute, appeal=joined, revision=dispute.revision + 1)
        told = self.tell(after, "appeal_joined", order, only=appeal.by, due_at=to_text(appeal.due_at))
        self._tx.commit([self._disputes.change(dispute, after), self._standing.unmoved(order), told])
        return DisputeView(after, order)

    def check_appeal(self, dispute: Dispute, order: Order, role: str) -> Decision:
        """Return the decision that this side may appeal now, the order's state aside.

        Raises: NothingToAppeal, AppealTwice, WonAlready, AcceptedAlready, AppealTooLate, NewEvidenceNeeded.
        """
        if dispute.appeal and (role in dispute.appeal.sides or not dispute.appeal.is_open):
            raise AppealTwice
        self._lost(dispute, role)
        if role in dispute.accepted:
            raise AcceptedAlready
        decision = dispute.decision
        if decision is None or order.process_version < APPEALABLE_FROM:
            raise NothingToAppeal
        until = decision.at + timedelta(days=APPEAL_DAYS)
        if self._clock.now() >= until:
            raise AppealTooLate(until=until.isoformat())
        if not dispute.new_evidence(role):
            raise NewEvidenceNeeded
        return decision

    def decide_appeal(
        self,
        dispute_id: str,
        operator_id: str,
        refund_minor: int,
        clause: str,
        reasons: str,
        *,
        lines: Lines = (),
        principal: Principal | None = None,
    ) -> DisputeView:
        """Decide again, as somebody who had no part in the first decision; this one is carried out at once.

        Raises: DisputeMissing, OwnCase, NothingToAppeal, SameModerator, TransitionRefused, AwardDoesNotSum,
            ClauseUnknown, LinesDoNotSum, SecondPersonNeeded, DecisionProposed.
        """
        dispute, order = self.case_for(dispute_id, operator_id)
        self.check_appeal_by(dispute, operator_id)
        verdict = Verdict(refund_minor, clause, reasons, operator_id, tuple(lines))
        _check_verdict(order, verdict)
        allowed(order, "decide_appeal", OPERATOR)
        if needs_two(order.left_minor, order.currency):
            return self.propose(DECIDE_APPEAL, dispute, order, verdict, principal)
        after, moved, writes = self._appeal_decision(dispute, order, verdict)
        act = self._acts.note(operator_id, "dispute.appeal_decided", dispute_id, {"refund_minor": refund_minor})
        self._tx.commit([*writes, act])
        return DisputeView(after, moved)

    def _decision(self, dispute: Dispute, order: Order, verdict: Verdict) -> tuple[Dispute, Order, list[Write]]:
        award = award_for(order, verdict.refund_minor)
        step = self._mover.plan(order, "decide", OPERATOR, decided=award, facts={"dispute_id": dispute.dispute_id})
        said = replace(self._said(award, verdict), files=len(dispute.evidence))
        after = replace(dispute, decision=said, proposal_id="", revision=dispute.revision + 1)
        writes = [*step.writes, self._disputes.change(dispute, after), self.tell(after, "decided", step.after)]
        return after, step.after, [*writes, *self._aftermath.decided(after, order)]

    def _appeal_decision(self, dispute: Dispute, order: Order, verdict: Verdict) -> tuple[Dispute, Order, list[Write]]:
        if dispute.appeal is None:
            raise NothingToAppeal
        award = award_for(order, verdict.refund_minor)
        facts = {"dispute_id": dispute.dispute_id}
        step = self._mover.plan(order, "decide_appeal", OPERATOR, decided=award, facts=facts)
        appeal = replace(dispute.appeal, decision=self._said(award, verdict))
        after = replace(dispute, appeal=appeal, proposal_id="", revision=dispute.revision + 1)
        writes = [*step.writes, self._disputes.change(dispute, after), self.tell(after, "appeal_decided", step.after)]
        return after, step.after, [*writes, *self._aftermath.decided(after, order)]

    def _said(self, award: Award, verdict: Verdict) -> Decision:
        facts = (verdict.clause, verdict.reasons, verdict.by, self._clock.now())
        return Decision(
            award.refund_minor, award.seller_minor, *facts, lines=verdict.lines, approved_by=verdict.approved_by
        )

    def propose(
        self, kind: str, dispute: Dispute, order: Order, verdict: Verdict, principal: Principal | None
    ) -> DisputeView:
        """Keep a verdict for a second person to approve; the dispute names the proposal.

        Raises: SecondPersonNeeded when nobody is named who proposes; DecisionProposed; DisputeDecided.
        """
        if principal is None:
            raise SecondPersonNeeded
        now = self._clock.now()
        waiting = self._approvals.read(dispute.proposal_id) if dispute.proposal_id else None
        if waiting and waiting.state_at(now) == PROPOSAL_OPEN and is_as_seen(waiting, order):
            raise DecisionProposed(proposal_id=dispute.proposal_id)
        proposal, writes = self._approvals.plan(
            kind=kind,
            subject=dispute.dispute_id,
            facts={**verdict.as_facts(dispute.dispute_id), "left_minor": order.left_minor},
            principal=principal,
            reasons=verdict.reasons,
            concerns=(dispute.buyer_id, dispute.seller_id),
        )
        after = replace(dispute, proposal_id=proposal.proposal_id, revision=dispute.revision + 1)
        self._tx.commit([*writes, self._disputes.change(dispute, after), self._standing.unmoved(order)])
        return DisputeView(after, order)

    def case_for(self, dispute_id: str, operator_id: str) -> tuple[Dispute, Order]:
        """Return a case to somebody of the staff who is no party to it.

        Raises: DisputeMissing, OwnCase.
        """
        dispute = self._disputes.read(dispute_id)
        if dispute is None:
            raise DisputeMissing
        if operator_id in {dispute.buyer_id, dispute.seller_id} or self._is_member(dispute.seller_id, operator_id):
            raise OwnCase
        return dispute, self.order_of(dispute)

    def check_appeal_by(self, dispute: Dispute, *people: str) -> None:
        """Refuse whoever had a part in the first decision, or in one that a bank undid.

        Raises: NothingToAppeal, DisputeDecided, SameModerator.
        """
        appeal, decision = dispute.appeal, dispute.decision
        if appeal is None or decision is None:
            raise NothingToAppeal
        if not appeal.is_open:
            raise DisputeDecided
        if dispute.deciders & set(people):
            raise SameModerator

    def _lost(self, dispute: Dispute, role: str) -> tuple[str, ...]:
        decision = dispute.decision
        if decision is None or not decision.is_by_person:
            raise NothingToAppeal
        lost = losers(dispute, decision)
        if role not in lost:
            raise WonAlready
        return lost


def _check_verdict(order: Order, verdict: Verdict) -> None:
    award_for(order, verdict.refund_minor)
    check_clause(order, verdict)
