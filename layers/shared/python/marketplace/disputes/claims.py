"""Buyers who claim unusually often are warned, then asked for evidence first; they can appeal. The rule is published.

Counted are the disputes that a buyer opened in the last 90 days and that nobody decided in their favour, against what
they bought in that time. A limit closes nothing: it asks for an uploaded file before a dispute is opened.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Protocol

from marketplace.decisions.model import HOUSE, MODERATOR
from marketplace.decisions.ports import Recording
from marketplace.disputes.clauses import quoted
from marketplace.disputes.errors import ClaimAppealOnce, ClaimLimitMissing, ClaimNeedsEvidence, DisputeMoved
from marketplace.disputes.model import Dispute
from marketplace.kit.clock import Clock
from marketplace.kit.writes import Transactions, Write
from marketplace.orders.model import OwnCase
from marketplace.orders.ports import OrderPages
from marketplace.staff.acts import StaffActs

CLAIMS_WINDOW = timedelta(days=90)
PURCHASES_LOOKED_AT = 100  # more in 90 days lets nobody look unusual
CLEAR, WARNED, LIMITED, LIFTED = "clear", "warned", "limited", "lifted"
_NOT_BOUGHT = frozenset({"awaiting_payment", "cancelled"})


@dataclass(frozen=True, slots=True)
class ClaimRule:
    """From so many claims, which are such a share of the purchases, something happens."""

    level: str
    claims_min: int
    share_min_percent: int
    clause: str


CLAIM_RULES = (  # the strictest first
    ClaimRule(LIMITED, 5, 50, "6.2"),
    ClaimRule(WARNED, 3, 30, "6.1"),
)


@dataclass(frozen=True, slots=True)
class Claim:
    """A dispute that counts for its buyer."""

    buyer_id: str
    dispute_id: str
    at: datetime
    upheld: bool = False  # decided in the buyer's favour: it does not count any more


@dataclass(frozen=True, slots=True)
class ClaimStanding:
    """What a buyer's claims led to."""

    buyer_id: str
    level: str = CLEAR
    since: datetime | None = None
    claims: int = 0  # as counted then
    purchases: int = 0
    appeal: str = ""
    appealed_at: datetime | None = None
    decision: str = ""  # the reasons of whoever decided the appeal
    decided_by: str = ""
    revision: int = 0


class ClaimRows(Protocol):
    """Where claims are counted."""

    def claims_since(self, buyer_id: str, since: datetime) -> list[Claim]:
        """Return a buyer's claims, consistently."""

    def claim(self, claim: Claim) -> Write:
        """Store a claim, or what became of it."""

    def claim_standing(self, buyer_id: str) -> ClaimStanding:
        """Return what a buyer's claims led to, consistently."""

    def change_standing(self, before: ClaimStanding, after: ClaimStanding, refusal: Exception) -> Write:
        """Replace while nobody else changed it."""


def level_of(claims: int, purchases: int) -> str:
    """Return what so many claims among so many purchases lead to."""
    for rule in CLAIM_RULES:
        if claims >= rule.claims_min and claims * 100 >= rule.share_min_percent * max(purchases, 1):
            return rule.level
    return CLEAR


class Claims:
    """Counts claims, and says what follows."""

    def __init__(
        self,
        *,
        clock: Clock,
        transactions: Transactions,
        rows: ClaimRows,
        pages: OrderPages,
        acts: StaffActs,
        decisions: Recording,
    ) -> None:
        self._clock = clock
        self._tx = transactions
        self._rows = rows
        self._pages = pages
        self._acts = acts
        self._decisions = decisions

    def opening(self, dispute: Dispute) -> list[Write]:
        """Return what opening this dispute writes about its buyer.

        Raises: ClaimNeedsEvidence.
        """
        now, buyer_id = self._clock.now(), dispute.buyer_id
        standing = self._rows.claim_standing(buyer_id)
        earlier = self._rows.claims_since(buyer_id, now - CLAIMS_WINDOW)
        count = 1 + sum(not each.upheld for each in earlier)
        writes = [self._rows.claim(Claim(buyer_id, dispute.dispute_id, now))]
        if count < min(rule.claims_min for rule in CLAIM_RULES) and standing.level != LIMITED:
            return writes
        purchases = self._purchases(buyer_id, now)
        level = level_of(count, purchases)
        if standing.level == LIMITED:
            return [*writes, *self._under_limit(dispute, standing, level)]
        # Whoever was let off starts at a warning again.
        level = WARNED if standing.level == LIFTED and level == LIMITED else level
        if level in {CLEAR, standing.level}:
            return writes
        after = replace(
            ClaimStanding(buyer_id), level=level, since=now, claims=count, purchases=purchases,
            revision=standing.revision + 1,
        )  # fmt: skip
        receipt = self._receipt(f"claims.{level}", after, HOUSE, automated=True, ground=_ground(level))
        return [*writes, self._rows.change_standing(standing, after, DisputeMoved()), *receipt]

    def _under_limit(self, dispute: Dispute, standing: ClaimStanding, level: str) -> list[Write]:
        """Ask a limited buyer for evidence; a limit ends by itself once the counts do not bear it any more.

        Raises: ClaimNeedsEvidence.
        """
        if level != LIMITED:
            after = replace(ClaimStanding(standing.buyer_id), level=level, revision=standing.revision + 1)
            after = replace(after, since=self._clock.now(), claims=standing.claims, purchases=standing.purchases)
            receipt = self._receipt("claims.restored", after, HOUSE, automated=True)
            return [self._rows.change_standing(standing, after, DisputeMoved()), *receipt]
        if not any(each.uploaded_at for each in dispute.evidence):
            raise ClaimNeedsEvidence
        return []

    def standing(self, buyer_id: str) -> ClaimStanding:
        """Return what a buyer's claims led to."""
        return self._rows.claim_standing(buyer_id)

    def appeal(self, buyer_id: str, statement: str) -> ClaimStanding:
        """Ask for another look at one's limit or warning, once.

        Raises: ClaimLimitMissing, ClaimAppealOnce.
        """
        before = self._rows.claim_standing(buyer_id)
        if before.level not in {WARNED, LIMITED}:
            raise ClaimLimitMissing
        if before.appeal:
            raise ClaimAppealOnce
        after = replace(before, appeal=statement, appealed_at=self._clock.now(), revision=before.revision + 1)
        self._tx.commit([self._rows.change_standing(before, after, ClaimAppealOnce())])
        return after

    def decide(self, buyer_id: str, moderator_id: str, *, lift: bool, reasons: str) -> ClaimStanding:
        """Lift what was placed on a buyer's claims, or let it stand, with reasons.

        Raises: OwnCase, ClaimLimitMissing, DisputeMoved.
        """
        if buyer_id == moderator_id:
            raise OwnCase
        before = self._rows.claim_standing(buyer_id)
        if before.level not in {WARNED, LIMITED}:
            raise ClaimLimitMissing
        level = LIFTED if lift else before.level
        after = replace(before, level=level, decision=reasons, decided_by=moderator_id, revision=before.revision + 1)
        act = self._acts.note(moderator_id, "claims.decided", buyer_id, {"level": level}, reasons)
        kind = "claims.restored" if lift else "claims.upheld"
        receipt = self._receipt(kind, after, MODERATOR, automated=False, reasons=reasons)
        self._tx.commit([self._rows.change_standing(before, after, DisputeMoved()), act, *receipt])
        return after

    def _purchases(self, buyer_id: str, now: datetime) -> int:
        """Count what the buyer bought lately. From an index: what it lacks for a second could only warn too early."""
        found = self._pages.page_of_buyer(buyer_id, None, PURCHASES_LOOKED_AT).items
        since = now - CLAIMS_WINDOW
        return sum(each.placed_at >= since and each.state not in _NOT_BOUGHT for each in found)

    def _receipt(
        self, kind: str, standing: ClaimStanding, by: str, *, automated: bool, reasons: str = "", ground: str = ""
    ) -> list[Write]:
        return self._decisions.record(
            kind=kind,
            subject=standing.buyer_id,
            once=str(standing.revision),
            concerns=[standing.buyer_id],
            by=by,
            automated=automated,
            reasons=reasons,
            ground=ground,
            facts={"claims": standing.claims, "orders": standing.purchases},
        )


def _ground(level: str) -> str:
    """Quote the published rule by which a level was reached."""
    return quoted(next(rule.clause for rule in CLAIM_RULES if rule.level == level))
