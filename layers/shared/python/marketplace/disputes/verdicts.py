"""What somebody of the staff decides about money, and when it takes two of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from marketplace.disputes.clauses import DECISION_ALONE_MAX_MINOR, FOR_PEOPLE
from marketplace.disputes.desk import APPEALABLE_FROM
from marketplace.disputes.errors import ClauseUnknown, LinesDoNotSum
from marketplace.orders.model import Order
from marketplace.staff.model import Proposal

DECIDE, DECIDE_APPEAL = "decision.dispute", "decision.appeal"  # kinds of staff/kinds.py
Lines = Sequence[tuple[int, int]]  # (place in the order, refunded of it)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What somebody of the staff decides."""

    refund_minor: int
    clause: str
    reasons: str
    by: str
    lines: tuple[tuple[int, int], ...] = ()
    approved_by: str = ""

    def as_facts(self, dispute_id: str) -> Mapping[str, str | int]:
        """Return what a proposal keeps of it."""
        return {
            "dispute_id": dispute_id,
            "refund_minor": self.refund_minor,
            "clause": self.clause,
            "lines": ",".join(f"{place}:{amount}" for place, amount in self.lines),
        }


def agreed(proposal: Proposal) -> Verdict:
    """Return the verdict that a proposal kept, as one proposed and another approved it."""
    facts = proposal.facts
    lines = tuple(_pair(part) for part in str(facts["lines"]).split(",") if part)
    people = (proposal.proposed_by, lines, str(proposal.decided_by))
    return Verdict(int(facts["refund_minor"]), str(facts["clause"]), proposal.reasons, *people)


def is_as_seen(proposal: Proposal, order: Order) -> bool:
    """Say whether what is left of the order is what the proposal divides: a refund or a bank may have changed it."""
    return proposal.facts.get("left_minor", order.left_minor) == order.left_minor


def needs_two(amount_minor: int, currency: str) -> bool:
    """Say whether so much money is decided by two people: where no limit is named, always."""
    return amount_minor > DECISION_ALONE_MAX_MINOR.get(currency, 0)


def check_clause(order: Order, verdict: Verdict) -> None:
    """Refuse a clause that is not in the policy, and lines that do not sum.

    Raises: ClauseUnknown, LinesDoNotSum.
    """
    if order.process_version >= APPEALABLE_FROM and verdict.clause not in FOR_PEOPLE:
        raise ClauseUnknown(fields={"clause": "one_of:" + ",".join(FOR_PEOPLE)})
    if not verdict.lines:
        return
    totals = [line.total_minor for line in order.lines]
    within = all(0 <= place < len(totals) and 0 <= amount <= totals[place] for place, amount in verdict.lines)
    places = [place for place, _ in verdict.lines]
    summed = sum(amount for _, amount in verdict.lines) == verdict.refund_minor
    if not within or not summed or len(set(places)) != len(places):
        raise LinesDoNotSum(fields={"lines": "sum_to_the_refund"})


def _pair(part: str) -> tuple[int, int]:
    place, amount = part.split(":")
    return int(place), int(amount)
