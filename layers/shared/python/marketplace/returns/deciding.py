"""What a moderator decides about a return: by one person up to a limit, by two above it, with a receipt for both sides.

What a decision does to money and goods is the return's process; here stand who decides, and what is left of it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from marketplace.decisions.model import MODERATOR, Amounts
from marketplace.disputes.clauses import quoted
from marketplace.disputes.errors import DecisionOutdated, DecisionProposed, SecondPersonNeeded
from marketplace.disputes.verdicts import needs_two
from marketplace.kit.principal import Principal
from marketplace.kit.writes import Write
from marketplace.orders.model import OPERATOR
from marketplace.returns.desk import Desk, ReturnView
from marketplace.returns.errors import ReturnRefused
from marketplace.returns.model import Return
from marketplace.returns.process import named
from marketplace.staff.model import OPEN as PROPOSAL_OPEN
from marketplace.staff.model import Proposal

DECIDE = "decision.return"  # a kind of staff/kinds.py
# By which clause of the dispute policy each is decided; what was shown not to lack anything is refused by 5.7.
_CLAUSES: Mapping[str, str] = {
    "decide": "5.5",
    "decide_reduction": "5.2",
    "decide_termination": "5.2",
    "decide_rejection": "5.7",
    "attest_replacement": "5.7",
    "refund_lost": "5.1",
    "attest_return": "5.5",
    "not_sent_back": "5.7",
}


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a moderator decides: a transition of the process, and its amount in minor units where it has one."""

    name: str
    amount_minor: int
    reasons: str
    by: str

    def as_facts(self) -> Mapping[str, str | int]:
        """Return what a proposal, and the log of staff, keep of it."""
        return {"decision": self.name, "amount_minor": self.amount_minor}


class Deciding(Desk):
    """What somebody of the staff decides."""

    def approved(self, proposal: Proposal) -> list[Write]:
        """Return the writes of a decision that two people agreed on.

        Raises: ReturnMissing, OwnCase, ReturnRefused, DecisionOutdated; what a refund raises.
        """
        view, facts = self._case(proposal.subject, str(proposal.decided_by)), proposal.facts
        verdict = Verdict(str(facts["decision"]), int(facts["amount_minor"]), proposal.reasons, proposal.proposed_by)
        if named(view.made.state, verdict.name, OPERATOR) is None:
            raise ReturnRefused(state=view.made.state, transition=verdict.name)
        if view.made.proposal_id != proposal.proposal_id:
            raise DecisionOutdated
        return self._decision(view.made, verdict)[1]

    def _decide(self, view: ReturnView, verdict: Verdict, principal: Principal | None) -> ReturnView:
        """Decide, or above DECISION_ALONE_MAX_MINOR only propose it.

        Raises: ReturnRefused, SecondPersonNeeded, DecisionProposed; what a refund raises.
        """
        made = view.made
        if named(made.state, verdict.name, OPERATOR) is None:
            raise ReturnRefused(state=made.state, transition=verdict.name)
        if needs_two(made.quoted_minor, made.currency):
            return self._propose(view, verdict, principal)
        after, writes = self._decision(made, verdict)
        # The reasons stand in the decision itself.
        act = self._acts.note(verdict.by, "return.decided", made.return_id, verdict.as_facts())
        self._tx.commit([*writes, act])
        if after.is_over:
            self._let_go_on(after.order_id)
        return replace(view, made=after)

    def _decision(self, made: Return, verdict: Verdict) -> tuple[Return, list[Write]]:
        after, writes = self._steps.plan(made, verdict.name, OPERATOR, **self._changes(made, verdict))
        buyer_minor = after.refund_minor if after.is_over else after.payable_minor
        receipt = self._decisions.record(
            kind="return.decided",
            subject=made.return_id,
            once=str(after.step),
            about=made.order_id,
            concerns=[made.buyer_id, made.seller_id],
            by=MODERATOR,
            ground=quoted(_CLAUSES[verdict.name]),
            reasons=verdict.reasons,
            amounts=Amounts(made.currency, buyer_minor, made.quoted_minor - buyer_minor),
        )
        return after, [*writes, *receipt]

    def _changes(self, made: Return, verdict: Verdict) -> dict[str, Any]:
        """Return what a verdict changes of the return, beside its state."""
        if verdict.name == "decide":
            return {"deduction_minor": verdict.amount_minor, "deduction_reasons": verdict.reasons}
        if verdict.name == "attest_replacement":
            sent, now = made.replacement, self._clock.now()
            return {"replacement": sent and replace(sent, arrived_at=now, arrived_by=OPERATOR)}
        if verdict.name == "attest_return":
            return {"returned_at": self._clock.now(), "returned_by": OPERATOR}
        if verdict.name in {"refund_lost", "not_sent_back"}:
            return {}
        return {"reduction_minor": verdict.amount_minor, "answer": verdict.reasons}

    def _propose(self, view: ReturnView, verdict: Verdict, principal: Principal | None) -> ReturnView:
        """Keep a verdict for a second person; the return names the proposal.

        Raises: SecondPersonNeeded when nobody is named who proposes; DecisionProposed; ReturnRefused.
        """
        if principal is None:
            raise SecondPersonNeeded
        made = view.made
        waiting = self._approvals.read(made.proposal_id) if made.proposal_id else None
        if waiting and waiting.state_at(self._clock.now()) == PROPOSAL_OPEN:
            raise DecisionProposed(proposal_id=made.proposal_id)
        proposal, writes = self._approvals.plan(
            kind=DECIDE,
            subject=made.return_id,
            facts=verdict.as_facts(),
            principal=principal,
            reasons=verdict.reasons,
            concerns=(made.buyer_id, made.seller_id),
        )
        after = replace(made, proposal_id=proposal.proposal_id, step=made.step + 1)
        self._tx.commit([*writes, self._rows.move(made, after)])
        return replace(view, made=after)
