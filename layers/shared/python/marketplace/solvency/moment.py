"""Both sides of the platform's money at one moment, as far as the world holds still.

The books are folded from the last statement on: each run leaves the positions at the end of a day to which nothing can
be booked any more, and the next adds the days since. Stripe's balance is asked between two looks at today's bookings;
when both looks agree, the two sides are of one moment.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from marketplace.kit.clock import Clock
from marketplace.ledger.model import LedgerTransaction
from marketplace.payments.model import Intent, IntentKind
from marketplace.solvency.claims import folded, may_have_moved, with_returning
from marketplace.solvency.model import BASE_VERSION, Base, Positions
from marketplace.solvency.ports import Balances, Ledger, Orders, Payments

FIRST_DAY = date(2026, 11, 1)  # no book is older than the software
DAY_CLOSES_AFTER = timedelta(hours=3)  # nothing is booked to a day, nor missing in its index, so long after its end
LOOKS_MAX = 3  # at a moment that does not hold still
INTENTS_MAX = 500  # more than that are on their way only when something else is wrong
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Moment:
    """What the books said, what Stripe held, and which calls may have moved money already."""

    positions: Positions
    base: Base
    at_stripe: Mapping[str, int]
    under_way: Sequence[Intent]


class Moments:
    """Reads the books and Stripe."""

    def __init__(self, *, clock: Clock, ledger: Ledger, orders: Orders, payments: Payments, balances: Balances) -> None:
        self._clock = clock
        self._ledger = ledger
        self._orders = orders
        self._payments = payments
        self._balances = balances

    def since(self, last: Base | None) -> Moment:
        """Read both sides so that they are of one moment; `last` is what to begin from.

        Raises: Unavailable.
        """
        now = self._clock.now()
        base = self._closed(last, now)
        for _look in range(LOOKS_MAX):
            before = self._booked_since(base, now)
            at_stripe, under_way = self._balances.balances(), self._under_way(now)
            after = self._booked_since(base, self._clock.now())
            if _names(before) == _names(after):
                break
        positions = with_returning(folded(base.positions, after), self._returning(under_way))
        return Moment(positions, base, at_stripe, under_way)

    def books(self, base: Base) -> Positions:
        """Fold the books anew, from a base to now."""
        return folded(base.positions, self._booked_since(base, self._clock.now()))

    def returning(self) -> Counter[tuple[str, str]]:
        """Sum what calls may have taken from sellers' Stripe accounts by now and the books do not have back yet."""
        return self._returning(filter(may_have_moved, self._under_way(self._clock.now())))

    def _under_way(self, now: datetime) -> list[Intent]:
        """Return open intents, and those whose outcome nobody knows."""
        names = (each for queue in ("open", "parked") for each in self._payments.due(queue, now + DAY, INTENTS_MAX))
        found = (self._payments.intent(intent_id) for intent_id in names)
        return [intent for intent in found if intent is not None and not intent.is_over]

    def _returning(self, under_way: Iterable[Intent]) -> Counter[tuple[str, str]]:
        back = [each for each in under_way if each.kind is IntentKind.REVERSAL and each.order_id]
        names = sorted({str(each.order_id) for each in back})
        sellers = {each.order_id: each.seller_id for each in self._orders.read_many(names)} if names else {}
        coming: Counter[tuple[str, str]] = Counter()
        for each in back:
            coming[sellers[str(each.order_id)], each.currency] += each.amount_minor
        return coming

    def _closed(self, base: Base | None, now: datetime) -> Base:
        """Bring the base forward to the last day that is over for certain."""
        day = date.fromisoformat(base.through) + DAY if base else FIRST_DAY
        until = day_of(now - DAY_CLOSES_AFTER) - DAY
        positions = dict(base.positions) if base else {}
        while day <= until:
            positions = folded(positions, self._ledger.of_day(day))
            day += DAY
        return Base((day - DAY).isoformat(), positions, base.version if base else BASE_VERSION)

    def _booked_since(self, base: Base, now: datetime) -> list[LedgerTransaction]:
        day, found = date.fromisoformat(base.through) + DAY, list[LedgerTransaction]()
        while day <= day_of(now):
            found += self._ledger.of_day(day)
            day += DAY
        return found


def day_of(moment: datetime) -> date:
    """Return the day of the books that a moment lies in."""
    return moment.astimezone(UTC).date()


def _names(transactions: Iterable[LedgerTransaction]) -> set[tuple[str, str]]:
    return {(each.book, each.key) for each in transactions}
