"""What a payout run does, every few minutes: payouts whose date has come, and those that are under way.

A run is bounded in items and in time, takes from every shard, and goes on where the last one stopped, because what is
done leaves its queue. An item that fails stays and does not stop the others.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from marketplace.kit.clock import Clock
from marketplace.kit.errors import DomainError
from marketplace.payouts.desk import PayoutDesk
from marketplace.payouts.model import PayoutState
from marketplace.payouts.paying import Paying
from marketplace.payouts.ports import Payouts, Purses

BATCH_MAX = 50  # of each kind, in one run
WINDOW_MAX = 800  # due items of each kind among which a run chooses
TIME_OF_A_KIND = timedelta(seconds=15)  # three of them, and the call under way, end before the function's limit
TURN_SECONDS = 60
UNKNOWN_TOO_LONG = timedelta(minutes=30)  # an outcome that nobody knows for so long wakes somebody


@dataclass(frozen=True, slots=True)
class Ran:
    """What one run did. `failed` stays for the next run."""

    sent: int
    begun: int
    looked: int
    failed: int


@dataclass(frozen=True, slots=True)
class Stuck:
    """Payouts of which nobody knows whether they left; both up to `WINDOW_MAX`."""

    unknown: int  # open for too long: Stripe is asked again and again
    parked: int  # asked for a day, and nothing was found: a person must look


class PayoutRun:
    """Makes payouts on their dates."""

    def __init__(self, *, clock: Clock, purses: Purses, payouts: Payouts, paying: Paying, desk: PayoutDesk) -> None:
        self._clock = clock
        self._purses = purses
        self._payouts = payouts
        self._paying = paying
        self._desk = desk
        self._broken: list[Exception] = []

    def run(self) -> Ran:
        """Do one round.

        Raises: ExceptionGroup, at the end, of what only a person can put right.
        """
        now = self._clock.now()
        self._broken = []
        done = {"sent": 0, "begun": 0, "looked": 0, "failed": 0}
        opened = self._payouts.work(PayoutState.OPEN, now, WINDOW_MAX)
        self._each(opened, self._bring_on, "sent", done, now + TIME_OF_A_KIND)
        due = self._purses.due_purses(now, WINDOW_MAX)
        self._each(due, self._pay, "begun", done, now + 2 * TIME_OF_A_KIND)
        late = self._payouts.work(PayoutState.IN_TRANSIT, now, WINDOW_MAX)
        self._each(late, self._bring_on, "looked", done, now + 3 * TIME_OF_A_KIND)
        if self._broken:
            raise ExceptionGroup("a payout run met what it does not understand", self._broken)
        return Ran(**done)

    def stuck(self) -> Stuck:
        """Count what is open for too long, and what is parked."""
        now = self._clock.now()
        unknown = self._payouts.work(PayoutState.OPEN, now - UNKNOWN_TOO_LONG, WINDOW_MAX)
        return Stuck(len(unknown), len(self._payouts.work(PayoutState.PARKED, now, WINDOW_MAX)))

    def pay(self, seller_id: str, currency: str) -> bool:
        """Begin what is due of one balance, and send it; False when nothing left.

        Raises: Unavailable, and Conflict when something came between.
        """
        payout = self._paying.begin(seller_id, currency)
        if payout is not None:
            self._desk.bring_on(payout)
        return payout is not None

    def _pay(self, place: tuple[str, str]) -> bool:
        return self.pay(*place)

    def _bring_on(self, place: tuple[str, str, int]) -> bool:
        payout = self._payouts.payout(*place)
        if payout is None:
            return False
        after = self._desk.bring_on(payout)
        return after != payout

    def _each(
        self,
        found: Sequence[tuple[str, ...]] | Sequence[tuple[str, str, int]],
        work: Callable[..., bool],
        name: str,
        done: dict[str, int],
        until: datetime,
    ) -> None:
        for place in turn(found, self._clock.now()):
            if self._clock.now() > until:
                return  # the next kind has its time too; these come again
            try:
                done[name] += work(place)
            except DomainError:
                done["failed"] += 1
            except Exception as error:  # noqa: BLE001 - our own mistake about one item is told when the others are done
                error.add_note(str(place))
                self._broken.append(error)
                done["failed"] += 1


def turn(
    found: Sequence[tuple[str, ...]] | Sequence[tuple[str, str, int]], now: datetime
) -> Sequence[tuple[object, ...]]:
    """Choose this run's batch: half of it the longest due, half from a place that moves on every run.

    Items that fail for long stay the longest due; they may take the first half for ever, and never the second.
    """
    half = BATCH_MAX // 2
    first, others = found[:half], found[half:]
    if len(others) <= half:
        return found
    start = int(now.timestamp()) // TURN_SECONDS * half % len(others)
    return [*first, *[*others, *others][start : start + half]]
