"""Both sides of the platform's money at one moment, as far as the world holds still.

The books are folded from the last statement on: each run leaves the positions at the end of a day to which nothing can
be booked any more, and the next adds the days since. Stripe's balance is asked between two looks at today's bookings;
when both looks agree, the two sides are of one moment.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import TypeVar

from marketplace.kit.clock import Clock
from marketplace.kit.errors import Unavailable
from marketplace.ledger.model import LedgerTransaction
from marketplace.ledger.sifting import NO_SENSE
from marketplace.payments.model import Intent, IntentKind, IntentState
from marketplace.solvency.claims import folded, may_have_moved, with_returning
from marketplace.solvency.model import BASE_VERSION, Base, Positions
from marketplace.solvency.ports import Balances, Ledger, Orders, Payments

FIRST_DAY = date(2026, 11, 1)  # no book is older than the software
DAY_CLOSES_AFTER = timedelta(hours=3)  # nothing is booked to a day, nor missing in its index, so long after its end
LOOKS_MAX = 3  # at a moment that does not hold still
INTENTS_MAX = 20_000  # in a queue: read in some seconds; while all payments are stopped, every transfer waits in one
IN_READ = 100  # items in one read
AHEAD = timedelta(days=365)  # of now: the sweep may have put off an open intent
DAY = timedelta(days=1)

T = TypeVar("T")


class UnreadableBooks(ValueError):
    """A stored transaction contradicts itself, so that nobody can say what is owed."""


class TooMuchUnderWay(Unavailable):
    """More calls are on their way than a run reads; of some of them alone nobody can say what is moving."""


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

        Raises: UnreadableBooks; Unavailable.
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
        """Fold the books anew, from a base to now.

        Raises: UnreadableBooks.
        """
        return folded(base.positions, self._booked_since(base, self._clock.now()))

    def returning(self) -> Counter[tuple[str, str]]:
        """Sum what calls may have taken from sellers' Stripe accounts by now and the books do not have back yet.

        A reversal waits for people only when nobody knows of its call: a refused one is closed.
        """
        under_way = self._under_way(self._clock.now())
        return self._returning(each for each in under_way if may_have_moved(each) or each.state is IntentState.PARKED)

    def _under_way(self, now: datetime) -> list[Intent]:
        """Return every open intent, and those whose outcome nobody knows.

        Raises: TooMuchUnderWay.
        """
        names: set[str] = set()  # one that is parked meanwhile is in both queues
        for queue in ("open", "parked"):
            found = self._payments.due(queue, now + AHEAD, INTENTS_MAX + 1)
            if len(found) > INTENTS_MAX:
                raise TooMuchUnderWay
            names.update(found)
        read = (self._payments.intents(some) for some in in_portions(sorted(names)))
        return [intent for some in read for intent in some.values() if not intent.is_over]

    def _returning(self, under_way: Iterable[Intent]) -> Counter[tuple[str, str]]:
        back = [each for each in under_way if each.kind is IntentKind.REVERSAL and each.order_id]
        names = sorted({str(each.order_id) for each in back})
        read = (self._orders.read_many(some) for some in in_portions(names))
        sellers = {each.order_id: each.seller_id for some in read for each in some}
        coming: Counter[tuple[str, str]] = Counter()
        for each in back:
            if each.order_id in sellers:  # an order that is not there brought nobody anything
                coming[sellers[each.order_id], each.currency] += each.amount_minor
        return coming

    def _closed(self, base: Base | None, now: datetime) -> Base:
        """Bring the base forward to the last day that is over for certain."""
        day = date.fromisoformat(base.through) + DAY if base else FIRST_DAY
        until = day_of(now - DAY_CLOSES_AFTER) - DAY
        positions = dict(base.positions) if base else {}
        while day <= until:
            positions = folded(positions, self._of_day(day))
            day += DAY
        return Base((day - DAY).isoformat(), positions, base.version if base else BASE_VERSION)

    def _booked_since(self, base: Base, now: datetime) -> list[LedgerTransaction]:
        day, found = date.fromisoformat(base.through) + DAY, list[LedgerTransaction]()
        while day <= day_of(now):
            found += self._of_day(day)
            day += DAY
        return found

    def _of_day(self, day: date) -> list[LedgerTransaction]:
        try:
            return self._ledger.of_day(day)
        except NO_SENSE as error:
            raise UnreadableBooks(str(error)) from error


def in_portions(names: Sequence[T]) -> Iterator[Sequence[T]]:
    """Split what is read into parts of one read each."""
    return (names[start : start + IN_READ] for start in range(0, len(names), IN_READ))


def day_of(moment: datetime) -> date:
    """Return the day of the books that a moment lies in."""
    return moment.astimezone(UTC).date()


def _names(transactions: Iterable[LedgerTransaction]) -> set[tuple[str, str]]:
    return {(each.book, each.key) for each in transactions}
