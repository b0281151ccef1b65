"""The promises about those who run the marketplace.

S1 what needs two had two, in time, and neither decided their own matter
S2 a suspension in force is on the account, and nothing of one is left once it is lifted
S3 whoever the roster lists has the role, and the administrators are counted right
"""

from collections.abc import Callable, Iterator

from marketplace.audit.view import View, Violation
from marketplace.kit.principal import ADMIN
from marketplace.staff.model import APPROVED, OPEN

Predicate = Callable[[View], Iterator[Violation]]


def two_decided(view: View) -> Iterator[Violation]:
    """S1: an approved proposal names a second person, who acted before it expired and whose matter it is not."""
    for proposal in view.proposals:
        by, at = proposal.decided_by, proposal.decided_at
        if proposal.state == OPEN:
            if by is not None:
                yield Violation("S1", proposal.proposal_id, f"open, and decided by {by}")
            continue
        if by is None or at is None or not proposal.decision_reasons:
            yield Violation("S1", proposal.proposal_id, f"{proposal.state} by nobody, or for no reasons")
        elif proposal.state == APPROVED and (by == proposal.proposed_by or at >= proposal.expires_at):
            yield Violation("S1", proposal.proposal_id, f"proposed by {proposal.proposed_by}, approved by {by} at {at}")
        if any(each and proposal.is_own_matter_of(each) for each in (by, proposal.proposed_by)):
            yield Violation("S1", proposal.proposal_id, "decided by whose own matter it is")


def suspensions_hold(view: View) -> Iterator[Violation]:
    """S2: what a decision took from an account is marked there while it is in force, and not longer."""
    for suspension in view.suspensions:
        marks = view.suspended.get(suspension.account_id, frozenset())
        expected = frozenset({suspension.scope}) if suspension.in_force else frozenset()
        if marks != expected:
            yield Violation("S2", suspension.account_id, f"marked {sorted(marks)} instead of {sorted(expected)}")


def the_roster_is_right(view: View) -> Iterator[Violation]:
    """S3: the roster says of nobody more than their account does, and counts the administrators that it lists."""
    for account_id, roles in view.roster.items():
        if not roles <= view.roles.get(account_id, frozenset()):
            yield Violation(
                "S3", account_id, f"listed as {sorted(roles)}, has {sorted(view.roles.get(account_id, ()))}"
            )
    listed = sum(ADMIN in roles for roles in view.roster.values())
    if listed != view.admins:
        yield Violation("S3", "roster", f"{listed} administrators listed, {view.admins} counted")


STAFF: tuple[Predicate, ...] = (two_decided, suspensions_hold, the_roster_is_right)
