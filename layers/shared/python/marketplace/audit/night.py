"""Judge what moved on the days asked for, one order and one seller at a time, and stop payments of what is broken.

What a look finds broken is read again before anything is stopped: until two readings in succession are alike, and so
are of one moment. What changes at every look is left to the night after, for it moves today.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import partial

from marketplace.audit import sources
from marketplace.audit.money import Predicate
from marketplace.audit.one_order import OrderViews
from marketplace.audit.one_seller import SellerViews
from marketplace.audit.promises import ONLY_TOLD, ORDER_PROMISES, SELLER_PROMISES
from marketplace.audit.view import View, Violation
from marketplace.kit.clock import Clock
from marketplace.kit.errors import DomainError
from marketplace.payments.reconcile import BadRange
from marketplace.payouts.narrow_stops import STOPS_MAX, stop_narrowest
from marketplace.payouts.seller_books import SellerBooks
from marketplace.payouts.switch import EVERYTHING

READINGS_MAX = 5  # of what seems broken, until two are alike
CONFIRM_AFTER_SECONDS = 2.0  # an index, and Stripe's lists, are behind by less
READ_MAX = 100  # keys in one round trip
DAY = timedelta(days=1)
UNREADABLE, UNKNOWN = "unreadable", "unknown"  # rules: a row contradicts itself; a book of no order
STOPPED, LIFTED, TOLD, NOT_STOPPED = "stopped", "lifted", "told", "not_stopped"


@dataclass(frozen=True, slots=True)
class Found:
    """One broken promise, and what was done: stopped, lifted by two people as it is, told alone, or not stopped."""

    scope: str
    rule: str
    subject: str
    seen: str
    done: str


@dataclass(slots=True)
class Report:
    """What a run found; `left` nobody could look at, `unsettled` changed at every look, `rest` is for another run."""

    since: datetime  # the end of the day that was asked for
    orders: int = 0
    sellers: int = 0
    found: list[Found] = field(default_factory=list)
    unsettled: list[str] = field(default_factory=list)
    left: list[str] = field(default_factory=list)
    rest: list[str] = field(default_factory=list)
    after: str = ""  # the last that was looked at: a run that was not done goes on from here
    ran_at: datetime | None = None  # its end

    @property
    def lag(self) -> timedelta:
        """How long after the end of the day that was asked for the run ended; never negative."""
        return max((self.ran_at or self.since) - self.since, timedelta())

    @property
    def is_carried_out(self) -> bool:
        """Whether everything that had to be stopped is."""
        return all(each.done != NOT_STOPPED for each in self.found)


class Audit:
    """Looks, confirms and stops."""

    def __init__(
        self,
        *,
        clock: Clock,
        ledger: sources.Ledger,
        orders: sources.Orders,
        payments: sources.PaymentRows,
        books: SellerBooks,
        order_views: OrderViews,
        seller_views: SellerViews,
        switch: sources.Switch,
        pause: Callable[[float], None],
    ) -> None:
        self._clock = clock
        self._ledger = ledger
        self._orders = orders
        self._payments = payments
        self._books = books
        self._order_views = order_views
        self._seller_views = seller_views
        self._switch = switch
        self._pause = pause

    def yesterday(self) -> date:
        """Return the last day that is over (UTC)."""
        return self._clock.now().astimezone(UTC).date() - DAY

    def of_day(self, day: date | None = None, *, after: str = "", until: datetime | None = None) -> Report:
        """Judge every order whose book moved on a day (UTC; else yesterday), and every seller of one or of a payout.

        `after` goes on behind what an earlier run had looked at; from `until` on nothing more is begun.

        Raises: BadRange for a day that has not begun; Unavailable.
        """
        day = day or self.yesterday()
        if day > self.yesterday() + DAY:
            raise BadRange(fields={"day": "not_begun"})
        orders = self._orders_of(day)
        sellers: dict[str, list[str]] = {each: [] for each in self._books.moving(_begin(day))}
        for order_id, seller_id in orders.items():
            if seller_id:
                sellers.setdefault(seller_id, []).append(order_id)
        return self._run(Report(_begin(day + DAY)), orders, sellers, after, until)

    def of_order(self, order_id: str) -> Report:
        """Judge one order.

        Raises: Unavailable.
        """
        return self._run(Report(self._clock.now()), self._with_sellers([order_id]), {})

    def of_seller(self, seller_id: str) -> Report:
        """Judge one seller."""
        return self._run(Report(self._clock.now()), {}, {seller_id: []})

    def _orders_of(self, day: date) -> dict[str, str]:
        """Return the orders whose books, or whose payments' books, moved, each with its seller ("": no such order)."""
        books = self._ledger.books_of(day)
        found = {book for book in books if book.startswith("ord_")}
        for book in books:
            payment = self._payments.read(book) if book.startswith("pay_") else None
            found.update(payment.order_ids if payment else ())
        return self._with_sellers(sorted(found))

    def _with_sellers(self, names: Sequence[str]) -> dict[str, str]:
        parts = (names[first : first + READ_MAX] for first in range(0, len(names), READ_MAX))
        sellers = {order.order_id: order.seller_id for part in parts for order in self._orders.read_many(part)}
        return {order_id: sellers.get(order_id, "") for order_id in names}

    def _run(
        self,
        report: Report,
        orders: Mapping[str, str],
        sellers: Mapping[str, Collection[str]],
        after: str = "",
        until: datetime | None = None,
    ) -> Report:
        subjects = [each for each in sorted({*orders, *sellers}) if each > after]
        for place, subject in enumerate(subjects):
            if self._is_general(report):
                report.left += subjects[place:]
                break
            if until is not None and self._clock.now() >= until:
                report.rest += subjects[place:]
                break
            if subject in orders:
                report.orders += 1
                self._look_at_order(report, subject, orders[subject])
            else:
                report.sellers += 1
                self._look_at_seller(report, subject, sellers[subject])
            report.after = subject
        report.ran_at = self._clock.now()
        return report

    def _look_at_order(self, report: Report, order_id: str, seller_id: str) -> None:
        if not seller_id:
            lost = Violation(UNKNOWN, order_id, "booked, and there is no such order")
            self._stop(report, [lost], self._currencies_of(order_id))
            return
        look = partial(self._order_views.of, order_id)
        scopes = [f"order:{order_id}", f"seller:{seller_id}", EVERYTHING]
        self._judge(report, order_id, look, look, ORDER_PROMISES, scopes)

    def _look_at_seller(self, report: Report, seller_id: str, orders: Collection[str]) -> None:
        look = partial(self._seller_views.of, seller_id, orders)
        again = partial(self._seller_views.with_moving, seller_id, orders)
        self._judge(report, seller_id, look, again, SELLER_PROMISES, [f"seller:{seller_id}", EVERYTHING])

    def _judge(
        self,
        report: Report,
        subject: str,
        look: Callable[[], View | None],
        again: Callable[[], View | None],
        promises: Sequence[Predicate],
        scopes: Sequence[str],
    ) -> None:
        try:
            broken = _broken(look(), promises)
            if broken:
                self._pause(CONFIRM_AFTER_SECONDS)
                settled = _settled(again)
                if settled is None:
                    report.unsettled.append(subject)
                broken = _broken(settled, promises)
        except DomainError as error:
            report.left.append(f"{subject} {error.code}")
            return
        except ValueError as error:  # a stored transaction that does not balance is none
            broken = [Violation(UNREADABLE, subject, str(error))]
        self._stop(report, broken, scopes)

    def _stop(self, report: Report, broken: Sequence[Violation], scopes: Sequence[str]) -> None:
        grave = [each for each in broken if each.rule not in ONLY_TOLD]
        scope, done = scopes[0], TOLD
        if grave:
            told = "; ".join(f"{each.rule} {each.subject}: {each.seen}" for each in grave)
            scope, done = self._stopped(scopes, f"invariant:{grave[0].rule}", told)
        for each in broken:
            what = TOLD if each.rule in ONLY_TOLD else done
            report.found.append(Found(scope, each.rule, each.subject, each.seen, what))

    def _stopped(self, scopes: Sequence[str], cause: str, reasons: str) -> tuple[str, str]:
        try:
            scope, change = stop_narrowest(self._switch, scopes, cause, reasons)
        except DomainError:
            return scopes[0], NOT_STOPPED
        return scope, STOPPED if change else LIFTED

    def _is_general(self, report: Report) -> bool:
        """Stop everything once too many are broken, and say so: the rest is for people."""
        stopped = {each.scope for each in report.found if each.done == STOPPED}
        if len(stopped) < STOPS_MAX:
            return False
        why = f"{len(stopped)} orders and sellers are broken, until {report.since.isoformat()}"
        scope, done = self._stopped([EVERYTHING], "invariant:many", why)
        report.found.append(Found(scope, "many", EVERYTHING, why, done))
        return True

    def _currencies_of(self, book: str) -> list[str]:
        try:
            found = sorted({each.currency for each in self._ledger.of_book(book)})
        except ValueError:
            return [EVERYTHING]
        return [*(f"currency:{each}" for each in found[:1]), EVERYTHING]


def _broken(view: View | None, promises: Iterable[Predicate]) -> list[Violation]:
    return [each for promise in promises for each in promise(view)] if view else []


def _settled(look: Callable[[], View | None]) -> View | None:
    """Read until two readings in succession are alike; None when none are."""
    before = look()
    for _ in range(READINGS_MAX - 1):
        after = look()
        if _timeless(before) == _timeless(after):
            return after
        before = after
    return None


def _timeless(view: View | None) -> View | None:
    return replace(view, now=_begin(date.min), stripe_payouts_since=None) if view else None


def _begin(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)
