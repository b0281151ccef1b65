"""The promises about those who run the marketplace.

S1 what needs two had two, in time, and neither decided their own matter
S2 a suspension in force is on the account, and nothing of one is left once it is lifted
S3 whoever the roster lists has the role, and the administrators are counted right
S4 what sellers owed is given up exactly as two people agreed, once; a bank that gives back makes up for no more of it
S5 what Stripe moved by itself is booked exactly as two people agreed, once
"""

from collections import Counter
from collections.abc import Callable, Iterator

from marketplace.audit.view import View, Violation
from marketplace.kit.principal import ADMIN
from marketplace.ledger.model import BAD_DEBT, STRIPE, STRIPE_BILLED, LedgerTransaction, seller_debt_account
from marketplace.ledger.stripe_billed import KIND as BILLED
from marketplace.payments.corrections import CORRECTION
from marketplace.payouts.write_offs import WRITE_OFF
from marketplace.staff.model import APPROVED, OPEN, Proposal

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


def debts_are_given_up_by_two(view: View) -> Iterator[Violation]:
    """S4: each loss of a debt is one approved proposal's, whole, and each such proposal has its loss in the books."""
    agreed = Counter(_agreed(each) for each in view.proposals if (each.kind, each.state) == (WRITE_OFF, APPROVED))
    lost = [each for each in view.ledger if _on(BAD_DEBT, each)]
    given_up = Counter(map(_given_up, (each for each in lost if not _made_up(each))))
    for place in agreed.keys() | given_up.keys():
        if agreed[place] != given_up[place]:
            told = f"{place[1:]} was agreed on {agreed[place]} times, and booked {given_up[place]}"
            yield Violation("S4", str(place[0]), told)
    sellers, left = {order.order_id: order.seller_id for order in view.orders}, Counter[tuple[str | None, str]]()
    for each in lost:
        left[sellers.get(each.book, each.seller_id), each.currency] += _on(BAD_DEBT, each)
    for (seller_id, currency), left_minor in left.items():
        if left_minor < 0:
            yield Violation("S4", str(seller_id), f"banks made up for {-left_minor} {currency} more than was given up")


def corrections_are_made_by_two(view: View) -> Iterator[Violation]:
    """S5: each entry of what Stripe moved by itself is one approved correction's, whole, and the reverse."""
    approved = (each for each in view.proposals if (each.kind, each.state) == (CORRECTION, APPROVED))
    agreed = Counter((each.subject, str(each.facts["currency"]), int(each.facts["amount_minor"])) for each in approved)
    entries = [each for each in view.ledger if each.kind.startswith(BILLED) or _on(STRIPE_BILLED, each)]
    moved: Counter[tuple[str, str]] = Counter()
    for each in entries:
        moved[each.book, each.currency] += _on(STRIPE, each)
    booked = Counter((book, currency, amount_minor) for (book, currency), amount_minor in moved.items())
    for place in agreed.keys() | booked.keys():
        if agreed[place] != booked[place]:
            told = f"{place[1:]} was agreed on {agreed[place]} times, and booked {booked[place]}"
            yield Violation("S5", str(place[0]), told)


def _agreed(proposal: Proposal) -> tuple[str | int, ...]:
    facts = proposal.facts
    amount_minor = facts["amount_minor"]
    return proposal.proposal_id, proposal.subject, facts["currency"], amount_minor, amount_minor


def _given_up(booked: LedgerTransaction) -> tuple[str | int, ...]:
    seller_id = booked.seller_id or ""
    off_minor = -_on(seller_debt_account(seller_id), booked)
    return booked.book, seller_id, booked.currency, _on(BAD_DEBT, booked), off_minor


def _made_up(booked: LedgerTransaction) -> bool:
    """Say whether a bank gave back what had been given up: then it was lost no more."""
    return booked.kind == "chargeback_reinstated" and _on(BAD_DEBT, booked) < 0


def _on(account: str, booked: LedgerTransaction) -> int:
    return sum(leg.amount_minor for leg in booked.postings if leg.account == account)


STAFF: tuple[Predicate, ...] = (
    two_decided,
    suspensions_hold,
    the_roster_is_right,
    debts_are_given_up_by_two,
    corrections_are_made_by_two,
)
