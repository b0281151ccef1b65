"""Reconcile days: every balance transaction of Stripe's against exactly what the books say of it, and the reverse.

The comparison itself is pure (ledger/reconciliation.py). Here both sides are read, twice where they seem to differ:

1. the days asked for, and their neighbours, because the two clocks and the two sides of midnight differ: Stripe's
   list by creation, the books by their index of days;
2. of each pair that does not agree, Stripe's object by its id and its books by key, consistently and however old. So an
   index that lags, or a booking days late, never raises an alarm of the wrong kind.

A row of the books that makes no sense counts as not booked. It is told by itself, beside what differs, and hides nobody
else: it is no ninth kind, for nobody can say what it books.

Nothing is written: a run may be repeated at any time, and over the same facts it gives the same report.
"""

from collections.abc import Collection, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import chain

from marketplace.kit.clock import Clock
from marketplace.kit.errors import Invalid
from marketplace.ledger.clearing import Open, is_clearing, not_cleared
from marketplace.ledger.differences import KINDS, Difference
from marketplace.ledger.model import LedgerTransaction, balances
from marketplace.ledger.owner import is_owners
from marketplace.ledger.reconciliation import LAG_MAX, Pair, differences, is_waiting, names, on_stripe, pair_up
from marketplace.ledger.sifting import Rows, Sieve, Unreadable
from marketplace.payments.model import StripeRefused
from marketplace.payments.movements import INSIDE_STRIPE, Movement, StripeBooks
from marketplace.payments.ports import Payments

DAY = timedelta(days=1)
CLOCK_SKEW = timedelta(minutes=15)  # how far our clock may be ahead of or behind Stripe's
RANGE_DAYS_MAX = 7  # what fits one function's memory and time at 10,000 orders a day
DAYS_LOOKED_AT = 2  # by the schedule: yesterday, and the day before it, whose last hours were not due yesterday
LOOKUPS_MAX = 500  # pairs that are looked up; when more than that differ, nobody needs them one by one


class BadRange(Invalid):
    """Not a day, or not days that have begun, or too many of them."""

    code = "bad_range"
    title_en = "These are not days that can be reconciled."
    title_es = "Estos no son días que se puedan conciliar."


@dataclass(frozen=True, slots=True)
class Report:
    """What a run found. `waiting` pairs are younger than the lag that is allowed: a later run judges them."""

    first_day: date
    last_day: date
    ran_at: datetime
    movements: int  # balance transactions that Stripe has of these days
    transactions: int  # ledger transactions of these days that move money at Stripe
    matched: int  # pairs that agree in everything
    waiting: int
    counts: dict[str, int]  # by kind, all eight of them
    differences: tuple[Difference, ...]
    lag_max: timedelta
    lag_median: timedelta
    booked: dict[tuple[str, str], int]  # by account (all sellers as one) and currency, minor units, of these days
    at_stripe: dict[str, int]  # net of fees by currency, minor units, of these days
    not_cleared: tuple[Open, ...]  # that these days left open and that are open still; all others: open_books.py
    unreadable: tuple[Unreadable, ...] = ()  # rows of the books that were met and make no sense


@dataclass(frozen=True, slots=True)
class _Days:
    """[since, until) in UTC."""

    since: datetime
    until: datetime

    def __contains__(self, moment: datetime) -> bool:
        return self.since <= moment < self.until


class Reconciliation:
    """Compares whole days (UTC)."""

    def __init__(self, *, clock: Clock, stripe: StripeBooks, ledger: Rows, payments: Payments) -> None:
        self._clock = clock
        self._stripe = stripe
        self._ledger = ledger
        self._payments = payments

    def latest(self) -> Report:
        """Reconcile the days that the schedule looks at.

        Raises: Unavailable.
        """
        return self.run(*self.scheduled())

    def scheduled(self) -> tuple[date, date]:
        """Return the first and the last day that the schedule looks at."""
        yesterday = self._clock.now().astimezone(UTC).date() - DAY
        return yesterday - (DAYS_LOOKED_AT - 1) * DAY, yesterday

    def check(self, first: date, last: date) -> None:
        """Let days through that can be reconciled.

        Raises: BadRange.
        """
        _checked(first, last, self._clock.now())

    def run(self, first: date, last: date) -> Report:
        """Reconcile the days from `first` to `last`, both included.

        Raises: BadRange; Unavailable.
        """
        now = self._clock.now()
        days, books = _checked(first, last, now), Sieve(self._ledger)
        movements = self._moved(days.since - LAG_MAX, days.until + CLOCK_SKEW)
        ledger = _booked(books, first, last, now.astimezone(UTC).date())
        asked = [pair for pair in pair_up(movements, ledger) if _belongs(pair, days)]
        pairs = [self._with_orders(pair) for pair in asked]
        judged = self._looked_up(books, pairs, days)
        of_days = [each for each in ledger if each.booked_at in days]
        moved_then = [each for each in movements if each.created_at in days]
        found = _report(first, last, now, judged, moved_then, of_days, _not_cleared(books, of_days, now))
        return replace(found, unreadable=tuple(self.with_orders(books.unreadable)))

    def with_orders(self, rows: Iterable[Unreadable]) -> list[Unreadable]:
        """Add to each row the orders whose money it may be: its book's, or those of the payment whose book it is in.

        Raises: Unavailable.
        """
        return [replace(each, orders=self._orders_in(each.book)) for each in rows]

    def _orders_in(self, book: str) -> tuple[str, ...]:
        if book.startswith("ord_"):
            return (book,)
        return self._orders_of(book) if book.startswith("pay_") else ()

    def _moved(self, since: datetime, until: datetime) -> list[Movement]:
        return [each for each in self._stripe.between(since, until) if each.kind not in INSIDE_STRIPE]

    def _with_orders(self, pair: Pair) -> Pair:
        """Add the payment's orders where Stripe, or a book, names a payment only: a charge is booked by order."""
        booked = (each.book for each in pair.booked if each.book.startswith("pay_"))
        payment_id = pair.payment_id or next(booked, None)
        if payment_id is None or any(each.order_id for each in pair.movements):
            return pair
        return replace(pair, order_ids=self._orders_of(payment_id))

    def _orders_of(self, payment_id: str) -> tuple[str, ...]:
        payment = self._payments.read(payment_id)
        return payment.order_ids if payment else ()

    def _looked_up(self, books: Sieve, pairs: Sequence[Pair], days: _Days) -> list[Pair]:
        judged: dict[tuple[str, bool], Pair] = {}
        looked = 0
        for pair in pairs:
            if pair.place in judged:
                continue  # seen whole, with the other direction of the same object
            judged[pair.place] = pair
            if differences(pair) and looked < LOOKUPS_MAX:
                looked += 1
                del judged[pair.place]
                whole = [each for each in self._whole(books, pair) if _belongs(each, days) or _is_about(each, pair)]
                judged |= {each.place: each for each in whole}
        return list(judged.values())

    def _whole(self, books: Sieve, pair: Pair) -> list[Pair]:
        movements = {each.transaction_id: each for each in (*pair.movements, *self._moved_by(pair.stripe_object))}
        ledger = {(each.book, each.key): each for each in pair.booked}
        for book in sorted(self._books_named(movements.values()) | {each.book for each in pair.booked}):
            ledger |= {(each.book, each.key): each for each in books.of_book(book)}
        about = [each for each in ledger.values() if names(each) == pair.stripe_object]
        return [self._with_orders(each) for each in pair_up(movements.values(), about)]

    def _books_named(self, movements: Collection[Movement]) -> set[str]:
        payments = {each.payment_id for each in movements if each.payment_id}
        orders = {each.order_id for each in movements if each.order_id}
        owners = {each.stripe_object for each in movements if is_owners(each)}
        return owners | payments | orders | {order_id for name in payments for order_id in self._orders_of(name)}

    def _moved_by(self, stripe_object: str) -> list[Movement]:
        if "/" in stripe_object:  # an entry that names no object stands for itself
            return []
        with suppress(StripeRefused):
            return [each for each in self._stripe.of_object(stripe_object) if each.kind not in INSIDE_STRIPE]
        return []


def _booked(books: Sieve, first: date, last: date, today: date) -> list[LedgerTransaction]:
    day, found = first - DAY, list[LedgerTransaction]()
    while day <= min(last + DAY, today):
        found += books.of_day(day)
        day += DAY
    return found


def _not_cleared(books: Sieve, of_days: Iterable[LedgerTransaction], now: datetime) -> list[Open]:
    """Return what these days left open and is open still, of books that can be read whole: of others nobody knows."""
    left: dict[tuple[str, str, str], int] = {}
    for each in of_days:
        for posting in each.postings:
            if is_clearing(posting.account):
                place = (each.book, posting.account, each.currency)
                left[place] = left.get(place, 0) + posting.amount_minor
    names = sorted({book for (book, _, _), amount_minor in left.items() if amount_minor})
    whole = {book: books.of_book(book) for book in names}
    return [open_ for book in names if books.is_whole(book) for open_ in not_cleared(book, whole[book], now)]


def _checked(first: date, last: date, now: datetime) -> _Days:
    if not first <= last <= now.astimezone(UTC).date() or last - first >= RANGE_DAYS_MAX * DAY:
        raise BadRange(fields={"day": "not_a_range_of_days"})
    since = datetime.combine(first, time(), UTC)
    return _Days(since, datetime.combine(last, time(), UTC) + DAY)


def _belongs(pair: Pair, days: _Days) -> bool:
    """Say whether a pair is told of on these days: by Stripe's moment, or by ours where Stripe has none."""
    if pair.movements:
        return any(each.created_at in days for each in pair.movements)
    return any(each.booked_at in days for each in pair.booked)


def _is_about(whole: Pair, seen: Pair) -> bool:
    """Say whether a pair that was looked up is the one that was seen in part."""
    return whole.place == seen.place or not set(whole.booked).isdisjoint(seen.booked)


def _report(
    first: date,
    last: date,
    now: datetime,
    pairs: Sequence[Pair],
    movements: Sequence[Movement],
    ledger: Sequence[LedgerTransaction],
    left_open: Sequence[Open],
) -> Report:
    waiting = sum(1 for pair in pairs if is_waiting(pair, now))
    judged = [differences(pair) for pair in pairs if not is_waiting(pair, now)]
    found = sorted(chain.from_iterable(judged), key=lambda each: (each.kind, each.stripe_object))
    lags = sorted(pair.lag for pair in pairs if pair.lag is not None)
    return Report(
        first_day=first,
        last_day=last,
        ran_at=now,
        movements=len(movements),
        transactions=sum(1 for each in ledger if on_stripe(each)),
        matched=judged.count([]),
        waiting=waiting,
        counts={kind.code: sum(1 for each in found if each.kind == kind.code) for kind in KINDS},
        differences=tuple(found),
        lag_max=lags[-1] if lags else timedelta(),
        lag_median=lags[len(lags) // 2] if lags else timedelta(),
        booked=_by_account(ledger),
        at_stripe=_net(movements),
        not_cleared=tuple(left_open),
    )


def _by_account(ledger: Iterable[LedgerTransaction]) -> dict[tuple[str, str], int]:
    totals: dict[tuple[str, str], int] = {}
    for (account, currency), amount_minor in sorted(balances(ledger).items()):
        place = (account.partition(":")[0], currency)
        totals[place] = totals.get(place, 0) + amount_minor
    return totals


def _net(movements: Iterable[Movement]) -> dict[str, int]:
    totals: dict[str, int] = {}
    for each in movements:
        totals[each.currency] = totals.get(each.currency, 0) + each.amount_minor - each.fee_minor
    return totals
