"""Judge what moved on the days asked for, one order and one seller at a time, and stop payments of what is broken.

What a look finds broken is read again before anything is stopped: until two readings in succession are alike, and so
are of one moment. What changes at every look is left to the night after, for it moves today. A row that nobody can make
sense of keeps nobody else from being looked at.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from functools import partial

from marketplace.audit import sources
from marketplace.audit.money import Predicate
from marketplace.audit.one_order import OrderViews
from marketplace.audit.one_seller import NoProfile, SellerViews
from marketplace.audit.promises import BOOK_PROMISES, ORDER_PROMISES, SELLER_PROMISES
from marketplace.audit.report import Report
from marketplace.audit.stopping import Stopping
from marketplace.audit.view import View, Violation
from marketplace.kit.clock import Clock
from marketplace.kit.errors import DomainError, Invalid
from marketplace.ledger.model import Contradiction
from marketplace.payments.reconcile import BadRange
from marketplace.payouts.errors import PayoutRefused
from marketplace.payouts.seller_books import SellerBooks
from marketplace.payouts.switch import EVERYTHING

READINGS_MAX = 5  # of what seems broken, until two are alike
CONFIRM_AFTER_SECONDS = 2.0  # an index, and Stripe's lists, are behind by less
READ_MAX = 100  # keys in one round trip
AGAIN_MAX = 200  # subjects of which nobody answers, in a night: with more, a run waits for the next one
NOTE_EVERY = 200  # subjects: what a run that is killed has done for nothing
DAY = timedelta(days=1)
UNREADABLE, UNKNOWN = "unreadable", "unknown"  # rules: a row contradicts itself; a book of no order


class UnknownSubject(Invalid):
    """No row anywhere is about this order or seller: a typing error, most likely."""

    code = "unknown_subject"
    title_en = "There is no such order or seller."
    title_es = "No existe tal pedido o vendedor."


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
        self._stopping = Stopping(clock=clock, switch=switch)
        self._pause = pause

    def yesterday(self) -> date:
        """Return the last day that is over (UTC)."""
        return self._clock.now().astimezone(UTC).date() - DAY

    def of_day(
        self,
        day: date | None = None,
        *,
        after: str = "",
        again: Sequence[str] = (),
        until: datetime | None = None,
        note: Callable[[Report], None] = lambda _: None,
    ) -> Report:
        """Judge every order whose book moved on a day (UTC; else yesterday), and every seller of one or of a payout.

        `again` come first; `after` goes on behind what an earlier run had looked at; from `until` on nothing more is
        begun; `note` is told now and then how far the run has come.

        Raises: BadRange for a day that has not begun; Unavailable.
        """
        day = day or self.yesterday()
        if day > self.yesterday() + DAY:
            raise BadRange(fields={"day": "not_begun"})
        report = Report(_begin(day + DAY), again=list(again), after=after)
        orders = self._orders_of(report, day)
        sellers: dict[str, list[str]] = {each: [] for each in self._books.moving(_begin(day))}
        sellers |= {each: [] for each in again if each.startswith("acc_")}
        for order_id, seller_id in orders.items():
            if seller_id:
                sellers.setdefault(seller_id, []).append(order_id)
        return self._run(report, orders, sellers, until, note)

    def of_order(self, order_id: str) -> Report:
        """Judge one order.

        Raises: UnknownSubject; Unavailable.
        """
        report = Report(self._clock.now())
        orders = self._with_sellers(report, [order_id])
        if orders.get(order_id) == "" and not self._is_booked(order_id):
            raise UnknownSubject(fields={"order_id": "unknown"})
        return self._run(report, orders, {})

    def of_seller(self, seller_id: str) -> Report:
        """Judge one seller.

        Raises: UnknownSubject; Unavailable.
        """
        if not self._seller_views.is_known(seller_id):
            raise UnknownSubject(fields={"seller_id": "unknown"})
        return self._run(Report(self._clock.now()), {}, {seller_id: []})

    def _orders_of(self, report: Report, day: date) -> dict[str, str]:
        """Return the orders whose books, or whose payments' books, moved, each with its seller ("": no such order)."""
        books = self._ledger.books_of(day)
        found = {book for book in (*books, *report.again) if book.startswith("ord_")}
        for book in books:
            found.update(self._paid_by(report, book) if book.startswith("pay_") else ())
        return self._with_sellers(report, sorted(found))

    def _paid_by(self, report: Report, payment_id: str) -> Sequence[str]:
        try:
            payment = self._payments.read(payment_id)
        except DomainError:
            raise
        except Exception as error:  # noqa: BLE001 - a row that makes no sense hides no other
            report.leave(payment_id, error)
            return ()
        return payment.order_ids if payment else ()

    def _with_sellers(self, report: Report, names: Sequence[str]) -> dict[str, str]:
        found: dict[str, str] = {}
        for first in range(0, len(names), READ_MAX):
            part = names[first : first + READ_MAX]
            try:
                sellers = {order.order_id: order.seller_id for order in self._orders.read_many(part)}
                found |= {order_id: sellers.get(order_id, "") for order_id in part}
            except DomainError:
                raise
            except Exception:  # noqa: BLE001 - one of them makes no sense: which one is told
                found |= self._one_by_one(report, part)
        return found

    def _one_by_one(self, report: Report, names: Sequence[str]) -> dict[str, str]:
        found = {}
        for order_id in names:
            try:
                order = self._orders.read(order_id)
                found[order_id] = order.seller_id if order else ""
            except DomainError:
                raise
            except Exception as error:  # noqa: BLE001 - see above
                report.leave(order_id, error)
        return found

    def _run(
        self,
        report: Report,
        orders: Mapping[str, str],
        sellers: Mapping[str, Collection[str]],
        until: datetime | None = None,
        note: Callable[[Report], None] = lambda _: None,
    ) -> Report:
        known = {*orders, *sellers}
        again = report.again = [each for each in report.again if each in known]
        subjects = [*again, *(each for each in sorted(known - {*again}) if each > report.after)]
        for place, subject in enumerate(subjects):
            waits = place >= len(again) and len(report.again) >= AGAIN_MAX
            if waits or (until is not None and self._clock.now() >= until):
                report.rest += subjects[place:]
                break
            report.again = [each for each in report.again if each != subject]
            self._look_at(report, subject, orders, sellers)
            report.after = max(report.after, subject)
            if self._stopping.is_general(report):
                report.left += subjects[place + 1 :]
                break
            if (place + 1) % NOTE_EVERY == 0:
                note(report)
        report.ran_at = self._clock.now()
        return report

    def _look_at(
        self, report: Report, subject: str, orders: Mapping[str, str], sellers: Mapping[str, Collection[str]]
    ) -> None:
        try:
            if subject in orders:
                report.orders += 1
                self._look_at_order(report, subject, orders[subject])
            else:
                report.sellers += 1
                self._look_at_seller(report, subject, sellers[subject])
        except Exception as error:  # noqa: BLE001 - a mistake of ours, or a row that makes no sense, stops nobody
            report.leave(subject, error)

    def _look_at_order(self, report: Report, order_id: str, seller_id: str) -> None:
        if not seller_id:
            lost = Violation(UNKNOWN, order_id, "booked, and there is no such order")
            self._stopping.stop(report, order_id, [lost], self._currencies_of(order_id))
            return
        look = partial(self._order_views.of, order_id)
        scopes = [f"order:{order_id}", f"seller:{seller_id}", EVERYTHING]
        self._judge(report, order_id, look, look, ORDER_PROMISES, scopes)

    def _look_at_seller(self, report: Report, seller_id: str, orders: Collection[str]) -> None:
        scopes = [f"seller:{seller_id}", EVERYTHING]
        look = partial(self._seller_views.of, seller_id, orders)
        again = partial(self._seller_views.with_moving, seller_id, orders)
        try:
            self._judge(report, seller_id, look, again, SELLER_PROMISES, scopes)
        except (PayoutRefused, NoProfile) as error:  # their own rows can be judged without Stripe
            report.leave(seller_id, error)
            rows = partial(self._seller_views.of_books, seller_id, orders)
            self._judge(report, seller_id, rows, rows, BOOK_PROMISES, scopes)

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
        except Contradiction as error:  # a stored transaction that does not balance is none
            broken = [Violation(UNREADABLE, subject, str(error))]
        self._stopping.stop(report, subject, broken, scopes)

    def _is_booked(self, book: str) -> bool:
        try:
            return bool(self._ledger.of_book(book))
        except DomainError:
            raise
        except Exception:  # noqa: BLE001 - there is something, whatever it is
            return True

    def _currencies_of(self, book: str) -> list[str]:
        try:
            found = sorted({each.currency for each in self._ledger.of_book(book)})
        except Contradiction:
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
