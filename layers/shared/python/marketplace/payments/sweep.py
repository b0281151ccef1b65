"""What time and crashes leave undone, found and finished; running it again finds nothing."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from marketplace.kit.clock import Clock
from marketplace.kit.errors import DomainError
from marketplace.orders.clock import OrderClock
from marketplace.orders.ports import DueOrders
from marketplace.payments.currency_wait import CURRENCY_LOOK_EVERY
from marketplace.payments.ports import Finisher, Payments
from marketplace.payments.service import PaymentService

BATCH_MAX = 50  # of each kind, in one run
WINDOW_MAX = 1_000  # due items of each kind among which a run chooses
OVERDUE_AFTER = timedelta(minutes=30)  # an intent that is open for longer is alarmed
TIME_OF_A_KIND = timedelta(seconds=9)  # four of them, and the call that is under way, end before the function's limit


@dataclass(frozen=True, slots=True)
class Swept:
    """What one run did. `failed` stays for the next run."""

    payments: int
    orders: int
    intents: int
    failed: int
    debts: int


@dataclass(frozen=True, slots=True)
class Stuck:
    """Money that did not arrive: for whoever watches."""

    parked: int  # waits for a person
    overdue: int  # is on its way for longer than anything should be; with what waits for a bank account
    waiting: int  # of it, what waits for a bank account in its currency (currency_wait.py)


class Sweep:
    """Finishes unpaid checkouts, overdue orders and open intents, and collects debts."""

    def __init__(
        self,
        *,
        clock: Clock,
        payments: Payments,
        service: PaymentService,
        orders: DueOrders,
        order_clock: OrderClock,
        finisher: Finisher,
        collector: Callable[[str], object],
    ) -> None:
        self._clock = clock
        self._payments = payments
        self._service = service
        self._orders = orders
        self._order_clock = order_clock
        self._finisher = finisher
        self._collector = collector
        self._broken: list[Exception] = []

    def run(self) -> Swept:
        """Do one round; an item that fails is left and does not stop the others.

        Raises: ExceptionGroup, at the end, of what only a person can put right.
        """
        now = self._clock.now()
        self._broken = []
        done = {"payments": 0, "orders": 0, "intents": 0, "failed": 0, "debts": 0}
        kinds: tuple[tuple[str, Callable[[], list[str]], Callable[[str], object]], ...] = (
            ("payments", lambda: self._payments.due("awaiting", now, WINDOW_MAX), self._service.expire),
            ("orders", lambda: self._orders.due(now, WINDOW_MAX), self._order_clock.catch_up),
            ("intents", lambda: self._payments.due("open", now, WINDOW_MAX), self._finish),
            ("debts", lambda: self._payments.due("owed", now, WINDOW_MAX), self._collector),
        )
        for place, (kind, due, work) in enumerate(kinds, start=1):
            until = now + place * TIME_OF_A_KIND
            for subject in _turn(due(), now):
                if self._clock.now() > until:
                    break  # the next kind has its time too; these come again in a minute
                done[self._outcome(kind, work, subject)] += 1
        if self._broken:
            raise ExceptionGroup("a sweep met what it does not understand", self._broken)
        return Swept(**done)

    def stuck(self) -> Stuck:
        """Count what is parked, and what is on its way for too long; both up to `WINDOW_MAX`."""
        now = self._clock.now()
        parked = self._payments.due("parked", now, WINDOW_MAX)
        overdue = self._payments.due("open", now - OVERDUE_AFTER, WINDOW_MAX)
        at_once, later = (self._payments.due("open", until, WINDOW_MAX) for until in (now, now + CURRENCY_LOOK_EVERY))
        waiting = len(later) - len(at_once)  # nothing else is put off
        return Stuck(parked=len(parked), overdue=min(len(overdue) + waiting, WINDOW_MAX), waiting=waiting)

    def _finish(self, intent_id: str) -> None:
        intent = self._payments.intent(intent_id)
        if intent is not None:
            self._finisher(intent)

    def _outcome(self, kind: str, work: Callable[[str], object], subject: str) -> str:
        """Do the work, and return as what it counts."""
        try:
            work(subject)
        except DomainError:
            return "failed"
        except Exception as error:  # noqa: BLE001 - our own mistake about one item is told when the others are done
            error.add_note(subject)
            self._broken.append(error)
            return "failed"
        return kind


def _turn(found: Sequence[str], now: datetime) -> Sequence[str]:
    """Choose this minute's batch: half of it the longest overdue, half from a place that moves on every minute.

    Items that fail for long stay the longest overdue; they may take the first half for ever, and never the second.
    """
    half = BATCH_MAX // 2
    first, others = found[: BATCH_MAX - half], found[BATCH_MAX - half :]
    if len(others) <= half:
        return found
    start = int(now.timestamp()) // 60 * half % len(others)
    return [*first, *[*others, *others][start : start + half]]
