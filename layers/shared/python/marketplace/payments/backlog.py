"""What waits for people, as whoever watches sees it: how much of it, and for how long."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from marketplace.kit.clock import Clock
from marketplace.payments.bank_case import REMINDED_BEFORE
from marketplace.payments.ports import BankCaseRows, Payments, UnclaimedRows
from marketplace.payments.unclaimed_model import UNCLAIMED_QUEUE, Stage

READ_MAX = 100  # of each kind: the longest due, which one request reads; a number that high says enough


@dataclass(frozen=True, slots=True)
class Waiting:
    """What nobody has seen to yet; both numbers up to `READ_MAX`."""

    unclaimed: int  # amounts that wait for two people's decision
    oldest: timedelta  # for how long the first of them has waited; 0 when none does
    bank_answers: int  # banks that stay without an answer unless a person sees to it


class Backlog:
    """Looks at what waits; it decides nothing."""

    def __init__(self, *, clock: Clock, payments: Payments, unclaimed: UnclaimedRows, cases: BankCaseRows) -> None:
        self._clock = clock
        self._payments = payments
        self._unclaimed = unclaimed
        self._cases = cases

    def look(self) -> Waiting:
        """Count what waits now; each row is read again, since an index may be behind."""
        now = self._clock.now()
        since = self._waiting_since(now)
        oldest = now - min(since) if since else timedelta()
        return Waiting(len(since), oldest, self._unanswered(now))

    def _waiting_since(self, now: datetime) -> list[datetime]:
        names = tuple(self._payments.due(UNCLAIMED_QUEUE, now, READ_MAX))
        found = self._unclaimed.read_many(names) if names else []
        return [each.since for each in found if each.stage is Stage.WAITING]

    def _unanswered(self, now: datetime) -> int:
        # What Stripe refused is due at the bank's deadline: it is looked at as long before it as sellers are reminded.
        names = self._cases.due(now + REMINDED_BEFORE, READ_MAX)
        return sum(each.is_overdue(now) for each in self._cases.read_many(names)) if names else 0
