"""What waits about people: appeals of their own, failed checks of identity, and what needs a second person."""

from collections.abc import Callable
from datetime import datetime

from marketplace.casework.kinds import CLAIMS, PROPOSAL, STANDING, VERIFICATION
from marketplace.casework.model import Case
from marketplace.casework.paging import all_of
from marketplace.disputes.claims import ClaimStanding
from marketplace.kit.rows import Rows
from marketplace.staff.model import OPEN, Proposal, Suspension
from marketplace.verification.model import REFUSED, Identity

WAITING = "waiting"


def standing(page: Callable[[str | None, int], Rows[Suspension]]) -> list[Case]:
    """Return appeals against suspensions; whoever suspended does not judge the appeal."""
    return [
        Case(
            STANDING,
            each.account_id,
            WAITING,
            each.appealed_at or each.decided_at,
            None,
            None,
            frozenset({each.account_id}),
            also_own=frozenset({each.decided_by}),
        )
        for each in all_of(page)
    ]


def claims(page: Callable[[str | None, int], Rows[ClaimStanding]]) -> list[Case]:
    """Return appeals against warnings and limits on claims that nobody has decided."""
    return [
        Case(CLAIMS, each.buyer_id, each.level, each.appealed_at, None, None, frozenset({each.buyer_id}))
        for each in all_of(page)
        if each.appealed_at and not each.decided_by
    ]


def verifications(page: Callable[[str | None, int], Rows[str]], read: Callable[[str], Identity | None]) -> list[Case]:
    """Return accounts whose latest check of identity failed, until somebody has looked."""
    found = (read(account_id) for account_id in all_of(page))
    return [
        Case(VERIFICATION, each.account_id, each.status, each.decided_at, None, None, frozenset({each.account_id}))
        for each in found
        if each and each.status == REFUSED and each.decided_at
    ]


def proposals(page: Callable[[str | None, int], Rows[Proposal]], now: datetime) -> list[Case]:
    """Return what one of the staff proposed and another has to approve, until it lapses."""
    return [
        Case(
            PROPOSAL,
            each.proposal_id,
            each.kind,
            each.proposed_at,
            each.expires_at,
            str(each.facts["order_id"]) if "order_id" in each.facts else None,
            each.concerns,
            also_own=frozenset({each.proposed_by}),
        )
        for each in all_of(page)
        if each.state_at(now) == OPEN
    ]
